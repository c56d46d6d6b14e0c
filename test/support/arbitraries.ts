import fc from "fast-check";

import { canonicalBytes, jsonSchema, payloadHashOf, type Json } from "../../src/entry/canonical.ts";
import {
  ENTRY_VERSION,
  entryHashOf,
  LENGTH_MAX,
  MAX_PAYLOAD_SIZE,
  type Entry,
  type LogEntry,
} from "../../src/entry/entry.ts";
import { bytesToHex, toHex, ZERO_HASH, type Hash } from "../../src/entry/hex.ts";
import { OPERATION_NAMES, VOTE_NAMES } from "../../src/entry/vocabulary.ts";

const bytes = (size: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: size, maxLength: size });

export const anyHash: fc.Arbitrary<Hash> = fc.oneof(bytes(32).map(bytesToHex), fc.constant(ZERO_HASH));
export const anySessionId = fc.uuid();
const anyCompactSignature = bytes(64).map(bytesToHex);
export const anyJson: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 4, stringUnit: "binary" })
  .map((value) => jsonSchema.parse(value));

/** JSON, or bytes that are none. */
const anyPayload: fc.Arbitrary<Uint8Array> = fc
  .oneof(anyJson.map(canonicalBytes), fc.uint8Array({ maxLength: 64 }))
  .filter((payload) => payload.length <= MAX_PAYLOAD_SIZE);

const uint = (bits: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: 0, max: 2 ** Math.min(bits, 31) - 1 }),
    fc.constant(Math.min(2 ** bits - 1, Number.MAX_SAFE_INTEGER)),
  );

export const anyEntry: fc.Arbitrary<Entry> = fc.record({
  version: fc.constant(ENTRY_VERSION),
  sessionId: anySessionId,
  sessionHash: anyHash,
  gatewayId: anyHash,
  epoch: uint(32),
  index: fc.integer({ min: 0, max: LENGTH_MAX - 1 }),
  seqNumber: uint(64),
  step: uint(16),
  operation: fc.constantFrom(...OPERATION_NAMES),
  vote: fc.constantFrom(...VOTE_NAMES),
  command: uint(16),
  timestamp: uint(64),
  causedBy: anyHash,
  payloadHash: anyHash,
  lastEntryHash: anyHash,
});

/** Content that fits: the hashes are right. The signature is of nobody. */
export const anyLogEntry: fc.Arbitrary<LogEntry> = fc
  .tuple(anyEntry, anyPayload, fc.option(anyCompactSignature))
  .map(([fields, payload, signature]) => sealed(fields, payload, signature));

export function sealed(fields: Entry, payload: Uint8Array, signature: LogEntry["signature"]): LogEntry {
  const entry = { ...fields, payloadHash: payloadHashOf(payload) };
  return { ...entry, payload, entryHash: entryHashOf(entry), signature };
}

/** The hash with its last digit changed. */
export function otherHash(hash: Hash): Hash {
  return toHex(hash.slice(0, -1) + (hash.endsWith("0") ? "1" : "0"));
}
