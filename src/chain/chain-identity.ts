import { toQuantity } from "ethers";
import { GatelogError, isGatelogError, type ErrorContext } from "../entry/errors.ts";
import type { Hash } from "../entry/hex.ts";
import type { Rpc } from "./rpc.ts";
import { parseBlock, parseCount, type Block } from "./rpc-values.ts";

/** A block by which a chain is known again. */
export interface KnownBlock {
  readonly number: number;
  readonly hash: Hash;
}

/** Which chain it is. What a caller pins from an earlier run (genesis, known block) must still hold. */
export interface ChainIdentity {
  readonly chainId: number;
  readonly genesisHash: Hash;
  /** A block that was final once, the newest one that was seen. */
  readonly knownBlock: KnownBlock;
}

export type ExpectedIdentity = Pick<ChainIdentity, "chainId"> & Partial<ChainIdentity>;

export interface PinOptions {
  /** Longest time between two checks. */
  readonly intervalMs: number;
  /** How long a node may be behind the known block before it counts as one that has lost it. */
  readonly lagGraceMs: number;
  /** Told when there is a newer known block, before the answer that has it is passed on. */
  readonly onMoved: (identity: ChainIdentity) => void;
}

/**
 * Pins a node to one chain. A node that was restarted empty, or another one behind the same URL, gives no error by itself:
 * receipts are null and nonces zero. So no answer is passed on that came over a connection newer than the last check, or
 * after `intervalMs` without one.
 *
 * A node whose head is below the known block lags, or has lost blocks; both look the same until time tells. Meanwhile no answer
 * of it is passed on: NODE_UNREACHABLE for `lagGraceMs`, so that it may catch up, and CHAIN_IDENTITY_CHANGED from then on. At
 * once if it has another block in the known one's place, or none but its genesis block.
 *
 * Limitation: the first check, at a start, has no patience, and gives WRONG_CHAIN for all of these.
 */
export class ChainPin {
  readonly #rpc: Rpc;
  readonly #options: PinOptions;
  readonly #expected: ExpectedIdentity;
  #genesisHash: Hash | undefined;
  #knownBlock: KnownBlock | undefined;
  #pinned = false;
  #checkedAt = -Infinity;
  #checkedConnections = -1;
  #behindSince: number | undefined;
  #running: Promise<void> | undefined;
  #broken: GatelogError | undefined;

  constructor(rpc: Rpc, expected: ExpectedIdentity, options: PinOptions) {
    this.#rpc = rpc;
    this.#expected = expected;
    this.#options = options;
    this.#genesisHash = expected.genesisHash;
    this.#knownBlock = expected.knownBlock;
  }

