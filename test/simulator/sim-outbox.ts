import { GatelogError } from "../../src/entry/errors.ts";
import type { GatewayId, Hash, SessionId } from "../../src/entry/hex.ts";
import { MAX_ENTRIES_PER_CALL } from "../../src/store/log-store.ts";
import {
  bodyOf,
  itemFromRow,
  keyOf,
  slotOf,
  type OutboxContent,
  type OutboxItem,
  type SetAsideItem,
} from "../../src/store/outbox-items.ts";
import type { OutboxPort } from "../../src/store/outbox.ts";

interface Row {
  readonly item: OutboxItem;
  readonly slot: string;
  readonly key: string;
  readonly refusal: GatelogError | null;
  readonly standing: Hash | null;
}

/** What the file says happened. A change that is not synced yet may be lost in a crash, with all that came behind it. */
type Change =
  | { readonly kind: "put"; readonly rows: readonly Row[]; readonly forgotten: readonly number[] }
  | { readonly kind: "settle"; readonly items: readonly OutboxItem[] }
  | { readonly kind: "set-aside"; readonly rows: readonly Row[] };

/** What a journal leads to. */
class Content {
  readonly rows = new Map<number, Row>();
  /** What the store has taken of each log. */
  readonly lengths = new Map<SessionId, Map<GatewayId, number>>();

  apply(change: Change): void {
    if (change.kind === "put") for (const id of change.forgotten) this.rows.delete(id);
    if (change.kind === "settle") for (const item of change.items) this.#settle(item);
    else for (const row of change.rows) this.rows.set(row.item.id, row);
  }

  #settle(item: OutboxItem): void {
    this.rows.delete(item.id);
    if (item.kind === "opening") this.#reach(item.sessionId, item.opening.facts.origin.gatewayId, 0);
    if (item.kind === "entry") this.#reach(item.sessionId, item.entry.gatewayId, item.entry.index + 1);
    if (item.kind === "closing") this.#reach(item.sessionId, item.closing.gatewayId, item.closing.length);
  }

  #reach(sessionId: SessionId, gatewayId: GatewayId, length: number): void {
    const lengths = this.lengths.get(sessionId) ?? new Map<GatewayId, number>();
    this.lengths.set(sessionId, lengths.set(gatewayId, Math.max(length, lengths.get(gatewayId) ?? 0)));
  }
}

const MAX_ITEMS_READ = 2 * MAX_ENTRIES_PER_CALL;

/** How a write that the process dies in ends on the disk. */
export type DyingWrite = "lost" | "torn" | "kept";

/**
 * The disk under one gateway's outbox: a journal of changes. What `put` and `setAside` have acknowledged stays; what `settle`
 * did is only as safe as the next of them; a change that was being written when the process died may be there, or not, and a
 * torn one is no change, as in SQLite's journal, whose frames carry checksums.
 */
export class SimDisk {
  #journal: Change[] = [];
  #synced = 0;
  #nextId = 1;
  /** Asked at each synced write: the process may die in it. */
  dying: () => DyingWrite | undefined = () => undefined;

  newId(): number {
    return this.#nextId++;
  }

  write(change: Change, isSynced: boolean): void {
    const end = isSynced ? this.dying() : undefined;
    if (end === "lost" || end === "torn") throw new Error("the process died while it wrote");
    this.#journal.push(change);
    if (isSynced) this.#synced = this.#journal.length;
    if (end !== undefined) throw new Error("the process died behind its write");
  }

  /** The machine's memory is gone. Says how many changes that were not synced are lost. @param keep How many survive, at most. */
  crash(keep: number): number {
    const before = this.#journal.length;
    this.#journal = this.#journal.slice(0, Math.min(before, this.#synced + keep));
    return before - this.#journal.length;
  }

  get unsynced(): number {
    return this.#journal.length - this.#synced;
  }

  /** What the journal leads to, items read back from bytes. */
  open(): Content {
    const content = new Content();
    for (const change of this.#journal) content.apply(change);
    for (const [id, row] of content.rows) content.rows.set(id, { ...row, item: readBack(row.item) });
    return content;
  }
}

/** Through the very bytes that the real outbox keeps. */
function readBack(item: OutboxItem): OutboxItem {
  const { id, group, sessionId, kind } = item;
  const read = itemFromRow({ id, group, session_id: sessionId, kind, body: bodyOf(item) });
  if (read === undefined) throw new GatelogError("CORRUPT_STORE", "the outbox cannot read what it wrote", { id });
  return read;
}

/** `Outbox` over a simulated disk, for one process. `outbox.test.ts` compares the two. */
export class SimOutbox implements OutboxPort {
  readonly #disk: SimDisk;
  readonly #content: Content;

