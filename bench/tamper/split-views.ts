import type { Finding } from "../../src/audit/findings.ts";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import { verifyTwice } from "../../src/audit/split-view.ts";
import { verifyCopies } from "../../src/audit/verify-copies.ts";
import { toHex } from "../../src/entry/hex.ts";
import { RecordedReader } from "../../test/support/recorded-reader.ts";
import { identityOf } from "./dues.ts";
import { fileOf, withFiles } from "./files.ts";
import { forked } from "./fork.ts";
import { DoctoredReader, type Due, type Mutation, type Said, type Trial } from "./mutation.ts";
import { isSame, placeOf, type Subject } from "./subject.ts";

const SPLIT = { codes: ["SPLIT_VIEW"] } as const;

/** Two nodes, of which one does not tell the truth: where the two part must be named, and what is wrong besides if it is the first. */
export function twoNodes(subject: Subject, mutation: Mutation): Trial | undefined {
  const split = [...splitOfEvents(subject, mutation), ...splitsOfHeads(subject, mutation)];
  if (split.length === 0) return undefined;
  const isFirst = subject.random.chance(0.5);
  const honest = new RecordedReader(subject.recording);
  const lying = new DoctoredReader(mutation);
  const blocks = new Set(split.map(({ block = null }) => block));
  const beside = (finding: Finding): boolean => isFirst && mutation.may?.(finding) === true;
  return {
    row: "split view between two nodes",
    what: `${isFirst ? "first" : "second"} node, ${mutation.row}: ${mutation.what}`,
    due: [...split, ...(isFirst ? mutation.due : [])],
    may: (finding) =>
      beside(finding) || (finding.code === "SPLIT_VIEW" && finding.block !== null && blocks.has(finding.block)),
    audit: () => (isFirst ? verifyTwice(lying, honest, ALONE) : verifyTwice(honest, lying, ALONE)),
  };
}

const ALONE = { threads: 1 } as const;

function splitOfEvents(subject: Subject, { recording }: Mutation): Due[] {
  const [ours, theirs] = [subject.recording.logs, recording.logs];
  const count = Math.max(ours.length, theirs.length);
  for (let at = 0; at < count; at += 1) {
    const [one, other] = [ours[at], theirs[at]];
    if (one !== undefined && other !== undefined && isSameEvent(one, other)) continue;
    const [first, second] = [one, other].filter((log) => log !== undefined).toSorted(byPlace);
    if (first === undefined) return [];
    const due = { ...SPLIT, block: first.blockNumber, what: `event at ${placeOf(first)}` };
    // Of two at one place it may name either.
    const isEither = second !== undefined && byPlace(first, second) === 0;
    const known = isEither ? undefined : subject.events.find(({ log }) => isSameEvent(log, first));
    return [{ ...due, ...(known && identityOf(known)) }];
  }
  return [];
}

function isSameEvent(one: RawLog, other: RawLog): boolean {
  return placeOf(one) === placeOf(other) && isSame(one, other) && one.address === other.address;
}

function byPlace(one: RawLog, other: RawLog): number {
  return one.blockNumber - other.blockNumber || one.logIndex - other.logIndex;
}

/** Answers about a log are by its session's hash, and so name its gateway alone. */
function splitsOfHeads(subject: Subject, { recording, decisions }: Mutation): Due[] {
  const { recording: truth } = subject;
  const changed = <Key, Word>(one: ReadonlyMap<Key, Word>, other: ReadonlyMap<Key, Word>): Key[] =>
    [...other].flatMap(([key, word]) => (one.get(key) === word ? [] : [key]));
  const gateways = [
    ...changed(truth.logWords, recording.logWords).map((key) => key.slice(HASH_DIGITS)),
    ...changed(truth.gatewayWords, recording.gatewayWords),
    ...changed(truth.anchorsWords, recording.anchorsWords),
    ...changed(truth.roots, recording.roots).map((key) => key.slice(0, HASH_DIGITS)),
  ];
  const sessions = [...changed(truth.sessionWords, recording.sessionWords), ...(decisions?.keys() ?? [])];
  return [
    ...gateways.map((gatewayId) => ({ ...SPLIT, gatewayId: toHex(gatewayId) })),
    ...[...new Set(sessions)].map((sessionId) => ({ ...SPLIT, sessionId })),
    ...changed(truth.blocks, recording.blocks).map((block) => ({ ...SPLIT, block })),
  ];
}

/** `0x` and 32 bytes. */
const HASH_DIGITS = 66;

/** The files of two gateways, to which the writer of a log has told two histories, both signed and sound. */
export async function twoGateways(subject: Subject): Promise<Trial | undefined> {
  const fork = await forked(subject);
  if (fork === undefined) return undefined;
  const { from, recording } = fork;
  const { sessionId, gatewayId } = from.event;
  const recordings = subject.random.chance(0.5) ? [subject.recording, recording] : [recording, subject.recording];
  return {
    row: "split view between two gateways",
    what: `two histories from entry ${from.entry.index} at ${placeOf(from.log)} on`,
    due: [{ ...SPLIT, sessionId, gatewayId, index: from.entry.index }],
    audit: async () => auditCopies(await Promise.all(recordings.map(fileOf))),
  };
}

/** What is found in each of two files, and between them. */
export function auditCopies(texts: readonly string[]): Promise<Said> {
  return withFiles(texts, async ([first = "", second = ""]) => {
    const { verdict, files, comparison } = await verifyCopies([first, second], ALONE);
    return { verdict, findings: [...files.flatMap(({ findings }) => findings), ...comparison.findings] };
  });
}
