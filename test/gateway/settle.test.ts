import { expect } from "chai";
import { GatelogError } from "../../src/entry/errors.ts";
import { certificateDigest, type Certificate, type CertificateFact } from "../../src/entry/terms.ts";
import { expandSignature, type DigestSigner } from "../../src/entry/signature.ts";
import { missingSignatures } from "../../src/gateway/settle-certificates.ts";
import { stepName } from "../../src/gateway/settle-plan.ts";
import {
  certifySettlement,
  explainSettlement,
  settle,
  type Settlement,
  type SettleOptions,
  type SettlePorts,
} from "../../src/gateway/settle.ts";
import { expectRejection } from "../support/expect-error.ts";
import { CANCEL_AFTER, DEADLINE, KEYS, LOCK_EXPIRY, SettleStage } from "../support/settle-stage.ts";

const OPTIONS: SettleOptions = { reverse: false, waitMs: 600_000 };

describe("settle", () => {
  const everybody = { certifiers: [KEYS.destinationOwner] };

  /** Runs it on the stage's clock. */
  async function run(
    stage: SettleStage,
    ports: Partial<SettlePorts> = {},
    options: Partial<SettleOptions> = {},
  ): Promise<Settlement> {
    let isOver = false;
    const running = settle(stage.ports(ports), stage.facts.sessionId, { ...OPTIONS, ...options });
    const over = running.finally(() => (isOver = true));
    over.catch(() => undefined); // the caller is told
    await stage.clock.until(() => isOver);
    return over;
  }

  const passTo = (stage: SettleStage, unixSeconds: number): Promise<void> =>
    stage.clock.pass(unixSeconds * 1_000 - stage.clock.now());
  const stepsOf = ({ done }: Settlement): string[] => done.map(({ step }) => stepName(step));
  const leftOf = ({ left }: Settlement): string[] =>
    left.map((step) => ("action" in step ? `${step.type} ${step.action}` : step.type));

  describe("when both gateways are gone", () => {
    it("writes ABORT after the deadline, cancels the mint and unlocks", async () => {
      const stage = await SettleStage.open();
      await stage.reach("LOCKED", "MINTED");
      await passTo(stage, DEADLINE);
      const settlement = await run(stage, everybody);
      expect(settlement.outcome).to.equal("ABORTED");
      expect(stepsOf(settlement)).to.deep.equal([
        "decide by DEADLINE",
        "cancel by REGISTER_ABORT",
        "unlock by REGISTER_ABORT",
      ]);
      expect(settlement.done).to.deep.equal(stage.observed);
      expect(await stage.states()).to.deep.equal(["ABORT", "UNLOCKED", "CANCELLED"]);
    });

    it("recreates what was burned, once the destination is finally cancelled", async () => {
      const stage = await SettleStage.open();
      await stage.reach("BURNED", "MINTED");
      await passTo(stage, DEADLINE);
      stage.destination.finalityMs = 5_000;
      const settlement = await run(stage, everybody);
      expect(stepsOf(settlement)).to.deep.equal([
        "decide by DEADLINE",
        "cancel by REGISTER_ABORT",
        "recreate by DESTINATION_CANCELLED",
      ]);
      expect(settlement.outcome).to.equal("ABORTED");
    });

    it("bars what was announced and may still land, and writes nothing more", async () => {
      const stage = await SettleStage.open();
      await stage.say("origin", "init-lock", { step: "lock" });
      await passTo(stage, DEADLINE);
      expect(stepsOf(await run(stage, everybody))).to.deep.equal(["decide by DEADLINE", "unlock by REGISTER_ABORT"]);
      expect(await stage.states()).to.deep.equal(["ABORT", "REFUSED", "NONE"]);
    });

    it("writes ABORT at once where the destination voted NO", async () => {
      const stage = await SettleStage.open();
      await stage.reach("LOCKED", "NONE");
      await stage.say("destination", "ack-prepare", { step: "prepare-ack", vote: "no" });
      expect(stepsOf(await run(stage, everybody))[0]).to.equal("decide by VOTE_NO");
      expect((await stage.states())[1]).to.equal("UNLOCKED");
    });

    it("decides a session that never got to its terms, and asks no ledger", async () => {
      const stage = await SettleStage.open({}, false);
      stage.origin.unreachable = true;
      await passTo(stage, DEADLINE);
      const settlement = await run(stage);
      expect([settlement.outcome, ...stepsOf(settlement)]).to.deep.equal(["ABORTED", "decide by DEADLINE"]);
    });

    it("does nothing the second time, and says the same", async () => {
      const stage = await SettleStage.open();
      await stage.reach("LOCKED", "MINTED");
      await passTo(stage, DEADLINE);
      await run(stage, everybody);
      const again = await run(stage);
      expect([again.outcome, again.done, again.left]).to.deep.equal(["ABORTED", [], []]);
    });
  });

  describe("under COMMIT", () => {
    let stage: SettleStage;

    beforeEach(async () => {
      stage = await SettleStage.open();
      await stage.reach("BURNED", "MINTED");
      await stage.commit();
    });

    for (const [who, signer] of [
      ["the owner", KEYS.destinationOwner],
      ["a key", KEYS.destinationKey],
    ] as const)
      it(`assigns on the word of ${who} of the destination's group`, async () => {
        const settlement = await run(stage, { certifiers: [signer] });
        expect([settlement.outcome, ...stepsOf(settlement)]).to.deep.equal(["COMMITTED", "assign by REGISTER_COMMIT"]);
      });

    it("assigns without a certificate where the carrier is a key of the destination's group", async () => {
      const settlement = await run(stage, { account: KEYS.destinationKey.address });
      expect([settlement.outcome, ...stepsOf(settlement)]).to.deep.equal(["COMMITTED", "assign by key"]);
    });

    it("assigns nothing on the word of the origin's group (decision 007)", async () => {
      const settlement = await run(stage, { certifiers: [KEYS.originOwner, KEYS.originKey] });
      expect([settlement.outcome, ...leftOf(settlement)]).to.deep.equal([null, "lacking assign", "later"]);
      expect(stage.destination.effects.map(({ action }) => action)).to.deep.equal(["mint"]);
    });

    it("reverses it behind cancelAfter only if asked to", async () => {
      await passTo(stage, CANCEL_AFTER);
      const certifiers = [KEYS.originOwner];
      expect((await run(stage, { certifiers })).outcome).to.equal(null);
      const settlement = await run(stage, { certifiers }, { reverse: true });
      expect([settlement.outcome, ...stepsOf(settlement)]).to.deep.equal([
        "REVERSED",
        "cancel by clock",
        "recreate by DESTINATION_CANCELLED",
      ]);
    });
  });

  describe("with private logs", () => {
    it("cancels by the clock and goes by what the destination's escrow holds", async () => {
      const stage = await SettleStage.open({ log: null });
      await stage.reach("LOCKED", "MINTED");
      expect(leftOf(await run(stage, everybody))).to.deep.equal(["lacking cancel", "lacking unlock"]);
      await passTo(stage, CANCEL_AFTER);
      const settlement = await run(stage, everybody);
      expect(stepsOf(settlement)).to.deep.equal(["cancel by clock", "unlock by DESTINATION_CANCELLED"]);
      expect(settlement.outcome).to.equal("ABORTED");
    });

    it("unlocks for the owner from the lock's expiry on", async () => {
      const stage = await SettleStage.open({ log: null });
      await stage.reach("LOCKED", "MINTED");
      await passTo(stage, LOCK_EXPIRY);
      const settlement = await run(stage, { account: KEYS.alice.address });
      expect(stepsOf(settlement)).to.deep.equal(["unlock by originator"]);
      expect(leftOf(settlement)).to.deep.equal(["lacking cancel"]);
    });
  });

  describe("beside what else goes on", () => {
    it("does nothing before the deadline", async () => {
      const stage = await SettleStage.open();
      await stage.reach("LOCKED", "MINTED");
      const settlement = await run(stage, everybody);
      expect([settlement.outcome, settlement.done, leftOf(settlement)]).to.deep.equal([null, [], ["later"]]);
      expect(await stage.states()).to.deep.equal(["NONE", "LOCKED", "MINTED"]);
    });

    it("takes the register's word that it is too early by the log chain's clock", async () => {
      const stage = await SettleStage.open();
      await stage.reach("LOCKED", "MINTED");
      await passTo(stage, DEADLINE);
      stage.registerLag = 60;
      const settlement = await run(stage, everybody);
      expect([settlement.outcome, settlement.done]).to.deep.equal([null, []]);
      expect(settlement.refusals.get("decide by DEADLINE")).to.include("DECISION_WITHOUT_GROUND");
    });

    it("reads again where somebody else has moved the escrow (R2)", async () => {
      const stage = await SettleStage.open();
      await stage.reach("LOCKED", "MINTED");
      await passTo(stage, DEADLINE);
      // A burn that was pending lands right before the unlock.
      stage.origin.onAct = () => {
        stage.origin.onAct = () => Promise.resolve();
        stage.origin.mine("burn", stage.termsHash);
        return Promise.resolve();
      };
      expect(stepsOf(await run(stage, everybody)).at(-1)).to.equal("recreate by DESTINATION_CANCELLED");
      expect(await stage.states()).to.deep.equal(["ABORT", "RECREATED", "CANCELLED"]);
    });

    it("waits for what is not final, and no longer than it was told to", async () => {
      const stage = await SettleStage.open();
      await stage.reach("LOCKED", "MINTED");
      await passTo(stage, DEADLINE);
      stage.origin.finalityMs = 60_000;
      stage.origin.mine("burn", stage.termsHash);
      const impatient = await run(stage, everybody, { waitMs: 20_000 });
      expect([impatient.outcome, ...leftOf(impatient)]).to.deep.equal([null, "wait"]);
      expect((await run(stage, everybody)).outcome).to.equal("ABORTED");
      expect((await stage.states())[1]).to.equal("RECREATED");
    });

    it("tries the next right where one is refused", async () => {
      const stage = await SettleStage.open();
      await stage.reach("NONE", "MINTED");
      await passTo(stage, DEADLINE);
      let tries = 0;
      stage.destination.onAct = () => {
        tries += 1;
        if (tries === 1) throw new GatelogError("LEDGER_REJECTED", "not now");
        return Promise.resolve();
      };
      const settlement = await run(stage, { ...everybody, account: KEYS.destinationKey.address });
      expect(stepsOf(settlement)).to.include("cancel by REGISTER_ABORT");
      expect([...settlement.refusals.keys()]).to.deep.equal(["cancel by key"]);
    });

    it("believes no contradiction that it saw once", async () => {
      const stage = await SettleStage.open();
      await stage.reach("LOCKED", "MINTED");
      stage.destination.mine("assign", stage.termsHash);
      // The burn and COMMIT were there before the assign, and are read the second time.
      const sleep = async (ms: number): Promise<void> => {
        if (stage.origin.head(stage.termsHash) === "LOCKED") {
          stage.origin.mine("burn", stage.termsHash);
          await stage.commit();
        }
        return stage.clock.sleep(ms);
      };
      const settlement = await run(stage, { ...everybody, clock: { now: () => stage.clock.now(), sleep } });
      expect([settlement.outcome, settlement.done]).to.deep.equal(["COMMITTED", []]);
    });

    it("does nothing where it stays", async () => {
      const stage = await SettleStage.open();
      await stage.reach("LOCKED", "MINTED");
      stage.destination.mine("assign", stage.termsHash);
      await passTo(stage, CANCEL_AFTER);
      const settlement = await run(stage, everybody, { reverse: true });
      expect([settlement.outcome, settlement.done]).to.deep.equal([null, []]);
      expect(settlement.broken).to.include("two copies");
    });

    it("concludes nothing from a ledger that does not answer", async () => {
      const stage = await SettleStage.open();
      await stage.reach("LOCKED", "MINTED");
      await passTo(stage, DEADLINE);
      stage.destination.unreachable = true;
      await expectRejection(run(stage, everybody), "NODE_UNREACHABLE");
      expect(await stage.states()).to.deep.equal(["NONE", "LOCKED", "MINTED"]);
    });
  });

  describe("given what is of no use", () => {
    let stage: SettleStage;

    beforeEach(async () => {
      stage = await SettleStage.open();
      await stage.reach("LOCKED", "MINTED");
    });

    it("refuses a register that is not the session's", async () => {
      await expectRejection(run(stage, { register: null }), "INVALID_CONFIG", { chainId: 31_339 });
    });

    it("refuses a key that signs nothing here", async () => {
      await expectRejection(run(stage, { certifiers: [KEYS.stranger] }), "FOREIGN_SIGNATURE", {
        actual: KEYS.stranger.address,
      });
    });

    it("refuses a session that it does not know", async () => {
      const ports = stage.ports();
      await expectRejection(settle(ports, "6f2c1a52-6c07-4f4a-9d3b-2f9f0d1c5a11", OPTIONS), "UNKNOWN_SESSION");
    });

    it("explains what it would do, and does it not", async () => {
      await passTo(stage, DEADLINE);
      const explained = await explainSettlement(stage.ports(everybody), stage.facts.sessionId, OPTIONS);
      expect([explained.outcome, ...leftOf(explained)]).to.deep.equal([null, "decide"]);
      expect(await stage.states()).to.deep.equal(["NONE", "LOCKED", "MINTED"]);
    });
  });

  describe("with certificates made elsewhere", () => {
    const attestors = KEYS.attestors;
    let stage: SettleStage;

    beforeEach(async () => {
      stage = await SettleStage.open({ attestors: attestors.map(({ address }) => address), attestorThreshold: 2 });
      await stage.reach("LOCKED", "MINTED");
      await passTo(stage, DEADLINE);
    });

    const certify = (...certifiers: readonly DigestSigner[]) => ({
      on: async (...certificates: readonly Certificate[]) =>
        (await certifySettlement(stage.ports({ certifiers, certificates }), stage.facts.sessionId)).certificate,
    });

    async function claim(fact: CertificateFact, signer: DigestSigner): Promise<Certificate> {
      const { termsHash } = stage;
      const { chainId, registry: source } = stage.terms.log!;
      const blockHash = `0x${"b1".repeat(32)}` as const;
      const unsigned = { termsHash, fact, chainId, source, blockNumber: 1, blockHash, signatures: [] };
      return {
        ...unsigned,
        signatures: [expandSignature(await signer.signDigest(certificateDigest(unsigned)))],
      };
    }

    it("states nothing before it holds", async () => {
      await expectRejection(certify(KEYS.originKey).on(), "REFUSED");
    });

    it("lets a stranger carry what a party has stated", async () => {
      await run(stage); // writes ABORT, and lacks the rest
      const certificate = await certify(KEYS.originKey).on();
      expect(certificate.fact).to.equal("REGISTER_ABORT");
      const settlement = await run(stage, { certificates: [certificate] });
      expect([settlement.outcome, ...stepsOf(settlement)]).to.deep.equal([
        "ABORTED",
        "cancel by REGISTER_ABORT",
        "unlock by REGISTER_ABORT",
      ]);
    });

    it("lets attestors sign one claim after the other, each after its own reading", async () => {
      await run(stage);
      const [one, two] = attestors;
      const begun = await certify(one!).on();
      expect(missingSignatures(stage.terms, begun)).to.equal(1);
      await expectRejection(run(stage, { certificates: [begun] }), "INVALID_SIGNATURE", { missing: 1 });
      const complete = await certify(two!).on(begun);
      expect(missingSignatures(stage.terms, complete)).to.equal(0);
      expect((await run(stage, { certificates: [complete] })).outcome).to.equal("ABORTED");
    });

    it("adds no signature to a claim about a block that is not the chain's", async () => {
      await run(stage);
      const begun = await certify(attestors[0]!).on();
      const altered = { ...begun, blockHash: `0x${"cc".repeat(32)}` as const, signatures: [] };
      await expectRejection(certify(attestors[1]!).on(altered), "REFUSED");
    });

    it("signs with as many attestors as the terms ask for, if they are all here", async () => {
      const settlement = await run(stage, { certifiers: attestors });
      expect(settlement.outcome).to.equal("ABORTED");
    });

    it("refuses one that a stranger signed, and one about another session", async () => {
      await run(stage);
      const strange = await claim("REGISTER_ABORT", KEYS.stranger);
      await expectRejection(run(stage, { certificates: [strange] }), "FOREIGN_SIGNATURE", {
        actual: KEYS.stranger.address,
      });
      const other = { ...(await claim("REGISTER_ABORT", KEYS.originKey)), termsHash: `0x${"11".repeat(32)}` as const };
      await expectRejection(run(stage, { certificates: [other] }), "INVALID_TERMS");
      expect(await stage.states()).to.deep.equal(["ABORT", "LOCKED", "MINTED"]);
    });

    it("carries none that says what the register does not hold", async () => {
      await run(stage);
      const lie = await claim("REGISTER_COMMIT", KEYS.destinationKey);
      const settlement = await run(stage, { certificates: [lie] });
      expect([settlement.outcome, settlement.done]).to.deep.equal([null, []]);
      expect(await stage.states()).to.deep.equal(["ABORT", "LOCKED", "MINTED"]);
    });
  });
});
