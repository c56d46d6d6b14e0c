import { z } from "zod";
import { GatelogError } from "../entry/errors.ts";
import { LENGTH_MAX, type LogEntry, type SignedEntry } from "../entry/entry.ts";
import { sessionIdSchema, type GatewayId, type SessionId } from "../entry/hex.ts";
import type { SessionOpening } from "../entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../entry/statements.ts";
import {
  admitClosing,
  checkOpening,
  checkRun,
  checkSameSession,
  checkSignedContent,
  unknownSession,
  type EpochRule,
  type Equivocation,
  type KeepsEvidence,
} from "./admission.ts";
import {
  checkRange,
  type GatewayDirectory,
  type KeepsClosings,
  type KeepsCopies,
  type LogRun,
  type LogStore,
  type ReadRange,
  type SessionRecord,
} from "./log-store.ts";
import { OpenCalls } from "./open-calls.ts";
import { PostgresDatabase, type Runner, type StoreNeeds } from "./postgres-database.ts";
import { advisoryLock } from "./postgres-locks.ts";
import { DamageList, entriesOf, PostgresLog } from "./postgres-log.ts";
import { postgresAddress, type PostgresOptions } from "./postgres-options.ts";
import { CommitQueue } from "./commit-queue.ts";
import {
  closingValues,
  evidenceFromRow,
  idOf,
  logOfEntry,
  logValues,
  sessionValues,
  statementsFor,
} from "./postgres-rows.ts";
import { commitRuns, writeRuns, type Run } from "./postgres-runs.ts";
import { placeOf, PostgresSessions, type Session } from "./postgres-sessions.ts";

/** Before the first entry: from 0 to here there is none. */
const NO_POSITION = -1;

const sessionIdRowsSchema = z.array(z.object({ session_id: sessionIdSchema }));

/**
 * Logs in a PostgreSQL database, for any number of processes on any number of hosts. A call writes in one transaction, an opening
 * with its first entries too; appends that wait at the same time share one (group commit), and are still refused one by one.
 *
 * A resolved write is committed with synchronous_commit on or stronger: it is on the server's disk, and on its synchronous
 * standbys where it has some. Not promised: that it survives the loss of that disk without a standby, or a failover to a
 * standby that had not got it. A write that is rejected with STORE_UNAVAILABLE may have been done, or may still be; repeating it
 * is safe, and `settled` waits for it.
 *
 * Two writers of one log take turns by the lock on its row; the first has the index. Rows carry a checksum: what was changed
 * by hand is never read as valid, and the session is read-only then and says why (`damage`). Keeps no decision register.
 */
export class PostgresLogStore implements LogStore, KeepsCopies, KeepsClosings, KeepsEvidence {
  readonly durability = "shared";
  readonly #directory: GatewayDirectory;
  readonly #database: PostgresDatabase;
  readonly #sql;
  readonly #damage: DamageList;
  readonly #sessions: PostgresSessions;
  readonly #queue: CommitQueue<Run>;
  /** Writes; `PostgresDatabase` waits for what reads. */
  readonly #calls: OpenCalls;

  /** See `connectPostgresLogStore`. */
  constructor(deps: { readonly directory: GatewayDirectory; readonly database: PostgresDatabase }) {
    const { directory, database } = deps;
    this.#directory = directory;
    this.#database = database;
    this.#sql = statementsFor(database.schema);
    this.#calls = new OpenCalls(database.name);
    this.#damage = new DamageList(database.name);
    this.#sessions = new PostgresSessions(database, this.#sql, this.#damage);
    const means = { sql: this.#sql, damage: this.#damage };
    this.#queue = new CommitQueue(
      (runs, mode) => commitRuns(database, means, runs, mode),
      ({ log }) => log.id,
    );
  }

