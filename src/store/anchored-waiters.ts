import type { GatelogError } from "../entry/errors.ts";
import type { AnchorNotes, ReadingTime } from "./anchored-notes.ts";

interface Waiter {
  /** Until when what was written is waited for; null until the store was looked through behind the call. */
  since: ReadingTime | null;
  /** Why a part of the store could not be looked through then. */
  failure: GatelogError | null;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Who waits until all that stands in the store is anchored. */
export class AnchorWaiters {
  readonly #waiters = new Set<Waiter>();

  get size(): number {
    return this.#waiters.size;
  }

  add(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.add({ since: null, failure: null, resolve, reject }));
  }

  /** The store is looked through from now on. To be called when it was, with the time then: what it had is noted. */
  lookingThrough(): (now: ReadingTime, failure: GatelogError | null) => void {
    const asked = [...this.#waiters];
    return (now, failure) => {
      for (const waiter of asked) {
        waiter.since = now;
        waiter.failure = failure;
      }
    };
  }

  /** The store must be looked through once more, for all of them. */
  lookAgain(): void {
    for (const waiter of this.#waiters) waiter.since = null;
  }

  /** Nothing that was formed is missing on the chain: lets those go who have what they waited for, or cannot get it. */
  settle(notes: AnchorNotes): void {
    for (const waiter of this.#waiters) {
      const isCovered = waiter.since !== null && notes.isCovered(waiter.since);
      if (isCovered === false) continue;
      this.#waiters.delete(waiter);
      const failure = isCovered === true ? waiter.failure : isCovered;
      if (failure === null) waiter.resolve();
      else waiter.reject(failure);
    }
  }

  rejectAll(error: unknown): void {
    for (const waiter of this.#waiters) waiter.reject(error);
    this.#waiters.clear();
  }
}
