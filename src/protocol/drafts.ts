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

/** Entries with nothing to happen between them become durable together. */
export function append(...drafts: readonly EntryDraft[]): Effect[] {
  return [{ type: "append", drafts }];
}

/** Sends the last own message until the peer has taken it, then waits. */
export function sendAndWait(state: SessionState, waitingFor: WaitingFor): Effect[] {
  const message = state.own.lastMessage;
  const wait: Effect = { type: "wait", waitingFor };
  return message === undefined || state.delivered === message.entryHash
    ? [wait]
    : [{ type: "send", entryHash: message.entryHash }, wait];
}

export function own(state: SessionState, mark: Mark): Marked | undefined {
  return state.own.marks.get(mark);
}

export function peer(state: SessionState, mark: Mark): Marked | undefined {
  return state.peer.marks.get(mark);
}
