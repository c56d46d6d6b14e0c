import { concat, id, keccak256 } from "ethers";
import { payloadHashOf } from "./canonical.ts";
import { GatelogError } from "./errors.ts";
import { isHash, sessionIdToWord, type GatewayId, type Hash, type Hex, type SessionId } from "./hex.ts";
import { keccak } from "./keccak.ts";
import { Memo } from "./memo.ts";
import { OPERATIONS, operationFrom, VOTES, voteFrom, type Operation, type Vote } from "./vocabulary.ts";
import type { CompactSignature, DigestSigner } from "./signature.ts";

export const ENTRY_VERSION = 1;
/** Bytes; the contract refuses more. */
export const MAX_PAYLOAD_SIZE = 16_384;
/** Most entries of one log: the contract keeps its length in 28 bits. */
export const LENGTH_MAX = 2 ** 28 - 1;

/** What is hashed and signed (docs/decisions/001). Numbers stay within 2^53 - 1 even where the signed field has 64 bits. */
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

export const ENTRY_TYPE_HASH = id(
  `Entry(${ENTRY_TYPES.Entry.map((field) => `${field.type} ${field.name}`).join(",")})`,
);
export const DOMAIN_SEPARATOR = keccak256(
  concat([id("EIP712Domain(string name,string version)"), id(ENTRY_DOMAIN.name), id(ENTRY_DOMAIN.version)]),
);

/**
 * EIP-712 digest of the entry under a domain of name and version alone: an entry keeps its hash wherever it is copied.
 * Throws INVALID_ENTRY if a number does not fit its type or a hash is not 32 bytes: nothing else has a digest, so no two
 * entries share one. MALFORMED if the session id is no UUID.
 */
export function entryHashOf(entry: Entry): Hash {
  const struct = joined([
    ENTRY_TYPE_HASH,
    numberWord(entry, "version"),
    sessionIdToWord(entry.sessionId),
    hashWord(entry, "sessionHash"),
    hashWord(entry, "gatewayId"),
    numberWord(entry, "epoch"),
    numberWord(entry, "index"),
    numberWord(entry, "seqNumber"),
    numberWord(entry, "step"),
    numberWord(entry, "operation"),
    numberWord(entry, "vote"),
    numberWord(entry, "command"),
    numberWord(entry, "timestamp"),
    hashWord(entry, "causedBy"),
    hashWord(entry, "payloadHash"),
    hashWord(entry, "lastEntryHash"),
  ]);
  return knownHashes.of(struct, () => keccak(joined(["0x1901", DOMAIN_SEPARATOR, keccak(struct)])));
}

/** An entry is hashed at each station of its way: when it is signed, stored, sent, taken and read. About 3 MB when full. */
const knownHashes = new Memo<Hash>(1_024);

/** Concatenation of what is known to be hex; ethers' `concat` goes over bytes. */
function joined(parts: readonly string[]): Hex {
  return `0x${parts.map((part) => part.slice(2)).join("")}`;
}

/**
 * Computes payloadHash and entryHash and signs. What it returns may leave the process only once it is in the outbox (R8).
 * Errors: TOO_LARGE, INVALID_ENTRY, MALFORMED (the session id).
 */
