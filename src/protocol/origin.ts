import { append, draft, own, peer, sendAndWait } from "./drafts.ts";
import {
  claimPayload,
  messagePayload,
  proposalPayload,
  readRefusal,
  readVerdict,
  receiptPayload,
  refusalPayload,
} from "./payloads.ts";
import { rollback } from "./rollback.ts";
import type { Mark, Marked } from "./marks.ts";
import { DEADLINE_PASSED, type Effect, type Refusal, type SessionState } from "./state.ts";

/** Entries that say that the transfer cannot go on; with one of them in its log the origin decides ABORT. */
const FAILURES: readonly Mark[] = ["fail-proposal", "fail-lock", "fail-lock-assert", "fail-prepare", "fail-burn"];

/** What the origin does next (coordinator of the 2PC; protocol digest, 5.2 and 7.2). */
export function nextOfOrigin(state: SessionState): Effect[] {
  if (state.own.closed) return [{ type: "finish", outcome: state.decision === "COMMIT" ? "COMMITTED" : "ABORTED" }];
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

function towardsBurn(state: SessionState): Effect[] {
  // The shell signs init-setup together with the opening: it alone knows the client's request. Without it, the request is lost.
  if (!own(state, "init-setup")) return [{ type: "decide", decision: "ABORT", ground: "ORIGIN" }];
  if (!own(state, "init-proposal")) return answered(state, "ack-setup", (ack) =>
    append(draft("init-proposal", "proposal", proposalPayload(state), { causedBy: ack.entryHash })));
  if (!own(state, "done-proposal")) return answered(state, "ack-proposal", (ack) => {
    const verdict = readVerdict(ack);
    if (!verdict.accepted) return append(draft("fail-proposal", "proposal-ack", refusalPayload(verdict), { causedBy: ack.entryHash }));
    return append(
      draft("done-proposal", "proposal-ack", {}, { causedBy: ack.entryHash }),
      draft("init-commence", "commence", messagePayload("transfer-commence-msg"), { causedBy: ack.entryHash }),
    );
  });
  if (!own(state, "done-commence")) return answered(state, "ack-commence", (ack) =>
    append(
      draft("done-commence", "commence-ack", {}, { causedBy: ack.entryHash }),
      draft("init-lock", "lock", {}),
      draft("exec-lock", "lock", {}),
    ));
  if (!own(state, "done-lock")) return lock(state);
  if (!own(state, "done-lock-assert")) return answered(state, "ack-lock-assert", (ack) => {
    const verdict = readVerdict(ack);
    if (!verdict.accepted) return append(draft("fail-lock-assert", "lock-assert-ack", refusalPayload(verdict), { causedBy: ack.entryHash }));
    return append(
      draft("done-lock-assert", "lock-assert-ack", {}, { causedBy: ack.entryHash }),
      draft("init-prepare", "prepare", messagePayload("commit-prepare-msg"), { causedBy: ack.entryHash }),
    );
  });
  if (!own(state, "done-prepare")) return answered(state, "ack-prepare", (ack) => {
    if (ack.vote !== "yes") return append(draft("fail-prepare", "prepare-ack", refusalPayload(readRefusal(ack)), { causedBy: ack.entryHash }));
    return append(
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
  if (state.ledgerRefusal) return append(draft("fail-lock", "lock", refusalPayload(state.ledgerRefusal)));
  const ledger = state.ownLedger;
  if (!ledger) return [{ type: "read-ledger", side: "own" }];
  if (ledger.state === "NONE") return [{ type: "act", action: "lock" }];
  if (ledger.state !== "LOCKED") return append(draft("fail-lock", "lock", refusalPayload(movedOn(ledger.state))));
  const claim = claimPayload("lock-assert-msg", "lock", state, ledger);
  return append(draft("done-lock", "lock", receiptPayload(ledger)), draft("init-lock-assert", "lock-assert", claim));
}

function burn(state: SessionState): Effect[] {
  if (state.ledgerRefusal) return append(draft("fail-burn", "burn", refusalPayload(state.ledgerRefusal)));
  const ledger = state.ownLedger;
  if (!ledger) return [{ type: "read-ledger", side: "own" }];
  if (ledger.state === "LOCKED") return [{ type: "act", action: "burn" }];
  if (ledger.state !== "BURNED") return append(draft("fail-burn", "burn", refusalPayload(movedOn(ledger.state))));
  return append(draft("done-burn", "burn", receiptPayload(ledger)));
}

/** Behind COMMIT there is no way back: the register has it, whether or not the peer hears of it from us. */
function towardsCompletion(state: SessionState): Effect[] {
  const burned = own(state, "done-burn");
  if (!own(state, "init-commit-final")) {
    const answer = peer(state, "ack-prepare");
    const claim = messagePayload("commit-final-msg", { burnAssertionClaim: burned?.payload ?? null });
    return append(draft("init-commit-final", "commit-final", claim, answer ? { causedBy: answer.entryHash } : {}));
  }
  if (!own(state, "init-complete")) return answered(state, "ack-commit-final", (ack) =>
    append(
      draft("done-commit-final", "commit-final-ack", {}, { causedBy: ack.entryHash }),
      draft("exec-record", "record", {}),
      draft("done-record", "record", ack.payload ?? {}),
      draft("init-complete", "complete", messagePayload("commit-transfer-complete-msg"), { causedBy: ack.entryHash }),
    ));
  const message = state.own.lastMessage;
  const close: Effect = { type: "close-log" };
  return message && state.delivered !== message.entryHash ? [{ type: "send", entryHash: message.entryHash }, close] : [close];
}

function movedOn(state: string): Refusal {
  return { code: "LEDGER_CONFLICT", reason: `the escrow is ${state}` };
}
