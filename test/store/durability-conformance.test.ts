import { durabilityCases } from "../../src/store/conformance.ts";
import { requireBinaries } from "../support/postgres.ts";
import type { Binaries } from "../support/postgres-server.ts";
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

  describe("log store: postgres, of which the server is killed too", () => {
    let binaries: Binaries | undefined;
    before(function () {
      binaries = requireBinaries(this);
    });
    const driver = durablePostgres(() => {
      if (binaries === undefined) throw new Error("there is no PostgreSQL here");
      return binaries;
    });
    for (const { name, run } of durabilityCases(driver, { kills: KILLS })) it(name, run);
  });
});
