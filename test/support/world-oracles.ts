import type { Decision } from "../../src/entry/statements.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { LedgerState } from "../../src/protocol/state.ts";
import { liveCopies } from "./world-ledger.ts";

/** What must hold of a session wherever it runs: explored, simulated, or between real processes. */
export const INVARIANTS = {
  copies: "never two live copies",
  obeyed: "the decision is written once and obeyed",
  ground: "no COMMIT without YES and a final burn",
  closed: "what is closed stays settled",
  early: "no ABORT by the destination between YES and deadline",
  once: "every effect at most once",
  signed: "no two entries signed for one epoch and index",
  ahead: "the entry is durable before its effect",
  fenced: "nothing of an old epoch is taken behind a takeover",
  halted: "no honest gateway halts",
  row: "no impossible row of the recovery table is met",
  dispute: "no dispute between honest gateways",
  one: "exactly one live copy at the end",
  ended: "a fault-free run ends the session",
} as const;
export type Invariant = keyof typeof INVARIANTS;

/** How a gateway ended its part, by its own log: it is closed, and holds a rollback or not. */
export type Ending = "COMPLETED" | "ROLLED_BACK";

/** What stands at one moment. */
export interface Standing {
  readonly register: "log" | "destination";
  /** What the register in the log holds; NONE with private logs, where the destination's escrow is the register. */
  readonly decision: Decision;
  readonly ledgers: Readonly<Record<Role, LedgerState>>;
  /** Null: the own log is open. */
  readonly ended: Readonly<Record<Role, Ending | null>>;
}

/** Where the originator has what it had, for good. */
const RETURNED: readonly LedgerState[] = ["NONE", "UNLOCKED", "RECREATED", "REFUSED"];

/** The invariants that do not hold in what stands. */
export function breaches(standing: Standing): Invariant[] {
  const { register, decision, ledgers, ended } = standing;
  const { origin, destination } = ledgers;
  const found: Invariant[] = [];
  if (liveCopies(origin, destination) > 1) found.push("copies");
  const isObeyed = register === "log" ? isDecisionObeyed(decision, ledgers) : isBurnAhead(ledgers);
  if (!isObeyed) found.push("obeyed");
  if (!isEndKept(ended, ledgers)) found.push("closed");
  return found;
}

function isDecisionObeyed(decision: Decision, { origin, destination }: Standing["ledgers"]): boolean {
  if (decision !== "COMMIT") return destination !== "ASSIGNED";
  // R5: what the clock cancelled under COMMIT is recreated, and only that.
  return origin === "BURNED" || (origin === "RECREATED" && destination === "CANCELLED");
}

/** Without a register in the log `assign` and `cancel` exclude each other by themselves; what is assigned was burned. */
function isBurnAhead({ origin, destination }: Standing["ledgers"]): boolean {
  return destination !== "ASSIGNED" || origin === "BURNED";
}

function isEndKept(ended: Standing["ended"], { origin, destination }: Standing["ledgers"]): boolean {
  if (ended.origin === "ROLLED_BACK" && !RETURNED.includes(origin)) return false;
  if (ended.destination === "ROLLED_BACK" && destination !== "NONE" && destination !== "CANCELLED") return false;
  const completed = ended.origin === "COMPLETED" || ended.destination === "COMPLETED";
  return !completed || (origin === "BURNED" && destination === "ASSIGNED");
}

/** What is missing when everybody has finished and nothing is on its way: empty for a session that ended well. */
export function shortfalls(standing: Standing): Invariant[] {
  const { register, decision, ledgers } = standing;
  const found = breaches(standing);
  if (liveCopies(ledgers.origin, ledgers.destination) !== 1) found.push("one");
  const isUndone = RETURNED.includes(ledgers.origin) && ["NONE", "CANCELLED"].includes(ledgers.destination);
  const isDone = ledgers.origin === "BURNED" && ledgers.destination === "ASSIGNED";
  if (register === "log" && decision === "ABORT" && !isUndone) found.push("ended");
  else if (!isUndone && !isDone) found.push("ended");
  return found;
}
