import { behaviour, durability } from "../../examples/driver/kit.ts";
import { conformanceCases, durabilityCases } from "../../src/store/conformance.ts";

/** The driver of docs/DRIVERS.md, held to the kit as its reader would. */
describe("log store of the example", function () {
  this.timeout(120_000);
  for (const { name, run } of [...conformanceCases(behaviour), ...durabilityCases(durability, { kills: 2 })])
    it(name, run);
});
