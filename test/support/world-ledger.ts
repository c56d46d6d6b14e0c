import type { LedgerAction, LedgerState } from "../../src/protocol/state.ts";

/** What `IAssetEscrow` does to one session's state; anything else reverts. Doing an action again changes nothing. */
const TRANSITIONS: Readonly<Record<LedgerAction, Partial<Record<LedgerState, LedgerState>>>> = {
  lock: { NONE: "LOCKED", LOCKED: "LOCKED" },
  unlock: { NONE: "REFUSED", REFUSED: "REFUSED", LOCKED: "UNLOCKED", UNLOCKED: "UNLOCKED" },
  burn: { LOCKED: "BURNED", BURNED: "BURNED" },
  recreate: { BURNED: "RECREATED", RECREATED: "RECREATED" },
  mint: { NONE: "MINTED", MINTED: "MINTED" },
  assign: { MINTED: "ASSIGNED", ASSIGNED: "ASSIGNED" },
  cancel: { NONE: "CANCELLED", MINTED: "CANCELLED", CANCELLED: "CANCELLED" },
};

/** State after the action, or undefined: the escrow reverts it with a conflict. */
export function escrowAfter(state: LedgerState, action: LedgerAction): LedgerState | undefined {
  return TRANSITIONS[action][state];
}

/** The originator may use the asset on the origin ledger, or the beneficiary on the destination's. */
export function liveCopies(origin: LedgerState, destination: LedgerState): number {
  const usableAtOrigin = ["NONE", "UNLOCKED", "RECREATED", "REFUSED"].includes(origin);
  return Number(usableAtOrigin) + Number(destination === "ASSIGNED");
}

/** Somebody who is no gateway of the session, and what it can bring along. */
export interface Carrier {
  readonly decision: "NONE" | "COMMIT" | "ABORT";
  /** Both at finality: a certificate says what is finally held (R3). */
  readonly destination: LedgerState;
  /** The destination's clock has passed `cancelAfter`, the origin's the lock's expiry (R5). */
  readonly cancelAfterPassed: boolean;
  readonly lockExpired: boolean;
}

/** What the escrows let anybody do (`contracts/AssetEscrow.sol`); after the expiry `unlock` is the owner's. */
export function carriedActions(carrier: Carrier): LedgerAction[] {
  const { decision, destination, cancelAfterPassed, lockExpired } = carrier;
  const isCancelled = destination === "CANCELLED";
  const allowed: readonly (readonly [LedgerAction, boolean])[] = [
    ["unlock", decision === "ABORT" || isCancelled || lockExpired],
    ["cancel", decision === "ABORT" || cancelAfterPassed],
    ["assign", decision === "COMMIT"],
    ["recreate", isCancelled],
  ];
  return allowed.flatMap(([action, isAllowed]) => (isAllowed ? [action] : []));
}
