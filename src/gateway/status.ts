import type { GatelogError } from "../entry/errors.ts";
import { hashSchema } from "../entry/hex.ts";
import { STEPS } from "../entry/vocabulary.ts";
import type { Decision } from "../entry/statements.ts";
import { z } from "zod";
import { readRefusal, readVerdict } from "../protocol/payloads.ts";
import type { LogView, Mark, Marked } from "../protocol/marks.ts";
import { outcomeOf, type SessionState } from "../protocol/state.ts";
import type { LedgerTransaction, TransferStatus } from "./public.ts";
import type { Activity } from "./session-actor.ts";

export function statusOf(
  state: SessionState,
  decision: Decision,
  activity: Activity,
  halted: GatelogError | undefined,
): TransferStatus {
  const trouble = halted ?? activity.trouble;
  return {
    sessionId: state.facts.sessionId,
    role: state.role,
    phase: phaseOf(state),
    lastEntry: state.own.last?.mark ?? null,
    decision,
    outcome: outcomeSoFar(state, decision),
    waitingFor: halted ? `operator: halted with ${halted.code}` : activity.waitingFor,
    since: activity.since,
    reason: reasonOf(state) ?? (trouble ? { code: trouble.code, message: trouble.message } : null),
    transactions: [...transactionsOf(state, "origin"), ...transactionsOf(state, "destination")],
    facts: state.facts,
  };
}

/** Open until the own log says that this side has done its part. */
function outcomeSoFar({ role, own }: SessionState, decision: Decision): TransferStatus["outcome"] {
  const settled: Mark = role === "origin" ? "done-commit-final" : "done-assign";
  const open = decision === "NONE" || (!own.marks.has("done-rollback") && !own.marks.has(settled));
  return open ? "IN_DOUBT" : outcomeOf({ own, decision });
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
