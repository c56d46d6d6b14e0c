import { expect } from "chai";

import { sessionFactsSchema, sessionHashOf } from "../../src/entry/session.ts";
import { keySigner } from "../../src/entry/signature.ts";
import {
  abortWithoutSignature,
  checkClosingSignature,
  checkDecisionSignature,
  checkOpeningSignature,
  signClosing,
  signDecision,
  signOpening,
} from "../../src/entry/signed-statements.ts";
import { closingStatementSchema, decisionStatementSchema, sessionOpeningSchema } from "../../src/entry/wire.ts";
import { expectError } from "../support/expect-error.ts";
import { readVectors, rowOf } from "../support/vectors.ts";

const alpha = rowOf(readVectors("gateways"), "alpha");
const beta = rowOf(readVectors("gateways"), "beta");
const signer = keySigner(alpha.key);
/** One session whose statements are bound to a registry, and one whose statements act on none. */
const sessions = ["transfer", "refused"].map((name) => ({
  name,
  facts: sessionFactsSchema.parse(rowOf(readVectors("sessions"), name).facts),
}));

for (const { name, facts } of sessions)
  describe(`statements on the session "${name}"`, () => {
    const foreign = { expected: beta.signer, actual: alpha.signer };
    const changed = { ...facts, deadline: facts.deadline + 1 };

    it("opening: signed by one key, for these facts and this epoch", async () => {
      const opening = await signOpening(facts, 1, signer);
      expect(sessionOpeningSchema.parse(opening)).to.deep.equal(opening);
      checkOpeningSignature(opening, alpha.signer);
      expectError(
        () => {
          checkOpeningSignature(opening, beta.signer);
        },
        "FOREIGN_SIGNATURE",
        foreign,
      );
      for (const other of [
        { ...opening, epoch: 2 },
        { ...opening, facts: changed },
      ])
        expectError(() => {
          checkOpeningSignature(other, alpha.signer);
        }, "FOREIGN_SIGNATURE");
    });

    it("closing: signed by one key, for this head", async () => {
      const head = { gatewayId: alpha.gatewayId, length: 3, lastEntryHash: sessionHashOf(facts), epoch: 1 };
      const closing = await signClosing(facts, head, signer);
      expect(closingStatementSchema.parse(closing)).to.deep.equal(closing);
      checkClosingSignature(facts, closing, alpha.signer);
      for (const change of [
        { length: 2 },
        { epoch: 2 },
        { gatewayId: beta.gatewayId },
        { lastEntryHash: alpha.gatewayId },
      ])
        expectError(() => {
          checkClosingSignature(facts, { ...closing, ...change }, alpha.signer);
        }, "FOREIGN_SIGNATURE");
    });

    it("decision: signed by one key, for one outcome", async () => {
      const decision = await signDecision(facts, "COMMIT", 1, signer);
      expect(decisionStatementSchema.parse(decision)).to.deep.equal(decision);
      checkDecisionSignature(facts, decision, alpha.signer);
      expectError(() => {
        checkDecisionSignature(facts, { ...decision, decision: "ABORT" }, alpha.signer);
      }, "FOREIGN_SIGNATURE");
      expectError(
        () => {
          checkDecisionSignature(facts, { ...decision, signature: null }, alpha.signer);
        },
        "INVALID_SIGNATURE",
        { sessionId: facts.sessionId },
      );
    });

    it("decision: ABORT on a ground that nobody signs", () => {
      for (const ground of ["VOTE_NO", "DEADLINE"] as const) {
        const abort = abortWithoutSignature(facts, ground);
        expect(decisionStatementSchema.parse(abort)).to.deep.equal(abort);
        checkDecisionSignature(facts, abort, beta.signer);
      }
    });
  });
