import { GatelogError } from "./errors.ts";
import type { Address, GatewayId, Hash } from "./hex.ts";
import { sessionHashOf, type SessionFacts, type SessionOpening } from "./session.ts";
import { recoverSigner, type CompactSignature, type DigestSigner } from "./signature.ts";
import {
  DECISIONS,
  statementDigest,
  statementDomainOf,
  type ClosingStatement,
  type DecisionStatement,
  type Ground,
} from "./statements.ts";

/** Making and checking the statements on a session: its opening, the closing of a log, the decision. */

export async function signOpening(facts: SessionFacts, epoch: number, signer: DigestSigner): Promise<SessionOpening> {
  return { facts, epoch, signature: await signer.signDigest(openingDigest(facts, epoch)) };
}

export async function signClosing(
  facts: SessionFacts,
  head: {
    readonly gatewayId: GatewayId;
    readonly length: number;
    readonly lastEntryHash: Hash;
    readonly epoch: number;
  },
  signer: DigestSigner,
): Promise<ClosingStatement> {
  const { gatewayId, length, lastEntryHash, epoch } = head;
  const unsigned = {
    sessionId: facts.sessionId,
    sessionHash: sessionHashOf(facts),
    gatewayId,
    length,
    lastEntryHash,
    epoch,
  };
  return { ...unsigned, signature: await signer.signDigest(closingDigest(facts, unsigned)) };
}

/** The origin's own decision. */
export async function signDecision(
  facts: SessionFacts,
  decision: DecisionStatement["decision"],
  epoch: number,
  signer: DigestSigner,
): Promise<DecisionStatement> {
  const signature = await signer.signDigest(decisionDigest(facts, decision, epoch));
  return {
    sessionId: facts.sessionId,
    sessionHash: sessionHashOf(facts),
    decision,
    ground: "ORIGIN",
    epoch,
    signature,
  };
}

/** ABORT on a ground that needs nobody's signature: the destination's NO, or the deadline. Anyone may write it. */
export function abortWithoutSignature(
  facts: SessionFacts,
  ground: Exclude<Ground, "NONE" | "ORIGIN">,
): DecisionStatement {
  return {
    sessionId: facts.sessionId,
    sessionHash: sessionHashOf(facts),
    decision: "ABORT",
    ground,
    epoch: 0,
    signature: null,
  };
}

/** FOREIGN_SIGNATURE or INVALID_SIGNATURE unless `key` signed the opening. */
export function checkOpeningSignature(opening: SessionOpening, key: Address): void {
  checkSigner(openingDigest(opening.facts, opening.epoch), opening.signature, key);
}

/** FOREIGN_SIGNATURE or INVALID_SIGNATURE unless `key` signed the closing. */
export function checkClosingSignature(facts: SessionFacts, closing: ClosingStatement, key: Address): void {
  checkSigner(closingDigest(facts, closing), closing.signature, key);
}

/** FOREIGN_SIGNATURE or INVALID_SIGNATURE unless `key` signed the decision; for grounds other than ORIGIN there is nothing to check. */
export function checkDecisionSignature(facts: SessionFacts, statement: DecisionStatement, key: Address): void {
  if (statement.signature === null) {
    if (statement.ground !== "ORIGIN") return;
    throw new GatelogError("INVALID_SIGNATURE", "the origin's decision carries no signature", {
      sessionId: statement.sessionId,
    });
  }
  checkSigner(decisionDigest(facts, statement.decision, statement.epoch), statement.signature, key);
}

function openingDigest(facts: SessionFacts, epoch: number): Hash {
  return statementDigest(statementDomainOf(facts), "OpenSession", { sessionHash: sessionHashOf(facts), epoch });
}

function closingDigest(facts: SessionFacts, closing: Omit<ClosingStatement, "signature" | "sessionId">): Hash {
  const { sessionHash, gatewayId, length, lastEntryHash, epoch } = closing;
  return statementDigest(statementDomainOf(facts), "CloseLog", {
    sessionHash,
    gatewayId,
    length,
    lastEntryHash,
    epoch,
  });
}

function decisionDigest(facts: SessionFacts, decision: DecisionStatement["decision"], epoch: number): Hash {
  const statement = { sessionHash: sessionHashOf(facts), decision: DECISIONS[decision], epoch };
  return statementDigest(statementDomainOf(facts), "Decide", statement);
}

function checkSigner(digest: Hash, signature: CompactSignature, expected: Address): void {
  const actual = recoverSigner(digest, signature);
  if (actual !== expected)
    throw new GatelogError("FOREIGN_SIGNATURE", "the statement is signed by another key", { expected, actual });
}
