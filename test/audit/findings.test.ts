import { expect } from "chai";
import type { CheckedBucket } from "../../src/audit/bucket-check.ts";
import { CheckedSessions } from "../../src/audit/checked-sessions.ts";
import type { CheckedSession } from "../../src/audit/checks/session-check.ts";
import { FindingList, type Found } from "../../src/audit/findings.ts";
import type { SessionId } from "../../src/entry/hex.ts";

/** Findings that are kept. */
const KEPT = 1_000;

const sessionAt = (at: number): SessionId => `00000000-0000-4000-8000-${at.toString(16).padStart(12, "0")}`;

/** Of one session, with as many findings as are asked for behind none of its events. */
function foundIn(sessionId: SessionId, count = 1): Found {
  const list = new FindingList();
  for (let index = 0; index < count; index += 1)
    list.add("ENTRY_MISSING", { sessionId, index }, "entry", "one", "none");
  return list.found;
}

function sortedFrom(parts: readonly Found[]) {
  const all = new FindingList();
  for (const part of parts) all.take(part);
  return all.sorted();
}

describe("Findings of several threads", () => {
  it("without an event behind them are in one order, whichever thread ends first", () => {
    const parts = [3, 1, 2].map((at) => foundIn(sessionAt(at), 2));
    const sorted = sortedFrom(parts);
    expect(sorted.map(({ sessionId, index }) => [sessionId, index])).to.deep.equal(
      [1, 2, 3].flatMap((at) => [0, 1].map((index) => [sessionAt(at), index])),
    );
    expect(sortedFrom(parts.toReversed())).to.deep.equal(sorted);
  });

  it("of one session stay as they were found, and those of none come last", () => {
    const list = new FindingList();
    list.add("SUPPLY_NOT_CONSERVED", {}, "balance", "a", "b");
    list.add("WRONG_EFFECT", { sessionId: sessionAt(1) }, "amount", "a", "b");
    list.add("EFFECT_WITHOUT_ENTRY", { sessionId: sessionAt(1) }, "burn", "a", "b");
    list.add("HEAD_MISMATCH", {}, "register", "a", "b");
    expect(list.sorted().map(({ code }) => code)).to.deep.equal([
      "WRONG_EFFECT",
      "EFFECT_WITHOUT_ENTRY",
      "SUPPLY_NOT_CONSERVED",
      "HEAD_MISMATCH",
    ]);
  });

  it("of questions that were asked at once are told apart by whatever they differ in, and by the event first of all", () => {
    const list = new FindingList();
    const subject = { sessionId: sessionAt(1), index: 1 };
    list.add("SIGNATURE_FORGED", subject, "signature", "a", "b");
    list.add("ENTRY_ALTERED", subject, "hash", "a", "c");
    list.add("ENTRY_ALTERED", subject, "hash", "a", "b");
    list.add("ENTRY_ALTERED", { ...subject, index: 0 }, "hash", "a", "b");
    list.add("HEAD_MISMATCH", {}, "register", "a", "b");
    list.add("OPENING_ALTERED", { sessionId: sessionAt(2), order: 7 }, "facts", "a", "b");
    const singly = list.found.list.map((each) => ({ list: [each], count: 1 }));
    const inOrder = (parts: readonly Found[]) => {
      const all = new FindingList();
      for (const part of parts) all.take(part);
      return all.foundInOrder.list.map(({ finding }) => `${finding.code} ${finding.index} ${finding.found}`);
    };
    expect(inOrder(singly)).to.deep.equal([
      "OPENING_ALTERED null b",
      "HEAD_MISMATCH null b",
      "ENTRY_ALTERED 0 b",
      "ENTRY_ALTERED 1 b",
      "ENTRY_ALTERED 1 c",
      "SIGNATURE_FORGED 1 b",
    ]);
    expect(inOrder(singly.toReversed())).to.deep.equal(inOrder(singly));
  });

  it("are cut to the same where they are too many", () => {
    const parts = [2, 1, 3].map((at) => foundIn(sessionAt(at), KEPT * 0.6));
    const sorted = sortedFrom(parts);
    expect(sorted.length).to.equal(KEPT);
    expect(sorted.at(-1)).to.include({ sessionId: sessionAt(2), index: KEPT * 0.4 - 1 });
    expect(sortedFrom(parts.toReversed())).to.deep.equal(sorted);
  });
});

describe("Sessions of several threads", () => {
  const unopened = (sessionId: SessionId): CheckedSession => ({
    ...{ sessionId, order: Infinity, outcome: "UNKNOWN", decision: "NONE", ground: "NONE", closed: false },
    ...{ logs: [], entries: 1, withPayload: 0, transfer: null, story: null },
    head: { opened: null, lastEntryHashes: [], settled: false, footing: null },
  });
  const bucketOf = (...sessions: readonly CheckedSession[]): CheckedBucket => ({
    ...{ sessions, found: new FindingList().found, refused: 0, events: 1 },
    ...{ unsettled: [], footed: [], refusedOfUnsettled: 0 },
  });
  const idsFrom = (buckets: readonly CheckedBucket[]) => {
    const checked = new CheckedSessions(new FindingList());
    for (const bucket of buckets) checked.take(bucket);
    return checked.sessions.map(({ sessionId }) => sessionId);
  };

  it("that have no opening come last, by id, whichever thread ends first", () => {
    const opened = { ...unopened(sessionAt(9)), order: 4 };
    const buckets = [
      bucketOf(unopened(sessionAt(3)), unopened(sessionAt(1))),
      bucketOf(unopened(sessionAt(2)), opened),
    ];
    const ids = [9, 1, 2, 3].map(sessionAt);
    expect(idsFrom(buckets)).to.deep.equal(ids);
    expect(idsFrom(buckets.toReversed())).to.deep.equal(ids);
  });
});
