import type { FindingCode } from "../../src/audit/findings.ts";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import { sessionIdToWord } from "../../src/entry/hex.ts";
import { identityOf, missingDue, restsOnKey } from "./dues.ts";
import type { Due, Mutation } from "./mutation.ts";
import { inserted, OTHER_TRANSACTION, pickEntry, pickOther, type Mutator } from "./pieces.ts";
import { placeOf, type Known, type Subject } from "./subject.ts";

/** Events that are not there, there twice, or another's: nothing of them is altered. */
export const STRUCTURES: readonly Mutator[] = [
  (subject) => missing(subject, pickEntry(subject)),
  (subject) => missing(subject, pickOther(subject)),
  (subject) => doubled(subject, pickEntry(subject), "in its place"),
  (subject) => doubled(subject, pickEntry(subject), "later"),
  (subject) => doubled(subject, pickOther(subject), "in its place"),
  (subject) => doubled(subject, pickOther(subject), "later"),
  (subject) => cutTail(subject, false),
  (subject) => cutTail(subject, true),
  cutAll,
  replayedSession,
  replayedPeer,
];

function missing(subject: Subject, known: Known | undefined): Mutation | undefined {
  const due = known && missingDue(subject, known);
  if (known === undefined || due === undefined) return undefined;
  return {
    row: known.event.kind === "EntryAppended" ? "entry missing" : `missing: ${known.event.kind}`,
    what: `${known.event.kind} at ${placeOf(known.log)} taken out`,
    recording: subject.withLogs(subject.recording.logs.toSpliced(known.place, 1)),
    due: [due],
    may: restsOnKey(subject, known),
  };
}

const DOUBLED: Readonly<Record<string, readonly FindingCode[]>> = {
  EntryAppended: ["ENTRY_DOUBLED"],
  Decided: ["DECISION_DOUBLED", "EVENT_DOUBLED"],
};

function doubled(subject: Subject, known: Known | undefined, where: "in its place" | "later"): Mutation | undefined {
  if (known === undefined) return undefined;
  const { logs } = subject.recording;
  const { log, place, event } = known;
  const again = where === "later" ? placedBehind(subject, place, log) : { log: { ...log }, place };
  const codes = DOUBLED[event.kind] ?? ["EVENT_DOUBLED"];
  return {
    row: event.kind === "EntryAppended" ? `entry doubled ${where}` : `doubled ${where}: ${event.kind}`,
    what: `${event.kind} at ${placeOf(log)} again at ${placeOf(again.log)}`,
    recording: subject.withLogs(logs.toSpliced(again.place, 0, again.log)),
    due: [{ ...identityOf(known), codes }],
  };
}

/** The same event at a free place of the chain behind its own. */
function placedBehind(subject: Subject, place: number, log: RawLog): { log: RawLog; place: number } {
  const { logs } = subject.recording;
  const at = subject.random.whole(place, logs.length - 1);
  const before = logs[at] ?? log;
  const next = logs[at + 1];
  // Behind the last event of a block, so that none has to make room.
  if (next?.blockNumber === before.blockNumber) return placedBehindLast(logs, log);
  const { blockNumber, logIndex } = before;
  return { log: { ...log, blockNumber, logIndex: logIndex + 1, transactionHash: OTHER_TRANSACTION }, place: at + 1 };
}

function placedBehindLast(logs: readonly RawLog[], log: RawLog): { log: RawLog; place: number } {
  const { blockNumber, logIndex } = logs.at(-1) ?? log;
  return {
    log: { ...log, blockNumber, logIndex: logIndex + 1, transactionHash: OTHER_TRANSACTION },
    place: logs.length,
  };
}

function cutTail(subject: Subject, withClosing: boolean): Mutation | undefined {
  const known = pickEntry(subject);
  if (known === undefined) return undefined;
  const log = subject.logOf(known);
  const { sessionId, gatewayId } = known.event;
  const cut = new Set<number>(log.slice(log.indexOf(known)).map(({ place }) => place));
  const closings = subject.events.filter(
    ({ event }) =>
      (event.kind === "LogClosed" && event.sessionId === sessionId && event.gatewayId === gatewayId) ||
      (event.kind === "SessionClosed" && event.sessionId === sessionId),
  );
  if (withClosing && closings.length === 0) return undefined;
  if (withClosing) for (const { place } of closings) cut.add(place);
  return {
    row: withClosing ? "tail cut off with its closing" : "tail cut off",
    what: `the last ${log.length - log.indexOf(known)} of ${log.length} entries from ${placeOf(known.log)} on`,
    recording: subject.withLogs(subject.recording.logs.filter((_, place) => !cut.has(place))),
    due: [{ codes: ["TAIL_CUT"], sessionId, gatewayId, index: known.entry.index }],
  };
}

/** The answer ends early: every log that had gone on is cut there. */
function cutAll(subject: Subject): Mutation | undefined {
  const known = pickEntry(subject);
  if (known === undefined) return undefined;
  const { logs } = subject.recording;
  const end = logs.findIndex(({ blockNumber }) => blockNumber === known.log.blockNumber);
  const firsts = new Map<string, Due>();
  const opened = new Set(
    subject.ofKind("SessionOpened").flatMap(({ event, place }) => (place < end ? [event.sessionId] : [])),
  );
  for (const { place, event, entry } of subject.entries) {
    const { sessionId, gatewayId } = event;
    const log = sessionId + gatewayId;
    // Of a session whose opening is cut off too nothing is left.
    if (place < end || firsts.has(log) || !opened.has(sessionId)) continue;
    firsts.set(log, { codes: ["TAIL_CUT"], sessionId, gatewayId, index: entry.index });
  }
  if (firsts.size === 0) return undefined;
  const late = subject.events.filter(({ place }) => place >= end);
  return {
    row: "everything cut off from a block on",
    what: `${logs.length - end} of ${logs.length} events from ${placeOf(known.log)} on`,
    recording: subject.withLogs(logs.slice(0, end)),
    due: [...firsts.values()],
    may: (finding) =>
      finding.index === null &&
      late.some(({ event }) => {
        const { sessionId = null, gatewayId = null } = identityOf({ event });
        return sessionId === null ? gatewayId === finding.gatewayId : sessionId === finding.sessionId;
      }),
  };
}

/** The bytes of a real entry of another session, under this session's id. */
function replayedSession(subject: Subject): Mutation | undefined {
  const [known, other] = [pickEntry(subject), pickEntry(subject)];
  if (known === undefined || other === undefined || known.event.sessionId === other.event.sessionId) return undefined;
  const { sessionId, gatewayId } = known.event;
  const topics = [other.log.topics[0] ?? "0x", sessionIdToWord(sessionId), gatewayId] as const;
  return inserted(subject, known, { ...other.log, topics }, "entry replayed from another session");
}

function replayedPeer(subject: Subject): Mutation | undefined {
  const known = pickEntry(subject);
  if (known === undefined) return undefined;
  const { sessionId, gatewayId } = known.event;
  const peers = subject.entries.filter(({ event }) => event.sessionId === sessionId && event.gatewayId !== gatewayId);
  if (peers.length === 0) return undefined;
  const { log } = subject.random.pick(peers);
  return inserted(subject, known, { ...log, topics: log.topics.with(2, gatewayId) }, "entry of the peer as one's own");
}
