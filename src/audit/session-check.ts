import type { GatewayId, SessionId } from "../entry/hex.ts";
import type { Decision, Ground } from "../entry/statements.ts";
import { checkCauses } from "./causes.ts";
import { checkClosing, checkSessionClosed } from "./closing.ts";
import { checkDecision, evidenceIn, type CheckedDecision, type Evidence } from "./decision.ts";
import type { Inquiry } from "./inquiry.ts";
import { subjectOf, type SessionEvents } from "./intake.ts";
import { walkLog, type WalkedLog } from "./log-walk.ts";
import { partiesOf, type OpenSession, type Role } from "./opening.ts";
import { checkOrder } from "./order.ts";
import type { AuditReader, LogWord, SessionWord } from "./reader.ts";

/** What the registry holds of a session at the final block; undefined: not read. */
export interface SessionHeads {
  readonly session: SessionWord | undefined;
  readonly decision: Decision | undefined;
  readonly logs: ReadonlyMap<GatewayId, LogWord>;
}

/** A session after its check: for the report, and for whoever compares it with the ledgers. */
export interface CheckedSession {
  readonly sessionId: SessionId;
  readonly opening: OpenSession | undefined;
  readonly logs: readonly WalkedLog[];
  readonly decision: Decision;
  readonly ground: Ground;
  readonly closed: boolean;
  readonly entries: number;
  readonly withPayload: number;
}

export async function readHeads(
  reader: AuditReader,
  opening: OpenSession | undefined,
  sessionId: SessionId,
  block: number,
): Promise<SessionHeads> {
  const [session, decision] = await Promise.all([
    reader.sessionOf(sessionId, block),
    reader.decisionOf(sessionId, block),
  ]);
  const logs = new Map<GatewayId, LogWord>();
  // Under an opening that is not the origin's the session's hash is wrong, and the registry has no log under it.
  if (opening?.proven === true)
    for (const { gatewayId } of partiesOf(opening))
      logs.set(gatewayId, await reader.logOf(opening.sessionHash, gatewayId, block));
  return { session, decision, logs };
}

export async function checkSession(
  inquiry: Inquiry,
  events: SessionEvents,
  opening: OpenSession | undefined,
  heads: SessionHeads,
  timestampOf: (block: number) => Promise<number>,
): Promise<CheckedSession> {
  const { sessionId } = events;
  const entries = events.entries.length;
  if (opening === undefined)
    return { sessionId, opening, logs: [], decision: "NONE", ground: "NONE", closed: false, entries, withPayload: 0 };

  const parties = partiesOf(opening);
  checkForeign(inquiry, events, parties);
  const logs = parties.map((party) => walkParty(inquiry, opening, party, events, heads));
  const intact = logs.every((log) => log.intact);
  const evidence = intact ? evidenceIn(logs) : undefined;
  const decision = await checkDecision(inquiry, opening, events.decided, evidence, heads.session, timestampOf);
  const gatewayIds = parties.map(({ gatewayId }) => gatewayId);
  checkSessionClosed(inquiry, opening, events, gatewayIds, heads.session);
  checkRegister(inquiry, opening, events, heads, evidence);
  checkCauses(inquiry, logs);
  checkOrder(inquiry, opening, logs, decision);
  return summary(events, opening, logs, decision);
}

function walkParty(
  inquiry: Inquiry,
  opening: OpenSession,
  party: { readonly role: Role; readonly gatewayId: GatewayId },
  events: SessionEvents,
  heads: SessionHeads,
): WalkedLog {
  const { gatewayId } = party;
  const own = events.entries.filter((entry) => entry.gatewayId === gatewayId);
  const closings = events.logsClosed.filter((closing) => closing.gatewayId === gatewayId);
  const head = heads.logs.get(gatewayId);
  const log = walkLog(inquiry, opening, party, own, { closing: closings[0], head });
  checkClosing(inquiry, opening, log, closings, head);
  if (head !== undefined && log.intact) {
    const closing = closings[0];
    const { findings } = inquiry;
    const subject = { sessionId: events.sessionId, gatewayId };
    const lastBlock = closing?.at.block ?? log.lastBlock;
    if (head.lastBlock !== lastBlock)
      findings.add("HEAD_MISMATCH", subject, "block of the log's last event", head.lastBlock, lastBlock);
    if (!head.open && !head.closed) findings.add("HEAD_MISMATCH", subject, "log", "none", "one");
  }
  return log;
}

/** Events of gateways that are no party to the session. */
function checkForeign(
  { findings }: Inquiry,
  events: SessionEvents,
  parties: readonly { readonly gatewayId: GatewayId }[],
): void {
  const isParty = (gatewayId: GatewayId) => parties.some((party) => party.gatewayId === gatewayId);
  for (const entry of events.entries)
    if (!isParty(entry.gatewayId))
      findings.add("ENTRY_INSERTED", subjectOf(entry), "writer", "a party to the session", entry.gatewayId);
  for (const closing of events.logsClosed)
    if (!isParty(closing.gatewayId))
      findings.add("CLOSING_ALTERED", subjectOf(closing), "gateway", "a party to the session", closing.gatewayId);
}

/** Compares the session's replay with the register. The bits only where the logs are intact: they follow from the entries. */
function checkRegister(
  { findings }: Inquiry,
  opening: OpenSession,
  events: SessionEvents,
  { session: word, decision }: SessionHeads,
  evidence: Evidence | undefined,
): void {
  const subject = { sessionId: opening.sessionId, gatewayId: opening.originGatewayId };
  if (word === undefined) return;
  if (decision !== undefined && decision !== word.decision)
    findings.add("HEAD_MISMATCH", subject, "decision by decisionOf and sessionOf", decision, word.decision);
  if (word.openBlock === 0) {
    findings.add("OPENING_ALTERED", subject, "session in the register", "none", "opened");
    return;
  }
  const parties = partiesOf(opening).length;
  const closed = new Set(events.logsClosed.map(({ gatewayId }) => gatewayId)).size;
  const pairs: (readonly [string, unknown, unknown])[] = [
    ["block of the opening", word.openBlock, opening.openBlock],
    ["deadline", word.deadline, opening.deadline],
  ];
  if (evidence !== undefined)
    pairs.push(
      ["YES seen", word.votedYes, evidence.votedYes < Infinity],
      ["NO seen", word.votedNo, evidence.votedNo < Infinity],
      ["burn seen", word.burned, evidence.burned < Infinity],
      ["logs that are open", word.openLogs, parties - closed],
    );
  for (const [what, expected, found] of pairs)
    if (expected !== found) findings.add("HEAD_MISMATCH", subject, what, expected, found);
}

function summary(
  events: SessionEvents,
  opening: OpenSession,
  logs: readonly WalkedLog[],
  { decision, ground }: CheckedDecision,
): CheckedSession {
  const withPayload = logs
    .flatMap((log) => log.entries)
    .filter((weighed) => weighed.standing === "proven" && weighed.payloadFits).length;
  const closed = events.closed.length > 0;
  return {
    sessionId: events.sessionId,
    opening,
    logs,
    decision,
    ground,
    closed,
    entries: events.entries.length,
    withPayload,
  };
}
