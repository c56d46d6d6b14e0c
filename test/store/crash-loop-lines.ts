import { z } from "zod";
import { hashSchema, hexSchema, sessionIdSchema } from "../../src/entry/hex.ts";

/** What the crash loop and its writers say to each other, a line of JSON each: the task on standard input, the rest on standard output. */

/** Where logs are kept: a SQLite file, or a schema in a database. */
const placeSchema = z.discriminatedUnion("driver", [
  z.object({ driver: z.literal("sqlite"), path: z.string() }),
  z.object({ driver: z.literal("postgres"), url: z.string(), password: z.string().optional(), schema: z.string() }),
]);
export type Place = z.infer<typeof placeSchema>;

/** Read everything in `read` and tell of it; then append to `write` until somebody puts an end to it. Null: nothing of the kind. */
export const taskSchema = z.object({ read: placeSchema.nullable(), write: placeSchema.nullable() });
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
  /** The store could not be reached: nothing is known of what was under way. */
  z.object({ said: z.literal("refused"), code: z.string() }),
  /** Something that must not be. */
  z.object({ said: z.literal("fault"), text: z.string() }),
]);
export type Line = z.infer<typeof lineSchema>;
