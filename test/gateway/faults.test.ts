import { expect } from "chai";
import { markOf } from "../../src/protocol/marks.ts";
import type { Write } from "../support/faulty-store.ts";
import { expectRejection } from "../support/expect-error.ts";
import { GatewayStage, NAMES, type Name } from "../support/gateway-stage.ts";

const MINUTE = 60_000;

/** True for the write that holds this entry, or is of this kind. */
function holds(write: Write, mark: string): boolean {
  return write.kind === mark || ("entries" in write && write.entries.some((entry) => markOf(entry) === mark));
}

describe("a transfer under faults", () => {
  let stage: GatewayStage;

  beforeEach(async () => {
    stage = new GatewayStage();
    await stage.start();
  });

  afterEach(async () => {
    expect(stage.early, "done or sent before its entry was durable").to.be.empty;
    for (const name of NAMES) expect(stage.signedTwice(name), `indexes that ${name} signed twice`).to.be.empty;
    await stage.stop();
  });

  async function expectCommitted(sessionId: string): Promise<void> {
    await stage.untilClosed(sessionId);
    for (const name of NAMES) expect(await stage.status(name, sessionId)).to.include({ outcome: "COMMITTED" });
    expect(stage.effects("alpha")).to.deep.equal(["lock", "burn"]);
    expect(stage.effects("beta")).to.deep.equal(["mint", "assign"]);
  }

  /** Lets time pass until the entry stands in the log. */
  async function untilMark(name: Name, sessionId: string, mark: string): Promise<void> {
    await stage.clock.until(async () => (await stage.marks(name, sessionId)).includes(mark));
  }

  describe("of the network", () => {
    it("commits when every message is lost, because the log is read", async () => {
      stage.peers.drops = () => true;
      await expectCommitted(await stage.transfer("alpha"));
    });

    it("commits when messages come three times and late", async () => {
      stage.peers.copies = 3;
      stage.peers.delayMs = 300;
      await expectCommitted(await stage.transfer("alpha"));
    });

    it("waits for a peer that is down, says so, and goes on when it is back", async () => {
      stage.peers.delayMs = 10;
      const sessionId = await stage.transfer("alpha");
      await untilMark("alpha", sessionId, "init-lock-assert");
      stage.kill("beta");
      await stage.clock.pass(2 * MINUTE);
      expect(await stage.status("alpha", sessionId)).to.include({ outcome: "IN_DOUBT", waitingFor: "peer" });
      const troubles = stage.parties.alpha.events.flatMap((event) => (event.type === "trouble" ? [event.code] : []));
      expect(troubles).to.include("PEER_UNREACHABLE");
      await stage.start("beta");
      await expectCommitted(sessionId);
    });
  });

  describe("of the log", () => {
    for (const name of NAMES)
      it(`goes on when the log of ${name} was away for a while`, async () => {
        stage.peers.delayMs = 10;
        const sessionId = await stage.transfer("alpha");
        await untilMark("alpha", sessionId, "init-lock-assert");
        stage.parties[name].store.unavailable = true;
        await stage.clock.pass(MINUTE);
        const { outcome, waitingFor, reason } = await stage.status(name, sessionId);
        expect([outcome, waitingFor, reason?.code]).to.deep.equal(["IN_DOUBT", "log", "STORE_UNAVAILABLE"]);
        stage.parties[name].store.unavailable = false;
        await expectCommitted(sessionId);
      });

    it("finds sessions of the time in which it could not be asked", async () => {
      stage.peers.drops = () => true;
      stage.parties.beta.store.unavailable = true;
      const sessionId = await stage.transfer("alpha");
      await stage.clock.pass(MINUTE);
      expect(stage.parties.beta.events).to.deep.include({
        type: "trouble",
        sessionId: null,
        code: "STORE_UNAVAILABLE",
        message: "the log does not answer",
      });
      stage.parties.beta.store.unavailable = false;
      await expectCommitted(sessionId);
    });

    const writes = ["init-proposal", "ack-proposal", "exec-lock", "done-lock", "ack-prepare", "done-burn", "decide"];
    for (const mark of [...writes, "exec-assign", "ack-commit-final", "init-complete", "close"])
      for (const landed of [false, true])
        it(`signs nothing anew when the write of ${mark} fails and ${landed ? "arrived" : "was lost"} (R8)`, async () => {
          failOnce(mark, landed);
          await expectCommitted(await stage.transfer("alpha"));
        });

    it("sends the entry whose write failed before any other, whatever has become right to write since (R8)", async () => {
      const { gateway, store } = stage.parties.alpha;
      let failures = 3;
      store.fault = (write) =>
        holds(write, "exec-lock") && failures-- > 0 ? { code: "TIMEOUT", landed: false } : undefined;
      const sessionId = await stage.transfer("alpha");
      await stage.clock.until(() => failures < 3);
      await gateway.cancel(sessionId); // the next thing to write is init-rollback, at the very same index
      await stage.untilClosed(sessionId);
      const marks = await stage.marks("alpha", sessionId);
      expect(marks.indexOf("init-rollback")).to.equal(marks.indexOf("exec-lock") + 1);
      expect(stage.parties.alpha.chain.effects.map(({ state }) => state)).to.deep.equal(["REFUSED"]);
    });

    it("opens the session with the same bytes when the opening failed, and not before it stands", async () => {
      for (const landed of [false, true]) {
        failOnce("open", landed);
        await expectRejection(stage.transfer("alpha", `landed ${landed}`), "TIMEOUT");
        await stage.untilClosed(await stage.transfer("alpha", `landed ${landed}`));
      }
      expect(stage.effects("alpha")).to.deep.equal(["lock", "burn", "lock", "burn"]);
    });

    it("finishes an opening that failed even if the client never asks again", async () => {
      failOnce("open", false);
      await expectRejection(stage.transfer("alpha"), "TIMEOUT");
      const sessions = () => stage.log.sessionsOf(stage.parties.alpha.gatewayId, { open: false });
      await stage.clock.until(async () => (await sessions()).length === 1);
      const [sessionId] = await sessions();
      await expectCommitted(sessionId!);
    });

    it("runs no session whose first entry is not in the log yet, however long that takes", async () => {
      const { store } = stage.parties.alpha;
      store.fault = ({ kind }) => (kind === "open" ? { code: "TIMEOUT", landed: "half" } : undefined);
      await expectRejection(stage.transfer("alpha"), "TIMEOUT");
      await stage.clock.pass(2 * MINUTE);
      const [sessionId] = await stage.log.sessionsOf(stage.parties.alpha.gatewayId, { open: true });
      expect(await stage.marks("alpha", sessionId!)).to.be.empty;
      expect((await stage.log.session(sessionId!)).decision.decision).to.equal("NONE");
      store.fault = () => undefined;
      await expectCommitted(sessionId!);
    });

    it("takes another request under the key of an unfinished opening for a conflict", async () => {
      failOnce("open", false);
      await expectRejection(stage.transfer("alpha"), "TIMEOUT");
      await expectRejection(stage.transfer("alpha", "one", { deadlineMs: MINUTE }), "IDEMPOTENCY_CONFLICT");
    });
  });

  function failOnce(mark: string, landed: boolean): void {
    for (const name of NAMES) {
      let failed = false;
      stage.parties[name].store.fault = (write) => {
        if (failed || !holds(write, mark)) return undefined;
        failed = true;
        return { code: "TIMEOUT", landed };
      };
    }
  }

  describe("of a ledger", () => {
    for (const name of NAMES)
      it(`goes on when ${name}'s ledger did not answer for a while`, async () => {
        stage.peers.delayMs = 10;
        const sessionId = await stage.transfer("alpha");
        await untilMark("alpha", sessionId, "init-commence");
        stage.parties[name].chain.unreachable = true;
        await stage.clock.pass(MINUTE);
        const { reason } = await stage.status(name, sessionId);
        expect(reason?.code).to.equal("NODE_UNREACHABLE");
        stage.parties[name].chain.unreachable = false;
        await expectCommitted(sessionId);
        expect((await stage.status(name, sessionId)).reason).to.equal(null);
      });

    it("does nothing twice when effects land and every reply is lost", async () => {
      for (const action of ["lock", "burn"] as const) stage.parties.alpha.chain.losesReplyOf.set(action, 1);
      for (const action of ["mint", "assign"] as const) stage.parties.beta.chain.losesReplyOf.set(action, 1);
      await expectCommitted(await stage.transfer("alpha"));
    });

    it("commits when every answer is slow", async () => {
      const sessionId = await stage.transfer("alpha");
      for (const name of NAMES) stage.parties[name].chain.answersAfterMs = 2_000;
      await expectCommitted(sessionId);
    });

    it("concludes nothing from what is not final (R7)", async () => {
      for (const name of NAMES) stage.parties[name].chain.finalityMs = 20_000;
      const started = stage.clock.now();
      const sessionId = await stage.transfer("alpha");
      await stage.clock.pass(10_000);
      expect(stage.effects("alpha")).to.deep.equal(["lock"]);
      expect(await stage.marks("alpha", sessionId)).to.not.include("done-lock");
      await expectCommitted(sessionId);
      expect(stage.clock.now() - started).to.be.at.least(4 * 20_000);
    });

    it("does not take a lock that its own node does not show yet for a lie", async () => {
      stage.parties.alpha.chain.losesReplyOf.set("lock", 1);
      stage.parties.alpha.chain.readersLagMs = 5_000;
      await expectCommitted(await stage.transfer("alpha"));
    });

    it("keeps trying to assign under COMMIT while the token is paused, however often the peer repeats itself", async () => {
      stage.parties.beta.chain.refuses.set("assign", "LEDGER_REJECTED");
      const sessionId = await stage.transfer("alpha");
      await stage.clock.pass(5 * MINUTE);
      expect(await stage.status("beta", sessionId)).to.include({
        outcome: "IN_DOUBT",
        decision: "COMMIT",
        waitingFor: "ledger",
      });
      stage.parties.beta.chain.refuses.clear();
      await expectCommitted(sessionId);
    });

    it("aborts at the deadline although its ledger never answers, and compensates when it does", async () => {
      stage.peers.delayMs = 10;
      const sessionId = await stage.transfer("alpha", "one", { deadlineMs: MINUTE });
      await untilMark("beta", sessionId, "ack-commence");
      for (const name of NAMES) stage.parties[name].chain.unreachable = true;
      await stage.clock.pass(3 * MINUTE);
      expect((await stage.log.session(sessionId)).decision.decision).to.equal("ABORT");
      for (const name of NAMES) stage.parties[name].chain.unreachable = false;
      await stage.untilClosed(sessionId);
      expect(await stage.status("alpha", sessionId)).to.include({ outcome: "ABORTED" });
    });
  });

  describe("of the decision", () => {
    it("is not acted on before it is final (R7)", async () => {
      for (const name of NAMES) stage.parties[name].store.decisionsAreFinal = false;
      const sessionId = await stage.transfer("alpha");
      await stage.clock.pass(5 * MINUTE);
      expect((await stage.log.session(sessionId)).decision.decision).to.equal("COMMIT");
      expect(stage.effects("beta")).to.deep.equal(["mint"]);
      expect(await stage.marks("alpha", sessionId)).to.not.include("init-commit-final");
      expect(await stage.status("alpha", sessionId)).to.include({ outcome: "IN_DOUBT", waitingFor: "decision" });
      for (const name of NAMES) stage.parties[name].store.decisionsAreFinal = true;
      await expectCommitted(sessionId);
    });

    it("is not written again and again while it is not final", async () => {
      let decides = 0;
      for (const name of NAMES) {
        stage.parties[name].store.decisionsAreFinal = false;
        stage.parties[name].store.fault = ({ kind }) => {
          if (kind === "decide") decides++;
          return undefined;
        };
      }
      const sessionId = await stage.transfer("alpha");
      await stage.clock.pass(5 * MINUTE);
      expect(decides).to.equal(1);
      for (const name of NAMES) stage.parties[name].store.decisionsAreFinal = true;
      await expectCommitted(sessionId);
    });

    it("is ABORT when the deadline passes and the origin is gone; its return finds it", async () => {
      stage.peers.delayMs = 10;
      const sessionId = await stage.transfer("alpha");
      await untilMark("beta", sessionId, "ack-prepare");
      stage.kill("alpha");
      await stage.clock.pass(15 * MINUTE);
      const { decision } = await stage.log.session(sessionId);
      expect(decision.statement).to.deep.include({ decision: "ABORT", ground: "DEADLINE" });
      expect(stage.effects("beta")).to.deep.equal(["mint", "cancel"]);
      await stage.start("alpha");
      await stage.untilClosed(sessionId);
      expect(stage.effects("alpha")).to.deep.equal(["lock", "unlock"]);
      const { reason } = await stage.status("alpha", sessionId);
      expect(reason?.code).to.equal("TOO_LATE");
    });

    it("is ABORT by the origin when the destination is gone", async () => {
      stage.peers.delayMs = 10;
      const sessionId = await stage.transfer("alpha");
      await untilMark("alpha", sessionId, "init-prepare");
      stage.kill("beta");
      await stage.clock.pass(15 * MINUTE);
      expect(stage.effects("alpha")).to.deep.equal(["lock", "unlock"]);
      await stage.start("beta");
      await stage.untilClosed(sessionId);
      expect(await stage.status("beta", sessionId)).to.include({ outcome: "ABORTED" });
    });

    it("is ABORT behind the burn: recreated with the certificate that the destination is CANCELLED", async () => {
      stage.peers.delayMs = 10;
      stage.parties.alpha.chain.losesReplyOf.set("burn", 1);
      const sessionId = await stage.transfer("alpha");
      await stage.clock.until(() => stage.effects("alpha").includes("burn"));
      stage.kill("alpha");
      await stage.clock.pass(15 * MINUTE);
      await stage.start("alpha");
      await stage.untilClosed(sessionId);
      expect(stage.effects("alpha")).to.deep.equal(["lock", "burn", "recreate"]);
      expect(stage.effects("beta")).to.deep.equal(["mint", "cancel"]);
    });

    it("is COMMIT and the clock cancels the mint: both sides end REVERSED", async () => {
      stage.parties.beta.chain.refuses.set("assign", "LEDGER_REJECTED");
      const sessionId = await stage.transfer("alpha");
      await stage.clock.pass(MINUTE);
      stage.parties.beta.chain.mine("cancel", (await stage.status("beta", sessionId)).facts.termsHash!); // by anyone (R5)
      stage.parties.beta.chain.refuses.clear();
      await stage.untilClosed(sessionId);
      for (const name of NAMES) expect(await stage.status(name, sessionId)).to.include({ outcome: "REVERSED" });
      expect(stage.effects("alpha")).to.deep.equal(["lock", "burn", "recreate"]);
    });
  });

  describe("that no retry can heal", () => {
    it("halts the session on WRONG_CHAIN, says so, and goes on after a new start", async () => {
      stage.parties.beta.chain.wrongChain = true;
      stage.parties.alpha.chain.wrongChain = false;
      await expectRejection(stage.transfer("alpha", "not even opened"), "WRONG_CHAIN");
      stage.parties.beta.chain.wrongChain = false;
      stage.peers.delayMs = 10;
      const sessionId = await stage.transfer("alpha");
      stage.parties.beta.chain.wrongChain = true;
      await stage.clock.pass(MINUTE);
      const halted = await stage.status("beta", sessionId);
      expect(halted.waitingFor).to.equal("operator: halted with WRONG_CHAIN");
      expect(halted.reason?.code).to.equal("WRONG_CHAIN");
      stage.parties.beta.chain.wrongChain = false;
      await stage.clock.pass(MINUTE);
      expect(await stage.marks("beta", sessionId), "nothing is tried before the start").to.have.lengthOf(3);
      stage.kill("beta");
      await stage.start("beta");
      await expectCommitted(sessionId);
    });

    it("halts on INVARIANT_BROKEN when the ledger shows what the decision excludes", async () => {
      stage.peers.delayMs = 10;
      const sessionId = await stage.transfer("alpha");
      await untilMark("beta", sessionId, "ack-prepare");
      const { facts } = await stage.status("beta", sessionId);
      stage.parties.beta.chain.mine("assign", facts.termsHash!); // somebody stole the key
      await stage.parties.alpha.gateway.cancel(sessionId);
      await stage.clock.pass(MINUTE);
      expect(await stage.status("beta", sessionId)).to.deep.include({
        waitingFor: "operator: halted with INVARIANT_BROKEN",
      });
      const open = await stage.parties.beta.gateway.sessions({ open: true });
      expect(open.map(({ reason }) => reason?.code)).to.deep.equal(["REFUSED"]);
    });
  });
});
