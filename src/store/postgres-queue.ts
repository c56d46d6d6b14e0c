import { GatelogError } from "../entry/errors.ts";
import type { Outcome, Run } from "./postgres-runs.ts";

/** What one transaction takes at most. One run is always taken, whatever its size. */
const MAX_GROUP_RUNS = 256;
const MAX_GROUP_BYTES = 4 * 1_024 * 1_024;
/**
 * Transactions at once. While one is on its way to the disk, the next group fills; a second one would make the groups smaller and
 * each append dearer (with 64 writers half as many appends per second; without groups, a quarter).
 */
const GROUPS_AT_ONCE = 1;
/** What waits at most; then OVERLOADED. */
const MAX_WAITING_RUNS = 4_096;
const MAX_WAITING_BYTES = 64 * 1_024 * 1_024;
/** An entry without its payload, roughly. */
const ENTRY_BYTES = 512;

interface Waiting {
  readonly run: Run;
  readonly size: number;
  readonly settle: (outcome: Outcome) => void;
  readonly fail: (error: unknown) => void;
}

/** Writes the runs in one transaction; an outcome for each. `wait`: there is one, and it waits for its log. */
export type WriteGroup = (runs: readonly Run[], mode: "wait" | "skip") => Promise<readonly Outcome[]>;

/**
 * Group commit: runs that come while a transaction is under way go together into the next one, so that many appends share
 * few statements and one wait for the disk. A run that is refused is refused alone; one whose log another writer holds goes
 * on by itself, so that the others need not wait. If the transaction fails, all of its runs fail with its error.
 */
export class PostgresQueue {
  readonly #write: WriteGroup;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #groups = 0;

  constructor(write: WriteGroup) {
    this.#write = write;
  }

  /** Resolves once the run's transaction is committed; rejects with the run's refusal or the transaction's error. */
  append(run: Run): Promise<void> {
    const size = run.entries.reduce((sum, { payload }) => sum + payload.length + ENTRY_BYTES, 0);
    if (this.#waiting.length >= MAX_WAITING_RUNS || this.#waitingBytes + size > MAX_WAITING_BYTES)
      return Promise.reject(
        new GatelogError("OVERLOADED", "too many appends wait for the database", {
          maximum: MAX_WAITING_RUNS,
          actual: this.#waiting.length,
        }),
      );
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome): void => {
        if (outcome instanceof GatelogError) reject(outcome);
        else if (outcome === "locked") this.#writeAll([{ run, size, settle, fail: reject }], "wait").catch(reject);
        else resolve();
      };
      this.#waiting.push({ run, size, settle, fail: reject });
      this.#waitingBytes += size;
      this.#start();
    });
  }

  #start(): void {
    if (this.#groups >= GROUPS_AT_ONCE || this.#waiting.length === 0) return;
    const group = this.#take();
    this.#groups += 1;
    const end = (): void => {
      this.#groups -= 1;
      this.#start();
    };
    this.#writeAll(group, "skip").then(end, end);
  }

  #take(): Waiting[] {
    let count = 0;
    let bytes = 0;
    for (const { size } of this.#waiting) {
      if (count === MAX_GROUP_RUNS || (count > 0 && bytes + size > MAX_GROUP_BYTES)) break;
      count += 1;
      bytes += size;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #writeAll(group: readonly Waiting[], mode: "wait" | "skip"): Promise<void> {
    try {
      const outcomes = await this.#write(
        group.map(({ run }) => run),
        mode,
      );
      for (const [place, { settle, fail }] of group.entries()) {
        const outcome = outcomes[place];
        if (outcome === undefined) fail(new GatelogError("INVARIANT_BROKEN", "a run without an outcome", {}));
        else settle(outcome);
      }
    } catch (error) {
      for (const { fail } of group) fail(error);
    }
  }
}
