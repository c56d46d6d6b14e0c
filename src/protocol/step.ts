import { GatelogError } from "../entry/errors.ts";
import { COMMANDS, STEPS } from "../entry/vocabulary.ts";
import { nextOfDestination } from "./destination.ts";
import { isBesideOrder, markOf, withEntry, type Mark } from "./marks.ts";
import { checkOrder } from "./order.ts";
import { nextOfOrigin } from "./origin.ts";
import { readTerms } from "./payloads.ts";
import { besideTransfer, hasBegun, isDisputed, judgeBackup, sendRecovery } from "./recovery.ts";
import { requirePossible } from "./recovery-table.ts";
import type { LogEntry } from "../entry/entry.ts";
import {
  decisionOf,
  outcomeOf,
  type Effect,
  type EntryDraft,
  type LedgerKnowledge,
  type ProtocolEvent,
  type SessionState,
} from "./state.ts";

// One function per arrow: docs/PROTOCOL.md, "Transitions", names it. What the register holds goes before what the logs hold.
//
//   origin       NONE ── lock ──▶ LOCKED ── burn, after YES ──▶ BURNED ── COMMIT ──▶ completed
//                │ ABORT          │ ABORT                       │ once the destination is CANCELLED
//                ▼                ▼                             ▼
//                REFUSED          UNLOCKED                      RECREATED
//
//   destination  NONE ── mint, then YES ──▶ MINTED ── COMMIT: assign ──▶ ASSIGNED, completed
//                │ ABORT                    │ ABORT, or cancelAfter
//                ▼                          ▼
//                CANCELLED                  CANCELLED
//
//   register     NONE ── YES and burn ──▶ COMMIT     NONE ── the origin's word, NO or deadline ──▶ ABORT
//
// Invariants that it keeps (docs/INVARIANTS.md): I1 one usable copy; I4 end states bar late actions; I5 recreated only if
// cancelled; I11 one decision; I14 the decision is obeyed; I20 legal order; I21 recovery is the same function; I22 entry
// before effect.

/**
 * The protocol as a pure function: no clock, no randomness, no I/O. `state` is `fold` of the two logs plus what was last read
 * from the ledgers and the register. The shell runs the effects in order, and feeds back what came of each as an event.
 *
 * Errors: ILLEGAL_ORDER (an entry that its log's order does not permit), INVARIANT_BROKEN (a ledger state that the decision
 * excludes): the session halts, nothing is done.
 */
export function step(
  state: SessionState,
  event: ProtocolEvent,
): { readonly state: SessionState; readonly effects: Effect[] } {
  const after = apply(state, event);
  return { state: after, effects: next(after) };
}

/**
 * What to do in this state. Doing it again after a crash is always safe: recovery is this function on a folded state.
 * Errors: INVARIANT_BROKEN, the recovery table excludes the state.
 */
export function next(state: SessionState): Effect[] {
  const beside = besideTransfer(state);
  if (beside) return [{ type: "append", drafts: [beside] }];
  if (state.own.closed) return [{ type: "finish", outcome: outcomeOf(state) }];
  const handshake = [...judgeBackup(state), ...sendRecovery(state)];
  if (isDisputed(state)) return [...handshake, { type: "wait", waitingFor: "operator" }];
  if (mustCompare(state)) return [{ type: "read-ledger", side: "own" }];
  requirePossible(state);
  const effects = state.role === "origin" ? nextOfOrigin(state) : nextOfDestination(state);
  for (const effect of effects) if (effect.type === "append") checkDrafts(state, effect.drafts);
  return [...handshake, ...effects];
}

/** A process that starts again compares what its log says with what its ledger shows, before anything else. */
function mustCompare(state: SessionState): boolean {
  return state.uncompared && state.terms !== null && state.ownLedger === undefined;
}

/** What is read is checked against the table of orders, so what is written is too, before it is signed. */
function checkDrafts(state: SessionState, drafts: readonly EntryDraft[]): void {
  let last = state.own.last?.mark;
  for (const { operation, command } of drafts) {
    checkOrder(state.role, last, `${operation}-${command}`);
    last = `${operation}-${command}`;
  }
}

/** Folds entries of both logs into the state, in any interleaving that keeps each log's own order. */
export function fold(state: SessionState, log: "own" | "peer", entries: readonly LogEntry[]): SessionState {
  return entries.reduce((folded, entry) => withAppended(folded, log, entry), state);
}

