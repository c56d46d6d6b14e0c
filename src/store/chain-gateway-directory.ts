import type { GatewayId } from "../entry/hex.ts";
import type { RegistryReader } from "../chain/registry-reader.ts";
import type { GatewayDirectory, GatewayRecord } from "./log-store.ts";

/** How old an answer may be. A stale epoch is harmless for that long: the contract checks each entry against the current one. */
const GATEWAY_CACHE_MS = 1_000;

/** However new an epoch is that somebody claims: nobody makes this process ask more often than that. */
const FRESH_MS = 20;

interface Answer {
  readonly at: number;
  readonly record: Promise<GatewayRecord>;
  /** Once it is there. */
  epoch: number;
}

/** The groups of the registry on chain, each asked for again after `cacheMs`. */
export class ChainGatewayDirectory implements GatewayDirectory {
  readonly #reader: RegistryReader;
  readonly #cacheMs: number;
  readonly #answers = new Map<GatewayId, Answer>();

  constructor(deps: { readonly reader: RegistryReader }, options: { readonly cacheMs?: number } = {}) {
    this.#reader = deps.reader;
    this.#cacheMs = options.cacheMs ?? GATEWAY_CACHE_MS;
  }

  gateway(gatewayId: GatewayId, epoch = 0): Promise<GatewayRecord> {
    const now = performance.now();
    const answer = this.#answers.get(gatewayId);
    const age = now - (answer?.at ?? -Infinity);
    const isOutdated = answer !== undefined && answer.epoch < epoch;
    // Whoever has begun the epoch may have read it meanwhile.
    const known = isOutdated ? this.#reader.known(gatewayId, epoch) : undefined;
    if (answer && !known && age <= (isOutdated ? Math.min(FRESH_MS, this.#cacheMs) : this.#cacheMs))
      return answer.record;
    const record = known ? Promise.resolve(known) : this.#reader.gateway(gatewayId);
    const asked: Answer = { at: now, record, epoch: known?.epoch ?? Infinity };
    this.#answers.set(gatewayId, asked);
    asked.record.then(
      (record) => (asked.epoch = record.epoch),
      // A failure is not an answer to keep.
      () => this.#answers.delete(gatewayId),
    );
    return asked.record;
  }
}
