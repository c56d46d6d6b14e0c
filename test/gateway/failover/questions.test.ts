import { expect } from "chai";
import type { GroupState } from "../../../src/gateway/failover/authority.ts";
import { Pulse } from "../../../src/gateway/failover/pulse.ts";
import { Questions } from "../../../src/gateway/failover/questions.ts";
import { Silence } from "../../../src/gateway/failover/silence.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { sampleSigner } from "../../support/sample-log.ts";

const GROUP: GroupState = {
  ...{ epoch: 1, primary: sampleSigner("one").address, backups: [], recoveryCount: 0, lastTakeover: null },
};

describe("when a member asks its authority", () => {
  let clock: FakeClock;
  let questions: Questions;

  beforeEach(() => {
    clock = new FakeClock();
    const authority = { group: () => Promise.resolve(GROUP) };
    questions = new Questions({ authority, clock }, { pollMs: 10_000, firstMs: 10 });
    questions.asked();
  });

  it("is at each poll, and at once when something hints at a change", async () => {
    expect(questions.untilNext).to.equal(10_000);
    await clock.pass(5_000);
    expect(questions.hint()).to.equal(true);
    expect(questions.untilNext).to.equal(0);
  });

  it("is not without end, however often somebody hints at what is no news", async () => {
    let asked = 0;
    for (let beats = 0; beats < 1_000; beats++) {
      await clock.pass(10);
      questions.hint();
      if (questions.untilNext > 0) continue;
      questions.asked();
      asked += 1;
    }
    expect(asked, "in 10 s").to.be.within(10, 20);
    questions.hadNews();
    questions.hint();
    expect(questions.untilNext).to.equal(0);
  });

  it("names the newer of what is final and what was said last", async () => {
    expect(questions.newest(undefined)).to.equal(undefined);
    await questions.latest();
    expect(questions.newest(undefined)).to.equal(GROUP);
    const later = { ...GROUP, epoch: 2 };
    expect(questions.newest(later)).to.equal(later);
    questions.learn(later);
    expect(questions.newest(GROUP)).to.equal(later);
  });
});

describe("the silence of a primary", () => {
  it("counts from when a member begins to listen, and not from when it was made", async () => {
    const clock = new FakeClock();
    const transport = { listen: () => Promise.reject(new Error("nobody")), ballot: never, succeed: never };
    const pulse = new Pulse({ transport, clock }, [], 10, () => undefined);
    const silence = new Silence({ pulse, clock }, 500, 2_000);
    await clock.pass(60_000);
    silence.begin();
    expect(silence.untilLimit(GROUP)).to.equal(2_000);
    await clock.pass(1_999);
    expect(silence.untilLimit(GROUP)).to.equal(1);
    silence.restart();
    expect(silence.untilLimit(GROUP)).to.equal(500);
  });
});

function never(): Promise<never> {
  return new Promise(() => undefined);
}
