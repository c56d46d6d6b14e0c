import { ZERO_HASH } from "../../src/entry/hex.ts";
import { loggedFactsHash, sessionHashFrom } from "../../src/entry/session.ts";
import type { DigestSigner } from "../../src/entry/signature.ts";
import { DECISIONS, GROUNDS } from "../../src/entry/statements.ts";
import type { SessionWord } from "../../src/audit/reading/reader.ts";
import type { Mutation } from "./mutation.ts";
import { append, changed, made, pick, sign, STRANGER, type Forger } from "./signed.ts";
import { altered, type Subject } from "./subject.ts";

/** Statements on sessions that are signed, but by another, or over something else than the registry has taken. */
export const FORGED_STATEMENTS: readonly Forger[] = [
  otherDecision,
  decisionByStranger,
  decisionOnDeadline,
  decisionOnNo,
  secondDecision,
  decisionFromNowhere,
  commitWithoutGround,
  openingByStranger,
  otherFacts,
  secondOpening,
  closingByStranger,
  shorterClosing,
  closingFromNowhere,
];

function originOf(subject: Subject, sessionId: string, place: number): DigestSigner | undefined {
  const origin = subject.openings.get(sessionId)?.originGatewayId;
  return origin && subject.keyAt(origin, place)?.signer;
}

/** The origin has signed the opposite as well. */
async function otherDecision(subject: Subject): Promise<Mutation | undefined> {
  const known = pick(subject, subject.ofKind("Decided"));
  const signer = known && originOf(subject, known.event.sessionId, known.place);
  if (known === undefined || signer === undefined) return undefined;
  const { sessionId } = known.event;
  const decision = known.event.decision === DECISIONS.COMMIT ? DECISIONS.ABORT : DECISIONS.COMMIT;
  const origin = subject.openings.get(sessionId)?.originGatewayId ?? ZERO_HASH;
  const epoch = subject.keyAt(origin, known.place)?.epoch ?? 0;
  const statement = { sessionHash: subject.sessionHashOf(sessionId), decision, epoch };
  const values = { decision, ground: GROUNDS.ORIGIN, epoch, ...(await sign(subject, signer, "Decide", statement)) };
  return changed(subject, known, values, "another decision, signed by the origin", ["DECISION_ALTERED"]);
}

async function decisionByStranger(subject: Subject): Promise<Mutation | undefined> {
  const known = pick(
    subject,
    subject.ofKind("Decided").filter(({ event }) => event.ground === GROUNDS.ORIGIN),
  );
  if (known === undefined) return undefined;
  const { sessionId, decision, epoch } = known.event;
  const sessionHash = subject.sessionHashOf(sessionId);
  const values = await sign(subject, STRANGER, "Decide", { sessionHash, decision, epoch });
  return changed(subject, known, values, "decision signed by a stranger", ["DECISION_ALTERED"]);
}

/** An ABORT that the origin has signed in time is told as one on the deadline. */
async function decisionOnDeadline(subject: Subject): Promise<Mutation | undefined> {
  const early = subject.ofKind("Decided").filter(({ event, log }) => {
    const deadline = subject.openings.get(event.sessionId)?.deadline ?? 0;
    const time = subject.recording.blocks.get(log.blockNumber)?.timestamp ?? Infinity;
    return event.ground !== GROUNDS.DEADLINE && time < deadline;
  });
  const known = pick(subject, early);
  if (known === undefined) return Promise.resolve(undefined);
  const values = { decision: DECISIONS.ABORT, ground: GROUNDS.DEADLINE, epoch: 0, r: ZERO_HASH, vs: ZERO_HASH };
  const mutation = changed(subject, known, values, "ABORT before the deadline", ["DECISION_WITHOUT_GROUND"]);
  return Promise.resolve(withRegister(mutation, known.event.sessionId, { decision: "ABORT" }));
}

/** A decision is told as an ABORT on a NO that nobody has voted. */
async function decisionOnNo(subject: Subject): Promise<Mutation | undefined> {
  const withoutNo = subject
    .ofKind("Decided")
    .filter(({ event }) => subject.recording.sessionWords.get(event.sessionId)?.votedNo === false);
  const known = pick(subject, withoutNo);
  if (known === undefined) return Promise.resolve(undefined);
  const values = { decision: DECISIONS.ABORT, ground: GROUNDS.VOTE_NO, epoch: 0, r: ZERO_HASH, vs: ZERO_HASH };
  const mutation = changed(subject, known, values, "ABORT on a NO that nobody voted", ["DECISION_WITHOUT_GROUND"]);
  return Promise.resolve(withRegister(mutation, known.event.sessionId, { decision: "ABORT" }));
}

