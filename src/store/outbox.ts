import { z } from "zod";
import type { SignedEntry } from "../entry/entry.ts";
import { ERRORS, GatelogError, type ErrorCode } from "../entry/errors.ts";
import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import { MAX_ENTRIES_PER_CALL } from "./log-store.ts";
import { SettledLogs } from "./outbox-logs.ts";
import {
  bodyOf,
  itemFromRow,
  keyOf,
  slotOf,
  type OutboxContent,
  type OutboxItem,
  type SetAsideItem,
} from "./outbox-items.ts";
import { SqliteFile, type Row, type SqliteStatement } from "./sqlite-file.ts";

const SCHEMA = {
  applicationId: 0x67_6c_6f_62,
  version: 1,
  create: `
    CREATE TABLE item (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      session_id TEXT NOT NULL,
      "group" INTEGER NOT NULL,
      kind TEXT NOT NULL,
      slot TEXT NOT NULL,
      content_key TEXT NOT NULL,
      body TEXT NOT NULL,
      refusal TEXT,
      standing TEXT,
      UNIQUE (slot, content_key)
    ) STRICT;
    CREATE INDEX pending ON item (session_id, id) WHERE refusal IS NULL;
  `,
} as const;

/** Files of the first version lack it. */
const ASIDE_INDEX = "CREATE INDEX IF NOT EXISTS aside ON item (session_id, id) WHERE refusal IS NOT NULL";

/** A group has at most MAX_ENTRIES_PER_CALL items and an opening: of twice as many, the last may be cut and the first is whole. */
const MAX_ITEMS_READ = 2 * MAX_ENTRIES_PER_CALL;

/**
 * What was signed and may have left the process, and is not known to stand in the store (R8). One SQLite file, one process at
 * a time. `put` returns when the bytes are on disk. It is a cache of the log and is trusted for nothing else.
 *
 * Guarantee: of one log, epoch and index it lets out one entry only, for as long as that entry is pending or set aside (and
 * after that the one that was seen standing in its place). A refused entry may still be in somebody's hands: to sign another
 * one at its index, raise the epoch. Below the length that it has settled of a log (`settledLength`) nothing is to be put at all.
 */
export class Outbox {
  readonly #file: SqliteFile;
  readonly #logs: SettledLogs;
  readonly #sql: Readonly<
    Record<
      | "insert"
      | "assignGroup"
      | "find"
      | "pending"
      | "count"
      | "sessions"
      | "state"
      | "settle"
      | "setAside"
      | "refused"
      | "repeatable",
      SqliteStatement
    >
  >;

