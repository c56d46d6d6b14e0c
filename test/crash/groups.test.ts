import { describePostgres } from "../support/postgres.ts";
import { CrashPool } from "./pool.ts";
import { GROUP_SAMPLES, groupSampleOf, nextSample } from "./sample.ts";
import type { CaseResult } from "./worker.ts";

/** A case takes seconds, and waits for those of its role before it; a network with a group that starts takes longer. */
const LIMIT_MS = 300_000;

const number = nextSample(process.env["GATELOG_GROUP_SAMPLE"], "group-runs");
const samples = groupSampleOf(number);

describePostgres(
  `Primaries killed for good at fault points, sample ${number % GROUP_SAMPLES} of ${GROUP_SAMPLES}`,
  function () {
    this.timeout(LIMIT_MS);
    this.slow(30_000);

    // One worker for each role, and so for each network.
    const pools = samples.map(() => new CrashPool(1));
    const results = new Map<string, Promise<CaseResult>>();

    before(() => {
      console.log(`      the same cases again: GATELOG_GROUP_SAMPLE=${number} npm test -- test/crash/groups.test.ts`);
      console.log(`      all of them: npm run test:crash -- --filter gone-`);
      for (const [place, cases] of samples.entries())
        for (const [order, result] of (pools[place]?.run(cases) ?? []).entries())
          results.set(cases[order]?.name ?? "", result);
    });
    after(() => Promise.all(pools.map((pool) => pool.close())));

    for (const { name } of samples.flat())
      it(name, async () => {
        const result = await results.get(name);
        if (result?.failure !== undefined) throw new Error(result.failure);
      });
  },
);
