import { z } from "zod";
import { entryToJson, signedEntrySchema } from "../entry/entry-json.ts";
import type { SignedEntry } from "../entry/entry.ts";
import { hashSchema, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import { sessionHashOf, type SessionOpening } from "../entry/session.ts";
import type { ClosingStatement } from "../entry/statements.ts";
import { closingStatementSchema, sessionOpeningSchema } from "../entry/wire.ts";
import type { Equivocation } from "./admission.ts";
import { entryBytes, entryChecksum, isTextChecksum, jsonText, logChecksum, textChecksum } from "./entry-rows.ts";
import type { Row } from "./sqlite-file.ts";

/**
 * Tables of a log store's file. The heads are not kept apart: the last entry of a log says what its head is. Each row has a checksum,
 * which covers whose it is too.
 */
export const LOG_SCHEMA = {
  applicationId: 0x67_6c_6f_67,
  version: 2,
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
      checksum BLOB NOT NULL,
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
      refused TEXT NOT NULL,
      checksum BLOB NOT NULL
    ) STRICT;
    CREATE INDEX evidence_of_log ON evidence (log);
    CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;
    CREATE TRIGGER entry_remains BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'an entry is never removed'); END;
  `,
} as const;

const bytes = z.instanceof(Uint8Array);
const sessionRowSchema = z.object({
  id: z.int(),
  session_hash: z.string(),
  opening: z.string(),
  checksum: bytes,
});
const logRowSchema = z.object({ id: z.int(), closing: z.string().nullable(), checksum: bytes });
const evidenceRowSchema = z.object({ standing: hashSchema, refused: z.string(), checksum: bytes });
const openingSchema = jsonText.pipe(sessionOpeningSchema);
const closingSchema = jsonText.pipe(closingStatementSchema);
const refusedSchema = jsonText.pipe(signedEntrySchema);

type Values = (string | number | null | Uint8Array)[];

/** Columns of an entry after `log`, in the order of the table. */
export function entryColumns(entry: SignedEntry): Values {
  const columns = entryBytes(entry);
  return [entry.index, ...columns, entryChecksum(entry, columns)];
}

/** Columns of a session after `id`. Only what can be read again may be written. */
export function sessionColumns(opening: SessionOpening): Values {
  const { sessionId } = opening.facts;
  const sessionHash = sessionHashOf(opening.facts);
  const text = JSON.stringify(parseAs(sessionOpeningSchema, opening, "MALFORMED", "the opening"));
  return [sessionId, sessionHash, text, textChecksum(sessionId, sessionHash, text)];
}

/** Id and opening of the session's row, or undefined if they are not what was written, or another session's. */
export function sessionFromRow(
  row: Row,
  sessionId: SessionId,
): { id: number; opening: SessionOpening; sessionHash: Hash } | undefined {
  const parsed = sessionRowSchema.safeParse(row);
  if (!parsed.success) return undefined;
  const { id, session_hash, opening: text, checksum } = parsed.data;
  if (!isTextChecksum(checksum, sessionId, session_hash, text)) return undefined;
  const opening = openingSchema.safeParse(text);
  return opening.success ? { id, opening: opening.data, sessionHash: sessionHashOf(opening.data.facts) } : undefined;
}

/** Closing and checksum of a log. */
export function closingColumns(
  log: { readonly sessionId: SessionId; readonly gatewayId: GatewayId },
  closing: ClosingStatement | null,
): Values {
  const text = closing && JSON.stringify(parseAs(closingStatementSchema, closing, "MALFORMED", "the closing"));
  return [text, logChecksum(log, text)];
}

/** Id and closing of the log's row, or undefined if they are not what was written, or another log's. */
export function logFromRow(
  row: Row,
  of: { readonly sessionId: SessionId; readonly gatewayId: GatewayId },
): { id: number; closing: ClosingStatement | null } | undefined {
  const parsed = logRowSchema.safeParse(row);
  if (!parsed.success) return undefined;
  const { id, closing: text, checksum } = parsed.data;
  if (Buffer.compare(logChecksum(of, text), checksum) !== 0) return undefined;
  const closing = closingSchema.nullable().safeParse(text);
  return closing.success ? { id, closing: closing.data } : undefined;
}

/** Columns of evidence after `log`. */
export function evidenceColumns({ standing, refused }: Equivocation): Values {
  const text = JSON.stringify(entryToJson(refused));
  return [standing, refused.entryHash, text, textChecksum(standing, text)];
}

/** The evidence of a row of the session, or undefined if it is not what was written, or another session's. */
export function evidenceFromRow(row: Row, sessionId: SessionId): Equivocation | undefined {
  const parsed = evidenceRowSchema.safeParse(row);
  if (!parsed.success) return undefined;
  const { standing, refused: text, checksum } = parsed.data;
  if (!isTextChecksum(checksum, standing, text)) return undefined;
  const refused = refusedSchema.safeParse(text);
  return refused.data?.sessionId === sessionId ? { standing, refused: refused.data } : undefined;
}
