import { GatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";

/** Most sessions that one process runs at once; further ones are refused with OVERLOADED and found again by discovery. */
const MAX_OPEN_SESSIONS = 1_000;
/** Of these, the most that one other gateway has opened: whoever is registered can open as many as it likes. */
const MAX_OPEN_SESSIONS_PER_ORIGIN = 250;

/**
 * Who takes up how much of a gateway. The limits are for new sessions: one that runs has its room, and one to which this
 * gateway has written may hold an asset and runs beyond any limit.
 */
export class Room {
  readonly #own: GatewayId;
  /** Who opened each session that runs. */
  readonly #origins = new Map<SessionId, GatewayId>();

  constructor(own: GatewayId) {
    this.#own = own;
  }

  take(sessionId: SessionId, origin: GatewayId): void {
    this.#origins.set(sessionId, origin);
  }

  leave(sessionId: SessionId): void {
    this.#origins.delete(sessionId);
  }

  /** Throws OVERLOADED if there is no room for the session. */
  require(sessionId: SessionId, origin: GatewayId): void {
    const limit = this.#limitFor(sessionId, origin);
    if (limit === undefined) return;
    throw new GatelogError("OVERLOADED", `${limit.maximum} sessions ${limit.whose} are open; ask again later`, {
      maximum: limit.maximum,
    });
  }

  has(sessionId: SessionId, origin: GatewayId): boolean {
    return this.#limitFor(sessionId, origin) === undefined;
  }

  /** The limit that stands in the way. */
  #limitFor(sessionId: SessionId, origin: GatewayId): { readonly maximum: number; readonly whose: string } | undefined {
    if (this.#origins.has(sessionId)) return undefined;
    if (this.#origins.size >= MAX_OPEN_SESSIONS) return { maximum: MAX_OPEN_SESSIONS, whose: "of this gateway" };
    if (origin === this.#own || this.#countOf(origin) < MAX_OPEN_SESSIONS_PER_ORIGIN) return undefined;
    return { maximum: MAX_OPEN_SESSIONS_PER_ORIGIN, whose: "of that origin" };
  }

  #countOf(origin: GatewayId): number {
    let count = 0;
    for (const each of this.#origins.values()) if (each === origin) count += 1;
    return count;
  }
}
