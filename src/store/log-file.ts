import { z } from "zod";
import { canonicalText, jsonSchema } from "../entry/canonical.ts";
import { entryToJson, logEntrySchema } from "../entry/entry-json.ts";
import { ERRORS, type ErrorCode } from "../entry/errors.ts";
import { addressSchema, hashSchema, sessionIdSchema } from "../entry/hex.ts";
import { inclusionProofSchema } from "../entry/inclusion-proof.ts";
import { compactSignatureSchema } from "../entry/signature.ts";
import {
  closingStatementSchema,
  decisionStatementSchema,
  gatewayRecordSchema,
  sessionOpeningSchema,
  sessionRecordSchema,
} from "../entry/wire.ts";

/**
 * Logs as a file: JSON Lines, each line one record in canonical JSON (RFC 8785) under 1 MiB, in UTF-8, ended by "\n".
 *
 * First the header. Before a session stand the gateways that it names, each once in the file. A session is its opening and, up
 * to the next one, its entries (each log's in order), its decision and its closings. The last line has the counts and the SHA-256 of
 * all bytes before it: a file that was cut, or in which a byte has changed, is recognised. It proves nothing by itself: what
 * proves are the signatures.
 *
 * From a chain (`source.kind` is `chain`) every record says where its event stands (`at`), and records carry what the registry held at
 * the source's block (`head`): each event can be rebuilt byte for byte, but for the refused entries, on which nothing rests.
 * From a store `at` and `chain` are null, and `decision` too where the store keeps no register. Where it was asked for, and entries are
 * anchored, the proof of each stands behind it; only then are there lines of kind `proof`, which earlier readers do not know.
 */
export const LOG_FILE_FORMAT = "gatelog-log";
export const LOG_FILE_VERSION = 1;
/** Bytes of a line without its end; the largest entry needs a twentieth of it. */
export const MAX_LINE_SIZE = 1_048_576;
/** Sessions that a header can name one by one; more are exported as `all`. */
export const MAX_NAMED_SESSIONS = 10_000;

const count = z.int().min(0);
const uint32 = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const prefixSchema = z.string().regex(/^0x[0-9a-f]{48}$/, "the first 24 bytes of a hash");

/** Where an event stands. */
const placeMembers = { block: count, logIndex: count, transactionHash: hashSchema };
const placeSchema = z.strictObject(placeMembers);
/** And the block of the event before it, of the same log or the same gateway. */
const linkedPlaceSchema = z.strictObject({ ...placeMembers, previousBlock: count });

const blockSchema = z.strictObject({
  number: count,
  hash: hashSchema,
  /** UNIX seconds. */
  timestamp: count,
});

const sourceSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("chain"),
    chainId: z.int().positive(),
    registry: addressSchema,
    genesisHash: hashSchema,
    /** What the file holds is as of this block. */
    block: blockSchema,
  }),
  z.strictObject({
    kind: z.literal("store"),
    driver: z.string().min(1).max(64),
    durability: z.enum(["volatile", "local", "shared", "included", "final"]),
  }),
]);

export const logFileHeaderSchema = z.strictObject({
  kind: z.literal("header"),
  format: z.literal(LOG_FILE_FORMAT),
  version: z.literal(LOG_FILE_VERSION),
  source: sourceSchema,
  /** Which sessions were asked for. */
  sessions: z.union([z.literal("all"), z.array(sessionIdSchema).min(1).max(MAX_NAMED_SESSIONS)]),
  exported: z.strictObject({
    at: z.iso.datetime(),
    /** Who says to have done it; nobody has checked that. */
    by: z.string().min(1).max(256).nullable(),
    program: z.string().min(1).max(64),
  }),
});

const changeMembers = { change: uint32, signature: compactSignatureSchema, at: linkedPlaceSchema };
const gatewayChangeSchema = z.discriminatedUnion("event", [
  z.strictObject({
    event: z.literal("GatewayRegistered"),
    owner: addressSchema,
    name: z.string(),
    key: addressSchema,
    /** Separated by spaces. */
    endpoints: z.string(),
    signature: compactSignatureSchema,
    at: placeSchema,
  }),
  z.strictObject({ event: z.literal("KeyRotated"), epoch: uint32, key: addressSchema, ...changeMembers }),
  z.strictObject({ event: z.literal("EndpointsSet"), endpoints: z.string(), ...changeMembers }),
  z.strictObject({
    event: z.literal("BackupsSet"),
    backups: z.array(addressSchema),
    takeoverInterval: uint32,
    ...changeMembers,
  }),
  /** No change of the owner's: signed by the new primary and, if it was planned, by the former one. */
  z.strictObject({
    event: z.literal("PrimaryChanged"),
    epoch: uint32,
    key: addressSchema,
    former: addressSchema,
    planned: z.boolean(),
    signature: compactSignatureSchema,
    formerSignature: compactSignatureSchema.nullable(),
    at: linkedPlaceSchema,
  }),
]);

