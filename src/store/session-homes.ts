import type { SessionId } from "../entry/hex.ts";
import { Memo } from "../entry/memo.ts";
import type { Logging } from "../entry/session.ts";

/** Sessions of which it is remembered where they are; the oldest are forgotten first, and looked for again. */
const MAX_HOMES = 10_000;

/**
 * Which of several stores holds a session, as far as this process knows. A session does not move, so what is remembered stays true.
 * Openings of one session take turns here: two that name different stores must not both find that there is none.
 *
 * Limitation: turns are taken in one process. Two processes of one gateway could open a session in two stores, if they are asked at
 * once, with one idempotency key, for two logging profiles.
 */
export class SessionHomes {
  readonly #known = new Memo<Logging>(MAX_HOMES);
  readonly #turns = new Map<SessionId, Promise<unknown>>();

  get(sessionId: SessionId): Logging | undefined {
    return this.#known.get(sessionId);
  }

  set(sessionId: SessionId, logging: Logging): void {
    this.#known.set(sessionId, logging);
  }

  /** Works once all work on the session that was handed in before is over. */
  async inTurn<T>(sessionId: SessionId, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(sessionId) ?? Promise.resolve();
    const turn = before.then(work);
    const settled = turn.catch(() => undefined); // Its caller has the error; the next in the queue does not care.
    this.#turns.set(sessionId, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(sessionId) === settled) this.#turns.delete(sessionId);
    }
  }
}
