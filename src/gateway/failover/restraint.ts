/** At the most a member holds back for so long, unless its own limit of silence is longer. */
const MAX_RESTRAINT_MS = 60_000;
/** A member whose loss is so many times older than it held back then is forgiven it. */
const FORGIVEN_AFTER = 10;

/**
 * Keeps members that do not hear each other, but all reach the authority, from taking the group from each other without end. A primary
 * that was superseded while it lived holds back before it asks for the next epoch: for twice the limit of silence at first, and for
 * twice as long with each further loss that follows soon, up to MAX_RESTRAINT_MS. It runs from the loss on, so that it delays nothing
 * that happens later.
 *
 * Limitations: a member remembers its own losses alone, and not over its end. Of two that do not hear each other each loses in turn, so
 * that both slow down. If the other one dies in the meantime, the group is without a primary for what is left of the pause.
 */
export class Restraint {
  readonly #silenceMs: number;
  #losses = 0;
  #lostAt = -Infinity;

  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
  }

  /** Another member has taken over from this one while it lived. */
  lost(now: number): void {
    if (now - this.#lostAt > FORGIVEN_AFTER * this.#pauseMs) this.#losses = 0;
    this.#losses += 1;
    this.#lostAt = now;
  }

  /** For how much longer it holds back; 0 if it need not. */
  leftMs(now: number): number {
    return Math.max(0, this.#lostAt + this.#pauseMs - now);
  }

  get #pauseMs(): number {
    return Math.min(this.#silenceMs * 2 ** this.#losses, Math.max(MAX_RESTRAINT_MS, this.#silenceMs));
  }
}
