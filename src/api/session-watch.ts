import { setTimeout as delay } from "node:timers/promises";
import { isGatelogError } from "../entry/errors.ts";
import type { SessionId } from "../entry/hex.ts";
import type { LogStore, SessionRecord } from "../store/log-store.ts";

/** Between two looks at a session that somebody watches. What this service writes itself is seen at once. */
const DEFAULT_POLL_MS = 1_000;

type Watcher = (record: SessionRecord) => void;

interface Watched {
  readonly watchers: Set<Watcher>;
  /** Ends the pause before the next look. */
  wake: () => void;
}

/**
 * Looks at sessions for whoever watches them: one look at a time for each session, however many watch it. A store that does not
 * answer is asked again; the watchers are told nothing until it does.
 */
export class SessionWatch {
  readonly #store: LogStore;
  readonly #pollMs: number;
  readonly #sessions = new Map<SessionId, Watched>();

  constructor(store: LogStore, options: { readonly pollMs?: number } = {}) {
    this.#store = store;
    this.#pollMs = options.pollMs ?? DEFAULT_POLL_MS;
  }

  /** Tells `watcher` of the session as it is found, until the returned function is called. */
  watch(sessionId: SessionId, watcher: Watcher): () => void {
    const known = this.#sessions.get(sessionId);
    const watched: Watched = known ?? { watchers: new Set(), wake: () => undefined };
    watched.watchers.add(watcher);
    if (known === undefined) {
      this.#sessions.set(sessionId, watched);
      this.#follow(sessionId, watched).catch(() => this.#sessions.delete(sessionId));
    } else watched.wake();
    return () => {
      watched.watchers.delete(watcher);
      watched.wake();
    };
  }

  /** Something may have changed. */
  wake(sessionId: string | undefined): void {
    if (sessionId !== undefined) this.#sessions.get(sessionId)?.wake();
  }

  async #follow(sessionId: SessionId, watched: Watched): Promise<void> {
    while (watched.watchers.size > 0) {
      const pause = new AbortController();
      watched.wake = () => pause.abort();
      const record = await this.#look(sessionId);
      if (record !== undefined) for (const watcher of watched.watchers) watcher(record);
      if (watched.watchers.size === 0) break;
      // Woken before or during the pause, it rejects: the next look is due.
      await delay(this.#pollMs, undefined, { signal: pause.signal, ref: false }).catch(() => undefined);
    }
    this.#sessions.delete(sessionId);
  }

  async #look(sessionId: SessionId): Promise<SessionRecord | undefined> {
    try {
      return await this.#store.session(sessionId);
    } catch (error) {
      if (isGatelogError(error)) return undefined;
      throw error;
    }
  }
}
