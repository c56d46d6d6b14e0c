import type { GatewayId } from "../../src/entry/hex.ts";
import type { GatewayDirectory, GatewayRecord } from "../../src/store/log-store.ts";
import type { SimClock } from "./sim-clock.ts";

/** The directory as one member sees it: of its own group's change it hears late. */
export class MemberView implements GatewayDirectory {
  readonly #directory: GatewayDirectory;
  readonly #clock: SimClock;
  readonly #own: GatewayId;
  /** In which it is primary, as it believes. */
  epoch = 1;
  /** UNIX ms of that epoch's beginning. */
  since = 0;
  /** UNIX ms until which it hears of no later epoch. */
  blindUntil = Infinity;

  constructor(directory: GatewayDirectory, clock: SimClock, own: GatewayId) {
    this.#directory = directory;
    this.#clock = clock;
    this.#own = own;
  }

  /** What whoever takes the trouble to ask learns at any time. */
  async isOver(): Promise<boolean> {
    return (await this.#directory.gateway(this.#own)).epoch > this.epoch;
  }

  async gateway(gatewayId: GatewayId): Promise<GatewayRecord> {
    const record = await this.#directory.gateway(gatewayId);
    const { epoch } = this;
    if (gatewayId !== this.#own || record.epoch <= epoch || this.#clock.now() >= this.blindUntil) return record;
    return { ...record, epoch, keys: record.keys.filter((row) => row.epoch <= epoch) };
  }
}