  constructor(disk: SimDisk) {
    this.#disk = disk;
    this.#content = disk.open();
  }

  put(groups: readonly (readonly OutboxContent[])[]): number[] {
    const rows: Row[] = [];
    const forgotten: number[] = [];
    const ids = groups.flatMap((contents) => this.#plan(contents, rows, forgotten));
    if (rows.length > 0 || forgotten.length > 0) this.#change({ kind: "put", rows, forgotten }, true);
    return ids;
  }

  #plan(contents: readonly OutboxContent[], rows: Row[], forgotten: number[]): number[] {
    let group = 0;
    return contents.map((content) => {
      const slot = slotOf(content);
      const key = keyOf(content);
      for (const row of [...this.#content.rows.values(), ...rows]) {
        if (row.slot !== slot || forgotten.includes(row.item.id)) continue;
        if (row.key === key && row.refusal === null) return row.item.id;
        if (row.key === key) forgotten.push(row.item.id);
        else if (content.kind === "entry" && row.standing !== key)
          throw new GatelogError("EQUIVOCATION", "another entry was signed before", { index: content.entry.index });
      }
      const id = this.#disk.newId();
      group ||= id;
      rows.push({ item: { ...content, id, group }, slot, key, refusal: null, standing: null });
      return id;
    });
  }

  pending(sessionId: SessionId): OutboxItem[] {
    return wholeGroups(this.#pending().filter((item) => item.sessionId === sessionId));
  }

  setAsideEntries(sessionId: SessionId): SetAsideItem[] {
    const items: SetAsideItem[] = [];
    for (const { item, refusal, standing } of this.#content.rows.values())
      if (refusal !== null && standing === null && item.kind === "entry" && item.sessionId === sessionId)
        items.push({ ...item, refusal });
    return wholeGroups(items);
  }

  settledLength(sessionId: SessionId, gatewayId: GatewayId): number {
    return this.#content.lengths.get(sessionId)?.get(gatewayId) ?? 0;
  }

  settledLengths(sessionId: SessionId): ReadonlyMap<GatewayId, number> {
    return new Map(this.#content.lengths.get(sessionId));
  }

  countPending(): number {
    return this.#pending().length;
  }

  pendingSessions(): SessionId[] {
    return [...new Set(this.#pending().map(({ sessionId }) => sessionId))];
  }

  stateOf(id: number): "pending" | "settled" | GatelogError {
    const row = this.#content.rows.get(id);
    return row === undefined ? "settled" : (row.refusal ?? "pending");
  }

  settle(items: readonly OutboxItem[]): void {
    this.#change({ kind: "settle", items }, false);
  }

  setAside(items: readonly OutboxItem[], refusal: GatelogError, standing: ReadonlyMap<number, Hash> = new Map()): void {
    const rows = items.flatMap((item): Row[] => {
      const row = this.#content.rows.get(item.id);
      const instead = item.kind === "entry" ? standing.get(item.entry.index) : undefined;
      return row === undefined ? [] : [{ ...row, refusal, standing: instead ?? null }];
    });
    this.#change({ kind: "set-aside", rows }, true);
  }

  allSetAside(): SetAsideItem[] {
    return [...this.#content.rows.values()].flatMap(({ item, refusal }) =>
      refusal === null ? [] : [{ ...item, refusal }],
    );
  }

  close(): void {
    // The disk stays.
  }

  #pending(): OutboxItem[] {
    const items: OutboxItem[] = [];
    for (const { item, refusal } of this.#content.rows.values()) if (refusal === null) items.push(item);
    return items;
  }

  #change(change: Change, isSynced: boolean): void {
    this.#disk.write(change, isSynced);
    this.#content.apply(change);
  }
}

function wholeGroups<Item extends OutboxItem>(items: readonly Item[]): Item[] {
  if (items.length < MAX_ITEMS_READ) return [...items];
  const some = items.slice(0, MAX_ITEMS_READ);
  return some.filter((item) => item.group !== some.at(-1)?.group);
}
