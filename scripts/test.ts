// All tests, as `npm test` runs them: the checks of `npm run check`, the Solidity tests, and the mocha tests in two Hardhat runs at
// once. Arguments go to `hardhat test`; with any, only that runs:
//
//   npm test -- test/entry/entry.test.ts
//   npm test -- --grep "stale head"
//
// The last line is always `N passed, N failed`. Skipped tests are neither, and named in the line above it. What the
// checks and mocha tests that failed said stands once more behind the line `━━ what failed`: their own lists lie far above the end.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

import { runCheckStages } from "./support/check-stages.ts";
import { runScript, TOOLS } from "./support/run-tool.ts";

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What the runner listed at its end of the tests that failed. */
  readonly failures?: string;
}

const TESTS = "test";
/** Shown of a run that broke off without a list of what failed. */
const LAST_LINES = 40;
/** Folders of the second lane: tests that compute, and of those that start processes as many as make the lanes take equally long. */
const SECOND: ReadonlySet<string> = new Set([
  ...["audit", "browser", "chain", "client", "contracts", "docs", "entry", "fidelity", "gas", "gateway", "ledger"],
  ...["model", "mutation", "protocol", "setup", "simulator", "store", "vectors"],
]);

/** Adds up the summaries of the runners, "  12 passing (3s)". Mocha's figure of pending ones is of those that it skipped. */
function countsOf(output: string): Counts {
  const lines = stripVTControlCharacters(output).split("\n");
  const sum = (word: string): number =>
    lines.reduce(
      (total, line) => total + Number(new RegExp(`^ {2}(\\d+) ${word}( \\(.*\\))?$`).exec(line)?.[1] ?? 0),
      0,
    );
  return { passed: sum("passing"), failed: sum("failing"), skipped: sum("pending") + sum("skipped") };
}

/** The list with which mocha ends, from "  2 failing" on; of a run that broke off before, its last lines. */
function failuresOf(output: string, code: number): string {
  const start = stripVTControlCharacters(output).search(/^ {2}\d+ failing$/m);
  if (start >= 0) return stripVTControlCharacters(output).slice(start);
  return code === 0 ? "" : output.split("\n").slice(-LAST_LINES).join("\n");
}

/** @param echo Whether it is shown as it comes, and not when it is done. */
async function runHardhat(args: readonly string[], echo: boolean): Promise<Counts> {
  const color = process.stdout.isTTY ? { FORCE_COLOR: "1" } : undefined;
  const { code, output } = await runScript(TOOLS.hardhat, ["test", ...args], { echo, ...(color && { env: color }) });
  if (!echo) process.stdout.write(output);
  const { passed, failed, skipped } = countsOf(output);
  // A run that broke off, or that found no test, has failed once, whatever it counted before.
  const isBroken = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: isBroken ? 1 : failed, skipped, failures: failuresOf(output, code) };
}

async function runAll(): Promise<Counts[]> {
  const files = (await readdir(TESTS, { recursive: true })).filter((file) => file.endsWith(".test.ts")).sort();
  const isSecond = (file: string): boolean => SECOND.has(file.split(/[/\\]/)[0] ?? "");
  const mocha = (inLane: readonly string[], echo: boolean): Promise<Counts> =>
    runHardhat(["mocha", "--no-compile", ...inLane.map((file) => join(TESTS, file))], echo);
  return [
    await timed("Solidity tests", () => runHardhat(["solidity"], true)),
    ...(await timed("mocha tests", () =>
      Promise.all([
        mocha(
          files.filter((file) => !isSecond(file)),
          true,
        ),
        mocha(files.filter(isSecond), false),
      ]),
    )),
  ];
}

async function timed<T>(name: string, stage: () => Promise<T>): Promise<T> {
  process.stdout.write(`\n━━ ${name}\n`);
  const started = performance.now();
  const result = await stage();
  process.stdout.write(`━━ ${name}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return result;
}

const args = process.argv.slice(2);
const runs: readonly Counts[] =
  args.length > 0
    ? [await timed("hardhat test", () => runHardhat(args, true))]
    : [{ skipped: 0, ...(await timed("check", runCheckStages)) }, ...(await runAll())];
const sum = (count: "passed" | "failed" | "skipped"): number => runs.reduce((total, run) => total + run[count], 0);
const failures = runs.map(({ failures = "" }) => failures.trimEnd()).filter((text) => text !== "");
if (failures.length > 0) process.stdout.write(`\n━━ what failed\n${failures.join("\n")}\n`);
if (sum("skipped") > 0) process.stdout.write(`\n${sum("skipped")} skipped\n`);
process.stdout.write(`\n${sum("passed")} passed, ${sum("failed")} failed\n`);
process.exitCode = sum("failed") === 0 ? 0 : 1;
