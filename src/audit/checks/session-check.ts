import type { GatewayId, Hash, SessionId } from "../../entry/hex.ts";
import type { Decision, Ground } from "../../entry/statements.ts";
import { commandFrom } from "../../entry/vocabulary.ts";
import { checkCauses } from "./causes.ts";
import { checkClosing, checkSessionClosed } from "./closing.ts";
import { checkDecision, evidenceIn, type CheckedDecision, type Evidence } from "./decision.ts";
import type { Inquiry } from "../inquiry.ts";
import { indexIn, subjectOf, type SessionEvents } from "../intake.ts";
import type { LogFooting } from "./log-footing.ts";
import { walkLog, type WalkedLog } from "./log-walk.ts";
import { partiesOf, type OpenSession, type Role } from "./opening.ts";
import { checkOrder } from "./order.ts";
import type { LogWord, SessionWord } from "../reading/reader.ts";
import { storyOf, type SessionStory } from "./session-story.ts";
import { transferViewOf, type TransferView } from "../ledgers/transfer-view.ts";

/** What the registry holds of a session at the final block; undefined: not read. */
export interface SessionHeads {
  readonly session: SessionWord | undefined;
  readonly decision: Decision | undefined;
  readonly logs: ReadonlyMap<GatewayId, LogWord>;
}

/**
 * REVERSED: COMMIT, and undone (R5). UNDECIDED: no decision yet. NO_REGISTER: one gateway alone. ELSEWHERE: the register is none that was
 * read. UNKNOWN: its opening is missing.
 */
export type Outcome = "COMMITTED" | "REVERSED" | "ABORTED" | "UNDECIDED" | "NO_REGISTER" | "ELSEWHERE" | "UNKNOWN";

/** Where a session stands at the end of its events: what a checkpoint keeps of it. */
export interface SessionHead {
  /** Null if the opening is missing. */
  readonly opened: { readonly block: number; readonly logIndex: number } | null;
  /** Of each of its logs; null where it is not known, because what stands before is in doubt. */
  readonly lastEntryHashes: readonly (Hash | null)[];
  /** By its events the registry takes nothing more for it. Closed is not enough: a session that nobody has decided can still be decided. */
  readonly settled: boolean;
  /** Where the next walk of its log can begin; null: with its first entry. */
  readonly footing: LogFooting | null;
}

/** What is left of a session after its check: small, because there may be very many. */
export interface CheckedSession {
  readonly sessionId: SessionId;
  /** Place of its opening; Infinity if that is missing. */
  readonly order: number;
  readonly outcome: Outcome;
  readonly decision: Decision;
  readonly ground: Ground;
  readonly closed: boolean;
  readonly logs: readonly { readonly gatewayId: GatewayId; readonly role: Role; readonly entries: number }[];
  readonly entries: number;
  readonly withPayload: number;
  readonly head: SessionHead;
  /** Null where it was not asked for, or there is none. */
  readonly transfer: TransferView | null;
  /** Null where it was not asked for, or the opening is missing. */
  readonly story: SessionStory | null;
}

export interface SessionCheckOptions {
  /** UNIX seconds of a block of the log chain. */
  readonly timestampOf: (block: number) => Promise<number>;
  /** Whether what ledgers can be held against is wanted. */
  readonly withTransfer: boolean;
  /** Whether what a report tells of it is wanted. */
  readonly withStory: boolean;
  /** Where an earlier walk of its log has ended, if the session has one log alone. */
  readonly since?: LogFooting | undefined;
}

export async function checkSession(
  inquiry: Inquiry,
  events: SessionEvents,
  opening: OpenSession | undefined,
  heads: SessionHeads,
  options: SessionCheckOptions,
): Promise<CheckedSession> {
  const { sessionId } = events;
  const entries = events.entries.length;
  if (opening === undefined)
    return {
      ...{ sessionId, order: Infinity, outcome: "UNKNOWN", decision: "NONE", ground: "NONE", closed: false },
      ...{ logs: [], entries, withPayload: 0, transfer: null, story: null },
      head: { opened: null, lastEntryHashes: [], settled: false, footing: null },
    };
  if (!isUnknown(opening, heads)) return checkOpened(inquiry, events, opening, heads, options);
  // Signed, but not what the registry was given: under its hash nothing can be told of the session's entries.
  const subject = {
    sessionId,
    gatewayId: opening.originGatewayId,
    block: opening.openBlock,
    order: events.opened[0]?.at.order,
  };
  inquiry.findings.add("OPENING_ALTERED", subject, "session of these facts in the registry", "one", "none");
  return checkOpened(inquiry, events, { ...opening, proven: false }, { ...heads, logs: new Map() }, options);
}

/** Whether the registry knows the session's id, and no log under the hash of these facts. */
function isUnknown({ proven }: OpenSession, { session, logs }: SessionHeads): boolean {
  const isNone = ({ length, lastBlock, open, closed }: LogWord) => length === 0 && lastBlock === 0 && !open && !closed;
  return (
    proven && session !== undefined && session.openBlock !== 0 && logs.size > 0 && [...logs.values()].every(isNone)
  );
}

