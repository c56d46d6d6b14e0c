// How long a group of gateways is without a primary when its primary is killed, how often a living one is taken for dead, and whether
// a request is lost when the group is handed over. See `--help`.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { machine } from "../restart/report.ts";
import { say } from "../restart/progress.ts";
import { measureHandovers } from "./handovers.ts";
import { measureKills } from "./kills.ts";
import { readOptions, USAGE, type Options, type Part } from "./options.ts";
import { checksOf, handoversText, killsText, suspicionsText, type Results } from "./report.ts";
import { measureSuspicions } from "./suspicions.ts";
import { runMain } from "../../scripts/support/run-main.ts";

/** Node keeps what it made of the sources there: most of a start's time, and a member is started for each kill. */
const COMPILE_CACHE = fileURLToPath(new URL("../../.cache/node-compile", import.meta.url));

async function measure(part: Part, options: Options): Promise<Results> {
  say(`\n${part}`);
  switch (part) {
    case "kills": {
      const kills = await measureKills(options);
      say(`\n${killsText(kills, options)}`);
      return { kills };
    }
    case "suspicions": {
      const suspicions = await measureSuspicions(options);
      say(`\n${suspicionsText(suspicions)}`);
      return { suspicions };
    }
    case "handovers": {
      const handovers = await measureHandovers(options);
      say(`\n${handoversText(handovers)}`);
      return { handovers };
    }
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  process.env["NODE_COMPILE_CACHE"] ??= COMPILE_CACHE;
  let results: Results = {};
  for (const part of options.parts) {
    results = { ...results, ...(await measure(part, options)) };
    if (options.json === undefined) continue;
    const document = { date: new Date().toISOString(), machine: machine(), options, ...results };
    writeFileSync(options.json, `${JSON.stringify(document, null, 2)}\n`);
  }
  const checks = checksOf(results, options);
  say("");
  for (const { what, isRight } of checks) say(`${isRight ? "ok    " : "FAILED"} ${what}`);
  const failed = checks.filter(({ isRight }) => !isRight).length;
  say(`${checks.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await runMain(main);
