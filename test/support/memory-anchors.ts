import { GatelogError } from "../../src/entry/errors.ts";
import type { Address, GatewayId } from "../../src/entry/hex.ts";
import {
  anchorConflict,
  type AnchorRegistry,
  type AnchorStatement,
  type StandingAnchors,
} from "../../src/store/anchored-registry.ts";
import { sampleSigner } from "./sample-log.ts";

/** A registry of anchors in memory, as the contract behaves. */
export class MemoryAnchors implements AnchorRegistry {
  readonly domain = { chainId: 31339, registry: sampleSigner("registry of anchors").address };
  readonly anchors: AnchorStatement[] = [];
  /** What a send waits for; it lands first. */
  hold: Promise<void> = Promise.resolve();
  /** The newest that are not final yet. */
  notFinal = 0;
  /** While it is there, what is sent goes here, and nowhere else. */
  mempool: AnchorStatement[] | null = null;
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
    return Promise.resolve({ count: length, finalCount: length - this.notFinal, anchors });
  }

  async send(statement: AnchorStatement): Promise<void> {
    if (this.mempool !== null) {
      this.mempool.push(statement);
      throw new GatelogError("TIMEOUT", "in no block yet");
    }
    const standing = this.anchors[statement.index];
    if (standing?.root === statement.root) return;
    if (standing !== undefined) throw anchorConflict(statement, standing.root);
    if (statement.index !== this.anchors.length)
      throw new GatelogError("WRONG_INDEX", "another anchor is next", { actual: statement.index });
    this.anchors.push(statement);
    await this.hold;
  }
}
