import { isGatelogError } from "../../entry/errors.ts";
import type { Clock } from "../ports.ts";

const MAX_PAUSE_MS = 1_000;

/** Pauses behind failures in a row: each is twice the one before, up to MAX_PAUSE_MS, or the first if that is longer. */
export class Pauses {
  readonly #firstMs: number;
  #nextMs: number;

  constructor(firstMs: number) {
    this.#firstMs = firstMs;
    this.#nextMs = firstMs;
  }

  /** It has failed: how long to pause now. */
  next(): number {
    const pauseMs = this.#nextMs;
    this.#nextMs = Math.min(2 * pauseMs, Math.max(MAX_PAUSE_MS, this.#firstMs));
    return pauseMs;
  }

  /** It has worked. */
  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}

interface PatienceOptions {
  readonly clock: Clock;
  /** The first pause; each is twice the one before. */
  readonly pauseMs: number;
  readonly signal: AbortSignal;
  readonly onTrouble: (error: unknown) => void;
}

/** What fails for a passing reason is tried until it is done; undefined once `signal` is aborted. Other failures are thrown. */
export async function patiently<T>(work: () => Promise<T>, options: PatienceOptions): Promise<T | undefined> {
  const { clock, signal, onTrouble } = options;
  const pauses = new Pauses(options.pauseMs);
  while (!signal.aborted)
    try {
      return await work();
    } catch (error) {
      if (!isGatelogError(error) || error.disposition !== "retry") throw error;
      onTrouble(error);
      await clock.sleep(pauses.next(), signal);
    }
  return undefined;
}
