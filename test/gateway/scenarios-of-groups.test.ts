import { expect } from "chai";
import { parseCanonical } from "../../src/entry/canonical.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import { publicKeyOf } from "../../src/gateway/backups.ts";
import { sessionIdFor } from "../../src/gateway/request.ts";
import { markOf, type Mark } from "../../src/protocol/marks.ts";
import { expectRejection } from "../support/expect-error.ts";
import { GatewayStage, NAMES, type Name } from "../support/gateway-stage.ts";
import { GroupStage } from "../support/group-stage.ts";
import { address } from "../support/world-facts.ts";

const ALL = { from: 0, limit: 250 };

// Scenarios of docs/SCENARIOS.md that need a second key of a gateway, by their ids there. Alpha is the source.
describe("scenarios of backups", () => {
  let group: GroupStage;

  const open = async (backups: number): Promise<void> => {
    group = new GroupStage(backups);
    await group.startAll();
  };
  afterEach(async () => {
    expect(group.stage.early, "done or sent before its entry was durable").to.be.empty;
    await group.stop();
  });

  /** The primary makes this entry durable, and then `act` comes. */
  async function begin(mark: Mark, act: () => void): Promise<SessionId> {
    let passed = false;
    group.at(0).store.onWritten = (write) => {
      if (passed || !("entries" in write) || !write.entries.map(markOf).includes(mark)) return;
      passed = true;
      act();
    };
    const { gateway } = group.at(0).member;
    gateway.transfer(group.stage.request("alpha", "one")).catch(() => undefined); // whose client may get no answer
    await group.stage.clock.until(() => passed);
    return sessionIdFor(group.stage.parties.alpha.gatewayId, "one");
  }
  const written = (sessionId: SessionId) => group.stage.log.read(sessionId, group.stage.parties.alpha.gatewayId, ALL);

  async function expectCommittedOnce(sessionId: SessionId): Promise<void> {
    await group.stage.untilClosed(sessionId);
    expect(await group.stage.status("beta", sessionId)).to.include({ outcome: "COMMITTED" });
    expect(group.stage.effects("alpha")).to.deep.equal(["lock", "burn"]);
    expect(group.stage.effects("beta")).to.deep.equal(["mint", "assign"]);
  }

  it("O6: the source dies for good behind the lock evidence response, and its backup ends the transfer", async () => {
    await open(1);
    const sessionId = await begin("done-lock-assert", () => group.kill(0));
    await expectCommittedOnce(sessionId);
    expect(group.at(0).process.isDead).to.equal(true);
    expect(group.at(1).member.node.nodeState()).to.include({ role: "primary", epoch: 2 });
    expect(group.keyOf(1)).to.not.equal(group.keyOf(0));
    const epochs = (await written(sessionId)).map(({ epoch }) => epoch);
    expect(epochs, "first the one's entries, then the other's").to.deep.equal(epochs.toSorted());
    expect(new Set(epochs)).to.deep.equal(new Set([1, 2]));
  });

  it("I6: the primary never returns, and the backup that is elected says RECOVER with its new key", async () => {
    await open(2);
    const sessionId = await begin("exec-burn", () => group.kill(0));
    const before = group.stage.clock.now();
    await group.stage.clock.until(() => [1, 2].some((place) => group.told(place, "primary").length > 0));
    expect(group.stage.clock.now() - before, "behind the silence, and an election").to.be.within(400, 1_500);
    await expectCommittedOnce(sessionId);
    const winner = group.told(1, "primary").length > 0 ? 1 : 2;
    const recover = (await written(sessionId)).find((entry) => markOf(entry) === "init-recover");
    const newIdentityPublicKey = await publicKeyOf(group.at(winner).signer);
    const expected = { isBackup: true, newIdentityPublicKey, kind: "QUORUM" };
    expect(recover && parseCanonical(recover.payload)).to.deep.include(expected);
    expect(await group.stage.marks("beta", sessionId)).to.include("ack-recover-success");
  });

  it("N5: the old primary returns: it does nothing more, stands down, and stands by", async () => {
    await open(1);
    // Its peer is away, so that the session stays open; its backup does not hear it, and takes over while it lives.
    const sessionId = await begin("init-lock-assert", () => {
      group.stage.kill("beta");
      group.cut.add("1 0");
    });
    group.uninformed.add(0);
    await group.untilPrimary(1);
    const ofOld = (await written(sessionId)).filter(({ epoch }) => epoch === 1);
    const { member, store } = group.at(0);
    await group.stage.start("beta");
    const late = group.stage.request("alpha", "late");
    await expectRejection(member.gateway.transfer(late), "NOT_PRIMARY");
    const lateId = sessionIdFor(group.stage.parties.alpha.gatewayId, "late");
    expect(store.letOut.filter((entry) => entry.sessionId === lateId)).to.be.empty;
    await expectRejection(group.stage.log.session(lateId), "UNKNOWN_SESSION");
    group.uninformed.clear();
    await group.untilStandby(0);
    group.cut.clear();
    expect((await written(sessionId)).filter(({ epoch }) => epoch === 1)).to.deep.equal(ofOld);
    expect(group.told(0, "stood-down")).to.have.length(1);
    expect([...group.told(0, "alarm"), ...group.told(0, "outcome")]).to.be.empty;
    await expectCommittedOnce(sessionId);
    group.kill(0);
    await group.start(0);
    expect(group.at(0).member.node.nodeState()).to.include({ role: "standby", epoch: 2, outbound: 0 });
  });
});

