import { getBytes } from "ethers";
import { z } from "zod";
import { canonicalBytes, jsonWithin, parseCanonical, type JsonObject } from "./canonical.ts";
import { LENGTH_MAX, MAX_PAYLOAD_SIZE, type LogEntry, type SignedEntry } from "./entry.ts";
import { bytesToHex, hashSchema, hexSchema, sessionIdSchema } from "./hex.ts";
import { compactSignatureSchema } from "./signature.ts";
import { OPERATION_NAMES, VOTE_NAMES } from "./vocabulary.ts";

const uint = (bits: number) =>
  z
    .int()
    .min(0)
    .max(Math.min(2 ** bits - 1, Number.MAX_SAFE_INTEGER));

const entryMembers = {
  version: uint(8),
  sessionId: sessionIdSchema,
  sessionHash: hashSchema,
  gatewayId: hashSchema,
  epoch: uint(32),
  index: z
    .int()
    .min(0)
    .max(LENGTH_MAX - 1),
  seqNumber: uint(64),
  step: uint(16),
  operation: z.enum(OPERATION_NAMES),
  vote: z.enum(VOTE_NAMES),
  command: uint(16),
  timestamp: uint(64),
  causedBy: hashSchema,
  payloadHash: hashSchema,
  lastEntryHash: hashSchema,
  entryHash: hashSchema,
};

/** The payload's JSON value if the logged bytes are its canonical form, else the bytes themselves. */
const payloadMembers = { payload: jsonWithin(MAX_PAYLOAD_SIZE).optional(), payloadBytes: hexSchema.optional() };
type PayloadMembers = z.infer<z.ZodObject<typeof payloadMembers>>;

const anyMembers = { ...entryMembers, ...payloadMembers, signature: compactSignatureSchema.nullable() };
const signedMembers = { ...anyMembers, signature: compactSignatureSchema };

/**
 * JSON form of an entry: as the API and files have it. Byte for byte lossless. Numbers and hashes are checked for their form
 * alone; that they fit each other, `checkContent` says. A member that it does not know is refused.
 */
export const logEntrySchema: z.ZodType<LogEntry> = z.strictObject(anyMembers).transform(withPayload);

/** JSON form of an entry that must carry its own signature. */
export const signedEntrySchema: z.ZodType<SignedEntry> = z.strictObject(signedMembers).transform(withPayload);

/** An entry as a service answers with it: members that a later one may have beside are left aside. */
export const givenEntrySchema: z.ZodType<LogEntry> = z.object(anyMembers).transform(withPayload);

/** The same of an entry that must carry its own signature. */
export const givenSignedEntrySchema: z.ZodType<SignedEntry> = z.object(signedMembers).transform(withPayload);

/** An entry in the story of its session, which has entries of both logs: `id` is `gatewayId/index`. */
export interface StoryEntry extends LogEntry {
  readonly id: string;
}

/** JSON form of an entry in its session's story, as a service answers with it. */
export const storyEntrySchema: z.ZodType<StoryEntry> = z
  .object({
    id: z.string().regex(/^0x[0-9a-f]{64}\/(?:0|[1-9][0-9]{0,8})$/, "gatewayId/index"),
    ...anyMembers,
  })
  .transform(withPayload);

export function storyIdOf({ gatewayId, index }: LogEntry): string {
  return `${gatewayId}/${index}`;
}

/** The members of `logEntrySchema`, and no others that the object at hand may carry. */
export function entryToJson(entry: LogEntry): JsonObject {
  const { version, sessionId, sessionHash, gatewayId, epoch, index, seqNumber, step, operation, vote, command } = entry;
  const { timestamp, causedBy, payloadHash, lastEntryHash, entryHash, signature } = entry;
  return {
    ...{ version, sessionId, sessionHash, gatewayId, epoch, index, seqNumber, step, operation, vote, command },
    ...{ timestamp, causedBy, payloadHash, lastEntryHash, entryHash, signature },
    ...payloadToJson(entry.payload),
  };
}

/** `{payload}`, or `{payloadBytes}` where the bytes are no canonical JSON (a JWE, for instance). */
export function payloadToJson(bytes: Uint8Array): JsonObject {
  const value = parseCanonical(bytes);
  return value === undefined ? { payloadBytes: bytesToHex(bytes) } : { payload: value };
}

function withPayload<T extends PayloadMembers>(value: T, context: z.RefinementCtx) {
  const { payload, payloadBytes, ...members } = value;
  return { ...members, payload: payloadOf({ payload, payloadBytes }, context) };
}

function payloadOf({ payload, payloadBytes }: PayloadMembers, context: z.RefinementCtx): Uint8Array {
  const given = [
    ...(payload === undefined ? [] : [canonicalBytes(payload)]),
    ...(payloadBytes === undefined ? [] : [getBytes(payloadBytes)]),
  ];
  const [bytes] = given;
  if (bytes === undefined || given.length !== 1)
    context.addIssue({ code: "custom", path: ["payload"], message: "either payload or payloadBytes" });
  else if (bytes.length > MAX_PAYLOAD_SIZE)
    context.addIssue({ code: "custom", path: ["payload"], message: `at most ${MAX_PAYLOAD_SIZE} bytes` });
  return bytes ?? z.NEVER;
}
