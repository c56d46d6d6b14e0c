import { z } from "zod";
import { addressSchema, hexSchema, isHash, type Hash } from "../../entry/hex.ts";
import { compactSignatureSchema } from "../../entry/signature.ts";
import { DECISIONS, type Decision } from "../../entry/statements.ts";
import { TURNS } from "../stored-event.ts";

/**
 * A checkpoint is a file of JSON Lines, each in its canonical form (RFC 8785):
 *
 *     header   what made it, and when; signed by nobody
 *     counts   what of the registry is in none of the lines below
 *     event    raw, as the node gave it: what the next run looks at again
 *     anchors  of one gateway, how far its anchors are checked
 *     session  where one session stands, in the order of openings; `settled`: none of its events is here; `footing`: of the events
 *              of its one log those behind it alone
 *     end      what auditors sign, and their signatures
 *
 * `stateHash` is the SHA-256 of all lines between header and end. They are a function of the chain, of the block and of this version
 * alone, as long as nothing is wrong with the registry's anchors; so two auditors have the same.
 */
export const CHECKPOINT_FORMAT = "gatelog-audit-checkpoint";
export const CHECKPOINT_VERSION = 1;

const count = z.int().min(0);
/** Without a transformation: there are very many. */
const hash = z.custom<Hash>(
  (value) => typeof value === "string" && isHash(value),
  "32 bytes as lower-case hex with 0x",
);
/** Of any session that an event names, and not only of one that a gateway would make. */
const sessionId = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "a UUID in lower case");
const place = z.strictObject({ block: count, logIndex: count });

const headerSchema = z.strictObject({
  kind: z.literal("header"),
  format: z.literal(CHECKPOINT_FORMAT),
  version: z.literal(CHECKPOINT_VERSION),
  /** ISO 8601, UTC, by the clock of whoever made it. */
  at: z.string(),
  by: z.string(),
  finality: z.string(),
});

const countsSchema = z.strictObject({
  kind: z.literal("counts"),
  /** Entries that the registry refused, in sessions of which no event is here. */
  refused: count,
  /** Found up to here. What was found is no part of a checkpoint: the events are, and it is found in them again. */
  findings: count,
});

const eventSchema = z.strictObject({
  kind: z.literal("event"),
  turn: z.enum(TURNS),
  log: z.strictObject({
    address: addressSchema,
    topics: z.array(hash).max(4),
    data: hexSchema,
    blockNumber: count,
    logIndex: count,
    transactionHash: hash,
  }),
});

const anchorsSchema = z.strictObject({
  kind: z.literal("anchors"),
  gatewayId: hash,
  count,
  lastBlock: count,
});

const headSchema = z.strictObject({
  sessionId,
  opened: place.nullable(),
  decision: z.enum(Object.keys(DECISIONS) as Decision[]),
  closed: z.boolean(),
  logs: z.array(z.strictObject({ gatewayId: hash, length: count, lastEntryHash: hash.nullable() })),
});

const footing = z.strictObject({
  index: count,
  entryHash: hash,
  block: count,
  seqNumber: count,
  burned: z.boolean(),
});
const sessionSchema = headSchema.extend({
  kind: z.literal("session"),
  settled: z.boolean(),
  footing: footing.nullable(),
});

const endSchema = z.strictObject({
  kind: z.literal("end"),
  chainId: count,
  genesisHash: hash,
  registry: addressSchema,
  block: z.strictObject({ number: count, hash: hash }),
  headsHash: hash,
  stateHash: hash,
  verdict: z.enum(["sound", "findings"]),
  signatures: z.array(z.strictObject({ auditor: addressSchema, signature: compactSignatureSchema })),
});

export const checkpointLineSchema = z.discriminatedUnion("kind", [
  headerSchema,
  countsSchema,
  eventSchema,
  anchorsSchema,
  sessionSchema,
  endSchema,
]);

export type CheckpointLine = z.infer<typeof checkpointLineSchema>;
export type CheckpointHeader = z.infer<typeof headerSchema>;
export type CheckpointEnd = z.infer<typeof endSchema>;
export type CheckpointBody = Exclude<CheckpointLine, CheckpointHeader | CheckpointEnd>;
