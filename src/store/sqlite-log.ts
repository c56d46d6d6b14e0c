import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import type { ClosingStatement } from "../entry/statements.ts";
import { EMPTY_HEAD, type Equivocation, type LogState } from "./admission.ts";
import { entryFromRow, type EntryOwner } from "./entry-rows.ts";
import type { LogHead } from "./log-store.ts";
import type { Row, SqliteFile } from "./sqlite-file.ts";
import { closingColumns, entryColumns, evidenceColumns, logFromRow } from "./sqlite-rows.ts";

/** A log, of its row and its last entry; and how it grows, as long as no other process writes to the file. */
export class SqliteLog implements LogState {
  readonly id: number;
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  readonly gatewayId: GatewayId;
  readonly #file: SqliteFile;
  readonly #sql: SqliteStatements;
  #head: Head | null = null;
  #closing: ClosingStatement | null;

  constructor(file: SqliteFile, sql: SqliteStatements, row: Row, of: EntryOwner) {
    this.#file = file;
    this.#sql = sql;
    this.sessionId = of.sessionId;
    this.sessionHash = of.sessionHash;
    this.gatewayId = of.gatewayId;
    const found = logFromRow(row, of);
    if (found === undefined) throw file.damaged(`the row of a log of session ${of.sessionId} has changed`);
    this.id = found.id;
    this.#closing = found.closing;
  }

  get length(): number {
    return this.#last().length;
  }

  get lastEntryHash(): Hash {
    return this.#last().lastEntryHash;
  }

  get epoch(): number {
    return this.#last().epoch;
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
    const last = entries.at(-1);
    if (last !== undefined) this.#head = headBehind(last);
  }

  /** Writes a closing that was admitted. */
  close(closing: ClosingStatement): void {
    this.#sql.close.run(...closingColumns(this, closing), this.id);
    this.#closing = closing;
  }

  keep(equivocation: Equivocation): void {
    this.#sql.insertEvidence.run(this.id, ...evidenceColumns(equivocation));
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

  /** Read when it is asked for: where the last entry is damaged, those before it can still be given out. */
  #last(): Head {
    if (this.#head !== null) return this.#head;
    const last = this.#sql.last.get(this.id);
    return (this.#head = last === undefined ? EMPTY_HEAD : headBehind(this.#entry(last)));
  }

  #entry(row: Row): LogEntry {
    const entry = entryFromRow(row, this);
    if (entry === undefined)
      throw this.#file.damaged(`entry ${String(row["position"])} of a log of session ${this.sessionId} has changed`);
    return entry;
  }
}

interface Head {
  readonly length: number;
  readonly lastEntryHash: Hash;
  readonly epoch: number;
}

function headBehind({ index, entryHash, epoch }: LogEntry): Head {
  return { length: index + 1, lastEntryHash: entryHash, epoch };
}

export type SqliteStatements = ReturnType<typeof prepareStatements>;

export function prepareStatements(file: SqliteFile) {
  return {
    insertSession: file.statement(
      "INSERT INTO session (session_id, session_hash, opening, checksum) VALUES (?, ?, ?, ?)",
    ),
    insertLog: file.statement("INSERT INTO log (session, gateway_id, closing, checksum) VALUES (?, ?, ?, ?)"),
    insertEntry: file.statement("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    insertEvidence: file.statement("INSERT OR IGNORE INTO evidence VALUES (?, ?, ?, ?, ?)"),
    close: file.statement("UPDATE log SET closing = ?, checksum = ? WHERE id = ?"),
    session: file.statement("SELECT id, session_hash, opening, checksum FROM session WHERE session_id = ?"),
    logOf: file.statement("SELECT id, closing, checksum FROM log WHERE session = ? AND gateway_id = ?"),
    last: file.statement("SELECT * FROM entry WHERE log = ? ORDER BY position DESC LIMIT 1"),
    entries: file.statement("SELECT * FROM entry WHERE log = ? AND position >= ? ORDER BY position LIMIT ?"),
    sessionsOf: file.statement(
      `SELECT session_id FROM session JOIN log ON log.session = session.id
       WHERE gateway_id = ? AND (? = 0 OR closing IS NULL) ORDER BY session.id`,
    ),
    evidenceOf: file.statement(
      "SELECT standing, refused, evidence.checksum FROM evidence JOIN log ON log.id = evidence.log WHERE session = ?",
    ),
  };
}
