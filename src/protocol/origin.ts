import { append, draft, own, peer, sendAndWait, sendOnce } from "./drafts.ts";
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
import { DEADLINE_PASSED, outcomeOf, type Effect, type Refusal, type SessionState } from "./state.ts";

/** Entries that say that the transfer cannot go on; with one of them in its log the origin decides ABORT. */
const FAILURES: readonly Mark[] = ["fail-proposal", "fail-lock", "fail-lock-assert", "fail-prepare", "fail-burn"];

/** What the origin does next (coordinator of the 2PC; docs/PROTOCOL.md, "Transitions"). */
export function nextOfOrigin(state: SessionState): Effect[] {
  if (state.own.closed) return [{ type: "finish", outcome: outcomeOf(state) }];
  if (state.decision === "ABORT") return rollback(state, reasonToAbort(state));
  if (state.decision === "NONE") {
    // Behind its burn the origin goes forward as long as it may: a wish to abort that comes this late is not honoured.
    if (own(state, "done-burn")) return [{ type: "decide", decision: "COMMIT", ground: "ORIGIN" }];
    return reasonToAbort(state) ? [{ type: "decide", decision: "ABORT", ground: "ORIGIN" }] : towardsBurn(state);
  }
  return towardsCompletion(state);
}

function reasonToAbort(state: SessionState): Refusal | undefined {
  for (const mark of FAILURES) {
    const failed = own(state, mark);
    if (failed) return readRefusal(failed);
  }
  return state.abortWish ?? (state.deadlinePassed ? DEADLINE_PASSED : undefined);
}

/** Each group of entries is asked for by its last one: a log that holds a part of it goes on with the rest. */
function towardsBurn(state: SessionState): Effect[] {
  // The shell signs init-setup together with the opening: it alone knows the client's request. Without it, the request is lost.
  if (!own(state, "init-setup")) return [{ type: "decide", decision: "ABORT", ground: "ORIGIN" }];
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
  const ledger = state.ownLedger;
  const isDone = own(state, "done-lock") !== undefined;
  if (state.ledgerRefusal && !isDone)
    return append(state, draft("fail-lock", "lock", refusalPayload(state.ledgerRefusal)));
  if (!ledger) return [{ type: "read-ledger", side: "own" }];
  if (ledger.state === "NONE" && !isDone) return [{ type: "act", action: "lock" }];
  if (ledger.state !== "LOCKED" && !isDone)
    return append(state, draft("fail-lock", "lock", refusalPayload(movedOn(ledger.state))));
  const claim = claimPayload("lock-assert-msg", "lock", state, ledger);
  return append(
    state,
    draft("done-lock", "lock", receiptPayload(ledger)),
    draft("init-lock-assert", "lock-assert", claim),
  );
}

function burn(state: SessionState): Effect[] {
  if (state.ledgerRefusal) return append(state, draft("fail-burn", "burn", refusalPayload(state.ledgerRefusal)));
  const ledger = state.ownLedger;
  if (!ledger) return [{ type: "read-ledger", side: "own" }];
  if (ledger.state === "LOCKED") return [{ type: "act", action: "burn" }];
  if (ledger.state !== "BURNED")
    return append(state, draft("fail-burn", "burn", refusalPayload(movedOn(ledger.state))));
  return append(state, draft("done-burn", "burn", receiptPayload(ledger)));
}

/**
 * Behind COMMIT there is no way back: the register has it, whether or not the peer hears of it from us. But for one: the
 * destination's escrow was cancelled by the clock (R5), and what was burned here is recreated.
 */
function towardsCompletion(state: SessionState): Effect[] {
  const burned = own(state, "done-burn");
  if (!own(state, "init-commit-final")) {
    const answer = peer(state, "ack-prepare");
    const claim = messagePayload("commit-final-msg", { burnAssertionClaim: burned?.payload ?? null });
    return append(
      state,
      draft("init-commit-final", "commit-final", claim, answer ? { causedBy: answer.entryHash } : {}),
    );
  }
  const impossible = peer(state, "fail-assign");
  if (impossible) return rollback(state, readRefusal(impossible));
  if (!own(state, "init-complete"))
    return answered(state, "ack-commit-final", (ack) =>
      append(
        state,
        draft("done-commit-final", "commit-final-ack", {}, { causedBy: ack.entryHash }),
        draft("exec-record", "record", {}),
        draft("done-record", "record", ack.payload ?? {}),
        draft("init-complete", "complete", messagePayload("commit-transfer-complete-msg"), { causedBy: ack.entryHash }),
      ),
    );
  return [...sendOnce(state, state.own.lastMessage), { type: "close-log" }];
}
