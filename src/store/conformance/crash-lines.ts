import { z } from "zod";
import { jsonSchema } from "../../entry/canonical.ts";
import { hashSchema, hexSchema, sessionIdSchema } from "../../entry/hex.ts";

/**
 * What the crash loop and its writers say to each other, a line of JSON each: the URL of the driver's module and then the task on standard input,
 * the rest on standard output.
 */

/** Where logs are kept, as the driver's module understands it. */
const placeSchema = z.object({ place: jsonSchema });
export type Place = z.infer<typeof placeSchema>;

/**
 * Read everything in `read` and tell of it; then append to `write` until somebody puts an end to it. Null: nothing of the kind. With
 * `persists`, what cannot be taken (STORE_UNAVAILABLE) is appended again until it is.
 */
export const taskSchema = z.object({
  read: placeSchema.nullable(),
  write: placeSchema.nullable(),
  persists: z.boolean().optional(),
});
export type Task = z.infer<typeof taskSchema>;

const entrySchema = z.object({
  sessionId: sessionIdSchema,
  index: z.int(),
  entryHash: hashSchema,
  signature: hexSchema,
});
export type SaidEntry = z.infer<typeof entrySchema>;

export const lineSchema = z.discriminatedUnion("said", [
  /** It is loaded, and waits for its task. */
  z.object({ said: z.literal("ready") }),
  /** The session is there, with so many entries, each of which has been told of. */
  z.object({ said: z.literal("session"), sessionId: sessionIdSchema, length: z.int() }),
  /** An entry was read: its fields and payload hash to `entryHash`, and it follows the entry before it. */
  entrySchema.extend({ said: z.literal("entry") }),
  /** All that is there has been told of. */
  z.object({ said: z.literal("verified") }),
  z.object({ said: z.literal("opened"), sessionId: sessionIdSchema }),
  /** The store resolved the append. */
  entrySchema.extend({ said: z.literal("acknowledged") }),
  /** The store could not be reached, or is damaged: nothing is known of what was under way. */
  z.object({
    said: z.literal("refused"),
    code: z.enum(["STORE_UNAVAILABLE", "CORRUPT_STORE"]),
    text: z.string(),
  }),
  /** Something that must not be. */
  z.object({ said: z.literal("fault"), text: z.string() }),
]);
export type Line = z.infer<typeof lineSchema>;
