import type { Clock } from "../../src/gateway/ports.ts";

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Time that stands still until every process has nothing to do but to wait; then it jumps to the first who wakes. */
export class FakeClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #now: number;

  constructor(start = 1_800_000_000_000) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper: Sleeper = { until: this.#now + ms, wake: () => done() };
      const done = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      if (signal?.aborted || ms <= 0) return void setImmediate(done);
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", done, { once: true });
    });
  }

  /** Lets everybody work and time pass until `condition` holds; rejects if it does not within `limitMs` of this clock. */
  async until(condition: () => boolean | Promise<boolean>, limitMs = 60 * 60_000): Promise<void> {
    const end = this.#now + limitMs;
    while (!(await condition())) {
      await allTurns();
      if (await condition()) return;
      const first = [...this.#sleepers].reduce<Sleeper | undefined>(
        (a, b) => (a && a.until <= b.until ? a : b),
        undefined,
      );
      if (!first || first.until > end) throw new Error(`not within ${limitMs} ms: ${condition.toString()}`);
      this.#now = Math.max(this.#now, first.until);
      first.wake();
      await allTurns();
    }
  }

  /** Lets `ms` pass, waking everybody on the way. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    let over = false;
    const own = this.sleep(ms).then(() => (over = true));
    await this.until(() => over, ms);
    await own;
    this.#now = Math.max(this.#now, end);
  }
}

/** Everything that needs no time happens in here: promises, and what was put off to a later turn. */
async function allTurns(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
}
