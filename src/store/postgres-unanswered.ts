import type { ClientBase } from "pg";
import { z } from "zod";
import { GatelogError } from "../entry/errors.ts";

/** A transaction as the server's list of activities has it. */
export interface ServerTransaction {
  readonly pid: number;
  /** Its start by the server's clock, in seconds. */
  readonly since: string;
}

/** Gives the transaction's own `ServerTransaction`. */
export const SELECT_TRANSACTION = "SELECT pg_backend_pid() AS pid, extract(epoch FROM now())::text AS since";

const transactionSchema = z.object({ pid: z.int(), since: z.string() });
const resultsSchema = z.array(z.object({ rows: z.array(z.unknown()) }));

/** @param results Of several statements, of which `SELECT_TRANSACTION` was the last. */
export function transactionOf(results: unknown): ServerTransaction {
  return transactionSchema.parse(resultsSchema.parse(results).at(-1)?.rows[0]);
}

/**
 * Commits that this process has given up waiting for. A server whose synchronous standby is away, or whose disk stands still, goes on
 * with each of them, without its client, on a connection that it keeps: who sent the next one all the same would leave another behind
 * each time, until the server takes no more. So nothing is begun while one of them goes on. None is ended from here, because
 * that would show everybody what the standby has not got.
 *
 * Guarantee: no more of them than there were transactions at once. Limitation: the server must keep its list of activities
 * (`track_activities`, its default).
 */
export class UnansweredCommits {
  readonly #at: string;
  #transactions: ServerTransaction[] = [];

  /** @param at What the errors call the database. */
  constructor(at: string) {
    this.#at = at;
  }

  note(transaction: ServerTransaction): void {
    this.#transactions.push(transaction);
  }

  /** STORE_UNAVAILABLE while the server goes on with one of them. Another server, behind a fail-over, knows none of them. */
  async check(client: ClientBase): Promise<void> {
    const asked = this.#transactions;
    if (asked.length === 0) return;
    const pids = asked.map(({ pid }) => pid);
    const { rows }: { rows: readonly unknown[] } = await client.query(
      `SELECT pid, extract(epoch FROM xact_start)::text AS since FROM pg_stat_activity
        WHERE pid = ANY($1::integer[]) AND xact_start IS NOT NULL`,
      [pids],
    );
    const going = new Set(rows.map((row) => keyOf(transactionSchema.parse(row))));
    const ended = new Set(asked.filter((each) => !going.has(keyOf(each))));
    // What was noted meanwhile stays.
    this.#transactions = this.#transactions.filter((each) => !ended.has(each));
    if (ended.size < asked.length)
      throw new GatelogError(
        "STORE_UNAVAILABLE",
        `${this.#at}: the server goes on with a commit that it has not answered; does it wait for a standby?`,
        { database: this.#at, reason: "unanswered commit", actual: asked.length - ended.size },
      );
  }
}

function keyOf({ pid, since }: ServerTransaction): string {
  return `${pid} ${since}`;
}
