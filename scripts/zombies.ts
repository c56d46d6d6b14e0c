// Stops the primary of a group (SIGSTOP) in the midst of transfers, lets a backup take over, and lets the old one go on (SIGCONT): the
// log accepts nothing of its epoch any more, and every transfer ends right.
//
//   npm run zombies -- --trials 1000 --resume zombies.jsonl
//
//   --trials N    how many (10)                 --role R      of the group: origin or destination; half and half, unless one is named
//   --seed S      how they are drawn (1)        --stack K     where the logs are: chain or postgres; half and half, likewise
//   --resume F    a line of JSON for each trial; goes on behind those that F has
//
// Each trial is judged by the events of the chains, and by the rows of the database and when they were committed: entries, decisions,
// openings and closings that were accepted in another epoch than they were signed in; ledger actions that were not announced in the log
// while their sender was primary; outcomes, and what has left one ledger and is not on the other. What the stopped process tries when it
// goes on is counted, and how much of it the log refuses: a run in which nothing was refused for its epoch on one of its stacks shows nothing, and fails.
// The last line is always `N passed, N failed`. Exit 1 if a trial failed or nothing was refused, 2 if it could not run.

import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

import { GatelogNet } from "../test/support/gatelog-net.ts";
import { ROLES } from "../test/crash/session-logs.ts";
import { STACKS } from "../test/zombies/homes.ts";
import { SCENES, type Scene } from "../test/zombies/stage.ts";
import { describeTrial, ZombieTrials, type TrialResult } from "../test/zombies/trials.ts";
import { parseCommandLine } from "./support/command-line.ts";
import { runMain } from "./support/run-main.ts";
import { readRecords } from "./support/kept-records.ts";

const MOST_TRIALS = 1_000_000;
const MOST_SEED = 2 ** 31;
const MINUTE_S = 60;

const optionsSchema = z.object({
  trials: z.coerce.number().pipe(z.int().min(1).max(MOST_TRIALS)),
  seed: z.coerce.number().pipe(z.int().min(0).max(MOST_SEED)),
  role: z.enum(ROLES).optional(),
  stack: z.enum(STACKS).optional(),
  resume: z.string().optional(),
});
type Options = z.infer<typeof optionsSchema>;

/** A trial, as the file of `--resume` has it; what it has beside is for people. */
const recordSchema = z.looseObject({
  trial: z.int(),
  role: z.enum(ROLES),
  stack: z.enum(STACKS),
  accepted: z.int(),
  stale: z.int(),
  tried: z.int(),
  refusals: z.array(z.string()),
  reverted: z.int(),
  deeds: z.int(),
  outcomes: z.array(z.string()),
  faults: z.array(z.string()),
  seconds: z.number(),
});
type TrialRecord = z.infer<typeof recordSchema>;

function readOptions(): Options {
  const { values } = parseCommandLine(import.meta.filename, {
    options: {
      trials: { type: "string", default: "10" },
      seed: { type: "string", default: "1" },
      role: { type: "string" },
      stack: { type: "string" },
      resume: { type: "string" },
    },
  });
  const parsed = optionsSchema.safeParse(values);
  if (!parsed.success) throw new RangeError(z.prettifyError(parsed.error));
  return parsed.data;
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function run(options: Options, records: TrialRecord[]): Promise<void> {
  const { trials, seed, role, stack } = options;
  const scenes = SCENES.filter(
    (scene) => scene.role === (role ?? scene.role) && scene.stack === (stack ?? scene.stack),
  );
  const done = new Set(records.map(({ trial }) => trial));
  for (const [place, scene] of scenes.entries()) {
    const first = Math.ceil((place * trials) / scenes.length) + 1;
    const last = Math.ceil(((place + 1) * trials) / scenes.length);
    const all = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    const open = all.filter((trial) => !done.has(trial));
    if (open.length > 0)
      await runScene(scene, async (stage) => {
        for (const trial of open) tell(options, records, await stage.run(seed, trial));
      });
  }
}

/** On chains of its own. */
async function runScene(scene: Scene, work: (stage: ZombieTrials) => Promise<void>): Promise<void> {
  const net = await GatelogNet.open();
  try {
    const stage = await ZombieTrials.open(net, scene);
    try {
      await work(stage);
    } finally {
      await stage.close();
    }
  } finally {
    await net.stop();
  }
}

function tell({ trials, resume }: Options, records: TrialRecord[], result: TrialResult): void {
  records.push(recordSchema.parse(result));
  if (resume !== undefined) appendFileSync(resume, `${JSON.stringify(result)}\n`);
  const each = records.reduce((sum, { seconds }) => sum + seconds, 0) / records.length;
  const left = Math.ceil(((trials - records.length) * each) / MINUTE_S);
  const verdict = result.faults.length === 0 ? "ok    " : "FAILED";
  write(`${verdict} ${result.trial}/${trials} ${describeTrial(result)}, ${left} min left`);
  for (const fault of result.faults) write(`  ${fault}`);
}

function summary(records: readonly TrialRecord[]): string {
  const sum = (of: (record: TrialRecord) => number): number => records.reduce((total, each) => total + of(each), 0);
  return (
    `${sum(({ accepted }) => accepted)} writes of the groups accepted, ${sum(({ stale }) => stale)} of them in another epoch than ` +
    `theirs. Processes that were stopped tried ${sum(({ tried }) => tried)} writes of their old epoch when they went on; refused: ` +
    `${counted(records.flatMap(({ refusals }) => refusals))}; ${sum(({ reverted }) => reverted)} transactions of theirs were ` +
    `reverted. They did ${sum(({ deeds }) => deeds)} ledger actions. Transfers: ${counted(records.flatMap(({ outcomes }) => outcomes))}`
  );
}

function counted(names: readonly string[]): string {
  const counts = [...new Set(names)].map((name) => `${names.filter((each) => each === name).length} ${name}`);
  return counts.join(", ") || "none";
}

/** Stacks on which nothing was refused for its epoch: a zombie that does nothing cannot be told there from a fence that works. */
function unproven(records: readonly TrialRecord[]): string[] {
  return [...new Set(records.map(({ stack }) => stack))].filter((stack) =>
    records.every((each) => each.stack !== stack || (each.reverted === 0 && !each.refusals.includes("STALE_EPOCH"))),
  );
}

async function main(): Promise<void> {
  const options = readOptions();
  process.env["NODE_COMPILE_CACHE"] ??= fileURLToPath(new URL("../.cache/node-compile", import.meta.url));
  const records = readRecords(options.resume, recordSchema);
  await run(options, records);
  const failed = records.filter(({ faults }) => faults.length > 0).length;
  const shownNowhere = unproven(records);
  write(`\n${summary(records)}`);
  for (const stack of shownNowhere)
    write(`FAILED: nothing was refused for its epoch on ${stack}: nothing is shown there; take more trials`);
  write(`${records.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && shownNowhere.length === 0 ? 0 : 1;
}

await runMain(main);
