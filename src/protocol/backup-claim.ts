import { z } from "zod";
import { jsonSchema, type Json } from "../entry/canonical.ts";
import type { Hex } from "../entry/hex.ts";
import { publicKeySchema } from "../entry/signature.ts";
import { SUCCESSION_KINDS, type SuccessionKind } from "./identity.ts";
import type { Marked } from "./marks.ts";
import { readRefusal } from "./payloads.ts";
import type { Refusal, SessionState } from "./state.ts";

/** The members of RECOVER on who comes back (drafts: Is_Backup, New Identity Public Key). */
export function claimOf({ own, identity }: SessionState): { readonly [member: string]: Json } {
  if (identity === undefined || identity.epoch <= own.lastEpoch) return { isBackup: false };
  const { publicKey, kind, credentials } = identity;
  return {
    isBackup: true,
    newIdentityPublicKey: publicKey,
    ...(kind === null ? {} : { kind }),
    ...(credentials === null ? {} : { credentials }),
  };
}

/** What a RECOVER claims that says that a backup has taken over. */
export interface BackupClaim {
  readonly newIdentityPublicKey: Hex;
  readonly kind?: SuccessionKind | undefined;
  readonly credentials?: Json | undefined;
}

const flagSchema = z.looseObject({ isBackup: z.literal(true) });
const claimSchema: z.ZodType<BackupClaim> = z.looseObject({
  newIdentityPublicKey: publicKeySchema,
  kind: z.enum(SUCCESSION_KINDS).optional(),
  credentials: jsonSchema.optional(),
});

export function claimsBackup({ payload }: Pick<Marked, "payload">): boolean {
  return flagSchema.safeParse(payload).success;
}

/** The claim of a RECOVER that makes one; undefined if it is malformed. */
export function readClaim({ payload }: Pick<Marked, "payload">): BackupClaim | undefined {
  return claimSchema.safeParse(payload).data;
}

const refusedSchema = z.looseObject({ accepted: z.literal(false) });

/** A RECOVER-UPDATE that refuses the backup; any other takes it. */
export function isRefusedUpdate({ payload }: Pick<Marked, "payload">): boolean {
  return refusedSchema.safeParse(payload).success;
}

/** Why the last RECOVER of a backup was refused, by this side (of the peer's) or by the peer (of this side's). */
export function refusedBackup({ own, peer }: Pick<SessionState, "own" | "peer">): RefusedBackup | null {
  for (const [by, asking, answering] of [
    ["own", peer, own],
    ["peer", own, peer],
  ] as const) {
    const asked = asking.marks.get("init-recover");
    const update = answering.marks.get("ack-recover-update");
    if (asked && update?.causedBy === asked.entryHash && isRefusedUpdate(update)) return { by, ...readRefusal(update) };
  }
  return null;
}

export interface RefusedBackup extends Refusal {
  /** Who has refused it. */
  readonly by: "own" | "peer";
}
