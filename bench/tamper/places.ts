import type { FindingCode } from "../../src/audit/findings.ts";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import { toHex } from "../../src/entry/hex.ts";
import { identityOf, restsOnKey } from "./dues.ts";
import type { Due, Mutation } from "./mutation.ts";
import { OTHER_TRANSACTION, pickEntry, pickOther, type Mutator } from "./pieces.ts";
import { placeOf, type Subject } from "./subject.ts";

/** Another contract than the registry. */
const FOREIGN_CONTRACT = toHex("0x5A0b54D5dc17e0AadC383d2db43B0a0D3E029c4c");

/** Events that are all there, as they were, and not where they were. */
export const PLACES: readonly Mutator[] = [
  (subject) => outOfTurn(subject, 1),
  (subject) => outOfTurn(subject, subject.random.whole(2, 40)),
  (subject) => exchanged(subject, 1),
  (subject) => exchanged(subject, subject.random.whole(2, 12)),
  movedEntry,
  movedOther,
  ofAnotherContract,
  behindFinalBlock,
];

/** One event is given later than it is due. */
function outOfTurn(subject: Subject, by: number): Mutation | undefined {
  const { logs } = subject.recording;
  const known = subject.random.pick(subject.events);
  const later = Math.min(known.place + by, logs.length - 1);
  if (later === known.place) return undefined;
  const isEntry = known.event.kind === "EntryAppended";
  return {
    row: "answer out of order",
    what: `${known.event.kind} at ${placeOf(known.log)} given ${later - known.place} events later`,
    recording: subject.withLogs(logs.toSpliced(known.place, 1).toSpliced(later, 0, known.log)),
    due: [{ ...identityOf(known), codes: [isEntry ? "ENTRY_REORDERED" : "EVENT_REORDERED"] }],
  };
}

function inPlaceOf(log: RawLog, { blockNumber, logIndex, transactionHash }: RawLog): RawLog {
  return { ...log, blockNumber, logIndex, transactionHash };
}

/** Two entries of one log stand at each other's places in the chain. */
function exchanged(subject: Subject, by: number): Mutation | undefined {
  const known = pickEntry(subject);
  const log = known === undefined ? [] : subject.logOf(known);
  if (log.length < 2) return undefined;
  const first = subject.random.pick(log.slice(0, -1));
  const second = log[Math.min(log.indexOf(first) + by, log.length - 1)];
  if (second === undefined || second === first) return undefined;
  const { logs } = subject.recording;
  const given = logs
    .with(first.place, inPlaceOf(second.log, first.log))
    .with(second.place, inPlaceOf(first.log, second.log));
  const { sessionId, gatewayId } = first.event;
  const own = [first.entry.index, second.entry.index];
  return {
    row: `entries exchanged, ${by === 1 ? "adjacent" : "far"}`,
    what: `entries ${own.join(" and ")} of one log, ${placeOf(first.log)} and ${placeOf(second.log)}`,
    recording: subject.withLogs(given),
    due: [{ codes: ["ENTRY_REORDERED"], sessionId, gatewayId, index: first.entry.index }],
    // Moved across a change of the key, or of a decision, it is besides signed by another key than its place needs.
    may: (finding) =>
      finding.sessionId === sessionId && finding.gatewayId === gatewayId && own.includes(finding.index ?? -1),
  };
}

