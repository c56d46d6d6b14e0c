import type { Position } from "./positions.ts";
import { OPEN, row, type Row } from "./recovery-row.ts";

// prettier-ignore
const ASKING_EARLY: readonly Position[] = [
  "init-setup", "init-proposal", "done-proposal", "init-commence", "done-commence", "init-lock",
];
const BEFORE_LOCK: readonly Position[] = ["start", ...ASKING_EARLY, "fail-proposal"];
const LOCKING: readonly Position[] = ["exec-lock", "fail-lock"];
// prettier-ignore
const ASKING_LOCKED: readonly Position[] = [
  "init-lock-assert", "done-lock-assert", "init-prepare", "done-prepare", "init-burn",
];
const LOCKED: readonly Position[] = ["done-lock", ...ASKING_LOCKED, "fail-lock-assert", "fail-prepare"];
const BURNING: readonly Position[] = ["exec-burn", "fail-burn"];
const FAILED: readonly Position[] = ["fail-proposal", "fail-lock", "fail-lock-assert", "fail-prepare", "fail-burn"];
const UNBURNED: readonly Position[] = [...BEFORE_LOCK, ...LOCKING, ...LOCKED, ...BURNING];
const COMPLETING: readonly Position[] = ["done-commit-final", "exec-record", "done-record"];
const COMPLETED: readonly Position[] = [...COMPLETING, "init-complete"];
const COMMITTED: readonly Position[] = ["init-commit-final", ...COMPLETED];

// A rollback, by how far the transfer had come.
const OF_NOTHING: readonly Position[] = ["init-rollback@nothing", "done-rollback@nothing", "ack-rollback@nothing"];
const UNLOCKING: readonly Position[] = ["exec-rollback-unlock@lock", "fail-rollback-unlock@lock"];
const UNLOCKING_BURN: readonly Position[] = ["exec-rollback-unlock@burn", "fail-rollback-unlock@burn"];
const RECREATING: readonly Position[] = ["exec-rollback-recreate@burn", "fail-rollback-recreate@burn"];
const RECREATING_COMMIT: readonly Position[] = ["exec-rollback-recreate@commit", "fail-rollback-recreate@commit"];
const UNDONE_LOCK: readonly Position[] = ["done-rollback-unlock@lock", "done-rollback@lock", "ack-rollback@lock"];
// prettier-ignore
const UNDONE_BURN: readonly Position[] = [
  "done-rollback-unlock@burn", "done-rollback-recreate@burn", "done-rollback@burn", "ack-rollback@burn",
];
// prettier-ignore
const UNDONE_COMMIT: readonly Position[] = [
  "done-rollback-recreate@commit", "done-rollback@commit", "ack-rollback@commit",
];
const OF_LOCK: readonly Position[] = ["init-rollback@lock", ...UNLOCKING, ...UNDONE_LOCK];
const OF_BURN: readonly Position[] = ["init-rollback@burn", ...UNLOCKING_BURN, ...RECREATING, ...UNDONE_BURN];
const OF_COMMIT: readonly Position[] = ["init-rollback@commit", ...RECREATING_COMMIT, ...UNDONE_COMMIT];
/** Behind a burn that was final when it was logged. */
const BURNED: readonly Position[] = ["done-burn", ...COMMITTED, ...OF_COMMIT];
const ROLLBACK: readonly Position[] = [...OF_NOTHING, ...OF_LOCK, ...OF_BURN, ...OF_COMMIT];
const ENDED: readonly Position[] = [...UNDONE_LOCK, ...UNDONE_BURN, ...UNDONE_COMMIT];
const UNDO: readonly Position[] = ROLLBACK.filter(
  (at) => !OF_NOTHING.includes(at) && !/^(done|ack)-rollback@/.test(at),
);
const UNDONE: readonly Position[] = ROLLBACK.filter((at) => at.startsWith("done-rollback@"));
const ROLLED_BACK: readonly Position[] = ROLLBACK.filter((at) => at.startsWith("ack-rollback"));
/** The order of entries permits them, and no ledger leads there. */
// prettier-ignore
const NEVER: readonly Position[] = [
  "exec-rollback-unlock@nothing", "fail-rollback-unlock@nothing", "done-rollback-unlock@nothing",
  "exec-rollback-recreate@nothing", "fail-rollback-recreate@nothing", "done-rollback-recreate@nothing",
  "exec-rollback-recreate@lock", "fail-rollback-recreate@lock", "done-rollback-recreate@lock",
  "exec-rollback-unlock@commit", "fail-rollback-unlock@commit", "done-rollback-unlock@commit",
];

