import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { LogEntry } from "../entry/entry.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import { initialState, type SessionState } from "../protocol/state.ts";
import { fold } from "../protocol/step.ts";
import { MAX_ENTRIES_PER_CALL, type LogStore, type SessionRecord } from "../store/log-store.ts";

/**
 * Entries of a peer's log that are read. A transfer has about forty; those beside its order (recovery, peer states) may come
 * again and again, and each may be answered by two of this gateway's. Whoever writes more takes no further part: TOO_LARGE.
 */
export const MAX_PEER_LOG_LENGTH = 50_000;

export interface Folded {
  readonly state: SessionState;
  /** Why the log is read no further: ILLEGAL_ORDER, or TOO_LARGE. */
  readonly broken: GatelogError | null;
}

/** A session as a standby has it: folded, and not run. */
export interface FoldedSession {
  readonly record: SessionRecord;
  readonly state: SessionState;
}

/** Where a session comes from that is to be run; by default it is read from its logs, and recovered. */
export interface SessionOrigin {
  /** This process has opened it: there is nothing to recover. */
  readonly isNew?: boolean;
  /** Both logs as a standby has folded them: they are read from there on. It may lag, and is used once. */
  readonly folded?: SessionState | undefined;
}

/** A log's entries from `from` on, page by page, so that nobody who writes a log decides how much of it is held at once. */
export async function* pagesOf(
  store: Pick<LogStore, "read">,
  sessionId: SessionId,
  gatewayId: GatewayId,
  from: number,
): AsyncGenerator<readonly LogEntry[]> {
  for (let at = from; ;) {
    const page = await store.read(sessionId, gatewayId, { from: at, limit: MAX_ENTRIES_PER_CALL });
    if (page.length > 0) yield page;
    if (page.length < MAX_ENTRIES_PER_CALL) return;
    at += page.length;
    await nextTurn(); // Other sessions have theirs between the pages of a long log.
  }
}

/** Folds as far as the log keeps to its order and its length. */
export function foldLegal(state: SessionState, log: "own" | "peer", entries: readonly LogEntry[]): Folded {
  let folded = state;
  for (const entry of entries)
    try {
      if (log === "peer" && entry.index >= MAX_PEER_LOG_LENGTH) throw tooLong();
      folded = fold(folded, log, [entry]);
    } catch (error) {
      if (isGatelogError(error, "ILLEGAL_ORDER", "TOO_LARGE")) return { state: folded, broken: error };
      throw error;
    }
  return { state: folded, broken: null };
}

/** Folds a whole log from its start. No more of it is read than is folded. */
export async function foldLog(
  store: Pick<LogStore, "read">,
  state: SessionState,
  log: "own" | "peer",
  gatewayId: GatewayId,
): Promise<Folded> {
  let folded = state;
  const broken = await foldPages(pagesOf(store, state.facts.sessionId, gatewayId, state[log].length), (page) => {
    const after = foldLegal(folded, log, page);
    folded = after.state;
    return after.broken;
  });
  return { state: folded, broken };
}

/** Folds page after page, and reads no further than the first that is broken. Says why, also where the store gives out no more. */
export async function foldPages(
  pages: AsyncIterable<readonly LogEntry[]>,
  foldPage: (page: readonly LogEntry[]) => GatelogError | null,
): Promise<GatelogError | null> {
  try {
    for await (const page of pages) {
      const broken = foldPage(page);
      if (broken) return broken;
    }
    return null;
  } catch (error) {
    if (isGatelogError(error, "TOO_LARGE")) return error;
    throw error;
  }
}

function tooLong(): GatelogError {
  return new GatelogError("TOO_LARGE", `at most ${MAX_PEER_LOG_LENGTH} entries of a peer's log are read`, {
    maximum: MAX_PEER_LOG_LENGTH,
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The session before its first entry, as this gateway sees it. */
function startOf(record: SessionRecord, gatewayId: GatewayId): SessionState {
  const { facts } = record.opening;
  const role = facts.origin.gatewayId === gatewayId ? "origin" : "destination";
  return initialState(role, facts, record.sessionHash);
}

/** What was folded before, if both logs still begin with it; else the session before its first entry. */
export async function startBehind(
  store: Pick<LogStore, "read">,
  record: SessionRecord,
  gatewayId: GatewayId,
  folded: SessionState | undefined,
): Promise<SessionState> {
  const start = startOf(record, gatewayId);
  if (folded?.sessionHash !== record.sessionHash) return start;
  const views = [
    [gatewayId, folded.own],
    [peerIdOf(start), folded.peer],
  ] as const;
  for (const [author, { length, lastEntryHash }] of views) {
    const head = record.logs.find((log) => log.gatewayId === author);
    if (length === 0 || (head?.length === length && head.lastEntryHash === lastEntryHash)) continue;
    const [last] = await store.read(record.opening.facts.sessionId, author, { from: length - 1, limit: 1 });
    if (last?.entryHash !== lastEntryHash) return start; // a block was taken back
  }
  return folded;
}

/** The session with its own log folded: from where `folded` ends, as far as both logs begin with it. Rejects with what breaks the order. */
export async function foldOwnLog(
  store: Pick<LogStore, "read">,
  record: SessionRecord,
  gatewayId: GatewayId,
  folded: SessionState | undefined,
): Promise<SessionState> {
  const start = await startBehind(store, record, gatewayId, folded);
  if (!hasNews(record, start, "own")) return start;
  const { state, broken } = await foldLog(store, start, "own", gatewayId);
  if (broken) throw broken;
  return state;
}

/** Whether the log has entries by this record that are not folded. */
export function hasNews({ logs, opening }: SessionRecord, state: SessionState, log: "own" | "peer"): boolean {
  const { origin, destination } = opening.facts;
  const isOrigin = (state.role === "origin") === (log === "own");
  const author = isOrigin ? origin.gatewayId : destination?.gatewayId;
  const length = logs.find(({ gatewayId }) => gatewayId === author)?.length ?? 0;
  return length > state[log].length;
}

export function peerIdOf({ facts, role }: SessionState): GatewayId {
  // `initialState` has refused a session without a destination.
  return role === "origin" ? (facts.destination?.gatewayId ?? facts.origin.gatewayId) : facts.origin.gatewayId;
}

/** The session as its logs tell it, for showing: a log that breaks its order is read up to there. */
export async function readState(
  store: Pick<LogStore, "read">,
  record: SessionRecord,
  gatewayId: GatewayId,
): Promise<SessionState> {
  const start = startOf(record, gatewayId);
  const own = await foldLog(store, start, "own", gatewayId);
  const both = await foldLog(store, own.state, "peer", peerIdOf(start));
  return both.state;
}
