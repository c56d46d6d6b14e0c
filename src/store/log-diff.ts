import { GatelogError } from "../entry/errors.ts";
import type { LogEntry } from "../entry/entry.ts";
import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import { requireSigned } from "../entry/log-check.ts";
import { checkConsecutive } from "./admission.ts";
import { readEntries } from "./log-reader.ts";
import { MAX_ENTRIES_PER_CALL, type LogStore } from "./log-store.ts";

/** The drafts' `getLogDiff(l1, l2)` and `updateLog(l1, l2)` over two copies of one log (digest of the protocol, 3.1). */
export interface LogDiff {
  /** Index of the last entry that both copies have; -1 if none. */
  readonly commonPrefix: number;
  /** What the first copy lacks; empty if the copies conflict. */
  readonly missing: readonly LogEntry[];
  /** The first index at which both have an entry, and not the same. Neither copy may be updated: somebody signed twice. */
  readonly conflict: { readonly index: number; readonly ours: Hash; readonly theirs: Hash } | null;
}

/** Both are consecutive entries of one log from index `from` on, and verified. Entries are the same if their hashes are. */
export function diffLogs(from: number, ours: readonly LogEntry[], theirs: readonly LogEntry[]): LogDiff {
  let common = 0;
  for (; common < ours.length && common < theirs.length; common += 1)
    if (ours[common]?.entryHash !== theirs[common]?.entryHash) break;
  const [mine, other] = [ours[common], theirs[common]];
  const commonPrefix = from + common - 1;
  if (mine === undefined || other === undefined) return { commonPrefix, missing: theirs.slice(common), conflict: null };
  return { commonPrefix, missing: [], conflict: { index: mine.index, ours: mine.entryHash, theirs: other.entryHash } };
}

/**
 * Appends what the stored log lacks of a given copy or tail of it; returns the index of the last common entry before that (-1:
 * none). Doing it again changes nothing. In a conflict nothing is appended and the store's refusal of the first entry that
 * differs is thrown. Entries that do not follow each other in one log are MALFORMED or WRONG_INDEX. An entry without a signature of its own
 * (inside a run) may be among those that stand already, and is INVALID_SIGNATURE among the new ones. More than MAX_ENTRIES_PER_CALL new entries are several appends: an error leaves those before it.
 */
export async function updateLog(store: LogStore, entries: readonly LogEntry[]): Promise<number> {
  const first = checkConsecutive(entries);
  if (first === null) return -1;
  const { sessionId, gatewayId, index: from } = first;
  const stored = await readCopy(store, sessionId, gatewayId, from, entries.length);
  const { commonPrefix, conflict } = diffLogs(from, stored, entries);
  const fresh = entries.slice(commonPrefix + 1 - from).map(requireSigned);
  if (conflict !== null) {
    await store.append(fresh.slice(0, 1));
    throw new GatelogError("INVARIANT_BROKEN", "the store took an entry where another one stands", {
      index: conflict.index,
    });
  }
  for (let start = 0; start < fresh.length; start += MAX_ENTRIES_PER_CALL)
    await store.append(fresh.slice(start, start + MAX_ENTRIES_PER_CALL));
  return commonPrefix;
}

/** Up to `count` stored entries from `from` on. */
export async function readCopy(
  store: LogStore,
  sessionId: SessionId,
  gatewayId: GatewayId,
  from: number,
  count: number,
): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const entry of readEntries(store, sessionId, gatewayId, { from, to: from + count })) entries.push(entry);
  return entries;
}