/** The register says the same as the event: whoever answers stands behind both. */
function withRegister(mutation: Mutation, sessionId: string, words: Partial<SessionWord>): Mutation {
  const word = mutation.recording.sessionWords.get(sessionId);
  if (word === undefined) return mutation;
  const sessionWords = new Map(mutation.recording.sessionWords).set(sessionId, { ...word, ...words });
  return { ...mutation, recording: { ...mutation.recording, sessionWords } };
}

async function secondDecision(subject: Subject): Promise<Mutation | undefined> {
  const known = pick(subject, subject.ofKind("Decided"));
  const signer = known && originOf(subject, known.event.sessionId, Infinity);
  if (known === undefined || signer === undefined) return undefined;
  const { sessionId } = known.event;
  const statement = { sessionHash: subject.sessionHashOf(sessionId), decision: DECISIONS.ABORT, epoch: 1 };
  const values = {
    decision: DECISIONS.ABORT,
    ground: GROUNDS.ORIGIN,
    epoch: 1,
    ...(await sign(subject, signer, "Decide", statement)),
  };
  const due = [{ sessionId, codes: ["DECISION_DOUBLED"] as const }];
  return append(subject, altered(known.log, values), "second decision", due);
}

/** A session of which the register holds none. */
async function decisionFromNowhere(subject: Subject): Promise<Mutation | undefined> {
  const decided = new Set(subject.ofKind("Decided").map(({ event }) => event.sessionId));
  const known = pick(
    subject,
    subject.ofKind("SessionOpened").filter(({ event }) => !decided.has(event.sessionId)),
  );
  const signer = known && originOf(subject, known.event.sessionId, Infinity);
  if (known === undefined || signer === undefined) return undefined;
  const { sessionId, originGatewayId } = known.event;
  const epoch = subject.keyAt(originGatewayId, Infinity)?.epoch ?? 1;
  const decision = DECISIONS.ABORT;
  const { r, vs } = await sign(subject, signer, "Decide", {
    sessionHash: subject.sessionHashOf(sessionId),
    decision,
    epoch,
  });
  const log = made(known.log, "Decided", [known.log.topics[1]?.slice(0, 34), decision, GROUNDS.ORIGIN, epoch, r, vs]);
  const codes = ["DECISION_ALTERED", "DECISION_WITHOUT_GROUND"] as const;
  return append(subject, log, "decision that the register does not hold", [{ sessionId, codes }]);
}

/** COMMIT, signed by the origin and held by the register, of a session that lacks the vote or the burn. */
async function commitWithoutGround(subject: Subject): Promise<Mutation | undefined> {
  const lacking = subject.ofKind("Decided").filter(({ event }) => {
    const word = subject.recording.sessionWords.get(event.sessionId);
    return word !== undefined && !(word.votedYes && word.burned);
  });
  const known = pick(subject, lacking);
  const origin = known && subject.openings.get(known.event.sessionId)?.originGatewayId;
  const key = origin && subject.keyAt(origin, known.place);
  if (known === undefined || key === undefined) return undefined;
  const { sessionId } = known.event;
  const decision = DECISIONS.COMMIT;
  const statement = { sessionHash: subject.sessionHashOf(sessionId), decision, epoch: key.epoch };
  const values = {
    decision,
    ground: GROUNDS.ORIGIN,
    epoch: key.epoch,
    ...(await sign(subject, key.signer, "Decide", statement)),
  };
  const mutation = changed(subject, known, values, "COMMIT without YES or burn", ["DECISION_WITHOUT_GROUND"]);
  return withRegister(mutation, sessionId, { decision: "COMMIT" });
}

async function openingByStranger(subject: Subject): Promise<Mutation | undefined> {
  const known = pick(subject, subject.ofKind("SessionOpened"));
  if (known === undefined) return undefined;
  const { sessionId, epoch } = known.event;
  const values = await sign(subject, STRANGER, "OpenSession", { sessionHash: subject.sessionHashOf(sessionId), epoch });
  return changed(subject, known, values, "opening signed by a stranger", ["OPENING_ALTERED"]);
}

