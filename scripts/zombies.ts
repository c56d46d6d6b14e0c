// Stops the primary of a group (SIGSTOP) in the midst of transfers, lets a backup take over, and lets the old one go on (SIGCONT): the
// log accepts nothing of its epoch any more, and every transfer ends right.
//
//   npm run zombies -- --trials 1000 --resume zombies.jsonl
//
//   --trials N    how many (10)                 --role R      of the group: origin or destination; half and half, unless one is named
//   --seed S      how they are drawn (1)        --resume F    a line of JSON for each trial; goes on behind those that F has
//
// Each trial is judged by the events of the chains: entries, decisions, openings and closings that were accepted in another epoch than
// they were signed in; ledger actions that were not announced in the log while their sender was primary; outcomes, and what has
// left one ledger and is not on the other. The last line is always `N passed, N failed`. Exit 1 if a trial failed, 2 if it could not run.

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";

import type { Role } from "../src/protocol/order.ts";
import { describeTrial, ZombieTrials, type TrialResult } from "../test/zombies/trials.ts";

const MOST_TRIALS = 1_000_000;
const MOST_SEED = 2 ** 31;
const MINUTE_S = 60;
const ROLES = ["destination", "origin"] as const satisfies readonly Role[];

const optionsSchema = z.object({
  trials: z.coerce.number().pipe(z.int().min(1).max(MOST_TRIALS)),
  seed: z.coerce.number().pipe(z.int().min(0).max(MOST_SEED)),
  role: z.enum(ROLES).optional(),
  resume: z.string().optional(),
});
type Options = z.infer<typeof optionsSchema>;

/** A trial, as the file of `--resume` has it; what it has beside is for people. */
const recordSchema = z.looseObject({
  trial: z.int(),
  role: z.enum(ROLES),
  accepted: z.int(),
  stale: z.int(),
  deeds: z.int(),
  outcomes: z.array(z.string()),
  faults: z.array(z.string()),
  seconds: z.number(),
});
type TrialRecord = z.infer<typeof recordSchema>;

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      trials: { type: "string", default: "10" },
      seed: { type: "string", default: "1" },
      role: { type: "string" },
      resume: { type: "string" },
    },
  });
  const parsed = optionsSchema.safeParse(values);
  if (!parsed.success) throw new RangeError(z.prettifyError(parsed.error));
  return parsed.data;
}

/** Trials of an earlier run; the last line may have been cut off. */
function readRecords(file: string | undefined): TrialRecord[] {
  if (file === undefined || !existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.endsWith("}"))
    .map((line) => recordSchema.parse(JSON.parse(line)));
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function run(options: Options, records: TrialRecord[]): Promise<void> {
  const { trials, seed } = options;
  const roles = options.role === undefined ? ROLES : [options.role];
  const roleOf = (trial: number): Role => roles[Math.floor(((trial - 1) * roles.length) / trials)] ?? "destination";
  for (const role of roles) {
    const done = new Set(records.map(({ trial }) => trial));
    const open = Array.from({ length: trials }, (_, place) => place + 1).filter(
      (trial) => roleOf(trial) === role && !done.has(trial),
    );
    if (open.length === 0) continue;
    const stage = await ZombieTrials.open(role);
    try {
      for (const trial of open) tell(options, records, await stage.run(seed, trial));
    } finally {
      await stage.close();
    }
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
  const outcomes = records.flatMap((record) => record.outcomes);
  const counts = [...new Set(outcomes)].map((name) => `${outcomes.filter((each) => each === name).length} ${name}`);
  return (
    `${sum(({ accepted }) => accepted)} writes of the groups accepted, ${sum(({ stale }) => stale)} of them in another epoch than ` +
    `theirs; ${sum(({ deeds }) => deeds)} ledger actions of processes that were stopped; transfers: ${counts.join(", ")}`
  );
}

async function main(): Promise<void> {
  const options = readOptions();
  process.env["NODE_COMPILE_CACHE"] ??= fileURLToPath(new URL("../.cache/node-compile", import.meta.url));
  const records = readRecords(options.resume);
  await run(options, records);
  const failed = records.filter(({ faults }) => faults.length > 0).length;
  write(`\n${summary(records)}`);
  write(`${records.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

// What was started is ended with this process; without these two signals' handlers it would not be.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(2));
await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 2;
});
