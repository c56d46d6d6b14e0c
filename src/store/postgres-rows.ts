import { z } from "zod";
import { entryToJson, signedEntrySchema } from "../entry/entry-json.ts";
import type { SignedEntry } from "../entry/entry.ts";
import { hashSchema, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import { sessionHashOf, type SessionOpening } from "../entry/session.ts";
import type { ClosingStatement } from "../entry/statements.ts";
import { closingStatementSchema, sessionOpeningSchema } from "../entry/wire.ts";
import type { Equivocation } from "./admission.ts";
import {
  ENTRY_COLUMNS,
  entryBytes,
  entryChecksum,
  isTextChecksum,
  jsonText,
  logChecksum,
  textChecksum,
} from "./entry-rows.ts";
import type { Statement } from "./postgres-database.ts";

/** Rows of the tables in postgres-schema.ts, and the statements that read and write them. Ids are decimal digits. */

const bytes = z.instanceof(Uint8Array);
const sessionRowSchema = z.object({
  id: z.string(),
  session_id: z.string(),
  session_hash: z.string(),
  opening: z.string(),
  checksum: bytes,
});
const logRowSchema = z.object({
  id: z.string(),
  gateway_id: hashSchema,
  closing: z.string().nullable(),
  checksum: bytes,
});
const evidenceRowSchema = z.object({ standing: hashSchema, refused: z.string(), checksum: bytes });
const idRowSchema = z.object({ id: z.string() });
const logOfEntrySchema = z.object({ log: z.string() });
const closingSchema = jsonText.pipe(closingStatementSchema);
const openingSchema = jsonText.pipe(sessionOpeningSchema);
const refusedSchema = jsonText.pipe(signedEntrySchema);

export interface SessionRow {
  readonly id: string;
  readonly opening: SessionOpening;
  readonly sessionHash: Hash;
}

export interface LogRow {
  readonly id: string;
  readonly gatewayId: GatewayId;
  readonly closing: ClosingStatement | null;
}

/** Values for `insertSession`. */
export function sessionValues(opening: SessionOpening): unknown[] {
  const { sessionId } = opening.facts;
  const sessionHash = sessionHashOf(opening.facts);
  // Only what can be read again may be written.
  const text = JSON.stringify(parseAs(sessionOpeningSchema, opening, "MALFORMED", "the opening"));
  return [sessionId, sessionHash, text, textChecksum(sessionId, sessionHash, text)];
}

/** The session of a row, or undefined if it is not what was written. */
export function sessionFromRow(row: unknown): SessionRow | undefined {
  const parsed = sessionRowSchema.safeParse(row);
  if (!parsed.success) return undefined;
  const { id, session_id, session_hash, opening: text, checksum } = parsed.data;
  if (!isTextChecksum(checksum, session_id, session_hash, text)) return undefined;
  const opening = openingSchema.safeParse(text);
  return opening.success ? { id, opening: opening.data, sessionHash: sessionHashOf(opening.data.facts) } : undefined;
}

/** Values for `insertLogs`, after the session's row id. */
export function logValues({ facts }: SessionOpening): unknown[] {
  const parties = facts.destination === null ? [facts.origin] : [facts.origin, facts.destination];
  const ids = parties.map(({ gatewayId }) => gatewayId);
  return [ids.map((_, place) => place), ids, ids.map((gatewayId) => logChecksum({ ...facts, gatewayId }, null))];
}

/** Values for `close`. */
export function closingValues(log: { readonly id: string }, closing: ClosingStatement): unknown[] {
  const text = JSON.stringify(parseAs(closingStatementSchema, closing, "MALFORMED", "the closing"));
  return [log.id, text, logChecksum(closing, text)];
}

/** The log of a row, or undefined if it is not what was written. */
export function logFromRow(row: unknown, sessionId: SessionId): LogRow | undefined {
  const parsed = logRowSchema.safeParse(row);
  if (!parsed.success) return undefined;
  const { id, gateway_id: gatewayId, closing: text, checksum } = parsed.data;
  if (Buffer.compare(logChecksum({ sessionId, gatewayId }, text), checksum) !== 0) return undefined;
  const closing = closingSchema.nullable().safeParse(text);
  return closing.success ? { id, gatewayId, closing: closing.data } : undefined;
}

/** Values for `insertEntries`. */
export function entryValues(entries: readonly { readonly log: string; readonly entry: SignedEntry }[]): unknown[] {
  const rows = entries.map(({ log, entry }) => {
    const columns = entryBytes(entry);
    return { log, position: entry.index, columns: [...columns, entryChecksum(entry, columns)] };
  });
  const columns = [...ENTRY_COLUMNS, "checksum"].map((_, place) => rows.map((row) => row.columns[place]));
  return [rows.map(({ log }) => log), rows.map(({ position }) => position), ...columns];
}

/** Values for `insertEvidence`. */
export function evidenceValues(log: string, { standing, refused }: Equivocation): unknown[] {
  const text = JSON.stringify(entryToJson(refused));
  return [refused.entryHash, log, standing, text, textChecksum(standing, text)];
}

/** The evidence of a row, or undefined if it is not what was written. */
export function evidenceFromRow(row: unknown): Equivocation | undefined {
  const parsed = evidenceRowSchema.safeParse(row);
  if (!parsed.success) return undefined;
  const { standing, refused: text, checksum } = parsed.data;
  const refused = refusedSchema.safeParse(text);
  return isTextChecksum(checksum, standing, text) && refused.success ? { standing, refused: refused.data } : undefined;
}

export function idOf(row: unknown): string {
  return idRowSchema.parse(row).id;
}

/** Of the log that an entry's row belongs to. */
export function logOfEntry(row: unknown): string {
  return logOfEntrySchema.parse(row).log;
}

export type PostgresStatements = ReturnType<typeof statementsFor>;

/** @param schema A quoted name. */
export function statementsFor(schema: string) {
  const entryColumns = [...ENTRY_COLUMNS, "checksum"].join(", ");
  const entryArrays = [...ENTRY_COLUMNS, "checksum"].map((_, place) => `$${place + 3}::bytea[]`).join(", ");
  const logColumns = "id, gateway_id, closing, checksum";
  return named({
    /** To be taken before a session is looked for that is opened if there is none. */
    lockOpening: "SELECT pg_advisory_xact_lock($1, $2)",
    /** Waits for whoever opens the session. */
    waitForOpening: "SELECT pg_advisory_xact_lock_shared($1, $2)",
    insertSession: `INSERT INTO ${schema}.session (session_id, session_hash, opening, checksum) VALUES ($1, $2, $3, $4)
      ON CONFLICT (session_id) DO NOTHING RETURNING id, session_id, session_hash, opening, checksum`,
    insertLogs: `INSERT INTO ${schema}.log (session, place, gateway_id, checksum)
      SELECT $1, * FROM unnest($2::smallint[], $3::text[], $4::bytea[])`,
    insertEntries: `INSERT INTO ${schema}.entry (log, position, ${entryColumns})
      SELECT * FROM unnest($1::bigint[], $2::integer[], ${entryArrays})`,
    insertEvidence: `INSERT INTO ${schema}.evidence (refused_hash, log, standing, refused, checksum)
      VALUES ($1, $2, $3, $4, $5) ON CONFLICT (refused_hash) DO NOTHING`,
    close: `UPDATE ${schema}.log SET closing = $2, checksum = $3 WHERE id = $1`,
    session: `SELECT id, session_id, session_hash, opening, checksum FROM ${schema}.session WHERE session_id = $1`,
    logsOf: `SELECT ${logColumns} FROM ${schema}.log WHERE session = $1 ORDER BY place`,
    takeLogs: `SELECT ${logColumns} FROM ${schema}.log WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE`,
    /** Without those that another transaction holds. */
    takeFreeLogs: `SELECT ${logColumns} FROM ${schema}.log WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE SKIP LOCKED`,
    /**
     * Waits for whoever writes to the session's logs. It writes too: the commit behind it waits for the synchronous standbys, and so
     * for what stood here before.
     */
    waitForLogs: `SELECT id FROM ${schema}.log WHERE session = $1 ORDER BY id FOR SHARE`,
    /** For each row of three arrays (log, first and last position): the log's entries there, and its last one. */
    standing: `SELECT found.* FROM unnest($1::bigint[], $2::integer[], $3::integer[]) AS wanted (log, first, last)
      CROSS JOIN LATERAL (
        (SELECT log, position, ${entryColumns} FROM ${schema}.entry
          WHERE entry.log = wanted.log AND position BETWEEN wanted.first AND wanted.last ORDER BY position)
        UNION ALL
        (SELECT log, position, ${entryColumns} FROM ${schema}.entry
          WHERE entry.log = wanted.log ORDER BY position DESC LIMIT 1)
      ) AS found`,
    entries: `SELECT position, ${entryColumns} FROM ${schema}.entry WHERE log = $1 AND position >= $2 ORDER BY position LIMIT $3`,
    sessionsOf: `SELECT session_id FROM ${schema}.log JOIN ${schema}.session ON session.id = log.session
      WHERE gateway_id = $1 ORDER BY session.id`,
    openSessionsOf: `SELECT session_id FROM ${schema}.log JOIN ${schema}.session ON session.id = log.session
      WHERE gateway_id = $1 AND closing IS NULL ORDER BY session.id`,
    evidenceOf: `SELECT standing, refused, evidence.checksum FROM ${schema}.evidence JOIN ${schema}.log ON log.id = evidence.log
      WHERE session = $1`,
  });
}

function named<Name extends string>(texts: Readonly<Record<Name, string>>): Readonly<Record<Name, Statement>> {
  const pairs = Object.entries<string>(texts).map(([name, text]) => [name, { name, text }] as const);
  return Object.fromEntries(pairs) as Record<Name, Statement>;
}
