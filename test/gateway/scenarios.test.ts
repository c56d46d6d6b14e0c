import { expect } from "chai";
import { parseCanonical } from "../../src/entry/canonical.ts";
import { markOf } from "../../src/protocol/marks.ts";
import { expectRejection } from "../support/expect-error.ts";
import { GatewayStage, NAMES, type Name } from "../support/gateway-stage.ts";

/** Longer than any deadline and timeout of a transfer. */
const AWAY_MS = 20 * 60_000;
const ALL = { from: 0, limit: 250 };
const LOGS = ["chain", "local"] as const;

interface Crash {
  /** What has just become durable, and with whom: there the process dies. */
  readonly at: readonly [Name, string];
  /** Who dies there. */
  readonly who: Name;
}

/** The published scenarios of other implementations and of the drafts (docs/SCENARIOS.md), by their ids there. */
const RESUMED: Readonly<Record<string, Crash>> = {
  "O1: the source crashes behind the transfer initiation response": { at: ["beta", "ack-proposal"], who: "alpha" },
  "O2: the recipient crashes behind the transfer initiation request": { at: ["beta", "ack-proposal"], who: "beta" },
  "O3: the source crashes behind its lock": { at: ["alpha", "lock on the ledger"], who: "alpha" },
  "O4: the source crashes behind its burn": { at: ["alpha", "burn on the ledger"], who: "alpha" },
  "O5: the recipient crashes behind creating the asset": { at: ["beta", "assign on the ledger"], who: "beta" },
  "S1: stage 1, the answer is in the recipient's log alone": { at: ["beta", "ack-commence"], who: "alpha" },
  "S2: stage 2, the answer is in the recipient's log alone": { at: ["beta", "ack-lock-assert"], who: "alpha" },
  "S3: stage 3, the answer is in the recipient's log alone": { at: ["beta", "ack-prepare"], who: "alpha" },
  "U4: a crash whose last entry is done- is recovered": { at: ["alpha", "done-burn"], who: "alpha" },
  "U6: a crash whose last entry is init- is recovered": { at: ["alpha", "init-lock-assert"], who: "alpha" },
  "I1: the source crashes behind its init- entry, before the message": { at: ["alpha", "init-prepare"], who: "alpha" },
  "I2: the source crashes behind the message, and the recipient goes on": {
    at: ["beta", "ack-lock-assert"],
    who: "alpha",
  },
  "N1: a crash between the transaction and its done- entry": { at: ["beta", "mint on the ledger"], who: "beta" },
};

const ROLLED_BACK: Readonly<Record<string, Crash & { readonly alpha: string; readonly beta: string }>> = {
  "R0: stage 0, nothing to undo": { at: ["alpha", "init-setup"], who: "alpha", alpha: "", beta: "" },
  "R1: stage 1, no ledger action on either side": { at: ["beta", "ack-proposal"], who: "alpha", alpha: "", beta: "" },
  "R2: stage 2, the source unlocks": {
    at: ["alpha", "done-lock init-lock-assert"],
    who: "alpha",
    alpha: "lock unlock",
    beta: "",
  },
  "R3: stage 3, the source is locked and the recipient has minted": {
    at: ["beta", "done-mint ack-prepare"],
    who: "alpha",
    alpha: "lock unlock",
    beta: "mint cancel",
  },
  "R3: stage 3, the source has burned and the recipient has minted": {
    at: ["alpha", "burn on the ledger"],
    who: "alpha",
    alpha: "lock burn recreate",
    beta: "mint cancel",
  },
  "O7: the source returns and finds the recipient rolled back": {
    at: ["alpha", "done-prepare init-burn exec-burn"],
    who: "alpha",
    alpha: "lock unlock",
    beta: "mint cancel",
  },
  "I3: recovery comes later than the timeout, behind the lock": {
    at: ["beta", "ack-lock-assert"],
    who: "alpha",
    alpha: "lock unlock",
    beta: "",
  },
  "U2: nothing happens for longer than the maximal timeout": {
    at: ["beta", "ack-lock-assert"],
    who: "beta",
    alpha: "lock unlock",
    beta: "",
  },
};

