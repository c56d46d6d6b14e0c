import type { FindingCode } from "../../src/audit/findings.ts";
import type { AnchorsWord, GatewayWord, LogWord, SessionWord } from "../../src/audit/reading/reader.ts";
import { toHex, ZERO_ADDRESS, type Hex } from "../../src/entry/hex.ts";
import type { Decision } from "../../src/entry/statements.ts";
import type { Due, Mutation } from "./mutation.ts";
import { STRANGER } from "./signed.ts";
import type { Subject } from "./subject.ts";

/** A lie about one word of one view. */
export type Liar = (subject: Subject) => Mutation | undefined;

const MOST_UINT32 = 2 ** 32 - 1;

/** Of the number that is true, what else a node may say. */
function otherNumber({ random }: Subject, value: number): number {
  const others = [value + 1, value - 1, 0, MOST_UINT32, value ^ (1 << random.whole(0, 16))];
  return random.pick(others.filter((other) => other >= 0 && other !== value));
}

function otherHex({ random }: Subject, hex: Hex): Hex {
  const size = hex.length - 2;
  const at = 2 + random.whole(0, size - 1);
  const flipped = (Number.parseInt(hex[at] ?? "0", 16) ^ (1 << random.whole(0, 3))).toString(16);
  const others = [
    `${hex.slice(0, at)}${flipped}${hex.slice(at + 1)}`,
    `0x${"0".repeat(size)}`,
    `0x${"f".repeat(size)}`,
  ];
  return toHex(random.pick(others.filter((other) => other !== hex)));
}

function pick<Key, Word>({ random }: Subject, words: ReadonlyMap<Key, Word>): readonly [Key, Word] | undefined {
  return words.size === 0 ? undefined : random.pick([...words]);
}

// ---- logOf

const LOG_MEMBERS = ["length", "lastEntryHash", "lastBlock", "open", "closed"] as const;

function lieOfLog(subject: Subject, member: (typeof LOG_MEMBERS)[number]): Mutation | undefined {
  const found = pick(subject, subject.recording.logWords);
  if (found === undefined) return undefined;
  const [key, word] = found;
  // Two hashes of 32 bytes, and the second begins with 0x too.
  const [sessionHash, gatewayId] = [key.slice(0, 66), toHex(key.slice(66))];
  const sessionId = [...subject.openings.keys()].find((id) => subject.sessionHashOf(id) === sessionHash);
  if (sessionId === undefined) return undefined;
  const lie: LogWord = { ...word, [member]: otherOf(subject, word[member]) };
  const logWords = new Map(subject.recording.logWords).set(key, lie);
  const due = { sessionId, gatewayId, ...dueOfLog(word, lie, member) };
  return lied(subject, `logOf: ${member}`, word[member], lie[member], { logWords }, due);
}

function dueOfLog(word: LogWord, lie: LogWord, member: (typeof LOG_MEMBERS)[number]): Due {
  switch (member) {
    case "length":
      return lie.length > word.length
        ? { codes: ["TAIL_CUT"], index: word.length }
        : { codes: ["ENTRY_INSERTED"], index: lie.length };
    case "lastEntryHash":
      return { codes: ["HEAD_MISMATCH"], ...(word.length > 0 && { index: word.length - 1 }) };
    case "closed":
      return { codes: lie.closed ? ["CLOSING_MISSING", "HEAD_MISMATCH"] : ["CLOSING_ALTERED", "HEAD_MISMATCH"] };
    default:
      return { codes: ["HEAD_MISMATCH"] };
  }
}

function otherOf(subject: Subject, value: unknown): unknown {
  if (typeof value === "number") return otherNumber(subject, value);
  if (typeof value === "boolean") return !value;
  return otherHex(subject, toHex(String(value)));
}

function lied(
  subject: Subject,
  row: string,
  truth: unknown,
  lie: unknown,
  words: Partial<Mutation["recording"]>,
  due: Due,
  may?: Mutation["may"],
): Mutation {
  const what = `${due.sessionId ?? due.gatewayId ?? ""}: ${JSON.stringify(lie)} in place of ${JSON.stringify(truth)}`;
  return { row, what, recording: { ...subject.recording, ...words }, due: [due], ...(may && { may }) };
}

// ---- sessionOf and decisionOf

const SESSION_CODES: Readonly<Record<Exclude<keyof SessionWord, "decision">, readonly FindingCode[]>> = {
  openBlock: ["HEAD_MISMATCH", "OPENING_ALTERED"],
  decidedBlock: ["DECISION_ALTERED", "DECISION_MISSING", "HEAD_MISMATCH"],
  closedBlock: ["CLOSING_ALTERED", "CLOSING_MISSING", "HEAD_MISMATCH"],
  deadline: ["HEAD_MISMATCH"],
  votedYes: ["HEAD_MISMATCH"],
  votedNo: ["HEAD_MISMATCH"],
  burned: ["HEAD_MISMATCH"],
  openLogs: ["HEAD_MISMATCH"],
};

function lieOfSession(subject: Subject, member: keyof typeof SESSION_CODES): Mutation | undefined {
  const found = pick(subject, subject.recording.sessionWords);
  if (found === undefined || !subject.hasOpening(found[0])) return undefined;
  const [sessionId, word] = found;
  const lie: SessionWord = { ...word, [member]: otherOf(subject, word[member]) };
  const sessionWords = new Map(subject.recording.sessionWords).set(sessionId, lie);
  const due = { sessionId, codes: SESSION_CODES[member] };
  return lied(subject, `sessionOf: ${member}`, word[member], lie[member], { sessionWords }, due);
}

