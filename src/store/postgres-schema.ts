import { Client, type ClientBase } from "pg";
import { GatelogError } from "../entry/errors.ts";
import { startError } from "./postgres-errors.ts";
import { advisoryLock } from "./postgres-locks.ts";
import type { PostgresAddress } from "./postgres-options.ts";

/** Statements that lead from one version of the schema to the next. `schema` is a quoted name. */
export type Migration = (schema: string) => string;

/**
 * The tables, by version; the first leads to version 1. One that has been released is never changed.
 *
 * The heads are not kept apart: the last entry of a log says what its head is. `place` is 0 for the origin's log. Checksums are
 * over the row, and whose it is.
 */
export const MIGRATIONS: readonly Migration[] = [
  (schema) => `
    CREATE TABLE ${schema}.session (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      session_id text NOT NULL UNIQUE,
      session_hash text NOT NULL,
      opening text NOT NULL,
      checksum bytea NOT NULL
    );
    CREATE TABLE ${schema}.log (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      session bigint NOT NULL REFERENCES ${schema}.session,
      place smallint NOT NULL,
      gateway_id text NOT NULL,
      closing text,
      checksum bytea NOT NULL,
      UNIQUE (session, gateway_id)
    );
    CREATE INDEX log_of_gateway ON ${schema}.log (gateway_id, session);
    CREATE INDEX open_log_of_gateway ON ${schema}.log (gateway_id, session) WHERE closing IS NULL;
    CREATE TABLE ${schema}.entry (
      log bigint NOT NULL REFERENCES ${schema}.log,
      position integer NOT NULL,
      entry_hash bytea NOT NULL,
      header bytea NOT NULL,
      caused_by bytea NOT NULL,
      last_entry_hash bytea NOT NULL,
      payload_hash bytea NOT NULL,
      payload bytea NOT NULL,
      signature bytea NOT NULL,
      checksum bytea NOT NULL,
      PRIMARY KEY (log, position)
    );
    CREATE TABLE ${schema}.evidence (
      refused_hash text PRIMARY KEY,
      log bigint NOT NULL REFERENCES ${schema}.log,
      standing text NOT NULL,
      refused text NOT NULL,
      checksum bytea NOT NULL
    );
    CREATE INDEX evidence_of_log ON ${schema}.evidence (log);
    CREATE FUNCTION ${schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'a row of % is never changed and never removed', TG_TABLE_NAME; END
    $$;
    CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ${schema}.session
      FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse_change();
    CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON ${schema}.log
      FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse_change();
    CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ${schema}.entry
      FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse_change();
    CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ${schema}.evidence
      FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse_change();
  `,
];

/**
 * Brings the schema to the newest version, each step in a transaction of its own; whoever comes second waits, and finds it
 * done. Where nothing is to be done it needs no right to change a table; where the schema is to be made, the right to create one
 * in the database. INVALID_CONFIG for a schema of a newer program, and where a right is missing.
 */
export async function migrate(
  address: PostgresAddress,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<{ readonly applied: readonly number[] }> {
  return connected(address, async (client) => {
    const applied: number[] = [];
    while ((await versionOf(client, address, migrations.length)) < migrations.length)
      applied.push(...(await step(client, address, migrations)));
    return { applied };
  });
}

/** For who only reads, and changes nothing: INVALID_CONFIG unless the schema is there, and of the newest version. */
export async function requireSchema(
  address: PostgresAddress,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const { schema, text } = address;
  const expected = migrations.length;
  const actual = await connected(address, (client) => versionOf(client, address, expected));
  if (actual === expected) return;
  const what =
    actual === 0
      ? `there is no schema ${schema} in ${text}`
      : `schema ${schema} of ${text} has version ${actual}, and this program reads ${expected}: whoever writes to it brings it up to date`;
  throw new GatelogError("INVALID_CONFIG", what, { schema, expected, actual });
}

async function connected<T>(address: PostgresAddress, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = new Client(address.migration);
  // A connection that breaks while nothing is asked of it would end the process otherwise; the next statement fails anyway.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw startError(error, address.text);
  } finally {
    await client.end();
  }
}

/** The next step, under a lock; nothing if another process has taken it meanwhile. */
async function step(
  client: ClientBase,
  address: PostgresAddress,
  migrations: readonly Migration[],
): Promise<readonly number[]> {
  const { schema, quotedSchema } = address;
  // In so many words: the account's or the database's default may be another. Behind the lock each statement must see what the
  // former holder has made.
  await client.query("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL synchronous_commit = on");
  try {
    await client.query("SELECT pg_advisory_xact_lock($1, $2)", advisoryLock("schema", schema));
    const before = await versionOf(client, address, migrations.length);
    const migration = migrations[before];
    if (migration !== undefined) {
      if (before === 0) await createSchema(client, address);
      await client.query(migration(quotedSchema));
      await client.query(`INSERT INTO ${quotedSchema}.migration (version) VALUES ($1)`, [before + 1]);
    }
    await client.query("COMMIT");
    return migration === undefined ? [] : [before + 1];
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined); // What has failed before says more.
    throw error;
  }
}

async function createSchema(client: ClientBase, { schema, quotedSchema }: PostgresAddress): Promise<void> {
  // An administrator may have made it for an account that may make none.
  const { rowCount } = await client.query("SELECT FROM pg_namespace WHERE nspname = $1", [schema]);
  if (rowCount === 0) await client.query(`CREATE SCHEMA ${quotedSchema}`);
  await client.query(
    `CREATE TABLE ${quotedSchema}.migration (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
  );
}

/** 0 where there is nothing yet. */
async function versionOf(client: ClientBase, address: PostgresAddress, newest: number): Promise<number> {
  const { schema, quotedSchema, text } = address;
  // Of the catalogue's rows, and not `to_regclass`: that may answer from before a wait for the lock.
  const { rowCount } = await client.query(
    "SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = $1 AND relname = 'migration'",
    [schema],
  );
  if (rowCount === 0) return 0;
  const { rows } = await client.query<{ version: number }>(
    `SELECT coalesce(max(version), 0)::integer AS version FROM ${quotedSchema}.migration`,
  );
  const version = rows[0]?.version ?? 0;
  if (version > newest)
    throw new GatelogError(
      "INVALID_CONFIG",
      `schema ${schema} of ${text} has version ${version}; this program knows ${newest}: run a newer one`,
      { schema, expected: newest, actual: version },
    );
  return version;
}
