import { expect } from "chai";
import { limitTimelines, type SessionStory } from "../../src/audit/checks/session-story.ts";
import type { Finding } from "../../src/audit/findings.ts";
import { toReport } from "../../src/audit/report/report.ts";
import { audit, kindOf, recorded, withByte } from "../support/doctored.ts";
import type { Recording } from "../support/recorded-reader.ts";
import { ALICE, BOB, tellReported } from "../support/report-world.ts";

describe("what a report tells of a session", function () {
  this.timeout(30_000);
  let recording: Recording;
  before(async () => {
    recording = await recorded(tellReported);
  });

  const sessionsOf = async (logs = recording.logs, stories = true) =>
    toReport(await audit(recording, logs, { stories })).sessions;

  it("is not collected where nobody asks for it", async () => {
    for (const { transfer, timeline } of await sessionsOf(recording.logs, false))
      expect({ transfer, timeline }).to.deep.equal({ transfer: null, timeline: null });
  });

  it("is what was to move, by the signed facts, and between whom, by the terms that they bind", async () => {
    const [committed, refused] = await sessionsOf();
    expect(committed?.transfer?.amount).to.equal("250000000000000000000");
    expect(committed?.transfer?.from).to.include({ networkId: "eip155:31337", account: ALICE });
    expect(committed?.transfer?.to).to.include({ networkId: "eip155:31338", account: BOB });
    // Its facts name the hash of terms that stand nowhere.
    expect(refused?.transfer?.from.account).to.equal(null);
  });

  it("is every step in the order of the chain, the registry's own among them", async () => {
    const [committed] = await sessionsOf();
    const { steps, leftOut } = committed!.timeline!;
    expect(leftOut).to.equal(0);
    const entries = steps.filter((step) => step.type === "entry");
    expect(entries.map(({ seqNumber }) => seqNumber)).to.deep.equal(Array.from({ length: 44 }, (_, at) => at + 1));
    expect(entries.every(({ proven }) => proven)).to.equal(true);
    expect(
      steps.filter((step) => step.type !== "entry").map(({ type, role, detail }) => [type, role, detail]),
    ).to.deep.equal([
      ["opened", null, null],
      ["decided", null, "COMMIT (ORIGIN)"],
      ["log-closed", "origin", null],
      ["log-closed", "destination", null],
      ["session-closed", null, null],
    ]);
    const decision = steps.findIndex(({ type }) => type === "decided");
    const [before, after] = [steps[decision - 1], steps[decision + 1]];
    expect([before, after]).to.have.nested.property("[0].mark", "done-burn");
    expect([before, after]).to.have.nested.property("[1].mark", "init-commit-final");
  });

  it("says of each entry whether its gateway's key proves it", async () => {
    const place = recording.logs.findLastIndex((log) => kindOf(log) === "EntryAppended");
    const log = recording.logs[place]!;
    const [, refused] = await sessionsOf(recording.logs.with(place, { ...log, data: withByte(log.data, 20, 1) }));
    const entries = refused!.timeline!.steps.filter((step) => step.type === "entry");
    expect(entries.filter(({ proven }) => !proven).map(({ index, role }) => [index, role])).to.deep.equal([
      [16, "destination"],
    ]);
  });

  it("keeps the time lines of sessions with findings, then of the newest, and everything else of all", () => {
    const story: SessionStory = { transfer: null, timeline: { steps: [], leftOut: 0 } };
    const sessions = Array.from({ length: 100 }, (_, order) => ({ sessionId: `${order}`, order, story }));
    const found = ["3", "5"].map((sessionId) => ({ finding: { sessionId } as Finding, order: 0 }));
    const limited = limitTimelines(sessions, found);
    expect(limited).to.have.length(100);
    const kept = limited.filter(({ story: { timeline } }) => timeline !== null).map(({ order }) => order);
    expect(kept).to.deep.equal([3, 5, ...Array.from({ length: 38 }, (_, at) => at + 62)]);
  });
});
