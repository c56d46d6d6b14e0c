import type { Json } from "../entry/canonical.ts";
import { GatelogError } from "../entry/errors.ts";
import { append, draft, onLedger, own, peer, sendOnce } from "./drafts.ts";
import { readRefusal, receiptPayload, recoveryPayload, refusalPayload } from "./payloads.ts";
import type { Mark } from "./marks.ts";
import {
  decisionOf,
  type Effect,
  type LedgerAction,
  type LedgerReading,
  type LedgerState,
  type Refusal,
  type SessionState,
} from "./state.ts";

export const ROLLBACK_ACTIONS = ["unlock", "recreate", "cancel"] as const satisfies readonly LedgerAction[];
export type RollbackAction = (typeof ROLLBACK_ACTIONS)[number];

/** What ends a rollback on either ledger (R1): NONE never does. */
const TERMINAL: Partial<Record<LedgerState, RollbackAction>> = {
  UNLOCKED: "unlock",
  REFUSED: "unlock",
  RECREATED: "recreate",
  CANCELLED: "cancel",
};

/**
 * What a gateway does once the register holds ABORT, or once an assignment under COMMIT is impossible for good. Not a list that
 * is ticked off but a loop over the ledger's final state (R2): read, do the one thing that this state asks for, read again,
 * until a terminal state is final.
 *
 * `init-rollback` is the ROLLBACK message: the reason, and the drafts' rollback list as evidence of what was started.
 * `ack-rollback` is ROLLBACK-ACK: what was done, with the proofs. Both sides write both.
 */
export function rollback(state: SessionState, reason: Refusal | undefined): Effect[] {
  if (!own(state, "init-rollback")) {
    const notice = { ...refusalPayload(reason ?? reasonOfPeer(state)), rollbackList: [...rollbackList(state)] };
    return append(state, draft("init-rollback", "rollback", recoveryPayload("rollback-msg", notice)));
  }
  const message = state.own.lastMessage;
  if (!own(state, "done-rollback")) return [...sendOnce(state, message), ...compensate(state)];
  if (!own(state, "ack-rollback")) {
    const { actions, proofs } = readDone(own(state, "done-rollback")?.payload);
    const payload = recoveryPayload("rollback-ack-msg", { success: true, actionsPerformed: actions, proofs });
    return append(state, draft("ack-rollback", "rollback-ack", payload));
  }
  return [...sendOnce(state, message), { type: "close-log" }];
}

/** The drafts' rollback list, folded from the log: what was started and would have to be undone, the latest last. */
function rollbackList({ own: { marks } }: Pick<SessionState, "own">): readonly string[] {
  const started: readonly (readonly [Mark, string])[] = [
    ["init-lock", "UNLOCK"],
    ["init-burn", "RECREATE"],
    ["init-mint", "CANCEL"],
  ];
  return started.flatMap(([mark, action]) => (marks.has(mark) ? [action] : []));
}

/** The compensation that its ledger refuses for now (ROLLBACK_FAILED), if there is one. */
export function failedCompensation({ own: { marks } }: Pick<SessionState, "own">): RollbackAction | undefined {
  if (marks.has("done-rollback")) return undefined;
  return ROLLBACK_ACTIONS.find(
    (action) => marks.has(`fail-rollback-${action}`) && !marks.has(`done-rollback-${action}`),
  );
}

function reasonOfPeer(state: SessionState): Refusal {
  const vote = peer(state, "ack-prepare");
  const said = vote?.vote === "no" ? vote : peer(state, "init-rollback");
  return said ? readRefusal(said) : { code: "REFUSED", reason: "the other side aborted" };
}

function compensate(state: SessionState): Effect[] {
  const started: Mark = state.role === "origin" ? "init-lock" : "init-mint";
  if (!own(state, started)) return append(state, draft("done-rollback", "rollback", { actions: [], proofs: [] }));
  const refusal = state.ledgerRefusal;
  const refused = refusal && ROLLBACK_ACTIONS.find((action) => action === refusal.action);
  if (refusal && refused) return failed(state, refused, refusal);
  return onLedger(state, "own", (ledger) => {
    const done = TERMINAL[ledger.state];
    if (done) return finished(state, done, ledger);
    // Under COMMIT nothing is undone but a burn whose mint is finally CANCELLED.
    if (decisionOf(state) === "COMMIT" && ledger.state !== "BURNED") throw excluded(state, ledger.state);
    switch (ledger.state) {
      case "NONE":
        return act(state, state.role === "origin" ? "unlock" : "cancel");
      case "LOCKED":
        return act(state, "unlock");
      case "MINTED":
        return act(state, "cancel");
      case "BURNED":
        return recreate(state);
      default:
        throw excluded(state, ledger.state);
    }
  });
}

function recreate(state: SessionState): Effect[] {
  return onLedger(state, "peer", (ledger) => {
    if (ledger.state === "ASSIGNED") throw excluded(state, "ASSIGNED");
    return ledger.state === "CANCELLED" ? act(state, "recreate") : [{ type: "wait", waitingFor: "peer-ledger" }];
  });
}

/** A state that the decision rules out. */
export function excluded(state: SessionState, ledgerState: LedgerState): GatelogError {
  return new GatelogError("INVARIANT_BROKEN", `the decision is ${decisionOf(state)} and the escrow is ${ledgerState}`, {
    sessionId: state.facts.sessionId,
    state: ledgerState,
  });
}

/** The entry before the action, then the action; both may be repeated. */
function act(state: SessionState, action: RollbackAction): Effect[] {
  const mark: Mark = `exec-rollback-${action}`;
  return own(state, mark) ? [{ type: "act", action }] : append(state, draft(mark, "rollback", {}));
}

/** Refused for now (a paused token, say): said once in the log, and tried until it is done, however often. */
function failed(state: SessionState, action: RollbackAction, refusal: Refusal): Effect[] {
  const mark: Mark = `fail-rollback-${action}`;
  return own(state, mark)
    ? [{ type: "wait", waitingFor: "ledger" }]
    : append(state, draft(mark, "rollback", refusalPayload(refusal)));
}

/** Somebody else may have brought the state about: then nothing was executed here, and there is nothing to call done. */
function finished(state: SessionState, action: RollbackAction, ledger: LedgerReading): Effect[] {
  const { networkId } = (state.role === "origin" ? state.facts.origin : state.facts.destination) ?? { networkId: "" };
  const summary: Json = {
    actions: [action.toUpperCase()],
    proofs: [{ networkId, ...receiptPayload(ledger) }],
  };
  if (!own(state, `exec-rollback-${action}`)) return append(state, draft("done-rollback", "rollback", summary));
  return append(
    state,
    draft(`done-rollback-${action}`, "rollback", receiptPayload(ledger)),
    draft("done-rollback", "rollback", summary),
  );
}

/** What the own `done-rollback` says; it was written by `finished` or `compensate`. */
function readDone(payload: Json | undefined): { readonly actions: Json; readonly proofs: Json } {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return { actions: [], proofs: [] };
  const { actions, proofs } = payload as { readonly [member: string]: Json };
  return { actions: actions ?? [], proofs: proofs ?? [] };
}
