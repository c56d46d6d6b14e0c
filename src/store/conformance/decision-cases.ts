import assert from "node:assert/strict";
import { abortWithoutSignature, signDecision } from "../../entry/signed-statements.ts";
import { COMMANDS, STEPS } from "../../entry/vocabulary.ts";
import { kitFacts, openKitSession, refused } from "./expect.ts";
import { makeEntry, type ConformanceCase } from "./stage.ts";

/** The decision register (R9). */
export const DECISION_CASES: readonly ConformanceCase[] = [
  {
    name: "has no register where entries do not stand on chain",
    needs: ["no register"],
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      await refused(stage.store.decide(await signDecision(facts, "ABORT", origin.epoch, origin.signer)), "NO_REGISTER");
      await refused(
        stage.store.decide(abortWithoutSignature(kitFacts(stage, origin, null), "DEADLINE")),
        "UNKNOWN_SESSION",
      );
    },
  },
  {
    name: "takes COMMIT on YES, done-burn and the origin's signature, and nothing less",
    needs: ["register"],
    run: async (stage) => {
      const { facts, origin, destination } = await openKitSession(stage);
      const commit = await signDecision(facts, "COMMIT", origin.epoch, origin.signer);
      await refused(stage.store.decide(commit), "DECISION_WITHOUT_GROUND");
      // The same kinds in the wrong log prove nothing.
      await stage.store.append([await makeEntry(facts, destination, null, BURNED)]);
      await refused(stage.store.decide(commit), "DECISION_WITHOUT_GROUND");
      await stage.store.append([await makeEntry(facts, origin, null, BURNED)]);
      await refused(stage.store.decide(commit), "DECISION_WITHOUT_GROUND");
      const [standing] = await stage.store.read(facts.sessionId, destination.gatewayId, { from: 0, limit: 1 });
      await stage.store.append([await makeEntry(facts, destination, standing ?? null, YES)]);
      await refused(
        stage.store.decide(await signDecision(facts, "COMMIT", origin.epoch, destination.signer)),
        "FOREIGN_SIGNATURE",
      );
      await stage.store.decide(commit);
      await stage.store.decide(commit);
      await refused(
        stage.store.decide(await signDecision(facts, "ABORT", origin.epoch, origin.signer)),
        "ALREADY_DECIDED",
      );
      const { decision } = await stage.store.session(facts.sessionId);
      assert.equal(decision.decision, "COMMIT");
      assert.equal(decision.statement?.ground, "ORIGIN");
    },
  },
  {
    name: "takes ABORT on the origin's signature",
    needs: ["register"],
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      await stage.store.decide(await signDecision(facts, "ABORT", origin.epoch, origin.signer));
      assert.equal((await stage.store.session(facts.sessionId)).decision.decision, "ABORT");
    },
  },
  {
    name: "takes ABORT from anyone on the destination's NO, after which no YES counts",
    needs: ["register"],
    run: async (stage) => {
      const { facts, origin, destination } = await openKitSession(stage);
      const abort = abortWithoutSignature(facts, "VOTE_NO");
      await refused(stage.store.decide(abort), "DECISION_WITHOUT_GROUND");
      const no = await makeEntry(facts, destination, null, NO);
      await stage.store.append([no, await makeEntry(facts, destination, no, YES)]);
      await stage.store.append([await makeEntry(facts, origin, null, BURNED)]);
      const commit = await signDecision(facts, "COMMIT", origin.epoch, origin.signer);
      await refused(stage.store.decide(commit), "DECISION_WITHOUT_GROUND");
      await stage.store.decide(abort);
      const { decision } = await stage.store.session(facts.sessionId);
      assert.equal(decision.statement?.ground, "VOTE_NO");
    },
  },
  {
    name: "takes ABORT from anyone after the deadline, and not before",
    needs: ["register"],
    run: async (stage) => {
      const { facts } = await openKitSession(stage, { deadline: (await stage.now()) + DEADLINE_SECONDS });
      const abort = abortWithoutSignature(facts, "DEADLINE");
      await refused(stage.store.decide(abort), "DECISION_WITHOUT_GROUND");
      await stage.advance(DEADLINE_SECONDS + 1);
      await stage.store.decide(abort);
      const { decision } = await stage.store.session(facts.sessionId);
      assert.equal(decision.statement?.ground, "DEADLINE");
    },
  },
  {
    name: "refuses a decision that was signed for another chain",
    needs: ["register"],
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const elsewhere = { ...facts, log: { chainId: 1, registry: origin.signer.address } };
      const { signature } = await signDecision(elsewhere, "ABORT", origin.epoch, origin.signer);
      const abort = await signDecision(facts, "ABORT", origin.epoch, origin.signer);
      await refused(stage.store.decide({ ...abort, signature }), "FOREIGN_SIGNATURE");
      assert.equal((await stage.store.session(facts.sessionId)).decision.decision, "NONE");
    },
  },
  {
    name: "refuses the decision of an older epoch",
    needs: ["register"],
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const stale = await signDecision(facts, "ABORT", origin.epoch, origin.signer);
      const successor = await stage.rotateKey(origin);
      await refused(stage.store.decide(stale), "STALE_EPOCH");
      await stage.store.decide(await signDecision(facts, "ABORT", successor.epoch, successor.signer));
    },
  },
];

const DEADLINE_SECONDS = 600;

const YES = { step: STEPS["prepare-ack"], operation: "ack", vote: "yes", command: COMMANDS.prepare } as const;
const NO = { ...YES, vote: "no" } as const;
const BURNED = { step: STEPS.burn, operation: "done", command: COMMANDS.burn } as const;
