import { z } from "zod";
import type { SignedEntry } from "../entry/entry.ts";
import type { Hash, SessionId } from "../entry/hex.ts";
import { checksumOf, entryBytes } from "./entry-rows.ts";
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

const sessionRowSchema = z.object({
  id: z.int(),
  session_hash: z.string(),
  opening: z.string(),
  checksum: z.instanceof(Uint8Array),
});

/** Columns of an entry after `log`, in the order of the table. */
export function entryColumns(entry: SignedEntry): (number | Uint8Array)[] {
  const columns = entryBytes(entry);
  return [entry.index, ...columns, checksumOf(columns)];
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
