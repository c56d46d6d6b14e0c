import { AnchorReader, type ReadAnchor } from "../chain/anchor-reader.ts";
import type { Chain } from "../chain/chain.ts";
import { logRegistryAt, logRegistryInterface } from "../chain/contracts.ts";
import type { Lane } from "../chain/lane.ts";
import { toHex, type Address, type GatewayId, type Hash } from "../entry/hex.ts";
import { splitSignature, type CompactSignature } from "../entry/signature.ts";
import type { RegistryDomain } from "../entry/statements.ts";

/** What is asked of the registry where anchors go. Rejects as `Chain` and `Lane` do. */
export interface AnchorRegistry {
  readonly domain: RegistryDomain;
  /** The gateway's current key and epoch; UNKNOWN_GATEWAY. */
  writer(gatewayId: GatewayId): Promise<{ readonly key: Address; readonly epoch: number }>;
  /** The gateway's anchors as the chain has them now. */
  standing(gatewayId: GatewayId, from: number): Promise<StandingAnchors>;
  /** Sends an anchor and waits until it is in a block; WRONG_INDEX if another one is next, or it stands already. */
  send(statement: AnchorStatement, signature: CompactSignature): Promise<void>;
}

export interface StandingAnchors {
  /** Number of anchors. */
  readonly count: number;
  /** Number of those that are final. */
  readonly finalCount: number;
  /** Those from the index asked for on, in order. */
  readonly anchors: readonly ReadAnchor[];
}

/** What is signed, as `Anchor`. */
export interface AnchorStatement {
  readonly gatewayId: GatewayId;
  readonly index: number;
  readonly root: Hash;
  readonly entries: number;
  readonly epoch: number;
}

/** The log registry on a chain. Neither chain nor lane is closed with it. */
export class ChainAnchorRegistry implements AnchorRegistry {
  readonly domain: RegistryDomain;
  readonly #chain: Chain;
  readonly #lane: Lane;
  readonly #reader: AnchorReader;

  /** @param deps.lane The account that pays; it signs no anchor. */
  constructor(deps: { readonly chain: Chain; readonly lane: Lane }, options: { readonly registry: Address }) {
    this.#chain = deps.chain;
    this.#lane = deps.lane;
    this.domain = { chainId: deps.chain.chainId, registry: options.registry };
    this.#reader = new AnchorReader(deps.chain, options.registry);
  }

  async writer(gatewayId: GatewayId): Promise<{ readonly key: Address; readonly epoch: number }> {
    const { key, epoch } = await logRegistryAt(this.#chain, this.domain.registry).gatewayOf(gatewayId);
    return { key: toHex(key), epoch: Number(epoch) };
  }

  async standing(gatewayId: GatewayId, from: number): Promise<StandingAnchors> {
    // The final block first, so that it is never ahead of the head that the anchors are read at.
    const final = await this.#chain.finalBlock();
    const head = await this.#chain.head();
    const finalCount = await this.#reader.count(gatewayId, final);
    const count = await this.#reader.count(gatewayId, head);
    return { count, finalCount, anchors: await this.#reader.anchors(gatewayId, from, head) };
  }

  async send({ gatewayId, index, root, entries, epoch }: AnchorStatement, signature: CompactSignature): Promise<void> {
    const { r, vs } = splitSignature(signature);
    const values = [gatewayId, index, root, entries, epoch, r, vs] as const;
    const data = toHex(logRegistryInterface.encodeFunctionData("anchor", [...values]));
    await this.#lane.send({ to: this.domain.registry, data });
  }
}