export const gatewayLineSchema = z.strictObject({
  kind: z.literal("gateway"),
  ...gatewayRecordSchema.shape,
  chain: z
    .strictObject({
      head: z.strictObject({
        owner: addressSchema,
        key: addressSchema,
        epoch: uint32,
        changes: uint32,
        lastBlock: count,
        // Files of registries that had no backups yet lack these.
        takeoverInterval: uint32.default(0),
        takeoverBlock: count.default(0),
        backups: z.array(addressSchema).default([]),
      }),
      /** All that was changed, oldest first. */
      changes: z.array(gatewayChangeSchema).min(1),
    })
    .nullable(),
});

const { logs, closed, sessionHash } = sessionRecordSchema.shape;
const decisionNames = z.enum(["NONE", "COMMIT", "ABORT"]);
export const sessionLineSchema = z.strictObject({
  kind: z.literal("session"),
  opening: sessionOpeningSchema,
  sessionHash,
  /** Null: the source keeps no register for this session, and cannot say. */
  decision: decisionNames.nullable(),
  logs,
  closed,
  chain: z
    .strictObject({
      at: placeSchema,
      head: z.strictObject({
        openBlock: count,
        decidedBlock: count,
        closedBlock: count,
        deadline: count,
        decision: decisionNames,
        votedYes: z.boolean(),
        votedNo: z.boolean(),
        burned: z.boolean(),
        openLogs: count,
      }),
      /** Of each log, in the order of `logs`. */
      logs: z.array(
        z.strictObject({
          length: uint32,
          lastEntryHash: prefixSchema,
          lastBlock: count,
          open: z.boolean(),
          closed: z.boolean(),
        }),
      ),
    })
    .nullable(),
});

export const entryLineSchema = z.strictObject({
  kind: z.literal("entry"),
  entry: logEntrySchema,
  at: linkedPlaceSchema.nullable(),
});

export const decisionLineSchema = z.strictObject({
  kind: z.literal("decision"),
  statement: decisionStatementSchema,
  /** By the finality that the source's chain is configured with. */
  final: z.boolean(),
  /** With the time of its block, which a deadline is compared with. */
  at: z.strictObject({ ...placeMembers, timestamp: count }).nullable(),
});

export const closingLineSchema = z.strictObject({
  kind: z.literal("closing"),
  statement: closingStatementSchema,
  at: linkedPlaceSchema.nullable(),
});

/** The registry's own word that all logs are closed; from a chain alone. */
export const closedLineSchema = z.strictObject({
  kind: z.literal("closed"),
  sessionId: sessionIdSchema,
  sessionHash: hashSchema,
  at: placeSchema,
});

/** That the entry before it is in an anchor; from an anchored store alone. */
export const proofLineSchema = z.strictObject({
  kind: z.literal("proof"),
  entryHash: hashSchema,
  proof: inclusionProofSchema,
});

/** A session that was asked for with all others, and is none that can be understood: nothing of it is in the file. */
const skippedLineSchema = z.strictObject({
  kind: z.literal("skipped"),
  sessionId: sessionIdSchema,
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
});

export const logFileEndSchema = z.strictObject({
  kind: z.literal("end"),
  lines: count,
  gateways: count,
  sessions: count,
  entries: count,
  decisions: count,
  closings: count,
  skipped: count,
  /** Left out where there are none. */
  proofs: count.optional(),
  /** SHA-256 of all bytes before this line. */
  sha256: hashSchema,
});

/** One line. Published by `gatelog config schema log-file`. */
export const logFileLineSchema = z.discriminatedUnion("kind", [
  logFileHeaderSchema,
  gatewayLineSchema,
  sessionLineSchema,
  entryLineSchema,
  decisionLineSchema,
  closingLineSchema,
  closedLineSchema,
  proofLineSchema,
  skippedLineSchema,
  logFileEndSchema,
]);

export type LogFileHeader = z.infer<typeof logFileHeaderSchema>;
export type GatewayLine = z.infer<typeof gatewayLineSchema>;
export type GatewayChange = z.infer<typeof gatewayChangeSchema>;
export type SessionLine = z.infer<typeof sessionLineSchema>;
export type EntryLine = z.infer<typeof entryLineSchema>;
export type DecisionLine = z.infer<typeof decisionLineSchema>;
export type ClosingLine = z.infer<typeof closingLineSchema>;
export type ClosedLine = z.infer<typeof closedLineSchema>;
export type ProofLine = z.infer<typeof proofLineSchema>;
export type LogFileEnd = z.infer<typeof logFileEndSchema>;
export type EventPlace = z.infer<typeof placeSchema>;
export type LogFileRecord = z.infer<typeof logFileLineSchema>;

/** The one text of a record, without the end of its line. */
export function lineOf(record: LogFileRecord): string {
  const json = record.kind === "entry" ? { ...record, entry: entryToJson(record.entry) } : record;
  return canonicalText(jsonSchema.parse(json));
}
