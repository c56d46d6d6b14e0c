import type { Decision } from "../entry/statements.ts";
import type { Position } from "./positions.ts";
import type { LedgerState, PeerState } from "./state.ts";

/** An escrow as a gateway knows it: its state at finality, or that it knows none. */
export const KNOWLEDGE = [
  "UNREAD",
  "PENDING",
  "UNREACHABLE",
  "NONE",
  "LOCKED",
  "BURNED",
  "UNLOCKED",
  "RECREATED",
  "REFUSED",
  "MINTED",
  "ASSIGNED",
  "CANCELLED",
] as const;
export type Knowledge = (typeof KNOWLEDGE)[number] & (LedgerState | "UNREAD" | "PENDING" | "UNREACHABLE");

/** Not final, or no answer: nothing follows from it. */
export const OPEN: readonly Knowledge[] = ["PENDING", "UNREACHABLE"];

/**
 * What the peer is to this side. ROLLED_BACK: its log says that it undoes its part. COMMITTED, said of an origin by a destination
 * that is the register: its log says that it has burned.
 */
export type Standing = PeerState | "ROLLED_BACK" | "COMMITTED";

/**
 * - GO_ON: writes the next entry if the peer's log permits it, else asks the peer again and waits.
 * - READ_OWN, READ_PEER: looks at a ledger first. WAIT: nothing is known, so nothing is done; it is looked at again.
 * - ACT_…: sends the action, whether or not it was sent before. RECORD: logs as done what is final. FAIL: logs that it cannot be.
 * - COMMIT, ABORT: brings that decision about: in the register, or with private logs by its own entry.
 * - ROLL_BACK: the entry before the next compensation, or before the first. END: a terminal state is final, and is said to be.
 * - CLOSE: closes the log. HALT: this cannot be; nothing is done, and an operator looks.
 */
export const OUTCOMES = [
  "GO_ON",
  "READ_OWN",
  "READ_PEER",
  "WAIT",
  "ACT_LOCK",
  "ACT_BURN",
  "ACT_MINT",
  "ACT_ASSIGN",
  "ACT_UNLOCK",
  "ACT_RECREATE",
  "ACT_CANCEL",
  "RECORD",
  "FAIL",
  "COMMIT",
  "ABORT",
  "ROLL_BACK",
  "END",
  "CLOSE",
  "HALT",
] as const;
export type RecoveryOutcome = (typeof OUTCOMES)[number];

/** An absent condition holds for every value. */
interface Conditions {
  /** Last durable entry. */
  readonly at?: readonly Position[];
  readonly decision?: readonly Decision[];
  readonly register?: "log" | "destination";
  readonly own?: readonly Knowledge[];
  readonly peerLedger?: readonly Knowledge[];
  readonly peer?: readonly Standing[];
}

export interface Row {
  readonly id: string;
  readonly when: Conditions;
  readonly outcome: RecoveryOutcome;
  readonly why: string;
  /** Rows of the drafts' crash table (docs/PROTOCOL.md, "Crash table") that it answers. */
  readonly cites: readonly number[];
}

export function row(
  id: string,
  when: Conditions,
  outcome: RecoveryOutcome,
  why: string,
  cites: readonly number[] = [],
): Row {
  return { id, when, outcome, why, cites };
}
