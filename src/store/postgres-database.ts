import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseError, Pool, type ClientBase, type PoolClient, type QueryConfig } from "pg";
import { z } from "zod";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { isConflict, startError, storeError } from "./postgres-errors.ts";
import type { PostgresAddress } from "./postgres-options.ts";
import { migrate, requireSchema } from "./postgres-schema.ts";
import { SELECT_TRANSACTION, transactionOf, UnansweredCommits, type ServerTransaction } from "./postgres-unanswered.ts";

/** A statement that the server prepares once for each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** What runs statements: a transaction, or the pool. Rows are unknown until somebody has parsed them. */
export interface Runner {
  run(statement: Statement, values: readonly unknown[]): Promise<readonly unknown[]>;
}

/** A free connection goes away behind this. */
const IDLE_CONNECTION_MS = 30_000;
/** Calls that wait for a connection; more would only time out. */
const MAX_WAITING = 1_000;
/** Whether a store that is not there, or is of an older version, is made. */
export type StoreNeeds = "existing" | "writable";

/** How often a transaction is tried that met another one. */
const MAX_TRIES = 5;
const RETRY_PAUSE_MS = 10;
/** PostgreSQL 15, which its makers mend until November 2027; of 14 the last release was that of November 2026. */
const MIN_SERVER_VERSION = 150_000;

/** Levels of synchronous_commit at which a commit that has been answered is on the server's disk, weakest first. */
const DURABLE_LEVELS = ["on", "remote_apply"] as const;

const settingsSchema = z.object({
  version: z.coerce.number(),
  fsync: z.string(),
  encoding: z.string(),
  synchronous_commit: z.string(),
  standby: z.boolean(),
});

/**
 * Connections to one PostgreSQL database, and transactions in it. A transaction that has been answered is on the server's
 * disk, whatever the account's or the database's default of synchronous_commit is; and on its synchronous standbys, where the
 * server has some. While those are away, or the disk stands still, a commit has no answer, and no other transaction is begun
 * until the server has ended it (`UnansweredCommits`). Limitation: what else the database does for its data (standbys, backups) is
 * its own; where it fails over to a standby that had not got everything, acknowledged transactions are gone.
 */
export class PostgresDatabase implements Runner {
  /** Quoted name of the tables' schema. */
  readonly schema: string;
  /** For people. */
  readonly name: string;
  readonly #pool: Pool;
  readonly #begin: string;
  readonly #unanswered: UnansweredCommits;
  #calls = 0;
  #closing: Promise<void> | undefined;
  #onIdle: () => void = () => undefined;

  private constructor(address: PostgresAddress, pool: Pool, level: string) {
    this.schema = address.quotedSchema;
    this.#pool = pool;
    this.name = address.text;
    this.#begin = `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL synchronous_commit = ${level}; ${SELECT_TRANSACTION}`;
    this.#unanswered = new UnansweredCommits(address.text);
  }

  /**
   * Connects, brings the schema up to date, and looks at what the server promises. INVALID_CONFIG where it keeps nothing (fsync
   * is off), is too old, or refuses this account; STORE_UNAVAILABLE where nobody answers, or only a standby.
   * @param needs `existing`: the schema must be there, and is left as it is.
   */
  static async open(address: PostgresAddress, needs: StoreNeeds = "writable"): Promise<PostgresDatabase> {
    const sockets = new Set<Socket>();
    const stream = (): Socket => {
      const socket = new Socket();
      sockets.add(socket);
      return socket.once("close", () => sockets.delete(socket));
    };
    const limits = { max: address.connections, idleTimeoutMillis: IDLE_CONNECTION_MS };
    const pool = new Pool({ ...address.client, ...limits, stream });
    // Of a free connection that breaks; the next call gets another one.
    pool.on("error", () => undefined);
    // Of one that breaks between two statements, or before whoever asked for it has it in hand: the next statement fails. For as long
    // as it lives: a server's last words can come in one piece with the answer that makes it ready.
    pool.on("connect", (client) => client.on("error", () => undefined));
    try {
      const level = await checkServer(pool, address);
      await (needs === "writable" ? migrate(address) : requireSchema(address));
      return new PostgresDatabase(address, pool, level);
    } catch (error) {
      await pool.end();
      // The pool knows nothing of a connection that it has given up before the server did.
      for (const socket of sockets) socket.destroy();
      throw startError(error, address.text);
    }
  }

