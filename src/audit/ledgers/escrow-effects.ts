import { ZERO_ADDRESS, type Address } from "../../entry/hex.ts";
import type { Effect, EffectName, EscrowState, TokenMode } from "../reading/ledger-reader.ts";
import type { Role } from "../checks/opening.ts";

interface EffectRule {
  /** Null: on either side. */
  readonly side: Role | null;
  /** States in which an escrow may do it. */
  readonly in: readonly EscrowState[];
  /** Where it takes the escrow; null: it stays where it is. */
  readonly to: EscrowState | null;
  /** What must stand in the acting gateway's log, or in the register, before it. */
  readonly before?: string;
  /** What says in that log that it is done. */
  readonly done?: string;
}

/** The state machine of an escrow, and what a log has about each of its steps. */
export const EFFECTS: Readonly<Record<EffectName, EffectRule>> = {
  Locked: { side: "origin", in: ["NONE"], to: "LOCKED", before: "init-lock", done: "done-lock" },
  Burned: { side: "origin", in: ["LOCKED"], to: "BURNED", before: "init-burn", done: "done-burn" },
  Unlocked: { side: "origin", in: ["LOCKED"], to: "UNLOCKED", done: "done-rollback-unlock" },
  Refused: { side: "origin", in: ["NONE"], to: "REFUSED", done: "done-rollback-unlock" },
  Recreated: { side: "origin", in: ["BURNED"], to: "RECREATED", done: "done-rollback-recreate" },
  Minted: { side: "destination", in: ["NONE"], to: "MINTED", before: "init-mint", done: "done-mint" },
  // Anyone may carry an assign once the register holds COMMIT (R3): then no entry announces it.
  Assigned: { side: "destination", in: ["MINTED"], to: "ASSIGNED", before: "COMMIT", done: "done-assign" },
  Cancelled: { side: "destination", in: ["NONE", "MINTED"], to: "CANCELLED", done: "done-rollback-cancel" },
  Claimed: { side: null, in: ["UNLOCKED", "RECREATED", "ASSIGNED"], to: null },
};

/** Effects that move nothing and exclude what might still come: under terms of anyone's making they may be anyone's. */
export const TOMBSTONES: ReadonlySet<EffectName> = new Set(["Refused", "Cancelled"]);

/** States in which the originator has the asset, on the ledger that it left or never left. */
export const USABLE_AT_ORIGIN: ReadonlySet<EscrowState> = new Set(["NONE", "UNLOCKED", "REFUSED", "RECREATED"]);

/** An escrow's side of one transfer. */
export interface Holding {
  readonly state: EscrowState;
  /** The asset is its owner's and still in the escrow. */
  readonly booked: boolean;
}

export const UNTOUCHED: Holding = { state: "NONE", booked: false };

export function holdingAfter({ state, booked }: Holding, { name, delivered }: Effect): Holding {
  if (name === "Claimed") return { state, booked: false };
  return { state: EFFECTS[name].to ?? state, booked: delivered === null ? booked : !delivered };
}

/** False if the state excludes it. */
export function isPermitted({ state, booked }: Holding, { name }: Effect): boolean {
  return EFFECTS[name].in.includes(state) && (name !== "Claimed" || booked);
}

/** From whom to whom an asset goes. */
export interface Way {
  readonly from: Address;
  readonly to: Address;
}

/** Where the asset of a transfer goes with an effect; `was` is the state before it, `owner` whom it comes from or goes to. */
export function waysOf(
  { name, delivered }: Effect,
  was: EscrowState,
  mode: TokenMode,
  { escrow, owner }: { readonly escrow: Address; readonly owner: Address },
): Way[] {
  const taken: Way = { from: owner, to: escrow };
  const given: Way = { from: escrow, to: owner };
  // In a vault nothing is created or destroyed: what is extinguished there stays where it is.
  const created: Way[] = mode === "VAULT" ? [] : [{ from: ZERO_ADDRESS, to: escrow }];
  const destroyed: Way[] = mode === "VAULT" ? [] : [{ from: escrow, to: ZERO_ADDRESS }];
  const handedOut = delivered === true ? [given] : [];
  switch (name) {
    case "Locked":
      return [taken];
    case "Burned":
      return destroyed;
    case "Minted":
      return created;
    case "Recreated":
      return [...created, ...handedOut];
    case "Unlocked":
    case "Assigned":
      return handedOut;
    case "Claimed":
      return [given];
    case "Cancelled":
      return was === "MINTED" ? destroyed : [];
    case "Refused":
      return [];
  }
}
