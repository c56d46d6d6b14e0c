import type { CrashCase } from "./crash-case.ts";
import { CrashWorker, type CaseResult } from "./worker.ts";

/** Runs cases side by side, each worker on a network of its own. */
export class CrashPool {
  readonly #waiting: { readonly plan: CrashCase; readonly done: (result: CaseResult) => void }[] = [];
  readonly #workers: Promise<void>[] = [];
  readonly #size: number;
  #isOver = false;

  constructor(size: number) {
    this.#size = size;
  }

  /** Takes the cases in this order; gives the results in the same. */
  run(plans: readonly CrashCase[]): Promise<CaseResult>[] {
    const results = plans.map((plan) => new Promise<CaseResult>((done) => this.#waiting.push({ plan, done })));
    const size = Math.min(this.#size, plans.length);
    this.#workers.push(...Array.from({ length: size }, () => this.#work()));
    return results;
  }

  /** Finishes the cases that are running, and no others. */
  async close(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    const worker = new CrashWorker();
    try {
      for (let next = this.#waiting.shift(); next !== undefined && !this.#isOver; next = this.#waiting.shift())
        next.done(await worker.run(next.plan));
    } finally {
      await worker.close();
    }
  }
}
