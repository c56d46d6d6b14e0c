import { GatelogError } from "../entry/errors.ts";
import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import { sessionIdSchema, type GatewayId, type SessionId } from "../entry/hex.ts";
import type { SessionOpening } from "../entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../entry/statements.ts";
import {
  admitClosing,
  admitEntries,
  checkOpening,
  checkRun,
  checkSameSession,
  checkSignedContent,
  equivocationError,
  type EpochRule,
  type Equivocation,
  type KeepsEvidence,
} from "./admission.ts";
import { CommitQueue, type Outcome, type Write } from "./commit-queue.ts";
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
import { OpenCalls } from "./open-calls.ts";
import { SqliteFile, type SqliteOptions } from "./sqlite-file.ts";
import { prepareStatements, type SqliteLog, type SqliteStatements } from "./sqlite-log.ts";
import { closingColumns, evidenceFromRow, LOG_SCHEMA, sessionColumns } from "./sqlite-rows.ts";
import { SqliteSessions } from "./sqlite-sessions.ts";

interface SqliteWrite extends Write {
  readonly sessionId: SessionId;
  /** Runs in the transaction. Returns what is refused with its evidence kept; throws where nothing of it may stand. */
  readonly run: () => Equivocation | null;
}

/**
 * Logs in one SQLite file on this machine. A call is written whole or not at all, an opening with its first entries too; those
 * that come at the same time share a transaction and an fsync. A resolved write has been fsynced; it does not survive the loss
 * of the disk. What a reader is given has been fsynced too, unless another process writes to the file: then it may be on its way to
 * the disk. Rows carry a checksum: what the disk has changed, or another log's row, is never given out as what was written, and a
 * damaged file is read-only and says why (`damage`). Keeps no decision register.
 */
export class SqliteLogStore implements LogStore, KeepsCopies, KeepsClosings, KeepsEvidence {
  readonly durability = "local";
  readonly #directory: GatewayDirectory;
  readonly #file: SqliteFile;
  readonly #sql: SqliteStatements;
  readonly #sessions: SqliteSessions;
  readonly #queue: CommitQueue<SqliteWrite>;
  readonly #calls: OpenCalls;

  /** Opens the file, or creates it with its folder. CORRUPT_STORE if it cannot be read, INVALID_CONFIG if it is no such file. */
  constructor(deps: { readonly directory: GatewayDirectory }, options: { readonly path: string } & SqliteOptions) {
    const { path, ...rest } = options;
    this.#directory = deps.directory;
    this.#file = new SqliteFile(path, LOG_SCHEMA, rest);
    this.#sql = prepareStatements(this.#file);
    this.#sessions = new SqliteSessions(this.#file, this.#sql);
    this.#queue = new CommitQueue((writes) => this.#commit(writes));
    this.#calls = new OpenCalls(path);
  }

  /** Why the store is read-only, or null. */
  get damage(): string | null {
    return this.#file.damage;
  }

  openSession(opening: SessionOpening, first: readonly SignedEntry[] = []): Promise<void> {
    return this.#calls.run(() => this.#write(first, "current", opening));
  }

  append(entries: readonly SignedEntry[]): Promise<void> {
    return this.#calls.run(() => this.#write(entries, "current"));
  }

  adopt({ opening, entries }: LogRun): Promise<void> {
    return this.#calls.run(() => this.#write(entries, "ascending", opening));
  }

  /** What is right in itself is checked before the transaction, because that takes time; in it, what depends on the store. */
  async #write(entries: readonly SignedEntry[], rule: EpochRule, opening?: SessionOpening): Promise<void> {
    const first = checkRun(entries);
    this.#file.checkWritable();
    if (opening !== undefined && !this.#isOpened(opening)) await checkOpening(opening, this.#directory, null, rule);
    else if (first !== null) this.#sessions.log(first);
    const gateway = first === null ? null : await this.#directory.gateway(first.gatewayId);
    if (gateway !== null) await checkSignedContent(entries, gateway);
    const run = (): Equivocation | null => {
      if (opening !== undefined) this.#open(opening);
      return first === null || gateway === null ? null : this.#admit(this.#sessions.log(first), entries, gateway, rule);
    };
    const sessionId = opening?.facts.sessionId ?? first?.sessionId;
    if (sessionId !== undefined) await this.#queue.add({ sessionId, entries, run });
  }

