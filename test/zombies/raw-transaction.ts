import { Transaction } from "ethers";
import { z } from "zod";
import type { JsonRpc } from "../../src/audit/reading/json-rpc.ts";

const quantity = z.string().transform(BigInt);
const transactionSchema = z.object({
  hash: z.string(),
  chainId: quantity,
  nonce: z.string().transform(Number),
  to: z.string(),
  input: z.string(),
  gas: quantity,
  value: quantity,
  maxFeePerGas: quantity,
  maxPriorityFeePerGas: quantity,
  r: z.string(),
  s: z.string(),
  /** Of this type of transaction 0 or 1. */
  v: z.string().transform(Number),
});

/** The bytes of a transaction that a node holds, as its sender signed them. */
export async function rawTransaction(rpc: JsonRpc, transactionHash: string): Promise<string> {
  const held = transactionSchema.parse(await rpc("eth_getTransactionByHash", [transactionHash]));
  const { hash, input, gas, r, s, v, ...rest } = held;
  const transaction = Transaction.from({
    ...{ ...rest, type: 2, data: input, gasLimit: gas },
    signature: { r, s, yParity: v === 0 ? 0 : 1 },
  });
  if (transaction.hash !== hash) throw new Error(`the node's transaction ${hash} cannot be put together again`);
  return transaction.serialized;
}
