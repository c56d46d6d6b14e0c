import { z } from "zod";
import { GatelogError } from "../../entry/errors.ts";
import { addressSchema, type Address } from "../../entry/hex.ts";
import { compactSignatureSchema } from "../../entry/signature.ts";
import { epochSchema } from "../../entry/wire.ts";

/**
 * Who is primary of a group, as the one place says that all its members share: a registry, or a database. It knows nothing of who is
 * alive; it takes the first valid takeover of an epoch and refuses every other one.
 */
export interface GroupAuthority {
  /**
   * What holds of the group. final: what is not taken back any more; nobody becomes primary on less (R7). latest: what the newest
   * block says; enough to stop acting on, which is always safe. Errors: those of the store.
   */
  group(view: View): Promise<GroupState>;

  /**
   * Makes this member the primary; the epoch behind `expectedEpoch` is then its own. Resolves when that is final. Repeating it after a
   * success is a success. Errors: STALE_EPOCH (somebody was faster), UNKNOWN_BACKUP, REVOKED, TOO_SOON, and those of the store; behind
   * a passing one it may still come true: ask `group`.
   */
  takeover(expectedEpoch: number): Promise<GroupState>;

  /**
   * Gets ready for a takeover that is likely, so that it takes less time then. Changes nothing. Rejects as `takeover` does; nothing follows
   * from that.
   */
  prepareTakeover(expectedEpoch: number): Promise<void>;

  /** What a primary signs so that `to` may follow it as planned. Changes nothing by itself. */
  signHandover(expectedEpoch: number, to: Address): Promise<HandoverConsent>;

  /**
   * Whether the consent is the present primary's, for this member; or has been followed already. Reads and changes nothing, so that whoever
   * reaches this member cannot have it sign or wait. Errors: FOREIGN_SIGNATURE, INVALID_SIGNATURE, STALE_EPOCH, and those of `group`.
   */
  checkConsent(consent: HandoverConsent): Promise<void>;

  /** As `takeover`, with the primary's consent, and no interval to wait for. Errors: its, FOREIGN_SIGNATURE. */
  handover(consent: HandoverConsent): Promise<GroupState>;

  /** Whether the owner has taken this member's key out of its list, or out of use. */
  isRevoked(): Promise<boolean>;
}

export type View = "final" | "latest";

export interface GroupState {
  readonly epoch: number;
  /** Key of this epoch. */
  readonly primary: Address;
  /** Who may take over, in the owner's order. */
  readonly backups: readonly Address[];
  /** Takeovers since the group is known; planned handovers are none. */
  readonly recoveryCount: number;
  /** The last change of the primary; null if the first one still is it, or its owner has changed the key. */
  readonly lastTakeover: { readonly epoch: number; readonly planned: boolean } | null;
}

export const handoverConsentSchema = z.strictObject({
  expectedEpoch: epochSchema,
  to: addressSchema,
  /** The primary's. */
  signature: compactSignatureSchema,
});
export type HandoverConsent = z.infer<typeof handoverConsentSchema>;

/** STALE_EPOCH or FOREIGN_SIGNATURE unless the consent is for `own`, by the primary of `group`. @param signer Who has signed it. */
export function checkConsentOf(
  { expectedEpoch, to }: HandoverConsent,
  signer: Address,
  own: Address,
  group: Pick<GroupState, "epoch" | "primary">,
): void {
  if (to !== own)
    throw new GatelogError("FOREIGN_SIGNATURE", "the consent is for another member", { expected: own, actual: to });
  if (group.primary === own && group.epoch === expectedEpoch + 1) return;
  if (group.epoch !== expectedEpoch)
    throw new GatelogError("STALE_EPOCH", `the group's epoch is ${group.epoch}`, {
      ...{ expected: group.epoch, actual: expectedEpoch },
    });
  if (signer !== group.primary)
    throw new GatelogError("FOREIGN_SIGNATURE", "the consent is not the primary's", {
      ...{ expected: group.primary, actual: signer },
    });
}

/** `standby`: it may take over, and does nothing before that. */
export type Role = "primary" | "standby";

/** Whether this says that a primary's epoch is over; an answer that is older than the epoch says nothing. */
export function hasEnded(state: GroupState, epoch: number, key: Address): boolean {
  return state.epoch > epoch && state.primary !== key;
}

/** INVALID_CONFIG if the member was to start as another. */
export function requireRole(role: Role, expected: Role | undefined, epoch: number): void {
  if (expected === undefined || role === expected) return;
  const context = { expected, actual: role, epoch };
  throw new GatelogError("INVALID_CONFIG", `this member is ${role} of the group, and was to start as another`, context);
}

/** What the authority has this key for; UNKNOWN_BACKUP or REVOKED if for nothing. */
export async function roleOf(authority: GroupAuthority, state: GroupState, key: Address): Promise<Role> {
  if (state.primary === key) return "primary";
  if (state.backups.includes(key)) return "standby";
  const context = { key, epoch: state.epoch };
  throw (await authority.isRevoked())
    ? new GatelogError("REVOKED", "the group's owner has taken this member's log key out of the group", context)
    : new GatelogError(
        "UNKNOWN_BACKUP",
        "the group's owner has not listed this member's log key: gatelog gateway set-backups",
        context,
      );
}
