import { z } from "zod";
import { addressSchema, hashSchema, sessionIdSchema } from "./hex.ts";
import { sessionFactsSchema } from "./session.ts";
import { compactSignatureSchema } from "./signature.ts";

/** JSON forms that go over HTTP and into files, beside entries (`entry-json.ts`): parsed once, at the boundary. */
const uint32 = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
/** One that has begun. What is signed of it has 32 bits. */
export const epochSchema = uint32.min(1);

export const sessionOpeningSchema = z.strictObject({
  facts: sessionFactsSchema,
  epoch: uint32,
  signature: compactSignatureSchema,
});

export const decisionStatementSchema = z
  .strictObject({
    sessionId: sessionIdSchema,
    sessionHash: hashSchema,
    decision: z.enum(["COMMIT", "ABORT"]),
    ground: z.enum(["ORIGIN", "VOTE_NO", "DEADLINE"]),
    epoch: uint32,
    signature: compactSignatureSchema.nullable(),
  })
  .refine(
    ({ ground, epoch, signature }) =>
      ground === "ORIGIN" ? epoch > 0 && signature !== null : epoch === 0 && signature === null,
    "epoch and signature go with the ground ORIGIN, and only with it",
  )
  .refine(
    (statement) => statement.decision === "ABORT" || statement.ground === "ORIGIN",
    "COMMIT needs the origin's signature",
  );

export const closingStatementSchema = z.strictObject({
  sessionId: sessionIdSchema,
  sessionHash: hashSchema,
  gatewayId: hashSchema,
  length: uint32,
  lastEntryHash: hashSchema,
  epoch: uint32,
  signature: compactSignatureSchema,
});

export const sessionRecordSchema = z.strictObject({
  opening: sessionOpeningSchema,
  sessionHash: hashSchema,
  decision: z.strictObject({
    decision: z.enum(["NONE", "COMMIT", "ABORT"]),
    final: z.boolean(),
    statement: decisionStatementSchema.nullable(),
  }),
  logs: z.array(
    z.strictObject({ gatewayId: hashSchema, length: uint32, lastEntryHash: hashSchema, closed: z.boolean() }),
  ),
  closed: z.boolean(),
});

/** A gateway as the registry, or a configuration, has it: its current key, and the keys of its earlier epochs. */
export const gatewayRecordSchema = z.strictObject({
  gatewayId: hashSchema,
  epoch: uint32,
  /** Key by epoch, ascending, the current one last. */
  keys: z.array(z.strictObject({ epoch: uint32, key: addressSchema })),
  endpoints: z.array(z.string()),
  /** Keys that may take over, in the order that the registry has them; absent where no registry is asked. */
  backups: z.array(addressSchema).optional(),
});
