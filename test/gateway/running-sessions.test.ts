import { expect } from "chai";
import type { SessionId } from "../../src/entry/hex.ts";
import { RunningSessions } from "../../src/gateway/running-sessions.ts";
import { markOf } from "../../src/protocol/marks.ts";
import { GatewayStage } from "../support/gateway-stage.ts";
import { Mortal } from "../support/mortal.ts";

const LIMIT_MS = 100;

describe("sessions that go on at a start", () => {
  let stage: GatewayStage;
  let sessionId: SessionId;
  let running: RunningSessions;

  beforeEach(async () => {
    stage = new GatewayStage();
    await stage.start();
    stage.watch("alpha", (point) => {
      if (point.includes("lock-assert")) stage.kill("alpha");
    });
    const asked = stage.transfer("alpha").then((id) => (sessionId = id));
    await stage.clock.until(() => stage.parties.alpha.process.isDead);
    await asked;
    stage.kill("beta");
    stage.parties.alpha.process = new Mortal();
    stage.parties.alpha.store.letOut.length = 0;
    const { options } = stage.parties.alpha;
    running = new RunningSessions(stage.portsOf("alpha"), options, { isBusy: () => false, onEnd: () => undefined });
  });
  afterEach(() => stage.kill("alpha"));

  /** How long it took until they were said to be under way, in milliseconds. */
  async function untilUnderWay(): Promise<number> {
    const start = stage.clock.now();
    let taken: number | undefined;
    const saying = running.underWay(LIMIT_MS).then(() => (taken = stage.clock.now() - start));
    await stage.clock.until(() => taken !== undefined);
    return saying;
  }

  it("are under way once each has written", async () => {
    running.run(await stage.log.session(sessionId));
    expect(await untilUnderWay()).to.equal(0);
    expect(stage.parties.alpha.store.letOut.map(markOf)).to.not.be.empty;
  });

  it("are waited for no longer when the log does not answer", async () => {
    const record = await stage.log.session(sessionId);
    stage.parties.alpha.store.unavailable = true;
    running.run(record);
    expect(await untilUnderWay()).to.equal(0);
    expect(stage.parties.alpha.store.letOut).to.be.empty;
  });

  it("are not waited for behind the limit, though one hangs", async () => {
    const { store } = stage.parties.alpha;
    store.read = () => new Promise(() => undefined);
    const record = await stage.log.session(sessionId);
    running.run(record);
    expect(await untilUnderWay()).to.equal(LIMIT_MS);
  });

  it("are not waited for where there are none", async () => {
    expect(await untilUnderWay()).to.equal(0);
  });
});
