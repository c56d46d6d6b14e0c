import { toQuantity } from "ethers";
import type { AskNode, RpcAnswer, RpcCall } from "./rpc-messages.ts";

const UNKNOWN_BLOCK: RpcAnswer = { error: { code: -32_000, message: "header not found" } };

/** Where a method has the block whose state it asks about. */
const BLOCK_PARAMETER: Readonly<Record<string, number>> = {
  eth_call: 1,
  eth_estimateGas: 1,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getTransactionCount: 1,
  eth_getStorageAt: 2,
};
/** Methods that find something by its hash, and where the answer has the block it stands in. */
const BLOCK_OF_FOUND: Readonly<Record<string, string>> = {
  eth_getBlockByHash: "number",
  eth_getTransactionByHash: "blockNumber",
  eth_getTransactionReceipt: "blockNumber",
};

export function dependsOnHead(method: string): boolean {
  const others = ["eth_blockNumber", "eth_getBlockByNumber", "eth_getLogs"];
  return method in BLOCK_PARAMETER || method in BLOCK_OF_FOUND || others.includes(method);
}

/**
 * What a node would answer whose newest block is `head`, for the methods that depend on it. Its pool is empty: what was mined
 * above `head` is as if it had never been sent.
 */
export async function answerAsOf(head: number, { method, params }: RpcCall, ask: AskNode): Promise<RpcAnswer> {
  const place = BLOCK_PARAMETER[method];
  if (place !== undefined) return stateAsOf(head, { method, params }, place, ask);
  const member = BLOCK_OF_FOUND[method];
  if (member !== undefined) return foundAsOf(head, member, await ask(method, params));
  switch (method) {
    case "eth_blockNumber":
      return { result: toQuantity(head) };
    case "eth_getBlockByNumber":
      return blockAsOf(head, params, ask);
    case "eth_getLogs":
      return logsAsOf(head, params, ask);
    default:
      return ask(method, params);
  }
}

async function stateAsOf(head: number, call: RpcCall, place: number, ask: AskNode): Promise<RpcAnswer> {
  const tag = await tagAsOf(head, call.params[place] ?? "latest", ask);
  if (tag === undefined) return UNKNOWN_BLOCK;
  return ask(call.method, call.params.slice(0, place).concat([tag]));
}

/** Undefined if the node does not have the block. */
async function tagAsOf(head: number, tag: unknown, ask: AskNode): Promise<unknown> {
  if (typeof tag === "string") {
    if (tag.startsWith("0x")) return Number(tag) > head ? undefined : tag;
    return tag === "earliest" ? tag : numberOf(await blockAsOf(head, [tag, false], ask), "number");
  }
  const { blockHash, blockNumber } = tag as { readonly blockHash?: string; readonly blockNumber?: string };
  if (blockHash === undefined) return tagAsOf(head, blockNumber, ask);
  const found = foundAsOf(head, "number", await ask("eth_getBlockByHash", [blockHash, false]));
  return numberOf(found, "number") === undefined ? undefined : tag;
}

async function blockAsOf(head: number, [tag, full]: readonly unknown[], ask: AskNode): Promise<RpcAnswer> {
  const newest = (): Promise<RpcAnswer> => ask("eth_getBlockByNumber", [toQuantity(head), full]);
  if (tag === "latest" || tag === "pending") return newest();
  if (tag === "safe" || tag === "finalized") {
    const answer = await ask("eth_getBlockByNumber", [tag, full]);
    return isAbove(head, numberOf(answer, "number")) ? newest() : answer;
  }
  if (typeof tag === "string" && isAbove(head, tag)) return { result: null };
  return ask("eth_getBlockByNumber", [tag, full]);
}

function foundAsOf(head: number, member: string, answer: RpcAnswer): RpcAnswer {
  return isAbove(head, numberOf(answer, member)) ? { result: null } : answer;
}

async function logsAsOf(head: number, [filter]: readonly unknown[], ask: AskNode): Promise<RpcAnswer> {
  const { fromBlock = "latest", toBlock = "latest", ...rest } = filter as Record<string, unknown>;
  if (rest["blockHash"] !== undefined) {
    const tag = await tagAsOf(head, { blockHash: rest["blockHash"] }, ask);
    return tag === undefined ? UNKNOWN_BLOCK : ask("eth_getLogs", [rest]);
  }
  const [from, to] = [await tagAsOf(head, fromBlock, ask), (await tagAsOf(head, toBlock, ask)) ?? toQuantity(head)];
  return from === undefined ? { result: [] } : ask("eth_getLogs", [{ ...rest, fromBlock: from, toBlock: to }]);
}

/** A member of the found object that is a number, as the node wrote it. */
function numberOf(answer: RpcAnswer, member: string): string | undefined {
  if (!("result" in answer) || typeof answer.result !== "object" || answer.result === null) return undefined;
  const value: unknown = Reflect.get(answer.result, member);
  return typeof value === "string" ? value : undefined;
}

function isAbove(head: number, quantity: string | undefined): boolean {
  return quantity !== undefined && quantity.startsWith("0x") && Number(quantity) > head;
}
