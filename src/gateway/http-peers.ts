import { z } from "zod";
import { entryToJson } from "../entry/entry-json.ts";
import { ERRORS, GatelogError, isErrorCode, isGatelogError, type ErrorCode } from "../entry/errors.ts";
import type { GatewayId } from "../entry/hex.ts";
import { offerSchema } from "../client/gateway-answers.ts";
import { readLimited } from "../client/http-client.ts";
import type { GatewayDirectory } from "../store/log-store.ts";
import type { PeerTransport, RunTransport } from "./ports.ts";
import { logPageSchema, runReceiptSchema, runToJson } from "./runs.ts";

/** Milliseconds that one attempt at one endpoint may take. */
const PEER_TIMEOUT_MS = 5_000;
/** Bytes of an answer: a page of private entries, as hex, with room. */
const MAX_ANSWER = 2 * 1_024 * 1_024;

const problemSchema = z.looseObject({
  code: z.string(),
  detail: z.string().optional(),
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

/**
 * Messages to peers over HTTP: tries each endpoint of the group once, in the registry's order. Retrying is the actor's. What a
 * peer refuses for good is rejected with its own code; PEER_UNREACHABLE if none gave an answer that settles it.
 */
export function createHttpPeers(
  directory: GatewayDirectory,
  options: { readonly timeoutMs?: number } = {},
): PeerTransport & RunTransport {
  const timeoutMs = options.timeoutMs ?? PEER_TIMEOUT_MS;

  async function call(peer: GatewayId, path: string, init: RequestInit): Promise<unknown> {
    const { endpoints } = await directory.gateway(peer);
    let last: unknown;
    for (const endpoint of endpoints) {
      try {
        const response = await fetch(new URL(path, withSlash(endpoint)), {
          ...init,
          signal: AbortSignal.timeout(timeoutMs),
        });
        const body: unknown = JSON.parse(await readLimited(response, MAX_ANSWER));
        if (response.ok) return z.looseObject({ response_data: z.unknown() }).parse(body).response_data;
        throw problemOf(peer, endpoint, response.status, body);
      } catch (error) {
        if (isGatelogError(error) && error.disposition === "reject") throw error;
        last = error;
      }
    }
    throw new GatelogError(
      "PEER_UNREACHABLE",
      `no endpoint of the peer takes messages: ${last instanceof Error ? last.message : "it has none"}`,
      { peer, endpoints: endpoints.join(" ") },
      { cause: last },
    );
  }

  function post(peer: GatewayId, path: string, body: object): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    return call(peer, path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** What the peer answers, or PEER_UNREACHABLE: whatever answers there, it is no peer of ours. */
  function sensible<T>(schema: z.ZodType<T>, answer: unknown, peer: GatewayId, what: string): T {
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new GatelogError("PEER_UNREACHABLE", `the peer's ${what} is malformed`, { peer }, { cause: parsed.error });
  }

  return {
    async send(peer, sessionId, entry) {
      await post(peer, `v1/peer/${sessionId}`, entryToJson(entry));
    },
    async push(peer, sessionId, run) {
      const answer = await post(peer, `v1/peer/${sessionId}`, runToJson(run));
      return sensible(runReceiptSchema, answer, peer, "receipt");
    },
    async pull(peer, sessionId, { gatewayId, from }) {
      const parameters = new URLSearchParams({ gatewayId, from: String(from) });
      const answer = await call(peer, `v1/peer/${sessionId}/log?${parameters.toString()}`, { method: "GET" });
      return sensible(logPageSchema, answer, peer, "page");
    },
    async offer(peer, query) {
      const parameters = new URLSearchParams({
        networkId: query.networkId,
        originChainId: String(query.originChainId),
        originToken: query.originToken,
      });
      const answer = await call(peer, `v1/offer?${parameters.toString()}`, { method: "GET" });
      return sensible(offerSchema, answer, peer, "offer");
    },
  };
}

function problemOf(peer: GatewayId, endpoint: string, status: number, body: unknown): GatelogError {
  const problem = problemSchema.safeParse(body);
  const { code, detail, context } = problem.success
    ? problem.data
    : { code: "", detail: `HTTP ${status}`, context: {} };
  const known: ErrorCode = isErrorCode(code) && ERRORS[code].disposition === "reject" ? code : "PEER_UNREACHABLE";
  return new GatelogError(known, `the peer refuses: ${code} ${detail ?? ""}`, { ...context, peer, endpoint, status });
}

function withSlash(endpoint: string): string {
  return endpoint.endsWith("/") ? endpoint : `${endpoint}/`;
}
