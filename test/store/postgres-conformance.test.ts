import { conformanceCases } from "../../src/store/conformance.ts";
import { createTestDatabase, describePostgres, type TestDatabase } from "../support/postgres.ts";
import { postgresDriver } from "../support/postgres-stage.ts";
import { overHttp } from "../support/store-stages.ts";

describePostgres("log stores on PostgreSQL", function () {
  let database: TestDatabase;

  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  const postgres = postgresDriver(() => database);
  for (const driver of [postgres, overHttp(postgres)])
    describe(`log store: ${driver.name}`, () => {
      for (const { name, run } of conformanceCases(driver)) it(name, run);
    });
});
