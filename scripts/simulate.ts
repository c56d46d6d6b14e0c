// Runs the simulator (test/simulator): two real gateways on a simulated network, log, ledgers, disks and clock, one run per seed.
//
//   npm run simulate -- --seeds 100000 --workers 2 --resume simulation.json
//   npm run simulate -- --seed 4711 --trace
//
//   --seeds N       how many seeds (2,000)            --from S     the first one (1)
//   --workers W     how many threads (1)              --resume F   keeps in F how far it is, and goes on from there
//   --seed S        this one alone                    --trace      and all that happens in it
//
// Ends with a table of how often each fault and each point of death was met. Exit 1 if a seed breaks an invariant, or if anything of
// the table was never met in 2,000 seeds or more; 2 if it could not run. The last line is always `N passed, N failed`.

import { isMainThread } from "node:worker_threads";

import { Tally } from "../test/simulator/faults.ts";
import { planOf } from "../test/simulator/plan.ts";
import { describePlan } from "../test/simulator/plan-text.ts";
import { describeFailure, missing, TABLE_SEEDS, tableOf } from "../test/simulator/report.ts";
import { Simulation } from "../test/simulator/simulation.ts";
import { Progress } from "./simulate/progress.ts";
import { runPortions, servePortions } from "./simulate/workers.ts";
import { parseCommandLine } from "./support/command-line.ts";
import { wholeNumber } from "./support/option-values.ts";

const MOST_WORKERS = 64;
const MOST_SEEDS = 2 ** 31;

interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly workers: number;
  readonly resume: string | undefined;
  readonly seed: number | undefined;
  readonly trace: boolean;
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseCommandLine(import.meta.filename, {
    args: [...args],
    options: {
      seeds: { type: "string", default: String(TABLE_SEEDS) },
      from: { type: "string", default: "1" },
      workers: { type: "string", default: "1" },
      resume: { type: "string" },
      seed: { type: "string" },
      trace: { type: "boolean", default: false },
    },
  });
  const { seed, resume, trace } = values;
  return {
    seeds: wholeNumber("--seeds", values.seeds, MOST_SEEDS),
    from: wholeNumber("--from", values.from, MOST_SEEDS),
    workers: wholeNumber("--workers", values.workers, MOST_WORKERS),
    seed: seed === undefined ? undefined : wholeNumber("--seed", seed, MOST_SEEDS),
    ...{ resume, trace },
  };
}

/** One seed: whether it is sound. */
async function replay(seed: number, isTraced: boolean): Promise<boolean> {
  if (isTraced) process.stdout.write(`${describePlan(planOf(seed))}\n\n`);
  const result = await new Simulation(seed, new Tally()).run();
  if (isTraced) process.stdout.write(`${result.trace.lines.join("\n")}\n`);
  const isSound = result.violations.length === 0;
  process.stdout.write(isSound ? `seed ${seed} keeps every invariant\n` : `${describeFailure(result)}\n`);
  return isSound;
}

async function runAll(options: Options): Promise<{ readonly passed: number; readonly failed: number }> {
  const progress = await Progress.open(options);
  const stop = (): void => progress.stop();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  await runPortions(progress, options.workers);
  await progress.save();
  process.off("SIGINT", stop);
  process.off("SIGTERM", stop);
  const { tally, failures, seeds: done } = progress.totals;
  process.stdout.write(`\n${tableOf(tally)}\n\n`);
  for (const { text } of failures) process.stdout.write(`${text}\n\n`);
  if (failures.length > 0) process.stdout.write(`seeds that break: ${failures.map(({ seed }) => seed).join(" ")}\n`);
  const never = done >= TABLE_SEEDS ? missing(tally) : [];
  if (never.length > 0) process.stdout.write(`never happened in ${done} seeds: ${never.join("; ")}\n`);
  if (done < options.seeds) process.stdout.write(`stopped behind ${done} of ${options.seeds} seeds\n`);
  return { passed: done - failures.length, failed: failures.length + never.length + (done < options.seeds ? 1 : 0) };
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const { seed, trace } = options;
  const counts =
    seed === undefined
      ? await runAll(options)
      : (await replay(seed, trace))
        ? { passed: 1, failed: 0 }
        : { passed: 0, failed: 1 };
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

if (isMainThread)
  await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  });
else servePortions();
