import { createHash } from "node:crypto";
import { getBytes } from "ethers";
import { z } from "zod";
import { packHeader, unpackHeader, type LogEntry, type SignedEntry } from "../entry/entry.ts";
import { bytesToHex, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
import type { Row } from "./sqlite-file.ts";

/** Tables of a log store's file. The heads are not kept apart: the last entry of a log says what its head is. */
export const LOG_SCHEMA = {
  applicationId: 0x67_6c_6f_67,
  version: 1,
  create: `
    CREATE TABLE session (
      id INTEGER PRIMARY KEY,
      session_id TEXT NOT NULL UNIQUE,
      session_hash TEXT NOT NULL,
      opening TEXT NOT NULL,
      checksum BLOB NOT NULL
    ) STRICT;
    CREATE TABLE log (
      id INTEGER PRIMARY KEY,
      session INTEGER NOT NULL REFERENCES session,
      gateway_id TEXT NOT NULL,
      closing TEXT,
      UNIQUE (session, gateway_id)
    ) STRICT;
    CREATE INDEX log_of_gateway ON log (gateway_id, session);
    CREATE TABLE entry (
      log INTEGER NOT NULL REFERENCES log,
      position INTEGER NOT NULL,
      entry_hash BLOB NOT NULL,
      header BLOB NOT NULL,
      caused_by BLOB NOT NULL,
      last_entry_hash BLOB NOT NULL,
      payload_hash BLOB NOT NULL,
      payload BLOB NOT NULL,
      signature BLOB NOT NULL,
      checksum BLOB NOT NULL,
      UNIQUE (log, position)
    ) STRICT;
    CREATE TABLE evidence (
      log INTEGER NOT NULL REFERENCES log,
      standing TEXT NOT NULL,
      refused_hash TEXT NOT NULL UNIQUE,
      refused TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;
    CREATE TRIGGER entry_remains BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'an entry is never removed'); END;
  `,
} as const;

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
const sessionRowSchema = z.object({ id: z.int(), session_hash: z.string(), opening: z.string(), checksum: blob });

/** Columns of an entry after `log`, in the order of the table. */
export function entryColumns(entry: SignedEntry): (number | Uint8Array)[] {
  const columns = [
    getBytes(entry.entryHash),
    getBytes(packHeader(entry)),
    getBytes(entry.causedBy),
    getBytes(entry.lastEntryHash),
    getBytes(entry.payloadHash),
    entry.payload,
    getBytes(entry.signature),
  ];
  return [entry.index, ...columns, checksumOf(columns)];
}

/** The entry of a row, or undefined if its bytes are not those that were written. */
export function entryFromRow(
  row: Row,
  of: { sessionId: SessionId; sessionHash: Hash; gatewayId: GatewayId },
): LogEntry | undefined {
  const parsed = entryRowSchema.safeParse(row);
  if (!parsed.success) return undefined;
  const { position, checksum, entry_hash, header, caused_by, last_entry_hash, payload_hash, payload, signature } =
    parsed.data;
  const columns = [entry_hash, header, caused_by, last_entry_hash, payload_hash, payload, signature];
  if (Buffer.compare(checksumOf(columns), checksum) !== 0) return undefined;
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

export function sessionColumns(sessionId: SessionId, sessionHash: Hash, opening: string): (string | Uint8Array)[] {
  return [sessionId, sessionHash, opening, checksumOf([Buffer.from(sessionHash), Buffer.from(opening)])];
}

/** Id and opening of a session's row, or undefined if they are not what was written. */
export function sessionFromRow(row: Row): { id: number; opening: unknown } | undefined {
  const parsed = sessionRowSchema.safeParse(row);
  if (!parsed.success) return undefined;
  const { id, session_hash, opening, checksum } = parsed.data;
  if (Buffer.compare(checksumOf([Buffer.from(session_hash), Buffer.from(opening)]), checksum) !== 0) return undefined;
  return { id, opening: JSON.parse(opening) };
}

/**
 * Finds bytes that the disk has changed, which SQLite's own check does not. It is no protection from a writer of the file:
 * whoever reads for proof checks signatures.
 */
function checksumOf(columns: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const column of columns) hash.update(`${column.length}:`).update(column);
  return hash.digest();
}
