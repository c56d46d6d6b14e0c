import { isGatelogError, type GatelogError } from "../entry/errors.ts";
import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import type { Hash, SessionId } from "../entry/hex.ts";
import type { LogStore } from "./log-store.ts";
import { batchesOf, groupsOf } from "./outbox-batches.ts";
import type { OutboxItem, SetAsideItem } from "./outbox-items.ts";
import { isOutdated, lagging, type Sightings } from "./outbox-lag.ts";
import type { OutboxPort } from "./outbox.ts";

/** Hashes of the entries that stand in certain places of a log, by index. */
type Standing = ReadonlyMap<number, Hash>;

/**
 * Brings what the outbox holds to the store, per session in order and one call at a time. What is refused for good is set aside;
 * what a lagging store refuses stays pending.
 */
export class OutboxSender {
  readonly #store: LogStore;
  readonly #outbox: OutboxPort;
  readonly #sightings: Sightings;
  readonly #onSetAside: (item: SetAsideItem) => void;
  readonly #drains = new Map<SessionId, Promise<void>>();

  constructor(deps: {
    readonly store: LogStore;
    readonly outbox: OutboxPort;
    readonly sightings: Sightings;
    readonly onSetAside: (item: SetAsideItem) => void;
  }) {
    this.#store = deps.store;
    this.#outbox = deps.outbox;
    this.#sightings = deps.sightings;
    this.#onSetAside = deps.onSetAside;
  }

  /** Sends what is pending. It takes along what is put while it runs, so that a busy log sends several entries at once. */
  drain(sessionId: SessionId): Promise<void> {
    return this.#drains.get(sessionId) ?? this.#start(sessionId, () => this.#sendPending(sessionId));
  }

  /** As `drain`, but what was set aside goes first, each group once. */
  async flush(sessionId: SessionId): Promise<void> {
    for (let running = this.#drains.get(sessionId); running; running = this.#drains.get(sessionId))
      await running.catch(() => undefined); // whose failure it is has been told, and it is tried again here
    await this.#start(sessionId, async () => {
      await this.#repeatSetAside(sessionId);
      await this.#sendPending(sessionId);
    });
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#drains.values());
  }

  #start(sessionId: SessionId, work: () => Promise<void>): Promise<void> {
    const drain = work().finally(() => this.#drains.delete(sessionId));
    this.#drains.set(sessionId, drain);
    return drain;
  }

  async #sendPending(sessionId: SessionId): Promise<void> {
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
      this.#requireVerdict(error, items);
      const looks = isGatelogError(error, "EQUIVOCATION", "WRONG_INDEX", "WRONG_HEAD");
      const standing = looks ? await this.#standing(items) : new Map<number, Hash>();
      if (stands(items, standing)) this.#outbox.settle(items);
      else {
        this.#outbox.setAside(items, error, standing);
        for (const item of items) this.#onSetAside({ ...item, refusal: error });
      }
      return;
    }
    this.#outbox.settle(items);
  }

  /**
   * No other entry may be signed in place of one that was refused (R8), so a store that has nothing there is asked again: it may
   * have lagged. Whatever else was refused is asked for anew by whom it concerns, if it still makes sense.
   */
  async #repeatSetAside(sessionId: SessionId): Promise<void> {
    for (const group of groupsOf(this.#outbox.setAsideEntries(sessionId))) {
      const standing = await this.#standing(group);
      if (stands(group, standing)) this.#outbox.settle(group);
      else if (group.some((item) => isTaken(item, standing)))
        for (const item of group) this.#outbox.setAside([item], item.refusal, standing);
      else if (!group.some((item) => isOutdated(item.refusal, item))) await this.#repeat(group);
    }
  }

  async #repeat(group: readonly SetAsideItem[]): Promise<void> {
    try {
      await this.#submit(group);
    } catch (error) {
      if (!isGatelogError(error) || error.disposition !== "reject") throw error;
      this.#requireVerdict(error, group);
      this.#outbox.setAside(group, error); // The newest reason: behind a rotation it says that the time is over.
      return;
    }
    this.#outbox.settle(group);
  }

  /** Throws what a refusal is if the store merely lags: a reason to try again. */
  #requireVerdict(refusal: GatelogError, [first]: readonly OutboxItem[]): void {
    if (first !== undefined && this.#sightings.excuse(refusal, first)) throw lagging(refusal);
  }

  /** What stands where entries want to go. */
  async #standing(items: readonly OutboxItem[]): Promise<Standing> {
    const entries = entriesOf(items);
    const [first] = entries;
    if (first === undefined) return new Map();
    const { sessionId, gatewayId, index } = first;
    let found: LogEntry[];
    try {
      found = await this.#store.read(sessionId, gatewayId, { from: index, limit: entries.length });
    } catch (error) {
      if (!isGatelogError(error, "UNKNOWN_SESSION", "UNKNOWN_LOG")) throw error;
      this.#requireVerdict(error, items);
      return new Map();
    }
    if (found.length > 0) this.#sightings.sawLog(sessionId, gatewayId, index + found.length);
    return new Map(found.map((entry) => [entry.index, entry.entryHash]));
  }

  #submit(items: readonly OutboxItem[]): Promise<void> {
    const [first] = items;
    switch (first?.kind) {
      case undefined:
        return Promise.resolve();
      case "opening":
        return this.#store.openSession(first.opening, entriesOf(items));
      case "closing":
        return this.#store.closeLog(first.closing);
      case "decision":
        return this.#store.decide(first.statement);
      case "entry":
        return this.#store.append(entriesOf(items));
    }
  }
}

function entriesOf(items: readonly OutboxItem[]): SignedEntry[] {
  return items.flatMap((item) => (item.kind === "entry" ? [item.entry] : []));
}

/** The very entries stand where they want to go, and with them the opening of these facts. */
function stands(items: readonly OutboxItem[], standing: Standing): boolean {
  const entries = entriesOf(items);
  return entries.length > 0 && entries.every(({ index, entryHash }) => standing.get(index) === entryHash);
}

/** Another entry stands where this one wants to go. */
function isTaken(item: OutboxItem, standing: Standing): boolean {
  const there = item.kind === "entry" ? standing.get(item.entry.index) : undefined;
  return there !== undefined && item.kind === "entry" && there !== item.entry.entryHash;
}
