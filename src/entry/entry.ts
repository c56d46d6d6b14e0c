import { concat, id, keccak256, toBeHex } from "ethers";
import { payloadHashOf } from "./canonical.ts";
import { GatelogError } from "./errors.ts";
import { sessionIdToWord, toHex, type GatewayId, type Hash, type Hex, type SessionId } from "./hex.ts";
import { OPERATIONS, operationFrom, VOTES, voteFrom, type Operation, type Vote } from "./vocabulary.ts";
import type { CompactSignature, DigestSigner } from "./signature.ts";

export const ENTRY_VERSION = 1;
/** Bytes; the contract refuses more. */
export const MAX_PAYLOAD_SIZE = 16_384;

/** What is hashed and signed (protocol digest, 2.4). */
export interface Entry {
  readonly version: number;
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  /** The group that writes this log. */
  readonly gatewayId: GatewayId;
  /** Fencing term of the writer. */
  readonly epoch: number;
  /** 0, 1, 2 … in this log. */
  readonly index: number;
  /** Lamport number, session-wide: greater than every number that the writer had seen. */
  readonly seqNumber: number;
  /** Protocol step, 2.1 is 201. */
  readonly step: number;
  readonly operation: Operation;
  readonly vote: Vote;
  /** Code of `COMMANDS`, or another client's. */
  readonly command: number;
  /** UNIX milliseconds, information only: order never depends on it. */
  readonly timestamp: number;
  /** entryHash of the peer's entry that this one answers, or zero. */
  readonly causedBy: Hash;
  readonly payloadHash: Hash;
  /** entryHash of index - 1, or zero at 0. */
  readonly lastEntryHash: Hash;
}

/** An entry as it stands in a log. Identified by its entryHash: other signature bytes under the same hash are the same entry. */
export interface LogEntry extends Entry {
  readonly payload: Uint8Array;
  readonly entryHash: Hash;
  /** Null inside a run: a later entry of the same log and epoch carries the signature (see `verifySigner`). */
  readonly signature: CompactSignature | null;
}

/** A log entry whose own signature is at hand; what gateways make, send and append. */
export interface SignedEntry extends LogEntry {
  readonly signature: CompactSignature;
}

export const ENTRY_DOMAIN = { name: "Gatelog Log Entry", version: "1" } as const;

export const ENTRY_TYPES = {
  Entry: [
    { name: "version", type: "uint8" },
    { name: "sessionId", type: "bytes16" },
    { name: "sessionHash", type: "bytes32" },
    { name: "gatewayId", type: "bytes32" },
    { name: "epoch", type: "uint32" },
    { name: "index", type: "uint32" },
    { name: "seqNumber", type: "uint64" },
    { name: "step", type: "uint16" },
    { name: "operation", type: "uint8" },
    { name: "vote", type: "uint8" },
    { name: "command", type: "uint16" },
    { name: "timestamp", type: "uint64" },
    { name: "causedBy", type: "bytes32" },
    { name: "payloadHash", type: "bytes32" },
    { name: "lastEntryHash", type: "bytes32" },
  ],
};

const ENTRY_TYPE_HASH = id(`Entry(${ENTRY_TYPES.Entry.map((field) => `${field.type} ${field.name}`).join(",")})`);
const DOMAIN_SEPARATOR = keccak256(
  concat([id("EIP712Domain(string name,string version)"), id(ENTRY_DOMAIN.name), id(ENTRY_DOMAIN.version)]),
);

/** EIP-712 digest of the entry under a domain of name and version alone: an entry keeps its hash wherever it is copied. */
export function entryHashOf(entry: Entry): Hash {
  const struct = concat([
    ENTRY_TYPE_HASH,
    word(entry.version),
    sessionIdToWord(entry.sessionId),
    entry.sessionHash,
    entry.gatewayId,
    word(entry.epoch),
    word(entry.index),
    word(entry.seqNumber),
    word(entry.step),
    word(OPERATIONS[entry.operation]),
    word(VOTES[entry.vote]),
    word(entry.command),
    word(entry.timestamp),
    entry.causedBy,
    entry.payloadHash,
    entry.lastEntryHash,
  ]);
  return toHex(keccak256(concat(["0x1901", DOMAIN_SEPARATOR, keccak256(struct)])));
}

/** Computes payloadHash and entryHash and signs. What it returns may leave the process only once it is in the outbox (R8). */
export async function signEntry(
  entry: Omit<Entry, "version" | "payloadHash">,
  payload: Uint8Array,
  signer: DigestSigner,
): Promise<SignedEntry> {
  if (payload.length > MAX_PAYLOAD_SIZE)
    throw new GatelogError("TOO_LARGE", `the payload has ${payload.length} bytes; at most ${MAX_PAYLOAD_SIZE} are logged`, {
      maximum: MAX_PAYLOAD_SIZE,
      actual: payload.length,
    });
  const full: Entry = { ...entry, version: ENTRY_VERSION, payloadHash: payloadHashOf(payload) };
  const entryHash = entryHashOf(full);
  return { ...full, payload, entryHash, signature: await signer.signDigest(entryHash) };
}

/** Bits of each header field, from the most significant down; the last 8 bits are spare and zero. */
const HEADER_LAYOUT = [
  ["version", 8],
  ["operation", 8],
  ["vote", 8],
  ["step", 16],
  ["command", 16],
  ["timestamp", 64],
  ["seqNumber", 64],
  ["epoch", 32],
  ["index", 32],
] as const;
const SPARE_BITS = 8n;

export type Header = Pick<
  Entry,
  "version" | "operation" | "vote" | "step" | "command" | "timestamp" | "seqNumber" | "epoch" | "index"
>;

/** The header word of the contract's events. */
export function packHeader(header: Header): Hash {
  const values = { ...header, operation: OPERATIONS[header.operation], vote: VOTES[header.vote] };
  let packed = 0n;
  for (const [field, bits] of HEADER_LAYOUT) {
    const value = BigInt(values[field]);
    if (value < 0n || value >> BigInt(bits) !== 0n)
      throw new GatelogError("INVALID_ENTRY", `${field} does not fit ${bits} bits`, { field, actual: value.toString() });
    packed = (packed << BigInt(bits)) | value;
  }
  return word(packed << SPARE_BITS);
}

/** Reads a header word; throws INVALID_ENTRY on codes that do not exist, spare bits that are set, numbers past 2^53. */
export function unpackHeader(header: Hex): Header {
  let rest = BigInt(header);
  if ((rest & ((1n << SPARE_BITS) - 1n)) !== 0n)
    throw new GatelogError("INVALID_ENTRY", "spare header bits are set", { header });
  rest >>= SPARE_BITS;
  const values: Partial<Record<(typeof HEADER_LAYOUT)[number][0], number>> = {};
  for (const [field, bits] of [...HEADER_LAYOUT].reverse()) {
    const value = rest & ((1n << BigInt(bits)) - 1n);
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw new GatelogError("INVALID_ENTRY", `${field} is larger than 2^53 - 1`, { field, actual: value.toString() });
    values[field] = Number(value);
    rest >>= BigInt(bits);
  }
  const { version = 0, step = 0, command = 0, timestamp = 0, seqNumber = 0, epoch = 0, index = 0 } = values;
  const operation = operationFrom(values.operation ?? 0);
  return { version, operation, vote: voteFrom(values.vote ?? 0), step, command, timestamp, seqNumber, epoch, index };
}

function word(value: number | bigint): Hash {
  return toHex(toBeHex(value, 32));
}
