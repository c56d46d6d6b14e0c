import { AnchorReader, type ReadAnchor } from "../chain/anchor-reader.ts";
import type { Chain } from "../chain/chain.ts";
import { logRegistryAt, logRegistryInterface } from "../chain/contracts.ts";
import type { Lane } from "../chain/lane.ts";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
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
  /**
   * Sends an anchor; resolves when it is in a block, or when this very anchor was found to stand, or to be on its way there. EQUIVOCATION if
   * another root has its index, WRONG_INDEX if those before it are missing.
   */
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
  readonly #makeReady: () => Promise<void>;
  #isReady = false;

  /**
   * @param deps.lane The account that pays; it signs no anchor.
   * @param deps.ready What must have succeeded once before the chain is believed.
   */
  constructor(
    deps: { readonly chain: Chain; readonly lane: Lane; readonly ready?: () => Promise<void> },
    options: { readonly registry: Address },
  ) {
    this.#makeReady = deps.ready ?? (() => Promise.resolve());
    this.#chain = deps.chain;
    this.#lane = deps.lane;
    this.domain = { chainId: deps.chain.chainId, registry: options.registry };
    this.#reader = new AnchorReader(deps.chain, options.registry);
  }

  async ready(): Promise<void> {
    if (!this.#isReady) await this.#makeReady();
    this.#isReady = true;
  }

  async writer(gatewayId: GatewayId): Promise<{ readonly key: Address; readonly epoch: number }> {
    await this.ready();
    const { key, epoch } = await logRegistryAt(this.#chain, this.domain.registry).gatewayOf(gatewayId);
    return { key: toHex(key), epoch: Number(epoch) };
  }

  async standing(gatewayId: GatewayId, from: number): Promise<StandingAnchors> {
    await this.ready();
    // The final block first, so that it is never ahead of the head that the anchors are read at.
    const final = await this.#chain.finalBlock();
    const head = await this.#chain.head();
    const finalCount = await this.#reader.count(gatewayId, final);
    const count = await this.#reader.count(gatewayId, head);
    return { count, finalCount, anchors: await this.#reader.anchors(gatewayId, from, head) };
  }

  async send({ gatewayId, index, root, entries, epoch }: AnchorStatement, signature: CompactSignature): Promise<void> {
    await this.ready();
    const { r, vs } = splitSignature(signature);
    const values = [gatewayId, index, root, entries, epoch, r, vs] as const;
    const data = toHex(logRegistryInterface.encodeFunctionData("anchor", [...values]));
    try {
      await this.#lane.send({ to: this.domain.registry, data });
    } catch (error) {
      if (!isGatelogError(error) || error.context["error"] !== "LogRegistryAnchorExists") throw error;
      if (error.context["root"] !== root)
        throw anchorConflict({ gatewayId, index, root }, String(error.context["root"]));
    }
  }
}

/** Two processes have anchored for one gateway. */
export function anchorConflict(
  { gatewayId, index, root }: Pick<AnchorStatement, "gatewayId" | "index" | "root">,
  standing: string,
): GatelogError {
  const message = "another process has anchored for this gateway: the chain has another root at this index";
  return new GatelogError("EQUIVOCATION", message, { gatewayId, index, expected: root, actual: standing });
}
