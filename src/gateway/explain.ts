import { isGatelogError } from "../entry/errors.ts";
import { DEADLINE_PASSED, decisionOf, type Effect, type ProtocolEvent, type SessionState } from "../protocol/state.ts";
import { rowFor, situationOf } from "../protocol/recovery-table.ts";
import { apply, next } from "../protocol/step.ts";
import type { SessionRecord } from "../store/log-store.ts";
import { createEffects } from "./effects.ts";
import type { GatewayOptions, GatewayPorts } from "./ports.ts";
import type { Explanation, Wish } from "./public.ts";
import { readState } from "./session-reader.ts";

const MS_PER_SECOND = 1_000;

/** What an operator's wish comes to, as events of the protocol. */
const WISHES: Readonly<Record<Wish, readonly ProtocolEvent[]>> = {
  nothing: [],
  recover: [{ type: "recovery-wished" }],
  rollback: [{ type: "abort-wished", refusal: { code: "REFUSED", reason: "rolled back on request" } }],
};

/**
 * What this gateway would do next in a session, and why: both logs, the register and both ledgers are read anew, the recovery
 * table is asked, and nothing is written, sent or signed. A session may have moved on by the time the answer is read.
 */
export async function explain(
  ports: GatewayPorts,
  options: GatewayOptions,
  record: SessionRecord,
  wish: Wish,
): Promise<Explanation> {
  let state = await readState(ports.store, record, options.gatewayId);
  const { decision, final } = record.decision;
  if (final && decision !== "NONE") state = apply(state, { type: "decided", decision });
  if (ports.clock.now() >= state.facts.deadline * MS_PER_SECOND) state = apply(state, { type: "deadline-passed" });
  state = await withLedgers(state, ports, options);
  for (const event of WISHES[wish]) state = apply(state, event);
  const situation = situationOf(state);
  const { id, outcome, why, cites } = rowFor(situation);
  return {
    ...{ sessionId: state.facts.sessionId, wish, situation, row: id, outcome, why, crashTableRows: [...cites] },
    next: describeNext(state),
    deadlinePassed: state.deadlinePassed ? DEADLINE_PASSED.reason : null,
    refused:
      wish === "rollback" && decisionOf(state) !== "NONE" ? `the transfer is decided: ${decisionOf(state)}` : null,
  };
}

/** A session without terms has nothing on a ledger. */
async function withLedgers(state: SessionState, ports: GatewayPorts, options: GatewayOptions): Promise<SessionState> {
  if (state.terms === null) return state;
  const effects = createEffects(ports, options);
  let read = state;
  for (const side of ["own", "peer"] as const)
    for (const event of await effects.perform(state, { type: "read-ledger", side })) read = apply(read, event);
  return read;
}

function describeNext(state: SessionState): string[] {
  try {
    return next(state).map(describe);
  } catch (error) {
    if (!isGatelogError(error)) throw error;
    return [`nothing: ${error.code}: ${error.message}`];
  }
}

function describe(effect: Effect): string {
  switch (effect.type) {
    case "append":
      return `log ${effect.drafts.map(({ operation, command }) => `${operation}-${command}`).join(", ")}`;
    case "send":
      return `send entry ${effect.index} to the peer`;
    case "act":
      return `${effect.action} on the own ledger`;
    case "read-ledger":
      return `read the ${effect.side === "own" ? "own" : "peer's"} ledger`;
    case "judge":
      return `judge the peer's ${effect.what}`;
    case "decide":
      return `decide ${effect.decision} (${effect.ground})`;
    case "close-log":
      return "close the own log";
    case "wait":
      return `wait for: ${effect.waitingFor}`;
    case "finish":
      return `nothing: the session has ended, ${effect.outcome}`;
  }
}