/** Which of the two neighbours in a log has moved, or says so falsely, nothing tells: their link does not fit. */
function movedEntry(subject: Subject): Mutation | undefined {
  const known = pickEntry(subject);
  if (known === undefined) return undefined;
  const { logs } = subject.recording;
  const log = subject.logOf(known);
  const own = log.indexOf(known);
  const [next, after] = [log[own + 1], logs[known.place + 1]];
  // To the end of the next block but before the log's next event; and what stands in a run stays in its run.
  if (after === undefined || after.blockNumber === known.log.blockNumber || next?.place === known.place + 1)
    return undefined;
  const isInRun = known.event.signature === null || log[own - 1]?.event.signature === null;
  if (isInRun || logs[known.place + 2]?.blockNumber === after.blockNumber) return undefined;
  const gone = {
    ...known.log,
    blockNumber: after.blockNumber,
    logIndex: after.logIndex + 1,
    transactionHash: OTHER_TRANSACTION,
  };
  const { sessionId, gatewayId } = known.event;
  const { index } = known.entry;
  const closing = subject
    .ofKind("LogClosed")
    .find(({ event }) => event.sessionId === sessionId && event.gatewayId === gatewayId);
  const due: Due =
    next === undefined
      ? { codes: closing ? ["CLOSING_ALTERED"] : ["HEAD_MISMATCH"], sessionId, gatewayId }
      : { codes: ["ENTRY_ALTERED"], sessionId, gatewayId, index: index + 1 };
  return {
    row: "entry moved to another block",
    what: `entry ${index} at ${placeOf(known.log)} to ${placeOf(gone)}`,
    recording: subject.withLogs(logs.toSpliced(known.place, 1).toSpliced(known.place + 1, 0, gone)),
    due: [due],
    may: (finding) => finding.sessionId === sessionId && [null, index, index + 1].includes(finding.index),
  };
}

const MOVED: Readonly<Record<string, readonly FindingCode[]>> = {
  SessionOpened: ["HEAD_MISMATCH", "OPENING_ALTERED"],
  Decided: ["DECISION_ALTERED", "DECISION_WITHOUT_GROUND"],
  LogClosed: ["HEAD_MISMATCH", "CLOSING_ALTERED"],
  SessionClosed: ["CLOSING_ALTERED"],
  Anchored: ["ANCHOR_ALTERED", "HEAD_MISMATCH"],
  // Behind a change of the same gateway it is missing before that.
  GatewayRegistered: ["HEAD_MISMATCH", "REGISTRY_ALTERED", "REGISTRY_INCOMPLETE"],
};

function movedOther(subject: Subject): Mutation | undefined {
  const known = pickOther(subject);
  if (known === undefined) return undefined;
  const { logs } = subject.recording;
  const after = logs[known.place + 1];
  if (after === undefined || after.blockNumber === known.log.blockNumber) return undefined;
  if (logs[known.place + 2]?.blockNumber === after.blockNumber) return undefined;
  const gone = {
    ...known.log,
    blockNumber: after.blockNumber,
    logIndex: after.logIndex + 1,
    transactionHash: OTHER_TRANSACTION,
  };
  return {
    row: `moved: ${known.event.kind}`,
    what: `${known.event.kind} at ${placeOf(known.log)} to ${placeOf(gone)}`,
    recording: subject.withLogs(logs.toSpliced(known.place, 1).toSpliced(known.place + 1, 0, gone)),
    due: [
      {
        ...identityOf(known),
        codes: MOVED[known.event.kind] ?? ["HEAD_MISMATCH", "REGISTRY_ALTERED", "PRIMARY_ALTERED"],
      },
    ],
    may: restsOnKey(subject, known),
  };
}

function ofAnotherContract(subject: Subject): Mutation {
  const known = subject.random.pick(subject.events);
  return {
    row: "event of another contract",
    what: `${known.event.kind} at ${placeOf(known.log)}`,
    recording: subject.withLog(known.place, { ...known.log, address: FOREIGN_CONTRACT }),
    due: [{ ...identityOf(known), codes: ["UNREADABLE"] }],
  };
}

/** The last event: any other would be out of order there, too. */
function behindFinalBlock(subject: Subject): Mutation | undefined {
  const { logs, anchor } = subject.recording;
  const known = subject.events.at(-1);
  if (known === undefined || known.place < logs.length - 1) return undefined;
  // Of a run that is torn nobody can tell whether an entry has lost its place or its signature.
  if (subject.events.at(-2)?.log.transactionHash === known.log.transactionHash) return undefined;
  return {
    row: "event behind the final block",
    what: `${known.event.kind} at ${placeOf(known.log)}`,
    recording: subject.withLog(known.place, { ...known.log, blockNumber: anchor.block.number + 1 }),
    due: [{ ...identityOf(known), codes: ["UNREADABLE"] }],
    may: restsOnKey(subject, known),
  };
}