  constructor(options: { readonly path: string }) {
    this.#file = new SqliteFile(options.path, SCHEMA, { exclusive: true });
    this.#file.statement(ASIDE_INDEX).run();
    this.#logs = new SettledLogs(this.#file);
    const statement = (sql: string): SqliteStatement => this.#file.statement(sql);
    this.#sql = {
      insert: statement(
        `INSERT INTO item (session_id, "group", kind, slot, content_key, body) VALUES (?, ?, ?, ?, ?, ?)`,
      ),
      assignGroup: statement(`UPDATE item SET "group" = id WHERE id = ?`),
      find: statement("SELECT id, content_key, refusal IS NULL AS pending, standing FROM item WHERE slot = ?"),
      pending: statement(`SELECT * FROM item WHERE session_id = ? AND refusal IS NULL ORDER BY id LIMIT ?`),
      count: statement("SELECT count(*) AS items FROM item WHERE refusal IS NULL"),
      sessions: statement("SELECT session_id FROM item WHERE refusal IS NULL GROUP BY session_id ORDER BY min(id)"),
      state: statement("SELECT refusal FROM item WHERE id = ?"),
      settle: statement("DELETE FROM item WHERE id = ?"),
      setAside: statement("UPDATE item SET refusal = ?, standing = ? WHERE id = ?"),
      refused: statement("SELECT * FROM item WHERE refusal IS NOT NULL ORDER BY id"),
      repeatable: statement(
        `SELECT * FROM item WHERE session_id = ? AND refusal IS NOT NULL AND kind = 'entry' AND standing IS NULL
         ORDER BY id LIMIT ?`,
      ),
    };
  }

  /**
   * Writes what one call sends, in groups, and returns the ids under which it is pending. What is pending already is not written
   * twice; what was set aside is pending again. EQUIVOCATION: another entry of this log, epoch and index was let out before.
   */
  put(groups: readonly (readonly OutboxContent[])[]): number[] {
    return this.#file.transaction(() => groups.flatMap((contents) => this.#putGroup(contents)));
  }

  #putGroup(contents: readonly OutboxContent[]): number[] {
    let group = 0;
    return contents.map((content) => {
      const slot = slotOf(content);
      const key = keyOf(content);
      for (const row of this.#sql.find.all(slot)) {
        const found = foundRowSchema.parse(row);
        if (found.content_key === key && found.pending) return found.id;
        if (found.content_key === key) this.#sql.settle.run(found.id);
        else if (content.kind === "entry" && found.standing !== key)
          throw alreadySigned(content.entry, found.content_key);
      }
      const id = this.#sql.insert.run(content.sessionId, group, content.kind, slot, key, bodyOf(content));
      if (group === 0) this.#sql.assignGroup.run(id);
      group ||= id;
      return id;
    });
  }

  /** What is pending of a session, oldest first: the first MAX_ITEMS_READ items, so at least one whole group. */
  pending(sessionId: SessionId): OutboxItem[] {
    return wholeGroups(this.#sql.pending.all(sessionId, MAX_ITEMS_READ).map((row) => this.#item(row)));
  }

  /** Entries of a session that were set aside, and in whose places nothing was seen, oldest first: as many as `pending`. */
  setAsideEntries(sessionId: SessionId): SetAsideItem[] {
    return wholeGroups(this.#sql.repeatable.all(sessionId, MAX_ITEMS_READ).map((row) => this.#refused(row)));
  }

  /** Number of entries of a log that the store has taken, as far as they went through here. */
  settledLength(sessionId: SessionId, gatewayId: GatewayId): number {
    return this.#logs.lengthOf(sessionId, gatewayId);
  }

  /** The same of each log of a session of which the store has taken anything from here; empty if it has not. */
  settledLengths(sessionId: SessionId): ReadonlyMap<GatewayId, number> {
    return this.#logs.lengthsOf(sessionId);
  }

  /** Number of pending items, of all sessions. */
  countPending(): number {
    return z.int().parse(this.#sql.count.get()?.["items"]);
  }

  /** Sessions that have something pending, the longest waiting first. */
  pendingSessions(): SessionId[] {
    return this.#sql.sessions.all().map((row) => z.string().parse(row["session_id"]));
  }

  /** What became of an item: pending, or refused for a reason, or settled (then nothing is known of it here). */
  stateOf(id: number): "pending" | "settled" | GatelogError {
    const row = this.#sql.state.get(id);
    if (row === undefined) return "settled";
    const refusal = row["refusal"];
    return typeof refusal === "string" ? refusalSchema.parse(JSON.parse(refusal)) : "pending";
  }

  /** The store has it. Not fsynced: at worst it is sent again, which changes nothing. */
  settle(items: readonly OutboxItem[]): void {
    this.#file.laxTransaction(() => {
      for (const item of items) {
        this.#sql.settle.run(item.id);
        this.#logs.settle(item);
      }
    });
  }

  /**
   * The store will never take them: kept with the reason.
   * @param standing Hashes of the entries that stand in their places, by index: those may still be put, to repeat them.
   */
  setAside(
    items: readonly OutboxItem[],
    { code, message, context }: GatelogError,
    standing: ReadonlyMap<number, Hash> = new Map(),
  ): void {
    const refusal = JSON.stringify({ code, message, context });
    this.#file.transaction(() => {
      for (const item of items) {
        const instead = item.kind === "entry" ? standing.get(item.entry.index) : undefined;
        this.#sql.setAside.run(refusal, instead ?? null, item.id);
      }
    });
  }

  allSetAside(): SetAsideItem[] {
    return this.#sql.refused.all().map((row) => this.#refused(row));
  }

  close(): void {
    this.#file.close();
  }

  #refused(row: Row): SetAsideItem {
    const refusal = refusalSchema.parse(JSON.parse(z.string().parse(row["refusal"])));
    return { ...this.#item(row), refusal };
  }

  #item(row: Row): OutboxItem {
    const item = itemFromRow(row);
    if (item === undefined) throw this.#file.damaged(`item ${String(row["id"])} of the outbox has changed`);
    return item;
  }
}

/** What is asked of an outbox, so that a simulated disk can take its place. */
export type OutboxPort = Pick<Outbox, keyof Outbox>;

/** Of as many items as are read at once, those whose groups are whole. */
function wholeGroups<T extends OutboxItem>(items: T[]): T[] {
  const last = items.at(-1);
  return items.length < MAX_ITEMS_READ ? items : items.filter((item) => item.group !== last?.group);
}

const foundRowSchema = z.object({
  id: z.int(),
  content_key: z.string(),
  pending: z.int().transform((flag) => flag === 1),
  standing: z.string().nullable(),
});
const refusalSchema = z
  .object({
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  })
  .transform(({ code, message, context }) => new GatelogError(code, message, context));

function alreadySigned(entry: SignedEntry, known: string): GatelogError {
  return new GatelogError(
    "EQUIVOCATION",
    `another entry of epoch ${entry.epoch} and index ${entry.index} was signed before and may have left the process`,
    {
      index: entry.index,
      expected: known,
      actual: entry.entryHash,
    },
  );
}
