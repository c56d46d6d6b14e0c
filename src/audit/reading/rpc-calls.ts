import { isError, toQuantity, type Interface, type Result } from "ethers";
import { z } from "zod";
import { GatelogError, isGatelogError } from "../../entry/errors.ts";
import { hashSchema, hexSchema, type Address } from "../../entry/hex.ts";
import { NodeRefusal, type JsonRpc } from "./json-rpc.ts";
import type { BlockInfo } from "./reader.ts";

/** What counts as final on a chain: every block, the block `depth` below the newest, or the node's `finalized` tag. */
export type Finality = "instant" | "finalized" | { readonly depth: number };

/** A number as JSON-RPC writes it, up to 2^52. */
const quantitySchema = z
  .string()
  .regex(/^0x[0-9a-f]{1,13}$/)
  .transform(Number);
const blockSchema = z.looseObject({ number: quantitySchema, hash: hashSchema, timestamp: quantitySchema });

/** Reads a node's answer; MALFORMED if it is not what it must be. */
export function parseAnswer<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new GatelogError("MALFORMED", `the node's answer to ${what} cannot be read`, { what }, { cause: parsed.error });
}

export async function chainIdOf(rpc: JsonRpc): Promise<number> {
  return parseAnswer(quantitySchema, await rpc("eth_chainId", []), "eth_chainId");
}

export async function blockOf(rpc: JsonRpc, block: number | "latest" | "finalized"): Promise<BlockInfo> {
  const answer = await rpc("eth_getBlockByNumber", [typeof block === "number" ? toQuantity(block) : block, false]);
  if (answer === null) throw new GatelogError("NOT_FOUND", `the node has no block ${block}`, { block });
  const { number, hash, timestamp } = parseAnswer(blockSchema, answer, "eth_getBlockByNumber");
  return { number, hash, timestamp };
}

export async function finalBlockOf(rpc: JsonRpc, finality: Finality): Promise<BlockInfo> {
  if (finality === "finalized") return blockOf(rpc, "finalized");
  const latest = await blockOf(rpc, "latest");
  return finality === "instant" ? latest : blockOf(rpc, Math.max(0, latest.number - finality.depth));
}

/** Throws NOT_FOUND if there is no contract at the address in that block. */
export async function requireCode(rpc: JsonRpc, address: Address, block: number): Promise<void> {
  const code = parseAnswer(hexSchema, await rpc("eth_getCode", [address, toQuantity(block)]), "eth_getCode");
  if (code !== "0x") return;
  throw new GatelogError("NOT_FOUND", `there is no contract at ${address} in block ${block} of this chain`, {
    address,
    block,
  });
}

/** Throws MALFORMED if the contract does not answer as one of ours does, instead of the node's word that it reverted. */
export async function requireKind(kind: string, address: Address, probe: () => Promise<unknown>): Promise<void> {
  try {
    await probe();
  } catch (cause) {
    if (!(cause instanceof NodeRefusal) && !isGatelogError(cause, "MALFORMED")) throw cause;
    throw new GatelogError("MALFORMED", `the contract at ${address} is no ${kind}`, { address }, { cause });
  }
}

/** Calls a view at the end of a block; MALFORMED if the contract gives no such answer. */
export async function callView(
  rpc: JsonRpc,
  address: Address,
  views: Interface,
  name: string,
  args: readonly unknown[],
  block: number,
): Promise<Result> {
  const call = { to: address, data: views.encodeFunctionData(name, args) };
  const answer = parseAnswer(hexSchema, await rpc("eth_call", [call, toQuantity(block)]), name);
  try {
    return views.decodeFunctionResult(name, answer);
  } catch (cause) {
    if (!isError(cause, "BAD_DATA") && !isError(cause, "BUFFER_OVERRUN")) throw cause;
    throw new GatelogError(
      "MALFORMED",
      `the contract at ${address} is another than expected: ${name} gives no such answer`,
      { address },
      { cause },
    );
  }
}
