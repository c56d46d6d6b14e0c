import { z } from "zod";
import { unpackHeader } from "../../src/entry/entry.ts";
import { bytesToHex, type GatewayId } from "../../src/entry/hex.ts";
import { commandFrom } from "../../src/entry/vocabulary.ts";
import type { Side } from "../support/gatelog-net.ts";
import type { Reign, Signed } from "./judgement.ts";
import { lower, reignsSince, type LogRecord, type Told } from "./log-record.ts";

type Sql = (text: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>;

/** Microseconds; PostgreSQL's own resolution. */
const micros = z.string().transform(Number);
const nowSchema = z.tuple([z.object({ now: micros })]);
const changesSchema = z.array(z.object({ epoch: z.int(), key: z.string(), at: micros }));
const entriesSchema = z.array(z.object({ session: z.string(), header: z.instanceof(Uint8Array), at: micros }));
const statementsSchema = z.array(
  z.object({ what: z.string(), session: z.string(), epoch: z.string().transform(Number), at: micros }),
);
const differencesSchema = z.array(z.object({ session: z.string(), position: z.int() }));

/** What stands in the group's tables, with the time at which the transaction was committed that put it there. */
export class PostgresRecord implements LogRecord {
  readonly #sql: Sql;
  readonly #own: Side;
  readonly #peer: Side;
  readonly #gatewayId: GatewayId;

  /**
   * @param deps.sql An administrator's; the server keeps the times of commits (`track_commit_timestamp`).
   * @param sides Names of the schemas: the group's, and its peer's.
   */
  constructor(deps: { readonly sql: Sql }, sides: { readonly own: Side; readonly peer: Side }, gatewayId: GatewayId) {
    this.#sql = deps.sql;
    this.#own = sides.own;
    this.#peer = sides.peer;
    this.#gatewayId = gatewayId;
  }

  async mark(): Promise<number> {
    const rows = await this.#sql(`SELECT ${inMicros("clock_timestamp()")} AS now`);
    const [{ now }] = nowSchema.parse(rows);
    return now;
  }

  async behind(mark: number): Promise<Told> {
    const [reigns, entries, statements, faults] = await Promise.all([
      this.#reigns(mark),
      this.#entries(mark),
      this.#statements(mark),
      this.#differences(),
    ]);
    return { reigns, signed: [...entries, ...statements], faults };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #reigns(mark: number): Promise<Reign[]> {
    const rows = await this.#sql(
      `SELECT epoch, change::json->>'key' AS key, ${committed("group_change")} AS at FROM ${this.#own}.group_change
        WHERE gateway_id = $1 AND change::json->>'event' = 'PrimaryChanged' ORDER BY position`,
      [this.#gatewayId],
    );
    const all = changesSchema.parse(rows).map(({ epoch, key, at }): Reign => {
      return { epoch, key: lower(key), since: [at, 0] };
    });
    return reignsSince(all, ({ since }) => since !== null && since[0] > mark);
  }

  async #entries(mark: number): Promise<Signed[]> {
    const rows = await this.#sql(
      `SELECT session_id AS session, header, ${committed("entry")} AS at FROM ${this.#own}.entry
        JOIN ${this.#own}.log ON log.id = entry.log JOIN ${this.#own}.session ON session.id = log.session
        WHERE gateway_id = $1 ORDER BY entry.log, position`,
      [this.#gatewayId],
    );
    return entriesSchema
      .parse(rows)
      .filter(({ at }) => at > mark)
      .map(({ session, header, at }) => {
        const { operation, command, epoch } = unpackHeader(bytesToHex(header));
        return { what: `${operation}-${commandFrom(command)}`, session, epoch, at: [at, 0] };
      });
  }

  /** Openings of its own sessions, and closings of its logs; a log's row changes when it is closed, and never else. */
  async #statements(mark: number): Promise<Signed[]> {
    const rows = await this.#sql(
      `SELECT 'opening' AS what, session_id AS session, opening::json->>'epoch' AS epoch, ${committed("session")} AS at
        FROM ${this.#own}.session WHERE opening::json->'facts'->'origin'->>'gatewayId' = $1
      UNION ALL SELECT 'closing', session_id, closing::json->>'epoch', ${committed("log")} FROM ${this.#own}.log
        JOIN ${this.#own}.session ON session.id = log.session WHERE gateway_id = $1 AND closing IS NOT NULL`,
      [this.#gatewayId],
    );
    return statementsSchema
      .parse(rows)
      .filter(({ at }) => at > mark)
      .map(({ what, session, epoch, at }) => ({ what, session, epoch, at: [at, 0] }));
  }

  /** The peer's copies of the group's logs have nothing that those have not. */
  async #differences(): Promise<string[]> {
    const entries = (side: Side): string =>
      `(SELECT session_id, position, entry_hash FROM ${side}.entry JOIN ${side}.log ON log.id = entry.log
        JOIN ${side}.session ON session.id = log.session WHERE gateway_id = $1)`;
    const rows = await this.#sql(
      `SELECT session_id AS session, position FROM (${entries(this.#peer)} EXCEPT ${entries(this.#own)}) AS other`,
      [this.#gatewayId],
    );
    return differencesSchema
      .parse(rows)
      .map(({ session, position }) => `entry ${position} of ${session} is the peer's alone`);
  }
}

function inMicros(time: string): string {
  return `(extract(epoch FROM ${time}) * 1000000)::bigint::text`;
}

/** When the row was written as it is. */
function committed(table: string): string {
  return inMicros(`pg_xact_commit_timestamp(${table}.xmin)`);
}
