import { z } from "zod";
import { hasExactNumbers, isJsonObject, parseCanonical, type Json, type JsonObject } from "./canonical.ts";
import {
  decodeDraft,
  draftJsonSchema,
  draftPayload,
  EXTENSION,
  extensionOf,
  fromDraftHash,
  requireFactsOf,
  toDraftHex,
} from "./draft-form.ts";
import type { LogEntry } from "./entry.ts";
import { GatelogError } from "./errors.ts";
import { sessionIdSchema, type Hash, type SessionId } from "./hex.ts";
import { parseAs } from "./parse.ts";
import type { SessionFacts } from "./session.ts";
import { phaseOf } from "./vocabulary.ts";

// Log entries in the form of draft-belchior-gateway-recovery-01, section 5, Figures 9 and 10.

/** Member of a logged payload that holds a draft-01 client's entry, word for word (see `log-entry-request.ts`). */
export const FOREIGN_MEMBER = "odap01";

/**
 * The draft names three flows and gives one `phaseId` by example: "lock" for the Lock-Evidence flow. The others follow it: the
 * word that tells the flow from the others (transfer *initiation*, *commitment* establishment). Setup and recovery are no
 * flows of the draft.
 */
const PHASE_IDS: ReadonlyMap<number, string> = new Map([
  [0, "setup"],
  [1, "initiation"],
  [2, "lock"],
  [3, "commitment"],
  [9, "recovery"],
]);

/** Other words that clients may have for the flows. */
const PHASE_ALIASES: ReadonlyMap<string, number> = new Map([
  ...Array.from(PHASE_IDS, ([phase, name]) => [name, phase] as const),
  ["transfer-initiation", 1],
  ["init", 1],
  ["lock-evidence", 2],
  ["commitment-establishment", 3],
  ["commit", 3],
  ["rollback", 9],
]);

export function phaseIdOf(phase: number): string {
  return PHASE_IDS.get(phase) ?? `p${phase}`;
}

/** Phase of a `phaseId`, of the notation's `p1`, or of a number in digits; undefined if the word means nothing here. */
export function phaseFrom(text: string): number | undefined {
  const word = text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, "-");
  const digits = /^p?([0-9]{1,3})$/.exec(word)?.[1];
  return digits === undefined ? PHASE_ALIASES.get(word) : Number(digits);
}

/**
 * An entry in the form of Figure 9, plus the member `gatelog`. `source` and `target` describe the transfer and not the author
 * (Figures 9 and 10 have different authors and the same four members); the author is `gatelog.gatewayId`. A session of one
 * gateway has no target: the words that a draft-01 client gave are shown, else empty strings. `timestamp` is in seconds,
 * hashes are upper-case hex without 0x. Throws INVALID_SESSION if the facts are another session's.
 */
export function toOdap01(entry: LogEntry, facts: SessionFacts): JsonObject {
  requireFactsOf(entry, facts);
  const logged = parseCanonical(entry.payload);
  const foreign = foreignWords(logged, facts);
  const payload = foreign?.payload ?? draftPayload(entry, logged);
  return {
    sessionId: entry.sessionId,
    seqNumber: entry.seqNumber,
    phaseId: foreign?.phaseId ?? phaseIdOf(phaseOf(entry.step)),
    sourceGatewayId: foreign?.sourceGatewayId ?? facts.origin.gatewayId,
    sourceDltId: foreign?.sourceDltId ?? facts.origin.networkId,
    targetGatewayId: foreign?.targetGatewayId ?? facts.destination?.gatewayId ?? "",
    targetDltId: foreign?.targetDltId ?? facts.destination?.networkId ?? "",
    timestamp: secondsOf(entry),
    payload,
    payloadHash: toDraftHex(entry.payloadHash),
    logEntryHash: toDraftHex(entry.entryHash),
    [EXTENSION]: extensionOf(entry, logged, payload),
  };
}

/** The entry that `toOdap01` rendered, byte for byte; see `decodeDraft`. */
export function fromOdap01(value: unknown, facts: SessionFacts): LogEntry {
  return decodeDraft(value, facts, { name: "odap-01", render: toOdap01 });
}

