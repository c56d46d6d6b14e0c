import { getBytes } from "ethers";
import { z } from "zod";
import { canonicalBytes, parseCanonical, type Json } from "./canonical.ts";
import { bytesToHex, hashSchema, hexSchema, sessionIdSchema } from "./hex.ts";
import { MAX_PAYLOAD_SIZE, type LogEntry, type SignedEntry } from "./entry.ts";
import { OPERATIONS, VOTES, type Operation, type Vote } from "./vocabulary.ts";

const uint = (bits: number) => z.int().min(0).max(Math.min(2 ** bits - 1, Number.MAX_SAFE_INTEGER));
const jsonSchema = z.json() as z.ZodType<Json>;

const entryMembers = {
  version: uint(8),
  sessionId: sessionIdSchema,
  sessionHash: hashSchema,
  gatewayId: hashSchema,
  epoch: uint(32),
  index: uint(28),
  seqNumber: uint(64),
  step: uint(16),
  operation: z.enum(Object.keys(OPERATIONS) as [Operation, ...Operation[]]),
  vote: z.enum(Object.keys(VOTES) as [Vote, ...Vote[]]),
  command: uint(16),
  timestamp: uint(64),
  causedBy: hashSchema,
  payloadHash: hashSchema,
  lastEntryHash: hashSchema,
  entryHash: hashSchema,
  /** The payload's JSON value if the logged bytes are canonical JSON, else `payloadBytes`. */
  payload: jsonSchema.optional(),
  payloadBytes: hexSchema.optional(),
};

const compactSignatureSchema = hexSchema.refine((text) => text.length === 130, "64 bytes: r and yParityAndS");

/** JSON form of an entry: as the API and files have it. Byte for byte lossless. */
export const logEntrySchema = z
  .strictObject({ ...entryMembers, signature: compactSignatureSchema.nullable() })
  .transform(withPayload);
/** JSON form of an entry that must carry its own signature. */
export const signedEntrySchema = z.strictObject({ ...entryMembers, signature: compactSignatureSchema }).transform(withPayload);

export function entryToJson(entry: LogEntry): { [member: string]: Json } {
  const { payload, ...members } = entry;
  const value = parseCanonical(payload);
  return value === undefined ? { ...members, payloadBytes: bytesToHex(payload) } : { ...members, payload: value };
}

type WithPayload<Members extends { payload?: unknown; payloadBytes?: unknown }> = Omit<Members, "payload" | "payloadBytes"> & {
  payload: Uint8Array;
};

function withPayload<Members extends { payload?: Json | undefined; payloadBytes?: string | undefined }>(
  members: Members,
  context: z.RefinementCtx,
): WithPayload<Members> {
  const { payload, payloadBytes, ...rest } = members;
  if ((payload === undefined) === (payloadBytes === undefined)) {
    context.addIssue({ code: "custom", path: ["payload"], message: "either payload or payloadBytes" });
    return z.NEVER;
  }
  const bytes = payload === undefined ? getBytes(payloadBytes ?? "0x") : canonicalBytes(payload);
  if (bytes.length > MAX_PAYLOAD_SIZE)
    context.addIssue({ code: "custom", path: ["payload"], message: `more than ${MAX_PAYLOAD_SIZE} bytes` });
  return { ...rest, payload: bytes };
}

// The schemas and the domain types are the same shape; this line stops compiling if they part.
export type Same = [z.infer<typeof logEntrySchema>, z.infer<typeof signedEntrySchema>] extends [LogEntry, SignedEntry] ? true : never;
