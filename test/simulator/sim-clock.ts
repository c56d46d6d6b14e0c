import type { Clock } from "../../src/gateway/ports.ts";

interface Alarm {
  readonly at: number;
  /** Alarms of one moment ring in the order in which they were set. */
  readonly order: number;
  ring: (() => void) | undefined;
}

/** UNIX ms at which every simulation starts. */
export const START = 1_800_000_000_000;

/** The one true time of a simulation. It stands still while anybody has something to do, and then jumps to the next alarm. */
export class SimClock implements Clock {
  readonly #heap: Alarm[] = [];
  #now = START;
  #alarms = 0;

  now(): number {
    return this.#now;
  }

  at(moment: number, ring: () => void): Alarm {
    const alarm: Alarm = { at: Math.max(moment, this.#now), order: this.#alarms++, ring };
    this.#push(alarm);
    return alarm;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const alarm = this.at(this.#now + ms, () => {
        signal?.removeEventListener("abort", wake);
        resolve();
      });
      const wake = (): void => {
        alarm.ring = undefined;
        resolve();
      };
      if (signal?.aborted) wake();
      else signal?.addEventListener("abort", wake, { once: true });
    });
  }

  /** Lets time pass until the condition holds (true), or until `end` (false). */
  async run(condition: () => boolean, end: number): Promise<boolean> {
    for (;;) {
      await everybodyWaits();
      if (condition()) return true;
      const alarm = this.#pop();
      if (alarm === undefined || alarm.at > end) return false;
      if (alarm.ring === undefined) continue;
      this.#now = alarm.at;
      alarm.ring();
    }
  }

  #push(alarm: Alarm): void {
    const heap = this.#heap;
    let child = heap.length;
    heap.push(alarm);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, alarm)) break;
      heap[child] = above;
      child = parent;
    }
    heap[child] = alarm;
  }

  #pop(): Alarm | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      const [a, b] = [heap[left], heap[left + 1]];
      if (a === undefined) break;
      const isRight = b !== undefined && isBefore(b, a);
      const smaller = isRight ? b : a;
      if (!isBefore(smaller, last)) break;
      heap[parent] = smaller;
      parent = isRight ? left + 1 : left;
    }
    heap[parent] = last;
    return first;
  }
}

function isBefore(a: Alarm, b: Alarm): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Promises are all settled when a later turn of the event loop comes. */
function everybodyWaits(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** The clock of one machine: it may be wrong, and runs as fast as the true one. */
export class SkewedClock implements Clock {
  readonly #clock: SimClock;
  readonly #skewMs: number;

  constructor(clock: SimClock, skewMs: number) {
    this.#clock = clock;
    this.#skewMs = skewMs;
  }

  now(): number {
    return this.#clock.now() + this.#skewMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, signal);
  }
}
