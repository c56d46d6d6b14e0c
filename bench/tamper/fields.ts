import type { ParamType } from "ethers";
import { REGISTRY_EVENTS } from "../../src/audit/reading/event-decoder.ts";
import type { FindingCode } from "../../src/audit/findings.ts";
import { ZERO_HASH, toHex } from "../../src/entry/hex.ts";
import { withByte, byteAt } from "../../test/support/doctored.ts";
import { identityOf, missingDue, moved, restsOnKey } from "./dues.ts";
import type { Due, Mutation } from "./mutation.ts";
import { altered, isSame, placeOf, type Known, type Subject } from "./subject.ts";

/** What is done to a field. */
const CHANGES = ["low bit", "high bit", "zero", "all ones", "another event's", "the peer's", "any value"] as const;
type Change = (typeof CHANGES)[number];

/** Bits of the header's fields, from the most significant down. */
const HEADER: readonly (readonly [name: string, bits: number])[] = [
  ["version", 8],
  ["operation", 8],
  ["vote", 8],
  ["step", 16],
  ["command", 16],
  ["timestamp", 64],
  ["seqNumber", 64],
  ["epoch", 32],
  ["index", 32],
  ["spare bits", 8],
];
const HEADER_BITS = 256;

/** One thing that can be done to some kind of event. */
export interface FieldCase {
  readonly kind: string;
  readonly field: string;
  readonly change: Change;
}

/** Every field of every event, each with everything that can be done to it. */
export const FIELD_CASES: readonly FieldCase[] = REGISTRY_EVENTS.fragments.flatMap((fragment) => {
  const event = REGISTRY_EVENTS.getEvent(fragment.format("sighash").replace("event ", ""));
  if (event === null || event.name === "EntryRefused") return [];
  const fields = event.inputs.flatMap(({ name }) =>
    name === "header" ? HEADER.map(([part]) => `header ${part}`) : [name],
  );
  return [...fields, "topic 0", "any byte"].flatMap((field) =>
    CHANGES.map((change) => ({ kind: event.name, field, change })),
  );
});

/** Undefined where the recording has no such event, or it would be as it was. */
export function mutateField(subject: Subject, { kind, field, change }: FieldCase): Mutation | undefined {
  const all = subject.events.filter(({ event }) => event.kind === kind);
  if (all.length === 0) return undefined;
  const known = subject.random.pick(all);
  const log = changedLog(subject, known, all, field, change);
  if (log === undefined || isSame(log, known.log)) return undefined;
  const due = dueOf(subject, known, field);
  if (due === undefined) return undefined;
  const keyInDoubt = KEY_FIELDS.has(`${kind}.${field}`) || field === "topic 0" || field === "any byte";
  const behind = keyInDoubt ? restsOnKey(subject, known) : () => false;
  const there = moved(known.log, log);
  return {
    row: `${kind}: ${field.startsWith("header ") ? "header" : field}`,
    what: `${kind} at ${placeOf(known.log)}: ${field}, ${change}`,
    recording: subject.withLog(known.place, log),
    due: [due],
    may: (finding) => behind(finding) || there(finding),
  };
}

/** Fields without which nobody knows which epoch a key belongs to. */
const KEY_FIELDS: ReadonlySet<string> = new Set([
  "GatewayRegistered.gatewayId",
  "KeyRotated.gatewayId",
  "KeyRotated.change",
  "PrimaryChanged.gatewayId",
  "PrimaryChanged.epoch",
]);

