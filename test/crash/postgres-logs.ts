import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Role } from "../../src/protocol/order.ts";
import { connectPostgresLogStore } from "../../src/store/postgres-log-store.ts";
import type { PostgresOptions } from "../../src/store/postgres-options.ts";
import type { GatelogNet } from "../support/gatelog-net.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import type { PostgresServer } from "../support/postgres-server.ts";
import { sampleDirectory } from "../support/sample-log.ts";
import { logsIn, SIDES, type SessionLogs } from "./session-logs.ts";

const CONNECTIONS = 2;

/** A database for the logs of both gateways, each in a schema of its own. */
export class PostgresLogs {
  /** Past the gateways. */
  readonly logs: SessionLogs;
  readonly #database: TestDatabase;

  private constructor(database: TestDatabase, logs: SessionLogs) {
    this.#database = database;
    this.logs = logs;
  }

  /** @param server By default the one of all tests. */
  static async open(net: GatelogNet, server?: PostgresServer): Promise<PostgresLogs> {
    const database = await createTestDatabase(server);
    const connect = (role: Role) =>
      connectPostgresLogStore(
        { directory: sampleDirectory() }, // who has signed is the gateways' to check
        { ...database.options, schema: schemaOf(role), connections: CONNECTIONS },
      );
    const logs = logsIn(net, { origin: await connect("origin"), destination: await connect("destination") });
    const { password } = database.options;
    if (typeof password === "string") writeFileSync(join(net.dir, "password"), password, { mode: 0o600 });
    return new PostgresLogs(database, logs);
  }

  /** As a configuration names it. */
  store(role: Role): object {
    const { url, password }: Pick<PostgresOptions, "url" | "password"> = this.#database.options;
    const schema = schemaOf(role);
    return { driver: "postgres", url, schema, ...(password !== undefined && { password: { file: "password" } }) };
  }

  /** SQL by an administrator. A gateway's tables are in the schema of its side. */
  sql(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]> {
    return this.#database.sql(text, values);
  }

  async close(): Promise<void> {
    await this.logs.close();
    await this.#database.drop();
  }
}

function schemaOf(role: Role): string {
  return SIDES[role];
}
