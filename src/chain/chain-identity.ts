import { toQuantity } from "ethers";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { Hash } from "../entry/hex.ts";
import type { Rpc } from "./rpc.ts";
import { parseBlock, parseCount, type Block } from "./rpc-values.ts";

/** Which chain it is. What a caller pins from an earlier run (genesis, known block) must still hold. */
export interface ChainIdentity {
  readonly chainId: number;
  readonly genesisHash: Hash;
  /** A block that was final once, the newest one that was seen. */
  readonly knownBlock: { readonly number: number; readonly hash: Hash };
}

export type ExpectedIdentity = Pick<ChainIdentity, "chainId"> & Partial<ChainIdentity>;

/**
 * Pins a node to one chain. A node that was restarted empty, or another one behind the same URL, gives no error by itself:
 * receipts are null and nonces zero. So no answer is passed on that came over a connection newer than the last check, or
 * after `intervalMs` without one.
 *
 * Limitations: a node that lags behind the known block counts as changed. Behind a load balancer, use one that keeps a
 * client at its node.
 */
export class ChainPin {
  readonly #rpc: Rpc;
  readonly #intervalMs: number;
  readonly #expected: ExpectedIdentity;
  #genesisHash: Hash | undefined;
  #knownBlock: ChainIdentity["knownBlock"] | undefined;
  #pinned = false;
  #checkedAt = -Infinity;
  #checkedConnections = -1;
  #running: Promise<void> | undefined;
  #broken: GatelogError | undefined;

  constructor(rpc: Rpc, expected: ExpectedIdentity, intervalMs: number) {
    this.#rpc = rpc;
    this.#expected = expected;
    this.#intervalMs = intervalMs;
    this.#genesisHash = expected.genesisHash;
    this.#knownBlock = expected.knownBlock;
  }

  /** Checks if it is time to, before a request. */
  async beforeRequest(): Promise<void> {
    if (this.#broken) throw this.#broken;
    if (performance.now() - this.#checkedAt > this.#intervalMs) await this.#check();
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

  /** Keeps the newest final block as the one that must stay. */
  observeFinal({ number, hash }: Block): void {
    if (this.#pinned && number > (this.#knownBlock?.number ?? -1)) this.#knownBlock = { number, hash };
  }

  async identity(): Promise<ChainIdentity> {
    await this.beforeRequest();
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
      await this.#compareChainId();
      const genesis = await this.#block(0);
      const known = this.#knownBlock && (await this.#block(this.#knownBlock.number));
      this.#require("genesisHash", this.#genesisHash, genesis?.hash);
      if (this.#knownBlock)
        this.#require(`hash of block ${this.#knownBlock.number}`, this.#knownBlock.hash, known?.hash);
      if (!genesis) throw new GatelogError("NODE_UNREACHABLE", "the node does not know its own genesis block");
      this.#genesisHash = genesis.hash;
      this.#knownBlock ??= { number: genesis.number, hash: genesis.hash };
    } catch (error) {
      if (isGatelogError(error, "CHAIN_IDENTITY_CHANGED")) this.#broken = error;
      if (error instanceof GatelogError) throw error;
      throw new GatelogError("NODE_UNREACHABLE", "the node refuses to say which chain it serves", {}, { cause: error });
    }
    this.#pinned = true;
    this.#checkedAt = performance.now();
    // The very first check opens the first connection itself.
    this.#checkedConnections = Math.max(connections, 1);
  }

  async #compareChainId(): Promise<void> {
    this.#require("chainId", this.#expected.chainId, parseCount(await this.#rpc.send("eth_chainId", [])));
  }

  #require(what: string, expected: string | number | undefined, actual: string | number | undefined): void {
    if (expected === undefined || expected === actual) return;
    const context = { what, expected, actual: actual ?? "none" };
    if (this.#pinned)
      throw new GatelogError(
        "CHAIN_IDENTITY_CHANGED",
        `the node serves another chain than before: ${what} has changed`,
        context,
      );
    throw new GatelogError(
      "WRONG_CHAIN",
      `the node serves another chain than expected: ${what} is ${context.actual}`,
      context,
    );
  }

  async #block(number: number): Promise<Block | null> {
    return parseBlock(await this.#rpc.send("eth_getBlockByNumber", [toQuantity(number), false]));
  }
}
