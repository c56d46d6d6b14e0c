import { expect } from "chai";
import { GatelogError } from "../../src/entry/errors.ts";
import { sessionHashOf } from "../../src/entry/session.ts";
import { toHex } from "../../src/entry/hex.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { toReport } from "../../src/audit/report/report.ts";
import { expectationSchema } from "../../src/audit/trust.ts";
import { verify, type VerifyOptions } from "../../src/audit/verify.ts";
import { audit as auditRecorded, kindOf, recorded } from "../support/doctored.ts";
import { RegistryWorld, type Party } from "../support/registry-world.ts";
import { committedTransfer, lateTransfer, refusedTransfer, sayRun, TRANSFER } from "../support/stories.ts";

describe("verify", function () {
  this.timeout(60_000);
  let world: RegistryWorld;
  let a: Party;
  let b: Party;

  beforeEach(async () => {
    world = await RegistryWorld.open();
    a = await world.register("a");
    b = await world.register("b");
  });
  afterEach(() => world.close());

  const reader = () => new RpcReader(world.rpc, { registry: world.domain.registry });
  const audit = (options: VerifyOptions = {}) => verify(reader(), options);
  const codes = async (options: VerifyOptions = {}) => (await audit(options)).findings.map(({ code }) => code);

  describe("on sound logs", () => {
    it("finds nothing in an empty registry", async () => {
      const verification = await audit();
      expect(verification.verdict).to.equal("sound");
      expect(verification.entries).to.deep.equal({ total: 0, withPayload: 0 });
    });

    it("finds nothing in transfers that were committed, refused and late, with keys changed in between and in mid-log", async () => {
      await committedTransfer(world, await world.open(a, b, TRANSFER), { midway: () => world.rotate(a) });
      await refusedTransfer(world, await world.open(b, a, TRANSFER));
      await world.moveTo(b, "elsewhere");
      await world.rotate(b);
      await lateTransfer(world, await world.open(a, b, { ...TRANSFER, deadline: (await world.now()) + 1_000 }));
      const verification = await audit();
      expect(verification.findings).to.deep.equal([]);
      expect(verification.verdict).to.equal("sound");
      const sessions = toReport(verification).sessions.map(({ outcome, ground, closed }) => ({
        outcome,
        ground,
        closed,
      }));
      expect(sessions).to.deep.equal([
        { outcome: "COMMITTED", ground: "ORIGIN", closed: true },
        { outcome: "ABORTED", ground: "VOTE_NO", closed: true },
        { outcome: "ABORTED", ground: "DEADLINE", closed: true },
      ]);
    });

    it("finds nothing in a transfer whose origin is taken over from in its midst, and hands over", async () => {
      await world.setBackups(a, ["one", "two"]);
      const session = await world.open(a, b, TRANSFER);
      await committedTransfer(world, session, { midway: () => world.takeOver(a, "one") });
      await world.handOver(a, "two");
      await refusedTransfer(world, await world.open(b, a, TRANSFER));
      const verification = await audit();
      expect(verification.findings).to.deep.equal([]);
      expect(toReport(verification).sessions.map(({ outcome }) => outcome)).to.deep.equal(["COMMITTED", "ABORTED"]);
    });

    it("finds nothing in a session of one gateway alone, written in runs and closed", async () => {
      const alone = await world.open(a, null);
      await sayRun(world, alone, a, ["init-other", "exec-other", "done-other"]);
      await world.say(alone, a, "init-other");
      await world.closeLog(alone, a);
      const verification = await audit();
      expect(verification.verdict).to.equal("sound");
      expect(verification.entries).to.deep.equal({ total: 4, withPayload: 4 });
      expect(toReport(verification).sessions[0]).to.include({ outcome: "NO_REGISTER", closed: true });
    });

    it("finds nothing in a batch of both gateways of two sessions, refused entries in it", async () => {
      const [one, other] = [await world.open(a, b), await world.open(b, a)];
      const asked = await world.make(one, a, "init-other");
      const answer = await world.make(one, b, "ack-other", { causedBy: asked.entryHash });
      const apart = await world.make(other, b, "init-other");
      await world.batch([
        [one, asked],
        [other, apart],
        [one, asked],
        [one, answer],
      ]);
      const verification = await audit();
      expect(verification.verdict).to.equal("sound");
      expect(verification.refused).to.equal(1);
    });

    it("finds nothing in anchors of logs that stand elsewhere", async () => {
      const session = await world.open(a, null);
      await world.anchor(a, session.facts.origin.gatewayId, 1);
      await world.say(session, a, "init-other");
      expect((await verify(reader())).findings).to.deep.equal([]);
      expect((await verify(reader(), { session: session.facts.sessionId })).verdict).to.equal("sound");
    });

    it("finds nothing in a session that is under way: nobody decided, nothing closed, one log empty", async () => {
      await world.say(await world.open(a, b, TRANSFER), a, "init-setup", { step: "setup" });
      expect((await audit()).verdict).to.equal("sound");
    });

    it("counts an origin's own ABORT as decided on its signature", async () => {
      const session = await world.open(a, b);
      await world.decide(session, "ABORT", true);
      const verification = await audit();
      expect(verification.verdict).to.equal("sound");
      expect(verification.sessions[0]).to.include({ decision: "ABORT", ground: "ORIGIN" });
    });
  });

  describe("on logs that break the rules", () => {
    it("finds an entry out of order, and one that is no word of the protocol", async () => {
      const session = await world.open(a, b, TRANSFER);
      await world.say(session, a, "init-lock", { step: "lock" });
      await world.say(session, a, "init-other", { step: "lock" });
      expect(await codes()).to.deep.equal(["ILLEGAL_ORDER", "ILLEGAL_ORDER"]);
      expect(toReport(await audit()).firstBadEntry).to.include({
        gatewayId: a.gatewayId,
        index: 0,
        fault: "illegal order",
      });
    });

    it("leaves other clients their words and order outside a transfer", async () => {
      const session = await world.open(a, b);
      await world.say(session, a, "done-lock", { step: "lock" });
      await world.say(session, a, "init-other");
      expect(await codes()).to.deep.equal([]);
    });

    it("finds a rollback without ABORT, and a lock behind a rollback (R1)", async () => {
      const session = await world.open(a, b, TRANSFER);
      await world.say(session, a, "init-setup", { step: "setup" });
      await world.say(session, a, "init-rollback", { step: "rollback" });
      await world.say(session, a, "init-lock", { step: "lock" });
      expect(await codes()).to.deep.equal(["DECISION_MISSING", "ILLEGAL_ORDER"]);
    });

    it("finds answers to nothing, answers to what comes later, and numbers that do not grow", async () => {
      const session = await world.open(a, b);
      await world.say(session, a, "ack-other", { causedBy: toHex(`0x${"77".repeat(32)}`) });
      const later = await world.make(session, b, "init-other");
      const early = await world.make(session, a, "ack-other", { causedBy: later.entryHash });
      await world.batch([
        [session, early],
        [session, later],
      ]);
      await world.say(session, a, "init-other", { seqNumber: 1 });
      expect(await codes()).to.deep.equal(["CAUSE_BROKEN", "CAUSE_BROKEN", "CAUSE_BROKEN"]);
    });

    it("finds session facts that name another register", async () => {
      await world.open(a, b, { log: { ...world.domain, chainId: 1 } });
      expect(await codes()).to.deep.equal(["OPENING_ALTERED"]);
    });

    it("finds a decision on another ground than there was", async () => {
      const recording = await recorded(async (other) => {
        const [c, d] = [await other.register("c"), await other.register("d")];
        const session = await other.open(c, d, { deadline: (await other.now()) + 1_000 });
        await other.say(session, d, "ack-prepare", { step: "prepare-ack", vote: "no" });
        await other.decide(session, "ABORT", false);
      });
      const place = recording.logs.findIndex((log) => kindOf(log) === "Decided");
      const decided = recording.logs[place]!;
      const onDeadline = toHex(decided.data.replace(/^(0x\w{64}\w{63})2/, "$13"));
      const { findings } = await auditRecorded(recording, recording.logs.with(place, { ...decided, data: onDeadline }));
      expect(findings.map(({ code }) => code)).to.deep.equal(["DECISION_WITHOUT_GROUND"]);
    });
  });

  describe("of one session", () => {
    it("judges it alone, with the keys that it rests on", async () => {
      const bad = await world.open(a, b, TRANSFER);
      await world.say(bad, a, "done-lock", { step: "lock" });
      await world.register("uninvolved");
      const good = await world.open(a, b, TRANSFER);
      await committedTransfer(world, good, { midway: () => world.rotate(b) });
      const verification = await audit({ session: good.facts.sessionId });
      expect(verification.verdict).to.equal("sound");
      expect(verification.sessions.map(({ sessionId }) => sessionId)).to.deep.equal([good.facts.sessionId]);
      expect(verification.trusted.gateways.map(({ name }) => name)).to.deep.equal(["a", "b"]);
      expect(await codes({ session: bad.facts.sessionId })).to.deep.equal(["ILLEGAL_ORDER"]);
      expect((await audit()).verdict).to.equal("findings");
    });

    it("says that there is no such session", async () => {
      const error: unknown = await audit({ session: globalThis.crypto.randomUUID() }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(GatelogError).with.property("code", "UNKNOWN_SESSION");
    });
  });

  describe("with pins", () => {
    it("takes what one audit trusted as the expectation of the next", async () => {
      await world.say(await world.open(a, b), a, "init-other");
      const { trusted } = toReport(await audit());
      await world.rotate(a);
      expect(await codes({ expect: expectationSchema.parse(JSON.parse(JSON.stringify(trusted))) })).to.deep.equal([]);
    });

    it("finds another key, and another hash of a block", async () => {
      const key = b.signer.address;
      const gateways = [{ gatewayId: a.gatewayId, keys: [{ epoch: 1, key }] }];
      const block = { number: 0, hash: sessionHashOf((await world.open(a, b)).facts) };
      expect(await codes({ expect: { gateways, block } })).to.deep.equal(["TRUST_MISMATCH", "TRUST_MISMATCH"]);
    });

    it("refuses another chain", async () => {
      const error: unknown = await audit({ expect: { chainId: 1 } }).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(GatelogError).with.property("code", "WRONG_CHAIN");
    });
  });

  describe("where something cannot be read", () => {
    it("could not tell, and never says sound", async () => {
      await world.say(await world.open(a, b), a, "init-other");
      const anchor = await reader().anchor();
      const unreachable = () => Promise.reject(new GatelogError("NODE_UNREACHABLE", "gone"));
      const parts = { [Symbol.asyncIterator]: () => ({ next: unreachable }) };
      for (const question of ["logs", "logOf", "sessionOf", "decisionOf", "gatewayOf", "blockOf"] as const) {
        const answer = question === "logs" ? () => parts : unreachable;
        const broken = Object.assign(reader(), { anchor: () => Promise.resolve(anchor), [question]: answer });
        const verification = await verify(broken);
        expect(verification.verdict, question).to.equal("could-not-tell");
        expect(verification.unread[0]).to.include({ code: "NODE_UNREACHABLE" });
      }
    });

    it("finds no other keys than were pinned where the events cannot be read", async () => {
      const gone = {
        [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new GatelogError("TIMEOUT", "slow")) }),
      };
      const broken = Object.assign(reader(), { logs: () => gone });
      const keys = [{ epoch: 1, key: a.signer.address }];
      const { verdict, findings } = await verify(broken, { expect: { gateways: [{ gatewayId: a.gatewayId, keys }] } });
      expect(findings).to.deep.equal([]);
      expect(verdict).to.equal("could-not-tell");
    });

    it("says findings where there are any, whatever else is missing", async () => {
      await world.say(await world.open(a, b, TRANSFER), a, "init-lock", { step: "lock" });
      const broken = Object.assign(reader(), { gatewayOf: () => Promise.reject(new GatelogError("TIMEOUT", "slow")) });
      expect((await verify(broken)).verdict).to.equal("findings");
    });

    it("could not tell if the final block was replaced meanwhile", async () => {
      const moved = reader();
      const blockOf = moved.blockOf.bind(moved);
      const anchor = await moved.anchor();
      const replaced = Object.assign(reader(), {
        anchor: () => Promise.resolve(anchor),
        blockOf: async (block: number) => ({ ...(await blockOf(block)), hash: toHex(`0x${"66".repeat(32)}`) }),
      });
      const verification = await verify(replaced);
      expect(verification.verdict).to.equal("could-not-tell");
      expect(verification.unread[0]).to.include({ code: "CHAIN_IDENTITY_CHANGED" });
    });
  });
});
