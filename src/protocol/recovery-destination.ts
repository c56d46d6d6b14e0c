import type { Position } from "./positions.ts";
import { OPEN, row, type Row } from "./recovery-row.ts";

// prettier-ignore
const BEFORE_MINT: readonly Position[] = [
  "start", "exec-setup", "done-setup", "ack-setup",
  "exec-proposal", "done-proposal", "fail-proposal", "ack-proposal",
  "exec-commence", "done-commence", "ack-commence",
  "exec-lock-assert", "done-lock-assert", "fail-lock-assert", "ack-lock-assert", "exec-prepare",
];
const UNVOTED: readonly Position[] = ["init-mint", "exec-mint", "fail-mint", "done-mint", "ack-prepare:no"];
const VOTED: readonly Position[] = ["ack-prepare"];
const UNBOUND: readonly Position[] = [...BEFORE_MINT, ...UNVOTED, ...VOTED];
const BINDING: readonly Position[] = ["exec-commit-final", "init-assign"];
const ASSIGNED: readonly Position[] = ["done-assign", "ack-commit-final", "exec-complete", "done-complete"];

// A rollback, by how far the transfer had come.
const OF_NOTHING: readonly Position[] = ["init-rollback@nothing", "done-rollback@nothing", "ack-rollback@nothing"];
const UNDO_MINT: readonly Position[] = ["init-rollback@mint", "exec-rollback-cancel@mint", "fail-rollback-cancel@mint"];
const UNDONE_MINT: readonly Position[] = ["done-rollback-cancel@mint", "done-rollback@mint", "ack-rollback@mint"];
const OF_MINT: readonly Position[] = [...UNDO_MINT, ...UNDONE_MINT];
const UNDONE_ASSIGN: readonly Position[] = ["done-rollback@assign", "ack-rollback@assign"];
const OF_ASSIGN: readonly Position[] = ["init-rollback@assign", ...UNDONE_ASSIGN];
const ROLLBACK: readonly Position[] = [...OF_NOTHING, ...OF_MINT, ...OF_ASSIGN];
const UNDO: readonly Position[] = [...UNDO_MINT, "done-rollback-cancel@mint", "init-rollback@assign"];
const UNDONE: readonly Position[] = ROLLBACK.filter((at) => at.startsWith("done-rollback@"));
const ROLLED_BACK: readonly Position[] = ROLLBACK.filter((at) => at.startsWith("ack-rollback"));
/** Everything behind the entry by which this side has bound itself to COMMIT. */
const COMMITTED: readonly Position[] = [...BINDING, "exec-assign", "fail-assign", ...ASSIGNED, ...OF_ASSIGN];
/** The order of entries permits them, and no ledger leads there. */
// prettier-ignore
const NEVER: readonly Position[] = [
  "exec-rollback-cancel@nothing", "fail-rollback-cancel@nothing", "done-rollback-cancel@nothing",
  "exec-rollback-cancel@assign", "fail-rollback-cancel@assign", "done-rollback-cancel@assign",
];