/** The origin's part of the recovery table, in order: the first row that holds is the one. A row is two lines: when, and why. */
// prettier-ignore
export const ORIGIN_ROWS: readonly Row[] = [
  // ---- What cannot be: own log, ledgers and decision contradict each other.
  row("o-x-foreign", { own: ["MINTED", "ASSIGNED", "CANCELLED"] }, "HALT",
    "the origin's escrow is in a state of a destination's"),
  row("o-x-peer-foreign", { peerLedger: ["LOCKED", "BURNED", "UNLOCKED", "RECREATED", "REFUSED"] }, "HALT",
    "the destination's escrow is in a state of an origin's"),
  row("o-x-never", { at: NEVER }, "HALT",
    "a compensation was announced for what was never begun, or can no longer be"),
  row("o-x-two-copies", { own: ["UNLOCKED", "REFUSED", "RECREATED"], peerLedger: ["ASSIGNED"] }, "HALT",
    "the asset is usable on both ledgers"),
  row("o-x-unannounced-lock", { at: [...BEFORE_LOCK, ...OF_NOTHING], own: ["LOCKED", "BURNED", "UNLOCKED", "RECREATED"] }, "HALT",
    "the escrow was locked, and this log never announced a lock: the log has lost its end, or another holds the key"),
  row("o-x-unannounced-burn", { at: [...LOCKING, ...LOCKED, ...OF_LOCK], own: ["BURNED", "RECREATED"] }, "HALT",
    "the asset was burned, and this log never announced a burn: the log has lost its end, or another holds the key"),
  row("o-x-lost-lock", { at: [...LOCKED, ...BURNING, ...OF_BURN, ...BURNED], own: ["NONE", "REFUSED"] }, "HALT",
    "the lock was final and is gone: the ledger was taken back below its finality"),
  row("o-x-lost-burn", { at: [...BURNED, ...RECREATING, "done-rollback-recreate@burn"], own: ["LOCKED", "UNLOCKED"] }, "HALT",
    "the burn was final and is gone: the ledger was taken back below its finality"),
  row("o-x-lost-unlock", { at: ["done-rollback-unlock@burn"], own: ["RECREATED"] }, "HALT",
    "the unlocking was final and is gone: the ledger was taken back below its finality"),
  row("o-x-undone-live", { at: ENDED, own: ["NONE", "LOCKED", "BURNED"] }, "HALT",
    "the compensation was final and is gone: the ledger was taken back below its finality"),
  row("o-x-assigned-unburned", { at: UNBURNED, peerLedger: ["ASSIGNED"] }, "HALT",
    "the destination has assigned, and this log has no burn for it"),
  row("o-x-assigned-undone", { at: ROLLBACK, peerLedger: ["ASSIGNED"] }, "HALT",
    "this side undoes its part, and the destination has assigned"),
  row("o-x-completed-undone", { at: COMPLETED, own: ["RECREATED"] }, "HALT",
    "the transfer was complete, and the burn was recreated"),
  row("o-x-completed-cancelled", { at: COMPLETED, peerLedger: ["NONE", "MINTED", "CANCELLED"] }, "HALT",
    "the assignment was final and is gone: the destination ledger was taken back below its finality"),
  row("o-x-commit-unburned", { at: UNBURNED, decision: ["COMMIT"] }, "HALT",
    "COMMIT stands, and this log has no burn for it: the log has lost its end, or another holds the key"),
  row("o-x-commit-undone", { at: [...OF_NOTHING, ...OF_LOCK, ...OF_BURN], decision: ["COMMIT"] }, "HALT",
    "this log rolls back before it was committed, and COMMIT stands"),
  row("o-x-abort-committed", { at: [...COMMITTED, ...OF_COMMIT], decision: ["ABORT"], register: "log" }, "HALT",
    "this log rests on COMMIT, and ABORT stands"),

  // ---- A reading of the register that is older than the own log.
  row("o-stale-register", { at: [...COMMITTED, ...ROLLBACK], decision: ["NONE"], register: "log" }, "WAIT",
    "this log rests on a decision that the register, as it is read now, does not show yet"),

  // ---- Decided ABORT, or under COMMIT what the clock has cancelled.
  row("o-abort", { at: [...UNBURNED, "done-burn"], decision: ["ABORT"] }, "ROLL_BACK",
    "ABORT stands: the rollback begins", [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 26]),
  row("o-undo-nothing", { at: ["init-rollback@nothing"] }, "END",
    "no lock was announced, so none can land", [1, 2, 3, 4]),
  row("o-undo-unseen", { at: UNDO, own: ["UNREAD"] }, "READ_OWN",
    "what there is to undo is read from the ledger, each time anew (R2)", [15, 24]),
  row("o-undo-open", { at: UNDO, own: OPEN }, "WAIT",
    "something is on its way, or the ledger does not answer", [24]),
  row("o-undo-ended", { at: UNDO, own: ["UNLOCKED", "REFUSED", "RECREATED"] }, "END",
    "undone or barred, and final, whoever brought it about", [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 21, 24]),
  row("o-undo-lock", { at: ["init-rollback@lock", "init-rollback@burn"], own: ["NONE", "LOCKED"] }, "ROLL_BACK",
    "unlocking is announced; where the lock has not landed, its tombstone (R1)", [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17]),
  row("o-undo-lock-act", { at: [...UNLOCKING, ...UNLOCKING_BURN], own: ["NONE", "LOCKED"] }, "ACT_UNLOCK",
    "unlocked, or barred, again if need be", [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 24]),
  row("o-undo-burn-unseen", { at: UNDO, own: ["BURNED"], peerLedger: ["UNREAD"] }, "READ_PEER",
    "burned: recreated only once the destination is finally cancelled", [15, 16, 21, 24]),
  row("o-undo-burn-open", { at: UNDO, own: ["BURNED"], peerLedger: [...OPEN, "NONE", "MINTED"] }, "WAIT",
    "burned, and the destination is not finally cancelled", [15, 16, 19, 24]),
  row("o-undo-burn", { at: ["init-rollback@burn", ...UNLOCKING_BURN, "init-rollback@commit"], own: ["BURNED"] }, "ROLL_BACK",
    "the destination is finally cancelled: recreating is announced", [15, 16, 21]),
  row("o-undo-burn-act", { at: [...RECREATING, ...RECREATING_COMMIT], own: ["BURNED"] }, "ACT_RECREATE",
    "the destination is finally cancelled: recreated with the proof, again if need be", [15, 16, 21, 24]),
  row("o-rolled-back", { at: ROLLED_BACK }, "CLOSE",
    "rolled back: nothing is left to do", [24]),
  row("o-undone", { at: UNDONE }, "GO_ON",
    "undone: that is said to the destination", [24]),

  // ---- Decided COMMIT; with private logs behind message 3.5.
  row("o-commit", { at: ["done-burn"], decision: ["COMMIT"] }, "GO_ON",
    "COMMIT stands: message 3.5 is next", [16, 18]),
  row("o-commit-cancelled", { at: ["init-commit-final"], peerLedger: ["CANCELLED"] }, "ROLL_BACK",
    "the mint is finally cancelled: what was burned is recreated", [20, 21]),
  row("o-commit-assigned", { at: ["init-commit-final"], peerLedger: ["ASSIGNED"] }, "GO_ON",
    "assigned and final: complete once the destination says so, or is gone", [20]),
  row("o-commit-open", { at: ["init-commit-final"] }, "GO_ON",
    "the destination is asked; its ledger is read when it has answered, or has not for a while", [18, 19, 20]),
  row("o-recording", { at: COMPLETING }, "GO_ON",
    "assigned: the rest of the completion", [22]),
  row("o-completed", { at: ["init-complete"] }, "CLOSE",
    "complete: nothing is left to do", [22, 23]),

  // ---- Undecided.
  row("o-burned", { at: ["done-burn"] }, "COMMIT",
    "burned and final: COMMIT", [16]),
  row("o-request-lost", { at: ["start"] }, "ABORT",
    "opened, and the request was lost before it was logged: ABORT", [1]),
  row("o-failed", { at: FAILED }, "ABORT",
    "refused, or failed: ABORT", [2, 3, 13, 17]),
  row("o-peer-undoing", { register: "destination", peer: ["ROLLED_BACK"] }, "ABORT",
    "the destination has rolled back: this side does too", [7, 8, 10, 14, 15]),
  row("o-peer-gone", { at: [...ASKING_EARLY, "exec-lock", "done-lock", ...ASKING_LOCKED], peer: ["CRASHED_DEFINITELY"] }, "ABORT",
    "the destination has crashed definitely before its vote was needed no more: ABORT", [3, 8, 11, 12]),
  row("o-ask-early", { at: ASKING_EARLY }, "GO_ON",
    "nothing is locked: the next message, or the last one again", [1, 2, 3, 4, 26, 28]),
  row("o-lock-unseen", { at: ["exec-lock", "done-lock"], own: ["UNREAD"] }, "READ_OWN",
    "the ledger says whether the lock has happened", [5, 6]),
  row("o-lock-open", { at: ["exec-lock", "done-lock"], own: OPEN }, "WAIT",
    "the lock is on its way, or the ledger does not answer", [5]),
  row("o-lock-act", { at: ["exec-lock"], own: ["NONE"] }, "ACT_LOCK",
    "not locked: the lock is sent, again if need be", [5]),
  row("o-lock-done", { at: ["exec-lock"], own: ["LOCKED"] }, "RECORD",
    "locked and final", [5, 6]),
  row("o-lock-barred", { at: ["exec-lock"], own: ["UNLOCKED", "REFUSED"] }, "FAIL",
    "its owner has taken the asset back, or barred the lock", [5]),
  row("o-locked", { at: ["done-lock"] }, "GO_ON",
    "locked and final: the assertion is next", [6]),
  row("o-ask-locked", { at: ASKING_LOCKED }, "GO_ON",
    "locked: the next message, or the last one again", [7, 8, 9, 10, 11, 12, 14, 26, 28]),
  row("o-burn-unseen", { at: ["exec-burn"], own: ["UNREAD"] }, "READ_OWN",
    "the ledger says whether the burn has happened", [14, 15]),
  row("o-burn-open", { at: ["exec-burn"], own: OPEN }, "WAIT",
    "the burn is on its way, or the ledger does not answer", [15]),
  row("o-burn-act", { at: ["exec-burn"], own: ["LOCKED"] }, "ACT_BURN",
    "not burned: the burn is sent, again if need be", [14, 15]),
  row("o-burn-done", { at: ["exec-burn"], own: ["BURNED"] }, "RECORD",
    "burned and final", [15, 16]),
  row("o-burn-barred", { at: ["exec-burn"], own: ["UNLOCKED", "RECREATED"] }, "FAIL",
    "the lock was undone before the burn, or the burn was healed", [15, 17]),
];
