import { GatelogError } from "../entry/errors.ts";

/** What one transaction takes at most. One write is always taken, whatever its size. */
const MAX_GROUP_WRITES = 256;
const MAX_GROUP_BYTES = 4 * 1_024 * 1_024;
/** What is not settled at most, waiting or under way; then OVERLOADED. */
const MAX_WRITES = 4_096;
const MAX_BYTES = 64 * 1_024 * 1_024;
/** An entry without its payload, roughly. */
const ENTRY_BYTES = 512;
/** When a write finds its lock held for so long, all that wait for the lock are refused. */
const LOCK_PATIENCE_MS = 3_000;

/** What is written whole or not at all. */
export interface Write {
  readonly entries: readonly { readonly payload: Uint8Array }[];
}

/**
 * What became of a write; it counts once the transaction is committed. `locked`: another transaction holds what it needs, and
 * nothing was done. An error is the refusal of this write alone.
 */
export type Outcome = "written" | "locked" | GatelogError;

/** `skip` whatever is locked; or `wait` for what the first of the writes needs, and skip the rest of what is locked. */
export type LockMode = "wait" | "skip";

/** Does the writes in one transaction, in their order; an outcome for each. */
export type WriteGroup<W> = (writes: readonly W[], mode: LockMode) => Promise<readonly Outcome[]>;

interface Waiting<W> {
  readonly write: W;
  readonly size: number;
  readonly lock: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Held<W> extends Waiting<W> {
  /** By `performance.now`. */
  readonly since: number;
}

/**
 * Group commit: writes that come while a transaction is under way go together into the next one, so that many of them share
 * few statements and one wait for the disk. One that is refused is refused alone. If the transaction fails, all of its writes fail
 * with its error.
 *
 * There is one such transaction at a time: while one is on its way to the disk, the next group fills; a second one would make the
 * groups smaller and each append dearer (on PostgreSQL with 64 writers half as many appends per second; without groups, a quarter).
 *
 * A write whose lock another writer holds goes aside, with all that come for the same lock, so that the others need not wait and the
 * order for each lock stays. For those that are aside there is one transaction at a time, too: it waits for one lock, and takes with it
 * whatever else has become free.
 */
export class CommitQueue<W extends Write> {
  readonly #writeGroup: WriteGroup<W>;
  readonly #lockOf: (write: W) => string;
  /** In the order in which they came. Of a lock that is held there is none. */
  #waiting: Waiting<W>[] = [];
  /** By lock, each lock's in the order in which they came. */
  readonly #held = new Map<string, Held<W>[]>();
  #writes = 0;
  #bytes = 0;
  #isWriting = false;
  #isWritingHeld = false;

  /** @param lockOf What a write needs for itself; only for stores whose writes may be `locked`. */
  constructor(writeGroup: WriteGroup<W>, lockOf: (write: W) => string = () => "") {
    this.#writeGroup = writeGroup;
    this.#lockOf = lockOf;
  }

  /**
   * Resolves once the write's transaction is durable; rejects with the write's refusal, the transaction's error, or STORE_UNAVAILABLE
   * where another writer holds its lock for too long.
   */
  add(write: W): Promise<void> {
    const size = write.entries.reduce((sum, { payload }) => sum + payload.length + ENTRY_BYTES, 0);
    if (this.#writes >= MAX_WRITES || this.#bytes + size > MAX_BYTES)
      return Promise.reject(
        new GatelogError("OVERLOADED", "too many writes wait for the store's disk; nothing was done, ask again", {
          maximum: MAX_WRITES,
          actual: this.#writes,
        }),
      );
    return new Promise((resolve, reject) => {
      this.#writes += 1;
      this.#bytes += size;
      this.#queue({ write, size, lock: this.#lockOf(write), resolve, reject });
    });
  }

  #queue(waiting: Waiting<W>): void {
    if (this.#held.has(waiting.lock)) {
      this.#putAside([waiting]);
      return;
    }
    this.#waiting.push(waiting);
    // What comes in the same turn goes into the same transaction.
    if (this.#waiting.length === 1) setImmediate(() => this.#start());
  }

  #start(): void {
    if (this.#isWriting || this.#waiting.length === 0) return;
    this.#isWriting = true;
    const group = this.#waiting.splice(0, groupSize(this.#waiting));
    const end = (locked: readonly Waiting<W>[]): void => {
      this.#isWriting = false;
      if (locked.length > 0) this.#hold(locked);
      this.#start();
    };
    this.#write(group, "skip").then(end, () => end([]));
  }

  /** These have found their locks held; whoever waits for one of them is behind them. */
  #hold(locked: readonly Waiting<W>[]): void {
    this.#putAside(locked);
    const isBehind = ({ lock }: Waiting<W>): boolean => this.#held.has(lock);
    this.#putAside(this.#waiting.filter(isBehind));
    this.#waiting = this.#waiting.filter((each) => !isBehind(each));
    this.#writeHeld().catch(() => undefined); // Who waits has been told.
  }

