import type { Json } from "../entry/canonical.ts";
import { GatelogError } from "../entry/errors.ts";
import { append, draft, own } from "./drafts.ts";
import { receiptPayload, refusalPayload, rollbackPayload } from "./payloads.ts";
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
 * What a gateway does once the register holds ABORT. Not a list that is ticked off but a loop over the ledger's final state
 * (R2): read, do the one thing that this state asks for, read again, until a terminal state is final.
 */
export function rollback(state: SessionState, reason: Refusal | undefined): Effect[] {
  if (!own(state, "init-rollback")) {
    const why = reason ?? { code: "REFUSED", reason: "the other side aborted" };
    return append(draft("init-rollback", "rollback", rollbackPayload("rollback-msg", refusalPayload(why))));
  }
  const message = state.own.lastMessage;
  const tell: Effect[] =
    message && message.mark === "init-rollback" && state.delivered !== message.entryHash
      ? [{ type: "send", entryHash: message.entryHash }]
      : [];
  if (!own(state, "done-rollback")) return [...tell, ...compensate(state)];
  if (!own(state, "ack-rollback")) {
    const actions = own(state, "done-rollback")?.payload ?? {};
    return append(draft("ack-rollback", "rollback-ack", rollbackPayload("rollback-ack-msg", { success: true, performed: actions })));
  }
  const answer = state.own.lastMessage;
  const close: Effect = { type: "close-log" };
  return answer && state.delivered !== answer.entryHash ? [{ type: "send", entryHash: answer.entryHash }, close] : [close];
}

function compensate(state: SessionState): Effect[] {
  const started: Mark = state.role === "origin" ? "init-lock" : "init-mint";
  if (!own(state, started)) return append(draft("done-rollback", "rollback", { actions: [] }));
  // Refused for now (a paused token, say): a compensation is tried until it is done, however often.
  if (state.ledgerRefusal) return [{ type: "wait", waitingFor: "ledger" }];
  const ledger = state.ownLedger;
  if (!ledger) return [{ type: "read-ledger", side: "own" }];
  const done = TERMINAL[ledger.state];
  if (done) return finished(state, done, ledger);
  switch (ledger.state) {
    case "NONE":
      return act(state, state.role === "origin" ? "unlock" : "cancel");
    case "LOCKED":
      return act(state, "unlock");
    case "MINTED":
      return act(state, "cancel");
    case "BURNED":
      if (!state.peerLedger) return [{ type: "read-ledger", side: "peer" }];
      return state.peerLedger.state === "CANCELLED" ? act(state, "recreate") : [{ type: "wait", waitingFor: "peer-ledger" }];
    default:
      throw new GatelogError("INVARIANT_BROKEN", `the register holds ABORT and the escrow is ${ledger.state}`, {
        sessionId: state.facts.sessionId,
        state: ledger.state,
      });
  }
}

/** The entry before the action, then the action; both may be repeated. */
function act(state: SessionState, action: RollbackAction): Effect[] {
  const mark: Mark = `exec-rollback-${action}`;
  return own(state, mark) ? [{ type: "act", action }] : append(draft(mark, "rollback", {}));
}

/** Somebody else may have brought the state about: then nothing was executed here, and there is nothing to call done. */
function finished(state: SessionState, action: RollbackAction, ledger: Receipt): Effect[] {
  const summary: Json = { actions: [action.toUpperCase()], state: ledger.state, transactionHash: ledger.transactionHash };
  if (!own(state, `exec-rollback-${action}`)) return append(draft("done-rollback", "rollback", summary));
  return append(
    draft(`done-rollback-${action}`, "rollback", receiptPayload(ledger)),
    draft("done-rollback", "rollback", summary),
  );
}
