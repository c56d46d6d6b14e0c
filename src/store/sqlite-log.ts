import { z } from "zod";
import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import { entryToJson } from "../entry/entry-json.ts";
import { hashSchema, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import type { ClosingStatement } from "../entry/statements.ts";
import { closingStatementSchema } from "../entry/wire.ts";
import { EMPTY_HEAD, type Equivocation, type LogState } from "./admission.ts";
import { entryFromRow, jsonText } from "./entry-rows.ts";
import type { LogHead } from "./log-store.ts";
import type { Row, SqliteFile } from "./sqlite-file.ts";
import { entryColumns } from "./sqlite-rows.ts";

const logRowSchema = z.object({
  id: z.int(),
  gateway_id: hashSchema,
  closing: jsonText.pipe(closingStatementSchema).nullable(),
});

/** A log, of its row and its last entry; and how it grows, as long as no other process writes to the file. */
export class SqliteLog implements LogState {
  readonly id: number;
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  readonly gatewayId: GatewayId;
  readonly #file: SqliteFile;
  readonly #sql: SqliteStatements;
  #head: { readonly length: number; readonly lastEntryHash: Hash } = EMPTY_HEAD;
  #closing: ClosingStatement | null;

  constructor(file: SqliteFile, sql: SqliteStatements, row: Row, of: { sessionId: SessionId; sessionHash: Hash }) {
    this.#file = file;
    this.#sql = sql;
    this.sessionId = of.sessionId;
    this.sessionHash = of.sessionHash;
    const parsed = logRowSchema.safeParse(row);
    if (!parsed.success) throw file.damaged(`the row of a log of session ${of.sessionId} has changed`);
    this.id = parsed.data.id;
    this.gatewayId = parsed.data.gateway_id;
    this.#closing = parsed.data.closing;
    const last = sql.last.get(this.id);
    if (last !== undefined) this.#extend(this.#entry(last));
  }

  get length(): number {
    return this.#head.length;
  }

  get lastEntryHash(): Hash {
    return this.#head.lastEntryHash;
  }

  get closing(): ClosingStatement | null {
    return this.#closing;
  }

  head(): LogHead {
    const { gatewayId, length, lastEntryHash, closing } = this;
    return { gatewayId, length, lastEntryHash, closed: closing !== null };
  }

  /** Writes entries that were admitted. */
  append(entries: readonly SignedEntry[]): void {
    for (const entry of entries) this.#sql.insertEntry.run(this.id, ...entryColumns(entry));
    for (const entry of entries) this.#extend(entry);
  }

  /** Writes a closing that was admitted. */
  close(closing: ClosingStatement): void {
    const text = JSON.stringify(parseAs(closingStatementSchema, closing, "MALFORMED", "the closing"));
    this.#sql.close.run(text, this.id);
    this.#closing = closing;
  }

  keep({ standing, refused }: Equivocation): void {
    this.#sql.insertEvidence.run(this.id, standing, refused.entryHash, JSON.stringify(entryToJson(refused)));
  }

  standing(index: number): LogEntry {
    const [entry] = this.read(index, 1);
    if (entry === undefined)
      throw this.#file.damaged(`entry ${index} of a log of session ${this.sessionId} is missing`);
    return entry;
  }

  read(from: number, limit: number): LogEntry[] {
    const entries = this.#sql.entries.all(this.id, from, limit).map((row) => this.#entry(row));
    const gap = entries.findIndex((entry, offset) => entry.index !== from + offset);
    if (gap !== -1) throw this.#file.damaged(`entry ${from + gap} of a log of session ${this.sessionId} is missing`);
    return entries;
  }

  #extend({ index, entryHash }: LogEntry): void {
    this.#head = { length: index + 1, lastEntryHash: entryHash };
  }

  #entry(row: Row): LogEntry {
    const entry = entryFromRow(row, {
      sessionId: this.sessionId,
      sessionHash: this.sessionHash,
      gatewayId: this.gatewayId,
    });
    if (entry === undefined)
      throw this.#file.damaged(`entry ${String(row["position"])} of a log of session ${this.sessionId} has changed`);
    return entry;
  }
}

export type SqliteStatements = ReturnType<typeof prepareStatements>;

export function prepareStatements(file: SqliteFile) {
  return {
    insertSession: file.statement(
      "INSERT INTO session (session_id, session_hash, opening, checksum) VALUES (?, ?, ?, ?)",
    ),
    insertLog: file.statement("INSERT INTO log (session, gateway_id) VALUES (?, ?)"),
    insertEntry: file.statement("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    insertEvidence: file.statement("INSERT OR IGNORE INTO evidence VALUES (?, ?, ?, ?)"),
    close: file.statement("UPDATE log SET closing = ? WHERE id = ?"),
    session: file.statement("SELECT id, session_hash, opening, checksum FROM session WHERE session_id = ?"),
    logOf: file.statement("SELECT id, gateway_id, closing FROM log WHERE session = ? AND gateway_id = ?"),
    last: file.statement("SELECT * FROM entry WHERE log = ? ORDER BY position DESC LIMIT 1"),
    entries: file.statement("SELECT * FROM entry WHERE log = ? AND position >= ? ORDER BY position LIMIT ?"),
    sessionsOf: file.statement(
      `SELECT session_id FROM session JOIN log ON log.session = session.id
       WHERE gateway_id = ? AND (? = 0 OR closing IS NULL) ORDER BY session.id`,
    ),
    evidenceOf: file.statement(
      "SELECT standing, refused FROM evidence JOIN log ON log.id = evidence.log WHERE session = ?",
    ),
  };
}
