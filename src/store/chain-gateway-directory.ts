import type { GatewayId } from "../entry/hex.ts";
import type { RegistryReader } from "../chain/registry-reader.ts";
import type { GatewayDirectory, GatewayRecord } from "./log-store.ts";

/** How old an answer may be. A stale epoch is harmless for that long: the contract checks each entry against the current one. */
const GATEWAY_CACHE_MS = 1_000;

/** The groups of the registry on chain, each asked for again after `cacheMs`. */
export class ChainGatewayDirectory implements GatewayDirectory {
  readonly #reader: RegistryReader;
  readonly #cacheMs: number;
  readonly #answers = new Map<GatewayId, { readonly at: number; readonly record: Promise<GatewayRecord> }>();

  constructor(deps: { readonly reader: RegistryReader }, options: { readonly cacheMs?: number } = {}) {
    this.#reader = deps.reader;
    this.#cacheMs = options.cacheMs ?? GATEWAY_CACHE_MS;
  }

  gateway(gatewayId: GatewayId): Promise<GatewayRecord> {
    const now = performance.now();
    const answer = this.#answers.get(gatewayId);
    if (answer !== undefined && now - answer.at <= this.#cacheMs) return answer.record;
    const record = this.#reader.gateway(gatewayId);
    this.#answers.set(gatewayId, { at: now, record });
    // A failure is not an answer to keep.
    record.catch(() => this.#answers.delete(gatewayId));
    return record;
  }
}
