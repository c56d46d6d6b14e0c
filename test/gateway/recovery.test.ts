import { expect } from "chai";
import { GatewayStage, NAMES, type Name } from "../support/gateway-stage.ts";
import { expectRejection } from "../support/expect-error.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe("a gateway that comes back, or does not", () => {
  let stage: GatewayStage;

  beforeEach(async () => {
    stage = new GatewayStage();
    stage.peers.delayMs = 10;
    await stage.start();
  });

  afterEach(() => stage.stop());

  async function untilMark(name: Name, sessionId: string, mark: string): Promise<void> {
    await stage.clock.until(async () => (await stage.marks(name, sessionId)).includes(mark));
  }

  function alarms(name: Name): string[] {
    return stage.parties[name].events.flatMap((event) => (event.type === "alarm" ? [event.code] : []));
  }

  function peerStates(name: Name): string[] {
    return stage.parties[name].events.flatMap((event) => (event.type === "peer-state" ? [event.state] : []));
  }

  for (const [crashed, other, mark] of [
    ["alpha", "beta", "init-lock-assert"],
    ["beta", "alpha", "ack-prepare"],
  ] as const)
    it(`logs the whole handshake when ${crashed} is back, and the transfer goes on`, async () => {
      const sessionId = await stage.transfer("alpha");
      await untilMark(crashed, sessionId, mark);
      stage.kill(crashed);
      await stage.start(crashed);
      await stage.untilClosed(sessionId);
      const own = await stage.marks(crashed, sessionId);
      const peer = await stage.marks(other, sessionId);
      expect(own.filter((one) => one.includes("recover"))).to.deep.equal(["init-recover", "ack-recover-update-ack"]);
      expect(peer.filter((one) => one.includes("recover"))).to.deep.equal([
        "ack-recover-update",
        "ack-recover-success",
      ]);
      expect(await stage.status("alpha", sessionId)).to.include({ outcome: "COMMITTED", peer: "OK" });
    });

  it("waits for no handshake: a session goes on while the peer is away", async () => {
    stage.watch("alpha", (point) => {
      if (point === "done-burn") for (const name of NAMES) stage.kill(name);
    });
    const sessionId = await stage.transfer("alpha");
    await untilMark("alpha", sessionId, "done-burn");
    await stage.start("alpha");
    await untilMark("alpha", sessionId, "init-commit-final");
    expect(await stage.marks("alpha", sessionId)).to.include("init-recover");
    await stage.start("beta");
    await stage.untilClosed(sessionId);
  });

  it("says of a silent peer what it makes of it, and that it has recovered", async () => {
    const sessionId = await stage.transfer("alpha");
    await untilMark("alpha", sessionId, "init-lock-assert");
    stage.kill("beta");
    await stage.clock.pass(70 * SECOND);
    expect(peerStates("alpha")).to.deep.equal(["SUSPECT", "CRASHED_WAIT"]);
    expect(await stage.status("alpha", sessionId)).to.deep.include({ outcome: "IN_DOUBT", peer: "CRASHED_WAIT" });
    await stage.start("beta");
    await stage.untilClosed(sessionId);
    expect(peerStates("alpha")).to.deep.equal(["SUSPECT", "CRASHED_WAIT", "OK"]);
    const marks = (await stage.marks("alpha", sessionId)).filter((mark) => mark.endsWith("-peer"));
    expect(marks).to.deep.equal(["fail-peer", "fail-peer", "done-peer"]);
  });

  it("aborts before the deadline when the peer has crashed definitely before its vote", async () => {
    const started = stage.clock.now();
    const sessionId = await stage.transfer("alpha");
    await untilMark("alpha", sessionId, "init-lock-assert");
    stage.kill("beta");
    await stage.clock.until(async () => (await stage.log.session(sessionId)).decision.decision === "ABORT");
    expect(stage.clock.now() - started).to.be.lessThan(5 * MINUTE);
    expect(peerStates("alpha").at(-1)).to.equal("CRASHED_DEFINITELY");
    const { reason } = await stage.status("alpha", sessionId);
    expect(reason?.code).to.equal("PEER_UNREACHABLE");
    await stage.start("beta");
    await stage.untilClosed(sessionId);
    expect(stage.effects("alpha")).to.deep.equal(["lock", "unlock"]);
  });

  it("completes from what the destination ledger holds when the destination is gone for good (row 20)", async () => {
    stage.watch("beta", (point) => {
      if (point === "assign on the ledger") stage.kill("beta");
    });
    const sessionId = await stage.transfer("alpha");
    await stage.clock.until(async () => (await stage.status("alpha", sessionId)).outcome === "COMMITTED");
    await untilMark("alpha", sessionId, "init-complete");
    expect(await stage.marks("beta", sessionId)).to.not.include("done-assign");
    expect(stage.effects("beta")).to.deep.equal(["mint", "assign"]);
  });

  it("closes by itself when the origin is gone for good behind the assignment (row 22)", async () => {
    const sessionId = await stage.transfer("alpha");
    await untilMark("beta", sessionId, "ack-commit-final");
    stage.kill("alpha");
    await untilMark("beta", sessionId, "done-complete");
    expect(await stage.status("beta", sessionId)).to.include({ outcome: "COMMITTED" });
    await stage.start("alpha");
    await stage.untilClosed(sessionId);
    expect(await stage.status("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
  });

  it("says that a compensation fails, tries until it is done, and calls nothing done before", async () => {
    const { chain } = stage.parties.alpha;
    const sessionId = await stage.transfer("alpha");
    await untilMark("alpha", sessionId, "init-lock-assert");
    chain.refuses.set("unlock", "LEDGER_REJECTED");
    await stage.parties.alpha.gateway.rollback(sessionId);
    await stage.clock.pass(5 * MINUTE);
    const failing = await stage.status("alpha", sessionId);
    expect(failing).to.deep.include({ outcome: "IN_DOUBT", rollback: "failed" });
    expect(failing.stuck?.code).to.equal("ROLLBACK_FAILED");
    expect(alarms("alpha")).to.deep.equal(["ROLLBACK_FAILED"]);
    const { alarms: raised } = await stage.parties.alpha.gateway.overview();
    expect(raised.map(({ code }) => code)).to.deep.equal(["ROLLBACK_FAILED"]);
    const marks = await stage.marks("alpha", sessionId);
    expect(marks.filter((mark) => mark === "fail-rollback-unlock")).to.have.lengthOf(1);
    expect(marks).to.not.include("done-rollback");
    chain.refuses.clear();
    await stage.untilClosed(sessionId);
    expect(await stage.status("alpha", sessionId)).to.include({ outcome: "ABORTED", rollback: "done" });
    expect((await stage.parties.alpha.gateway.overview()).alarms).to.be.empty;
  });

  it("takes up a halted session again when an operator asks for it, without a new start", async () => {
    const sessionId = await stage.transfer("alpha");
    stage.parties.beta.chain.wrongChain = true;
    await stage.clock.until(() => alarms("beta").includes("WRONG_CHAIN"));
    expect(
      (await stage.parties.beta.gateway.sessions({ open: true, stuck: true })).map(({ stuck }) => stuck?.code),
    ).to.deep.equal(["WRONG_CHAIN"]);
    stage.parties.beta.chain.wrongChain = false;
    await stage.parties.beta.gateway.recover(sessionId);
    await stage.untilClosed(sessionId);
    expect(await stage.status("beta", sessionId)).to.include({ outcome: "COMMITTED" });
  });

  it("explains what it would do, and does nothing", async () => {
    const { gateway, chain } = stage.parties.alpha;
    const sessionId = await stage.transfer("alpha");
    await untilMark("alpha", sessionId, "init-lock-assert");
    stage.kill("beta");
    const before = [await stage.marks("alpha", sessionId), [...chain.effects]];
    const explanation = await gateway.explain(sessionId, "rollback");
    expect(explanation.situation).to.deep.include({
      position: "init-lock-assert",
      ownLedger: "LOCKED",
      decision: "NONE",
    });
    expect(explanation).to.deep.include({ row: "o-ask-locked", refused: null, next: ["decide ABORT (ORIGIN)"] });
    expect([await stage.marks("alpha", sessionId), [...chain.effects]]).to.deep.equal(before);
    await stage.start("beta");
    await stage.untilClosed(sessionId);
    const late = await gateway.explain(sessionId, "rollback");
    expect(late.refused).to.equal("the transfer is decided: COMMIT");
    await expectRejection(gateway.rollback(sessionId), "TOO_LATE");
  });

  it("halts when its ledger shows what its log never announced", async () => {
    const sessionId = await stage.transfer("alpha");
    await untilMark("beta", sessionId, "ack-setup");
    stage.kill("beta");
    const { facts } = await stage.status("alpha", sessionId);
    stage.parties.beta.chain.mine("mint", facts.termsHash!); // the key is somebody else's too, or the log has lost its end
    await stage.start("beta");
    await stage.clock.until(() => alarms("beta").includes("INVARIANT_BROKEN"));
    const { stuck } = await stage.status("beta", sessionId);
    expect(stuck?.message).to.contain("never announced it");
  });
});
