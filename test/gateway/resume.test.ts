import { expect } from "chai";
import type { SessionId } from "../../src/entry/hex.ts";
import { sessionIdFor } from "../../src/gateway/request.ts";
import { GatewayStage, NAMES } from "../support/gateway-stage.ts";

const SESSIONS = 100;
/** How many are begun before the next step of time: so that they are found at all steps. */
const AT_ONCE = 10;
const UNREADABLE = "0c0ffee0-0000-4000-8000-000000000002";

describe("a hundred open sessions at restart (N12)", () => {
  it("all end, with one live copy each, when both gateways are killed in the middle of them", async function () {
    this.timeout(180_000);
    const stage = new GatewayStage();
    await stage.start();
    const alphaId = stage.parties.alpha.gatewayId;
    stage.peers.delayMs = 200;
    for (const name of NAMES) stage.parties[name].chain.answersAfterMs = 150;
    const sessionIds = keys().map((key, place) => sessionIdFor(stage.parties[fromOf(place)].gatewayId, key));
    for (const [place, key] of keys().entries()) {
      void stage.transfer(fromOf(place), key).catch(() => undefined); // not known to its client when the gateway dies
      if (place % AT_ONCE === AT_ONCE - 1) await stage.clock.pass(180);
    }
    await stage.clock.until(async () => (await stage.log.sessionsOf(alphaId, { open: false })).length === SESSIONS);
    for (const name of NAMES) stage.kill(name);
    const furthest = await Promise.all(sessionIds.map(async (sessionId) => (await lastMarks(stage, sessionId)).join()));
    expect(new Set(furthest).size, "kinds of places at which they were").to.be.above(5);

    // One that nobody can read stands among them.
    await stage.openEmpty("alpha", UNREADABLE);
    for (const name of NAMES) stage.parties[name].store.unreadable.add(UNREADABLE);
    stage.peers.delayMs = 0;
    await stage.start();
    await stage.untilClosed(...sessionIds);
    for (const [place, sessionId] of sessionIds.entries()) {
      const { facts, outcome } = await stage.status("beta", sessionId);
      expect(outcome).to.be.oneOf(["COMMITTED", "ABORTED"]);
      expect(stage.copies(fromOf(place), facts.termsHash ?? "0x")).to.equal(1);
    }
    for (const name of NAMES) expect(stage.signedTwice(name)).to.be.empty;
    expect(stage.early).to.be.empty;
    await stage.stop();
  });
});

function keys(): string[] {
  return Array.from({ length: SESSIONS }, (_, place) => `transfer ${place}`);
}

function fromOf(place: number): "alpha" | "beta" {
  return place % 2 === 0 ? "alpha" : "beta";
}

async function lastMarks(stage: GatewayStage, sessionId: SessionId): Promise<(string | undefined)[]> {
  return Promise.all(NAMES.map(async (name) => (await stage.marks(name, sessionId)).at(-1)));
}
