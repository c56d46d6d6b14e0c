import { z } from "zod";
import { addressSchema } from "../entry/hex.ts";

/** Kinds of values that several members of a configuration have. */

/** A private key is never written into a configuration: the configuration says where it lies. */
export const keySourceSchema = z.union(
  [
    z.strictObject({ file: z.string().min(1) }),
    z.strictObject({ env: z.string().regex(/^[A-Z][A-Z0-9_]*$/, "a name of an environment variable") }),
  ],
  "file with a path, or env with the name of a variable in capitals",
);
export type KeySource = z.infer<typeof keySourceSchema>;

export const finalitySchema = z.union(
  [z.literal("instant"), z.literal("finalized"), z.strictObject({ depth: z.int().min(1).max(10_000) })],
  "instant, finalized, or depth with a number of blocks",
);

export const urlSchema = z.url({ protocol: /^https?$/, error: "an http or https URL" });

export const logSchema = z.strictObject({
  chainId: z.int().positive(),
  registry: addressSchema,
});

export const duration = z
  .int()
  .positive()
  .max(365 * 24 * 3_600_000);
