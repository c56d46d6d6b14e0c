// The whole crash matrix, with real processes and real signals:
//
//   npm run test:crash                            every case; hours on two cores
//   npm run test:crash -- --filter 'act burn'     those whose name the pattern matches
//   npm run test:crash -- --only 'NAME'           one case, by its whole name
//   npm run test:crash -- --filter gone-          those in which a backup takes over: about an hour
//   npm run test:crash -- --sample 7              what one run of npm test takes
//   npm run test:crash -- --group-sample 7        what it takes of those in which a backup takes over
//   npm run test:crash -- --resume FILE           goes on behind the cases that FILE says have passed, and adds to it
//   npm run test:crash -- --list                  the names, without running anything
//
// `--workers N` for other than two. Prints a line for each case, what went wrong, and the rate; the last line is `N passed, N failed`.

import { appendFileSync, existsSync, readFileSync } from "node:fs";

import type { CrashCase } from "../test/crash/crash-case.ts";
import { allGroupCases } from "../test/crash/group-matrix.ts";
import { casesOf } from "../test/crash/matrix.ts";
import { CrashPool } from "../test/crash/pool.ts";
import { groupSampleOf, sampleOf } from "../test/crash/sample.ts";
import { STACKS } from "../test/crash/stage.ts";
import type { CaseResult } from "../test/crash/worker.ts";
import { parseCommandLine } from "./support/command-line.ts";

const DEFAULT_WORKERS = 2;
/** Exit code of a run that was broken off. */
const INTERRUPTED = 130;

const { values: options } = parseCommandLine(import.meta.filename, {
  options: {
    filter: { type: "string" },
    only: { type: "string" },
    sample: { type: "string" },
    "group-sample": { type: "string" },
    resume: { type: "string" },
    workers: { type: "string", default: String(DEFAULT_WORKERS) },
    list: { type: "boolean", default: false },
  },
});

function chosen(): readonly CrashCase[] {
  const all = everyCase();
  const pattern = new RegExp(options.filter ?? "");
  return all.filter(({ name }) => pattern.test(name) && (options.only === undefined || name === options.only));
}

function everyCase(): readonly CrashCase[] {
  const { sample, "group-sample": groupSample } = options;
  if (sample !== undefined) return sampleOf(Number(sample));
  if (groupSample !== undefined) return groupSampleOf(Number(groupSample)).flat();
  return [...STACKS.flatMap((stack) => casesOf(stack)), ...allGroupCases()];
}

/** Names of cases that passed before, one a line. */
function passedBefore(file: string | undefined): ReadonlySet<string> {
  return new Set(file !== undefined && existsSync(file) ? readFileSync(file, "utf8").split("\n") : []);
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function runAll(cases: readonly CrashCase[], known: number): Promise<number> {
  const pool = new CrashPool(Number(options.workers));
  // What is running comes to its end, so that no process is left behind.
  const exit = (): void => process.exit(INTERRUPTED);
  const stop = (): void => void pool.close().then(exit, exit);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  const started = performance.now();
  let done = 0;
  const failures: CaseResult[] = [];
  const tell = (result: CaseResult): void => {
    const { plan, seconds, failure, remark } = result;
    done += 1;
    if (failure === undefined && options.resume !== undefined) appendFileSync(options.resume, `${plan.name}\n`);
    if (failure !== undefined) failures.push(result);
    const left = ((performance.now() - started) / 1_000 / done) * (cases.length - done);
    const progress = `${done}/${cases.length}, ${Math.ceil(left / 60)} min left`;
    write(
      `${failure === undefined ? "ok    " : "FAILED"} ${seconds.toFixed(1).padStart(5)} s  ${plan.name}  (${progress})`,
    );
    if (remark !== undefined) write(`       ${remark}`);
    if (failure !== undefined) write(failure);
  };
  await Promise.all(pool.run(cases).map(async (result) => tell(await result)));
  await pool.close();
  if (failures.length > 0) write(`\nfailed:\n${failures.map(({ plan }) => `  ${plan.name}`).join("\n")}`);
  if (known > 0) write(`${known} had passed before`);
  write(`\n${known + done - failures.length} passed, ${failures.length} failed`);
  return failures.length;
}

const before = passedBefore(options.resume);
const all = chosen();
const cases = all.filter(({ name }) => !before.has(name));
if (options.list) for (const { name } of cases) write(name);
else if (all.length === 0) {
  write("no case has such a name; see --list\n\n0 passed, 1 failed");
  process.exitCode = 1;
} else process.exitCode = (await runAll(cases, all.length - cases.length)) === 0 ? 0 : 1;
