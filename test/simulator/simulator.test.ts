import { expect } from "chai";
import { Tally } from "./faults.ts";
import { describeFailure, missing, TABLE_SEEDS, tableOf } from "./report.ts";
import { FOUND } from "./seeds.ts";
import { Simulation } from "./simulation.ts";

const PORTION = 100;
/** For a machine that is busy with other things; a seed takes a few dozen milliseconds. */
const PORTION_LIMIT_MS = 10 * 60_000;

async function expectSound(seed: number, tally: Tally): Promise<void> {
  const result = await new Simulation(seed, tally).run();
  if (result.violations.length > 0) expect.fail(describeFailure(result));
}

describe("simulated gateways", () => {
  const tally = new Tally();

  for (const [seed, what] of FOUND)
    it(`keep every invariant with seed ${seed}: ${what}`, () => expectSound(seed, tally));

  for (let first = 1; first <= TABLE_SEEDS; first += PORTION)
    it(`keep every invariant with seeds ${first} to ${first + PORTION - 1}`, async function () {
      this.timeout(PORTION_LIMIT_MS);
      for (let seed = first; seed < first + PORTION; seed++) await expectSound(seed, tally);
    });

  it("have met every fault and died at every point", () => {
    if (missing(tally).length > 0) expect.fail(`never happened: ${missing(tally).join("; ")}\n${tableOf(tally)}`);
  });
});

describe("a simulation", () => {
  it("is the same each time, whatever ran before it", async () => {
    for (const seed of [3, 5, 2_018, 77_777]) {
      const first = await new Simulation(seed, new Tally()).run();
      await new Simulation(seed + 1, new Tally()).run();
      const second = await new Simulation(seed, new Tally()).run();
      expect(second.trace.lines, `seed ${seed}`).to.deep.equal(first.trace.lines);
      expect(second.lasted).to.equal(first.lasted);
    }
  });

  it("differs from seed to seed", async () => {
    const [one, other] = [await new Simulation(3, new Tally()).run(), await new Simulation(7, new Tally()).run()];
    expect(one.trace.lines).not.to.deep.equal(other.trace.lines);
  });
});