function killAt(stage: GatewayStage, { at: [name, point], who }: Crash): () => boolean {
  let killed = false;
  stage.watch(name, (passed) => {
    if (killed || !passed.includes(point)) return;
    killed = true;
    stage.kill(who);
  });
  return () => killed;
}

async function begin(stage: GatewayStage, crash: Crash): Promise<string> {
  const isKilled = killAt(stage, crash);
  await stage.start();
  const request = stage.parties.alpha.gateway.transfer(stage.request("alpha", "one"));
  await Promise.race([request.then(() => stage.clock.until(isKilled)), stage.clock.until(isKilled)]);
  const [sessionId] = await stage.parties.alpha.log.sessionsOf(stage.parties.alpha.gatewayId, { open: false });
  return sessionId!;
}

/** Both gateways have the same entries of both logs, and each log is complete. */
async function expectSameLogs(stage: GatewayStage, sessionId: string): Promise<void> {
  const read = async (reader: Name, writer: Name) => {
    const entries = await stage.parties[reader].log.read(sessionId, stage.parties[writer].gatewayId, ALL);
    return entries.map(({ entryHash, signature }) => [entryHash, signature]);
  };
  for (const writer of NAMES) {
    expect(await read(writer, writer)).to.not.be.empty;
    expect(await read("alpha", writer)).to.deep.equal(await read("beta", writer));
  }
}

