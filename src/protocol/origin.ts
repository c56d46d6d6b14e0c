import { append, draft, isBound, isPeerGone, onLedger, own, peer, sendAndWait, sendOnce } from "./drafts.ts";
import {
  claimPayload,
  messagePayload,
  movedOn,
  proposalPayload,
  readRefusal,
  readVerdict,
  receiptPayload,
  refusalPayload,
} from "./payloads.ts";
import { rollback } from "./rollback.ts";
import type { Mark, Marked } from "./marks.ts";
import { DEADLINE_PASSED, decisionOf, PEER_GONE, type Effect, type Refusal, type SessionState } from "./state.ts";

/** Entries that say that the transfer cannot go on; with one of them in its log the origin decides ABORT. */
const FAILURES: readonly Mark[] = ["fail-proposal", "fail-lock", "fail-lock-assert", "fail-prepare", "fail-burn"];

/** What the origin does next (coordinator of the 2PC; docs/PROTOCOL.md, "Transitions"). */
export function nextOfOrigin(state: SessionState): Effect[] {
  const decision = decisionOf(state);
  if (decision === "NONE" && isBound(state)) return [{ type: "wait", waitingFor: "decision" }];
  if (decision === "ABORT") return rollback(state, reasonToAbort(state));
  if (decision === "COMMIT") return towardsCompletion(state);
  // Behind its burn the origin goes forward as long as it may: a wish to abort that comes this late is not honoured.
  if (own(state, "done-burn")) return seekCommit(state);
  const reason = reasonToAbort(state);
  return reason ? abort(state, reason) : towardsBurn(state);
}

/** Private logs have no register but the destination's escrow: there the message itself is what the destination acts on. */
function seekCommit(state: SessionState): Effect[] {
  if (state.facts.register === "log") return [{ type: "decide", decision: "COMMIT", ground: "ORIGIN" }];
  return towardsCompletion(state);
}

function abort(state: SessionState, reason: Refusal): Effect[] {
  if (state.facts.register === "log") return [{ type: "decide", decision: "ABORT", ground: "ORIGIN" }];
  return rollback(state, reason);
}

function reasonToAbort(state: SessionState): Refusal | undefined {
  for (const mark of FAILURES) {
    const failed = own(state, mark);
    if (failed) return readRefusal(failed);
  }
  const undone = state.facts.register === "log" ? undefined : peer(state, "init-rollback");
  if (undone) return readRefusal(undone);
  if (state.abortWish) return state.abortWish;
  if (state.deadlinePassed) return DEADLINE_PASSED;
  // Behind YES nothing more is needed of the peer: the burn goes on without it.
  return isPeerGone(state) && !own(state, "exec-burn") ? PEER_GONE : undefined;
}

/** Each group of entries is asked for by its last one: a log that holds a part of it goes on with the rest. */
function towardsBurn(state: SessionState): Effect[] {
  // The shell signs init-setup together with the opening: it alone knows the client's request. Without it, the request is lost.
  if (!own(state, "init-setup")) return abort(state, { code: "REFUSED", reason: "the request was lost in a crash" });
  if (!own(state, "init-proposal"))
    return answered(state, "ack-setup", (ack) =>
      append(state, draft("init-proposal", "proposal", proposalPayload(state), { causedBy: ack.entryHash })),
    );
  if (!own(state, "init-commence"))
    return answered(state, "ack-proposal", (ack) => {
      const verdict = readVerdict(ack);
      if (!verdict.accepted)
        return append(
          state,
          draft("fail-proposal", "proposal-ack", refusalPayload(verdict), { causedBy: ack.entryHash }),
        );
      return append(
        state,
        draft("done-proposal", "proposal-ack", {}, { causedBy: ack.entryHash }),
        draft("init-commence", "commence", messagePayload("transfer-commence-msg"), { causedBy: ack.entryHash }),
      );
    });
  if (!own(state, "exec-lock"))
    return answered(state, "ack-commence", (ack) =>
      append(
        state,
        draft("done-commence", "commence-ack", {}, { causedBy: ack.entryHash }),
        draft("init-lock", "lock", {}),
        draft("exec-lock", "lock", {}),
      ),
    );
  if (!own(state, "init-lock-assert")) return lock(state);
  if (!own(state, "init-prepare"))
    return answered(state, "ack-lock-assert", (ack) => {
      const verdict = readVerdict(ack);
      if (!verdict.accepted)
        return append(
          state,
          draft("fail-lock-assert", "lock-assert-ack", refusalPayload(verdict), { causedBy: ack.entryHash }),
        );
      return append(
        state,
        draft("done-lock-assert", "lock-assert-ack", {}, { causedBy: ack.entryHash }),
        draft("init-prepare", "prepare", messagePayload("commit-prepare-msg"), { causedBy: ack.entryHash }),
      );
    });
  if (!own(state, "exec-burn"))
    return answered(state, "ack-prepare", (ack) => {
      if (ack.vote !== "yes")
        return append(
          state,
          draft("fail-prepare", "prepare-ack", refusalPayload(readRefusal(ack)), { causedBy: ack.entryHash }),
        );
      return append(
        state,
        draft("done-prepare", "prepare-ack", {}, { causedBy: ack.entryHash }),
        draft("init-burn", "burn", {}),
        draft("exec-burn", "burn", {}),
      );
    });
  return burn(state);
}

