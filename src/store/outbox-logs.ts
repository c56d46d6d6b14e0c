import { z } from "zod";
import { hashSchema, type GatewayId, type SessionId } from "../entry/hex.ts";
import type { OutboxItem } from "./outbox-items.ts";
import type { SqliteFile, SqliteStatement } from "./sqlite-file.ts";

/** A closed log is remembered until so many others were written to after it: nothing is written to it any more. */
const MAX_LOGS_BEHIND_CLOSED = 100_000;

/** Files of the first version have none of it. */
const TABLE = `
  CREATE TABLE IF NOT EXISTS log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL,
    gateway_id TEXT NOT NULL,
    length INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    UNIQUE (session_id, gateway_id)
  ) STRICT`;
const INDEX = "CREATE INDEX IF NOT EXISTS closed_log ON log (id) WHERE closed = 1";

const rowSchema = z.object({ gateway_id: hashSchema, length: z.int() });

/**
 * What the store is known to have of each log, over restarts: a table of the outbox's file. It tells a store that lags from one
 * that refuses, and keeps an index that is taken from being signed for again when a lagging store shows it free (R8).
 */
export class SettledLogs {
  readonly #sql: Readonly<Record<"find" | "all" | "reach" | "forget", SqliteStatement>>;

  constructor(file: SqliteFile) {
    for (const sql of [TABLE, INDEX]) file.statement(sql).run();
    this.#sql = {
      find: file.statement("SELECT length FROM log WHERE session_id = ? AND gateway_id = ?"),
      all: file.statement("SELECT gateway_id, length FROM log WHERE session_id = ?"),
      reach: file.statement(
        `INSERT INTO log (session_id, gateway_id, length, closed) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
         SET length = max(length, excluded.length), closed = max(closed, excluded.closed)`,
      ),
      forget: file.statement("DELETE FROM log WHERE closed = 1 AND id <= (SELECT max(id) FROM log) - ?"),
    };
  }

  /** Number of entries that the store has taken; what was signed at an index below it stands there. */
  lengthOf(sessionId: SessionId, gatewayId: GatewayId): number {
    const row = this.#sql.find.get(sessionId, gatewayId);
    return row === undefined ? 0 : z.int().parse(row["length"]);
  }

  /** By gateway; a log of which the store has taken its session's opening at least has a length, if only zero. */
  lengthsOf(sessionId: SessionId): ReadonlyMap<GatewayId, number> {
    const rows = this.#sql.all.all(sessionId).map((row) => rowSchema.parse(row));
    return new Map(rows.map(({ gateway_id: gatewayId, length }) => [gatewayId, length]));
  }

  /** The store has the item. Runs in the caller's transaction. */
  settle(item: OutboxItem): void {
    const { sessionId } = item;
    switch (item.kind) {
      case "opening":
        this.#sql.reach.run(sessionId, item.opening.facts.origin.gatewayId, 0, 0);
        return;
      case "entry":
        this.#sql.reach.run(sessionId, item.entry.gatewayId, item.entry.index + 1, 0);
        return;
      case "closing":
        this.#sql.reach.run(sessionId, item.closing.gatewayId, item.closing.length, 1);
        this.#sql.forget.run(MAX_LOGS_BEHIND_CLOSED);
        return;
      case "decision":
    }
  }
}