for (const logging of LOGS)
  describe(`scenarios of others, with ${logging === "chain" ? "a shared log" : "private logs"}`, () => {
    let stage: GatewayStage;

    beforeEach(() => {
      stage = new GatewayStage(logging);
    });

    afterEach(() => stage.stop());

    for (const [title, crash] of Object.entries(RESUMED))
      it(`${title}: resumed, and committed`, async () => {
        const sessionId = await begin(stage, crash);
        await stage.start(crash.who);
        await stage.untilClosed(sessionId);
        for (const name of NAMES) expect(await stage.status(name, sessionId)).to.include({ outcome: "COMMITTED" });
        expect(stage.effects("alpha")).to.deep.equal(["lock", "burn"]);
        expect(stage.effects("beta")).to.deep.equal(["mint", "assign"]);
        await expectSameLogs(stage, sessionId);
      });

    for (const [title, crash] of Object.entries(ROLLED_BACK))
      it(`${title}: rolled back on both sides`, async () => {
        const sessionId = await begin(stage, crash);
        await stage.clock.pass(AWAY_MS);
        await stage.start(crash.who);
        await stage.untilClosed(sessionId);
        for (const name of NAMES) expect(await stage.status(name, sessionId)).to.include({ outcome: "ABORTED" });
        expect(
          stage
            .effects("alpha")
            .filter((action) => !isTombstone(stage, "alpha", action))
            .join(" "),
        ).to.equal(crash.alpha);
        expect(
          stage
            .effects("beta")
            .filter((action) => !isTombstone(stage, "beta", action))
            .join(" "),
        ).to.equal(crash.beta);
      });

    for (const [id, at, list] of [
      ["F1: nothing sent", "init-setup", []],
      ["F2: stage 0", "init-proposal", []],
      ["F3: stage 1", "init-commence", []],
      ["F4: stage 2", "init-lock-assert", ["UNLOCK"]],
      ["F5: stage 3", "init-burn", ["UNLOCK", "RECREATE"]],
    ] as const)
      it(`U1, ${id}: the rollback list follows from the log alone`, async () => {
        const sessionId = await begin(stage, { at: ["alpha", at], who: "alpha" });
        await stage.clock.pass(AWAY_MS);
        await stage.start("alpha");
        await stage.untilClosed(sessionId);
        const { log, gatewayId } = stage.parties.alpha;
        const entries = await log.read(sessionId, gatewayId, ALL);
        const notice = entries.find((entry) => markOf(entry) === "init-rollback");
        expect(parseCanonical(notice!.payload)).to.deep.include({ rollbackList: [...list] });
      });

    it("F6: a complete session has no rollback", async () => {
      await stage.start();
      const sessionId = await stage.transfer("alpha");
      await stage.untilClosed(sessionId);
      for (const name of NAMES) await expectRejection(stage.parties[name].gateway.rollback(sessionId), "TOO_LATE");
    });

    it("U3: nothing is recovered or rolled back while a session goes its way", async () => {
      await stage.start();
      const sessionId = await stage.transfer("alpha");
      await stage.untilClosed(sessionId);
      for (const name of NAMES)
        expect((await stage.marks(name, sessionId)).filter((mark) => /recover|rollback|peer/.test(mark))).to.be.empty;
    });

    for (const [id, mark] of [
      ["U5: the peer never answers however often it is asked", "init-lock-assert"],
      ["U7: a recovered gateway's peer never answers", "init-prepare"],
    ] as const)
      it(`${id}: rolled back after the last retry`, async () => {
        const sessionId = await begin(stage, { at: ["alpha", mark], who: "beta" });
        if (id.startsWith("U7")) {
          stage.kill("alpha");
          await stage.start("alpha");
        }
        await stage.clock.until(async () => (await stage.marks("alpha", sessionId)).includes("done-rollback"));
        expect(await stage.status("alpha", sessionId)).to.include({ outcome: "ABORTED", peer: "CRASHED_DEFINITELY" });
        expect(stage.effects("alpha")).to.deep.equal(["lock", "unlock"]);
        await stage.start("beta");
        await stage.untilClosed(sessionId);
      });

    for (const [id, name, action, alpha, beta] of [
      ["I4, 2.1B: the lock is denied", "alpha", "lock", "unlock", ""],
      ["I4, 3.2: the mint fails", "beta", "mint", "lock unlock", "cancel"],
      ["I4, 3.4B: the burn fails", "alpha", "burn", "lock unlock", "mint cancel"],
    ] as const)
      it(`${id}: both sides are rolled back`, async () => {
        stage.parties[name].chain.refuses.set(action, "LEDGER_REJECTED");
        await stage.start();
        const sessionId = await stage.transfer("alpha");
        await stage.untilClosed(sessionId);
        for (const each of NAMES) expect(await stage.status(each, sessionId)).to.include({ outcome: "ABORTED" });
        expect([stage.effects("alpha").join(" "), stage.effects("beta").join(" ")]).to.deep.equal([alpha, beta]);
      });

    it("I4, 3.8: the last commit is impossible for good: both sides are rolled back", async () => {
      stage.parties.beta.chain.refuses.set("assign", "LEDGER_REJECTED");
      await stage.start();
      const sessionId = await stage.transfer("alpha");
      await stage.clock.until(async () => (await stage.marks("beta", sessionId)).includes("exec-assign"));
      const { facts } = await stage.status("beta", sessionId);
      stage.parties.beta.chain.mine("cancel", facts.termsHash!); // behind cancelAfter anyone may (R5)
      await stage.untilClosed(sessionId);
      expect(stage.effects("alpha")).to.deep.equal(["lock", "burn", "recreate"]);
      expect(stage.effects("beta")).to.deep.equal(["mint", "cancel"]);
    });

    for (const mark of ["init-setup", "init-proposal", "init-commence", "init-lock-assert", "init-prepare"])
      it(`I8: an abort behind ${mark} rolls back`, async () => {
        stage.peers.delayMs = 10;
        await stage.start();
        const sessionId = await stage.transfer("alpha");
        await stage.clock.until(async () => (await stage.marks("alpha", sessionId)).includes(mark));
        await stage.parties.alpha.gateway.rollback(sessionId);
        await stage.untilClosed(sessionId);
        expect(await stage.status("alpha", sessionId)).to.include({ outcome: "ABORTED", rollback: "done" });
      });

    it("I8: an abort behind 3.5 is refused", async () => {
      stage.peers.delayMs = 10;
      await stage.start();
      const sessionId = await stage.transfer("alpha");
      await stage.clock.until(async () => (await stage.marks("beta", sessionId)).includes("exec-commit-final"));
      await expectRejection(stage.parties.beta.gateway.rollback(sessionId), "TOO_LATE");
      await stage.untilClosed(sessionId);
      expect(await stage.status("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
    });

    it("N4: a crash in the middle of recovery, and one in the middle of the rollback, change nothing", async () => {
      const sessionId = await begin(stage, { at: ["alpha", "lock on the ledger"], who: "alpha" });
      await stage.clock.pass(AWAY_MS);
      for (const point of ["init-recover", "init-rollback", "exec-rollback-unlock", "unlock on the ledger"]) {
        const isKilled = killAt(stage, { at: ["alpha", point], who: "alpha" });
        const started = stage.start("alpha").catch(() => undefined);
        await stage.clock.until(isKilled);
        await Promise.race([started, stage.clock.pass(1)]);
      }
      await stage.start("alpha");
      await stage.untilClosed(sessionId);
      expect(stage.effects("alpha")).to.deep.equal(["lock", "unlock"]);
      expect(await stage.status("alpha", sessionId)).to.include({ outcome: "ABORTED" });
    });

    it("N8: a node that is away for less than the deadline delays, for longer aborts", async () => {
      for (const [key, awayMs, outcome] of [
        ["short", 60_000, "COMMITTED"],
        ["long", AWAY_MS, "ABORTED"],
      ] as const) {
        const world = new GatewayStage(logging);
        world.peers.delayMs = 10;
        await world.start();
        const sessionId = await world.transfer("alpha", key);
        await world.clock.until(async () => (await world.marks("beta", sessionId)).includes("ack-commence"));
        world.parties.alpha.chain.unreachable = true;
        await world.clock.pass(awayMs);
        world.parties.alpha.chain.unreachable = false;
        await world.untilClosed(sessionId);
        expect(await world.status("alpha", sessionId)).to.include({ outcome });
        await world.stop();
      }
    });

    it("N13: the log refuses to store in the middle of the commit, and takes it later", async () => {
      stage.watch("alpha", (point) => {
        if (point.includes("exec-burn")) stage.parties.alpha.store.unavailable = true;
      });
      await stage.start();
      const sessionId = await stage.transfer("alpha");
      await stage.clock.pass(60_000);
      expect(await stage.marks("alpha", sessionId)).to.not.include("done-burn");
      stage.parties.alpha.store.unavailable = false;
      await stage.untilClosed(sessionId);
      expect(await stage.status("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
      expect(stage.signedTwice("alpha")).to.be.empty;
    });

    it("N14: a rollback message that comes again and again is one rollback", async () => {
      stage.peers.copies = 3;
      stage.peers.delayMs = 10;
      await stage.start();
      const sessionId = await stage.transfer("alpha");
      await stage.clock.until(async () => (await stage.marks("beta", sessionId)).includes("ack-prepare"));
      stage.parties.alpha.chain.refuses.set("burn", "LEDGER_REJECTED");
      await stage.untilClosed(sessionId);
      for (const name of NAMES) {
        const marks = await stage.marks(name, sessionId);
        expect(marks.filter((mark) => mark === "init-rollback")).to.have.lengthOf(1);
      }
      expect(stage.effects("beta")).to.deep.equal(["mint", "cancel"]);
    });
  });

function isTombstone(stage: GatewayStage, name: Name, action: string): boolean {
  return stage.parties[name].chain.effects.some((effect) => effect.action === action && effect.state === "REFUSED");
}
