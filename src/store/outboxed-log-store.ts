import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import { ZERO_HASH, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
import { sessionHashOf, type SessionOpening } from "../entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../entry/statements.ts";
import { checkOwnContent, checkRun } from "./admission.ts";
import { type Durability, type LogStore, type ReadRange, type SessionRecord } from "./log-store.ts";
import { batchesOf, groupsOf } from "./outbox-batches.ts";
import type { OutboxContent, OutboxItem, SetAsideItem } from "./outbox-items.ts";
import type { Outbox } from "./outbox.ts";

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
 * - A write that is refused for good (disposition reject) is set aside with the reason, and rejects with it.
 * - A write that fails otherwise stays pending and rejects: repeat the same call, or `flush`. The next write to the session
 *   sends what is pending first. Never sign another entry in its place.
 * - Reads show what the store holds. An opening that no store knows yet is shown as an empty session.
 *
 * Limitations: one process per outbox. What the store loses after it has resolved a write is not sent again.
 */
export class OutboxedLogStore implements LogStore {
  readonly durability: Durability;
  readonly #store: LogStore;
  readonly #outbox: Outbox;
  readonly #onSetAside: (item: SetAsideItem) => void;
  readonly #drains = new Map<SessionId, Promise<void>>();

  /** Owns both: `close` closes them. @param deps.onSetAside Told of every item that is set aside. */
  constructor(deps: {
    readonly store: LogStore;
    readonly outbox: Outbox;
    readonly onSetAside?: (item: SetAsideItem) => void;
  }) {
    this.#store = deps.store;
    this.#outbox = deps.outbox;
    this.#onSetAside = deps.onSetAside ?? (() => undefined);
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

  /** Sends what is pending of a session; resolves when nothing is. Rejects with the first error that keeps it pending. */
  async flush(sessionId: SessionId): Promise<void> {
    await this.#drain(sessionId);
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
    const { sessionId } = opening.facts;
    await this.#write(sessionId, [[{ kind: "opening", sessionId, opening }], this.#checked(first)]);
  }

  async append(entries: readonly SignedEntry[]): Promise<void> {
    const [first] = entries;
    if (first !== undefined) await this.#write(first.sessionId, [this.#checked(entries)]);
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
    try {
      return await this.#store.session(sessionId);
    } catch (error) {
      const opening = isGatelogError(error, "UNKNOWN_SESSION") ? this.#pendingOpening(sessionId) : undefined;
      if (opening === undefined) throw error;
      return recordOf(opening);
    }
  }

  async read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    try {
      return await this.#store.read(sessionId, gatewayId, range);
    } catch (error) {
      const opening = isGatelogError(error, "UNKNOWN_SESSION") ? this.#pendingOpening(sessionId) : undefined;
      if (opening === undefined || !partiesOf(opening).includes(gatewayId)) throw error;
      return [];
    }
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
    await Promise.allSettled(this.#drains.values());
    await this.#store.close();
    this.#outbox.close();
  }

  async #write(sessionId: SessionId, groups: readonly (readonly OutboxContent[])[]): Promise<void> {
    const ids = this.#outbox.put(groups);
    while (ids.some((id) => this.#outbox.stateOf(id) === "pending")) await this.#drain(sessionId);
    for (const id of ids) {
      const state = this.#outbox.stateOf(id);
      if (state instanceof GatelogError) throw state;
    }
  }

  /** One drain per session at a time. It takes along what is put while it runs, so that a busy log sends several entries at once. */
  #drain(sessionId: SessionId): Promise<void> {
    const running = this.#drains.get(sessionId);
    if (running !== undefined) return running;
    const drain = this.#sendAll(sessionId).finally(() => this.#drains.delete(sessionId));
    this.#drains.set(sessionId, drain);
    return drain;
  }

  async #sendAll(sessionId: SessionId): Promise<void> {
    for (;;) {
      const items = this.#outbox.pending(sessionId);
      if (items.length === 0) return;
      for (const batch of batchesOf(items)) await this.#send(batch);
    }
  }

  async #send(items: readonly OutboxItem[]): Promise<void> {
    try {
      await this.#submit(items);
    } catch (error) {
      if (!isGatelogError(error) || error.disposition !== "reject") throw error;
      const groups = groupsOf(items);
      // One call's refusal must not take down another call's entries: send them again one by one.
      if (groups.length > 1) {
        for (const group of groups) await this.#send(group);
        return;
      }
      const standing = await this.#standing(items, error);
      if (items.every((item) => item.kind === "entry" && standing.get(item.entry.index) === item.entry.entryHash)) {
        this.#outbox.settle(items);
        return;
      }
      this.#outbox.setAside(items, error, standing);
      for (const item of items) this.#onSetAside({ ...item, refusal: error });
      return;
    }
    this.#outbox.settle(items);
  }

  /** What stands where refused entries wanted to go, by index. */
  async #standing(items: readonly OutboxItem[], refusal: GatelogError): Promise<Map<number, Hash>> {
    const [first] = items;
    if (first?.kind !== "entry" || !isGatelogError(refusal, "EQUIVOCATION", "WRONG_INDEX", "WRONG_HEAD"))
      return new Map();
    const { sessionId, gatewayId, index } = first.entry;
    const standing = await this.#store.read(sessionId, gatewayId, { from: index, limit: items.length });
    return new Map(standing.map((entry) => [entry.index, entry.entryHash]));
  }

  #submit(items: readonly OutboxItem[]): Promise<void> {
    const [first] = items;
    switch (first?.kind) {
      case undefined:
        return Promise.resolve();
      case "opening":
        return this.#store.openSession(first.opening);
      case "closing":
        return this.#store.closeLog(first.closing);
      case "decision":
        return this.#store.decide(first.statement);
      case "entry":
        return this.#store.append(items.flatMap((item) => (item.kind === "entry" ? [item.entry] : [])));
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
