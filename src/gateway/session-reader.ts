import { isGatelogError, type GatelogError } from "../entry/errors.ts";
import type { LogEntry } from "../entry/entry.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import { initialState, type SessionState } from "../protocol/state.ts";
import { fold } from "../protocol/step.ts";
import { MAX_ENTRIES_PER_CALL, type LogStore, type SessionRecord } from "../store/log-store.ts";

/** A log's entries from `from` on, however many. */
export async function readLog(
  store: LogStore,
  sessionId: SessionId,
  gatewayId: GatewayId,
  from: number,
): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (;;) {
    const range = { from: from + entries.length, limit: MAX_ENTRIES_PER_CALL };
    const page = await store.read(sessionId, gatewayId, range);
    entries.push(...page);
    if (page.length < MAX_ENTRIES_PER_CALL) return entries;
  }
}

/** Folds as far as the log keeps to its order; `broken` says why it went no further. */
export function foldLegal(
  state: SessionState,
  log: "own" | "peer",
  entries: readonly LogEntry[],
): { readonly state: SessionState; readonly broken: GatelogError | null } {
  let folded = state;
  for (const entry of entries)
    try {
      folded = fold(folded, log, [entry]);
    } catch (error) {
      if (isGatelogError(error, "ILLEGAL_ORDER")) return { state: folded, broken: error };
      throw error;
    }
  return { state: folded, broken: null };
}

/** The session before its first entry, as this gateway sees it. */
export function startOf(record: SessionRecord, gatewayId: GatewayId): SessionState {
  const { facts } = record.opening;
  const role = facts.origin.gatewayId === gatewayId ? "origin" : "destination";
  return initialState(role, facts, record.sessionHash);
}

export function peerIdOf({ facts, role }: SessionState): GatewayId {
  // `initialState` has refused a session without a destination.
  return role === "origin" ? (facts.destination?.gatewayId ?? facts.origin.gatewayId) : facts.origin.gatewayId;
}

/** The session as its logs tell it, for showing: a log that breaks its order is read up to there. */
export async function readState(store: LogStore, record: SessionRecord, gatewayId: GatewayId): Promise<SessionState> {
  const start = startOf(record, gatewayId);
  const { sessionId } = start.facts;
  const own = foldLegal(start, "own", await readLog(store, sessionId, gatewayId, 0));
  const both = foldLegal(own.state, "peer", await readLog(store, sessionId, peerIdOf(start), 0));
  return both.state;
}
