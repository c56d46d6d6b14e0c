// All tests, as `npm test` runs them: the checks of `npm run check`, then the Solidity and the mocha tests in one Hardhat run.
// Arguments go to `hardhat test`; with any, only that runs:
//
//   npm test -- test/entry/entry.test.ts
//   npm test -- --grep "stale head"
//
// The last line is always `N passed, N failed`. Skipped tests are neither, and named in the line above it.

import { stripVTControlCharacters } from "node:util";

import { runCheckStages } from "./support/check-stages.ts";
import { runScript, TOOLS } from "./support/run-tool.ts";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Reads Hardhat's closing summary, "12 passing (8 solidity, 4 mocha)". Its mocha figure includes the tests that mocha skipped,
 * which mocha's own summary names as pending.
 */
function countsOf(output: string): Counts | undefined {
  const lines = stripVTControlCharacters(output).split("\n");
  const last = (pattern: RegExp): number =>
    Number(lines.findLast((line) => pattern.test(line))?.match(pattern)?.[1] ?? 0);
  const passing = last(/^(\d+) passing \(/);
  const failed = last(/^(\d+) failing \(/);
  const pending = last(/^ {2}(\d+) pending$/);
  if (passing + failed === 0) return undefined;
  return { passed: passing - pending, failed, skipped: last(/^(\d+) skipped \(/) + pending };
}

async function runTests(args: readonly string[]): Promise<Counts> {
  const color = process.stdout.isTTY ? { FORCE_COLOR: "1" } : undefined;
  const { code, output } = await runScript(TOOLS.hardhat, ["test", ...args], {
    echo: true,
    ...(color && { env: color }),
  });
  const counts = countsOf(output) ?? { passed: 0, failed: 0, skipped: 0 };
  // A run that broke off, or that found no test, has failed once, whatever it counted before.
  if (counts.failed === 0 && (code !== 0 || counts.passed === 0)) counts.failed = 1;
  return counts;
}

async function timed<T>(name: string, stage: () => Promise<T>): Promise<T> {
  process.stdout.write(`\n━━ ${name}\n`);
  const started = performance.now();
  const result = await stage();
  process.stdout.write(`━━ ${name}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return result;
}

const args = process.argv.slice(2);
const check = args.length > 0 ? { passed: 0, failed: 0 } : await timed("check", runCheckStages);
const tests = await timed("hardhat test", () => runTests(args));
const failed = check.failed + tests.failed;
if (tests.skipped > 0) process.stdout.write(`\n${tests.skipped} skipped\n`);
process.stdout.write(`\n${check.passed + tests.passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
