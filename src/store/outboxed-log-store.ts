import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import { ZERO_HASH, type GatewayId, type SessionId } from "../entry/hex.ts";
import { sessionHashOf, type SessionOpening } from "../entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../entry/statements.ts";
import { checkFirst, checkOwnContent, checkRun, equivocationError } from "./admission.ts";
import {
  MAX_ENTRIES_PER_CALL,
  type Durability,
  type LogStore,
  type ReadRange,
  type SessionRecord,
} from "./log-store.ts";
import type { OutboxContent, OutboxItem, SetAsideItem } from "./outbox-items.ts";
import { lagging, Sightings } from "./outbox-lag.ts";
import { OutboxSender } from "./outbox-sender.ts";
import type { OutboxPort } from "./outbox.ts";

export interface ResumeReport {
  /** Items of an earlier process that the store has now. */
  readonly settled: number;
  /** What it will never take, with the reasons. */
  readonly setAside: readonly SetAsideItem[];
  /** Sessions that still have something pending: do not fold them yet. Call `flush` or `resume` again. */
  readonly waiting: readonly { readonly sessionId: SessionId; readonly reason: unknown }[];
}

/** How many sessions `resume` sends for at once. */
const MAX_SESSIONS_AT_ONCE = 16;

/**
 * A store behind an outbox (R8): what is signed is on this machine's disk before its first byte leaves, and is sent again
 * after a restart, unchanged and in order, before anything newer of its session.
 *
 * - A write that is refused for good (disposition reject) is set aside with the reason, and rejects with it. An entry of which
 *   nothing stands in its place is offered again by each `flush`: nothing else can be signed there in its epoch.
 * - A write that fails otherwise stays pending and rejects: repeat the same call, or `flush`. The next write to the session
 *   sends what is pending first. Never sign another entry in its place.
 * - A store that denies what it had before lags: STORE_UNAVAILABLE, for writes and reads. So nobody folds a log that is shorter
 *   than what was written to it, and signs anew what stands there.
 * - Reads show what the store holds. An opening that no store knows yet is shown as an empty session.
 *
 * Limitations: one process per outbox. What the store loses after it has resolved a write is not sent again; it is missed
 * (STORE_UNAVAILABLE) until it is back.
 */
export class OutboxedLogStore implements LogStore {
  readonly durability: Durability;
  readonly #store: LogStore;
  readonly #outbox: OutboxPort;
  readonly #sightings: Sightings;
  readonly #sender: OutboxSender;

  /** Owns both: `close` closes them. @param deps.onSetAside Told of every item that is set aside, once. */
  constructor(deps: {
    readonly store: LogStore;
    readonly outbox: OutboxPort;
    readonly onSetAside?: (item: SetAsideItem) => void;
  }) {
    this.#store = deps.store;
    this.#outbox = deps.outbox;
    this.#sightings = new Sightings(deps.outbox);
    this.#sender = new OutboxSender({ onSetAside: () => undefined, ...deps, sightings: this.#sightings });
    this.durability = deps.store.durability;
  }

