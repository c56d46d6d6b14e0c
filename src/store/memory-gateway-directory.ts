import { GatelogError } from "../entry/errors.ts";
import type { Address, GatewayId } from "../entry/hex.ts";
import { attempt } from "./attempt.ts";
import type { GatewayDirectory, GatewayRecord } from "./log-store.ts";

/** A directory held in memory, for tests and the simulator: it can be changed. Promises no agreement with anyone. */
export class MemoryGatewayDirectory implements GatewayDirectory {
  readonly #records = new Map<GatewayId, GatewayRecord>();

  constructor(records: readonly GatewayRecord[] = []) {
    for (const record of records) this.#records.set(record.gatewayId, record);
  }

  /** Adds a gateway at epoch 1. */
  register(gatewayId: GatewayId, key: Address, endpoints: readonly string[] = []): void {
    this.#records.set(gatewayId, { gatewayId, epoch: 1, keys: [{ epoch: 1, key }], endpoints: [...endpoints] });
  }

  /** Replaces the key and raises the epoch; returns the new epoch. */
  rotateKey(gatewayId: GatewayId, key: Address): number {
    const record = this.#known(gatewayId);
    const epoch = record.epoch + 1;
    this.#records.set(gatewayId, { ...record, epoch, keys: [...record.keys, { epoch, key }] });
    return epoch;
  }

  gateway(gatewayId: GatewayId): Promise<GatewayRecord> {
    return attempt(() => this.#known(gatewayId));
  }

  #known(gatewayId: GatewayId): GatewayRecord {
    const record = this.#records.get(gatewayId);
    if (record === undefined) throw new GatelogError("UNKNOWN_GATEWAY", "no such gateway", { gatewayId });
    return record;
  }
}
