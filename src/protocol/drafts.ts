import type { Json } from "../entry/canonical.ts";
import { ZERO_HASH, type Hash } from "../entry/hex.ts";
import type { StepName, Vote } from "../entry/vocabulary.ts";
import type { Mark, Marked } from "./marks.ts";
import type { Effect, EntryDraft, SessionState, WaitingFor } from "./state.ts";
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
  return message === undefined || state.sent === message.entryHash
    ? []
    : [{ type: "send", entryHash: message.entryHash }];
}

export function own(state: SessionState, mark: Mark): Marked | undefined {
  return state.own.marks.get(mark);
}

export function peer(state: SessionState, mark: Mark): Marked | undefined {
  return state.peer.marks.get(mark);
}
