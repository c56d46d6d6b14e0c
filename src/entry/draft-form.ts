import { z } from "zod";
import { canonicalText, isJsonObject, jsonWithin, type Json, type JsonObject } from "./canonical.ts";
import { logEntrySchema, payloadToJson } from "./entry-json.ts";
import { MAX_PAYLOAD_SIZE, type LogEntry } from "./entry.ts";
import { GatelogError } from "./errors.ts";
import { toHex, type Hash } from "./hex.ts";
import { commandNameOf, stringMember } from "./notation.ts";
import { parseAs } from "./parse.ts";
import { sessionHashOf, type SessionFacts } from "./session.ts";

// What the drafts' forms of an entry have in common, whatever they call its members.

/** What a draft's form has no name for. With it the form is lossless; without it an entry can be read, but not verified. */
export const EXTENSION = "gatelog";
/** The drafts' example of a kind of logging action; entries of ours that name no message type are of this kind. */
const DEFAULT_MESSAGE_TYPE = "2pc-log";
/** Bytes. An entry says its payload three times at most, once of them as hex. */
const MAX_DRAFT_SIZE = 6 * MAX_PAYLOAD_SIZE;

/** JSON of an entry in a draft's form, before its members are looked at. */
export const draftJsonSchema = jsonWithin(MAX_DRAFT_SIZE);

/** INVALID_SESSION if the facts are another session's. */
export function requireFactsOf(entry: LogEntry, facts: SessionFacts): void {
  const sessionHash = sessionHashOf(facts);
  if (sessionHash !== entry.sessionHash)
    throw new GatelogError("INVALID_SESSION", "the facts are not those of the entry's session", {
      expected: entry.sessionHash,
      actual: sessionHash,
    });
}

/** The member `gatelog` of a form that shows `payload`. */
export function extensionOf(entry: LogEntry, logged: Json | undefined, payload: JsonObject): JsonObject {
  return {
    version: entry.version,
    sessionHash: entry.sessionHash,
    gatewayId: entry.gatewayId,
    epoch: entry.epoch,
    index: entry.index,
    step: entry.step,
    operation: entry.operation,
    vote: entry.vote,
    command: entry.command,
    timestamp: entry.timestamp,
    causedBy: entry.causedBy,
    lastEntryHash: entry.lastEntryHash,
    signature: entry.signature,
    // Where the draft's three members are the whole payload, they are not said twice.
    ...(logged !== undefined && canonicalText(logged) === canonicalText(payload) ? {} : payloadToJson(entry.payload)),
  };
}

/** The three members of a draft's payload. The vote that was signed comes before the words of the payload. */
export function draftPayload(entry: LogEntry, logged: Json | undefined): JsonObject {
  return {
    messageType: stringMember(logged, "messageType") ?? DEFAULT_MESSAGE_TYPE,
    message: stringMember(logged, "message") ?? `${entry.operation}-${commandNameOf(entry)}`,
    votes: entry.vote === "none" ? (stringMember(logged, "votes") ?? "none") : entry.vote,
  };
}

/** Upper-case hex without 0x, as in the drafts' examples. */
export function toDraftHex(hex: string): string {
  return hex.slice(2).toUpperCase();
}

export function fromDraftHash(text: string): Hash {
  return toHex(`0x${text.toLowerCase()}`);
}

const draftHashSchema = z.string().regex(/^[0-9A-F]{64}$/, "32 bytes as upper-case hex without 0x");
const extendedSchema = z.object({
  sessionId: z.unknown(),
  seqNumber: z.unknown(),
  payload: z.unknown(),
  payloadHash: draftHashSchema,
  logEntryHash: draftHashSchema,
  [EXTENSION]: z.looseObject({}, `without the member ${EXTENSION} an entry can be read, but not verified`),
});

/**
 * The entry that `render` made the value of, byte for byte. Takes nothing but what `render` makes of that entry: a reader of the
 * draft's members alone must not be told something else than what was signed. Signature and place are not checked here.
 * Errors: MALFORMED; INVALID_SESSION (other facts); INVALID_ENTRY, with the name of the draft's member that says something else.
 */
export function decodeDraft(
  value: unknown,
  facts: SessionFacts,
  draft: { readonly name: string; render(entry: LogEntry, facts: SessionFacts): JsonObject },
): LogEntry {
  const what = `${draft.name} entry`;
  const json = parseAs(draftJsonSchema, value, "MALFORMED", what);
  const { payloadHash, logEntryHash, ...rest } = parseAs(extendedSchema, json, "MALFORMED", what);
  const { [EXTENSION]: extension, sessionId, seqNumber, payload } = rest;
  const members = {
    ...(extension["payload"] === undefined && extension["payloadBytes"] === undefined ? { payload } : {}),
    ...extension,
    ...{ sessionId, seqNumber, payloadHash: fromDraftHash(payloadHash), entryHash: fromDraftHash(logEntryHash) },
  };
  const entry = parseAs(logEntrySchema, members, "MALFORMED", what);
  const differing = differingMember(json, draft.render(entry, facts));
  if (differing !== undefined)
    throw new GatelogError("INVALID_ENTRY", `${differing} says something else than the entry`, { member: differing });
  return entry;
}

function differingMember(left: Json, right: JsonObject): string | undefined {
  if (!isJsonObject(left)) return "";
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  const textOf = (value: Json | undefined) => (value === undefined ? undefined : canonicalText(value));
  return [...names].find((name) => textOf(left[name]) !== textOf(right[name]));
}
