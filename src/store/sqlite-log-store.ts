import { z } from "zod";
import type { SQLOutputValue } from "node:sqlite";
import { GatelogError } from "../entry/errors.ts";
import { entryToJson, signedEntrySchema } from "../entry/entry-json.ts";
import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import { hashSchema, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import { sessionHashOf, type SessionOpening } from "../entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../entry/statements.ts";
import { closingStatementSchema, sessionOpeningSchema } from "../entry/wire.ts";
import {
  admitClosing,
  admitEntries,
  checkOpening,
  checkRun,
  checkSameSession,
  checkSignedContent,
  equivocationError,
  unknownLog,
  unknownSession,
  type EpochRule,
  type Equivocation,
  type KeepsEvidence,
} from "./admission.ts";
import { attempt } from "./attempt.ts";
import {
  checkRange,
  type GatewayDirectory,
  type GatewayRecord,
  type KeepsClosings,
  type KeepsCopies,
  type LogRun,
  type LogStore,
  type ReadRange,
  type SessionRecord,
} from "./log-store.ts";
import { SqliteFile, type Row, type SqliteOptions } from "./sqlite-file.ts";
import { prepareStatements, SqliteLog, type SqliteStatements } from "./sqlite-log.ts";
import { entryColumns, LOG_SCHEMA, sessionColumns, sessionFromRow } from "./sqlite-rows.ts";

/** Openings kept in memory; each is a few kilobytes. */
const MAX_KNOWN_SESSIONS = 1_000;

interface Session {
  readonly id: number;
  readonly opening: SessionOpening;
  readonly sessionHash: Hash;
}

/**
 * Logs in one SQLite file on this machine, one transaction per call, an opening with its first entries too. A resolved write
 * has been fsynced, together with those that came at the same time; it does not survive the loss of the disk. What a reader is
 * given has been fsynced too, unless another process writes to the file: then it may be on its way to the disk. Rows carry a checksum: bytes that the disk has changed are never
 * read as an entry, and a damaged file is read-only and says why (`damage`). Keeps no decision register.
 */
export class SqliteLogStore implements LogStore, KeepsCopies, KeepsClosings, KeepsEvidence {
  readonly durability = "local";
  readonly #directory: GatewayDirectory;
  readonly #file: SqliteFile;
  readonly #sql: SqliteStatements;
  /** Openings that were read and verified: they never change. */
  readonly #known = new Map<SessionId, Session>();

  /** Opens the file, or creates it with its folder. CORRUPT_STORE if it cannot be read, INVALID_CONFIG if it is no such file. */
  constructor(deps: { readonly directory: GatewayDirectory }, options: { readonly path: string } & SqliteOptions) {
    const { path, ...rest } = options;
    this.#directory = deps.directory;
    this.#file = new SqliteFile(path, LOG_SCHEMA, rest);
    this.#sql = prepareStatements(this.#file);
  }

  /** Why the store is read-only, or null. */
  get damage(): string | null {
    return this.#file.damage;
  }

  openSession(opening: SessionOpening, first: readonly SignedEntry[] = []): Promise<void> {
    return this.#write(first, "current", opening);
  }

  append(entries: readonly SignedEntry[]): Promise<void> {
    return this.#write(entries, "current");
  }

  adopt({ opening, entries }: LogRun): Promise<void> {
    return this.#write(entries, "ascending", opening);
  }

  /** What is right in itself is checked before the transaction, because that takes time; in it, what depends on the store. */
  async #write(entries: readonly SignedEntry[], rule: EpochRule, opening?: SessionOpening): Promise<void> {
    const first = checkRun(entries);
    this.#file.checkWritable();
    if (opening !== undefined && !this.#isOpened(opening)) await checkOpening(opening, this.#directory, null, rule);
    else if (first !== null) this.#log(first);
    const gateway = first === null ? null : await this.#directory.gateway(first.gatewayId);
    if (gateway !== null) await checkSignedContent(entries, gateway);
    try {
      const equivocation = this.#file.groupedTransaction(() => {
        if (opening !== undefined) this.#open(opening);
        return first === null || gateway === null ? null : this.#admit(this.#log(first), entries, gateway, rule);
      });
      // Also where all of it stood already: who wrote it may be waiting for the disk still.
      await this.#file.sync();
      if (equivocation !== null) throw equivocationError(equivocation);
    } catch (error) {
      // What the transaction knew of the session may have been undone with it.
      if (opening !== undefined) this.#known.delete(opening.facts.sessionId);
      throw error;
    }
  }

  #isOpened(opening: SessionOpening): boolean {
    const known = this.#find(opening.facts.sessionId);
    if (known !== undefined) checkSameSession(known.sessionHash, opening);
    return known !== undefined;
  }

  #open(opening: SessionOpening): void {
    if (this.#isOpened(opening)) return;
    const { facts } = opening;
    // Only what can be read again may be written.
    const text = JSON.stringify(parseAs(sessionOpeningSchema, opening, "MALFORMED", "the opening"));
    const id = this.#sql.insertSession.run(...sessionColumns(facts.sessionId, sessionHashOf(facts), text));
    this.#sql.insertLog.run(id, facts.origin.gatewayId);
    if (facts.destination !== null) this.#sql.insertLog.run(id, facts.destination.gatewayId);
  }

  /** Writes what is admitted, or the evidence. */
  #admit(
    log: SqliteLog,
    entries: readonly SignedEntry[],
    gateway: GatewayRecord,
    rule: EpochRule,
  ): Equivocation | null {
    const { admitted, equivocation } = admitEntries(log, entries, gateway, rule);
    for (const entry of admitted) this.#sql.insertEntry.run(log.id, ...entryColumns(entry));
    if (equivocation !== null) this.#keep(log.id, equivocation);
    return equivocation;
  }

  session(sessionId: SessionId): Promise<SessionRecord> {
    return this.#reading(() => {
      const { id, opening, sessionHash } = this.#session(sessionId);
      const logs = this.#sql.logsOf.all(id).map((row) => this.#state(row, sessionId, sessionHash).head());
      const decision = { decision: "NONE", final: false, statement: null } as const;
      return { opening, sessionHash, decision, logs, closed: logs.every((log) => log.closed) };
    });
  }

  read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    return this.#reading(() => {
      const { from, limit } = checkRange(range);
      const { id, sessionHash } = this.#session(sessionId);
      const log = this.#sql.logOf.get(id, gatewayId);
      if (log === undefined) throw unknownLog(sessionId, gatewayId);
      return this.#state(log, sessionId, sessionHash).read(from, limit);
    });
  }

  sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    return this.#reading(() =>
      this.#sql.sessionsOf.all(gatewayId, filter.open ? 1 : 0).map((row) => text(row["session_id"])),
    );
  }

  closeLog(closing: ClosingStatement): Promise<void> {
    return this.#close(closing, "current");
  }

  adoptClosing(closing: ClosingStatement): Promise<void> {
    return this.#close(closing, "ascending");
  }

  closings(sessionId: SessionId): Promise<ClosingStatement[]> {
    return this.#reading(() => {
      const { id, sessionHash } = this.#session(sessionId);
      const logs = this.#sql.logsOf.all(id).map((row) => this.#state(row, sessionId, sessionHash));
      return logs.flatMap(({ closing }) => (closing === null ? [] : [closing]));
    });
  }

  async #close(closing: ClosingStatement, rule: EpochRule): Promise<void> {
    this.#file.checkWritable();
    this.#log(closing);
    const gateway = await this.#directory.gateway(closing.gatewayId);
    this.#file.groupedTransaction(() => {
      const log = this.#log(closing);
      const { facts } = this.#session(closing.sessionId).opening;
      if (!admitClosing(facts, log, closing, gateway, rule))
        this.#sql.close.run(
          JSON.stringify(parseAs(closingStatementSchema, closing, "MALFORMED", "the closing")),
          log.id,
        );
    });
    await this.#file.sync();
  }

  decide(statement: DecisionStatement): Promise<void> {
    return attempt(() => {
      const { sessionId } = statement;
      this.#session(sessionId);
      throw new GatelogError("NO_REGISTER", "this store keeps no decision register", { sessionId });
    });
  }

  evidence(sessionId: SessionId): Promise<readonly Equivocation[]> {
    return this.#reading(() =>
      this.#sql.evidenceOf.all(this.#session(sessionId).id).map((row) => ({
        standing: hashSchema.parse(row["standing"]),
        refused: signedEntrySchema.parse(JSON.parse(text(row["refused"]))),
      })),
    );
  }

  close(): Promise<void> {
    return attempt(() => this.#file.close());
  }

  /** What is read is on disk when it is given out. */
  async #reading<T>(read: () => T): Promise<T> {
    const found = read();
    await this.#file.settled();
    return found;
  }

  #keep(log: number, { standing, refused }: Equivocation): void {
    this.#sql.insertEvidence.run(log, standing, refused.entryHash, JSON.stringify(entryToJson(refused)));
  }

  #session(sessionId: SessionId): Session {
    const session = this.#find(sessionId);
    if (session !== undefined) return session;
    // What is missing from a damaged file may have been in it.
    this.#file.checkWritable();
    throw unknownSession(sessionId);
  }

  #find(sessionId: SessionId): Session | undefined {
    const known = this.#known.get(sessionId);
    if (known !== undefined) return known;
    const row = this.#sql.session.get(sessionId);
    if (row === undefined) return undefined;
    const found = sessionFromRow(row);
    const opening = sessionOpeningSchema.safeParse(found?.opening);
    if (found === undefined || !opening.success)
      throw this.#file.damaged(`the row of session ${sessionId} has changed`);
    const session = { id: found.id, opening: opening.data, sessionHash: sessionHashOf(opening.data.facts) };
    if (this.#known.size < MAX_KNOWN_SESSIONS) this.#known.set(sessionId, session);
    return session;
  }

  #log(at: { sessionId: SessionId; sessionHash: Hash; gatewayId: GatewayId }): SqliteLog {
    const { id, sessionHash } = this.#session(at.sessionId);
    const row = this.#sql.logOf.get(id, at.gatewayId);
    if (row === undefined || at.sessionHash !== sessionHash) throw unknownLog(at.sessionId, at.gatewayId);
    return this.#state(row, at.sessionId, sessionHash);
  }

  #state(row: Row, sessionId: SessionId, sessionHash: Hash): SqliteLog {
    return new SqliteLog(this.#file, this.#sql, row, { sessionId, sessionHash });
  }
}

function text(value: SQLOutputValue | undefined): string {
  return z.string().parse(value);
}
