import { GatelogError } from "../entry/errors.ts";

/** What one transaction takes at most. One write is always taken, whatever its size. */
const MAX_GROUP_WRITES = 256;
const MAX_GROUP_BYTES = 4 * 1_024 * 1_024;
/**
 * Transactions at once. While one is on its way to the disk, the next group fills; a second one would make the groups smaller and
 * each append dearer (on PostgreSQL with 64 writers half as many appends per second; without groups, a quarter).
 */
const GROUPS_AT_ONCE = 1;
/** What waits at most; then OVERLOADED. */
const MAX_WAITING_WRITES = 4_096;
const MAX_WAITING_BYTES = 64 * 1_024 * 1_024;
/** An entry without its payload, roughly. */
const ENTRY_BYTES = 512;

/** What is written whole or not at all. */
export interface Write {
  readonly entries: readonly { readonly payload: Uint8Array }[];
}

/**
 * What became of a write; it counts once the transaction is committed. `locked`: another transaction holds what it needs, and
 * nothing was done. An error is the refusal of this write alone.
 */
export type Outcome = "written" | "locked" | GatelogError;

/** Does the writes in one transaction; an outcome for each. `wait`: there is one, and it waits for what it needs. */
export type WriteGroup<W> = (writes: readonly W[], mode: "wait" | "skip") => Promise<readonly Outcome[]>;

interface Waiting<W> {
  readonly write: W;
  readonly size: number;
  readonly settle: (outcome: Outcome) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Group commit: writes that come while a transaction is under way go together into the next one, so that many of them share
 * few statements and one wait for the disk. One that is refused is refused alone; one whose log another writer holds goes
 * on by itself, so that the others need not wait. If the transaction fails, all of its writes fail with its error.
 */
export class CommitQueue<W extends Write> {
  readonly #writeGroup: WriteGroup<W>;
  readonly #waiting: Waiting<W>[] = [];
  #waitingBytes = 0;
  #groups = 0;

  constructor(writeGroup: WriteGroup<W>) {
    this.#writeGroup = writeGroup;
  }

  /** Resolves once the write's transaction is durable; rejects with the write's refusal or the transaction's error. */
  add(write: W): Promise<void> {
    const size = write.entries.reduce((sum, { payload }) => sum + payload.length + ENTRY_BYTES, 0);
    if (this.#waiting.length >= MAX_WAITING_WRITES || this.#waitingBytes + size > MAX_WAITING_BYTES)
      return Promise.reject(
        new GatelogError("OVERLOADED", "too many writes wait for the store's disk; nothing was done, ask again", {
          maximum: MAX_WAITING_WRITES,
          actual: this.#waiting.length,
        }),
      );
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome): void => {
        if (outcome instanceof GatelogError) reject(outcome);
        else if (outcome === "locked") this.#writeAll([{ write, size, settle, fail: reject }], "wait").catch(reject);
        else resolve();
      };
      this.#waiting.push({ write, size, settle, fail: reject });
      this.#waitingBytes += size;
      // What comes in the same turn goes into the same transaction.
      if (this.#waiting.length === 1) setImmediate(() => this.#start());
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

  #take(): Waiting<W>[] {
    let count = 0;
    let bytes = 0;
    for (const { size } of this.#waiting) {
      if (count === MAX_GROUP_WRITES || (count > 0 && bytes + size > MAX_GROUP_BYTES)) break;
      count += 1;
      bytes += size;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #writeAll(group: readonly Waiting<W>[], mode: "wait" | "skip"): Promise<void> {
    try {
      const outcomes = await this.#writeGroup(
        group.map(({ write }) => write),
        mode,
      );
      for (const [place, { settle, fail }] of group.entries()) {
        const outcome = outcomes[place];
        if (outcome === undefined) fail(new GatelogError("INVARIANT_BROKEN", "a write without an outcome", {}));
        else settle(outcome);
      }
    } catch (error) {
      for (const { fail } of group) fail(error);
    }
  }
}