/** The origin has signed other facts for the session than those that the registry knows. */
async function otherFacts(subject: Subject): Promise<Mutation | undefined> {
  const known = pick(subject, subject.ofKind("SessionOpened"));
  const key = known && subject.keyAt(known.event.originGatewayId, known.place);
  if (known === undefined || key === undefined) return undefined;
  const { sessionId, originGatewayId, destinationGatewayId, facts } = known.event;
  const deadline = known.event.deadline + 1;
  const factsHash = loggedFactsHash(originGatewayId, destinationGatewayId, deadline, facts);
  const sessionHash = sessionHashFrom(sessionId, factsHash);
  const signature = await sign(subject, key.signer, "OpenSession", { sessionHash, epoch: key.epoch });
  return changed(subject, known, { deadline, ...signature }, "other facts, signed by the origin", ["OPENING_ALTERED"]);
}

async function secondOpening(subject: Subject): Promise<Mutation | undefined> {
  const known = pick(subject, subject.ofKind("SessionOpened"));
  if (known === undefined) return Promise.resolve(undefined);
  const log = altered(known.log, { deadline: known.event.deadline + 1 });
  const due = [{ sessionId: known.event.sessionId, codes: ["EVENT_DOUBLED"] as const }];
  return Promise.resolve(append(subject, log, "second opening", due));
}

async function closingByStranger(subject: Subject): Promise<Mutation | undefined> {
  const known = pick(subject, subject.ofKind("LogClosed"));
  if (known === undefined) return undefined;
  const { sessionId, gatewayId, length, lastEntryHash, epoch } = known.event;
  const statement = { sessionHash: subject.sessionHashOf(sessionId), gatewayId, length, lastEntryHash, epoch };
  const values = await sign(subject, STRANGER, "CloseLog", statement);
  return changed(subject, known, values, "closing signed by a stranger", ["CLOSING_ALTERED"]);
}

/** The gateway has signed that its log ends earlier. */
async function shorterClosing(subject: Subject): Promise<Mutation | undefined> {
  const known = pick(
    subject,
    subject.ofKind("LogClosed").filter(({ event }) => event.length > 0),
  );
  const key = known && subject.keyAt(known.event.gatewayId, known.place);
  if (known === undefined || key === undefined) return undefined;
  const { sessionId, gatewayId } = known.event;
  const entries = subject.logOf(known);
  const length = known.event.length - 1;
  const lastEntryHash = entries.find(({ entry }) => entry.index === length - 1)?.entry.entryHash ?? ZERO_HASH;
  const statement = {
    sessionHash: subject.sessionHashOf(sessionId),
    gatewayId,
    length,
    lastEntryHash,
    epoch: key.epoch,
  };
  const values = { length, lastEntryHash, ...(await sign(subject, key.signer, "CloseLog", statement)) };
  return changed(subject, known, values, "closing of a shorter log, signed", ["CLOSING_ALTERED"]);
}

/** Of a log that the registry holds as open. */
async function closingFromNowhere(subject: Subject): Promise<Mutation | undefined> {
  const closed = new Set(subject.ofKind("LogClosed").map(({ event }) => event.sessionId + event.gatewayId));
  const open = subject.entries.filter(({ event }) => !closed.has(event.sessionId + event.gatewayId));
  const known = pick(subject, open);
  const key = known && subject.keyAt(known.event.gatewayId, Infinity);
  if (known === undefined || key === undefined) return undefined;
  const { sessionId, gatewayId } = known.event;
  const last = subject.logOf(known).at(-1);
  const [length, lastEntryHash] = [(last?.entry.index ?? -1) + 1, last?.entry.entryHash ?? ZERO_HASH];
  const statement = {
    sessionHash: subject.sessionHashOf(sessionId),
    gatewayId,
    length,
    lastEntryHash,
    epoch: key.epoch,
  };
  const { r, vs } = await sign(subject, key.signer, "CloseLog", statement);
  const id = known.log.topics[1]?.slice(0, 34);
  const values = [id, gatewayId, length, lastEntryHash, key.epoch, r, vs, last?.log.blockNumber ?? 0];
  const due = [{ sessionId, gatewayId, codes: ["CLOSING_ALTERED"] as const }];
  return append(subject, made(known.log, "LogClosed", values), "closing that the registry does not hold", due);
}