  /** One statement, in a transaction of its own. For reading. */
  run(statement: Statement, values: readonly unknown[]): Promise<readonly unknown[]> {
    return this.#call(async () => {
      const client = await this.#connect();
      return using(client, () => query(client, statement, values));
    });
  }

  /**
   * Runs the work in one transaction. When it resolves, the transaction is durable. When it rejects with what the work threw,
   * nothing has changed; with STORE_UNAVAILABLE it may have, if the connection broke in the commit. The work may run again, from
   * the start, after a conflict with another transaction.
   */
  transaction<T>(work: (runner: Runner) => Promise<T>): Promise<T> {
    return this.#call(async () => {
      for (let tries = 1; ; tries += 1)
        try {
          return await this.#once(work);
        } catch (error) {
          if (!isConflict(error) || tries === MAX_TRIES) throw error;
          await sleep(RETRY_PAUSE_MS * 2 ** tries * Math.random());
        }
    });
  }

  /** What is under way is finished first; what comes now is refused. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // The pool would forget who waits for a connection.
    if (this.#calls > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    await this.#pool.end();
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined)
      throw new GatelogError("STORE_UNAVAILABLE", `${this.name}: the store is closed`, { database: this.name });
    if (this.#pool.waitingCount >= MAX_WAITING)
      throw new GatelogError("OVERLOADED", `${this.name}: ${MAX_WAITING} calls wait for a connection`, {
        maximum: MAX_WAITING,
      });
    this.#calls += 1;
    try {
      return await work();
    } catch (error) {
      throw storeError(error, this.name);
    } finally {
      this.#calls -= 1;
      if (this.#calls === 0) this.#onIdle();
    }
  }

  #connect(): Promise<PoolClient> {
    return this.#pool.connect();
  }

  async #once<T>(work: (runner: Runner) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    return using(client, async () => {
      await this.#unanswered.check(client);
      const transaction = transactionOf(await client.query(this.#begin));
      const result = await work({ run: (statement, values) => query(client, statement, values) });
      await this.#commit(client, transaction);
      return result;
    });
  }

  async #commit(client: ClientBase, transaction: ServerTransaction): Promise<void> {
    // A server that gives up waiting for a standby says so in a warning, beside its success.
    const warnings: string[] = [];
    const onNotice = (notice: { readonly message?: string | undefined }): void => {
      warnings.push(notice.message ?? "");
    };
    client.on("notice", onNotice);
    try {
      const { command } = await client.query("COMMIT");
      if (command !== "COMMIT" || warnings.length > 0)
        throw new GatelogError("STORE_UNAVAILABLE", `${this.name}: not committed for sure: ${warnings.join("; ")}`, {
          database: this.name,
          command,
        });
    } catch (error) {
      if (!(error instanceof DatabaseError || isGatelogError(error))) this.#unanswered.note(transaction);
      throw error;
    } finally {
      client.off("notice", onNotice);
    }
  }
}

/** Gives the connection back when the work is done, and away if it cannot be used again. */
async function using<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  let isUsable = false;
  try {
    const result = await work();
    isUsable = true;
    return result;
  } catch (error) {
    // Only behind a refusal, of the server's or ours, is the connection one that listens.
    if (error instanceof DatabaseError || isGatelogError(error)) isUsable = await rolledBack(client);
    throw error;
  } finally {
    client.release(!isUsable);
  }
}

/** Outside a transaction it is a warning of the server's, and nothing more. */
async function rolledBack(client: ClientBase): Promise<boolean> {
  try {
    await client.query("ROLLBACK");
    return true;
  } catch {
    return false; // The server undoes what the connection leaves behind.
  }
}

async function query(
  client: ClientBase,
  statement: Statement,
  values: readonly unknown[],
): Promise<readonly unknown[]> {
  const config: QueryConfig<unknown[]> = { ...statement, values: [...values] };
  const { rows }: { rows: readonly unknown[] } = await client.query(config);
  return rows;
}

/** What the server promises by its settings; returns the level of synchronous_commit to ask for. */
async function checkServer(pool: Pool, { text: database }: PostgresAddress): Promise<string> {
  const { rows }: { rows: readonly unknown[] } = await pool.query(`
    SELECT current_setting('server_version_num') AS version, current_setting('fsync') AS fsync,
      current_setting('server_encoding') AS encoding, current_setting('synchronous_commit') AS synchronous_commit,
      pg_is_in_recovery() AS standby`);
  const { version, fsync, encoding, synchronous_commit, standby } = settingsSchema.parse(rows[0]);
  if (version < MIN_SERVER_VERSION)
    throw new GatelogError(
      "INVALID_CONFIG",
      `${database}: PostgreSQL ${MIN_SERVER_VERSION / 10_000} or newer is needed`,
      {
        expected: MIN_SERVER_VERSION,
        actual: version,
      },
    );
  if (fsync !== "on")
    throw new GatelogError("INVALID_CONFIG", `${database}: the server runs with fsync off, and would keep nothing`, {
      database,
      fsync,
    });
  if (encoding !== "UTF8")
    throw new GatelogError("INVALID_CONFIG", `${database}: the database's encoding is ${encoding}; UTF8 is needed`, {
      expected: "UTF8",
      actual: encoding,
    });
  if (standby)
    throw new GatelogError("STORE_UNAVAILABLE", `${database} is a standby and takes no writes`, { database });
  return DURABLE_LEVELS.find((level) => level === synchronous_commit) ?? DURABLE_LEVELS[0];
}
