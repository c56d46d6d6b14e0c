import { expect } from "chai";
import { GatelogError } from "../../src/entry/errors.ts";
import { CommitQueue, type LockMode, type Outcome } from "../../src/store/commit-queue.ts";
import { codeOf } from "../support/store-doubles.ts";
import { until } from "../support/until.ts";

const PAYLOAD = new Uint8Array(8);

interface TestWrite {
  readonly log: string;
  readonly index: number;
  readonly entries: readonly { readonly payload: Uint8Array }[];
}

const writeTo = (log: string, index = 0, payload = PAYLOAD): TestWrite => ({ log, index, entries: [{ payload }] });

interface Transaction {
  readonly mode: LockMode;
  readonly writes: readonly TestWrite[];
  /** Does it; fails it with an error. */
  readonly end: (error?: Error) => void;
}

/** A store whose logs take the next index alone, whose transactions end when the test says, and whose logs others may hold. */
class TestStore {
  readonly held = new Set<string>();
  readonly lengths = new Map<string, number>();
  readonly running: Transaction[] = [];
  /** Of all transactions, by mode. */
  most = { skip: 0, wait: 0 };
  readonly queue = new CommitQueue<TestWrite>(
    (writes, mode) => this.#write(writes, mode),
    ({ log }) => log,
  );

  add(...writes: readonly TestWrite[]): Promise<string>[] {
    return writes.map((write) => codeOf(this.queue.add(write)));
  }

  async transaction(mode: LockMode): Promise<Transaction> {
    return until(`a transaction to ${mode}`, () => this.running.find((each) => each.mode === mode));
  }

  async #write(writes: readonly TestWrite[], mode: LockMode): Promise<readonly Outcome[]> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const end = (error?: Error): void => {
      this.running.splice(this.running.indexOf(transaction), 1);
      if (error === undefined) resolve(undefined);
      else reject(error);
    };
    const transaction: Transaction = { mode, writes, end };
    this.running.push(transaction);
    this.most[mode] = Math.max(this.most[mode], this.running.filter((each) => each.mode === mode).length);
    await promise;
    return writes.map((write) => this.#outcome(write));
  }

  #outcome({ log, index }: TestWrite): Outcome {
    if (this.held.has(log)) return "locked";
    const length = this.lengths.get(log) ?? 0;
    if (index !== length) return new GatelogError("WRONG_INDEX", "another is next");
    this.lengths.set(log, length + 1);
    return "written";
  }
}

describe("CommitQueue", () => {
  let store: TestStore;

  beforeEach(() => (store = new TestStore()));

  it("puts what comes while a transaction is under way into the next one, and refuses alone what is refused", async () => {
    const first = store.add(writeTo("a"));
    const transaction = await store.transaction("skip");
    const rest = store.add(writeTo("b"), writeTo("a", 7), writeTo("a", 1));
    transaction.end();
    expect(await Promise.all(first)).to.deep.equal(["resolved"]);
    const next = await store.transaction("skip");
    expect(next.writes).to.have.length(3);
    next.end();
    expect(await Promise.all(rest)).to.deep.equal(["resolved", "WRONG_INDEX", "resolved"]);
  });

  it("fails what shared a transaction with that one's error, and goes on", async () => {
    const failed = store.add(writeTo("a"), writeTo("b"));
    (await store.transaction("skip")).end(new GatelogError("STORE_UNAVAILABLE", "the disk is away"));
    expect(await Promise.all(failed)).to.deep.equal(["STORE_UNAVAILABLE", "STORE_UNAVAILABLE"]);
    const next = store.add(writeTo("a"));
    (await store.transaction("skip")).end();
    expect(await Promise.all(next)).to.deep.equal(["resolved"]);
  });

  it("keeps the order of writes to a log that somebody else holds for a while, whenever they come", async () => {
    store.held.add("a");
    const before = store.add(writeTo("a", 0), writeTo("a", 1));
    const first = await store.transaction("skip");
    const during = store.add(writeTo("a", 2), writeTo("b", 0));
    first.end();
    const waiting = await store.transaction("wait");
    const behind = store.add(writeTo("a", 3));
    const free = await store.transaction("skip");
    expect(free.writes.map(({ log }) => log)).to.deep.equal(["b"]);
    free.end();
    store.held.clear();
    // Behind the held ones even now that nobody holds it any more.
    const last = store.add(writeTo("a", 4));
    waiting.end();
    (await store.transaction("wait")).end();
    const codes = await Promise.all([...before, ...during, ...behind, ...last]);
    expect(new Set(codes)).to.deep.equal(new Set(["resolved"]));
    expect(store.lengths.get("a")).to.equal(5);
    // And then in the common way again.
    const later = store.add(writeTo("a", 5));
    (await store.transaction("skip")).end();
    expect(await Promise.all(later)).to.deep.equal(["resolved"]);
  });

  it("waits in one transaction at a time, however many logs are held, and goes on with the others meanwhile", async () => {
    const logs = Array.from({ length: 10 }, (_, place) => `held ${place}`);
    for (const log of logs) store.held.add(log);
    const blocked = store.add(...logs.map((log) => writeTo(log)));
    (await store.transaction("skip")).end();
    const waiting = await store.transaction("wait");
    expect(waiting.writes.map(({ log }) => log)).to.deep.equal(logs);
    for (let index = 0; index < 5; index += 1) {
      const free = store.add(writeTo("free", index));
      (await store.transaction("skip")).end();
      expect(await Promise.all(free)).to.deep.equal(["resolved"]);
    }
    store.held.add("late");
    const late = store.add(writeTo("late"));
    (await store.transaction("skip")).end();
    const last = store.add(writeTo("free", 5));
    (await store.transaction("skip")).end();
    await Promise.all(last);
    expect(store.running).to.deep.equal([waiting]);
    // What stays held is waited for next, another log first.
    for (const log of logs.slice(0, 5)) store.held.delete(log);
    waiting.end();
    const next = await until("the next", () => store.running.find((each) => each !== waiting));
    expect(next.writes.map(({ log }) => log)).to.deep.equal([...logs.slice(5), "late"]);
    store.held.clear();
    next.end();
    expect(new Set(await Promise.all([...blocked, ...late]))).to.deep.equal(new Set(["resolved"]));
    expect(store.most).to.deep.equal({ skip: 1, wait: 1 });
  });

  it("takes no more than it holds, also of what waits for a log that somebody else holds", async () => {
    store.held.add("a");
    const large = new Uint8Array(16 * 1_024 * 1_024 - 512);
    const blocked = store.add(...[0, 1, 2, 3].map((index) => writeTo("a", index, large)));
    (await store.transaction("skip")).end();
    const waiting = await store.transaction("wait");
    expect(await Promise.all(store.add(writeTo("b")))).to.deep.equal(["OVERLOADED"]);
    store.held.clear();
    waiting.end();
    // Each is too large to share a transaction.
    for (let more = 0; more < 3; more += 1) (await store.transaction("wait")).end();
    expect(await Promise.all(blocked)).to.deep.equal(["resolved", "resolved", "resolved", "resolved"]);
    const free = store.add(writeTo("b"));
    (await store.transaction("skip")).end();
    expect(await Promise.all(free)).to.deep.equal(["resolved"]);
  });
});
