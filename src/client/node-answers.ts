import { z } from "zod";
import { addressSchema, hashSchema } from "../entry/hex.ts";

/** What a member of a group answers under `/node`. */

const roleSchema = z.enum(["primary", "standby"]);

export const nodeStateSchema = z.object({
  nodeId: addressSchema,
  gatewayId: hashSchema,
  role: roleSchema,
  state: z.string(),
  epoch: z.int().min(0),
  outbound: z.int().min(0),
  foldedSessions: z.int().min(0),
  /** Sessions by what a primary would do in them. */
  next: z.record(z.string(), z.int().min(0)),
  restraintMs: z.number().min(0),
});

export const nodeNetworkSchema = z.object({
  gatewayId: hashSchema,
  epoch: z.int().positive(),
  primary: addressSchema,
  members: z.array(
    z.object({
      key: addressSchema,
      url: z.string().nullable(),
      role: z.enum([...roleSchema.options, "none"]),
      lastHeard: z.number().nullable(),
    }),
  ),
  recoveryCount: z.int().min(0),
  lastTakeover: z
    .object({
      epoch: z.int().positive(),
      kind: z.string().nullable(),
      durationMs: z.number().nullable(),
      at: z.number().nullable(),
    })
    .nullable(),
});

export const groupStateSchema = z.object({
  epoch: z.int().positive(),
  primary: addressSchema,
  backups: z.array(addressSchema),
  recoveryCount: z.int().min(0),
  lastTakeover: z.object({ epoch: z.int().positive(), planned: z.boolean() }).nullable(),
});