/** By kind and field; what a field shows where it is not named here stands under its kind. */
const CODES: Readonly<Record<string, readonly FindingCode[]>> = {
  EntryAppended: ["ENTRY_ALTERED"],
  "EntryAppended.payload": ["PAYLOAD_ALTERED"],
  "EntryAppended.r": ["SIGNATURE_FORGED", "KEY_NOT_VALID"],
  "EntryAppended.vs": ["SIGNATURE_FORGED", "KEY_NOT_VALID"],
  "EntryAppended.any byte": ["ENTRY_ALTERED", "PAYLOAD_ALTERED", "SIGNATURE_FORGED", "UNREADABLE"],
  SessionOpened: ["OPENING_ALTERED"],
  // A deadline beyond 2^53 - 1 the registry takes from nobody.
  "SessionOpened.deadline": ["OPENING_ALTERED", "UNREADABLE"],
  "SessionOpened.epoch": ["OPENING_ALTERED", "KEY_NOT_VALID"],
  "SessionOpened.any byte": ["OPENING_ALTERED", "KEY_NOT_VALID", "UNREADABLE"],
  Decided: ["DECISION_ALTERED"],
  "Decided.ground": ["DECISION_ALTERED", "DECISION_WITHOUT_GROUND"],
  "Decided.epoch": ["DECISION_ALTERED", "KEY_NOT_VALID"],
  "Decided.any byte": ["DECISION_ALTERED", "DECISION_WITHOUT_GROUND", "KEY_NOT_VALID", "UNREADABLE"],
  LogClosed: ["CLOSING_ALTERED"],
  "LogClosed.any byte": ["CLOSING_ALTERED", "UNREADABLE"],
  SessionClosed: ["CLOSING_ALTERED"],
  "SessionClosed.any byte": ["CLOSING_ALTERED", "UNREADABLE"],
  GatewayRegistered: ["REGISTRY_ALTERED"],
  "GatewayRegistered.any byte": ["REGISTRY_ALTERED", "UNREADABLE"],
  KeyRotated: ["REGISTRY_ALTERED"],
  "KeyRotated.any byte": ["REGISTRY_ALTERED", "REGISTRY_INCOMPLETE", "UNREADABLE"],
  EndpointsSet: ["REGISTRY_ALTERED"],
  "EndpointsSet.any byte": ["REGISTRY_ALTERED", "REGISTRY_INCOMPLETE", "UNREADABLE"],
  BackupsSet: ["REGISTRY_ALTERED"],
  "BackupsSet.any byte": ["REGISTRY_ALTERED", "REGISTRY_INCOMPLETE", "UNREADABLE"],
  PrimaryChanged: ["PRIMARY_ALTERED"],
  "PrimaryChanged.any byte": ["PRIMARY_ALTERED", "REGISTRY_INCOMPLETE", "UNREADABLE"],
  Anchored: ["ANCHOR_ALTERED"],
  "Anchored.any byte": ["ANCHOR_ALTERED", "ANCHOR_MISSING", "UNREADABLE"],
};

/** Where the event ends up as another's, it is missing where it was. */
const IDENTITIES: ReadonlySet<string> = new Set(["sessionId", "topic 0"]);

function dueOf(subject: Subject, known: Known, field: string): Due | undefined {
  const { kind } = known.event;
  const missing = missingDue(subject, known);
  if (IDENTITIES.has(field) || (field === "gatewayId" && kind !== "GatewayRegistered")) return missing;
  const codes = CODES[`${kind}.${field}`] ?? CODES[kind] ?? [];
  // A byte of a topic makes it another's, and then it is missing here.
  return { ...identityOf(known), codes: [...codes, ...(field === "any byte" ? (missing?.codes ?? []) : [])] };
}

function changedLog(subject: Subject, known: Known, all: readonly Known[], field: string, change: Change) {
  const { log } = known;
  if (field === "topic 0") return withTopic0(subject, known, change);
  if (field === "any byte") return withAnyByte(subject, known);
  const name = field.startsWith("header ") ? "header" : field;
  const fragment = REGISTRY_EVENTS.getEvent(log.topics[0] ?? "");
  const input = fragment?.inputs.find((each) => each.name === name);
  if (fragment === null || input === undefined) return undefined;
  const valueIn = (other: Known): unknown =>
    REGISTRY_EVENTS.decodeEventLog(fragment, other.log.data, other.log.topics).getValue(name);
  const others = all.filter((other) => other !== known && (change !== "the peer's" || isPeers(known, other)));
  const other = others.length === 0 ? undefined : textOf(valueIn(subject.random.pick(others)));
  const value = valueIn(known);
  const next =
    name === "header"
      ? changedHeader(subject, BigInt(String(value)), other, field.slice("header ".length), change)
      : changedValue(subject, input, value, other, change);
  return next === undefined ? undefined : altered(log, { [name]: next });
}

/** Of numbers, hex and text; lists have none. */
function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : typeof value === "bigint" ? value.toString() : undefined;
}

function isPeers({ event }: Known, { event: other }: Known): boolean {
  return "sessionId" in event && "sessionId" in other && "gatewayId" in event && "gatewayId" in other
    ? event.sessionId === other.sessionId && event.gatewayId !== other.gatewayId
    : "gatewayId" in event && "gatewayId" in other && event.gatewayId !== other.gatewayId;
}