/** Waits for the peer's answer, sending the question as often as it takes, and goes on from it. */
function answered(state: SessionState, mark: Mark, goOn: (answer: Marked) => Effect[]): Effect[] {
  const answer = peer(state, mark);
  return answer ? goOn(answer) : sendAndWait(state, "peer");
}

function lock(state: SessionState): Effect[] {
  const isDone = own(state, "done-lock") !== undefined;
  if (state.ledgerRefusal && !isDone)
    return append(state, draft("fail-lock", "lock", refusalPayload(state.ledgerRefusal)));
  return onLedger(state, "own", (ledger) => {
    if (ledger.state === "NONE" && !isDone) return [{ type: "act", action: "lock" }];
    if (ledger.state !== "LOCKED" && !isDone)
      return append(state, draft("fail-lock", "lock", refusalPayload(movedOn(ledger.state))));
    const claim = claimPayload("lock-assert-msg", "lock", state, ledger);
    return append(
      state,
      draft("done-lock", "lock", receiptPayload(ledger)),
      draft("init-lock-assert", "lock-assert", claim),
    );
  });
}

function burn(state: SessionState): Effect[] {
  if (state.ledgerRefusal) return append(state, draft("fail-burn", "burn", refusalPayload(state.ledgerRefusal)));
  return onLedger(state, "own", (ledger) => {
    if (ledger.state === "LOCKED") return [{ type: "act", action: "burn" }];
    if (ledger.state !== "BURNED")
      return append(state, draft("fail-burn", "burn", refusalPayload(movedOn(ledger.state))));
    return append(state, draft("done-burn", "burn", receiptPayload(ledger)));
  });
}

/**
 * Behind COMMIT, and with private logs behind the burn, nothing is left to this side's choice: what the destination's escrow
 * finally holds is the outcome, whatever its gateway says or does not say. ASSIGNED completes; CANCELLED, by the clock (R5)
 * or by the destination where its escrow is the register, recreates what was burned here.
 */
function towardsCompletion(state: SessionState): Effect[] {
  if (!own(state, "init-commit-final")) {
    const answer = peer(state, "ack-prepare");
    const claim = messagePayload("commit-final-msg", {
      burnAssertionClaim: own(state, "done-burn")?.payload ?? null,
    });
    const options = answer ? { causedBy: answer.entryHash } : {};
    return append(state, draft("init-commit-final", "commit-final", claim, options));
  }
  if (own(state, "init-rollback")) return rollback(state, undefined);
  if (own(state, "init-complete")) return [...sendOnce(state, state.own.lastMessage), { type: "close-log" }];
  // Bound to it by an entry that only ASSIGNED permits: the rest of the group needs no second look.
  if (own(state, "done-commit-final")) return complete(state);
  const answer = peer(state, "ack-commit-final");
  const undone = peer(state, "fail-assign") ?? peer(state, "init-rollback");
  const isTimeToLook = answer ?? undone ?? state.peerLedger;
  if (!isTimeToLook && !state.overdue && !isPeerGone(state)) return sendAndWait(state, "peer");
  return onLedger(state, "peer", (ledger) => {
    if (ledger.state === "CANCELLED") return rollback(state, undone ? readRefusal(undone) : movedOn("CANCELLED"));
    if (ledger.state === "ASSIGNED" && (answer || isPeerGone(state))) return complete(state);
    return sendAndWait(state, answer || undone ? "peer-ledger" : "peer");
  });
}

function complete(state: SessionState): Effect[] {
  const answer = peer(state, "ack-commit-final");
  const options = answer ? { causedBy: answer.entryHash } : {};
  const { peerLedger } = state;
  const isFinal = peerLedger !== undefined && peerLedger !== "UNREACHABLE" && !peerLedger.pending;
  const seen = isFinal ? receiptPayload(peerLedger) : {};
  return append(
    state,
    draft("done-commit-final", "commit-final-ack", {}, options),
    draft("exec-record", "record", {}),
    draft("done-record", "record", answer?.payload ?? seen),
    draft("init-complete", "complete", messagePayload("commit-transfer-complete-msg"), options),
  );
}
