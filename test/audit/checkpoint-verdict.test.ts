import { expect } from "chai";
import { CheckedSessions } from "../../src/audit/checked-sessions.ts";
import { checkpointLines } from "../../src/audit/checkpoint/checkpoint-lines.ts";
import type { CheckpointEnd } from "../../src/audit/checkpoint/format.ts";
import { Resumption } from "../../src/audit/checkpoint/resumption.ts";
import { FindingList } from "../../src/audit/findings.ts";
import { Intake } from "../../src/audit/intake.ts";
import { Spool } from "../../src/audit/spool.ts";
import type { Verdict } from "../../src/audit/verification.ts";
import { verify } from "../../src/audit/verify.ts";
import { PastReader } from "../support/checkpoints.ts";
import { expectRejection } from "../support/expect-error.ts";
import { RegistryWorld } from "../support/registry-world.ts";

describe("The verdict that a checkpoint signs", function () {
  this.timeout(60_000);
  let world: RegistryWorld;

  before(async () => {
    world = await RegistryWorld.open();
    await world.register("a");
  });
  after(() => world.close());

  /** What a run of this verdict leaves, whatever it has found. */
  const leftBy = async (verdict: Verdict) => {
    const reader = new PastReader(world);
    const verification = { ...(await verify(reader)), verdict };
    const spool = new Spool();
    try {
      return new Resumption(undefined).left({
        ...{ anchor: await reader.anchor(), verification, anchors: [], areAnchorsKept: false, buckets: [] },
        ...{ checked: new CheckedSessions(new FindingList()), intake: new Intake(spool) },
      });
    } finally {
      spool.close();
    }
  };

  it("is the run's own, and not made of what it counts", async () => {
    for (const verdict of ["sound", "findings"] as const) {
      const left = await leftBy(verdict);
      expect(left.findingCount).to.equal(0);
      let end: CheckpointEnd | undefined;
      const made = { signer: null, at: "now", by: "test", finality: "instant" };
      for await (const line of checkpointLines(left, made, (last) => (end = last))) expect(line).to.not.equal("");
      expect(end?.verdict).to.equal(verdict);
    }
  });

  it("is never one of a run that could not tell: that leaves nothing", async () => {
    await expectRejection(leftBy("could-not-tell"), "INVARIANT_BROKEN");
  });
});
