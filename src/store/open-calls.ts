import { GatelogError } from "../entry/errors.ts";

/** The calls that a store has in hand. `end` waits for them; what comes behind it is STORE_UNAVAILABLE. */
export class OpenCalls {
  readonly #store: string;
  readonly #calls = new Set<Promise<unknown>>();
  #isEnded = false;

  /** @param store What errors call it. */
  constructor(store: string) {
    this.#store = store;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isEnded) throw new GatelogError("STORE_UNAVAILABLE", `${this.#store}: the store is closed`, {});
    const call = work();
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      this.#calls.delete(call);
    }
  }

  /** Resolves when there is none any more, however they ended. */
  async end(): Promise<void> {
    this.#isEnded = true;
    await Promise.allSettled(this.#calls);
  }
}