function changedHeader(
  subject: Subject,
  header: bigint,
  other: string | undefined,
  part: string,
  change: Change,
): string | undefined {
  let shift = HEADER_BITS;
  for (const [name, bits] of HEADER) {
    shift -= bits;
    if (name !== part) continue;
    const mask = (1n << BigInt(bits)) - 1n;
    const at = BigInt(shift);
    const otherPart = other === undefined ? undefined : (BigInt(other) >> at) & mask;
    const next = changedNumber(subject, (header >> at) & mask, otherPart, bits, change);
    if (next === undefined) return undefined;
    const word = (header & ~(mask << at)) | (next << at);
    return `0x${word.toString(16).padStart(64, "0")}`;
  }
  return undefined;
}

function changedNumber(
  { random }: Subject,
  value: bigint,
  other: bigint | undefined,
  bits: number,
  change: Change,
): bigint | undefined {
  switch (change) {
    case "low bit":
      return value ^ 1n;
    case "high bit":
      return value ^ (1n << BigInt(bits - 1));
    case "zero":
      return 0n;
    case "all ones":
      return (1n << BigInt(bits)) - 1n;
    case "any value":
      return value ^ (1n << BigInt(random.whole(0, bits - 1)));
    default:
      return other;
  }
}

function changedValue(
  subject: Subject,
  { type }: ParamType,
  value: unknown,
  other: string | undefined,
  change: Change,
): unknown {
  const [, kind = "", size = ""] = /^(uint|bytes|address|bool|string)(\d*)$/.exec(type) ?? [];
  if (type === "address[]") return changedList(value, change);
  if (kind === "bool") return !(value as boolean);
  if (kind === "uint") {
    const before = other === undefined ? undefined : BigInt(other);
    return changedNumber(subject, BigInt(String(value)), before, Number(size), change);
  }
  if (kind === "string") return changedText(String(value), other, change);
  if (kind === "bytes" && size === "") return changedBytes(subject, String(value), other, change);
  const digits = (String(value).length - 2) * 4;
  const before = other === undefined ? undefined : BigInt(other);
  const next = changedNumber(subject, BigInt(String(value)), before, digits, change);
  return next === undefined ? undefined : `0x${next.toString(16).padStart(digits / 4, "0")}`;
}

function changedText(text: string, other: string | undefined, change: Change): string | undefined {
  switch (change) {
    case "low bit":
      return `${text.slice(0, -1)}~`;
    case "high bit":
      return `~${text.slice(1)}`;
    case "zero":
      return "";
    case "all ones":
      return `${text}\u00ff`;
    case "any value":
      return `${text} `;
    default:
      return other;
  }
}

function changedBytes({ random }: Subject, hex: string, other: string | undefined, change: Change): string | undefined {
  const bytes = toHex(hex);
  const size = (bytes.length - 2) / 2;
  if (size === 0) return change === "all ones" ? "0xff" : undefined;
  switch (change) {
    case "low bit":
      return withByte(bytes, size - 1, byteAt(bytes, size - 1) ^ 1);
    case "high bit":
      return withByte(bytes, 0, byteAt(bytes, 0) ^ 0x80);
    case "zero":
      return "0x";
    case "all ones":
      return `${bytes}ff`;
    case "any value": {
      const at = random.whole(0, size - 1);
      return withByte(bytes, at, byteAt(bytes, at) ^ (1 << random.whole(0, 7)));
    }
    default:
      return other;
  }
}

function changedList(value: unknown, change: Change): string[] | undefined {
  const list = Array.from(value as Iterable<string>);
  switch (change) {
    case "low bit":
      return list.slice(0, -1);
    case "high bit":
      return list.slice(1);
    case "zero":
      return [];
    case "all ones":
      return [...list, `0x${"ff".repeat(20)}`];
    case "any value":
      return list.toReversed();
    default:
      return undefined;
  }
}

function withTopic0({ random, events }: Subject, { log, event }: Known, change: Change) {
  const others = events.filter((other) => other.event.kind !== event.kind);
  const topic =
    change === "zero"
      ? ZERO_HASH
      : change === "another event's" && others.length > 0
        ? (random.pick(others).log.topics[0] ?? ZERO_HASH)
        : toHex(`0x${"ff".repeat(32)}`);
  return { ...log, topics: log.topics.with(0, topic) };
}

function withAnyByte({ random }: Subject, { log }: Known) {
  const parts = [...log.topics, log.data];
  const part = random.whole(1, parts.length - 1);
  const hex = parts[part] ?? "0x";
  const at = random.whole(0, (hex.length - 2) / 2 - 1);
  const next = withByte(hex, at, byteAt(hex, at) ^ (1 << random.whole(0, 7)));
  return part === log.topics.length ? { ...log, data: next } : { ...log, topics: log.topics.with(part, next) };
}