/** Figure 9, as far as it can be relied on. */
export const figure9Schema = z.looseObject({
  sessionId: sessionIdSchema,
  seqNumber: z.int().min(0),
  phaseId: z.string(),
  sourceGatewayId: z.string(),
  sourceDltId: z.string(),
  targetGatewayId: z.string(),
  targetDltId: z.string(),
  timestamp: z.string().regex(/^[0-9]{1,12}$/, "UNIX seconds in digits"),
  payload: z.looseObject({ messageType: z.string(), message: z.string(), votes: z.string().optional() }),
  payloadHash: z.string(),
  logEntryHash: z.string().optional(),
});

/** JSON form of `toOdap01`, for descriptions: Figure 9 and one more member. */
export const odap01EntrySchema = figure9Schema.extend({ [EXTENSION]: z.looseObject({}) });

/** A bare entry of Figure 9: what a client that knows only draft-01 writes and reads. Nothing of it is verified. */
export interface ForeignEntry {
  readonly sessionId: SessionId;
  readonly seqNumber: number;
  readonly phaseId: string;
  /** What `phaseId` means here, or null. */
  readonly phase: number | null;
  readonly sourceGatewayId: string;
  readonly sourceDltId: string;
  readonly targetGatewayId: string;
  readonly targetDltId: string;
  /** UNIX milliseconds. */
  readonly timestamp: number;
  readonly messageType: string;
  readonly message: string;
  /** "none" if the entry says nothing: the member is optional in the draft. */
  readonly votes: string;
  /**
   * The payload's hash as the client claims it, or null if that is not 32 bytes of hex (that of Figure 10 has 63 digits). The
   * draft does not say over which bytes it goes and neither of its examples can be reproduced: it is never compared.
   */
  readonly payloadHash: Hash | null;
  /** The entry as it came, word for word, members that the figure does not have included. */
  readonly words: JsonObject;
}

/** Reads an entry of Figure 9 or 10; `gatelog`, if it is there, is left aside. Throws MALFORMED. */
export function readFigure9(value: unknown): ForeignEntry {
  const words = parseAs(draftJsonSchema, value, "MALFORMED", "log entry");
  const { payload, payloadHash, timestamp, ...members } = parseAs(figure9Schema, words, "MALFORMED", "log entry");
  if (!isJsonObject(words) || !hasExactNumbers(words))
    throw new GatelogError("MALFORMED", "log entry: whole numbers beyond 2^53 - 1 are strings", { member: "payload" });
  return {
    sessionId: members.sessionId,
    seqNumber: members.seqNumber,
    phaseId: members.phaseId,
    phase: phaseFrom(members.phaseId) ?? null,
    sourceGatewayId: members.sourceGatewayId,
    sourceDltId: members.sourceDltId,
    targetGatewayId: members.targetGatewayId,
    targetDltId: members.targetDltId,
    timestamp: Number(timestamp) * 1_000,
    messageType: payload.messageType,
    message: payload.message,
    votes: payload.votes ?? "none",
    payloadHash: /^[0-9A-Fa-f]{64}$/.test(payloadHash) ? fromDraftHash(payloadHash) : null,
    words,
  };
}

const foreignWordsSchema = z.looseObject({ [FOREIGN_MEMBER]: figure9Schema });

/**
 * What a draft-01 client said of its session, if the logged payload is made of an entry of its own. It has no say over the
 * parties of a session of two gateways.
 */
export function foreignWords(logged: Json | undefined, facts: SessionFacts) {
  const parsed = foreignWordsSchema.safeParse(logged);
  if (!parsed.success || facts.destination !== null) return undefined;
  const { payload, ...words } = parsed.data[FOREIGN_MEMBER];
  const { messageType, message, votes } = payload;
  return { ...words, payload: { messageType, message, votes: votes ?? "none" } };
}

/** UNIX seconds in digits. */
export function secondsOf(entry: LogEntry): string {
  return Math.floor(entry.timestamp / 1_000).toString();
}