export function apply(state: SessionState, event: ProtocolEvent): SessionState {
  switch (event.type) {
    case "appended":
      return withAppended(state, event.log, event.entry);
    case "decided":
      if (state.decision !== "NONE" && state.decision !== event.decision)
        throw new GatelogError(
          "INVARIANT_BROKEN",
          `the register held ${state.decision} and now holds ${event.decision}`,
          {
            sessionId: state.facts.sessionId,
          },
        );
      return {
        ...state,
        decision: event.decision,
        ledgerRefusal: undefined,
        ownLedger: undefined,
        peerLedger: undefined,
      };
    case "ledger-read":
      return withLedger(state, event.side, event.reading);
    case "ledger-unreachable":
      return withLedger(state, event.side, "UNREACHABLE");
    case "ledger-refused":
      return { ...state, ledgerRefusal: { ...event.refusal, action: event.action } };
    case "judged":
      return { ...state, verdict: { index: event.index, verdict: event.verdict } };
    case "backup-judged":
      return { ...state, backupVerdict: { index: event.index, verdict: event.verdict } };
    case "sent":
      return { ...state, sent: [...state.sent, event.entryHash] };
    case "abort-wished":
      return decisionOf(state) === "NONE" ? { ...state, abortWish: event.refusal } : state;
    case "deadline-passed":
      return { ...state, deadlinePassed: true };
    case "waited":
      return {
        ...state,
        sent: [],
        overdue: true,
        ownLedger: undefined,
        peerLedger: undefined,
        ledgerRefusal: undefined,
      };
    case "log-closed":
      return event.log === "own"
        ? { ...state, own: { ...state.own, closed: true } }
        : { ...state, peer: { ...state.peer, closed: true } };
    case "identified":
      return { ...state, identity: event.identity };
    case "restarted":
      return hasBegun(state) ? { ...state, recovery: "restarted", uncompared: true } : state;
    case "recovery-wished":
      return { ...state, recovery: "wished", uncompared: true, ownLedger: undefined, dispute: undefined };
    case "peer-contact":
      return { ...state, contact: event.contact };
    case "peer-broken":
      return { ...state, peerBroken: true };
    case "disputed":
      return { ...state, dispute: event.dispute };
  }
}

function withLedger(state: SessionState, side: "own" | "peer", knowledge: LedgerKnowledge): SessionState {
  if (side === "peer") return { ...state, peerLedger: knowledge };
  const isCompared = knowledge !== undefined && knowledge !== "UNREACHABLE" && !knowledge.pending;
  return { ...state, ownLedger: knowledge, uncompared: state.uncompared && !isCompared };
}

function withAppended(state: SessionState, log: "own" | "peer", entry: LogEntry): SessionState {
  const writer = log === "own" ? state.role : state.role === "origin" ? "destination" : "origin";
  const mark = markOf(entry);
  checkOrder(writer, state[log].last?.mark, mark);
  checkReach(mark, entry);
  const folded = withEntry(state[log], entry);
  const seqNumber = Math.max(state.seqNumber, entry.seqNumber);
  const terms = mark === "init-setup" ? readTerms(folded.last?.payload, state.facts) : state.terms;
  // A new entry of ours about a ledger action means that the ledger was, or will be, acted upon: what was read is old. But
  // for a refusal: nothing happened.
  const acted = log === "own" && ACTION_COMMANDS.has(entry.command) && !mark.startsWith("fail-rollback");
  // An entry of the peer's may tell of an action on its ledger; one beside the order tells of nothing.
  const told = log === "peer" && !isBesideOrder(mark);
  return {
    ...state,
    [log]: folded,
    seqNumber,
    terms,
    ownLedger: acted ? undefined : state.ownLedger,
    peerLedger: told ? undefined : state.peerLedger,
    ledgerRefusal: acted ? undefined : state.ledgerRefusal,
    overdue: told ? false : state.overdue,
    recovery: log === "own" && mark === "init-recover" ? undefined : state.recovery,
  };
}

/** Steps at which the register counts what it rests a decision on (R9); elsewhere the same words count for nothing there. */
const EVIDENCE_STEPS: Partial<Record<Mark, number>> = {
  "ack-prepare": STEPS["prepare-ack"],
  "done-burn": STEPS.burn,
};
/** A writer's numbers end here, so that whoever answers always has a next one below 2^53. */
const SEQ_NUMBER_MAX = 2 ** 52;

/** What no honest writer logs, and what would leave the other side without a way on. */
function checkReach(mark: Mark, { step, seqNumber }: LogEntry): void {
  const expected = EVIDENCE_STEPS[mark];
  if (expected !== undefined && step !== expected)
    throw new GatelogError("ILLEGAL_ORDER", `${mark} belongs to step ${expected}, not ${step}`, {
      expected,
      actual: step,
    });
  if (seqNumber > SEQ_NUMBER_MAX)
    throw new GatelogError("ILLEGAL_ORDER", `seqNumber ${seqNumber} leaves the other side no next one`, {
      maximum: SEQ_NUMBER_MAX,
      actual: seqNumber,
    });
}

const ACTION_COMMANDS: ReadonlySet<number> = new Set([
  COMMANDS.lock,
  COMMANDS.mint,
  COMMANDS.burn,
  COMMANDS.assign,
  COMMANDS["rollback-unlock"],
  COMMANDS["rollback-recreate"],
  COMMANDS["rollback-cancel"],
]);
