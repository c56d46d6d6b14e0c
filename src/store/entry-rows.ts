import { hash } from "node:crypto";
import { z } from "zod";
import { packHeader, unpackHeader, type LogEntry, type SignedEntry } from "../entry/entry.ts";
import { bytesToHex, hexToBytes, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";

/** How the drivers that keep rows keep an entry: a column for each part, and a checksum over them. */

/** Names of the columns that hold bytes, in the order of the tables; `checksum` follows them. */
export const ENTRY_COLUMNS = [
  "entry_hash",
  "header",
  "caused_by",
  "last_entry_hash",
  "payload_hash",
  "payload",
  "signature",
] as const;

const blob = z.instanceof(Uint8Array);
const entryRowSchema = z.object({
  position: z.int(),
  entry_hash: blob,
  header: blob,
  caused_by: blob,
  last_entry_hash: blob,
  payload_hash: blob,
  payload: blob,
  signature: blob,
  checksum: blob,
});

/** Whose entry it is; no column repeats it. */
export interface EntryOwner {
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  readonly gatewayId: GatewayId;
}

/** The columns of an entry that hold bytes, in the order of `ENTRY_COLUMNS`. */
export function entryBytes(entry: SignedEntry): Uint8Array[] {
  return [
    hexToBytes(entry.entryHash),
    hexToBytes(packHeader(entry)),
    hexToBytes(entry.causedBy),
    hexToBytes(entry.lastEntryHash),
    hexToBytes(entry.payloadHash),
    entry.payload,
    hexToBytes(entry.signature),
  ];
}

/**
 * The entry of a row, or undefined if its bytes are not those that were written.
 * @param bound What the checksum covers before the columns.
 */
export function entryFromRow(row: unknown, of: EntryOwner, bound: readonly Uint8Array[] = []): LogEntry | undefined {
  const parsed = entryRowSchema.safeParse(row);
  if (!parsed.success) return undefined;
  const { position, checksum, entry_hash, header, caused_by, last_entry_hash, payload_hash, payload, signature } =
    parsed.data;
  const columns = [entry_hash, header, caused_by, last_entry_hash, payload_hash, payload, signature];
  if (Buffer.compare(checksumOf([...bound, ...columns]), checksum) !== 0) return undefined;
  const fields = unpackHeader(bytesToHex(header));
  if (fields.index !== position) return undefined;
  return {
    sessionId: of.sessionId,
    sessionHash: of.sessionHash,
    gatewayId: of.gatewayId,
    ...fields,
    causedBy: bytesToHex(caused_by),
    payloadHash: bytesToHex(payload_hash),
    lastEntryHash: bytesToHex(last_entry_hash),
    payload: Uint8Array.from(payload),
    entryHash: bytesToHex(entry_hash),
    signature: bytesToHex(signature),
  };
}

/**
 * Finds bytes that a disk has changed, and rows that a hand has, which a database's own checks may not. It is no protection
 * from a writer who means it: whoever reads for proof checks signatures.
 */
export function checksumOf(columns: readonly Uint8Array[]): Uint8Array {
  const parts = columns.flatMap((column) => [Buffer.from(`${column.length}:`), column]);
  return hash("sha256", Buffer.concat(parts), "buffer");
}

/** JSON that a row holds as text. */
export const jsonText = z.string().transform((json, context): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    context.addIssue({ code: "custom", message: "not JSON" });
    return z.NEVER;
  }
});
