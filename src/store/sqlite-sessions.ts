import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import { Memo } from "../entry/memo.ts";
import type { SessionOpening } from "../entry/session.ts";
import { unknownLog, unknownSession } from "./admission.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import { SqliteLog, type SqliteStatements } from "./sqlite-log.ts";
import { sessionFromRow } from "./sqlite-rows.ts";

/** Sessions kept in memory; each is a few kilobytes. */
const MAX_KNOWN_SESSIONS = 1_000;

/** What is known of a session. */
export interface Session {
  readonly id: number;
  readonly opening: SessionOpening;
  readonly sessionHash: Hash;
  /** Those that were asked for. */
  readonly logs: Map<GatewayId, SqliteLog>;
}

/**
 * The sessions of a file with the heads of their logs. What is found is true within the turn: another process may write to the
 * file, and the oldest are forgotten where there are many.
 */
export class SqliteSessions {
  readonly #file: SqliteFile;
  readonly #sql: SqliteStatements;
  readonly #known = new Memo<Session>(MAX_KNOWN_SESSIONS);

  constructor(file: SqliteFile, sql: SqliteStatements) {
    this.#file = file;
    this.#sql = sql;
  }

  /** Forgets what another process may have changed: to be called in each turn, and first in each transaction. */
  lookAnew(): void {
    if (this.#file.hasChanged()) this.forgetAll();
  }

  forget(sessionId: SessionId): void {
    this.#known.delete(sessionId);
  }

  forgetAll(): void {
    this.#known.clear();
  }

  need(sessionId: SessionId): Session {
    const session = this.find(sessionId);
    if (session !== undefined) return session;
    // What is missing from a damaged file may have been in it.
    this.#file.checkWritable();
    throw unknownSession(sessionId);
  }

  find(sessionId: SessionId): Session | undefined {
    const known = this.#known.get(sessionId);
    if (known !== undefined) return known;
    const row = this.#sql.session.get(sessionId);
    if (row === undefined) return undefined;
    const found = sessionFromRow(row, sessionId);
    if (found === undefined) throw this.#file.damaged(`the row of session ${sessionId} has changed`);
    const session: Session = { ...found, logs: new Map() };
    this.#known.set(sessionId, session);
    return session;
  }

  /** The log that an entry or a closing names. */
  log(at: { sessionId: SessionId; sessionHash: Hash; gatewayId: GatewayId }): SqliteLog {
    const session = this.need(at.sessionId);
    if (at.sessionHash !== session.sessionHash) throw unknownLog(at.sessionId, at.gatewayId);
    return this.logOf(session, at.gatewayId);
  }

  /** The origin's first. */
  logs(session: Session): SqliteLog[] {
    const { origin, destination } = session.opening.facts;
    return [origin, ...(destination === null ? [] : [destination])].map(({ gatewayId }) =>
      this.logOf(session, gatewayId),
    );
  }

  logOf({ id, logs, opening, sessionHash }: Session, gatewayId: GatewayId): SqliteLog {
    const { sessionId, origin, destination } = opening.facts;
    const known = logs.get(gatewayId);
    if (known !== undefined) return known;
    if (gatewayId !== origin.gatewayId && gatewayId !== destination?.gatewayId) throw unknownLog(sessionId, gatewayId);
    const row = this.#sql.logOf.get(id, gatewayId);
    if (row === undefined) throw this.#file.damaged(`the row of a log of session ${sessionId} is missing`);
    const log = new SqliteLog(this.#file, this.#sql, row, { sessionId, sessionHash, gatewayId });
    logs.set(gatewayId, log);
    return log;
  }
}
