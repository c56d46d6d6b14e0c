import { setTimeout as sleep } from "node:timers/promises";
import { toQuantity, type ContractRunner, type TransactionRequest } from "ethers";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { Address, Hash, Hex } from "../entry/hex.ts";
import { ChainPin, type ChainIdentity, type ExpectedIdentity } from "./chain-identity.ts";
import { contractError } from "./contract-errors.ts";
import { createRpc, RpcError, type Rpc } from "./rpc.ts";
import {
  parseBlock,
  parseEvents,
  parseHex,
  parseReceipt,
  type Block,
  type ChainEvent,
  type Receipt,
} from "./rpc-values.ts";

/** From when on a block counts as final. instant: at once (BFT networks, development chains). finalized: by the node's tag. */
export type Finality = "instant" | "finalized" | { readonly depth: number };

export interface ChainOptions {
  readonly url: string;
  /** Chain id, and what is known of the chain from an earlier run. */
  readonly expected: ExpectedIdentity;
  readonly finality: Finality;
  /** For messages; `eip155:<chain id>` by default. */
  readonly name?: string;
  readonly requestTimeoutMs?: number;
  /** Pause between two looks for a receipt or a final block. */
  readonly pollIntervalMs?: number;
  /** Longest time between two checks that the node still serves the same chain. */
  readonly identityIntervalMs?: number;
  /** How long a node may be behind a block that was final before it counts as one that has lost it. */
  readonly lagGraceMs?: number;
  /** Takes the identity for the next run each time that it has moved up; what it throws, the reading rejects with. */
  readonly onIdentity?: (identity: ChainIdentity) => void;
}

const DEFAULT_REQUEST_TIMEOUT_MS = 10_000;
/** Chains whose blocks are final at once have fast blocks; the others count in seconds. */
const DEFAULT_POLL_INTERVAL_MS = { instant: 25, other: 1_000 } as const;
const DEFAULT_IDENTITY_INTERVAL_MS = 5_000;
const DEFAULT_LAG_GRACE_MS = 30_000;

/** A block by number or hash, or one that the node names. */
export type BlockTag = number | Hash | "latest" | "finalized";

export interface EventFilter {
  readonly address: Address;
  /** By place; null for any, a list for one of several. */
  readonly topics: readonly (Hash | readonly Hash[] | null)[];
  readonly fromBlock: number;
  readonly toBlock: number;
}

export interface Call {
  readonly to: Address;
  readonly data: Hex;
  readonly from?: Address;
}

/**
 * One chain through one node. Every answer is from the pinned chain. Rejects with NODE_UNREACHABLE or TIMEOUT when the node
 * does not answer, or is behind what it has shown (neither says anything about the chain); WRONG_CHAIN or
 * CHAIN_IDENTITY_CHANGED when it must not be believed.
 */
export interface Chain {
  readonly name: string;
  readonly chainId: number;
  readonly finality: Finality;
  readonly pollIntervalMs: number;
  /** Checks the node if that is due, and says which chain it is: for a caller that keeps it for the next run. */
  identity(): Promise<ChainIdentity>;
  /** Any method; an answer that is an error rejects with RpcError. */
  rpc(method: string, params: readonly unknown[]): Promise<unknown>;
  /** Calls a contract without a transaction; a revert rejects with the code of its reason. */
  call(call: Call, at: BlockTag): Promise<Hex>;
  block(tag: BlockTag): Promise<Block | null>;
  /** The newest block; never one below a block that was final before. */
  head(): Promise<Block>;
  /** The newest block that the configured finality calls final; never an older one than before. */
  finalBlock(): Promise<Block>;
  events(filter: EventFilter): Promise<ChainEvent[]>;
  receipt(transactionHash: Hash): Promise<Receipt | null>;
  /** Resolves once block `number` is final, with the final block; TIMEOUT after `timeoutMs`. */
  waitFinal(number: number, timeoutMs: number): Promise<Block>;
  close(): void;
}

export function createChain(options: ChainOptions): Chain {
  return new NodeChain(options);
}

class NodeChain implements Chain {
  readonly name: string;
  readonly chainId: number;
  readonly finality: Finality;
  readonly pollIntervalMs: number;
  readonly #rpc: Rpc;
  readonly #pin: ChainPin;

