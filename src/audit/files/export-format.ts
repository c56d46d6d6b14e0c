import { z } from "zod";
import { logEntrySchema } from "../../entry/entry-json.ts";
import { addressSchema, hashSchema, sessionIdSchema, toHex } from "../../entry/hex.ts";
import { inclusionProofSchema } from "../../entry/inclusion-proof.ts";
import { compactSignatureSchema } from "../../entry/signature.ts";
import { gatewayRecordSchema, sessionOpeningSchema, sessionRecordSchema } from "../../entry/wire.ts";

/**
 * Lines of an exported log (docs/FACES.md, "A log as a file"), declared here a second time on purpose: the auditor reads files by
 * itself. Only the form is looked at: what does not fit together is a finding, and not a line that cannot be read.
 */
export const EXPORT_FORMAT = "gatelog-log";
export const EXPORT_VERSION = 1;

const count = z.int().min(0);
const uint32 = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const prefixSchema = z
  .string()
  .regex(/^0x[0-9a-f]{48}$/, "the first 24 bytes of a hash")
  .transform(toHex);

const placeMembers = { block: uint32, logIndex: uint32, transactionHash: hashSchema };
const placeSchema = z.strictObject(placeMembers);
const linkedPlaceSchema = z.strictObject({ ...placeMembers, previousBlock: uint32 });
const blockSchema = z.strictObject({ number: count, hash: hashSchema, timestamp: count });

const chainSourceSchema = z.strictObject({
  kind: z.literal("chain"),
  chainId: z.int().positive(),
  registry: addressSchema,
  genesisHash: hashSchema,
  block: blockSchema,
});
const storeSourceSchema = z.strictObject({ kind: z.literal("store"), driver: z.string(), durability: z.string() });

const headerSchema = z.strictObject({
  kind: z.literal("header"),
  format: z.literal(EXPORT_FORMAT),
  version: z.literal(EXPORT_VERSION),
  source: z.discriminatedUnion("kind", [chainSourceSchema, storeSourceSchema]),
  sessions: z.union([z.literal("all"), z.array(sessionIdSchema)]),
  exported: z.strictObject({ at: z.string(), by: z.string().nullable(), program: z.string() }),
});

const changeMembers = { change: uint32, signature: compactSignatureSchema, at: linkedPlaceSchema };
const changeSchema = z.discriminatedUnion("event", [
  z.strictObject({
    event: z.literal("GatewayRegistered"),
    owner: addressSchema,
    name: z.string(),
    key: addressSchema,
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

const gatewayHeadSchema = z.strictObject({
  owner: addressSchema,
  key: addressSchema,
  epoch: uint32,
  changes: uint32,
  lastBlock: count,
  // Files of registries that had no backups yet lack these.
  takeoverInterval: uint32.default(0),
  takeoverBlock: count.default(0),
  backups: z.array(addressSchema).default([]),
});
const gatewaySchema = z.strictObject({
  kind: z.literal("gateway"),
  ...gatewayRecordSchema.shape,
  chain: z.strictObject({ head: gatewayHeadSchema, changes: z.array(changeSchema) }).nullable(),
});

const { logs, closed, sessionHash } = sessionRecordSchema.shape;
const decisionNames = z.enum(["NONE", "COMMIT", "ABORT"]);
const sessionHeadSchema = z.strictObject({
  openBlock: count,
  decidedBlock: count,
  closedBlock: count,
  deadline: count,
  decision: decisionNames,
  votedYes: z.boolean(),
  votedNo: z.boolean(),
  burned: z.boolean(),
  openLogs: count,
});
const logHeadSchema = z.strictObject({
  length: uint32,
  lastEntryHash: prefixSchema,
  lastBlock: count,
  open: z.boolean(),
  closed: z.boolean(),
});
const sessionSchema = z.strictObject({
  kind: z.literal("session"),
  opening: sessionOpeningSchema,
  sessionHash,
  /** Null: the source keeps no register for this session. */
  decision: decisionNames.nullable(),
  logs,
  closed,
  chain: z.strictObject({ at: placeSchema, head: sessionHeadSchema, logs: z.array(logHeadSchema) }).nullable(),
});

const entrySchema = z.strictObject({
  kind: z.literal("entry"),
  entry: logEntrySchema,
  at: linkedPlaceSchema.nullable(),
});

const decisionSchema = z.strictObject({
  kind: z.literal("decision"),
  statement: z.strictObject({
    sessionId: sessionIdSchema,
    sessionHash: hashSchema,
    decision: z.enum(["COMMIT", "ABORT"]),
    ground: z.enum(["ORIGIN", "VOTE_NO", "DEADLINE"]),
    epoch: uint32,
    signature: compactSignatureSchema.nullable(),
  }),
  final: z.boolean(),
  at: z.strictObject({ ...placeMembers, timestamp: count }).nullable(),
});

const closingSchema = z.strictObject({
  kind: z.literal("closing"),
  statement: z.strictObject({
    sessionId: sessionIdSchema,
    sessionHash: hashSchema,
    gatewayId: hashSchema,
    length: uint32,
    lastEntryHash: hashSchema,
    epoch: uint32,
    signature: compactSignatureSchema,
  }),
  at: linkedPlaceSchema.nullable(),
});

const closedSchema = z.strictObject({
  kind: z.literal("closed"),
  sessionId: sessionIdSchema,
  sessionHash: hashSchema,
  at: placeSchema,
});

/** That the entry before it is in an anchor. */
const proofSchema = z.strictObject({
  kind: z.literal("proof"),
  entryHash: hashSchema,
  proof: inclusionProofSchema,
});

const skippedSchema = z.strictObject({ kind: z.literal("skipped"), sessionId: sessionIdSchema, code: z.string() });

const endSchema = z.strictObject({
  kind: z.literal("end"),
  lines: count,
  gateways: count,
  sessions: count,
  entries: count,
  decisions: count,
  closings: count,
  skipped: count,
  /** Files without proofs lack it. */
  proofs: count.optional(),
  sha256: hashSchema,
});

export const exportLineSchema = z.discriminatedUnion("kind", [
  headerSchema,
  gatewaySchema,
  sessionSchema,
  entrySchema,
  decisionSchema,
  closingSchema,
  closedSchema,
  proofSchema,
  skippedSchema,
  endSchema,
]);

export type ExportRecord = z.infer<typeof exportLineSchema>;
export type ExportHeader = z.infer<typeof headerSchema>;
export type ExportEnd = z.infer<typeof endSchema>;
export type ExportedGateway = z.infer<typeof gatewaySchema>;
export type ExportedChange = z.infer<typeof changeSchema>;
export type ExportedSession = z.infer<typeof sessionSchema>;
export type ExportedEntry = z.infer<typeof entrySchema>;
export type ExportedDecision = z.infer<typeof decisionSchema>;
export type ExportedClosing = z.infer<typeof closingSchema>;
export type ExportedPlace = z.infer<typeof placeSchema>;
