import { ZERO_HASH } from "../entry/hex.ts";
import { append, draft, isBound, isPeerGone, onLedger, own, peer, sendAndWait } from "./drafts.ts";
import {
  claimPayload,
  messagePayload,
  movedOn,
  readRefusal,
  receiptPayload,
  refusalPayload,
  verdictPayload,
} from "./payloads.ts";
import { excluded, rollback } from "./rollback.ts";
import type { Marked } from "./marks.ts";
import {
  DEADLINE_PASSED,
  decisionOf,
  type Effect,
  type LedgerState,
  type Refusal,
  type SessionState,
  type Verdict,
} from "./state.ts";

/** What the destination does next (participant of the 2PC; docs/PROTOCOL.md, "Transitions"). */
export function nextOfDestination(state: SessionState): Effect[] {
  const decision = decisionOf(state);
  if (decision === "NONE" && isBound(state)) return [{ type: "wait", waitingFor: "decision" }];
  if (decision === "ABORT") return rollback(state, reason(state));
  if (decision === "COMMIT") return towardsCompletion(state);
  return state.facts.register === "log" ? undecided(state) : unbound(state);
}

/** The register in the log is open: without its own NO, and before the deadline, the destination has nothing to decide. */
function undecided(state: SessionState): Effect[] {
  const vote = own(state, "ack-prepare");
  if (vote?.vote === "no") return [{ type: "decide", decision: "ABORT", ground: "VOTE_NO" }];
  if (state.deadlinePassed) return [{ type: "decide", decision: "ABORT", ground: "DEADLINE" }];
  if (vote) return sendAndWait(state, "decision");
  return towardsVote(state);
}

/**
 * Private logs: the own escrow is the register. Until it has bound itself to COMMIT the destination may cancel at any time,
 * behind its YES too (model 4.3); behind it, it only assigns. It binds itself on a burn that it has seen itself.
 */
function unbound(state: SessionState): Effect[] {
  const vote = own(state, "ack-prepare");
  const undone = peer(state, "init-rollback");
  if (vote?.vote === "no" || undone || state.abortWish) return rollback(state, reason(state));
  if (vote && peer(state, "init-commit-final")) return towardsCompletion(state);
  if (state.deadlinePassed) return rollback(state, reason(state));
  if (vote) return sendAndWait(state, "decision");
  return towardsVote(state);
}

function reason(state: SessionState): Refusal | undefined {
  const failed = own(state, "fail-proposal") ?? own(state, "fail-lock-assert") ?? own(state, "fail-mint");
  if (failed) return readRefusal(failed);
  const vote = own(state, "ack-prepare");
  if (vote?.vote === "no") return readRefusal(vote);
  return state.abortWish ?? (state.deadlinePassed ? DEADLINE_PASSED : undefined);
}

/** Each group of entries is asked for by its last one: a log that holds a part of it goes on with the rest. */
function towardsVote(state: SessionState): Effect[] {
  // Refused is refused, whatever the peer goes on to say: no mint, no YES. The origin aborts, or the deadline does.
  const isRefused = own(state, "fail-lock-assert") ? own(state, "ack-lock-assert") : own(state, "fail-proposal");
  if (isRefused && own(state, "ack-proposal")) return sendAndWait(state, "decision");
  if (!own(state, "ack-setup"))
    return asked(peer(state, "init-setup"), state, (message) =>
      append(
        state,
        draft("exec-setup", "setup", {}, { causedBy: message.entryHash }),
        draft("done-setup", "setup", {}),
        draft("ack-setup", "setup-ack", messagePayload("session-setup-ack-msg"), { causedBy: message.entryHash }),
      ),
    );
  if (!own(state, "ack-proposal"))
    return asked(peer(state, "init-proposal"), state, (message) =>
      judged(state, "proposal", message, (verdict) =>
        append(
          state,
          draft("exec-proposal", "proposal", {}, { causedBy: message.entryHash }),
          verdict.accepted
            ? draft("done-proposal", "proposal", {})
            : draft("fail-proposal", "proposal", refusalPayload(verdict)),
          draft("ack-proposal", "proposal-ack", verdictPayload("proposal-receipt-msg", verdict), {
            causedBy: message.entryHash,
          }),
        ),
      ),
    );
  if (!own(state, "ack-commence"))
    return asked(peer(state, "init-commence"), state, (message) =>
      append(
        state,
        draft("exec-commence", "commence", {}, { causedBy: message.entryHash }),
        draft("done-commence", "commence", {}),
        draft("ack-commence", "commence-ack", messagePayload("ack-commence-msg"), { causedBy: message.entryHash }),
      ),
    );
  if (!own(state, "ack-lock-assert"))
    return asked(peer(state, "init-lock-assert"), state, (message) =>
      judged(state, "lock", message, (verdict) =>
        append(
          state,
          draft("exec-lock-assert", "lock-assert", {}, { causedBy: message.entryHash }),
          verdict.accepted
            ? draft("done-lock-assert", "lock-record", {})
            : draft("fail-lock-assert", "lock-record", refusalPayload(verdict)),
          draft("ack-lock-assert", "lock-assert-ack", verdictPayload("assertion-receipt-msg", verdict), {
            causedBy: message.entryHash,
          }),
        ),
      ),
    );
  return asked(peer(state, "init-prepare"), state, (message) => prepare(state, message));
}

/** Waits for the peer's next message, repeating the last answer until it is taken. */
function asked(message: Marked | undefined, state: SessionState, goOn: (message: Marked) => Effect[]): Effect[] {
  return message ? goOn(message) : sendAndWait(state, "peer");
}

