// How long a killed gateway takes to go on with an open session, by the session's length and by the registry's size: real
// processes, real SIGKILL, the log chain put back before each restart so that each finds the same. See `--help`.

import { writeFileSync } from "node:fs";

import { readOptions, USAGE, type Options, type Part } from "./options.ts";
import { say } from "./progress.ts";
import { dataOf, machine, MOST_RATIO, ratioOf, ratiosOf, tableOf, type Ratio } from "./report.ts";
import { runRounds, type Measured } from "./rounds.ts";
import { Stage } from "./stage.ts";
import { BLOCK_TIME_MS } from "./subject.ts";
import { registriesOf, sessionsOf, type Subjects } from "./subjects.ts";
import { runMain } from "../../scripts/support/run-main.ts";

interface PartResult {
  readonly part: Part;
  readonly all: readonly Measured[];
  /** Of each larger size to the smallest. */
  readonly sizes: readonly Ratio[];
  /** Of each to a gateway without an open session. */
  readonly baselines: readonly Ratio[];
}

/** On a stage of its own, which is gone behind it: the parts leave each other the memory. */
async function measure(part: Part, { entries, perBlock, registry, restarts }: Options): Promise<PartResult> {
  const stage = await Stage.open();
  let isDone = false;
  try {
    const subjects: Subjects = await (part === "registries"
      ? registriesOf(stage, registry)
      : sessionsOf(stage, entries, perBlock));
    const { baseline, smallest, larger } = subjects;
    const all = [baseline, smallest, ...larger];
    say(
      `${part}, a block of the log every ${BLOCK_TIME_MS} ms; first steps: ${all.map(({ name }) => name).join(", ")}`,
    );
    await runRounds(all, restarts);
    isDone = all.every(({ failures }) => failures.length === 0);
    const sizes = larger.map((each) => ratioOf(each, smallest));
    return { part, all, sizes, baselines: [smallest, ...larger].map((each) => ratioOf(each, baseline)) };
  } finally {
    await stage.close(isDone);
  }
}

function show({ part, all, sizes, baselines }: PartResult): void {
  say(`\n${part}\n\n${tableOf(all)}\n\n${ratiosOf([...sizes, ...baselines])}\n`);
}

/** Of the ratios only the registries' count: a longer session is more to read. */
function check({ part, all, sizes }: PartResult): { readonly passed: number; readonly failed: number } {
  const restarts = all.reduce((sum, { failures }) => sum + failures.length, 0);
  const ratios = part === "registries" ? sizes.flatMap(({ median, p99 }) => [median, p99]) : [];
  const passed = ratios.filter((ratio) => ratio <= MOST_RATIO).length;
  return { passed, failed: ratios.length - passed + restarts };
}

function keep(file: string, options: Options, results: readonly PartResult[]): void {
  const { entries, perBlock, registry, restarts } = options;
  const parts = results.map(({ part, all, sizes, baselines }) => ({ part, rows: all.map(dataOf), sizes, baselines }));
  const document = {
    ...{ date: new Date().toISOString(), machine: machine() },
    options: { entries, perBlock, registry, restarts, blockTimeMs: BLOCK_TIME_MS },
    parts,
  };
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  const results: PartResult[] = [];
  for (const part of options.parts) {
    const result = await measure(part, options);
    results.push(result);
    show(result);
    if (options.json !== undefined) keep(options.json, options, results);
  }
  const counts = results.map(check);
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  if (options.parts.includes("registries")) say(`ratio of registries at most ${MOST_RATIO}, in the median and in p99:`);
  if (passed + failed > 0) say(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await runMain(main);
