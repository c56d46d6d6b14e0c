import { parseCanonical, type Json } from "../../entry/canonical.ts";
import type { LogEntry } from "../../entry/entry.ts";
import { GatelogError, type ErrorContext } from "../../entry/errors.ts";
import type { Address, GatewayId, Hex } from "../../entry/hex.ts";
import { checkContent } from "../../entry/log-check.ts";
import { addressOfKey, recoverSigner } from "../../entry/signature.ts";
import { claimsBackup, readClaim } from "../../protocol/backup-claim.ts";
import { markOf } from "../../protocol/marks.ts";

/** That a backup is its group's primary now, as its RECOVER says. What the entry itself shows of it has been checked. */
export interface SuccessionClaim {
  readonly gatewayId: GatewayId;
  /** That begins with the backup. */
  readonly epoch: number;
  /** Compressed; has signed the RECOVER. */
  readonly publicKey: Hex;
  /** Address of it. */
  readonly key: Address;
  /** What the backup shows for its right; the form depends on who judges it. */
  readonly credentials: Json | undefined;
}

/** Who says whether a peer's backup may write: the registry, or what the backup itself can show. */
export interface SuccessionCredentials {
  /**
   * Resolves if the backup is the group's primary in the epoch that it claims. Errors, one for each check: UNKNOWN_GATEWAY;
   * UNKNOWN_BACKUP, nobody has listed it; REVOKED; STALE_EPOCH, another epoch has begun, or this one not; FOREIGN_SIGNATURE and
   * INVALID_SIGNATURE; with certificates FOREIGN_ISSUER and CREDENTIAL_EXPIRED; MALFORMED. One that may pass is of the
   * disposition retry: nobody can say now.
   */
  check(claim: SuccessionClaim): Promise<void>;
}

/**
 * The claim of a RECOVER. FALSE_CLAIM unless it begins a new epoch in its log, with the key that has signed it; and what
 * `checkContent` and `recoverSigner` throw.
 * @param before The entry before it in the log; undefined if it is the first.
 */
export function claimIn(entry: LogEntry, before: LogEntry | undefined): SuccessionClaim {
  const { gatewayId, epoch, index, entryHash, signature } = entry;
  checkContent(entry);
  const claim = readClaim({ payload: parseCanonical(entry.payload) });
  if (claim === undefined) throw falseClaim("names no public key", { gatewayId, index });
  const former = before?.epoch ?? 0;
  if (epoch <= former)
    throw falseClaim("no epoch begins with it", { gatewayId, index, expected: former + 1, actual: epoch });
  const key = addressOfKey(claim.newIdentityPublicKey);
  // Stored in a run, under a later entry's signature: whose that is has been checked by the store, against the epoch's key.
  const signer = signature === null ? key : recoverSigner(entryHash, signature);
  if (signer !== key)
    throw falseClaim("another key has signed it", { gatewayId, index, expected: key, actual: signer });
  return { gatewayId, epoch, publicKey: claim.newIdentityPublicKey, key, credentials: claim.credentials };
}

/** Whether the entry is a RECOVER in which a backup says that it has taken over. */
export function isClaim(entry: LogEntry): boolean {
  return markOf(entry) === "init-recover" && claimsBackup({ payload: parseCanonical(entry.payload) });
}

function falseClaim(what: string, context: ErrorContext): GatelogError {
  return new GatelogError("FALSE_CLAIM", `the RECOVER says that a backup has taken over, and ${what}`, context);
}
