import { conformanceCases } from "../../src/store/conformance.ts";
import { memoryDriver, outboxed, overHttp, sqliteDriver } from "../support/store-stages.ts";

const drivers = [
  memoryDriver,
  sqliteDriver,
  overHttp(memoryDriver),
  overHttp(sqliteDriver),
  outboxed(overHttp(memoryDriver)),
];

// The chain's driver runs the same cases in chain-conformance.test.ts, on a node of its own.
for (const driver of drivers)
  describe(`log store: ${driver.name}`, () => {
    for (const { name, run } of conformanceCases(driver)) it(name, run);
  });
