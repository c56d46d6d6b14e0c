import { expect } from "chai";
import { GatelogError } from "../../src/entry/errors.ts";
import type { GatewayEvent } from "../../src/gateway/public.ts";
import { GatewayStage } from "../support/gateway-stage.ts";

const MINUTE = 60_000;

describe("a gateway whose group another member has taken over", () => {
  let stage: GatewayStage;
  /** What the former primary is told when it asks. */
  let answer: () => Promise<boolean>;

  beforeEach(async () => {
    stage = new GatewayStage();
    stage.peers.delayMs = 10;
    answer = () => Promise.resolve(true);
    stage.adapt = (_name, ports) => ({ ...ports, isSuperseded: () => answer() });
    await stage.start();
  });
  afterEach(() => stage.stop());

  /** It waits for its peer, longer each time, while its successor ends the session otherwise. What is told from then on. */
  async function followed(): Promise<GatewayEvent[]> {
    const { alpha } = stage.parties;
    const sessionId = await stage.transfer("alpha");
    await stage.clock.until(async () => (await stage.marks("alpha", sessionId)).includes("init-lock-assert"));
    stage.kill("beta");
    await stage.clock.pass(2 * MINUTE);
    const former = { gateway: alpha.gateway, told: alpha.events.length };
    stage.rotateKey("alpha");
    stage.adapt = undefined;
    await stage.start("alpha");
    await alpha.gateway.cancel(sessionId);
    await stage.clock.until(() => stage.isClosed("alpha", sessionId));
    await stage.clock.pass(2 * MINUTE);
    await former.gateway.stop();
    return alpha.events.slice(former.told);
  }

  function outcomes(events: readonly GatewayEvent[]): string[] {
    return events.flatMap((event) => (event.type === "outcome" ? [event.outcome] : []));
  }
  function troubles(events: readonly GatewayEvent[]): string[] {
    return events.flatMap((event) => (event.type === "trouble" ? [event.code] : []));
  }
  function alarms(events: readonly GatewayEvent[]): string[] {
    return events.flatMap((event) => (event.type === "alarm" ? [event.code] : []));
  }

  it("tells of no outcome but the one that its successor has written, and halts nothing", async () => {
    const told = await followed();
    expect(outcomes(told)).to.deep.equal(["ABORTED"]);
    expect(alarms(told)).to.be.empty;
  });

  it("halts nothing for a stale epoch where nobody has: its store is behind the authority, or ahead, and it tries again", async () => {
    answer = () => Promise.resolve(false);
    const told = await followed();
    expect(outcomes(told)).to.deep.equal(["ABORTED"]);
    expect(alarms(told)).to.be.empty;
    expect(troubles(told)).to.include("STALE_EPOCH");
  });

  it("does not hide what is wrong with a session behind an authority that fails, or does not answer", async () => {
    for (const unanswered of [
      () => Promise.reject(new GatelogError("CORRUPT_STORE", "no sense in it", {})),
      () => new Promise<boolean>(() => undefined),
    ]) {
      answer = unanswered;
      const { alpha } = stage.parties;
      const sessionId = await stage.transfer("alpha", `session ${alpha.events.length}`);
      alpha.store.fault = () => ({ code: "INVARIANT_BROKEN", landed: false });
      const before = alpha.events.length;
      await stage.clock.pass(MINUTE);
      alpha.store.fault = () => undefined;
      const ofSession = alpha.events.slice(before).filter((event) => event.sessionId === sessionId);
      expect(alarms(ofSession)).to.deep.equal(["INVARIANT_BROKEN"]);
    }
  });
});