async function checkOpened(
  inquiry: Inquiry,
  events: SessionEvents,
  opening: OpenSession,
  heads: SessionHeads,
  { timestampOf, withTransfer, withStory, since }: SessionCheckOptions,
): Promise<CheckedSession> {
  const parties = partiesOf(opening);
  // Who the parties are an opening says that is the origin's, and no other.
  if (opening.proven) checkForeign(inquiry, events, parties);
  const walked = { ...opening, openBlock: openBlockOf(opening, events, heads.session) };
  const logs = parties.map((party) => walkParty(inquiry, walked, party, events, heads, since));
  const intact = logs.every((log) => log.intact);
  const evidence = intact ? evidenceIn(logs) : undefined;
  const decision = await checkDecision(inquiry, opening, events.decided, evidence, heads.session, timestampOf);
  const gatewayIds = parties.map(({ gatewayId }) => gatewayId);
  checkSessionClosed(inquiry, opening, events, gatewayIds, heads.session);
  checkRegister(inquiry, opening, events, heads, evidence);
  checkCauses(inquiry, logs);
  checkOrder(inquiry, opening, logs, decision);
  const transfer = withTransfer ? transferViewOf(inquiry, opening, logs) : null;
  const story = withStory ? storyOf(opening, events, logs) : null;
  return { ...summary(events, opening, logs, decision), transfer, story };
}

function walkParty(
  inquiry: Inquiry,
  opening: OpenSession,
  party: { readonly role: Role; readonly gatewayId: GatewayId },
  events: SessionEvents,
  heads: SessionHeads,
  since: LogFooting | undefined,
): WalkedLog {
  const { gatewayId } = party;
  const own = events.entries.filter((entry) => entry.gatewayId === gatewayId);
  const closings = events.logsClosed.filter((closing) => closing.gatewayId === gatewayId);
  const head = heads.logs.get(gatewayId);
  const asItStands = walkLog(inquiry, opening, party, own, { closing: closings[0], head, since });
  // Under an opening that is not the origin's every hash is another one: nothing that rests on hashes can be judged.
  const log = opening.proven ? asItStands : { ...asItStands, intact: false };
  checkClosing(inquiry, opening, log, closings, head);
  if (!log.intact) return log;
  const [closing] = closings;
  // Its last entry stands elsewhere than it did, or who says so lies: what rests on the order cannot be judged.
  let isMoved = closing !== undefined && closing.previousBlock !== log.lastBlock;
  if (head !== undefined) {
    const { findings } = inquiry;
    const subject = { sessionId: events.sessionId, gatewayId };
    const lastBlock = closing?.at.block ?? log.lastBlock;
    if (head.lastBlock !== lastBlock) {
      findings.add("HEAD_MISMATCH", subject, "block of the log's last event", head.lastBlock, lastBlock);
      isMoved = true;
    }
    if (head.open === head.closed)
      findings.add("HEAD_MISMATCH", subject, "log", head.open ? "open and closed at once" : "none", "one");
  }
  return isMoved ? { ...log, intact: false } : log;
}

/**
 * Block that the first entries are linked to. Where the opening stands in another block than the register says, one of the two is found
 * wanting elsewhere: the entries, which name the right one, are not to blame.
 */
function openBlockOf({ openBlock }: OpenSession, { entries }: SessionEvents, word: SessionWord | undefined): number {
  const isNamed = entries.some(
    ({ header, previousBlock }) => indexIn(header) === 0 && previousBlock === word?.openBlock,
  );
  return word !== undefined && isNamed ? word.openBlock : openBlock;
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
): Omit<CheckedSession, "transfer" | "story"> {
  const before = logs.reduce((sum, { since }) => sum + (since?.index ?? 0), 0);
  let withPayload = before;
  for (const { entries } of logs)
    for (const { standing, payloadFits } of entries) if (standing === "proven" && payloadFits) withPayload += 1;
  return {
    sessionId: events.sessionId,
    order: events.opened[0]?.at.order ?? Infinity,
    outcome: outcomeOf(opening, decision, logs),
    decision,
    ground,
    closed: events.closed.length > 0,
    logs: logs.map(({ gatewayId, role, entries, since }) => {
      return { gatewayId, role, entries: (since?.index ?? 0) + entries.length };
    }),
    entries: before + events.entries.length,
    withPayload,
    head: headOf(events, opening, logs, decision),
  };
}

function headOf(
  events: SessionEvents,
  { deadline }: OpenSession,
  logs: readonly WalkedLog[],
  decision: Decision,
): SessionHead {
  const at = events.opened[0]?.at;
  return {
    opened: at === undefined ? null : { block: at.block, logIndex: at.logIndex },
    lastEntryHashes: logs.map(({ intact, lastEntryHash }) => (intact ? lastEntryHash : null)),
    // Without a deadline there is no register, and no decision.
    settled: events.closed.length > 0 && (decision !== "NONE" || deadline === 0),
    footing: footingOf(logs),
  };
}

/** Of a log alone in its session: what order there is it bears itself. In another's the two logs rest on each other. */
function footingOf([log, ...others]: readonly WalkedLog[]): LogFooting | null {
  if (log === undefined || others.length > 0 || log.lastEntryHash === null || log.length < MIN_FOOTING) return null;
  const { length: index, lastEntryHash: entryHash, lastBlock: block, since, entries } = log;
  let seqNumber = since?.seqNumber ?? 0;
  for (const { entry } of entries) if (entry !== null) seqNumber = Math.max(seqNumber, entry.seqNumber);
  return { index, entryHash, block, seqNumber, burned: evidenceIn([log]).burned < Infinity };
}

/** Entries of a log that is walked anew sooner than its end is kept. */
const MIN_FOOTING = 32;

function outcomeOf(opening: OpenSession, decision: Decision, logs: readonly WalkedLog[]): Outcome {
  if (decision === "ABORT") return "ABORTED";
  if (decision === "COMMIT") return logs.some(isRolledBack) ? "REVERSED" : "COMMITTED";
  return opening.destinationGatewayId === null ? "NO_REGISTER" : "UNDECIDED";
}

/** One side has undone its part under COMMIT: the clock had cancelled the mint (R5). */
function isRolledBack({ entries }: WalkedLog): boolean {
  return entries.some(({ entry }) => entry?.operation === "done" && commandFrom(entry.command) === "rollback");
}
