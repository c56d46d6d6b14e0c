import { GatelogError } from "../entry/errors.ts";
import type { GatewayId } from "../entry/hex.ts";
import type { SignedChange } from "../entry/signed-changes.ts";
import { withSignedChange, type SignedGroup } from "../entry/signed-group.ts";

/** A group as a change of it finds it. */
export interface GroupFound {
  /** Undefined where nothing is known of it yet. */
  readonly group: SignedGroup | undefined;
  /** Since the last takeover, by the one clock that all members share; null if there was none. */
  readonly secondsSinceTakeover: number | null;
}

/**
 * Groups where no registry is: what owners and members have signed, in a store that all members share. Whoever may write there can
 * keep a change out, and make none up: every reader checks the signatures.
 */
export interface KeepsGroups {
  /** What is durable of the group. UNKNOWN_GATEWAY; CORRUPT_STORE if what is kept is not what was signed. */
  group(gatewayId: GatewayId): Promise<SignedGroup>;

  /**
   * Adds what `decide` gives, all or none, and resolves once that is durable; nothing given changes nothing. One change at a time, and
   * between two appends: whoever has begun to write to the group's logs ends before, and whoever comes later finds the change.
   * @param decide May be called again from the start; what it throws is thrown.
   */
  change(gatewayId: GatewayId, decide: (found: GroupFound) => readonly SignedChange[]): Promise<SignedGroup>;
}

/** The group behind these changes, signed under name and version alone. CORRUPT_STORE where they do not follow, or are not signed so. */
export function replayed(
  before: SignedGroup | undefined,
  gatewayId: GatewayId,
  changes: readonly SignedChange[],
  at: string,
): SignedGroup | undefined {
  try {
    return changes.reduce(
      (group: SignedGroup | undefined, change) => withSignedChange(group, gatewayId, change, null),
      before,
    );
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${at}: the group's changes are not as they were signed: ${reason}`;
    throw new GatelogError("CORRUPT_STORE", message, { gatewayId }, { cause });
  }
}

/** `change`, and the group with it. Errors: those of `withSignedChange`; INVALID_CONFIG for a list with a key twice. */
export function accepted(group: SignedGroup | undefined, gatewayId: GatewayId, change: SignedChange): SignedGroup {
  const next = withSignedChange(group, gatewayId, change, null);
  if (change.event === "BackupsSet" && new Set(change.backups).size < change.backups.length)
    throw new GatelogError("INVALID_CONFIG", "the list of backups has a key twice: sign another one", { gatewayId });
  return next;
}
