import { expect } from "chai";
import type { GatewayEvent } from "../../src/gateway/public.ts";
import { GatewayStage } from "../support/gateway-stage.ts";

const MINUTE = 60_000;

describe("a gateway whose group another member has taken over", () => {
  let stage: GatewayStage;
  /** The former primary asks, and is told so. */
  let isSuperseded: boolean;

  beforeEach(async () => {
    stage = new GatewayStage();
    stage.peers.delayMs = 10;
    isSuperseded = true;
    stage.adapt = (_name, ports) => ({ ...ports, isSuperseded: () => Promise.resolve(isSuperseded) });
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
  function alarms(events: readonly GatewayEvent[]): string[] {
    return events.flatMap((event) => (event.type === "alarm" ? [event.code] : []));
  }

  it("tells of no outcome but the one that its successor has written, and halts nothing", async () => {
    const told = await followed();
    expect(outcomes(told)).to.deep.equal(["ABORTED"]);
    expect(alarms(told)).to.be.empty;
  });

  it("halts the session if nobody has, and its key is none any more", async () => {
    isSuperseded = false;
    const told = await followed();
    expect(outcomes(told)).to.deep.equal(["ABORTED"]);
    expect(alarms(told)).to.deep.equal(["STALE_EPOCH"]);
  });
});
