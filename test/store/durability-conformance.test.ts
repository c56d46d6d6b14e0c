import { durabilityCases } from "../../src/store/conformance.ts";
import { describePostgresServer } from "../support/postgres.ts";
import { durablePostgres, durableSqlite } from "./durable-drivers.ts";

/** Twenty in all; more of them, with other seeds: `npm run crash-loop`. */
const KILLS = 10;
/** A guard against hanging; it takes a tenth of it. */
const LIMIT_MS = 240_000;

describe("log stores that outlive their process", function () {
  this.timeout(LIMIT_MS);

  describe(`log store: ${durableSqlite.name}`, () => {
    for (const { name, run } of durabilityCases(durableSqlite, { kills: KILLS })) it(name, run);
  });

  describePostgresServer("log store: postgres, of which the server is killed too", function (binaries) {
    const driver = durablePostgres(() => binaries);
    for (const { name, run } of durabilityCases(driver, { kills: KILLS })) it(name, run);
  });
});
