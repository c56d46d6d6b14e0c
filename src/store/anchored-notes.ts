import type { SignedEntry } from "../entry/entry.ts";
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

/** When a session was read, to be put into an anchor. */
export interface ReadingTime {
  readonly ticket: number;
  readonly at: number;
}

/**
 * What of this process's writes is in no anchor yet, in memory: behind a crash the store is looked through. As large as the number of
 * sessions that were written to since the last anchor.
 */
export class AnchorNotes {
  readonly #covered: (sessionId: SessionId, gatewayId: GatewayId) => number;
  readonly #clock: () => number;
  readonly #notes = new Map<SessionId, Note>();
  #tickets = 0;
  #entries = 0;

  /** @param covered Number of a log's entries that are in an anchor. */
  constructor(covered: (sessionId: SessionId, gatewayId: GatewayId) => number, clock: () => number) {
    this.#covered = covered;
    this.#clock = clock;
  }

  /** Number of entries that are in no anchor. */
  get entries(): number {
    return this.#entries;
  }

  /** Since when the oldest of them waits, as far as this process knows (UNIX milliseconds); null if none does. */
  get since(): number | null {
    let oldest: number | null = null;
    for (const { since } of this.#notes.values()) oldest = Math.min(oldest ?? since, since);
    return oldest;
  }

  /** To be asked before a session is read: what was written until now will be in what is read. */
  readingTime(): ReadingTime {
    return { ticket: this.#tickets, at: this.#clock() };
  }

  /** Whether everything that was written until then is in an anchor. */
  isCovered({ ticket }: ReadingTime): boolean {
    return [...this.#notes.values()].every((note) => note.ticket > ticket);
  }

  /** Sessions with entries that are in no anchor. */
  sessions(): SessionId[] {
    return [...this.#notes.keys()];
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
    for (const { length, covered } of this.#notes.get(sessionId)?.logs.values() ?? [])
      this.#entries -= length - covered;
    this.#notes.delete(sessionId);
  }
}
