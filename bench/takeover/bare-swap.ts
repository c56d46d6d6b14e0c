import { AbiCoder, concat, Wallet, type TransactionLike } from "ethers";
import { z } from "zod";

import { httpJsonRpc, type JsonRpc } from "../../src/audit/reading/json-rpc.ts";
import type { GatelogNet } from "../../test/support/gatelog-net.ts";

/**
 * A contract that does nothing but a compare-and-set of its one word, given as (expected, new). By hand, so that nothing else is in it:
 *   calldataload(0) == sload(0) ? sstore(0, calldataload(32)) : revert
 */
const SWAP_CODE = "0x5f355f5414600b575f5ffd5b6020355f5500";
/** Returns the 18 bytes behind itself as the contract's code. */
const SWAP_INIT = concat(["0x60128060095f395ff3", SWAP_CODE]);
const GAS = 200_000n;
const GWEI = 1_000_000_000n;
const MAX_FEE = 100n * GWEI;
const SUCCESS = "0x1";

const receiptSchema = z.object({ status: z.string(), contractAddress: z.string().nullish() }).nullable();

/** What a change of the primary is at least, wherever it is kept. */
export interface Bare {
  /** One of them; milliseconds. */
  swap(): Promise<number>;
  close(): Promise<void>;
}

/** A compare-and-set on the log chain, as fast as it can be had there: number and price of each transaction are known beforehand. */
export class BareSwap implements Bare {
  readonly #rpc: JsonRpc;
  readonly #payer: Wallet;
  readonly #chainId: number;
  #nonce: number;
  #contract: string | null = null;
  #value = 0;

  private constructor(rpc: JsonRpc, payer: Wallet, chainId: number, nonce: number) {
    this.#rpc = rpc;
    this.#payer = payer;
    this.#chainId = chainId;
    this.#nonce = nonce;
  }

  static async open({ record: { log, accounts } }: GatelogNet): Promise<BareSwap> {
    const rpc = httpJsonRpc(log.rpcUrl);
    // Nobody else sends from this account on the log chain.
    const payer = new Wallet(accounts.alice.privateKey);
    const nonce = Number(await rpc("eth_getTransactionCount", [payer.address, "latest"]));
    const bare = new BareSwap(rpc, payer, log.chainId, nonce);
    bare.#contract = (await bare.#send({ data: SWAP_INIT })).contractAddress ?? null;
    await bare.swap(); // the first one opens the word
    return bare;
  }

  /** From signing it to its receipt. */
  async swap(): Promise<number> {
    const data = AbiCoder.defaultAbiCoder().encode(["uint256", "uint256"], [this.#value, this.#value + 1]);
    const before = performance.now();
    await this.#send({ to: this.#contract, data });
    this.#value += 1;
    return performance.now() - before;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #send(call: TransactionLike) {
    const fees = { maxFeePerGas: MAX_FEE, maxPriorityFeePerGas: GWEI, gasLimit: GAS };
    const place = { type: 2, chainId: this.#chainId, nonce: this.#nonce++ };
    const raw = await this.#payer.signTransaction({ ...place, ...fees, ...call });
    const hash = await this.#rpc("eth_sendRawTransaction", [raw]);
    for (;;) {
      const receipt = receiptSchema.parse(await this.#rpc("eth_getTransactionReceipt", [hash]));
      if (receipt === null) continue;
      if (receipt.status !== SUCCESS) throw new Error(`a bare compare-and-set has failed: ${receipt.status}`);
      return receipt;
    }
  }
}