const VERDICTS = {
  proposal: ["done-proposal", "fail-proposal"],
  lock: ["done-lock-assert", "fail-lock-assert"],
} as const;

function judged(
  state: SessionState,
  what: "proposal" | "lock",
  message: Marked,
  goOn: (verdict: Verdict) => Effect[],
): Effect[] {
  // What stands in the log already is what was judged.
  const [taken, refused] = VERDICTS[what];
  const refusal = own(state, refused);
  if (refusal) return goOn({ accepted: false, ...readRefusal(refusal) });
  if (own(state, taken)) return goOn({ accepted: true });
  return state.verdict?.index === message.index
    ? goOn(state.verdict.verdict)
    : [{ type: "judge", what, index: message.index }];
}

function prepare(state: SessionState, message: Marked): Effect[] {
  const voteNo = (refusal: Refusal) =>
    draft("ack-prepare", "prepare-ack", verdictPayload("commit-ready-msg", { accepted: false, ...refusal }), {
      causedBy: message.entryHash,
      vote: "no",
    });
  const mintFailed = (refusal: Refusal) =>
    own(state, "done-mint")
      ? append(state, voteNo(refusal))
      : append(state, draft("fail-mint", "mint", refusalPayload(refusal)), voteNo(refusal));
  if (!own(state, "exec-mint")) {
    const received = draft("exec-prepare", "prepare", {}, { causedBy: message.entryHash });
    if (state.abortWish && !own(state, "init-mint")) return append(state, received, voteNo(state.abortWish));
    return append(state, received, draft("init-mint", "mint", {}), draft("exec-mint", "mint", {}));
  }
  const failed = own(state, "fail-mint");
  if (failed) return append(state, voteNo(readRefusal(failed)));
  if (state.ledgerRefusal) return mintFailed(state.ledgerRefusal);
  return onLedger(state, "own", (ledger) => {
    if (ledger.state === "NONE") return [{ type: "act", action: "mint" }];
    if (ledger.state !== "MINTED") return mintFailed(movedOn(ledger.state));
    const minted = draft("done-mint", "mint", receiptPayload(ledger));
    if (state.abortWish) return append(state, minted, voteNo(state.abortWish));
    const claim = claimPayload("commit-ready-msg", "mint", state, ledger);
    const options = { causedBy: message.entryHash, vote: "yes" } as const;
    return append(state, minted, draft("ack-prepare", "prepare-ack", claim, options));
  });
}

/** COMMIT: forward only, also when message 3.5 was lost, unless the clock has cancelled the mint (R5). */
function towardsCompletion(state: SessionState): Effect[] {
  if (!own(state, "exec-assign"))
    return own(state, "exec-commit-final")
      ? bind(state)
      : onLedger(state, "peer", ({ state: seen }) => burned(state, seen));
  const impossible = own(state, "fail-assign");
  if (impossible) return rollback(state, readRefusal(impossible));
  if (!own(state, "ack-commit-final")) return assign(state);
  const complete = peer(state, "init-complete");
  if (own(state, "done-complete")) return [{ type: "close-log" }];
  // The transfer is final; whoever never says that it has heard of it must not keep this log open (row 22).
  if (!complete && !isPeerGone(state)) return sendAndWait(state, "peer");
  return append(
    state,
    draft("exec-complete", "complete", {}, { causedBy: complete?.entryHash ?? ZERO_HASH }),
    draft("done-complete", "complete", {}),
  );
}

/**
 * Before it assigns the destination sees the burn with its own eyes: the register cannot look at another chain, and holds the
 * origin's word. A node that is behind is waited for.
 */
function burned(state: SessionState, seen: LedgerState): Effect[] {
  switch (seen) {
    case "BURNED":
      return bind(state);
    case "NONE":
    case "LOCKED":
      return [{ type: "wait", waitingFor: "peer-ledger" }];
    case "RECREATED":
      // The mint was cancelled by the clock, and somebody has carried the proof: the own escrow shows it, or its reading is older.
      return onLedger(state, "own", (ledger) => {
        if (ledger.state !== "CANCELLED") return [{ type: "wait", waitingFor: "ledger" }];
        return state.facts.register === "log" ? bind(state) : rollback(state, movedOn(seen));
      });
    default:
      if (state.facts.register !== "log") return rollback(state, movedOn(seen));
      throw excluded(state, seen);
  }
}

function bind(state: SessionState): Effect[] {
  const message = peer(state, "init-commit-final");
  return append(
    state,
    draft("exec-commit-final", "commit-final", {}, { causedBy: message?.entryHash ?? ZERO_HASH }),
    draft("init-assign", "assign", {}),
    draft("exec-assign", "assign", {}),
  );
}

function assign(state: SessionState): Effect[] {
  // Refused for now (a paused token, say): under COMMIT it is tried until it is done.
  if (state.ledgerRefusal) return [{ type: "wait", waitingFor: "ledger" }];
  return onLedger(state, "own", (ledger) => {
    switch (ledger.state) {
      case "MINTED":
        return [{ type: "act", action: "assign" }];
      case "ASSIGNED": {
        const causedBy = peer(state, "init-commit-final")?.entryHash ?? ZERO_HASH;
        const claim = claimPayload("ack-commit-final-msg", "assignment", state, ledger);
        return append(
          state,
          draft("done-assign", "assign", receiptPayload(ledger)),
          draft("ack-commit-final", "commit-final-ack", claim, { causedBy }),
        );
      }
      case "CANCELLED":
        return append(state, draft("fail-assign", "assign", refusalPayload(movedOn(ledger.state))));
      default:
        throw excluded(state, ledger.state);
    }
  });
}