export async function signEntry(
  entry: Omit<Entry, "version" | "payloadHash">,
  payload: Uint8Array,
  signer: DigestSigner,
): Promise<SignedEntry> {
  if (payload.length > MAX_PAYLOAD_SIZE)
    throw new GatelogError(
      "TOO_LARGE",
      `the payload has ${payload.length} bytes; at most ${MAX_PAYLOAD_SIZE} are logged`,
      {
        maximum: MAX_PAYLOAD_SIZE,
        actual: payload.length,
      },
    );
  // Member by member: whatever else the caller's object carries is no part of an entry and must not travel with it.
  const { sessionId, sessionHash, gatewayId, epoch, index, seqNumber, step, operation, vote, command, timestamp } =
    entry;
  const full: Entry = {
    version: ENTRY_VERSION,
    ...{ sessionId, sessionHash, gatewayId, epoch, index, seqNumber, step, operation, vote, command, timestamp },
    causedBy: entry.causedBy,
    payloadHash: payloadHashOf(payload),
    lastEntryHash: entry.lastEntryHash,
  };
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

type HeaderField = (typeof HEADER_LAYOUT)[number][0];

/** The fields that the header word holds. */
export type Header = Pick<Entry, HeaderField>;

const HEADER_BITS = new Map<HeaderField, number>(HEADER_LAYOUT);

/** Where the header's hex has each field. */
const HEADER_DIGITS = digitsOf(HEADER_LAYOUT);
const NO_SPARE_BITS = "0".repeat(Number(SPARE_BITS) / 4);

function digitsOf(layout: typeof HEADER_LAYOUT): Readonly<Record<HeaderField, { start: number; end: number }>> {
  let at = 2;
  const places = layout.map(([field, bits]) => [field, { start: at, end: (at += bits / 4) }] as const);
  // Every field of the layout has its place.
  return Object.fromEntries(places) as Record<HeaderField, { start: number; end: number }>;
}

/** The header word of the contract's events; INVALID_ENTRY if a number does not fit its bits. */
export function packHeader(header: Header): Hash {
  let packed = 0n;
  for (const [field, bits] of HEADER_LAYOUT) packed = (packed << BigInt(bits)) | BigInt(headerNumber(header, field));
  return word(packed << SPARE_BITS);
}

/**
 * Reads a header word. Throws INVALID_ENTRY if it is no word, on codes that do not exist, spare bits that are set, and numbers
 * past 2^53 - 1: those the contract takes and this version does not read.
 */
export function unpackHeader(header: Hash): Header {
  if (!isHash(header)) throw new GatelogError("INVALID_ENTRY", "the header is no 32-byte word", { header });
  if (!header.endsWith(NO_SPARE_BITS)) throw new GatelogError("INVALID_ENTRY", "spare header bits are set", { header });
  const read = (field: HeaderField): number => {
    const { start, end } = HEADER_DIGITS[field];
    const value = Number(`0x${header.slice(start, end)}`);
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    const actual = BigInt(`0x${header.slice(start, end)}`).toString();
    throw new GatelogError("INVALID_ENTRY", `${field} is larger than 2^53 - 1`, { field, actual });
  };
  return {
    version: read("version"),
    operation: operationFrom(read("operation")),
    vote: voteFrom(read("vote")),
    step: read("step"),
    command: read("command"),
    timestamp: read("timestamp"),
    seqNumber: read("seqNumber"),
    epoch: read("epoch"),
    index: read("index"),
  };
}

/** The number that the field has in header and digest; INVALID_ENTRY if it does not fit. */
function headerNumber(header: Header, field: HeaderField): number {
  const value =
    field === "operation" ? OPERATIONS[header[field]] : field === "vote" ? VOTES[header[field]] : header[field];
  const maximum = Math.min(2 ** (HEADER_BITS.get(field) ?? 0) - 1, Number.MAX_SAFE_INTEGER);
  if (!Number.isSafeInteger(value) || value < 0 || value > maximum)
    throw new GatelogError("INVALID_ENTRY", `${field} is no whole number from 0 to ${maximum}`, {
      field,
      maximum,
      actual: String(value),
    });
  return value;
}

function numberWord(header: Header, field: HeaderField): Hash {
  return word(headerNumber(header, field));
}

function hashWord(
  entry: Entry,
  field: "sessionHash" | "gatewayId" | "causedBy" | "payloadHash" | "lastEntryHash",
): Hash {
  const value = entry[field];
  if (!isHash(value))
    throw new GatelogError("INVALID_ENTRY", `${field} is not 32 bytes of lower-case hex`, { field, actual: value });
  return value;
}

const WORD_DIGITS = 64;

/** 32 bytes, big-endian. */
function word(value: number | bigint): Hash {
  return `0x${value.toString(16).padStart(WORD_DIGITS, "0")}`;
}
