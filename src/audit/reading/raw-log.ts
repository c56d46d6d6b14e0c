import type { Address, Hash, Hex } from "../../entry/hex.ts";
import type { RawLog } from "./reader.ts";

const MAX_TOPICS = 4;
const ADDRESS = /^0x[0-9a-f]{40}$/;
const HASH = /^0x[0-9a-f]{64}$/;
const BYTES = /^0x(?:[0-9a-f]{2})*$/;
/** Up to 2^52. */
const QUANTITY = /^0x[0-9a-f]{1,13}$/;

/**
 * An event as a node gives it in JSON, or undefined if it is none. By hand and not by a schema: it is done for every event of a log, and is a
 * tenth of the time.
 * @param checksummed Gives an address, in lower case, its checksum.
 */
export function readLog(
  value: unknown,
  checksummed: (address: string) => Address,
): { readonly event: RawLog; readonly removed: boolean } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { address, topics, data, blockNumber, logIndex, transactionHash, removed } = value as Partial<
    Record<keyof RawLog | "removed", unknown>
  >;
  const contract = typeof address === "string" ? address.toLowerCase() : "";
  const isLog =
    ADDRESS.test(contract) &&
    Array.isArray(topics) &&
    topics.length <= MAX_TOPICS &&
    topics.every(isHash) &&
    isBytes(data) &&
    isQuantity(blockNumber) &&
    isQuantity(logIndex) &&
    isHash(transactionHash) &&
    (removed === undefined || typeof removed === "boolean");
  if (!isLog) return undefined;
  const place = { blockNumber: Number(blockNumber), logIndex: Number(logIndex), transactionHash };
  return { event: { address: checksummed(contract), topics, data, ...place }, removed: removed === true };
}

function isHash(value: unknown): value is Hash {
  return typeof value === "string" && HASH.test(value);
}

function isBytes(value: unknown): value is Hex {
  return typeof value === "string" && BYTES.test(value);
}

function isQuantity(value: unknown): value is string {
  return typeof value === "string" && QUANTITY.test(value);
}
