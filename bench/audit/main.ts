// How many entries a second the auditor checks, beside what the bare library recovers and beside an auditor with ethers alone, what
// memory it takes, and what a run costs that goes on from a checkpoint. See `--help`.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { machine } from "../restart/report.ts";
import { say } from "../restart/progress.ts";
import { build } from "../support/build.ts";
import { runMain } from "../../scripts/support/run-main.ts";
import { readOptions, USAGE, type Options } from "./options.ts";
import {
  checksOf,
  goalText,
  incrementLine,
  RUN_HEAD,
  runLine,
  type Increment,
  type Results,
  type Run,
} from "./report.ts";
import { audit, auditFrom, bareRate, librariesRate, plainRate, startNode } from "./runs.ts";
import { recordTransfer } from "./template.ts";
import { readAbout, sessionsFor, writeRegistry, type About } from "./written-registry.ts";

/** That are added behind a checkpoint. */
const NEW_ENTRIES = 1_000;
const SAY_EVERY_MS = 5_000;

/** A registry with as many entries as the largest size needs, and what is to be added to it. */
async function prepare(folder: string, { entries }: Options): Promise<About> {
  const most = Math.max(...entries) + NEW_ENTRIES;
  if (existsSync(join(folder, "about.json"))) {
    const about = readAbout(folder);
    if (about.sessions >= sessionsFor(about, most)) return about;
  }
  say("recording a transfer of real gateways");
  const transfer = await recordTransfer();
  const sessions = sessionsFor({ entriesOfSession: transfer.entries }, most);
  let saidAt = performance.now();
  return writeRegistry(folder, transfer, sessions, (done) => {
    if (performance.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = performance.now();
    say(`copying it: ${done} of ${sessions} sessions`);
  });
}

async function measureRun(
  { url, folder, about }: { readonly url: string; readonly folder: string; readonly about: About },
  expected: number,
  cores: number,
  seconds: number,
): Promise<Run> {
  const before = await bareRate(cores, seconds);
  const audited = await audit(url, about, cores);
  const behind = await bareRate(cores, seconds);
  const libraries = await librariesRate(folder, cores, seconds);
  return { ...audited, cores, expected, bare: (before + behind) / 2, libraries };
}

async function measureIncrement(folder: string, about: About, entries: number): Promise<Increment> {
  const [sessions, more] = [sessionsFor(about, entries), sessionsFor(about, NEW_ENTRIES)];
  const checkpoint = join(mkdtempSync(join(tmpdir(), "gatelog-bench-")), "checkpoint.jsonl");
  const old = await startNode(folder, sessions);
  try {
    const whole = await auditFrom(checkpoint, old.url, about);
    const nothing = await auditFrom(checkpoint, old.url, about);
    const grown = await startNode(folder, sessions + more);
    try {
      const added = await auditFrom(checkpoint, grown.url, about);
      return { entries, added: more * about.entriesOfSession, seconds: { whole, nothing, added } };
    } finally {
      await grown.stop();
    }
  } finally {
    await old.stop();
    rmSync(join(checkpoint, ".."), { recursive: true });
  }
}

async function measure(folder: string, options: Options): Promise<Results> {
  const about = await prepare(folder, options);
  const first = await startNode(folder, about.known.length);
  const plain = await plainRate(first.url, about, options.plain).finally(() => first.stop());
  say(`the plain auditor, with ethers alone: ${Math.round(plain)} entries a second\n\n${RUN_HEAD}`);
  let results: Results = { about, plain, runs: [], increments: [] };
  for (const entries of options.entries) {
    const sessions = sessionsFor(about, entries);
    const node = await startNode(folder, sessions);
    try {
      for (const cores of options.cores) {
        const place = { url: node.url, folder, about };
        const run = await measureRun(place, sessions * about.entriesOfSession, cores, options.seconds);
        say(runLine(run, plain));
        results = { ...results, runs: [...results.runs, run] };
        keep(options, results);
      }
    } finally {
      await node.stop();
    }
  }
  say("");
  for (const entries of options.entries) {
    const increment = await measureIncrement(folder, about, entries);
    say(incrementLine(increment));
    results = { ...results, increments: [...results.increments, increment] };
    keep(options, results);
  }
  return results;
}

function keep({ json }: Options, { about: { known: _known, ...about }, ...results }: Results): void {
  if (json === undefined) return;
  const document = { date: new Date().toISOString(), machine: machine(), about, ...results };
  writeFileSync(json, `${JSON.stringify(document, null, 2)}\n`);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  build();
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "gatelog-bench-"));
  mkdirSync(folder, { recursive: true });
  try {
    const results = await measure(folder, options);
    say(`\n${goalText(results)}\n`);
    const checks = checksOf(results);
    for (const { what, isRight } of checks) say(`${isRight ? "ok    " : "FAILED"} ${what}`);
    const failed = checks.filter(({ isRight }) => !isRight).length;
    say(`${checks.length - failed} passed, ${failed} failed`);
    process.exitCode = failed === 0 ? 0 : 1;
  } finally {
    if (options.folder === undefined) rmSync(folder, { recursive: true });
  }
}

await runMain(main);
