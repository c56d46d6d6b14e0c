import type { SignedEntry } from "../entry/entry.ts";
import type { GatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";

/** A log with entries that are in no anchor. */
interface NotedLog {
  /** What it was seen to have. */
  readonly length: number;
  /** Number of its entries that are in an anchor. */
  readonly covered: number;
}

/** A session with such logs. */
interface Note {
  /** Number of the first write that it speaks of, or a smaller one. */
  readonly ticket: number;
  /** UNIX milliseconds. */
  readonly since: number;
  readonly logs: Map<GatewayId, NotedLog>;
}

/** Why a session could not be read, and when it is tried again. */
interface Aside {
  readonly failure: GatelogError;
  /** In a row. */
  readonly failures: number;
  /** UNIX milliseconds. */
  readonly retryAt: number;
}

/** Longest pause after failures in a row, in pauses after the first. */
const RETRY_FACTOR_MAX = 64;

/** Pause before the next attempt: twice as long after each failure. */
export function retryPause(retryMs: number, failures: number): number {
  return retryMs * Math.min(2 ** (failures - 1), RETRY_FACTOR_MAX);
}

/** When a session was read, to be put into an anchor. */
export interface ReadingTime {
  readonly ticket: number;
  readonly at: number;
}

/**
 * What of this process's writes is in no anchor yet, in memory: behind a crash the store is looked through. As large as the number of
 * sessions that were written to since the last anchor. A session that could not be read is put aside until its time comes: it counts,
 * and makes no anchor due.
 */
export class AnchorNotes {
  readonly #covered: (sessionId: SessionId, gatewayId: GatewayId) => number;
  readonly #clock: () => number;
  readonly #retryMs: number;
  readonly #notes = new Map<SessionId, Note>();
  readonly #aside = new Map<SessionId, Aside>();
  #tickets = 0;
  #entries = 0;

  /**
   * @param covered Number of a log's entries that are in an anchor.
   * @param retryMs Pause after a session's first failure.
   */
  constructor(
    covered: (sessionId: SessionId, gatewayId: GatewayId) => number,
    { clock, retryMs }: { readonly clock: () => number; readonly retryMs: number },
  ) {
    this.#covered = covered;
    this.#clock = clock;
    this.#retryMs = retryMs;
  }

  /** Number of entries that are in no anchor. */
  get entries(): number {
    return this.#entries;
  }

  /** Since when the oldest of them waits, as far as this process knows (UNIX milliseconds); null if none does. */
  get since(): number | null {
    return oldest(this.#notes.values());
  }

  /** The same of the sessions that are not aside. */
  get ready(): { readonly entries: number; readonly since: number | null } {
    if (this.#aside.size === 0) return { entries: this.entries, since: this.since };
    let { entries } = this;
    for (const sessionId of this.#aside.keys()) entries -= openEntries(this.#notes.get(sessionId));
    return { entries, since: oldest(this.sessions().flatMap((sessionId) => this.#notes.get(sessionId) ?? [])) };
  }

  /** Why one that is aside could not be read; null if none is. */
  get failure(): GatelogError | null {
    const [first] = this.#aside.values();
    return first?.failure ?? null;
  }

  /** When the next that is aside is to be tried again (UNIX milliseconds); Infinity if none is. */
  get retryAt(): number {
    let next = Infinity;
    for (const { retryAt } of this.#aside.values()) next = Math.min(next, retryAt);
    return next;
  }

  /** To be asked before a session is read: what was written until now will be in what is read. */
  readingTime(): ReadingTime {
    return { ticket: this.#tickets, at: this.#clock() };
  }

  /** Whether everything that was written until then is in an anchor; or why not, if what is missing is aside. */
  isCovered({ ticket }: ReadingTime): boolean | GatelogError {
    const open = [...this.#notes].filter(([, note]) => note.ticket <= ticket);
    const failures = open.map(([sessionId]) => this.#aside.get(sessionId)?.failure);
    const [first] = failures;
    return failures.every((failure) => failure !== undefined) ? (first ?? true) : false;
  }

  /** Sessions with entries that are in no anchor, and that are not aside. */
  sessions(): SessionId[] {
    return [...this.#notes.keys()].filter((sessionId) => !this.#aside.has(sessionId));
  }

  /** The session could not be read. */
  putAside(sessionId: SessionId, failure: GatelogError): void {
    const failures = (this.#aside.get(sessionId)?.failures ?? 0) + 1;
    this.#aside.set(sessionId, { failure, failures, retryAt: this.#clock() + retryPause(this.#retryMs, failures) });
  }

  /** The session can be read again. */
  takeBack(sessionId: SessionId): void {
    this.#aside.delete(sessionId);
  }

  /** Sessions that are aside and whose time has come. */
  retries(): SessionId[] {
    const now = this.#clock();
    return [...this.#aside].filter(([, { retryAt }]) => retryAt <= now).map(([sessionId]) => sessionId);
  }

  /** The time of all that are aside has come. */
  retryAll(): void {
    for (const [sessionId, aside] of this.#aside) this.#aside.set(sessionId, { ...aside, retryAt: this.#clock() });
  }

  noteEntries(entries: readonly SignedEntry[]): void {
    const last = entries.at(-1);
    if (last !== undefined) this.noteLength(last.sessionId, last.gatewayId, last.index + 1);
  }

  /** The log was seen to be this long. */
  noteLength(sessionId: SessionId, gatewayId: GatewayId, length: number): void {
    this.#tickets += 1;
    const known = this.#notes.get(sessionId);
    const log = known?.logs.get(gatewayId);
    const covered = log?.covered ?? this.#covered(sessionId, gatewayId);
    const before = log?.length ?? covered;
    if (length <= before) return;
    const note = known ?? { ticket: this.#tickets, since: this.#clock(), logs: new Map<GatewayId, NotedLog>() };
    note.logs.set(gatewayId, { length, covered });
    this.#notes.set(sessionId, note);
    this.#entries += length - before;
  }

  /**
   * Entries of the session were put into an anchor, as many of those that were read as it would hold.
   * @param lengths What its logs had when they were read.
   */
  taken(sessionId: SessionId, read: ReadingTime, lengths: ReadonlyMap<GatewayId, number>): void {
    const note = this.#notes.get(sessionId);
    if (note === undefined) return;
    this.forget(sessionId);
    const left = [...note.logs]
      .map(([gatewayId, { length }]) => ({ gatewayId, length, covered: this.#covered(sessionId, gatewayId) }))
      .filter(({ length, covered }) => length > covered);
    if (left.length === 0) return;
    const wasFull = left.some(({ gatewayId, covered }) => covered < (lengths.get(gatewayId) ?? 0));
    const { ticket, since } = wasFull ? note : { ticket: read.ticket + 1, since: read.at };
    this.#notes.set(sessionId, { ticket, since, logs: new Map(left.map(({ gatewayId, ...log }) => [gatewayId, log])) });
    for (const { length, covered } of left) this.#entries += length - covered;
  }

  /** The session is none to anchor here, or nothing of it is left. */
  forget(sessionId: SessionId): void {
    this.#entries -= openEntries(this.#notes.get(sessionId));
    this.#notes.delete(sessionId);
    this.#aside.delete(sessionId);
  }

  /** What is in an anchor has changed otherwise: the store must be looked through. */
  forgetAll(): void {
    for (const sessionId of [...this.#notes.keys()]) this.forget(sessionId);
  }
}

function openEntries(note: Note | undefined): number {
  let entries = 0;
  for (const { length, covered } of note?.logs.values() ?? []) entries += length - covered;
  return entries;
}

function oldest(notes: Iterable<Note>): number | null {
  let found: number | null = null;
  for (const { since } of notes) found = Math.min(found ?? since, since);
  return found;
}
