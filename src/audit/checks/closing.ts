import { statementDigest } from "../../entry/statements.ts";
import { checkCurrentSigner } from "./current-signer.ts";
import type { LogClosed } from "../reading/events.ts";
import { indexIn, subjectOf, type SessionEvents } from "../intake.ts";
import type { Inquiry } from "../inquiry.ts";
import type { WalkedLog } from "./log-walk.ts";
import type { OpenSession } from "./opening.ts";
import type { LogWord, SessionWord } from "../reading/reader.ts";

/** Checks the closing of one log: signed by its gateway, over the head that the entries lead to, with nothing behind it. */
export function checkClosing(
  inquiry: Inquiry,
  session: OpenSession,
  log: WalkedLog,
  closings: readonly LogClosed[],
  head: LogWord | undefined,
): void {
  const { findings } = inquiry;
  const [event, ...others] = closings;
  for (const other of others) findings.add("EVENT_DOUBLED", subjectOf(other), "LogClosed", "one", "another");
  if (event === undefined) {
    if (head?.closed === true)
      findings.add(
        "CLOSING_MISSING",
        { sessionId: session.sessionId, gatewayId: log.gatewayId },
        "closing",
        "LogClosed",
        "none",
      );
    return;
  }
  const subject = subjectOf(event);
  const before = findings.count;
  checkSigned(inquiry, session, event);
  // What is no closing of the gateway's closes nothing.
  if (findings.count === before) checkBehind(inquiry, log, event);
  if (head?.closed === false) findings.add("CLOSING_ALTERED", subject, "log", "open", "closed");
  if (!log.intact) return;
  const pairs = [
    ["number of entries", log.length, event.length],
    ["hash of the last entry", log.lastEntryHash, event.lastEntryHash],
    ["block of the log's event before", log.lastBlock, event.previousBlock],
  ] as const;
  for (const [what, expected, found] of pairs)
    if (expected !== found) findings.add("CLOSING_ALTERED", subject, what, expected, found);
}

/** An entry behind the closing is one too many, unless the closing counts it: then it is the closing that stands elsewhere. */
function checkBehind({ findings }: Inquiry, log: WalkedLog, closing: LogClosed): void {
  let isMisplaced = false;
  for (const { event } of log.entries) {
    if (event.at.order < closing.at.order) continue;
    const index = indexIn(event.header);
    if (index < closing.length) isMisplaced = true;
    else findings.add("ENTRY_INSERTED", subjectOf(event), "entry", "none behind the closing", "one");
  }
  if (isMisplaced)
    findings.add("CLOSING_ALTERED", subjectOf(closing), "place", "behind all that it counts", "before some of it");
}

function checkSigned(inquiry: Inquiry, session: OpenSession, event: LogClosed): void {
  // An opening that is not the origin's is found wanting already, and with it nothing can be told of the session's hash.
  if (!session.proven && inquiry.gateways.keyAt(event.gatewayId, event.at.order) !== undefined) return;
  const { gatewayId, length, lastEntryHash, epoch } = event;
  const { sessionHash } = session;
  const digest = statementDigest(inquiry.domain, "CloseLog", { sessionHash, gatewayId, length, lastEntryHash, epoch });
  checkCurrentSigner(inquiry, subjectOf(event), { ...event, digest }, { what: "closing", code: "CLOSING_ALTERED" });
}

/** Checks that the session is told to be closed with its last log, in the same transaction, and not otherwise. */
export function checkSessionClosed(
  { findings }: Inquiry,
  session: OpenSession,
  events: SessionEvents,
  parties: readonly string[],
  word: SessionWord | undefined,
): void {
  const { sessionId, sessionHash, proven } = session;
  const [event, ...others] = events.closed;
  for (const other of others) findings.add("EVENT_DOUBLED", subjectOf(other), "SessionClosed", "one", "another");
  const firsts = parties.map((gatewayId) => events.logsClosed.find((closing) => closing.gatewayId === gatewayId));
  const lastClosing = firsts.includes(undefined)
    ? undefined
    : firsts.reduce((a, b) => (a && b && a.at.order > b.at.order ? a : b));
  const isClosed = lastClosing !== undefined || (word !== undefined && word.closedBlock !== 0);
  if (event === undefined) {
    if (isClosed)
      findings.add(
        "CLOSING_MISSING",
        { sessionId, order: lastClosing?.at.order },
        "closing of the session",
        "SessionClosed",
        "none",
      );
    return;
  }
  const subject = subjectOf(event);
  if (lastClosing === undefined)
    findings.add(
      "CLOSING_MISSING",
      subject,
      "closing of every log",
      `${parties.length} times LogClosed`,
      firsts.filter(Boolean).length,
    );
  else if (event.at.block !== lastClosing.at.block || event.at.logIndex !== lastClosing.at.logIndex + 1)
    findings.add(
      "CLOSING_ALTERED",
      subject,
      "place",
      `right behind log ${lastClosing.at.logIndex} of block ${lastClosing.at.block}`,
      `log ${event.at.logIndex} of block ${event.at.block}`,
    );
  if (word !== undefined && word.closedBlock !== event.at.block)
    findings.add("CLOSING_ALTERED", subject, "block of the closing", word.closedBlock, event.at.block);
  if (proven && event.sessionHash !== sessionHash)
    findings.add("CLOSING_ALTERED", subject, "hash of the session", sessionHash, event.sessionHash);
}
