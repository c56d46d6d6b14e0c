import { z } from "zod";
import { entryToJson } from "../entry/entry-json.ts";
import { GatelogError } from "../entry/errors.ts";
import { addressSchema, type GatewayId } from "../entry/hex.ts";
import type { GatewayDirectory } from "../store/log-store.ts";
import type { PeerTransport } from "./ports.ts";

/** Milliseconds that one attempt at one endpoint may take. */
export const PEER_TIMEOUT_MS = 5_000;

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

/** Messages to peers over HTTP: tries each endpoint of the group once, in the registry's order. Retrying is the actor's. */
export function createHttpPeers(directory: GatewayDirectory, options: { readonly timeoutMs?: number } = {}): PeerTransport {
  const timeoutMs = options.timeoutMs ?? PEER_TIMEOUT_MS;

  async function call(peer: GatewayId, path: string, init: RequestInit): Promise<unknown> {
    const { endpoints } = await directory.gateway(peer);
    let last: unknown;
    for (const endpoint of endpoints) {
      try {
        const response = await fetch(new URL(path, withSlash(endpoint)), { ...init, signal: AbortSignal.timeout(timeoutMs) });
        const body: unknown = await response.json();
        if (response.ok) return z.looseObject({ response_data: z.unknown() }).parse(body).response_data;
        const problem = problemSchema.safeParse(body);
        last = new Error(problem.success ? `${problem.data.code}: ${problem.data.detail ?? ""}` : `HTTP ${response.status}`);
      } catch (error) {
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
      await call(peer, `v1/peer/${sessionId}`, { method: "POST", headers: { "content-type": "application/json" }, body });
    },
    async offer(peer, query) {
      const parameters = new URLSearchParams({
        networkId: query.networkId,
        originChainId: String(query.originChainId),
        originToken: query.originToken,
      });
      return offerSchema.parse(await call(peer, `v1/offer?${parameters.toString()}`, { method: "GET" }));
    },
  };
}

function withSlash(endpoint: string): string {
  return endpoint.endsWith("/") ? endpoint : `${endpoint}/`;
}
