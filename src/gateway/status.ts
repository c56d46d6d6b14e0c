import type { GatelogError } from "../entry/errors.ts";
import { hashSchema } from "../entry/hex.ts";
import { STEPS } from "../entry/vocabulary.ts";
import type { Decision } from "../entry/statements.ts";
import { z } from "zod";
import { refusedBackup } from "../protocol/backup-claim.ts";
import { peerStateOf } from "../protocol/drafts.ts";
import { readRefusal, readVerdict } from "../protocol/payloads.ts";
import { isDisputed } from "../protocol/recovery.ts";
import { rowFor, situationOf } from "../protocol/recovery-table.ts";
import { failedCompensation } from "../protocol/rollback.ts";
import type { LogView, Mark, Marked } from "../protocol/marks.ts";
import { decisionOf, outcomeOf, type SessionState } from "../protocol/state.ts";
import type { LedgerTransaction, TransferStatus } from "./public.ts";
import type { Activity } from "./activity.ts";

const MS_PER_SECOND = 1_000;

export function statusOf(
  state: SessionState,
  decision: Decision,
  activity: Activity,
  halted: GatelogError | undefined,
  watch: {
    readonly now: number;
    readonly stuckAfter: number;
    /** A backup of the peer's whose entries were not taken. */
    readonly refused: GatelogError | undefined;
  },
): TransferStatus {
  const trouble = halted ?? activity.trouble;
  const outcome = outcomeSoFar(state, decision);
  return {
    sessionId: state.facts.sessionId,
    role: state.role,
    phase: phaseOf(state),
    lastEntry: state.own.last?.mark ?? null,
    decision,
    outcome,
    waitingFor: halted ? `operator: halted with ${halted.code}` : activity.waitingFor,
    openedAt: openedAt(state),
    since: activity.since,
    reason: reasonOf(state) ?? (trouble ? { code: trouble.code, message: trouble.message } : null),
    register: state.facts.register === "destination" ? "destination" : "log",
    peer: peerStateOf(state),
    rollback: rollbackOf(state),
    disputed: isDisputed(state),
    refusedBackup: refusalOf(state, watch.refused),
    why: whyOf(state),
    stuck: outcome === "IN_DOUBT" || !state.own.closed ? stuckFor(state, activity, halted, watch) : null,
    transactions: [...transactionsOf(state, "origin"), ...transactionsOf(state, "destination")],
    facts: state.facts,
  };
}

/** Entries that were not taken stand in no log; a RECOVER that was read and refused stands in both. */
function refusalOf(state: SessionState, refused: GatelogError | undefined): TransferStatus["refusedBackup"] {
  if (refused) return { by: "own", code: refused.code, message: refused.message };
  const answered = refusedBackup(state);
  return answered && { by: answered.by, code: answered.code, message: answered.reason };
}

function openedAt({ own, peer }: SessionState): number {
  const times = [own.firstTimestamp, peer.firstTimestamp].filter((time) => time > 0);
  return times.length === 0 ? 0 : Math.min(...times);
}

function rollbackOf(state: SessionState): TransferStatus["rollback"] {
  if (state.own.marks.has("done-rollback")) return "done";
  if (failedCompensation(state)) return "failed";
  return state.own.marks.has("init-rollback") ? "started" : "none";
}

function whyOf(state: SessionState): string {
  if (state.own.closed) return "the session has ended";
  if (isDisputed(state))
    return "the two logs exclude each other: neither side acts until an operator asks for a recovery";
  return rowFor(situationOf(state)).why;
}

