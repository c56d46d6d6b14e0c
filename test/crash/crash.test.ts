import { CrashPool } from "./pool.ts";
import { nextSample, sampleOf, SAMPLES } from "./sample.ts";
import type { CaseResult } from "./worker.ts";

/** One for each core that the tests count on. */
const WORKERS = 2;
/** A case takes seconds, and waits for the one that its worker is at; a network that starts takes longer. */
const LIMIT_MS = 300_000;

const number = nextSample(process.env["GATELOG_CRASH_SAMPLE"], "runs");
const cases = sampleOf(number);

describe(`Real processes killed at fault points, sample ${number % SAMPLES} of ${SAMPLES}`, function () {
  this.timeout(LIMIT_MS);
  this.slow(30_000);

  let pool: CrashPool;
  let results: readonly Promise<CaseResult>[] = [];

  before(() => {
    console.log(`      the same cases again: GATELOG_CRASH_SAMPLE=${number} npm test -- test/crash/crash.test.ts`);
    console.log(`      all of them: npm run test:crash`);
    pool = new CrashPool(WORKERS);
    results = pool.run(cases);
  });
  after(() => pool.close());

  for (const [place, { name }] of cases.entries())
    it(name, async () => {
      const result = await results[place];
      if (result?.failure !== undefined) throw new Error(result.failure);
    });
});
