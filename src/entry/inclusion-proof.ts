import { z } from "zod";
import type { LogEntry } from "./entry.ts";
import { addressSchema, hashSchema, toHex, type Hash } from "./hex.ts";
import { keccak } from "./keccak.ts";
import { checkContent } from "./log-check.ts";

/** A gateway can count this many entries of one anchor, so that no way up is longer. */
const MAX_PATH_LENGTH = 32;

/** An anchor in the log registry: the root of a Merkle tree over the hashes of entries. */
const anchorPlaceSchema = z.object({
  chainId: z.int().positive(),
  registry: addressSchema,
  /** Who has anchored, which need not be who has written the entry. */
  gatewayId: hashSchema,
  /** Number of this gateway's anchors before it. */
  index: z.int().min(0),
  root: hashSchema,
  /** Number of leaves, as the gateway stated it. */
  entries: z.int().positive(),
  transactionHash: hashSchema,
  /** Number of the block. */
  block: z.int().min(0),
  /** By the finality that the chain is configured with. What is not final may still be taken back, and is then anchored again. */
  final: z.boolean(),
});

/** That an entry is among those which an anchor covers. */
export const inclusionProofSchema = z.object({
  anchor: anchorPlaceSchema,
  /** Hashes beside the way from the entry's own up to the root; empty if it is the anchor's only one. */
  path: z.array(hashSchema).max(MAX_PATH_LENGTH),
});

export type InclusionProof = z.infer<typeof inclusionProofSchema>;

/**
 * Whether the path leads from the entry to the anchor's root: what `LogRegistry.verifyInclusion` says of the entry's hash, without a
 * chain. Throws the error of `checkContent` if the entry's hash is not its own: taken as it is given, it might be that of an inner
 * node. A node is the keccak256 of 64 bytes, and an entry's hash of 66, so that no entry has a node's hash.
 *
 * It proves that whoever made the root had this very entry. That the root is anchored must be seen on the chain: compare it with
 * `LogRegistry.anchorOf(gatewayId, index)`, or with the event `Anchored`, on a node that is trusted. It says nothing of the
 * entry's signature, and nothing of entries that are not shown.
 */
export function verifyInclusionProof(entry: LogEntry, { anchor, path }: InclusionProof): boolean {
  checkContent(entry);
  if (path.length > MAX_PATH_LENGTH) return false;
  return path.reduce(parentOf, entry.entryHash) === anchor.root;
}

/** As OpenZeppelin's MerkleProof: the smaller child first. Hashes are lower-case hex of one length, and so compare as numbers. */
function parentOf(one: Hash, other: Hash): Hash {
  return keccak(toHex(one < other ? one + other.slice(2) : other + one.slice(2)));
}
