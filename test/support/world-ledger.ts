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
