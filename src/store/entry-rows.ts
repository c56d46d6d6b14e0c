import { hash } from "node:crypto";
import { z } from "zod";
import { packHeader, unpackHeader, type LogEntry, type SignedEntry } from "../entry/entry.ts";
import { bytesToHex, hexToBytes, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";

/** How the drivers that keep rows keep an entry (a column for each part) and other things (a text); each row with a checksum. */

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

/** Whose entry it is; no column repeats it, and the checksum covers it. */
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

/** Over an entry's columns and whose it is: a row that another log's index leads to is not taken for its entry. */
export function entryChecksum(
  of: Pick<EntryOwner, "sessionId" | "gatewayId">,
  columns: readonly Uint8Array[],
): Uint8Array {
  return checksumOf([Buffer.from(of.sessionId), Buffer.from(of.gatewayId), ...columns]);
}

/** The entry of a row, or undefined if its bytes are not those that were written, or another log's. */
export function entryFromRow(row: unknown, of: EntryOwner): LogEntry | undefined {
  const parsed = entryRowSchema.safeParse(row);
  if (!parsed.success) return undefined;
  const { position, checksum, entry_hash, header, caused_by, last_entry_hash, payload_hash, payload, signature } =
    parsed.data;
  const columns = [entry_hash, header, caused_by, last_entry_hash, payload_hash, payload, signature];
  if (Buffer.compare(entryChecksum(of, columns), checksum) !== 0) return undefined;
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
function checksumOf(columns: readonly Uint8Array[]): Uint8Array {
  const parts = columns.flatMap((column) => [Buffer.from(`${column.length}:`), column]);
  return hash("sha256", Buffer.concat(parts), "buffer");
}

/** The same over texts. */
export function textChecksum(...texts: readonly string[]): Uint8Array {
  return checksumOf(texts.map((text) => Buffer.from(text)));
}

export function isTextChecksum(checksum: Uint8Array, ...texts: readonly string[]): boolean {
  return Buffer.compare(textChecksum(...texts), checksum) === 0;
}

/** Of the row of a log: whose it is, and the text of its closing. */
export function logChecksum(of: Pick<EntryOwner, "sessionId" | "gatewayId">, closing: string | null): Uint8Array {
  return textChecksum(of.sessionId, of.gatewayId, ...(closing === null ? [] : [closing]));
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
