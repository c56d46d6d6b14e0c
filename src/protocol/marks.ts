import type { Json } from "../entry/canonical.ts";
import { parseCanonical } from "../entry/canonical.ts";
import type { LogEntry } from "../entry/entry.ts";
import type { Hash } from "../entry/hex.ts";
import { commandFrom, type Command, type Operation, type Vote } from "../entry/vocabulary.ts";

/** What an entry says, in the drafts' words: `init-lock`, `done-burn`, `ack-prepare`. */
export type Mark = `${Operation}-${Command}`;

/** What the protocol remembers of an entry. */
export interface Marked {
  readonly mark: Mark;
  readonly entryHash: Hash;
  readonly index: number;
  /** The peer's entry that this one answers, or zero. */
  readonly causedBy: Hash;
  readonly vote: Vote;
  /** Undefined if the logged bytes are no canonical JSON (encrypted, or another client's). */
  readonly payload: Json | undefined;
}

/** One gateway's log of the session, folded. */
export interface LogView {
  readonly length: number;
  readonly lastEntryHash: Hash;
  /** UNIX ms of the first and last entry as the writer says, 0 if there is none; information only. */
  readonly firstTimestamp: number;
  readonly lastTimestamp: number;
  /** Epoch of the last entry, 0 if there is none. */
  readonly lastEpoch: number;
  /** Last entry per mark; recovery and the peer's states mark again and again. */
  readonly marks: ReadonlyMap<Mark, Marked>;
  /** Last entry of the transfer itself: entries beside the order (`isBesideOrder`) do not move it. */
  readonly last: Marked | undefined;
  /** Last entry of the transfer that is a message to the peer: `init-` and `ack-` go out, the others stay. */
  readonly lastMessage: Marked | undefined;
  readonly closed: boolean;
}

/**
 * Entries that may stand anywhere in a log and change nothing of what may follow: the recovery handshake, and what the writer
 * thinks of its peer. No ledger action rests on any of them.
 */
export const BESIDE_ORDER = [
  "init-recover",
  "ack-recover-update",
  "ack-recover-update-ack",
  "ack-recover-success",
  "init-recover-dispute",
  "fail-peer",
  "done-peer",
] as const satisfies readonly Mark[];
const besideOrder: ReadonlySet<Mark> = new Set<Mark>(BESIDE_ORDER);

export function isBesideOrder(mark: Mark): boolean {
  return besideOrder.has(mark);
}

export function emptyLog(zeroHash: Hash): LogView {
  return {
    length: 0,
    lastEntryHash: zeroHash,
    firstTimestamp: 0,
    lastTimestamp: 0,
    lastEpoch: 0,
    marks: new Map(),
    last: undefined,
    lastMessage: undefined,
    closed: false,
  };
}

export function markOf(entry: Pick<LogEntry, "operation" | "command">): Mark {
  return `${entry.operation}-${commandFrom(entry.command)}`;
}

/** Adds the log's next entry. Order is checked apart (`order.ts`). */
export function withEntry(log: LogView, entry: LogEntry): LogView {
  const mark = markOf(entry);
  const { entryHash, index, causedBy, vote } = entry;
  const marked: Marked = { mark, entryHash, index, causedBy, vote, payload: parseCanonical(entry.payload) };
  const isBeside = isBesideOrder(mark);
  return {
    ...log,
    length: index + 1,
    lastEntryHash: entryHash,
    firstTimestamp: index === 0 ? entry.timestamp : log.firstTimestamp,
    lastTimestamp: entry.timestamp,
    lastEpoch: entry.epoch,
    marks: new Map(log.marks).set(mark, marked),
    last: isBeside ? log.last : marked,
    lastMessage: isMessage(marked) && !isBeside ? marked : log.lastMessage,
  };
}

/** Ledger actions write an `init-` entry that goes nowhere: it announces the action, and travels to nobody. */
const LOCAL_INITS: ReadonlySet<Mark> = new Set<Mark>(["init-lock", "init-mint", "init-burn", "init-assign"]);

function isMessage({ mark }: Marked): boolean {
  return (mark.startsWith("init-") || mark.startsWith("ack-")) && !LOCAL_INITS.has(mark);
}