for (const logging of ["chain", "local"] as const)
  describe(`scenarios of keys, with ${logging === "chain" ? "a shared log" : "private logs"}`, () => {
    let stage: GatewayStage;

    beforeEach(async () => {
      stage = new GatewayStage(logging);
      await stage.start();
    });
    afterEach(() => stage.stop());

    /** Starts a transfer; `who` dies once this entry of its own is durable. */
    async function begin(who: Name, mark: string): Promise<SessionId> {
      stage.watch(who, (point) => {
        if (point.split(" ").includes(mark)) stage.kill(who);
      });
      stage.transfer("alpha").catch(() => undefined); // whose client may get no answer
      await stage.clock.until(() => stage.parties[who].process.isDead);
      stage.watch(who, () => undefined);
      return sessionIdFor(stage.parties.alpha.gatewayId, "one");
    }

    for (const [who, mark] of [
      ["alpha", "exec-burn"],
      ["beta", "exec-mint"],
    ] as const)
      it(`N15: ${who}'s log key was changed between crash and recovery: the next epoch goes on with the session`, async () => {
        const sessionId = await begin(who, mark);
        stage.rotateKey(who);
        await stage.start(who);
        await stage.untilClosed(sessionId);
        for (const name of NAMES) expect(await stage.status(name, sessionId)).to.include({ outcome: "COMMITTED" });
        const { log, gatewayId } = stage.parties[who];
        const epochs = (await log.read(sessionId, gatewayId, ALL)).map(({ epoch }) => epoch);
        expect(new Set(epochs)).to.deep.equal(new Set([1, 2]));
      });

    it("N15: with another ledger key an undecided session is aborted, and undone by the key of its terms", async () => {
      const sessionId = await begin("beta", "exec-mint");
      stage.changeAccount("beta", address(0xb03));
      await stage.start("beta");
      await stage.clock.until(() => stage.isClosed("alpha", sessionId));
      expect(await stage.status("alpha", sessionId)).to.include({ outcome: "ABORTED" });
      expect(stage.effects("alpha")).to.deep.equal(["lock", "unlock"]);
      const alarms = stage.parties.beta.events.flatMap((event) => (event.type === "alarm" ? [event.code] : []));
      expect(alarms, "its own tombstone needs the old key too").to.include("ROLLBACK_FAILED");
      stage.kill("beta");
      stage.changeAccount("beta", address(0xb02));
      await stage.start("beta");
      await stage.untilClosed(sessionId);
      expect(await stage.status("beta", sessionId)).to.include({ outcome: "ABORTED", rollback: "done" });
      expect(stage.effects("beta")).to.deep.equal(["cancel"]);
    });

    it("N15: a ledger key that was changed acts from the next session on; until then the old one does", async () => {
      const [old, changed] = [address(0xb02), address(0xb03)];
      const sessionId = await begin("beta", "exec-assign");
      stage.changeAccount("beta", changed);
      await stage.start("beta");
      // Decided, and the key that the terms name is away: nothing is lost or doubled, and the operator is told why.
      await stage.clock.pass(60_000);
      expect(await stage.status("beta", sessionId)).to.include({ outcome: "IN_DOUBT", waitingFor: "ledger" });
      const told = stage.parties.beta.events.flatMap((event) => (event.type === "trouble" ? [event.code] : []));
      expect(told).to.include("LEDGER_REJECTED");
      expect(stage.effects("beta")).to.deep.equal(["mint"]);

      stage.kill("beta");
      stage.changeAccount("beta", old);
      await stage.start("beta");
      await stage.untilClosed(sessionId);
      expect(await stage.status("alpha", sessionId)).to.include({ outcome: "COMMITTED" });

      stage.kill("beta");
      stage.changeAccount("beta", changed);
      await stage.start("beta");
      const next = await stage.transfer("alpha", "next");
      await stage.untilClosed(next);
      expect(await stage.status("beta", next)).to.include({ outcome: "COMMITTED" });
    });
  });
