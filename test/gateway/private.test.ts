import { expect } from "chai";
import { canonicalBytes } from "../../src/entry/canonical.ts";
import { signEntry, type LogEntry } from "../../src/entry/entry.ts";
import { isGatelogError } from "../../src/entry/errors.ts";
import { ZERO_HASH, type SessionId } from "../../src/entry/hex.ts";
import type { SessionFacts } from "../../src/entry/session.ts";
import { COMMANDS, STEPS } from "../../src/entry/vocabulary.ts";
import { judgeProposal } from "../../src/gateway/judge.ts";
import { firstPage } from "../../src/gateway/runs.ts";
import { markOf } from "../../src/protocol/marks.ts";
import { initialState } from "../../src/protocol/state.ts";
import { fold } from "../../src/protocol/step.ts";
import { expectRejection } from "../support/expect-error.ts";
import { COIN, GatewayStage, NAMES, type Name } from "../support/gateway-stage.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const OTHER: Readonly<Record<Name, Name>> = { alpha: "beta", beta: "alpha" };

describe("gateways that keep their logs to themselves", () => {
  let stage: GatewayStage;

  beforeEach(async () => {
    stage = new GatewayStage("local");
    stage.peers.delayMs = 10;
    await stage.start();
  });

  afterEach(() => stage.stop());

  /** One gateway's log, as a gateway has it. */
  async function log(of: Name, at: Name, sessionId: SessionId): Promise<LogEntry[]> {
    try {
      return await stage.parties[at].log.read(sessionId, stage.parties[of].gatewayId, { from: 0, limit: 250 });
    } catch (error) {
      if (isGatelogError(error, "UNKNOWN_SESSION")) return []; // it has not heard of it yet
      throw error;
    }
  }

  /** One live copy, and the copies of the logs are the logs. */
  async function expectAgreement(sessionId: SessionId, from: Name = "alpha"): Promise<void> {
    await stage.clock.pass(SECOND); // the rest of a closed log is on its way
    for (const name of NAMES) {
      const own = await log(name, name, sessionId);
      const copy = await log(name, OTHER[name], sessionId);
      expect(copy.map(markOf), `${OTHER[name]}'s copy of ${name}'s log`).to.deep.equal(own.map(markOf));
      expect(copy).to.deep.equal(own);
      const effects = stage.effects(name);
      expect(new Set(effects).size, `no effect twice: ${effects.join(" ")}`).to.equal(effects.length);
    }
    const { facts } = await stage.status(from, sessionId);
    expect(stage.copies(from, facts.termsHash ?? "0x"), "live copies").to.equal(1);
    expect(stage.early, "done or sent before its entry was durable").to.be.empty;
  }

  async function outcomes(sessionId: SessionId): Promise<string[]> {
    return Promise.all(NAMES.map(async (name) => (await stage.status(name, sessionId)).outcome));
  }

  async function untilMark(name: Name, sessionId: SessionId, mark: string): Promise<void> {
    await stage.clock.until(async () => (await log(name, name, sessionId)).some((entry) => markOf(entry) === mark));
  }

  describe("transfer, and", () => {
    it("commit without any register but the destination's escrow", async () => {
      const sessionId = await stage.transfer("alpha");
      await stage.untilClosed(sessionId);
      expect(await outcomes(sessionId)).to.deep.equal(["COMMITTED", "COMMITTED"]);
      const { facts } = await stage.status("alpha", sessionId);
      expect(facts).to.deep.include({ register: "destination", log: null });
      expect(facts.profile.logging).to.equal("local");
      await expectAgreement(sessionId);
    });

    it("go both ways at once", async () => {
      const there = await stage.transfer("alpha", "there");
      const back = await stage.transfer("beta", "back", {
        asset: { standard: "erc20", address: COIN.beta, amount: "7" },
      });
      await stage.untilClosed(there, back);
      expect([await outcomes(there), await outcomes(back)].flat()).to.deep.equal(Array(4).fill("COMMITTED"));
      expect(stage.effects("alpha").toSorted()).to.deep.equal(["assign", "burn", "lock", "mint"]);
    });

    it("abort when the destination votes NO", async () => {
      stage.parties.beta.chain.refuses.set("mint", "LEDGER_REJECTED");
      const sessionId = await stage.transfer("alpha");
      await stage.untilClosed(sessionId);
      expect(await outcomes(sessionId)).to.deep.equal(["ABORTED", "ABORTED"]);
      await expectAgreement(sessionId);
      expect(stage.effects("alpha")).to.deep.equal(["lock", "unlock"]);
    });

    for (const [name, mark, effects] of [
      ["alpha", "init-lock-assert", { alpha: ["lock", "unlock"], beta: [] }],
      ["alpha", "init-prepare", { alpha: ["lock", "unlock"], beta: ["cancel"] }],
      ["beta", "ack-lock-assert", { alpha: ["lock", "unlock"], beta: [] }],
    ] as const)
      it(`abort when it is cancelled at ${name} behind ${mark}`, async () => {
        const sessionId = await stage.transfer("alpha");
        await untilMark(name, sessionId, mark);
        await stage.parties[name].gateway.cancel(sessionId);
        await stage.untilClosed(sessionId);
        expect(await outcomes(sessionId)).to.deep.equal(["ABORTED", "ABORTED"]);
        await expectAgreement(sessionId);
        expect(stage.effects("alpha")).to.deep.equal(effects.alpha);
        expect(stage.effects("beta").filter((action) => action !== "mint")).to.deep.equal(effects.beta);
      });

    it("recreate what was burned when the destination cancels behind its YES (model 4.3)", async () => {
      stage.watch("alpha", (point) => {
        if (point === "burn on the ledger") stage.peers.disconnect(stage.parties.beta.gatewayId);
      });
      const sessionId = await stage.transfer("alpha");
      await untilMark("beta", sessionId, "ack-prepare");
      await stage.clock.until(() => stage.effects("alpha").includes("burn"));
      await stage.parties.beta.gateway.cancel(sessionId);
      await stage.clock.until(() => stage.effects("beta").includes("cancel"));
      stage.connect("beta");
      await stage.untilClosed(sessionId);
      expect(stage.effects("alpha")).to.deep.equal(["lock", "burn", "recreate"]);
      await expectAgreement(sessionId);
    });
  });

  describe("need of the network", () => {
    const flows: readonly (readonly [string, (turn: number) => void])[] = [
      ["no message that comes only once", (turn) => (stage.peers.drops = () => turn % 3 === 0)],
      ["no receipt", (turn) => (stage.peers.losesReceipt = () => turn % 2 === 0)],
    ];
    for (const [what, spoil] of flows)
      it(what, async () => {
        let turn = 0;
        stage.peers.onSend = () => {
          spoil((turn += 1));
          return Promise.resolve();
        };
        const sessionId = await stage.transfer("alpha");
        await stage.untilClosed(sessionId);
        expect(await outcomes(sessionId)).to.deep.equal(["COMMITTED", "COMMITTED"]);
      });

    it("no order and no speed: doubled and late messages change nothing", async () => {
      stage.peers.copies = 3;
      stage.peers.delayMs = 300;
      const sessionId = await stage.transfer("alpha");
      await stage.untilClosed(sessionId);
      expect(await outcomes(sessionId)).to.deep.equal(["COMMITTED", "COMMITTED"]);
      await expectAgreement(sessionId);
    });

    it("no one that is always there: who is away for a while finds its copies up to date", async () => {
      const sessionId = await stage.transfer("alpha");
      await untilMark("alpha", sessionId, "init-lock-assert");
      stage.peers.disconnect(stage.parties.beta.gatewayId);
      await stage.clock.pass(MINUTE);
      stage.connect("beta");
      await stage.untilClosed(sessionId);
      expect(await outcomes(sessionId)).to.deep.equal(["COMMITTED", "COMMITTED"]);
      await expectAgreement(sessionId);
    });
  });

  it("fold a log anew that has had an entry back, and go on behind it", async () => {
    const sessionId = await stage.transfer("alpha");
    await untilMark("alpha", sessionId, "init-prepare");
    const own = await log("alpha", "alpha", sessionId);
    const last = own.at(-1)!;
    // As if alpha's disk had lost it: beta has it, and alpha has not signed anything in its place.
    const place = { index: last.index + 1, seqNumber: last.seqNumber + 1, lastEntryHash: last.entryHash };
    const words = { step: STEPS.recover, operation: "init", command: COMMANDS.recover, vote: "none" } as const;
    const lost = await signEntry(
      { ...last, ...place, ...words, causedBy: ZERO_HASH },
      canonicalBytes({ messageType: "urn:ietf:SATP-2pc:msgtype:recover-msg" }),
      stage.portsOf("alpha").signer,
    );
    await stage.parties.beta.log.adopt({ entries: [...firstPage(own), lost] });
    await stage.untilClosed(sessionId);
    expect(await outcomes(sessionId)).to.deep.equal(["COMMITTED", "COMMITTED"]);
    expect((await log("alpha", "alpha", sessionId))[lost.index]).to.deep.equal(lost);
    await expectAgreement(sessionId);
  });

  describe("agree on how they log, and", () => {
    it("refuse a request for another logging at once", async () => {
      const request = stage.request("alpha", "shared", { profile: { logging: "chain" } });
      await expectRejection(stage.parties.alpha.gateway.transfer(request), "NOT_SERVED_HERE", { expected: "local" });
      const shared = new GatewayStage("chain");
      await shared.start();
      const local = shared.request("alpha", "local", { profile: { logging: "local" } });
      await expectRejection(shared.parties.alpha.gateway.transfer(local), "NOT_SERVED_HERE", { expected: "chain" });
      await shared.stop();
    });

    it("propose nothing to a peer whose log is shared", async () => {
      const { beta } = stage.parties;
      const offered = beta.gateway.offer.bind(beta.gateway);
      beta.gateway.offer = async (query) => ({ ...(await offered(query)), logging: "chain", loggings: ["chain"] });
      await expectRejection(stage.transfer("alpha"), "NOT_SERVED_HERE", { expected: "chain", actual: "local" });
    });

    it("refuse a proposal at 1.2 that is logged otherwise, or that keeps their room for more than 30 days", async () => {
      const sessionId = await stage.transfer("alpha");
      await stage.untilClosed(sessionId);
      const { facts } = await stage.status("beta", sessionId);
      const [setup] = await log("alpha", "beta", sessionId);
      const judged = async (change: Partial<SessionFacts>) => {
        const state = fold(initialState("destination", facts, setup!.sessionHash), "peer", [setup!]);
        return judgeProposal(
          { ...state, facts: { ...facts, ...change } },
          stage.portsOf("beta"),
          stage.parties.beta.options,
        );
      };
      expect(await judged({}), "as it was proposed").to.deep.equal({ accepted: true });
      const shared = { chainId: 31339, registry: COIN.alpha };
      const far = Math.floor(stage.clock.now() / SECOND) + 30 * 24 * 3_600 + 1;
      for (const [change, code] of [
        [{ profile: { ...facts.profile, logging: "chain" } }, "NOT_SERVED_HERE"],
        [{ register: "log", log: shared }, "INVALID_SESSION"],
        [{ log: shared }, "INVALID_SESSION"],
        [{ deadline: far }, "INVALID_TERMS"],
      ] as const)
        expect(await judged(change), code).to.include({ accepted: false, code });
    });

    it("take entries, and no mere word of them", async () => {
      const sessionId = await stage.transfer("alpha");
      const [entry] = await log("alpha", "alpha", sessionId);
      const told = stage.parties.beta.gateway.onPeerMessage(sessionId, entry!);
      await expectRejection(told, "NOT_SERVED_HERE");
      const shared = new GatewayStage("chain");
      const query = { gatewayId: stage.parties.alpha.gatewayId, from: 0 };
      expect(() => shared.parties.beta.gateway.peerLog(sessionId, query)).to.throw("shared");
    });
  });
});
