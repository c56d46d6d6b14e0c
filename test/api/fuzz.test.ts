import { expect } from "chai";
import { fuzz } from "./fuzz.ts";

/** More of them, with other seeds: `npm run fuzz`. */
const REQUESTS = 5_000;
const SEED = 1;
/** A guard against hanging; it takes a tenth of it. */
const LIMIT_MS = 240_000;

describe("API fuzz", () => {
  it("answers whatever comes as its description says, and leaves the store sound", async function () {
    this.timeout(LIMIT_MS);
    const { requests, faults, statuses, succeeded } = await fuzz({ requests: REQUESTS, seed: SEED });
    expect([...faults]).to.deep.equal([]);
    expect(requests).to.equal(REQUESTS);
    // It is no test of the refusals alone.
    const successes = (statuses.get(200) ?? 0) + (statuses.get(204) ?? 0);
    expect(successes).to.be.greaterThan(REQUESTS / 10);
    for (const operation of [
      "saveEntry",
      "openSession",
      "closeLog",
      "updateLog",
      "diffLog",
      "draftSaveEntry",
      "followSession",
    ])
      expect(succeeded).to.include(operation);
  });
});
