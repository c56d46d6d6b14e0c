import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import type { AnchorFile, EntryRun } from "./anchor-file.ts";
import type { AnchorNotes, ReadingTime } from "./anchored-notes.ts";
import { readEntries } from "./log-reader.ts";
import type { LogHead, LogStore, SessionRecord } from "./log-store.ts";

/**
 * Most entries of one anchor: behind a standstill it takes what has gathered, up to here. Its tree is made in one go, which holds up the
 * process for 60 microseconds an entry.
 */
const MAX_ANCHOR_ENTRIES = 10_000;
/** Sessions of other gateways that are remembered as such; one that is not is looked at again. */
const MAX_KNOWN_FOREIGN = 10_000;

/** What an anchor will cover, and what was read for it. */
export interface Gathered {
  readonly runs: readonly EntryRun[];
  readonly sessions: readonly ReadSession[];
}

interface ReadSession {
  readonly record: SessionRecord;
  readonly read: ReadingTime;
}

/** Finds the entries of the gateway's sessions that are in no anchor, whoever has written them. */
export class AnchorFormer {
  readonly #store: LogStore;
  readonly #file: AnchorFile;
  readonly #notes: AnchorNotes;
  readonly #gatewayId: GatewayId;
  readonly #foreign = new Set<SessionId>();

  constructor(
    deps: { readonly store: LogStore; readonly file: AnchorFile; readonly notes: AnchorNotes },
    gatewayId: GatewayId,
  ) {
    this.#store = deps.store;
    this.#file = deps.file;
    this.#notes = deps.notes;
    this.#gatewayId = gatewayId;
  }

  /**
   * Notes what the store has: at the start, and from time to time what other processes have written. Returns why some sessions could
   * not be read; the others do not wait for them.
   */
  async scan(): Promise<GatelogError[]> {
    const failures: GatelogError[] = [];
    for (const sessionId of await this.#store.sessionsOf(this.#gatewayId, { open: false })) {
      if (this.#file.isFinished(sessionId)) continue;
      try {
        const record = await this.#store.session(sessionId);
        for (const { gatewayId, length } of record.logs) this.#notes.noteLength(sessionId, gatewayId, length);
        this.#finishIfDone(record);
      } catch (error) {
        if (!isGatelogError(error)) throw error;
        failures.push(error);
      }
    }
    return failures;
  }

  /** Tries sessions again that are aside, when their time has come: what can be read makes anchors again. */
  async retry(): Promise<void> {
    for (const sessionId of this.#notes.retries())
      await this.#orAside(sessionId, async () => {
        const record = await this.#ownSession(sessionId);
        if (record !== null) await this.#uncovered(sessionId, record.logs, MAX_ANCHOR_ENTRIES);
        this.#notes.takeBack(sessionId);
      });
  }

  /**
   * Reads hashes of entries that are in no anchor, in the order of their logs, as many as one anchor takes. A session that cannot be
   * read is put aside; the others do not wait for it.
   */
  async gather(): Promise<Gathered> {
    const runs: EntryRun[] = [];
    const sessions: ReadSession[] = [];
    let room = MAX_ANCHOR_ENTRIES;
    for (const sessionId of this.#notes.sessions()) {
      if (room === 0) break;
      await this.#orAside(sessionId, async () => {
        const read = this.#notes.readingTime();
        const record = await this.#ownSession(sessionId);
        if (record === null) return;
        const found = await this.#uncovered(sessionId, record.logs, room);
        room -= found.reduce((sum, { entryHashes }) => sum + entryHashes.length, 0);
        runs.push(...found);
        sessions.push({ record, read });
      });
    }
    return { runs, sessions };
  }

  async #orAside(sessionId: SessionId, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isGatelogError(error)) throw error;
      this.#notes.putAside(sessionId, error);
    }
  }

  /** What was gathered is in an anchor, or there was nothing. */
  taken(sessions: readonly ReadSession[]): void {
    for (const { record, read } of sessions) {
      const lengths = new Map(record.logs.map(({ gatewayId, length }) => [gatewayId, length]));
      this.#notes.taken(record.opening.facts.sessionId, read, lengths);
      this.#finishIfDone(record);
    }
  }

  /** Null, and forgotten, if the gateway is no party to it. */
  async #ownSession(sessionId: SessionId): Promise<SessionRecord | null> {
    const record = this.#foreign.has(sessionId) ? null : await this.#store.session(sessionId);
    if (record?.logs.some(({ gatewayId }) => gatewayId === this.#gatewayId) === true) return record;
    if (this.#foreign.size < MAX_KNOWN_FOREIGN) this.#foreign.add(sessionId);
    this.#notes.forget(sessionId);
    return null;
  }

  async #uncovered(sessionId: SessionId, logs: readonly LogHead[], room: number): Promise<EntryRun[]> {
    const runs: EntryRun[] = [];
    let left = room;
    for (const { gatewayId, length } of logs) {
      const first = this.#file.covered(sessionId, gatewayId);
      const to = Math.min(length, first + left);
      if (to <= first) continue;
      const entryHashes: Hash[] = [];
      for await (const entry of readEntries(this.#store, sessionId, gatewayId, { from: first, to }))
        entryHashes.push(entry.entryHash);
      if (entryHashes.length !== to - first)
        throw new GatelogError("STORE_UNAVAILABLE", "the store does not show the entries that the log has", {
          sessionId,
          gatewayId,
          expected: to,
          actual: first + entryHashes.length,
        });
      left -= entryHashes.length;
      runs.push({ sessionId, gatewayId, first, entryHashes });
    }
    return runs;
  }

  #finishIfDone({ opening, logs, closed }: SessionRecord): void {
    const { sessionId } = opening.facts;
    if (closed && logs.every(({ gatewayId, length }) => this.#file.covered(sessionId, gatewayId) === length))
      this.#file.finish(sessionId);
  }
}
