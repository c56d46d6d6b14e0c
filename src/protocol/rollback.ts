import type { Json } from "../entry/canonical.ts";
import { GatelogError } from "../entry/errors.ts";
import { append, draft, own, peer, sendOnce } from "./drafts.ts";
import { readRefusal, receiptPayload, refusalPayload, rollbackPayload } from "./payloads.ts";
import type { Mark } from "./marks.ts";
import type { Effect, LedgerAction, LedgerState, Receipt, Refusal, SessionState } from "./state.ts";

type RollbackAction = Extract<LedgerAction, "unlock" | "recreate" | "cancel">;

/** What ends a rollback on either ledger (R1): NONE never does. */
const TERMINAL: Partial<Record<LedgerState, RollbackAction>> = {
  UNLOCKED: "unlock",
  REFUSED: "unlock",
  RECREATED: "recreate",
  CANCELLED: "cancel",
};

/**
 * What a gateway does once the register holds ABORT, or once an assignment under COMMIT is impossible for good. Not a list that is ticked off but a loop over the ledger's final state
 * (R2): read, do the one thing that this state asks for, read again, until a terminal state is final.
 */
export function rollback(state: SessionState, reason: Refusal | undefined): Effect[] {
  if (!own(state, "init-rollback")) {
    const why = reason ?? reasonOfPeer(state);
    return append(state, draft("init-rollback", "rollback", rollbackPayload("rollback-msg", refusalPayload(why))));
  }
  const message = state.own.lastMessage;
  if (!own(state, "done-rollback")) return [...sendOnce(state, message), ...compensate(state)];
  if (!own(state, "ack-rollback")) {
    const actions = own(state, "done-rollback")?.payload ?? {};
    return append(
      state,
      draft("ack-rollback", "rollback-ack", rollbackPayload("rollback-ack-msg", { success: true, performed: actions })),
    );
  }
  return [...sendOnce(state, message), { type: "close-log" }];
}

function reasonOfPeer(state: SessionState): Refusal {
  const vote = peer(state, "ack-prepare");
  const said = vote?.vote === "no" ? vote : peer(state, "init-rollback");
  return said ? readRefusal(said) : { code: "REFUSED", reason: "the other side aborted" };
}

function compensate(state: SessionState): Effect[] {
  const started: Mark = state.role === "origin" ? "init-lock" : "init-mint";
  if (!own(state, started)) return append(state, draft("done-rollback", "rollback", { actions: [] }));
  // Refused for now (a paused token, say): a compensation is tried until it is done, however often.
  if (state.ledgerRefusal) return [{ type: "wait", waitingFor: "ledger" }];
  const ledger = state.ownLedger;
  if (!ledger) return [{ type: "read-ledger", side: "own" }];
  const done = TERMINAL[ledger.state];
  if (done) return finished(state, done, ledger);
  // Under COMMIT nothing is undone but a burn whose mint is finally CANCELLED.
  if (state.decision === "COMMIT" && ledger.state !== "BURNED") throw excluded(state, ledger.state);
  switch (ledger.state) {
    case "NONE":
      return act(state, state.role === "origin" ? "unlock" : "cancel");
    case "LOCKED":
      return act(state, "unlock");
    case "MINTED":
      return act(state, "cancel");
    case "BURNED":
      if (!state.peerLedger) return [{ type: "read-ledger", side: "peer" }];
      return state.peerLedger.state === "CANCELLED"
        ? act(state, "recreate")
        : [{ type: "wait", waitingFor: "peer-ledger" }];
    default:
      throw excluded(state, ledger.state);
  }
}

/** A state that the decision rules out. */
export function excluded(state: SessionState, ledgerState: LedgerState): GatelogError {
  return new GatelogError("INVARIANT_BROKEN", `the register holds ${state.decision} and the escrow is ${ledgerState}`, {
    sessionId: state.facts.sessionId,
    state: ledgerState,
  });
}

/** The entry before the action, then the action; both may be repeated. */
function act(state: SessionState, action: RollbackAction): Effect[] {
  const mark: Mark = `exec-rollback-${action}`;
  return own(state, mark) ? [{ type: "act", action }] : append(state, draft(mark, "rollback", {}));
}

/** Somebody else may have brought the state about: then nothing was executed here, and there is nothing to call done. */
function finished(state: SessionState, action: RollbackAction, ledger: Receipt): Effect[] {
  const summary: Json = {
    actions: [action.toUpperCase()],
    state: ledger.state,
    transactionHash: ledger.transactionHash,
  };
  if (!own(state, `exec-rollback-${action}`)) return append(state, draft("done-rollback", "rollback", summary));
  return append(
    state,
    draft(`done-rollback-${action}`, "rollback", receiptPayload(ledger)),
    draft("done-rollback", "rollback", summary),
  );
}
