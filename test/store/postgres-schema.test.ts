import { expect } from "chai";
import { connectPostgresLogStore } from "../../src/store/postgres-log-store.ts";
import { postgresAddress } from "../../src/store/postgres-options.ts";
import { migrate, MIGRATIONS, type Migration } from "../../src/store/postgres-schema.ts";
import { expectRejection } from "../support/expect-error.ts";
import { createTestDatabase, describePostgres, type TestDatabase } from "../support/postgres.ts";
import { sampleDirectory } from "../support/sample-log.ts";

/** One more than there are. */
const NEXT: Migration = (schema) => `ALTER TABLE ${schema}.session ADD COLUMN note text`;

/** Every version, oldest first. */
const ALL = MIGRATIONS.map((_, place) => place + 1);

describePostgres("the schema of a PostgreSQL store", function () {
  let database: TestDatabase;
  let schemas = 0;

  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  const fresh = () => postgresAddress({ ...database.options, schema: `schema_${(schemas += 1)}` });
  const versions = async (schema: string): Promise<unknown[]> =>
    (await database.sql(`SELECT version FROM ${schema}.migration ORDER BY version`)).map((row) => row["version"]);

  it("is made by an account that is no superuser, once, by however many start at once", async () => {
    const address = fresh();
    const results = await Promise.all(Array.from({ length: 6 }, () => migrate(address)));
    expect(results.flatMap(({ applied }) => applied).toSorted()).to.deep.equal(ALL);
    expect(await versions(address.schema)).to.deep.equal(ALL);
    const [role] = await database.sql("SELECT rolsuper FROM pg_roles WHERE rolname = $1", [address.client.user]);
    if (process.env["DATABASE_URL"] === undefined) expect(role).to.deep.equal({ rolsuper: false });
  });

  for (const [setting, value] of [
    ["default_transaction_isolation", "repeatable read"],
    ["default_transaction_isolation", "serializable"],
    ["default_transaction_read_only", "on"],
  ] as const)
    it(`is made whatever the database's defaults say (${setting}: ${value})`, async () => {
      const [row] = await database.sql("SELECT current_database() AS name");
      await database.sql(`ALTER DATABASE ${String(row?.["name"])} SET ${setting} = '${value}'`);
      try {
        const address = fresh();
        const results = await Promise.all(Array.from({ length: 4 }, () => migrate(address)));
        expect(results.flatMap(({ applied }) => applied).toSorted()).to.deep.equal(ALL);
        const store = await connectPostgresLogStore(
          { directory: sampleDirectory() },
          { ...database.options, schema: address.schema },
        );
        await store.close();
      } finally {
        await database.sql(`BEGIN READ WRITE; ALTER DATABASE ${String(row?.["name"])} RESET ${setting}; COMMIT`);
      }
    });

  it("may have a name that is a word of SQL", async () => {
    const options = { ...database.options, schema: "order" };
    const store = await connectPostgresLogStore({ directory: sampleDirectory() }, options);
    expect(await store.sessionsOf(`0x${"5a".repeat(32)}`, { open: true })).to.deep.equal([]);
    await store.close();
    expect(await versions('"order"')).to.deep.equal(ALL);
  });

  it("goes on to the next version, once, and what was there stays", async () => {
    const address = fresh();
    await migrate(address);
    await database.sql(`INSERT INTO ${address.schema}.session VALUES (DEFAULT, 'kept', '', '', '')`);
    const results = await Promise.all([1, 2, 3].map(() => migrate(address, [...MIGRATIONS, NEXT])));
    expect(results.flatMap(({ applied }) => applied)).to.deep.equal([ALL.length + 1]);
    expect(await database.sql(`SELECT session_id, note FROM ${address.schema}.session`)).to.deep.equal([
      { session_id: "kept", note: null },
    ]);
    expect(await migrate(address, [...MIGRATIONS, NEXT])).to.deep.equal({ applied: [] });
  });

  it("stays at its version when a step fails half way", async () => {
    const address = fresh();
    await migrate(address);
    const broken: Migration = (schema) => `${NEXT(schema)}; SELECT 1 / 0`;
    await expectRejection(migrate(address, [...MIGRATIONS, broken]), "STORE_UNAVAILABLE");
    expect(await versions(address.schema)).to.deep.equal(ALL);
    expect(await migrate(address, [...MIGRATIONS, NEXT])).to.deep.equal({ applied: [ALL.length + 1] });
  });

  it("of a newer program is refused, and left as it is", async () => {
    const { schema } = fresh();
    const address = postgresAddress({ ...database.options, schema });
    await migrate(address, [...MIGRATIONS, NEXT]);
    const options = { ...database.options, schema };
    const opening = connectPostgresLogStore({ directory: sampleDirectory() }, options);
    await expectRejection(opening, "INVALID_CONFIG", { expected: ALL.length, actual: ALL.length + 1, schema });
    expect(await versions(schema)).to.deep.equal([...ALL, ALL.length + 1]);
  });
});
