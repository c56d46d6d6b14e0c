import { expect } from "chai";
import { GatelogError } from "../../src/entry/errors.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import { sessionIdFor } from "../../src/gateway/request.ts";
import { GatewayStage, NAMES, type Name } from "../support/gateway-stage.ts";

const SESSIONS = 100;
/** How many are begun before the next step of time: so that they are found at all steps. */
const AT_ONCE = 10;
const UNREADABLE = "0c0ffee0-0000-4000-8000-000000000002";

interface Session {
  readonly from: Name;
  readonly key: string;
  readonly sessionId: SessionId;
}

for (const logging of ["chain", "local"] as const)
  describe(`a hundred open sessions at restart (N12), the log ${logging === "chain" ? "shared" : "private"}`, () => {
    let stage: GatewayStage;
    let sessions: Session[];

    beforeEach(async () => {
      stage = new GatewayStage(logging);
      await stage.start();
      sessions = Array.from({ length: SESSIONS }, (_, place) => {
        const [from, key] = [place % 2 === 0 ? ("alpha" as const) : ("beta" as const), `transfer ${place}`];
        return { from, key, sessionId: sessionIdFor(stage.parties[from].gatewayId, key) };
      });
    });

    afterEach(() => stage.stop());

    /** Marks that the two gateways' own logs end with. */
    const placeOf = async ({ sessionId }: Session): Promise<string> => {
      const last = async (name: Name) => (await stage.marks(name, sessionId).catch(() => [])).at(-1);
      return (await Promise.all(NAMES.map(last))).join();
    };
    const isOpened = async ({ from, sessionId }: Session): Promise<boolean> => {
      const { log, gatewayId } = stage.parties[from];
      return (await log.sessionsOf(gatewayId, { open: false })).includes(sessionId);
    };

    it("all end, with one live copy each, when both gateways are killed in the middle of them", async function () {
      this.timeout(180_000);
      stage.peers.delayMs = 200;
      for (const name of NAMES) stage.parties[name].chain.answersAfterMs = 150;
      for (const [place, { from, key }] of sessions.entries()) {
        void stage.transfer(from, key).catch(() => undefined); // not known to its client when the gateway dies
        if (place % AT_ONCE === AT_ONCE - 1) await stage.clock.pass(180);
      }
      await stage.clock.until(async () => (await Promise.all(sessions.map(isOpened))).every(Boolean));
      for (const name of NAMES) stage.kill(name);
      const places = new Set(await Promise.all(sessions.map(placeOf)));
      expect(places.size, "kinds of places at which they were").to.be.above(5);

      // One that nobody can read stands among them.
      for (const name of NAMES) stage.parties[name].store.unreadable.add(UNREADABLE);
      await stage.openEmpty("alpha", UNREADABLE);
      stage.peers.delayMs = 0;
      await stage.start();
      await stage.untilClosed(...sessions.map(({ sessionId }) => sessionId));
      for (const { from, sessionId } of sessions) {
        const { facts, outcome } = await stage.status("beta", sessionId);
        expect(outcome).to.be.oneOf(["COMMITTED", "ABORTED"]);
        expect(stage.copies(from, facts.termsHash ?? "0x")).to.equal(1);
      }
      for (const name of NAMES) expect(stage.signedTwice(name)).to.be.empty;
      expect(stage.early).to.be.empty;
    });
  });

describe("a gateway that starts again", () => {
  it("says RECOVER also if the log goes away between its own entries and the peer's", async () => {
    const stage = new GatewayStage();
    await stage.start();
    stage.peers.delayMs = 50;
    const sessionId = await stage.transfer("alpha");
    await stage.clock.pass(100);
    stage.kill("alpha");
    const { store, gatewayId } = stage.parties.alpha;
    const read = store.read.bind(store);
    let failures = 0;
    store.read = (session, logOf, range) => {
      if (logOf === gatewayId || failures > 0) return read(session, logOf, range);
      failures += 1;
      return Promise.reject(new GatelogError("STORE_UNAVAILABLE", "the log does not answer"));
    };
    await stage.start("alpha");
    await stage.untilClosed(sessionId);
    expect(failures).to.equal(1);
    expect(await stage.marks("alpha", sessionId)).to.include("init-recover");
    await stage.stop();
  });
});
