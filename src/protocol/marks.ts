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
  readonly vote: Vote;
  /** Undefined if the logged bytes are no canonical JSON (encrypted, or another client's). */
  readonly payload: Json | undefined;
}

/** One gateway's log of the session, folded. */
export interface LogView {
  readonly length: number;
  readonly lastEntryHash: Hash;
  /** Last entry per mark; a rollback action that is tried again marks again. */
  readonly marks: ReadonlyMap<Mark, Marked>;
  readonly last: Marked | undefined;
  /** Last entry that is a message to the peer: `init-` and `ack-` go out, the others stay. */
  readonly lastMessage: Marked | undefined;
  readonly closed: boolean;
}

export function emptyLog(zeroHash: Hash): LogView {
  return {
    length: 0,
    lastEntryHash: zeroHash,
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
  const { entryHash, index, vote } = entry;
  const marked: Marked = { mark, entryHash, index, vote, payload: parseCanonical(entry.payload) };
  return {
    ...log,
    length: index + 1,
    lastEntryHash: entryHash,
    marks: new Map(log.marks).set(mark, marked),
    last: marked,
    lastMessage: isMessage(marked) ? marked : log.lastMessage,
  };
}

/** Ledger actions write an `init-` entry that goes nowhere: it announces the action, and travels to nobody. */
const LOCAL_INITS: ReadonlySet<Mark> = new Set<Mark>(["init-lock", "init-mint", "init-burn", "init-assign"]);

function isMessage({ mark }: Marked): boolean {
  return (mark.startsWith("init-") || mark.startsWith("ack-")) && !LOCAL_INITS.has(mark);
}
