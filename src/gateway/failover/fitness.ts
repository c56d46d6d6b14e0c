import type { Clock } from "../ports.ts";

/** Limits of silence for which a primary may be unable to do anything before it says so. */
const SILENCES = 3;
/** The same at the least: a database that starts again is no reason to change the primary. */
const MIN_MS = 5_000;

/**
 * Whether what a primary rests on lets it work. One whose authority or log has not answered for longer than the limit gives no
 * sign of life as a primary any more, so that a backup that can reach them takes over from it.
 *
 * Limitation: where they answer nobody, whoever reaches them first when they are back is primary, which may cost an epoch.
 */
export class Fitness {
  readonly #clock: Pick<Clock, "now">;
  readonly #limitMs: number;
  #failing: { readonly since: number; readonly until: number } | undefined;

  constructor(clock: Pick<Clock, "now">, silenceMs: number) {
    this.#clock = clock;
    this.#limitMs = Math.max(MIN_MS, SILENCES * silenceMs);
  }

  failed(): void {
    const now = this.#clock.now();
    this.#failing = { since: this.#failing?.since ?? now, until: now };
  }

  worked(): void {
    this.#failing = undefined;
  }

  /** From failure to failure: what takes long and does not fail is work. */
  get isFit(): boolean {
    return this.#failing === undefined || this.#failing.until - this.#failing.since < this.#limitMs;
  }
}