  /** Sends what an earlier process left pending. Call it at the start, before folding any session. */
  async resume(): Promise<ResumeReport> {
    const before = this.#outbox.countPending();
    const known = new Set(this.#outbox.allSetAside().map(({ id }) => id));
    const sessions = this.#outbox.pendingSessions();
    const waiting: { sessionId: SessionId; reason: unknown }[] = [];
    for (let start = 0; start < sessions.length; start += MAX_SESSIONS_AT_ONCE) {
      const some = sessions.slice(start, start + MAX_SESSIONS_AT_ONCE);
      const results = await Promise.allSettled(some.map((sessionId) => this.flush(sessionId)));
      for (const [position, result] of results.entries()) {
        const sessionId = some[position];
        if (result.status === "rejected" && sessionId !== undefined) waiting.push({ sessionId, reason: result.reason });
      }
    }
    const setAside = this.#outbox.allSetAside().filter(({ id }) => !known.has(id));
    return { settled: before - setAside.length - this.#outbox.countPending(), setAside, waiting };
  }

  /**
   * Sends what is pending of a session; resolves when nothing is. Rejects with the first error that keeps it pending. Entries that
   * were set aside are offered once more before it: behind a crash nobody else remembers their bytes.
   */
  async flush(sessionId: SessionId): Promise<void> {
    await this.#sender.flush(sessionId);
  }

  /** What is signed and not known to stand in the store, oldest first. */
  pending(sessionId: SessionId): readonly OutboxItem[] {
    return this.#outbox.pending(sessionId);
  }

  /** What the store refused for good, this process and earlier ones: evidence, and a reason to look. */
  setAside(): readonly SetAsideItem[] {
    return this.#outbox.allSetAside();
  }

  async openSession(opening: SessionOpening, first: readonly SignedEntry[] = []): Promise<void> {
    checkFirst(opening, first);
    const { sessionId, origin } = opening.facts;
    const opened: OutboxContent = { kind: "opening", sessionId, opening };
    const isNew = this.#outbox.settledLength(sessionId, origin.gatewayId) === 0;
    await this.#write(sessionId, [isNew ? [opened, ...this.#checked(first)] : [opened]]);
    if (!isNew) await this.append(first);
  }

  async append(entries: readonly SignedEntry[]): Promise<void> {
    const repeated = this.#settledOf(entries);
    if (repeated.length > 0) {
      await this.#requireStanding(repeated);
      // While that was read, others may have been settled.
      if (this.#settledOf(entries).length > repeated.length) return this.append(entries);
    }
    const fresh = entries.slice(repeated.length);
    const [first] = fresh;
    if (first !== undefined) await this.#write(first.sessionId, [this.#checked(fresh)]);
  }

  async closeLog(closing: ClosingStatement): Promise<void> {
    const { sessionId } = closing;
    await this.#write(sessionId, [[{ kind: "closing", sessionId, closing }]]);
  }

  async decide(statement: DecisionStatement): Promise<void> {
    const { sessionId } = statement;
    await this.#write(sessionId, [[{ kind: "decision", sessionId, statement }]]);
  }

  async session(sessionId: SessionId): Promise<SessionRecord> {
    // As of the question: what is settled before the answer comes need not be in it.
    const settled = this.#outbox.settledLengths(sessionId);
    const record = await this.#reading(
      async () => {
        const found = await this.#store.session(sessionId);
        this.#sightings.saw(found); // it, and not what is shown in its place
        return found;
      },
      sessionId,
      (opening) => recordOf(opening),
    );
    for (const { gatewayId, length } of record.logs)
      requireSettled({ sessionId, gatewayId, length, settled: settled.get(gatewayId) ?? 0 });
    return record;
  }

  async read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    const settled = this.#outbox.settledLength(sessionId, gatewayId); // as of the question
    const entries = await this.#reading(
      () => this.#store.read(sessionId, gatewayId, range),
      sessionId,
      (opening) => (partiesOf(opening).includes(gatewayId) ? [] : undefined),
    );
    const length = range.from + entries.length;
    if (entries.length < Math.min(range.limit, MAX_ENTRIES_PER_CALL))
      requireSettled({ sessionId, gatewayId, length, settled });
    if (entries.length > 0) this.#sightings.sawLog(sessionId, gatewayId, length);
    return entries;
  }

