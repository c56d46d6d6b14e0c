import type { Json } from "../entry/canonical.ts";
import type { Hex } from "../entry/hex.ts";

/**
 * How an epoch began: by a majority of the backups, by one that went ahead without, by the primary's own plan, or by its
 * owner's change of the key.
 */
export const SUCCESSION_KINDS = ["QUORUM", "FAILOVER", "HANDOVER", "ROTATION"] as const;
export type SuccessionKind = (typeof SUCCESSION_KINDS)[number];

/** As whom a process writes on in an epoch that the log has no entry of. */
export interface Identity {
  readonly epoch: number;
  /** Compressed; signs the entries of the epoch. */
  readonly publicKey: Hex;
  /** Null if the process does not know. */
  readonly kind: SuccessionKind | null;
  /** What shows its right to a peer that asks no registry; null where the registry does. */
  readonly credentials: Json | null;
}
