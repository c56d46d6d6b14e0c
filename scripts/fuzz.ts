// Sends requests to the log API that are made from its own description: right, nearly right, and wrong (test/api/fuzz.ts).
//
//   npm run fuzz -- --requests 50000 --seed 7
//
//   --requests N   how many (5,000)          --seed S   another one makes other requests (1)
//
// Ends with the answers by status. What is wrong is told with requests that show it. The last line is always `N passed, N failed`, of
// requests; a store that is not sound behind them, and a failure that the service takes for its own, count as one more each.
// Exit 1 if anything was wrong, 2 if it could not run.

import { fuzz } from "../test/api/fuzz.ts";
import { parseCommandLine } from "./support/command-line.ts";
import { wholeNumber } from "./support/option-values.ts";

const MOST_REQUESTS = 100_000_000;
const MOST_SEED = 2 ** 30;
const SHOW_EVERY_MS = 5_000;
const SECOND_MS = 1_000;

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<void> {
  const { values } = parseCommandLine(import.meta.filename, {
    options: { requests: { type: "string", default: "5000" }, seed: { type: "string", default: "1" } },
  });
  const requests = wholeNumber("--requests", values.requests, MOST_REQUESTS);
  const seed = wholeNumber("--seed", values.seed, MOST_SEED);
  const started = performance.now();
  let shownAt = started;
  const onProgress = (done: number): void => {
    const now = performance.now();
    if (now - shownAt < SHOW_EVERY_MS && done < requests) return;
    shownAt = now;
    const seconds = (now - started) / SECOND_MS;
    const rate = done / seconds;
    write(`  ${done} of ${requests} requests, ${rate.toFixed(0)}/s, ${Math.ceil((requests - done) / rate)} s left`);
  };
  const { statuses, faults, requests: sent } = await fuzz({ requests, seed, onProgress });
  const counts = [...statuses].sort(([one], [other]) => one - other).map(([status, count]) => `${status}: ${count}`);
  write(`\nanswers: ${counts.join(", ")}`);
  for (const [kind, examples] of faults) write(`\nFAULT ${kind}\n${examples.map((each) => `    ${each}`).join("\n")}`);
  const failed = faults.size;
  write(`\n${Math.max(0, sent - failed)} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 2;
});
