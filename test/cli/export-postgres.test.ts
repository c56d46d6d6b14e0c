import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openLog, type OpenLog } from "../../src/cli/log-access.ts";
import { Cleanup } from "../../src/cli/wiring-context.ts";
import { postgresAddress } from "../../src/store/postgres-options.ts";
import { migrate, MIGRATIONS, requireSchema, type Migration } from "../../src/store/postgres-schema.ts";
import { expectRejection } from "../support/expect-error.ts";
import { destination, origin, writeLog } from "../support/log-file-stage.ts";
import { createTestDatabase, describePostgres, type TestDatabase } from "../support/postgres.ts";
import { sampleSession } from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const PASSWORD = "GATELOG_TEST_PASSWORD";

describePostgres("a log in PostgreSQL that is only read", function () {
  let database: TestDatabase;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let cleanup: Cleanup;
  let schemas = 0;

  before(async () => {
    database = await createTestDatabase();
    folder = await temporaryFolder();
  });
  after(async () => {
    await database.drop();
    await folder.remove();
  });
  beforeEach(() => (cleanup = new Cleanup()));
  afterEach(() => cleanup.run());

  const freshSchema = (): string => `reader_${(schemas += 1)}`;

  /** As `export` and `import` open the store of a service. @param url Of another account than the owner's. */
  function opened(schema: string, needs: "existing" | "writable", url = database.options.url): Promise<OpenLog> {
    const { password } = database.options;
    const store = { driver: "postgres", url, schema, ...(password !== undefined && { password: { env: PASSWORD } }) };
    const gateways = [origin, destination].map(({ name, owner, signer }) => {
      return { name, owner, keys: [{ epoch: 1, key: signer.address }] };
    });
    const config = join(folder.path, `${schema}.json`);
    writeFileSync(config, JSON.stringify({ store, gateways, dataDir: "./data" }));
    return openLog({ config, kind: "api" }, needs, { [PASSWORD]: password ?? "" }, cleanup);
  }

  /** Of the database, for an account that may only read; the owner's own where DATABASE_URL gives no account that makes others. */
  async function readerOf(schema: string): Promise<string> {
    const url = new URL(database.options.url);
    if (process.env["DATABASE_URL"] !== undefined) return url.href;
    url.username = `${schema}_${Date.now()}`;
    await database.sql(`
      CREATE ROLE ${url.username} LOGIN PASSWORD '${database.options.password}';
      GRANT USAGE ON SCHEMA ${schema} TO ${url.username};
      GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${url.username}`);
    return url.href;
  }

  const found = (schema: string) => database.sql("SELECT nspname FROM pg_namespace WHERE nspname = $1", [schema]);

  it("must be there: no schema is made to be read", async () => {
    const schema = freshSchema();
    await expectRejection(opened(schema, "existing"), "INVALID_CONFIG", {
      schema,
      expected: MIGRATIONS.length,
      actual: 0,
    });
    expect(await found(schema)).to.deep.equal([]);
    await opened(schema, "writable");
    expect(await found(schema)).to.have.length(1);
  });

  it("is read as it stands, by an account that may do nothing else", async () => {
    const schema = freshSchema();
    const { store } = await opened(schema, "writable");
    const sample = await sampleSession(origin, destination);
    const entries = await writeLog(store, sample, origin, 2);
    const reader = await opened(schema, "existing", await readerOf(schema));
    const { sessionId } = sample.facts;
    expect(await reader.store.read(sessionId, origin.gatewayId, { from: 0, limit: 9 })).to.deep.equal(entries);
  });

  it("is not brought up to date by who reads it", async () => {
    const address = postgresAddress({ ...database.options, schema: freshSchema() });
    await migrate(address);
    const next: Migration = (schema) => `ALTER TABLE ${schema}.session ADD COLUMN note text`;
    const older = { expected: MIGRATIONS.length + 1, actual: MIGRATIONS.length };
    await expectRejection(requireSchema(address, [...MIGRATIONS, next]), "INVALID_CONFIG", older);
    await requireSchema(address);
  });
});