  constructor(options: ChainOptions) {
    const { expected, finality } = options;
    this.name = options.name ?? `eip155:${expected.chainId}`;
    this.chainId = expected.chainId;
    this.finality = finality;
    const defaultPoll = DEFAULT_POLL_INTERVAL_MS[finality === "instant" ? "instant" : "other"];
    this.pollIntervalMs = options.pollIntervalMs ?? defaultPoll;
    this.#rpc = createRpc(options.url, expected.chainId, options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS);
    this.#pin = new ChainPin(this.#rpc, expected, {
      intervalMs: options.identityIntervalMs ?? DEFAULT_IDENTITY_INTERVAL_MS,
      lagGraceMs: options.lagGraceMs ?? DEFAULT_LAG_GRACE_MS,
      onMoved: options.onIdentity ?? (() => undefined),
    });
  }

  identity(): Promise<ChainIdentity> {
    return this.#checked(() => this.#pin.identity());
  }

  async rpc(method: string, params: readonly unknown[]): Promise<unknown> {
    return this.#checked(async () => {
      await this.#pin.beforeRequest();
      try {
        const answer = await this.#rpc.send(method, params);
        await this.#pin.beforeAnswer();
        return answer;
      } catch (error) {
        // Also an answer that is an error must come from the pinned chain.
        if (error instanceof RpcError) await this.#pin.beforeAnswer();
        throw error;
      }
    });
  }

  async block(tag: BlockTag): Promise<Block | null> {
    const method = isBlockHash(tag) ? "eth_getBlockByHash" : "eth_getBlockByNumber";
    return parseBlock(await this.#ask(method, [typeof tag === "number" ? toQuantity(tag) : tag, false]));
  }

  async head(): Promise<Block> {
    const found = await this.#blockThere("latest");
    if (this.finality === "instant") this.#pin.observeFinal(found);
    return this.#notBefore(found);
  }

  async finalBlock(): Promise<Block> {
    const { finality } = this;
    if (finality === "instant") return this.head();
    const tag = finality === "finalized" ? finality : Math.max(0, (await this.head()).number - finality.depth);
    const found = await this.#blockThere(tag);
    this.#pin.observeFinal(found);
    return this.#notBefore(found);
  }

  async call(call: Call, at: BlockTag): Promise<Hex> {
    try {
      return parseHex(await this.rpc("eth_call", [call, callTag(at)]));
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      throw error.data === undefined ? refused(error, this.name) : contractError(error.data, error);
    }
  }

  async events({ address, topics, fromBlock, toBlock }: EventFilter): Promise<ChainEvent[]> {
    const filter = { address, topics, fromBlock: toQuantity(fromBlock), toBlock: toQuantity(toBlock) };
    return parseEvents(await this.rpc("eth_getLogs", [filter]));
  }

  async receipt(transactionHash: Hash): Promise<Receipt | null> {
    const receipt = parseReceipt(await this.#ask("eth_getTransactionReceipt", [transactionHash]));
    if (receipt !== null && this.finality === "instant")
      this.#pin.observeFinal({ number: receipt.blockNumber, hash: receipt.blockHash });
    return receipt;
  }

  async waitFinal(number: number, timeoutMs: number): Promise<Block> {
    const giveUpAt = performance.now() + timeoutMs;
    while (true) {
      const final = await this.finalBlock();
      if (final.number >= number) return final;
      if (performance.now() > giveUpAt)
        throw new GatelogError("TIMEOUT", `block ${number} was not final within ${timeoutMs} ms`, {
          chain: this.name,
          block: number,
        });
      await sleep(this.pollIntervalMs);
    }
  }

  close(): void {
    this.#rpc.close();
  }

  /** Errors of node and pin, with the chain's name; the next request looks again which chain it is. */
  async #checked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof RpcError)) this.#pin.suspect();
      throw named(error, this.name);
    }
  }

  /** For questions that a node has no reason to refuse. */
  async #ask(method: string, params: readonly unknown[]): Promise<unknown> {
    try {
      return await this.rpc(method, params);
    } catch (error) {
      throw error instanceof RpcError ? refused(error, this.name) : error;
    }
  }

  async #blockThere(tag: BlockTag): Promise<Block> {
    const found = await this.block(tag);
    if (found !== null) return found;
    const context = { chain: this.name, block: tag };
    throw new GatelogError("NODE_UNREACHABLE", `the node does not have block ${tag}`, context);
  }

  /** What was final stays so: an older block than that is no news, whatever the node says now. */
  async #notBefore(found: Block): Promise<Block> {
    const known = await this.#checked(() => this.#pin.knownBeyond(found));
    return known === undefined ? found : this.#blockThere(known.number);
  }
}

/** Whether a call failed because the contract reverted, for whatever reason. */
export function contractRevert(error: unknown): boolean {
  return isGatelogError(error) && error.context["reverted"] === true;
}

/** Runs the view functions of typed contracts on a chain; the block goes in as their `blockTag`. */
export function contractRunner(chain: Chain): ContractRunner {
  return {
    provider: null,
    async call({ to, data, from, blockTag }: TransactionRequest) {
      // Typed contracts fill in both, as strings.
      const call = {
        to: to as Address,
        data: data as Hex,
        ...(from === undefined || from === null ? {} : { from: from as Address }),
      };
      const result = await chain.call(call, (blockTag ?? "latest") as BlockTag);
      if (result === "0x")
        throw new GatelogError("INVALID_CONFIG", `there is no such contract at ${call.to} on ${chain.name}`, {
          chain: chain.name,
          contract: call.to,
        });
      return result;
    },
  };
}

function isBlockHash(tag: BlockTag): boolean {
  return typeof tag === "string" && tag.startsWith("0x");
}

/** EIP-1898: by hash, the node answers for that very block or not at all. */
function callTag(tag: BlockTag): string | { blockHash: string; requireCanonical: boolean } {
  if (typeof tag === "number") return toQuantity(tag);
  return isBlockHash(tag) ? { blockHash: tag, requireCanonical: true } : tag;
}

function refused(error: RpcError, chain: string): GatelogError {
  return new GatelogError(
    "NODE_UNREACHABLE",
    `the node answers ${error.method} with an error: ${error.message.slice(0, 300)}`,
    { chain, method: error.method, rpcCode: error.rpcCode },
    { cause: error },
  );
}

/** Says of which chain an error speaks. */
function named(error: unknown, chain: string): unknown {
  if (!isGatelogError(error) || "chain" in error.context) return error;
  return new GatelogError(
    error.code,
    `${chain}: ${error.message}`,
    { chain, ...error.context },
    { cause: error.cause ?? error },
  );
}