  /** Why the session is read-only, or null. */
  damage(sessionId: SessionId): string | null {
    return this.#damage.reason(sessionId);
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
    const sessionId = opening?.facts.sessionId ?? first?.sessionId;
    if (sessionId === undefined) return;
    this.#damage.checkWritable(sessionId);
    const session = await this.#sessions.find(sessionId);
    if (session !== undefined && opening !== undefined) checkSameSession(session.sessionHash, opening);
    if (session === undefined && opening === undefined) throw unknownSession(sessionId);
    if (session === undefined && opening !== undefined) await checkOpening(opening, this.#directory, null, rule);
    if (session !== undefined && first !== null) placeOf(session, first);
    const gateway = first === null ? null : await this.#directory.gateway(first.gatewayId);
    if (gateway !== null) await checkSignedContent(entries, gateway);
    const run = (at: Session): Run | null =>
      first === null || gateway === null
        ? null
        : { log: placeOf(at, first), entries: [first, ...entries.slice(1)], gateway, rule };
    if (session === undefined && opening !== undefined) await this.#open(opening, run);
    else if (session !== undefined) {
      const appended = run(session);
      if (appended !== null) await this.#queue.add(appended);
      // It stands, but its commit may never have been confirmed.
      else await this.#database.transaction((runner) => runner.run(this.#sql.waitForLogs, [session.id]));
    }
  }

  async #open(opening: SessionOpening, runIn: (session: Session) => Run | null): Promise<void> {
    const { session, outcome } = await this.#database.transaction(async (runner) => {
      const { sessionId } = opening.facts;
      await runner.run(this.#sql.lockOpening, this.#openingLock(sessionId));
      const [row] = await runner.run(this.#sql.insertSession, sessionValues(opening));
      if (row !== undefined) await runner.run(this.#sql.insertLogs, [idOf(row), ...logValues(opening)]);
      // Another process may have opened it meanwhile: then it is that one's.
      const session = await this.#sessions.read(runner, sessionId);
      if (session === undefined) throw unknownSession(sessionId);
      checkSameSession(session.sessionHash, opening);
      const run = runIn(session);
      if (run === null) {
        if (row === undefined) await runner.run(this.#sql.waitForLogs, [session.id]);
        return { session, outcome: null };
      }
      const [outcome] = await writeRuns({ runner, sql: this.#sql, damage: this.#damage }, [run], "wait");
      // What is refused takes a new session with it, and keeps the evidence in an old one.
      if (row !== undefined && outcome instanceof GatelogError) throw outcome;
      return { session, outcome };
    });
    this.#sessions.keep(session);
    if (outcome instanceof GatelogError) throw outcome;
  }

  async session(sessionId: SessionId): Promise<SessionRecord> {
    const session = await this.#sessions.need(sessionId);
    const { opening, sessionHash } = session;
    const logs = (await this.#readLogs(this.#database, session)).map((log) => log.head());
    const decision = { decision: "NONE", final: false, statement: null } as const;
    return { opening, sessionHash, decision, logs, closed: logs.every((log) => log.closed) };
  }

  async read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    const { from, limit } = checkRange(range);
    const session = await this.#sessions.need(sessionId);
    const place = placeOf(session, { gatewayId, sessionHash: session.sessionHash });
    const rows = await this.#database.run(this.#sql.entries, [place.id, Math.min(from, LENGTH_MAX), limit]);
    return entriesOf(rows, from, place, this.#damage);
  }

  async sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    const statement = filter.open ? this.#sql.openSessionsOf : this.#sql.sessionsOf;
    const rows = await this.#database.run(statement, [gatewayId]);
    return sessionIdRowsSchema.parse(rows).map((row) => row.session_id);
  }

  closeLog(closing: ClosingStatement): Promise<void> {
    return this.#calls.run(() => this.#close(closing, "current"));
  }

  adoptClosing(closing: ClosingStatement): Promise<void> {
    return this.#calls.run(() => this.#close(closing, "ascending"));
  }

  async closings(sessionId: SessionId): Promise<ClosingStatement[]> {
    const logs = await this.#readLogs(this.#database, await this.#sessions.need(sessionId));
    return logs.flatMap(({ closing }) => (closing === null ? [] : [closing]));
  }

  async #close(closing: ClosingStatement, rule: EpochRule): Promise<void> {
    const { sessionId } = closing;
    this.#damage.checkWritable(sessionId);
    const session = await this.#sessions.need(sessionId);
    const place = placeOf(session, closing);
    const gateway = await this.#directory.gateway(closing.gatewayId);
    await this.#database.transaction(async (runner) => {
      await runner.run(this.#sql.takeLogs, [[place.id]]);
      const log = (await this.#readLogs(runner, session)).find(({ id }) => id === place.id);
      if (log === undefined) throw this.#damage.note(sessionId, `row ${place.id} of table log is missing`);
      if (!admitClosing(session.opening.facts, log, closing, gateway, rule))
        await runner.run(this.#sql.close, closingValues(log, closing));
    });
  }

  async decide({ sessionId }: DecisionStatement): Promise<void> {
    await this.#sessions.need(sessionId);
    throw new GatelogError("NO_REGISTER", "this store keeps no decision register", { sessionId });
  }

  async evidence(sessionId: SessionId): Promise<readonly Equivocation[]> {
    const { id } = await this.#sessions.need(sessionId);
    return (await this.#database.run(this.#sql.evidenceOf, [id])).map((row) => {
      const equivocation = evidenceFromRow(row);
      if (equivocation === undefined) throw this.#damage.note(sessionId, "a row of table evidence has changed");
      return equivocation;
    });
  }

  /**
   * Resolves when nothing of the session is under way any more that an earlier process, or an earlier connection of this one, had
   * sent, neither its opening nor a write to its logs: the transaction of a process that is gone goes on in the server for as long as
   * it takes. What is read behind it is what there is (R8). STORE_UNAVAILABLE if it takes too long.
   */
  async settled(sessionId: SessionId): Promise<void> {
    const known = this.#sessions.known(sessionId);
    const found = await this.#database.transaction(async (runner) => {
      if (known === undefined) await runner.run(this.#sql.waitForOpening, this.#openingLock(sessionId));
      // In a statement of its own, behind the lock: it sees what its former holder has opened.
      const session = known ?? (await this.#sessions.read(runner, sessionId));
      if (session !== undefined) await runner.run(this.#sql.waitForLogs, [session.id]);
      return session;
    });
    if (found !== undefined) this.#sessions.keep(found);
  }

  async close(): Promise<void> {
    await this.#calls.end();
    await this.#database.close();
  }

  /** Of the transactions that may open the session; held until the commit is over, also where it waits for a standby. */
  #openingLock(sessionId: SessionId): [number, number] {
    return advisoryLock("opening", this.#database.schema, sessionId);
  }

  /** The session's logs with their heads, the origin's first. */
  async #readLogs(runner: Runner, session: Session): Promise<PostgresLog[]> {
    const rows = await runner.run(this.#sql.logsOf, [session.id]);
    const ids = rows.map(idOf);
    const last = await runner.run(this.#sql.standing, [ids, ids.map(() => 0), ids.map(() => NO_POSITION)]);
    const entries = Map.groupBy(last, logOfEntry);
    return rows.map((row, place) => new PostgresLog(row, entries.get(ids[place] ?? "") ?? [], session, this.#damage));
  }
}

/**
 * Connects, makes or brings up to date the schema, and checks what the server promises. Errors: INVALID_CONFIG (options, password,
 * rights, a newer schema, a server that keeps nothing), STORE_UNAVAILABLE (nobody answers).
 * @param needs `existing`, for who only reads: a schema that is not there, or is of another version, is INVALID_CONFIG.
 */
export async function connectPostgresLogStore(
  deps: { readonly directory: GatewayDirectory },
  options: PostgresOptions,
  needs: StoreNeeds = "writable",
): Promise<PostgresLogStore> {
  const database = await PostgresDatabase.open(postgresAddress(options), needs);
  return new PostgresLogStore({ ...deps, database });
}
