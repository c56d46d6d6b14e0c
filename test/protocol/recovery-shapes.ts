import { GatelogError } from "../../src/entry/errors.ts";
import type { Row } from "../../src/protocol/recovery-row.ts";
import type { Effect, SessionState } from "../../src/protocol/state.ts";
import { next } from "../../src/protocol/step.ts";

/**
 * What the rows do that leave it to the main flow: the one thing beside sending messages, and of a group of entries the first
 * that is missing. All of it occurs, and nothing else does.
 */
// prettier-ignore
export const MAIN_FLOW: Readonly<Record<string, readonly string[]>> = {
  "o-ask-early": [
    "wait peer", "init-proposal", "done-proposal", "fail-proposal", "init-commence", "done-commence", "init-lock", "exec-lock",
  ],
  "o-locked": ["init-lock-assert"],
  "o-ask-locked": [
    "wait peer", "done-lock-assert", "fail-lock-assert", "init-prepare",
    "done-prepare", "fail-prepare", "init-burn", "exec-burn",
  ],
  "o-commit": ["init-commit-final"],
  "o-commit-open": ["wait peer", "wait peer-ledger", "read peer"],
  "o-commit-assigned": ["wait peer", "wait peer-ledger", "done-commit-final"],
  "o-recording": ["exec-record", "done-record", "init-complete"],
  "o-undone": ["ack-rollback"],
  "d-ask": [
    "wait peer", "wait decision", "exec-setup", "done-setup", "ack-setup", "judge proposal", "ack-proposal",
    "exec-commence", "done-commence", "ack-commence", "judge lock", "ack-lock-assert", "exec-prepare", "init-mint", "exec-mint",
    "ack-prepare",
  ],
  "d-minted": ["ack-prepare"],
  "d-voted": ["wait decision"],
  "d-commit": ["exec-commit-final", "init-assign", "exec-assign"],
  "d-assigned": ["ack-commit-final", "wait peer", "exec-complete", "done-complete"],
  "d-undone": ["ack-rollback"],
};

/** What the ledger's refusal of an action leads to: before the decision a failure, behind it another try. */
export const REFUSED: Readonly<Record<string, RegExp>> = {
  ACT_LOCK: /^fail-lock$/,
  ACT_MINT: /^fail-mint$/,
  ACT_BURN: /^fail-burn$/,
  ACT_ASSIGN: /^wait ledger$/,
  ACT_UNLOCK: /^(fail-rollback-unlock|wait ledger)$/,
  ACT_RECREATE: /^(fail-rollback-recreate|wait ledger)$/,
  ACT_CANCEL: /^(fail-rollback-cancel|wait ledger)$/,
};

/** What `next` does, in the words of `MAIN_FLOW`; a halt by the row that says so. */
export function shapeOf(state: SessionState): string {
  try {
    return next(state)
      .flatMap((effect) => (effect.type === "send" ? [] : [shapeOfEffect(effect)]))
      .join(", ");
  } catch (error) {
    if (!(error instanceof GatelogError)) throw error;
    return `${error.code} by ${String(error.context["row"])}`;
  }
}

/** Whether a row's outcome is this. */
export function isSaidBy({ outcome, id }: Row, shape: string): boolean {
  switch (outcome) {
    case "HALT":
      return shape === `INVARIANT_BROKEN by ${id}`;
    case "GO_ON":
      return MAIN_FLOW[id]?.includes(shape) ?? false;
    case "READ_OWN":
      return shape === "read own";
    case "READ_PEER":
      return shape === "read peer";
    case "WAIT":
      return /^wait (decision|ledger|peer-ledger)$/.test(shape);
    case "RECORD":
      return /^done-(lock|mint|burn|assign)$/.test(shape);
    case "FAIL":
      return /^fail-(lock|mint|burn|assign)$/.test(shape);
    case "COMMIT":
      return /^(decide COMMIT|init-commit-final|exec-commit-final)$/.test(shape);
    case "ABORT":
      return isAbort(shape);
    case "ROLL_BACK":
      return /^(init-rollback|exec-rollback-(unlock|recreate|cancel))$/.test(shape);
    case "END":
      return /^done-rollback(-unlock|-recreate|-cancel)? and ends$/.test(shape);
    case "CLOSE":
      return shape === "close-log";
    default:
      return shape === `act ${outcome.slice("ACT_".length).toLowerCase()}`;
  }
}

export function isAbort(shape: string): boolean {
  return /^(decide ABORT|init-rollback)$/.test(shape);
}

function shapeOfEffect(effect: Effect): string {
  switch (effect.type) {
    case "append": {
      const [first] = effect.drafts;
      const last = effect.drafts.at(-1);
      const ends = last?.operation === "done" && last.command === "rollback" ? " and ends" : "";
      return `${first?.operation ?? "nothing"}-${first?.command ?? ""}${ends}`;
    }
    case "act":
      return `act ${effect.action}`;
    case "read-ledger":
      return `read ${effect.side}`;
    case "judge":
      return `judge ${effect.what}`;
    case "decide":
      return `decide ${effect.decision}`;
    case "wait":
      return `wait ${effect.waitingFor}`;
    default:
      return effect.type;
  }
}
