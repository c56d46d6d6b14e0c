import { GatelogError } from "../../src/entry/errors.ts";
import type { Address, GatewayId } from "../../src/entry/hex.ts";
import type { AnchorRegistry, AnchorStatement, StandingAnchors } from "../../src/store/anchored-registry.ts";
import { sampleSigner } from "./sample-log.ts";

/** A registry of anchors in memory, as the contract behaves; every anchor is final at once. */
export class MemoryAnchors implements AnchorRegistry {
  readonly domain = { chainId: 31339, registry: sampleSigner("registry of anchors").address };
  readonly anchors: AnchorStatement[] = [];
  /** What a send waits for; it lands first. */
  hold: Promise<void> = Promise.resolve();
  readonly #key: Address;

  constructor(key: Address) {
    this.#key = key;
  }

  writer(): Promise<{ readonly key: Address; readonly epoch: number }> {
    return Promise.resolve({ key: this.#key, epoch: 1 });
  }

  standing(_gatewayId: GatewayId, from: number): Promise<StandingAnchors> {
    const { length } = this.anchors;
    const place = { transactionHash: `0x${"11".repeat(32)}`, blockNumber: 1 } as const;
    const anchors = this.anchors.filter(({ index }) => index >= from).map((anchor) => ({ ...anchor, ...place }));
    return Promise.resolve({ count: length, finalCount: length, anchors });
  }

  async send(statement: AnchorStatement): Promise<void> {
    if (statement.index !== this.anchors.length)
      throw new GatelogError("WRONG_INDEX", "another anchor is next", { actual: statement.index });
    this.anchors.push(statement);
    await this.hold;
  }
}
