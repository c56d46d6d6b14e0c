import { logRegistryInterface } from "../../src/chain/contracts.ts";
import { hexSchema, type Address, type Hex } from "../../src/entry/hex.ts";
import type { BenchChain, RpcCall } from "./chain.ts";
import type { FillerLog } from "./filler-log.ts";

/** A call of the registry, with the most gas that it may take. */
export interface RegistryCall {
  readonly data: Hex;
  readonly gas: number;
}

/** Writes to a registry block by block. Nobody else makes the chain mine meanwhile. */
export class BlockWriter {
  readonly chain: BenchChain;
  readonly registry: Address;
  /** Pays; the node signs for it. */
  readonly #payer: Address;
  #nonce: number | undefined;

  constructor(chain: BenchChain, registry: Address, payer: Address) {
    this.chain = chain;
    this.registry = registry;
    this.#payer = payer;
  }

  /** One block with these calls in their order; behind it the logs are as long as they should be, or this fails. */
  async write(calls: readonly RegistryCall[], logs: readonly FillerLog[]): Promise<void> {
    const expected = logs.map(({ length }) => length);
    for (const { data, gas } of calls) {
      this.#nonce ??= Number(await this.chain.rpc("eth_getTransactionCount", [this.#payer, "latest"]));
      const nonce = hex(this.#nonce++);
      const transaction = { from: this.#payer, to: this.registry, data, gas: hex(gas), nonce };
      await this.chain.rpc("eth_sendTransaction", [transaction]);
    }
    await this.chain.mine();
    const actual = await this.#lengths(logs);
    // A batch does not revert on an entry that is refused.
    if (actual.some((length, place) => length !== expected[place]))
      throw new Error(`${this.chain.name}: logs have ${actual.join(", ")} entries, and not ${expected.join(", ")}`);
  }

  async #lengths(logs: readonly FillerLog[]): Promise<number[]> {
    const calls = logs.map(({ sessionHash, writer }): RpcCall => {
      const data = logRegistryInterface.encodeFunctionData("head", [sessionHash, writer.gatewayId]);
      return ["eth_call", [{ to: this.registry, data }, "latest"]];
    });
    const heads = await this.chain.batch(calls);
    return heads.map((head) => {
      const [length] = logRegistryInterface.decodeFunctionResult("head", hexSchema.parse(head));
      return Number(length);
    });
  }
}

function hex(value: number): Hex {
  return `0x${value.toString(16)}`;
}
