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
/** The next endpoint is tried, too, if one has not answered by then: behind it may be a machine that is gone. */
const HEDGE_MS = 500;
/** Bytes of an answer: a page of private entries, as hex, with room. */
const MAX_ANSWER = 2 * 1_024 * 1_024;

const problemSchema = z.looseObject({
  code: z.string(),
  detail: z.string().optional(),
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

/**
 * Messages to peers over HTTP: tries each endpoint of the group once, first the one that answered last, then in the registry's order:
 * of a group's members only the primary takes messages. Retrying is the actor's. What a peer refuses for good is rejected with its own
 * code; PEER_UNREACHABLE if none gave an answer that settles it. A message may reach two members: it may arrive twice anyway.
 */
export function createHttpPeers(
  directory: GatewayDirectory,
  options: { readonly timeoutMs?: number } = {},
): PeerTransport & RunTransport {
  const timeoutMs = options.timeoutMs ?? PEER_TIMEOUT_MS;

  /** Which endpoint of each peer answered last. */
  const answered = new Map<GatewayId, string>();

  async function ask(peer: GatewayId, endpoint: string, path: string, init: RequestInit): Promise<unknown> {
    const response = await fetch(new URL(path, withSlash(endpoint)), {
      ...init,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body: unknown = JSON.parse(await readLimited(response, MAX_ANSWER));
    if (!response.ok) throw problemOf(peer, endpoint, response.status, body);
    answered.set(peer, endpoint);
    return z.looseObject({ response_data: z.unknown() }).parse(body).response_data;
  }

  async function call(peer: GatewayId, path: string, init: RequestInit): Promise<unknown> {
    const { endpoints } = await directory.gateway(peer);
    const before = answered.get(peer);
    const inTurn = endpoints.toSorted((one, other) => Number(other === before) - Number(one === before));
    const outcome = await firstSettled(inTurn, (endpoint) => ask(peer, endpoint, path, init));
    if ("answer" in outcome) return outcome.answer;
    const { last } = outcome;
    if (isGatelogError(last) && last.disposition === "reject") throw last;
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

/**
 * Asks one after the other: the next one when the last one has failed or has kept silent for a while. The first answer counts, and so
 * does the first refusal for good; else the last failure.
 */
async function firstSettled<T>(
  items: readonly T[],
  ask: (item: T) => Promise<unknown>,
): Promise<{ readonly answer: unknown } | { readonly last: unknown }> {
  const settled = Promise.withResolvers<{ readonly answer: unknown } | { readonly last: unknown }>();
  const asking: Promise<void>[] = [];
  let last: unknown;
  for (const item of items) {
    const asked = ask(item).then(
      (answer) => settled.resolve({ answer }),
      (error: unknown) => {
        last = error;
        if (isGatelogError(error) && error.disposition === "reject") settled.resolve({ last });
      },
    );
    asking.push(asked);
    const isSettled = settled.promise.then(() => true);
    const isLate = new Promise<false>((resolve) => setTimeout(resolve, HEDGE_MS, false).unref());
    if (await Promise.race([isSettled, asked.then(() => false), isLate])) return settled.promise;
  }
  await Promise.race([settled.promise, Promise.all(asking)]);
  settled.resolve({ last });
  return settled.promise;
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