/** In the order of what matters most. */
function stuckFor(
  state: SessionState,
  { since, trouble, waitingFor }: Activity,
  halted: GatelogError | undefined,
  { now, stuckAfter }: { readonly now: number; readonly stuckAfter: number },
): TransferStatus["stuck"] {
  if (halted) return { code: halted.code, message: halted.message };
  if (isDisputed(state)) return { code: "DISPUTED", message: whyOf(state) };
  const failed = failedCompensation(state);
  const refusal = failed && state.own.marks.get(`fail-rollback-${failed}`);
  if (refusal) return { code: "ROLLBACK_FAILED", message: `${failed} is refused: ${readRefusal(refusal).reason}` };
  if (now - since < stuckAfter) return null;
  if (trouble) return { code: trouble.code, message: trouble.message };
  const peerState = peerStateOf(state);
  if (peerState !== "OK") return { code: "PEER_UNREACHABLE", message: `the peer is ${peerState}` };
  const seconds = Math.floor((now - since) / MS_PER_SECOND);
  return {
    code: "TIMEOUT",
    message: `nothing has happened for ${seconds} s${waitingFor ? `, waiting for: ${waitingFor}` : ""}`,
  };
}

/** Open until the own log says that this side has done its part. */
function outcomeSoFar({ role, facts, own }: SessionState, decision: Decision): TransferStatus["outcome"] {
  const settled: Mark = role === "origin" ? "done-commit-final" : "done-assign";
  const isBound = decisionOf({ role, facts, own, decision }) !== "NONE";
  const open = !isBound || (!own.marks.has("done-rollback") && !own.marks.has(settled));
  return open ? "IN_DOUBT" : outcomeOf({ role, facts, own, decision });
}

const FAILURES: readonly Mark[] = [
  "fail-proposal",
  "fail-lock",
  "fail-lock-assert",
  "fail-mint",
  "fail-prepare",
  "fail-burn",
  "fail-assign",
  "init-rollback",
];

function reasonOf(state: SessionState): TransferStatus["reason"] {
  for (const mark of FAILURES) {
    const failed = state.own.marks.get(mark) ?? state.peer.marks.get(mark);
    if (!failed) continue;
    const { code, reason } = readRefusal(failed);
    return { code, message: reason };
  }
  const vote = state.peer.marks.get("ack-prepare");
  if (vote?.vote !== "no") return null;
  const verdict = readVerdict(vote);
  return verdict.accepted ? null : { code: verdict.code, message: verdict.reason };
}

const stepByMark = new Map<string, number>(Object.entries(STEPS));

function phaseOf(state: SessionState): string {
  const marks = [state.own.last, state.peer.last].flatMap((marked) => (marked ? [stepOf(marked)] : []));
  const step = Math.max(0, ...marks);
  return `${Math.floor(step / 100)}.${step % 100}`;
}

/** The command's step; an ack has a step of its own. */
function stepOf({ mark }: Marked): number {
  const [operation = "", ...rest] = mark.split("-");
  const command = rest.join("-");
  const base = command.startsWith("rollback") ? "rollback" : command;
  return stepByMark.get(operation === "ack" ? `${base}-ack` : base) ?? 0;
}

const receiptSchema = z.looseObject({ transactionHash: hashSchema.nullable(), blockNumber: z.number() });
const ACTIONS: Readonly<Record<"origin" | "destination", readonly (readonly [Mark, string])[]>> = {
  origin: [
    ["done-lock", "lock"],
    ["done-burn", "burn"],
    ["done-rollback-unlock", "unlock"],
    ["done-rollback-recreate", "recreate"],
  ],
  destination: [
    ["done-mint", "mint"],
    ["done-assign", "assign"],
    ["done-rollback-cancel", "cancel"],
  ],
};

function transactionsOf(state: SessionState, side: "origin" | "destination"): LedgerTransaction[] {
  const log: LogView = side === state.role ? state.own : state.peer;
  const networkId = state.facts[side]?.networkId ?? "";
  return ACTIONS[side].flatMap(([mark, action]) => {
    const receipt = receiptSchema.safeParse(log.marks.get(mark)?.payload);
    if (!receipt.success) return [];
    const { transactionHash, blockNumber } = receipt.data;
    return [{ networkId, action, transactionHash, blockNumber }];
  });
}