function lieOfDecision(subject: Subject, view: "sessionOf" | "decisionOf" | "both"): Mutation | undefined {
  const found = pick(subject, subject.recording.sessionWords);
  if (found === undefined || !subject.hasOpening(found[0])) return undefined;
  const [sessionId, word] = found;
  const all: readonly Decision[] = ["NONE", "COMMIT", "ABORT"];
  const decision = subject.random.pick(all.filter((other) => other !== word.decision));
  const sessionWords = new Map(subject.recording.sessionWords).set(sessionId, { ...word, decision });
  const codes: FindingCode[] = ["HEAD_MISMATCH", "DECISION_ALTERED", "DECISION_MISSING"];
  const words = view === "decisionOf" ? {} : { sessionWords };
  const mutation = lied(subject, `${view}: decision`, word.decision, decision, words, { sessionId, codes });
  if (view === "both") return mutation;
  return { ...mutation, decisions: new Map([[sessionId, view === "decisionOf" ? decision : word.decision]]) };
}

// ---- gatewayOf

const GATEWAY_MEMBERS = [
  "key",
  "owner",
  "epoch",
  "changes",
  "lastBlock",
  "takeoverInterval",
  "takeoverBlock",
  "backups",
] as const;

function lieOfGateway(subject: Subject, member: (typeof GATEWAY_MEMBERS)[number] | "null"): Mutation | undefined {
  const found = pick(subject, subject.recording.gatewayWords);
  const word = found?.[1];
  if (found === undefined || !word) return undefined;
  const gatewayId = toHex(found[0]);
  const lie = member === "null" ? null : { ...word, [member]: otherOfGateway(subject, word, member) };
  const gatewayWords = new Map(subject.recording.gatewayWords).set(gatewayId, lie);
  const codes: FindingCode[] = ["HEAD_MISMATCH", "REGISTRY_INCOMPLETE", "REGISTRY_ALTERED"];
  return lied(subject, `gatewayOf: ${member}`, word, lie, { gatewayWords }, { gatewayId, codes });
}

function otherOfGateway(subject: Subject, word: GatewayWord, member: (typeof GATEWAY_MEMBERS)[number]): unknown {
  if (member === "backups") {
    const { backups } = word;
    return subject.random.pick([[...backups, STRANGER.address], ...(backups.length > 0 ? [backups.slice(1)] : [])]);
  }
  if (member === "owner" || member === "key") return subject.random.pick([STRANGER.address, ZERO_ADDRESS]);
  return otherNumber(subject, word[member]);
}

// ---- anchorsOf, anchorOf, blockOf

function lieOfAnchors(subject: Subject, member: keyof AnchorsWord): Mutation | undefined {
  const found = pick(subject, subject.recording.anchorsWords);
  if (found === undefined) return undefined;
  const [gatewayId, word] = [toHex(found[0]), found[1]];
  const lie = { ...word, [member]: otherNumber(subject, word[member]) };
  const anchorsWords = new Map(subject.recording.anchorsWords).set(gatewayId, lie);
  const codes: FindingCode[] = ["ANCHOR_MISSING", "ANCHOR_ALTERED", "HEAD_MISMATCH"];
  return lied(subject, `anchorsOf: ${member}`, word, lie, { anchorsWords }, { gatewayId, codes });
}

function lieOfAnchor(subject: Subject): Mutation | undefined {
  const found = pick(subject, subject.recording.roots);
  if (found === undefined) return undefined;
  const [key, root] = found;
  const lie = otherHex(subject, root);
  const roots = new Map(subject.recording.roots).set(key, lie);
  const gatewayId = toHex(key.slice(0, 66));
  return lied(subject, "anchorOf", root, lie, { roots }, { gatewayId, codes: ["ANCHOR_ALTERED"] });
}

/** The time of a block in which the deadline was the ground: before the deadline. */
function lieOfTime(subject: Subject): Mutation | undefined {
  const { random, recording } = subject;
  const late = subject.ofKind("Decided").filter(({ event }) => event.ground === 3);
  if (late.length === 0) return undefined;
  const { event, log } = random.pick(late);
  const { sessionId } = event;
  const deadline = subject.openings.get(sessionId)?.deadline ?? 0;
  const block = recording.blocks.get(log.blockNumber);
  if (block === undefined) return undefined;
  const timestamp = random.pick([deadline - 1, 0, deadline - random.whole(1, 10_000)]);
  const blocks = new Map(recording.blocks).set(log.blockNumber, { ...block, timestamp });
  const others = subject.ofKind("Decided").filter((other) => other.log.blockNumber === log.blockNumber);
  if (others.length > 1) return undefined;
  return lied(
    subject,
    "blockOf: timestamp",
    block.timestamp,
    timestamp,
    { blocks },
    { sessionId, codes: ["DECISION_WITHOUT_GROUND"] },
  );
}

/** Every word of every view. */
export const LIES: readonly Liar[] = [
  ...LOG_MEMBERS.map(
    (member): Liar =>
      (subject) =>
        lieOfLog(subject, member),
  ),
  // The record's keys are the word's members.
  ...(Object.keys(SESSION_CODES) as (keyof typeof SESSION_CODES)[]).map(
    (member): Liar =>
      (subject) =>
        lieOfSession(subject, member),
  ),
  ...(["sessionOf", "decisionOf", "both"] as const).map(
    (view): Liar =>
      (subject) =>
        lieOfDecision(subject, view),
  ),
  ...[...GATEWAY_MEMBERS, "null" as const].map(
    (member): Liar =>
      (subject) =>
        lieOfGateway(subject, member),
  ),
  ...(["count", "lastBlock"] as const).map(
    (member): Liar =>
      (subject) =>
        lieOfAnchors(subject, member),
  ),
  lieOfAnchor,
  lieOfTime,
];
