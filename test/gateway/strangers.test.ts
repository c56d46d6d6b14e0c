import { expect } from "chai";
import { sessionIdFor } from "../../src/gateway/request.ts";
import { expectRejection } from "../support/expect-error.ts";
import { GatewayStage } from "../support/gateway-stage.ts";

const STRAY = "0c0ffee0-0000-4000-8000-000000000001";

/** What anybody who is registered can do to a gateway: open sessions towards it. */
describe("a gateway towards which others open sessions", () => {
  let stage: GatewayStage;

  beforeEach(() => {
    stage = new GatewayStage();
  });

  afterEach(() => stage.stop());

  it("goes on with its transfers when a session cannot be read, and names that session", async () => {
    await stage.start();
    stage.peers.delayMs = 10;
    const sessionId = await stage.transfer("alpha");
    stage.kill("beta");
    await stage.openEmpty("alpha", STRAY);
    const { store, events } = stage.parties.beta;
    store.unreadable.add(STRAY);
    await stage.start("beta");
    await stage.untilClosed(sessionId);
    expect(await stage.status("beta", sessionId)).to.include({ outcome: "COMMITTED" });
    expect(events).to.deep.include({
      type: "trouble",
      sessionId: STRAY,
      code: "INVALID_SESSION",
      message: "malformed facts",
    });
  });

  it("spends nothing on a session that its origin has not written to", async () => {
    await stage.openEmpty("alpha", STRAY);
    await stage.start("beta");
    expect(stage.parties.beta.events.filter(({ sessionId }) => sessionId === STRAY)).to.be.empty;
    expect(await stage.marks("beta", STRAY)).to.be.empty;
  });

  it("refuses a transfer whose session id another gateway has taken, with SESSION_EXISTS", async () => {
    await stage.start();
    const { gatewayId } = stage.parties.alpha;
    await stage.openEmpty("beta", sessionIdFor(gatewayId, "one"));
    await expectRejection(stage.transfer("alpha", "one"), "SESSION_EXISTS");
    const other = await stage.transfer("alpha", "two");
    await stage.untilClosed(other);
    expect(await stage.status("alpha", other)).to.include({ outcome: "COMMITTED" });
  });
});
