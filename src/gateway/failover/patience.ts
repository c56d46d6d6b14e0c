import { isGatelogError } from "../../entry/errors.ts";
import type { Clock } from "../ports.ts";

const MAX_PAUSE_MS = 1_000;

/** Pauses behind failures in a row: each is twice the one before, up to a maximum, or the first if that is longer. */
export class Pauses {
  readonly #firstMs: number;
  readonly #maxMs: number;
  #nextMs: number;

  constructor(firstMs: number, maxMs = MAX_PAUSE_MS) {
    this.#firstMs = firstMs;
    this.#maxMs = Math.max(maxMs, firstMs);
    this.#nextMs = firstMs;
  }

  /** It has failed: how long to pause now. */
  next(): number {
    const pauseMs = this.#nextMs;
    this.#nextMs = Math.min(2 * pauseMs, this.#maxMs);
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

/** What the work comes to, or undefined once `signal` is aborted: it goes on then, and nobody learns what comes of it. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const abort = () => resolve(undefined);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** The same work for all who ask while it is under way. */
export function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  return () => (underWay ??= work().finally(() => (underWay = undefined)));
}
