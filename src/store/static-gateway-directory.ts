import { GatelogError } from "../entry/errors.ts";
import type { Address, GatewayId } from "../entry/hex.ts";
import { attempt } from "./attempt.ts";
import type { GatewayRecord, LearnsKeys } from "./log-store.ts";

/**
 * Gateways as a configuration names them, where no registry is at hand (private logs). It agrees with nobody: both sides must
 * be configured alike. A peer's backup that can show its right to the next epoch is learnt; after any other change of a key both are
 * started anew.
 */
export class StaticGatewayDirectory implements LearnsKeys {
  readonly #records = new Map<GatewayId, GatewayRecord>();

  /** INVALID_CONFIG if a gateway is named twice, or if its keys are not one for each epoch, ascending, the current one last. */
  constructor(records: readonly GatewayRecord[]) {
    for (const record of records) {
      const { gatewayId, epoch, keys } = record;
      if (this.#records.has(gatewayId))
        throw new GatelogError("INVALID_CONFIG", "a gateway is named twice", { gatewayId });
      const ascending = keys.every((key, place) => key.epoch > (keys[place - 1]?.epoch ?? 0));
      if (!ascending || keys.at(-1)?.epoch !== epoch)
        throw new GatelogError("INVALID_CONFIG", "keys go by ascending epochs from 1 on, the current one last", {
          gatewayId,
          expected: epoch,
          actual: keys.map((key) => key.epoch).join(" "),
        });
      this.#records.set(gatewayId, record);
    }
  }

  gateway(gatewayId: GatewayId): Promise<GatewayRecord> {
    return attempt(() => this.#known(gatewayId));
  }

  learn(gatewayId: GatewayId, { epoch, key }: { readonly epoch: number; readonly key: Address }): void {
    const record = this.#known(gatewayId);
    if (record.keys.some((known) => known.epoch === epoch && known.key === key)) return;
    if (epoch !== record.epoch + 1)
      throw new GatelogError("STALE_EPOCH", `the epoch behind the one that is known is ${record.epoch + 1}`, {
        gatewayId,
        expected: record.epoch + 1,
        actual: epoch,
      });
    this.#records.set(gatewayId, { ...record, epoch, keys: [...record.keys, { epoch, key }] });
  }

  #known(gatewayId: GatewayId): GatewayRecord {
    const record = this.#records.get(gatewayId);
    if (record === undefined)
      throw new GatelogError("UNKNOWN_GATEWAY", "the configuration names no such gateway", { gatewayId });
    return record;
  }
}