  /** Checks if it is time to, before a request. */
  async beforeRequest(): Promise<void> {
    if (this.#broken) throw this.#broken;
    if (performance.now() - this.#checkedAt > this.#options.intervalMs) await this.#check();
  }

  /** Checks if a connection was opened since the last check, before the answer is believed. */
  async beforeAnswer(): Promise<void> {
    if (this.#broken) throw this.#broken;
    // Again if the check that ran was older than the connection; the number of sockets is limited, so this ends.
    while (this.#rpc.connections() > this.#checkedConnections) await this.#check();
  }

  /** The next request checks first. */
  suspect(): void {
    this.#checkedAt = -Infinity;
  }

  /** Keeps the newest final block as the one that must stay; throws what `onMoved` throws, and then has not moved. */
  observeFinal({ number, hash }: KnownBlock): void {
    if (number <= (this.#knownBlock?.number ?? -1)) return;
    const knownBlock = { number, hash };
    this.#options.onMoved({ ...this.#identity(), knownBlock });
    this.#knownBlock = knownBlock;
  }

  /**
   * The known block if it stands above this one or in its place, and the node still has it: answers overtook each other, or come
   * from several nodes. Undefined if this block is as new.
   */
  async knownBeyond({ number, hash }: KnownBlock): Promise<KnownBlock | undefined> {
    const known = this.#knownBlock;
    if (known === undefined || number > known.number || hash === known.hash) return undefined;
    await this.#check();
    return known;
  }

  async identity(): Promise<ChainIdentity> {
    await this.beforeRequest();
    return this.#identity();
  }

  #identity(): ChainIdentity {
    const { chainId } = this.#expected;
    if (this.#genesisHash === undefined || this.#knownBlock === undefined)
      throw new GatelogError("INVARIANT_BROKEN", "a checked chain has an identity");
    return { chainId, genesisHash: this.#genesisHash, knownBlock: this.#knownBlock };
  }

  /** One check at a time; who comes meanwhile waits for it. */
  #check(): Promise<void> {
    this.#running ??= this.#compare().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #compare(): Promise<void> {
    // Counted before: a connection that opens during the check is checked by the next one.
    const connections = this.#rpc.connections();
    try {
      this.#require("chainId", this.#expected.chainId, parseCount(await this.#rpc.send("eth_chainId", [])));
      const genesis = await this.#block(0);
      this.#require("genesisHash", this.#genesisHash, genesis?.hash);
      if (this.#knownBlock) await this.#compareKnown(this.#knownBlock);
      if (!genesis) throw new GatelogError("NODE_UNREACHABLE", "the node does not know its own genesis block");
      this.#genesisHash = genesis.hash;
      this.#knownBlock ??= { number: genesis.number, hash: genesis.hash };
    } catch (error) {
      if (isGatelogError(error, "CHAIN_IDENTITY_CHANGED")) this.#broken = error;
      if (error instanceof GatelogError) throw error;
      throw new GatelogError("NODE_UNREACHABLE", "the node refuses to say which chain it serves", {}, { cause: error });
    }
    this.#pinned = true;
    this.#behindSince = undefined;
    this.#checkedAt = performance.now();
    // The very first check opens the first connection itself.
    this.#checkedConnections = Math.max(connections, 1);
  }

  async #compareKnown(known: KnownBlock): Promise<void> {
    const found = await this.#block(known.number);
    if (found?.hash === known.hash) return;
    const head = await this.#block("latest");
    const at = { block: known.number, head: head?.number ?? "none" };
    if (found === null && this.#isPatientWith(head, known))
      throw new GatelogError(
        "NODE_UNREACHABLE",
        `the node ${this.#rpc.node} is at block ${at.head} and has had block ${known.number}: it lags behind, or has lost blocks`,
        { node: this.#rpc.node, expected: known.number, actual: at.head },
      );
    this.#require(`hash of block ${known.number}`, known.hash, found?.hash, at);
  }

  #isPatientWith(head: Block | null, known: KnownBlock): boolean {
    if (!this.#pinned || head === null || head.number === 0 || head.number >= known.number) return false;
    this.#behindSince ??= performance.now();
    return performance.now() - this.#behindSince < this.#options.lagGraceMs;
  }

  #require(
    what: string,
    expected: string | number | undefined,
    found: string | number | undefined,
    at: ErrorContext = {},
  ): void {
    if (expected === undefined || expected === found) return;
    const { node } = this.#rpc;
    const actual = found ?? "none";
    const context = { node, what, expected, actual, ...at };
    const difference = `${what} is ${actual}, not ${expected}${"head" in at ? `, and its head is block ${at["head"]}` : ""}`;
    if (this.#pinned)
      throw new GatelogError(
        "CHAIN_IDENTITY_CHANGED",
        `the node ${node} serves another chain than before, or has lost blocks: ${difference}`,
        context,
      );
    throw new GatelogError(
      "WRONG_CHAIN",
      `the node ${node} serves another chain than expected, or has lost blocks: ${difference}`,
      context,
    );
  }

  async #block(tag: number | "latest"): Promise<Block | null> {
    const name = typeof tag === "number" ? toQuantity(tag) : tag;
    return parseBlock(await this.#rpc.send("eth_getBlockByNumber", [name, false]));
  }
}