  async #commit(writes: readonly SqliteWrite[]): Promise<readonly Outcome[]> {
    const outcomes = this.#transaction(() =>
      writes.map(({ sessionId, run }): Outcome => {
        const refused = this.#file.nested(run);
        if (refused === null) return "written";
        if (!(refused instanceof GatelogError)) return equivocationError(refused);
        this.#sessions.forget(sessionId); // it may have been opened only here
        return refused;
      }),
    );
    // Also where all of it stood already: who wrote it may be waiting for the disk still.
    await this.#file.sync();
    return outcomes;
  }

  #transaction<T>(work: () => T): T {
    try {
      return this.#file.groupedTransaction(() => {
        this.#sessions.lookAnew();
        return work();
      });
    } catch (error) {
      // What is known was true in the transaction, and may have been undone with it.
      this.#sessions.forgetAll();
      throw error;
    }
  }

  #isOpened(opening: SessionOpening): boolean {
    const known = this.#sessions.find(opening.facts.sessionId);
    if (known !== undefined) checkSameSession(known.sessionHash, opening);
    return known !== undefined;
  }

  #open(opening: SessionOpening): void {
    if (this.#isOpened(opening)) return;
    const { sessionId, origin, destination } = opening.facts;
    const id = this.#sql.insertSession.run(...sessionColumns(opening));
    for (const { gatewayId } of destination === null ? [origin] : [origin, destination])
      this.#sql.insertLog.run(id, gatewayId, ...closingColumns({ sessionId, gatewayId }, null));
  }

  /** Writes what is admitted, or the evidence. */
  #admit(
    log: SqliteLog,
    entries: readonly SignedEntry[],
    gateway: GatewayRecord,
    rule: EpochRule,
  ): Equivocation | null {
    const { admitted, equivocation } = admitEntries(log, entries, gateway, rule);
    if (equivocation === null) log.append(admitted);
    else log.keep(equivocation);
    return equivocation;
  }

  session(sessionId: SessionId): Promise<SessionRecord> {
    return this.#reading(() => {
      const session = this.#sessions.need(sessionId);
      const { opening, sessionHash } = session;
      const logs = this.#sessions.logs(session).map((log) => log.head());
      const decision = { decision: "NONE", final: false, statement: null } as const;
      return { opening, sessionHash, decision, logs, closed: logs.every((log) => log.closed) };
    });
  }

  read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    return this.#reading(() => {
      const { from, limit } = checkRange(range);
      return this.#sessions.logOf(this.#sessions.need(sessionId), gatewayId).read(from, limit);
    });
  }

  sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    return this.#reading(() =>
      this.#sql.sessionsOf.all(gatewayId, filter.open ? 1 : 0).map((row) => {
        const sessionId = sessionIdSchema.safeParse(row["session_id"]);
        if (!sessionId.success) throw this.#file.damaged("the row of a session has changed");
        return sessionId.data;
      }),
    );
  }

  closeLog(closing: ClosingStatement): Promise<void> {
    return this.#calls.run(() => this.#close(closing, "current"));
  }

  adoptClosing(closing: ClosingStatement): Promise<void> {
    return this.#calls.run(() => this.#close(closing, "ascending"));
  }

  closings(sessionId: SessionId): Promise<ClosingStatement[]> {
    return this.#reading(() =>
      this.#sessions.logs(this.#sessions.need(sessionId)).flatMap(({ closing }) => (closing === null ? [] : [closing])),
    );
  }

  async #close(closing: ClosingStatement, rule: EpochRule): Promise<void> {
    const { sessionId } = closing;
    this.#file.checkWritable();
    this.#sessions.log(closing);
    const gateway = await this.#directory.gateway(closing.gatewayId);
    const run = (): null => {
      const log = this.#sessions.log(closing);
      const { facts } = this.#sessions.need(sessionId).opening;
      if (!admitClosing(facts, log, closing, gateway, rule)) log.close(closing);
      return null;
    };
    await this.#queue.add({ sessionId, entries: [], run });
  }

  decide(statement: DecisionStatement): Promise<void> {
    return this.#reading(() => {
      const { sessionId } = statement;
      this.#sessions.need(sessionId);
      throw new GatelogError("NO_REGISTER", "this store keeps no decision register", { sessionId });
    });
  }

  evidence(sessionId: SessionId): Promise<readonly Equivocation[]> {
    return this.#reading(() =>
      this.#sql.evidenceOf.all(this.#sessions.need(sessionId).id).map((row) => {
        const equivocation = evidenceFromRow(row, sessionId);
        if (equivocation === undefined) throw this.#file.damaged(`evidence of session ${sessionId} has changed`);
        return equivocation;
      }),
    );
  }

  async close(): Promise<void> {
    await this.#calls.end();
    // No call waits for an fsync any more; if one has failed, those that did have been told.
    await this.#file.settled().catch(() => undefined);
    this.#file.close();
  }

  /** What is read is on disk when it is given out. */
  #reading<T>(read: () => T): Promise<T> {
    return this.#calls.run(async () => {
      this.#sessions.lookAnew();
      const found = read();
      await this.#file.settled();
      return found;
    });
  }
}
