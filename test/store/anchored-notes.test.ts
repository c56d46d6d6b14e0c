import { expect } from "chai";
import fc from "fast-check";
import { GatelogError } from "../../src/entry/errors.ts";
import { AnchorNotes, type ReadingTime } from "../../src/store/anchored-notes.ts";

const LOGS = [0, 1, 2, 3] as const;
type LogNumber = (typeof LOGS)[number];

/** Two sessions with two logs each. */
const SESSION_OF = ["one", "one", "other", "other"] as const;
const GATEWAY_OF = ["0xa", "0xb", "0xa", "0xb"] as const;

/** What a store and an anchor file would hold. */
class Model {
  readonly length = { 0: 0, 1: 0, 2: 0, 3: 0 };
  readonly noted = { 0: 0, 1: 0, 2: 0, 3: 0 };
  readonly covered = { 0: 0, 1: 0, 2: 0, 3: 0 };
  now = 0;
  readonly notes = new AnchorNotes((sessionId, gatewayId) => this.#sum((log) => isLog(log, sessionId, gatewayId)), {
    clock: () => this.now,
    retryMs: 8,
  });
  /** Lengths that had been noted when a time was asked for. */
  readonly times: { readonly time: ReadingTime; readonly noted: Model["noted"] }[] = [];

  #sum(which: (log: LogNumber) => boolean): number {
    return LOGS.filter(which).reduce<number>((sum, log) => sum + this.covered[log], 0);
  }

  write(log: LogNumber, count: number): void {
    this.length[log] = this.length[log] + count;
    this.noteLength(log, this.length[log]);
  }

  noteLength(log: LogNumber, length: number): void {
    this.noted[log] = Math.max(this.noted[log], length);
    this.notes.noteLength(SESSION_OF[log], GATEWAY_OF[log], length);
  }

  /** Puts up to `room` entries of a session into an anchor; while it was read, `late` more were written to its logs. */
  take(session: string, room: number, late: number): void {
    const read = this.notes.readingTime();
    const logs = LOGS.filter((log) => SESSION_OF[log] === session);
    const lengths = new Map(logs.map((log) => [GATEWAY_OF[log], this.length[log]]));
    this.now += 1;
    for (const log of logs) if (late > 0) this.write(log, late);
    let left = room;
    for (const log of logs) {
      const taken = Math.min(left, (lengths.get(GATEWAY_OF[log]) ?? 0) - this.covered[log]);
      this.covered[log] = this.covered[log] + taken;
      left -= taken;
    }
    this.notes.taken(session, read, lengths);
  }

  check(): void {
    const open = LOGS.map((log) => Math.max(0, this.noted[log] - this.covered[log]));
    expect(this.notes.entries).to.equal(open.reduce((sum, entries) => sum + entries, 0));
    const sessions = LOGS.filter((log) => (open[log] ?? 0) > 0).map((log) => SESSION_OF[log]);
    expect(new Set(this.notes.sessions())).to.deep.equal(new Set(sessions));
    expect(this.notes.since === null).to.equal(sessions.length === 0);
    for (const { time, noted } of this.times)
      if (this.notes.isCovered(time) === true)
        expect(
          LOGS.every((log) => noted[log] <= this.covered[log]),
          "covered by then",
        ).to.equal(true);
  }
}

function isLog(log: LogNumber, sessionId: string, gatewayId: string): boolean {
  return SESSION_OF[log] === sessionId && GATEWAY_OF[log] === gatewayId;
}

describe("AnchorNotes", () => {
  const log = fc.constantFrom(...LOGS);
  const session = fc.constantFrom("one", "other");
  const move = fc.oneof(
    fc.record({ kind: fc.constant("write" as const), log, count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant("repeat" as const), log, count: fc.nat(10) }),
    fc.record({ kind: fc.constant("take" as const), session, room: fc.nat(8), late: fc.nat(2) }),
    fc.record({ kind: fc.constant("time" as const) }),
  );

  it("counts what is in no anchor, and calls covered only what is", () => {
    const runs = fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const model = new Model();
      for (const next of moves) {
        model.now += 1;
        if (next.kind === "write") model.write(next.log, next.count);
        else if (next.kind === "repeat") model.noteLength(next.log, Math.min(next.count, model.length[next.log]));
        else if (next.kind === "take") model.take(next.session, next.room, next.late);
        else model.times.push({ time: model.notes.readingTime(), noted: { ...model.noted } });
        model.check();
      }
    });
    fc.assert(runs, { numRuns: 500, seed: 0x67617465 });
  });

  it("lets what came during a reading wait from then on, and what did not fit from before", () => {
    const late = new Model();
    late.now = 10;
    late.write(0, 1);
    late.now = 20;
    late.take("one", 8, 1);
    expect(late.notes.since).to.equal(20);
    const full = new Model();
    full.now = 10;
    full.write(0, 5);
    full.now = 20;
    full.take("one", 3, 1);
    expect(full.notes.since).to.equal(10);
  });

  it("counts what is aside, and lets nothing be due by it, until it is forgotten or taken back", () => {
    const model = new Model();
    const { notes } = model;
    const failure = new GatelogError("CORRUPT_STORE", "a row has changed");
    model.now = 10;
    model.write(0, 2);
    model.now = 20;
    model.write(2, 3);
    const time = notes.readingTime();
    notes.putAside("one", failure);
    expect(notes).to.deep.include({ entries: 5, since: 10, ready: { entries: 3, since: 20 }, failure });
    expect(notes.sessions()).to.deep.equal(["other"]);
    expect(notes.isCovered(time)).to.equal(false);
    model.take("other", 8, 0);
    expect(notes.isCovered(time), "the rest is aside").to.equal(failure);
    model.write(0, 1);
    expect(notes).to.deep.include({ entries: 3, ready: { entries: 0, since: null } });
    notes.takeBack("one");
    expect(notes).to.deep.include({ entries: 3, ready: { entries: 3, since: 10 }, failure: null });
    notes.putAside("one", failure);
    notes.forgetAll();
    expect(notes).to.deep.include({ entries: 0, since: null, failure: null, retryAt: Infinity });
    expect(notes.isCovered(time)).to.equal(true);
  });

  it("tries what is aside again, after a pause that doubles up to a limit, or at once when it is told to", () => {
    const model = new Model();
    const { notes } = model;
    model.write(0, 1);
    const pauses = Array.from({ length: 9 }, () => {
      notes.putAside("one", new GatelogError("CORRUPT_STORE", "a row has changed"));
      const pause = notes.retryAt - model.now;
      expect(notes.retries()).to.deep.equal([]);
      model.now = notes.retryAt;
      expect(notes.retries()).to.deep.equal(["one"]);
      return pause;
    });
    expect(pauses).to.deep.equal([8, 16, 32, 64, 128, 256, 512, 512, 512]);
    notes.putAside("one", new GatelogError("CORRUPT_STORE", "a row has changed"));
    expect(notes.retries()).to.deep.equal([]);
    notes.retryAll();
    expect(notes.retries()).to.deep.equal(["one"]);
  });

  it("forgets a session", () => {
    const model = new Model();
    model.write(0, 2);
    model.write(2, 3);
    model.notes.forget("one");
    expect(model.notes.entries).to.equal(3);
    expect(model.notes.sessions()).to.deep.equal(["other"]);
  });
});
