import { expect } from "chai";
import { markOf } from "../../../src/protocol/marks.ts";
import { GroupStage } from "../../support/group-stage.ts";

const SILENCE_MS = 500;
/** Longer than any test: what is folded in between was folded for another reason. */
const NEVER_MS = 3_600_000;

describe("a standby that may soon have to take over", () => {
  let group: GroupStage;

  beforeEach(async () => {
    group = new GroupStage(1, { silence: SILENCE_MS, refresh: NEVER_MS });
    await group.startAll();
    await group.stage.clock.pass(2 * SILENCE_MS);
  });
  afterEach(() => group.stop());

  const state = () => group.at(1).member.node.nodeState();

  it("gets ready once in a silence, in the middle of it: folds what is new, and prepares the takeover", async () => {
    group.at(0).store.onWritten = (write) => {
      if ("entries" in write && write.entries.map(markOf).includes("init-setup")) group.kill(0);
    };
    group
      .at(0)
      .member.gateway.transfer(group.stage.request("alpha", "one"))
      .catch(() => undefined); // its client gets no answer
    await group.stage.clock.until(() => group.at(0).process.isDead);
    expect(state()).to.include({ state: "standing-by", foldedSessions: 0 });
    expect(group.prepared).to.be.empty;
    await group.stage.clock.pass(0.8 * SILENCE_MS);
    expect(state()).to.include({ state: "standing-by", foldedSessions: 1, epoch: 1 });
    expect(group.prepared).to.deep.equal([1]);
    await group.untilPrimary(1);
    expect(group.prepared).to.deep.equal([1]);
  });

  it("prepares nothing while the primary is heard, and again in the next silence", async () => {
    await group.stage.clock.pass(10 * SILENCE_MS);
    expect(group.prepared).to.be.empty;
    for (const silences of [1, 2]) {
      group.cut.add("1 0");
      // The last beat is a heartbeat older, and the next one takes as long.
      await group.stage.clock.pass(0.35 * SILENCE_MS);
      group.cut.clear();
      await group.stage.clock.pass(2 * SILENCE_MS);
      expect(group.prepared).to.have.length(silences);
    }
    expect(state()).to.include({ state: "standing-by", epoch: 1 });
  });

  it("is catching up until it has folded every open session once", async () => {
    group.kill(1);
    await group.at(0).member.gateway.transfer(group.stage.request("alpha", "one"));
    group.at(1).store.unavailable = true;
    await group.start(1);
    await group.stage.clock.pass(SILENCE_MS);
    expect(state()).to.include({ role: "standby", state: "catching-up" });
    group.at(1).store.unavailable = false;
    await group.untilStandby(1);
  });
});
