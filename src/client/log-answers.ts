import { z } from "zod";
import { givenEntrySchema, storyEntrySchema } from "../entry/entry-json.ts";
import { ERRORS, type ErrorCode } from "../entry/errors.ts";
import { addressSchema, hashSchema, sessionIdSchema } from "../entry/hex.ts";
import { inclusionProofSchema } from "../entry/inclusion-proof.ts";
import { compactSignatureSchema } from "../entry/signature.ts";
import { gatewayRecordSchema, sessionRecordSchema } from "../entry/wire.ts";

/**
 * What the log storage API answers, under `response_data`: the one place that says so. The service describes itself from these
 * schemas (`/openapi.json`), and clients read its answers with them. Members may be added; a client leaves aside what it does
 * not know, and takes a code that it does not know by its status.
 */
const count = z.int().min(0);
/** An index or a number of entries, as the drafts have them. */
const digits = z.string().regex(/^(?:0|[1-9][0-9]{0,8})$/, "a number in digits");

const durabilitySchema = z.enum(["volatile", "local", "shared", "included", "final"]);

/** Index of the saved entry. */
export const savedSchema = digits;
/** Number of entries. */
export const lengthSchema = digits;
/** Index of the last common entry before the update; "-1": none. */
export const updatedSchema = z.string().regex(/^(?:-1|0|[1-9][0-9]{0,8})$/, "-1 or a number in digits");

export const entryAnswerSchema = z.object({ log_entry: givenEntrySchema });
/** A page of one log. `next`: where the next page starts, if there is one. */
export const logAnswerSchema = z.object({ log: z.array(givenEntrySchema), next: count.optional() });
/** A page of the session's story. */
export const storyAnswerSchema = z.object({ log: z.array(storyEntrySchema), next: count.optional() });

const diffMembers = {
  /** Index of the last entry that both copies are known to have; -1: none. */
  commonPrefix: z.int().min(-1),
  /** Whether `missing` goes up to the stored log's end. */
  complete: z.boolean(),
  /** An index at which both have an entry, and not the same: the first one, unless `stored` is there. No hash for a draft's words alone. */
  conflict: z.object({ index: count, ours: hashSchema.nullable(), theirs: hashSchema }).optional(),
  /** Only where nothing tells how far the copies agree: the stored log's head, to compare with one's own. */
  stored: z.object({ length: count, lastEntryHash: hashSchema }).optional(),
};
export const diffAnswerSchema = z.object({ ...diffMembers, missing: z.array(givenEntrySchema) });
/** The same in a draft's words. */
export function draftDiffSchema(entry: z.ZodType) {
  return z.object({ ...diffMembers, missing: z.array(entry) });
}

/** Facts are signed as a whole: with a member that is not known they cannot be read. All around them may grow. */
const { opening, decision, logs } = sessionRecordSchema.shape;
const logHeadSchema = logs.element.strip();
export const decisionAnswerSchema = z.object({
  ...decision.shape,
  statement: decision.shape.statement.unwrap().strip().nullable(),
});
export const recordAnswerSchema = z.object({
  ...sessionRecordSchema.shape,
  opening: opening.strip(),
  decision: decisionAnswerSchema,
  logs: z.array(logHeadSchema),
});
export const gatewayAnswerSchema = z.object({
  ...gatewayRecordSchema.shape,
  keys: z.array(gatewayRecordSchema.shape.keys.element.strip()),
});
export const closingAnswerSchema = z.object({ logs: z.array(logHeadSchema), closed: z.boolean() });
export const openedSchema = z.object({ sessionId: sessionIdSchema, sessionHash: hashSchema });
/** Most sessions in one answer. */
export const MAX_SESSIONS = 10_000;
/** `next`: the session behind which the next page starts, if there is one. */
export const sessionsSchema = z.object({ sessions: z.array(sessionIdSchema), next: sessionIdSchema.optional() });

export const statusSchema = z.object({
  sessionId: sessionIdSchema,
  sessionHash: hashSchema,
  /** Of the entry with the highest seqNumber; null before the first entry. */
  phase: count.nullable(),
  step: count.nullable(),
  decision: z.enum(["NONE", "COMMIT", "ABORT"]),
  logs: z.array(z.object({ ...logHeadSchema.shape, epoch: count })),
  closed: z.boolean(),
  finality: z.object({ durability: durabilitySchema, decision: z.boolean() }),
});

/** Where an entry stands on a chain. */
const chainPlaceSchema = z.object({
  chainId: z.int().positive(),
  registry: addressSchema,
  transactionHash: hashSchema,
  blockNumber: count,
  blockHash: hashSchema,
  logIndex: count,
  /** By the finality that the service's chain is configured with. */
  final: z.boolean(),
});

/**
 * How an entry is held. `entries` leads from it to the entry that carries the signature (most often itself), so that hashes,
 * chain and signature can be checked without the service; `signer` is the key that its gateway had in that epoch.
 */
export const proofSchema = z.object({
  entryHash: hashSchema,
  entries: z.array(givenEntrySchema),
  signature: compactSignatureSchema,
  epoch: count,
  signer: addressSchema,
  durability: durabilitySchema,
  /** Null where the store is no chain: then its word and the signature are all there is. */
  chain: chainPlaceSchema.nullable(),
  /** Null where the store anchors nothing, or this entry not yet. Check it with `verifyInclusionProof`, and its root on the chain. */
  inclusion: inclusionProofSchema.nullable(),
});

export const serviceSchema = z.object({
  durability: durabilitySchema,
  /** The gateway that the service belongs to, if any. */
  gatewayId: hashSchema.nullable(),
  maxEntriesPerCall: count,
});
export const healthSchema = z.object({ status: z.literal("up") });
export const readySchema = z.object({ status: z.literal("ready"), durability: durabilitySchema });

const errorCodeSchema = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]);

/** RFC 9457, with the drafts' `success` and the stable code that callers match on. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  success: z.literal(false),
  code: errorCodeSchema,
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  requestId: z.string(),
});

export type ChainPlace = z.infer<typeof chainPlaceSchema>;
export type Proof = z.infer<typeof proofSchema>;
export type SessionStatus = z.infer<typeof statusSchema>;
export type DiffAnswer = z.infer<typeof diffAnswerSchema>;
export type ServiceInfo = z.infer<typeof serviceSchema>;
export type Problem = z.infer<typeof problemSchema>;
