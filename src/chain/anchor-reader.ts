import { GatelogError } from "../entry/errors.ts";
import { toHex, type Address, type GatewayId, type Hash } from "../entry/hex.ts";
import type { Chain } from "./chain.ts";
import { logRegistryAt } from "./contracts.ts";
import { byPlace, decodeEvent, TOPICS } from "./events.ts";
import type { LogRegistry } from "./generated/types/LogRegistry.ts";
import type { Block } from "./rpc-values.ts";

/** An anchor as its event shows it. */
export interface ReadAnchor {
  readonly index: number;
  readonly root: Hash;
  readonly entries: number;
  readonly epoch: number;
  readonly transactionHash: Hash;
  readonly blockNumber: number;
}

/**
 * Reads a gateway's anchors from the registry, from the newest back: one call, and one `eth_getLogs` of one block for each block
 * with anchors, whatever the height of the chain. Trusts the node; a root is compared with the one that the contract keeps.
 */
export class AnchorReader {
  readonly #chain: Chain;
  readonly #registry: Address;
  readonly #contract: LogRegistry;

  constructor(chain: Chain, registry: Address) {
    this.#chain = chain;
    this.#registry = registry;
    this.#contract = logRegistryAt(chain, registry);
  }

  /** Number of the gateway's anchors at that block. */
  async count(gatewayId: GatewayId, at: Block): Promise<number> {
    return Number((await this.#contract.anchorsOf(gatewayId, { blockTag: at.hash })).count);
  }

  /**
   * The gateway's anchors from index `from` on, as of that block, in order. STORE_UNAVAILABLE if the node does not show an event that the
   * contract's state promises, CORRUPT_STORE if it shows another root than the contract keeps.
   */
  async anchors(gatewayId: GatewayId, from: number, at: Block): Promise<ReadAnchor[]> {
    const { count, lastBlock } = await this.#contract.anchorsOf(gatewayId, { blockTag: at.hash });
    const found: ReadAnchor[] = [];
    let [next, block] = [Number(count), Number(lastBlock)];
    while (next > from) {
      const { anchors, previousBlock } = await this.#anchorsIn(block, gatewayId);
      const first = anchors[0];
      // Each step back must lead back, or a faulty node could keep us walking.
      if (first === undefined || anchors.at(-1)?.index !== next - 1 || (first.index > from && previousBlock >= block))
        throw new GatelogError("STORE_UNAVAILABLE", "the node does not show an anchor that the registry holds", {
          gatewayId,
          index: next - 1,
          block,
        });
      found.unshift(...anchors);
      [next, block] = [first.index, previousBlock];
    }
    const wanted = found.filter(({ index }) => index >= from);
    for (const anchor of wanted) await this.#requireKept(gatewayId, anchor, at);
    return wanted;
  }

  /** In order, and where the one before the first of them stands. */
  async #anchorsIn(block: number, gatewayId: GatewayId): Promise<{ anchors: ReadAnchor[]; previousBlock: number }> {
    const topics = [TOPICS.Anchored, gatewayId];
    const events = await this.#chain.events({ address: this.#registry, topics, fromBlock: block, toBlock: block });
    const read = events.sort(byPlace).map((event) => {
      const { index, root, entries, epoch, previousBlock } = decodeEvent("Anchored", event);
      const { transactionHash, blockNumber } = event;
      const anchor = {
        index: Number(index),
        root: toHex(root),
        entries: Number(entries),
        epoch: Number(epoch),
        transactionHash,
        blockNumber,
      };
      return { anchor, previousBlock: Number(previousBlock) };
    });
    return { anchors: read.map(({ anchor }) => anchor), previousBlock: read[0]?.previousBlock ?? 0 };
  }

  async #requireKept(gatewayId: GatewayId, { index, root }: ReadAnchor, at: Block): Promise<void> {
    const kept = await this.#contract.anchorOf(gatewayId, index, { blockTag: at.hash });
    if (kept === root) return;
    const context = { gatewayId, index, expected: kept, actual: root };
    throw new GatelogError("CORRUPT_STORE", "the node shows another root than the registry holds", context);
  }
}
