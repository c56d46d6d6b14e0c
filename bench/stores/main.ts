// Durable appends through the log API for each store, the API under too much load, and the reading of a long log. See `--help`.

import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { say } from "../restart/progress.ts";
import { measureAppends } from "./appends.ts";
import { build } from "../support/build.ts";
import { readOptions, USAGE, type Options, type Part } from "./options.ts";
import { measureOverload } from "./overload.ts";
import { measureReading } from "./reading.ts";
import { appendsTable, checksOf, machine, overloadText, readingText, type Results } from "./report.ts";
import { runMain } from "../../scripts/support/run-main.ts";

async function measure(part: Part, options: Options, dir: string): Promise<Results> {
  say(`\n${part}`);
  switch (part) {
    case "appends": {
      const appends = await measureAppends(options, dir);
      say(`\n${appendsTable(appends)}`);
      return { appends };
    }
    case "overload": {
      const overload = await measureOverload(options, dir);
      say(`\n${overloadText(overload)}`);
      return { overload };
    }
    case "reading": {
      const reading = await measureReading(options, dir);
      say(`\n${readingText(reading)}`);
      return { reading };
    }
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  say("building");
  build();
  const dir = await mkdtemp(join(tmpdir(), "gatelog-bench-stores-"));
  let results: Results = {};
  try {
    for (const part of options.parts) {
      results = { ...results, ...(await measure(part, options, dir)) };
      if (options.json !== undefined)
        writeFileSync(
          options.json,
          `${JSON.stringify({ date: new Date().toISOString(), machine: machine(), options, ...results }, null, 2)}\n`,
        );
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  const checks = checksOf(results);
  say("");
  for (const { what, isRight } of checks) say(`${isRight ? "ok    " : "FAILED"} ${what}`);
  const failed = checks.filter(({ isRight }) => !isRight).length;
  say(`${checks.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await runMain(main);
