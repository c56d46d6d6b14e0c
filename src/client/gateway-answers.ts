import { z } from "zod";
import { addressSchema, hashSchema, sessionIdSchema } from "../entry/hex.ts";
import { loggingSchema } from "../entry/session.ts";

/** What a gateway's own API answers, under `response_data`; see `log-answers.ts`. */

const transactionSchema = z.looseObject({
  networkId: z.string(),
  action: z.string(),
  transactionHash: hashSchema.nullable(),
  blockNumber: z.number(),
});
const reasonSchema = z.object({ code: z.string(), message: z.string() });

export const transferStatusSchema = z.looseObject({
  sessionId: sessionIdSchema,
  role: z.enum(["origin", "destination"]),
  phase: z.string(),
  lastEntry: z.string().nullable(),
  decision: z.enum(["NONE", "COMMIT", "ABORT"]),
  outcome: z.enum(["COMMITTED", "ABORTED", "REVERSED", "IN_DOUBT"]),
  waitingFor: z.string().nullable(),
  since: z.number(),
  reason: reasonSchema.nullable(),
  peer: z.string(),
  rollback: z.enum(["none", "started", "failed", "done"]),
  disputed: z.boolean(),
  why: z.string(),
  stuck: reasonSchema.nullable(),
  transactions: z.array(transactionSchema),
});
export type TransferStatus = z.infer<typeof transferStatusSchema>;
/** Most transfers in one answer. */
export const MAX_TRANSFERS = 1_000;
export const transfersSchema = z.array(transferStatusSchema);

export const explanationSchema = z.looseObject({
  sessionId: sessionIdSchema,
  situation: z.record(z.string(), z.string()),
  row: z.string(),
  outcome: z.string(),
  why: z.string(),
  crashTableRows: z.array(z.number()),
  next: z.array(z.string()),
  deadlinePassed: z.string().nullable(),
  refused: z.string().nullable(),
});
export type Explanation = z.infer<typeof explanationSchema>;

export const identitySchema = z.object({
  gatewayId: hashSchema,
  name: z.string(),
  owner: addressSchema,
  networks: z.array(z.string()),
  /** The default first. */
  loggings: z.array(loggingSchema).min(1),
});

/** What a gateway offers a peer that would propose a transfer to it. */
export const offerSchema = z.object({
  /** The log of a session that names none. */
  logging: loggingSchema,
  /** Every log that it serves. */
  loggings: z.array(loggingSchema).min(1),
  chainId: z.int().positive(),
  escrow: addressSchema,
  token: addressSchema,
  owner: addressSchema,
  keys: z.array(addressSchema),
  standard: z.enum(["erc20", "erc721"]).nullable(),
  decimals: z.int().min(0).max(255),
});

export const overviewSchema = z.looseObject({
  ...identitySchema.shape,
  startedAt: z.number(),
  openSessions: z.int().min(0),
  alarms: z.array(z.looseObject({ sessionId: sessionIdSchema.nullable(), code: z.string(), message: z.string() })),
  sessions: transfersSchema,
});