  async sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    const known = await this.#store.sessionsOf(gatewayId, filter);
    const unknown = this.#outbox.pendingSessions().filter((sessionId) => {
      const opening = known.includes(sessionId) ? undefined : this.#pendingOpening(sessionId);
      return opening !== undefined && partiesOf(opening).includes(gatewayId);
    });
    return [...known, ...unknown];
  }

  /** Waits for what is under way, and closes the outbox and the store. What is pending stays so. */
  async close(): Promise<void> {
    await this.#sender.idle();
    await this.#store.close();
    this.#outbox.close();
  }

  async #write(sessionId: SessionId, groups: readonly (readonly OutboxContent[])[]): Promise<void> {
    const ids = this.#outbox.put(groups);
    while (ids.some((id) => this.#outbox.stateOf(id) === "pending")) await this.#sender.drain(sessionId);
    for (const id of ids) {
      const state = this.#outbox.stateOf(id);
      if (state instanceof GatelogError) throw state;
    }
  }

  /** What the store has answered. Of a session that it should know and denies: what is on its way there, or STORE_UNAVAILABLE. */
  async #reading<T>(
    read: () => Promise<T>,
    sessionId: SessionId,
    shown: (opening: SessionOpening) => T | undefined,
  ): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!isGatelogError(error, "UNKNOWN_SESSION")) throw error;
      const opening = this.#pendingOpening(sessionId);
      const instead = opening && shown(opening);
      if (instead !== undefined) return instead;
      throw this.#sightings.knowsSession(sessionId) ? lagging(error) : error;
    }
  }

  /** The first entries of a run that are for places in which the store has taken an entry already. */
  #settledOf(entries: readonly SignedEntry[]): readonly SignedEntry[] {
    const [first] = entries;
    const settled = first ? this.#outbox.settledLength(first.sessionId, first.gatewayId) : 0;
    return entries.filter(({ index }) => index < settled);
  }

  /** What is settled never leaves again: it is compared with what stands. */
  async #requireStanding(entries: readonly SignedEntry[]): Promise<void> {
    const first = checkRun(entries);
    if (first === null) return;
    for (const entry of entries) checkOwnContent(entry);
    const range = { from: first.index, limit: entries.length };
    const standing = await this.read(first.sessionId, first.gatewayId, range);
    for (const [place, entry] of entries.entries()) {
      const there = standing[place];
      if (there !== undefined && there.entryHash !== entry.entryHash) throw takenBy(there, entry);
    }
  }

  /** The entries as items. What is malformed never leaves, so it need not block the index that it names. */
  #checked(entries: readonly SignedEntry[]): OutboxContent[] {
    const first = checkRun(entries);
    for (const entry of entries) checkOwnContent(entry);
    if (first !== null) this.#checkContinues(first);
    return entries.map((entry) => ({ kind: "entry", sessionId: entry.sessionId, entry }));
  }

  /** A new entry continues what is pending of its log, or repeats it: a gap is refused before it leaves. */
  #checkContinues(first: SignedEntry): void {
    const pending = this.#outbox
      .pending(first.sessionId)
      .flatMap((item) => (item.kind === "entry" ? [item.entry] : []));
    const before = pending.filter((entry) => entry.gatewayId === first.gatewayId && entry.epoch === first.epoch).at(-1);
    if (before !== undefined && first.index > before.index + 1)
      throw new GatelogError("WRONG_INDEX", `the next index is ${before.index + 1}, not ${first.index}`, {
        expected: before.index + 1,
        actual: first.index,
      });
  }

  #pendingOpening(sessionId: SessionId): SessionOpening | undefined {
    const [item] = this.#outbox.pending(sessionId).filter((pending) => pending.kind === "opening");
    return item?.opening;
  }
}

function requireSettled(log: {
  readonly sessionId: SessionId;
  readonly gatewayId: GatewayId;
  readonly length: number;
  readonly settled: number;
}): void {
  const { sessionId, gatewayId, length: actual, settled: expected } = log;
  if (actual >= expected) return;
  const context = { sessionId, gatewayId, expected, actual };
  throw new GatelogError("STORE_UNAVAILABLE", `the store shows ${actual} entries and has taken ${expected}`, context);
}

function takenBy(standing: LogEntry, refused: SignedEntry): GatelogError {
  if (standing.epoch === refused.epoch) return equivocationError({ standing: standing.entryHash, refused });
  const context = { index: refused.index, expected: standing.epoch, actual: refused.epoch };
  return standing.epoch > refused.epoch
    ? new GatelogError("STALE_EPOCH", `an entry of epoch ${standing.epoch} stands at index ${refused.index}`, context)
    : new GatelogError("WRONG_INDEX", `an entry of an earlier epoch stands at index ${refused.index}`, context);
}

function partiesOf(opening: SessionOpening): GatewayId[] {
  const { origin, destination } = opening.facts;
  return destination === null ? [origin.gatewayId] : [origin.gatewayId, destination.gatewayId];
}

function recordOf(opening: SessionOpening): SessionRecord {
  const logs = partiesOf(opening).map((gatewayId) => ({
    gatewayId,
    length: 0,
    lastEntryHash: ZERO_HASH,
    closed: false,
  }));
  const decision = { decision: "NONE", final: false, statement: null } as const;
  return { opening, sessionHash: sessionHashOf(opening.facts), decision, logs, closed: false };
}
