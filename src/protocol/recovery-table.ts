import { GatelogError } from "../entry/errors.ts";
import type { Decision } from "../entry/statements.ts";
import { peerStateOf } from "./drafts.ts";
import { positionOf, positionsOf, type Position } from "./positions.ts";
import type { Role } from "./order.ts";
import { DESTINATION_ROWS } from "./recovery-destination.ts";
import { ORIGIN_ROWS } from "./recovery-origin.ts";
import type { Knowledge, Row, Standing } from "./recovery-row.ts";
import { decisionOf, type LedgerKnowledge, type SessionState } from "./state.ts";

/** Everything that recovery depends on (issue of every crash: what stands in the own log, and what the world shows). */
export interface Situation {
  readonly role: Role;
  readonly register: "log" | "destination";
  readonly decision: Decision;
  /** Last durable entry. */
  readonly position: Position;
  readonly ownLedger: Knowledge;
  readonly peerLedger: Knowledge;
  readonly peer: Standing;
}

/**
 * What a gateway does in every situation: the first row that holds. `next` asks it before it does anything, so that no session
 * goes on from what cannot be, and does for every other situation what the row says; test/protocol/recovery-table.test.ts
 * goes through the whole product.
 */
export const RECOVERY_TABLE: Readonly<Record<Role, readonly Row[]>> = {
  origin: ORIGIN_ROWS,
  destination: DESTINATION_ROWS,
};

/** INVARIANT_BROKEN if no row holds: the table has a hole, and nobody acts on a guess. */
export function rowFor(situation: Situation): Row {
  const row = ROWS_AT[situation.role].get(situation.position)?.find(({ when }) => holds(when, situation));
  if (row) return row;
  throw new GatelogError("INVARIANT_BROKEN", "the recovery table has no row for this situation", { ...situation });
}

/** The rows that can hold at a position, in their order: the table is asked before everything that a session does. */
const ROWS_AT = { origin: rowsByPosition("origin"), destination: rowsByPosition("destination") } as const;

function rowsByPosition(role: Role): ReadonlyMap<Position, readonly Row[]> {
  const rowsAt = (position: Position): readonly Row[] =>
    RECOVERY_TABLE[role].filter(({ when }) => when.at?.includes(position) ?? true);
  return new Map(positionsOf(role).map((position) => [position, rowsAt(position)]));
}

/** Whether the conditions beside the position hold. */
function holds(when: Row["when"], { decision, register, ownLedger, peerLedger, peer }: Situation): boolean {
  return (
    (when.decision?.includes(decision) ?? true) &&
    (when.register === undefined || when.register === register) &&
    (when.own?.includes(ownLedger) ?? true) &&
    (when.peerLedger?.includes(peerLedger) ?? true) &&
    (when.peer?.includes(peer) ?? true)
  );
}

export function situationOf(state: SessionState): Situation {
  return {
    role: state.role,
    register: state.facts.register === "destination" ? "destination" : "log",
    decision: decisionOf(state),
    position: positionOf(state.own),
    ownLedger: knowledgeOf(state.ownLedger),
    peerLedger: knowledgeOf(state.peerLedger),
    peer: standingOf(state),
  };
}

function standingOf(state: SessionState): Standing {
  const { role, facts, peer } = state;
  if (peer.marks.has("init-rollback")) return "ROLLED_BACK";
  const isRegister = facts.register === "destination" && role === "destination";
  if (isRegister && peer.marks.has("init-commit-final") && decisionOf(state) === "NONE") return "COMMITTED";
  return state.peerBroken ? "CRASHED_DEFINITELY" : peerStateOf(state);
}

/** INVARIANT_BROKEN where the table says HALT: log, ledgers and decision contradict each other. */
export function requirePossible(state: SessionState): void {
  const situation = situationOf(state);
  const row = rowFor(situation);
  if (row.outcome !== "HALT") return;
  const { position, ownLedger, peerLedger, decision } = situation;
  throw new GatelogError(
    "INVARIANT_BROKEN",
    `${row.why} (behind ${position}, own ledger ${ownLedger}, decision ${decision})`,
    {
      sessionId: state.facts.sessionId,
      row: row.id,
      position,
      ownLedger,
      peerLedger,
      decision,
    },
  );
}

function knowledgeOf(ledger: LedgerKnowledge): Knowledge {
  if (ledger === undefined) return "UNREAD";
  if (ledger === "UNREACHABLE") return "UNREACHABLE";
  return ledger.pending ? "PENDING" : ledger.state;
}
