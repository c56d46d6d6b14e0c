import { expect } from "chai";
import fc from "fast-check";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { diffLogs, updateLog } from "../../src/store/log-diff.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { makeEntries, makeEntry, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { codeOf } from "../support/store-doubles.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");

describe("getLogDiff and updateLog", () => {
  let entries: SignedEntry[];
  let fork: SignedEntry[];
  let opening: Awaited<ReturnType<typeof sampleSession>>["opening"];

  before(async () => {
    const session = await sampleSession(origin, destination);
    opening = session.opening;
    entries = await makeEntries(session.facts, origin, 6);
    const other = await makeEntry(session.facts, origin, entries[2]!, { timestamp: 1 });
    fork = [...entries.slice(0, 3), other, ...(await makeEntries(session.facts, origin, 2, other))];
  });

  it("name the last common index and what is missing", () => {
    expect(diffLogs(0, entries.slice(0, 2), entries)).to.deep.equal({
      commonPrefix: 1,
      missing: entries.slice(2),
      conflict: null,
    });
    expect(diffLogs(0, [], entries)).to.deep.equal({ commonPrefix: -1, missing: entries, conflict: null });
    expect(diffLogs(0, entries, entries.slice(0, 2))).to.deep.equal({ commonPrefix: 1, missing: [], conflict: null });
    expect(diffLogs(2, entries.slice(2, 3), entries.slice(2))).to.deep.equal({
      commonPrefix: 2,
      missing: entries.slice(3),
      conflict: null,
    });
  });

  it("name the conflict of two copies, and nothing to apply", () => {
    const conflict = { index: 3, ours: entries[3]!.entryHash, theirs: fork[3]!.entryHash };
    expect(diffLogs(0, entries, fork)).to.deep.equal({ commonPrefix: 2, missing: [], conflict });
  });

  it("bring any two copies of a log to the longer one, whichever they are, and again change nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(6), fc.nat(6), fc.nat(6), async (stored, from, to) => {
        const store = new MemoryLogStore({ directory: sampleDirectory(origin, destination) });
        await store.openSession(opening, entries.slice(0, stored));
        const posted = entries.slice(Math.min(from, to), Math.max(from, to));
        const first = posted[0]?.index;
        const connected = first === undefined || first <= stored;
        const expected = connected
          ? Math.max(stored, posted.at(-1) === undefined ? 0 : posted.at(-1)!.index + 1)
          : stored;
        if (connected) {
          const common = await updateLog(store, posted);
          expect(common).to.equal(first === undefined ? -1 : Math.min(stored, posted.at(-1)!.index + 1) - 1);
          await updateLog(store, posted);
        } else expect(await codeOf(updateLog(store, posted))).to.equal("WRONG_INDEX");
        const read = await store.read(opening.facts.sessionId, origin.gatewayId, { from: 0, limit: 9 });
        expect(read).to.deep.equal(entries.slice(0, expected));
      }),
      { numRuns: 40 },
    );
  }).timeout(60_000);

  it("apply nothing in a conflict, and leave the evidence", async () => {
    const store = new MemoryLogStore({ directory: sampleDirectory(origin, destination) });
    await store.openSession(opening, entries);
    expect(await codeOf(updateLog(store, fork))).to.equal("EQUIVOCATION");
    expect(await store.evidence(opening.facts.sessionId)).to.have.length(1);
    expect(await store.read(opening.facts.sessionId, origin.gatewayId, { from: 0, limit: 9 })).to.deep.equal(entries);
  });

  it("apply nothing of what is no copy of one log: out of order, with gaps, or of two", async () => {
    const store = new MemoryLogStore({ directory: sampleDirectory(origin, destination) });
    await store.openSession(opening, entries.slice(0, 4));
    const [first, second, third, fourth, fifth] = entries as [
      SignedEntry,
      SignedEntry,
      SignedEntry,
      SignedEntry,
      SignedEntry,
    ];
    const peers = await makeEntries(opening.facts, destination, 1);
    for (const posted of [
      [second, first],
      [first, first],
      [third, fifth],
      [fourth, fifth, fifth],
    ])
      expect(await codeOf(updateLog(store, posted))).to.equal("WRONG_INDEX");
    expect(await codeOf(updateLog(store, [first, ...peers]))).to.equal("MALFORMED");
    const read = await store.read(opening.facts.sessionId, origin.gatewayId, { from: 0, limit: 9 });
    expect(read).to.deep.equal(entries.slice(0, 4));
  });
});
