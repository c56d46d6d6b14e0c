import { ZERO_HASH } from "../../src/entry/hex.ts";
import type { LogView, Mark } from "../../src/protocol/marks.ts";
import type { SessionState } from "../../src/protocol/state.ts";
import type { Ending } from "../support/world-oracles.ts";
import { besideTransfer, peerStateOf, sendRecovery } from "./core.ts";
import { PEER_STATE_MARKS, RECOVERY_MARKS, type Group, type ModelEntry } from "./entries.ts";
import { isUndoing, stateKey } from "./keys.ts";

/** One gateway at one moment: what it has folded and read, and what of it is on its way. */
export interface Local {
  readonly id: number;
  readonly state: SessionState;
  /** Signed and sent, and not in the log yet: nothing else happens before it is (R8). */
  readonly pending: Group | null;
  /** A process that has yet to fold its log. */
  readonly isStarting: boolean;
  /** It has forgotten what it signed at its next index; only without an outbox. */
  readonly isForgetful: boolean;
  /** Its process is gone for good. */
  readonly isGone: boolean;
  /** What halted it. */
  readonly halted: string | undefined;
  readonly own: readonly ModelEntry[];
  readonly peer: readonly ModelEntry[];
}

export type Parts = Omit<Local, "id">;

export function localKey({ state, pending, isStarting, isForgetful, isGone, halted }: Parts): string {
  if (isGone) return goneKey(state);
  return `${stateKey(state)} / ${pending?.id} ${isStarting} ${isForgetful} ${halted}`;
}

/** All that is asked of a gateway that is gone: how its log stands towards the register. */
function goneKey({ own: { closed, marks } }: SessionState): string {
  return `gone ${closed} ${marks.get("ack-prepare")?.vote} ${marks.has("done-burn")} ${marks.has("init-rollback")}`;
}

export function endingOf({ state, isGone }: Local): Ending | null {
  if (!state.own.closed || isGone) return null;
  return isUndoing(state) ? "ROLLED_BACK" : "COMPLETED";
}

/** It waits for no answer of a handshake, and owes none. */
export function isQuiet({ state, pending, isGone }: Local): boolean {
  if (isGone || state.own.closed) return true;
  if (pending || state.recovery !== undefined || besideTransfer(state) !== undefined) return false;
  // What was written last is sent too, and waits for nothing.
  return sendRecovery({ ...state, sent: [], own: { ...state.own, lastEntryHash: ZERO_HASH } }).length === 0;
}

/** As if the handshake, which has ended on both sides, had never been. */
export function withoutRecovery(local: Local): Parts {
  const { state } = local;
  const views = { own: without(state.own, RECOVERY_MARKS), peer: without(state.peer, RECOVERY_MARKS) };
  const left = (entries: readonly ModelEntry[]) => entries.filter(({ mark }) => !RECOVERY_MARKS.has(mark));
  return { ...local, state: { ...state, ...views }, own: left(local.own), peer: left(local.peer) };
}

/** A peer that was found again is a peer that was never lost. */
export function withoutRecovered(local: Parts): Parts {
  const { state } = local;
  if (peerStateOf(state) !== "OK") return local;
  const own = local.own.filter(({ mark }) => !PEER_STATE_MARKS.has(mark));
  return { ...local, own, state: { ...state, own: without(state.own, PEER_STATE_MARKS) } };
}

function without(view: LogView, marks: ReadonlySet<Mark>): LogView {
  if (![...marks].some((mark) => view.marks.has(mark))) return view;
  return { ...view, marks: new Map([...view.marks].filter(([mark]) => !marks.has(mark))) };
}