  #putAside(writes: readonly Waiting<W>[]): void {
    const since = performance.now();
    for (const each of writes) {
      const held = this.#held.get(each.lock);
      if (held === undefined) this.#held.set(each.lock, [{ ...each, since }]);
      else held.push({ ...each, since });
    }
  }

  /** As long as there are any. */
  async #writeHeld(): Promise<void> {
    if (this.#isWritingHeld) return;
    this.#isWritingHeld = true;
    try {
      while (this.#held.size > 0) {
        const all = [...this.#held.values()].flat();
        const group = all.slice(0, groupSize(all));
        const locked = await this.#write(group, "wait");
        // The next one to be waited for is another.
        const [first] = this.#held.keys();
        const given = new Set(group.filter((each) => !locked.includes(each)));
        const heldTooLong = new Set(locked.filter(isTooLong).map(({ lock }) => lock));
        for (const [lock, writes] of [...this.#held]) {
          const left = writes.filter((each) => !given.has(each));
          if (lock === first || left.length === 0 || heldTooLong.has(lock)) this.#held.delete(lock);
          // Together: of one log, each rests on those before it.
          if (heldTooLong.has(lock)) for (const each of left) this.#settle(each, tooLong());
          else if (left.length > 0) this.#held.set(lock, left);
        }
      }
    } finally {
      this.#isWritingHeld = false;
    }
  }

  /** Settles all but those that are locked, which it gives. */
  async #write<Of extends Waiting<W>>(group: readonly Of[], mode: LockMode): Promise<Of[]> {
    try {
      const writes = group.map(({ write }) => write);
      const outcomes = await this.#writeGroup(writes, mode);
      return group.filter((each, place) => {
        const outcome = outcomes[place] ?? new GatelogError("INVARIANT_BROKEN", "a write without an outcome", {});
        if (outcome === "locked") return true;
        this.#settle(each, outcome);
        return false;
      });
    } catch (error) {
      for (const each of group) this.#settle(each, error);
      return [];
    }
  }

  /** @param outcome `written`, or what the write is rejected with. */
  #settle({ size, resolve, reject }: Waiting<W>, outcome: unknown): void {
    this.#writes -= 1;
    this.#bytes -= size;
    if (outcome === "written") resolve();
    else reject(outcome);
  }
}

function isTooLong({ since }: Held<Write>): boolean {
  return performance.now() - since >= LOCK_PATIENCE_MS;
}

function tooLong(): GatelogError {
  const message = "another writer holds the log; nothing was done, ask again";
  return new GatelogError("STORE_UNAVAILABLE", message, { maximum: LOCK_PATIENCE_MS });
}

/** How many of them, from the first on, go into one transaction. */
function groupSize(writes: readonly { readonly size: number }[]): number {
  let count = 0;
  let bytes = 0;
  for (const { size } of writes) {
    if (count === MAX_GROUP_WRITES || (count > 0 && bytes + size > MAX_GROUP_BYTES)) break;
    count += 1;
    bytes += size;
  }
  return count;
}