/** The destination's part of the recovery table, in order: the first row that holds is the one. A row is two lines: when, and why. */
// prettier-ignore
export const DESTINATION_ROWS: readonly Row[] = [
  // ---- What cannot be: own log, ledgers and decision contradict each other.
  row("d-x-foreign", { own: ["LOCKED", "BURNED", "UNLOCKED", "RECREATED", "REFUSED"] }, "HALT",
    "the destination's escrow is in a state of an origin's"),
  row("d-x-peer-foreign", { peerLedger: ["MINTED", "ASSIGNED", "CANCELLED"] }, "HALT",
    "the origin's escrow is in a state of a destination's"),
  row("d-x-never", { at: NEVER }, "HALT",
    "a compensation was announced for what was never begun, or was cancelled before"),
  row("d-x-two-copies", { own: ["ASSIGNED"], peerLedger: ["UNLOCKED", "RECREATED", "REFUSED"] }, "HALT",
    "the asset is usable on both ledgers"),
  row("d-x-unannounced-mint", { at: [...BEFORE_MINT, ...OF_NOTHING], own: ["MINTED", "ASSIGNED"] }, "HALT",
    "the escrow has minted, and this log never announced it: the log has lost its end, or another holds the key"),
  row("d-x-unvoted-assign", { at: UNVOTED, own: ["ASSIGNED"] }, "HALT",
    "the asset was assigned, and this log never voted for it"),
  row("d-x-unbound-assign", { at: VOTED, own: ["ASSIGNED"], register: "destination" }, "HALT",
    "the asset was assigned, and this log never bound itself to it"),
  row("d-x-undo-assigned", { at: UNDO_MINT, own: ["ASSIGNED"] }, "HALT",
    "this side undoes its part, and the asset was assigned"),
  row("d-x-lost-mint", { at: ["done-mint", ...VOTED, ...COMMITTED], own: ["NONE"] }, "HALT",
    "the mint was final and is gone: the ledger was taken back below its finality"),
  row("d-x-lost-assign", { at: ASSIGNED, own: ["MINTED", "CANCELLED"] }, "HALT",
    "the assignment was final and is gone: the ledger was taken back below its finality"),
  row("d-x-lost-cancel", { at: ["fail-assign", ...OF_ASSIGN], own: ["MINTED", "ASSIGNED"] }, "HALT",
    "the cancelling was final and is gone: the ledger was taken back below its finality"),
  row("d-x-undone-live", { at: UNDONE_MINT, own: ["NONE", "MINTED", "ASSIGNED"] }, "HALT",
    "the compensation was final and is gone: the ledger was taken back below its finality"),
  row("d-x-lost-burn", { at: COMMITTED, peerLedger: ["UNLOCKED", "REFUSED"] }, "HALT",
    "the burn was final and is gone: the origin ledger was taken back below its finality"),
  row("d-x-commit-unburned", { at: VOTED, decision: ["COMMIT"], peerLedger: ["UNLOCKED", "REFUSED"] }, "HALT",
    "COMMIT stands, and the origin ledger can have no burn any more: the origin's word was false"),
  row("d-x-commit-unvoted", { at: [...BEFORE_MINT, ...UNVOTED], decision: ["COMMIT"] }, "HALT",
    "COMMIT stands, and this log has no YES for it: the log has lost its end, or another holds the key"),
  row("d-x-commit-undone", { at: [...OF_NOTHING, ...OF_MINT], decision: ["COMMIT"] }, "HALT",
    "this log rolls back before it was bound, and COMMIT stands"),
  row("d-x-abort-committed", { at: COMMITTED, decision: ["ABORT"], register: "log" }, "HALT",
    "this log rests on COMMIT, and ABORT stands"),
  row("d-x-abort-assigned", { at: VOTED, decision: ["ABORT"], own: ["ASSIGNED"] }, "HALT",
    "the asset was assigned, and ABORT stands"),

  // ---- A reading of the register that is older than the own log.
  row("d-stale-register", { at: [...COMMITTED, ...ROLLBACK], decision: ["NONE"], register: "log" }, "WAIT",
    "this log rests on a decision that the register, as it is read now, does not show yet"),

  // ---- Decided ABORT, or under COMMIT what the clock has cancelled.
  row("d-abort", { at: UNBOUND, decision: ["ABORT"] }, "ROLL_BACK",
    "ABORT stands: the rollback begins", [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 26]),
  row("d-undo-nothing", { at: ["init-rollback@nothing"] }, "END",
    "no mint was announced, so none can land", [2, 7, 8, 9, 10]),
  row("d-undo-unseen", { at: UNDO, own: ["UNREAD"] }, "READ_OWN",
    "what there is to undo is read from the ledger, each time anew (R2)", [11, 12, 24]),
  row("d-undo-open", { at: UNDO, own: OPEN }, "WAIT",
    "something is on its way, or the ledger does not answer", [24]),
  row("d-undo-ended", { at: UNDO, own: ["CANCELLED"] }, "END",
    "cancelled and final, whoever brought it about", [10, 11, 12, 13, 14, 15, 16, 17, 21, 24]),
  row("d-undo", { at: ["init-rollback@mint"] }, "ROLL_BACK",
    "cancelling is announced; where the mint has not landed, its tombstone (R1)", [10, 11, 12, 13, 14, 15, 16, 17]),
  row("d-undo-act", { at: ["exec-rollback-cancel@mint", "fail-rollback-cancel@mint"] }, "ACT_CANCEL",
    "cancelled, again if need be", [10, 11, 12, 13, 14, 15, 16, 17, 24]),
  row("d-rolled-back", { at: ROLLED_BACK }, "CLOSE",
    "rolled back: nothing is left to do", [24]),
  row("d-undone", { at: UNDONE }, "GO_ON",
    "undone: that is said to the origin", [24]),

  // ---- Decided COMMIT, or bound to it.
  row("d-commit-unseen", { at: VOTED, decision: ["COMMIT"], peerLedger: ["UNREAD"] }, "READ_PEER",
    "COMMIT stands: the burn is seen first, with own eyes", [18, 19]),
  row("d-commit-open", { at: VOTED, decision: ["COMMIT"], peerLedger: [...OPEN, "NONE", "LOCKED"] }, "WAIT",
    "COMMIT stands, and this node does not show the burn yet", [18]),
  row("d-commit-recreated-unseen", { at: VOTED, decision: ["COMMIT"], peerLedger: ["RECREATED"], own: ["UNREAD"] }, "READ_OWN",
    "the burn was recreated: the own escrow must be cancelled", [21]),
  row("d-commit-recreated-open", { at: VOTED, decision: ["COMMIT"], peerLedger: ["RECREATED"], own: [...OPEN, "MINTED"] }, "WAIT",
    "the burn was recreated: the own escrow must be cancelled, and does not show it yet", [21]),
  row("d-commit", { at: [...VOTED, ...BINDING], decision: ["COMMIT"] }, "GO_ON",
    "burned and decided: this side binds itself to assign", [18, 19]),
  row("d-assign-unseen", { at: ["exec-assign", "done-assign"], own: ["UNREAD"] }, "READ_OWN",
    "the ledger says whether the assignment has happened", [19, 20]),
  row("d-assign-open", { at: ["exec-assign", "done-assign"], own: OPEN }, "WAIT",
    "the assignment is on its way, or the ledger does not answer", [19]),
  row("d-assign-act", { at: ["exec-assign"], own: ["MINTED"] }, "ACT_ASSIGN",
    "not assigned: the assignment is sent, again if need be", [18, 19]),
  row("d-assign-done", { at: ["exec-assign"], own: ["ASSIGNED"] }, "RECORD",
    "assigned and final", [20]),
  row("d-assign-cancelled", { at: ["exec-assign"], own: ["CANCELLED"] }, "FAIL",
    "cancelled by the clock: it can never be assigned", [21]),
  row("d-assign-failed", { at: ["fail-assign"] }, "ROLL_BACK",
    "it can never be assigned: the rollback begins", [21]),
  row("d-assigned", { at: ["done-assign", "ack-commit-final", "exec-complete"] }, "GO_ON",
    "assigned: the answer, and the end when the origin has heard of it, or is gone", [20, 22, 23]),
  row("d-completed", { at: ["done-complete"] }, "CLOSE",
    "complete: nothing is left to do", [23]),

  // ---- Undecided.
  row("d-voted-no", { at: ["ack-prepare:no"] }, "ABORT",
    "voted NO: ABORT", [13]),
  row("d-peer-undoing", { register: "destination", peer: ["ROLLED_BACK"] }, "ABORT",
    "the origin has rolled back: this side does too", [5, 6, 7, 9, 10, 14, 17]),
  row("d-ask", { at: [...BEFORE_MINT, "init-mint", "fail-mint"] }, "GO_ON",
    "nothing is minted: the next message, or the last one again", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 26, 28]),
  row("d-mint-unseen", { at: ["exec-mint", "done-mint"], own: ["UNREAD"] }, "READ_OWN",
    "the ledger says whether the mint has happened", [12]),
  row("d-mint-open", { at: ["exec-mint", "done-mint"], own: OPEN }, "WAIT",
    "the mint is on its way, or the ledger does not answer", [12]),
  row("d-mint-act", { at: ["exec-mint"], own: ["NONE"] }, "ACT_MINT",
    "not minted: the mint is sent, again if need be", [11, 12]),
  row("d-mint-done", { at: ["exec-mint"], own: ["MINTED"] }, "RECORD",
    "minted and final: the vote goes with it", [12]),
  row("d-mint-barred", { at: ["exec-mint"], own: ["CANCELLED"] }, "FAIL",
    "cancelled before it was minted: the vote is NO", [12, 13]),
  row("d-minted", { at: ["done-mint"] }, "GO_ON",
    "minted and final: the vote is next", [12]),
  // With private logs message 3.5 is what COMMIT is otherwise.
  row("d-burned-unseen", { at: VOTED, peer: ["COMMITTED"], peerLedger: ["UNREAD"] }, "READ_PEER",
    "the origin says that it has burned: that is seen first, with own eyes", [16, 18]),
  row("d-burned-open", { at: VOTED, peer: ["COMMITTED"], peerLedger: [...OPEN, "NONE", "LOCKED"] }, "WAIT",
    "the origin says that it has burned, and this node does not show it yet", [18]),
  row("d-burned", { at: VOTED, peer: ["COMMITTED"], peerLedger: ["BURNED"] }, "COMMIT",
    "burned and final: this side binds itself to assign", [18, 19]),
  row("d-burned-recreated-unseen", { at: VOTED, peer: ["COMMITTED"], peerLedger: ["RECREATED"], own: ["UNREAD"] }, "READ_OWN",
    "the burn was recreated: the own escrow must be cancelled", [21]),
  row("d-burned-recreated-open", { at: VOTED, peer: ["COMMITTED"], peerLedger: ["RECREATED"], own: [...OPEN, "MINTED"] }, "WAIT",
    "the burn was recreated: the own escrow must be cancelled, and does not show it yet", [21]),
  row("d-burned-undone", { at: VOTED, peer: ["COMMITTED"], peerLedger: ["RECREATED", "UNLOCKED", "REFUSED"] }, "ABORT",
    "the origin has its asset back: this side rolls back", [21]),
  row("d-voted", { at: VOTED }, "GO_ON",
    "voted YES: the decision is the register's, or with private logs the origin's burn", [14, 15, 16, 17, 18, 26]),
];
