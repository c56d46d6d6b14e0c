import type { Json } from "../entry/canonical.ts";
import { ZERO_HASH, type Hash } from "../entry/hex.ts";
import type { StepName, Vote } from "../entry/vocabulary.ts";
import type { Mark, Marked } from "./marks.ts";
import { isUnderCommit } from "./order.ts";
import { readPeerState } from "./payloads.ts";
import type { Effect, EntryDraft, LedgerReading, PeerState, SessionState, WaitingFor } from "./state.ts";
import type { Command, Operation } from "../entry/vocabulary.ts";

interface DraftOptions {
  readonly causedBy?: Hash;
  readonly vote?: Vote;
}

export function draft(mark: Mark, step: StepName, payload: Json, options: DraftOptions = {}): EntryDraft {
  const dash = mark.indexOf("-");
  // A mark is `${Operation}-${Command}` and no operation has a dash, so the two halves are what the type says.
  const operation = mark.slice(0, dash) as Operation;
  const command = mark.slice(dash + 1) as Command;
  return { step, operation, command, vote: options.vote ?? "none", causedBy: options.causedBy ?? ZERO_HASH, payload };
}

/**
 * Entries with nothing to happen between them become durable together. Those that stand already are left out: whatever part of
 * a group a log holds, and whoever wrote it, the rest is what comes next.
 */
export function append(state: SessionState, ...drafts: readonly EntryDraft[]): Effect[] {
  const missing = drafts.filter(({ operation, command }) => !own(state, `${operation}-${command}`));
  return [{ type: "append", drafts: missing }];
}

/** Sends the last own message, then waits; after a while that brought nothing it is sent again. */
export function sendAndWait(state: SessionState, waitingFor: WaitingFor): Effect[] {
  const message = state.own.lastMessage;
  const wait: Effect = { type: "wait", waitingFor };
  return [...sendOnce(state, message), wait];
}

/** Sends the message unless it was just sent. */
export function sendOnce(state: SessionState, message: Marked | undefined): Effect[] {
  return message === undefined || state.sent.includes(message.entryHash)
    ? []
    : [{ type: "send", entryHash: message.entryHash, index: message.index }];
}

/**
 * Goes on from what the ledger finally holds. What is not read is read first; no answer, and what is not final yet, are
 * waited for, whatever they may turn out to be (R7).
 */
export function onLedger(
  state: SessionState,
  side: "own" | "peer",
  goOn: (ledger: LedgerReading) => Effect[],
): Effect[] {
  const knowledge = side === "own" ? state.ownLedger : state.peerLedger;
  if (knowledge === undefined) return [{ type: "read-ledger", side }];
  if (knowledge === "UNREACHABLE" || knowledge.pending)
    return [{ type: "wait", waitingFor: side === "own" ? "ledger" : "peer-ledger" }];
  return goOn(knowledge);
}

/** Nobody is there to answer: no call of this side's has reached it for the maximal timeout, or its log makes no sense. */
export function isPeerGone(state: SessionState): boolean {
  return state.peerBroken || peerStateOf(state) === "CRASHED_DEFINITELY";
}

/** What the own log says of the peer. */
export function peerStateOf({ own: { marks } }: Pick<SessionState, "own">): PeerState {
  const failed = marks.get("fail-peer");
  const recovered = marks.get("done-peer");
  if (!failed || (recovered && recovered.index > failed.index)) return "OK";
  return readPeerState(failed);
}

export function own(state: SessionState, mark: Mark): Marked | undefined {
  return state.own.marks.get(mark);
}

export function peer(state: SessionState, mark: Mark): Marked | undefined {
  return state.peer.marks.get(mark);
}

/** The own log has acted on a decision that the register, as it was read last, does not hold: the reading is old. */
export function isBound({ facts, own: log }: SessionState): boolean {
  if (facts.register !== "log") return false;
  return log.marks.has("init-rollback") || (log.last !== undefined && isUnderCommit(log.last.mark));
}
