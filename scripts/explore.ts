// Every order of events, within bounds: the pure core of both gateways with a register, two ledgers and whatever may go wrong
// between them (test/model). What each run allows stands in test/model/runs.ts.
//
//   npm run explore                     the full bounds: about an hour
//   npm run explore -- --quick          those of `npm test`
//   npm run explore -- --only log-reorg --only private
//   npm run explore -- --json report.json
//   npm run explore -- --quick --without tombstones   to see that the exploration would see it
//
// Exit: 0 nothing violated and every possible row of the recovery table met (rows only without --only); 1 otherwise; 2 a run was
// cut off at its limit of states.

import { writeFile } from "node:fs/promises";
import { SAFEGUARDS, type Missing } from "../test/model/bounds.ts";
import { Explorer, type Exploration } from "../test/model/explorer.ts";
import { isSound, reportJson, reportOf, reportText } from "../test/model/report.ts";
import { FULL_RUNS, QUICK_RUNS } from "../test/model/runs.ts";
import { parseCommandLine } from "./support/command-line.ts";

const { values } = parseCommandLine(import.meta.filename, {
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    json: { type: "string" },
    list: { type: "boolean", default: false },
    without: { type: "string", multiple: true, default: [] },
  },
});

const all = values.quick ? QUICK_RUNS : FULL_RUNS;
const unknown = values.only?.find((name) => !all.some((run) => run.name === name));
if (unknown !== undefined) throw new Error(`there is no run "${unknown}"; --list names them`);
const missing = Object.fromEntries(values.without.map((name) => [safeguardNamed(name), true]));
const runs = all.filter(({ name }) => values.only?.includes(name) ?? true);

if (values.list) for (const { name, why } of runs) process.stdout.write(`${name}: ${why}\n`);
else await main();

async function main(): Promise<void> {
  const explorations: Exploration[] = [];
  for (const bounds of runs) {
    const explorer = new Explorer(bounds, { missing, comparesTwins: true });
    const exploration = explorer.explore(({ states, expanded, seconds }) => {
      process.stderr.write(
        `${bounds.name}: ${states} states, ${states - expanded} to go on from, ${Math.round(states / seconds)}/s\n`,
      );
    });
    explorations.push(exploration);
    const { states, violations, isComplete } = exploration;
    process.stderr.write(
      `${bounds.name}: ${states} states, ${violations.length} violations${isComplete ? "" : ", CUT OFF"}\n`,
    );
  }
  const report = reportOf(explorations);
  process.stdout.write(`${reportText(report)}\n`);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(reportJson(report), null, 2)}\n`);
  const failed = explorations.filter((exploration) => !isSound(exploration));
  const rowsMissed = values.only === undefined && report.unmet.length > 0;
  process.stdout.write(`${explorations.length - failed.length} passed, ${failed.length + Number(rowsMissed)} failed\n`);
  const isCutOff = explorations.some(({ isComplete }) => !isComplete);
  process.exitCode = isCutOff ? 2 : failed.length > 0 || rowsMissed ? 1 : 0;
}

function safeguardNamed(name: string): keyof Missing {
  const known = SAFEGUARDS.find((safeguard) => safeguard === name);
  if (known) return known;
  throw new Error(`there is no safeguard "${name}"; there are ${SAFEGUARDS.join(", ")}`);
}
