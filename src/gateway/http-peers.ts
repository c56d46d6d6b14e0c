import { z } from "zod";
import { entryToJson } from "../entry/entry-json.ts";
import { ERRORS, GatelogError, isGatelogError, type ErrorCode } from "../entry/errors.ts";
import { addressSchema, type GatewayId } from "../entry/hex.ts";
import type { GatewayDirectory } from "../store/log-store.ts";
import type { PeerTransport } from "./ports.ts";

/** Milliseconds that one attempt at one endpoint may take. */
const PEER_TIMEOUT_MS = 5_000;

const offerSchema = z.object({
  chainId: z.int().positive(),
  escrow: addressSchema,
  token: addressSchema,
  owner: addressSchema,
  keys: z.array(addressSchema),
  standard: z.enum(["erc20", "erc721"]).nullable(),
  decimals: z.int().min(0).max(255),
});
const problemSchema = z.looseObject({ code: z.string(), detail: z.string().optional() });

/**
 * Messages to peers over HTTP: tries each endpoint of the group once, in the registry's order. Retrying is the actor's. What a
 * peer refuses for good is rejected with its own code; PEER_UNREACHABLE if none gave an answer that settles it.
 */
export function createHttpPeers(
  directory: GatewayDirectory,
  options: { readonly timeoutMs?: number } = {},
): PeerTransport {
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
        const body: unknown = await response.json();
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

  return {
    async send(peer, sessionId, entry) {
      const body = JSON.stringify(entryToJson(entry));
      await call(peer, `v1/peer/${sessionId}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
    },
    async offer(peer, query) {
      const parameters = new URLSearchParams({
        networkId: query.networkId,
        originChainId: String(query.originChainId),
        originToken: query.originToken,
      });
      const offer = offerSchema.safeParse(await call(peer, `v1/offer?${parameters.toString()}`, { method: "GET" }));
      if (!offer.success)
        throw new GatelogError("PEER_UNREACHABLE", "the peer's offer is malformed", { peer }, { cause: offer.error });
      return offer.data;
    },
  };
}

function problemOf(peer: GatewayId, endpoint: string, status: number, body: unknown): GatelogError {
  const problem = problemSchema.safeParse(body);
  const { code, detail } = problem.success ? problem.data : { code: "", detail: `HTTP ${status}` };
  const known: ErrorCode = isErrorCode(code) && ERRORS[code].disposition === "reject" ? code : "PEER_UNREACHABLE";
  return new GatelogError(known, `the peer refuses: ${code} ${detail ?? ""}`, { peer, endpoint, status });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

function withSlash(endpoint: string): string {
  return endpoint.endsWith("/") ? endpoint : `${endpoint}/`;
}
