import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import type { SessionOpening } from "../entry/session.ts";
import { unknownLog, unknownSession } from "./admission.ts";
import type { Runner } from "./postgres-database.ts";
import type { DamageList } from "./postgres-log.ts";
import { logFromRow, sessionFromRow, type PostgresStatements } from "./postgres-rows.ts";
import type { LogPlace } from "./postgres-runs.ts";

/** Openings kept in memory; each is a few kilobytes. */
const MAX_KNOWN_SESSIONS = 1_000;

export interface Session {
  /** Of its row. */
  readonly id: string;
  readonly sessionId: SessionId;
  readonly opening: SessionOpening;
  readonly sessionHash: Hash;
  /** Ids of the rows of its logs. */
  readonly logs: ReadonlyMap<GatewayId, string>;
}

/** What never changes of a session, read once. */
export class PostgresSessions {
  readonly #runner: Runner;
  readonly #sql: PostgresStatements;
  readonly #damage: DamageList;
  readonly #known = new Map<SessionId, Session>();

  /** @param runner Of committed rows only: what it shows is kept. */
  constructor(runner: Runner, sql: PostgresStatements, damage: DamageList) {
    this.#runner = runner;
    this.#sql = sql;
    this.#damage = damage;
  }

  /** UNKNOWN_SESSION if there is none. */
  async need(sessionId: SessionId): Promise<Session> {
    const session = await this.find(sessionId);
    if (session === undefined) throw unknownSession(sessionId);
    return session;
  }

  /** One that is remembered: its opening is committed. */
  known(sessionId: SessionId): Session | undefined {
    return this.#known.get(sessionId);
  }

  async find(sessionId: SessionId): Promise<Session | undefined> {
    const known = this.known(sessionId);
    if (known !== undefined) return known;
    const found = await this.read(this.#runner, sessionId);
    if (found !== undefined) this.keep(found);
    return found;
  }

  /** As the runner's transaction sees it; CORRUPT_STORE if a row has changed. */
  async read(runner: Runner, sessionId: SessionId): Promise<Session | undefined> {
    const [row] = await runner.run(this.#sql.session, [sessionId]);
    if (row === undefined) return undefined;
    const found = sessionFromRow(row);
    if (found?.opening.facts.sessionId !== sessionId)
      throw this.#damage.note(sessionId, "its row of table session has changed");
    const { id, opening, sessionHash } = found;
    const logs = new Map<GatewayId, string>();
    for (const logRow of await runner.run(this.#sql.logsOf, [id])) {
      const log = logFromRow(logRow, sessionId);
      if (log === undefined) throw this.#damage.note(sessionId, "a row of table log has changed");
      logs.set(log.gatewayId, log.id);
    }
    const { origin, destination } = opening.facts;
    if (!logs.has(origin.gatewayId) || (destination !== null && !logs.has(destination.gatewayId)))
      throw this.#damage.note(sessionId, "a row of table log is missing");
    return { id, sessionId, opening, sessionHash, logs };
  }

  keep(session: Session): void {
    const [oldest] = this.#known.keys();
    if (oldest !== undefined && this.#known.size >= MAX_KNOWN_SESSIONS) this.#known.delete(oldest);
    this.#known.set(session.sessionId, session);
  }
}

/** UNKNOWN_LOG for who is no party, and for other facts. */
export function placeOf(session: Session, at: { readonly gatewayId: GatewayId; readonly sessionHash: Hash }): LogPlace {
  const { sessionId, sessionHash, logs } = session;
  const id = logs.get(at.gatewayId);
  if (id === undefined || at.sessionHash !== sessionHash) throw unknownLog(sessionId, at.gatewayId);
  return { id, sessionId, sessionHash, gatewayId: at.gatewayId };
}
