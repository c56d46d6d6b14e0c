// The mutation proof: each safeguard is switched off in turn in a copy of the tree, and its proof must turn red on the invariant
// or test that is named for it, and be green without the patch. Mutants stand in test/mutation, and in docs/INVARIANTS.md.
//
//   npm run mutate                                  all of them: half an hour on two free cores
//   npm run mutate -- --only ID [--only ID …]       these
//   npm run mutate -- --safeguard NAME              those of one safeguard
//   npm run mutate -- --resume FILE                 goes on behind those that FILE says have passed, and adds to it
//   npm run mutate -- --list                        the names, without running anything
//   npm run mutate -- --markdown                    the rows of docs/INVARIANTS.md, "Mutants"
//
// `--workers N` for other than one. Exit 1 if a mutant is not found out, or is stale; the last line is `N passed, N failed`.

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";

import { SAFEGUARDS, type Mutant } from "../test/mutation/mutant.ts";
import { MUTANTS } from "../test/mutation/mutants.ts";
import { Baselines, proveMutant, type Proven } from "../test/mutation/prove.ts";
import { rowOf } from "../test/mutation/table.ts";
import { Workshop } from "../test/mutation/workshop.ts";
import { parseCommandLine } from "./support/command-line.ts";

const { values: options } = parseCommandLine(import.meta.filename, {
  options: {
    only: { type: "string", multiple: true },
    safeguard: { type: "string" },
    resume: { type: "string" },
    workers: { type: "string", default: "1" },
    list: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
  },
});

function chosen(): readonly Mutant[] {
  const { only, safeguard, resume } = options;
  const unknown = only?.find((id) => !MUTANTS.some((mutant) => mutant.id === id));
  if (unknown !== undefined) throw new Error(`there is no mutant "${unknown}"; --list names them`);
  if (safeguard !== undefined && !(safeguard in SAFEGUARDS))
    throw new Error(`there is no safeguard "${safeguard}"; --list names them`);
  const passed = resume !== undefined && existsSync(resume) ? readFileSync(resume, "utf8").split("\n") : [];
  return MUTANTS.filter(
    (mutant) =>
      (only?.includes(mutant.id) ?? true) &&
      (safeguard === undefined || mutant.safeguard === safeguard) &&
      !passed.includes(mutant.id),
  );
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function proveAll(mutants: readonly Mutant[]): Promise<readonly Proven[]> {
  const waiting = [...mutants];
  const proven: Proven[] = [];
  const baselines = new Baselines();
  const workshops: Workshop[] = [];
  const leave = (signal: "SIGINT" | "SIGTERM"): void => {
    const exit = (): void => process.exit(128 + constants.signals[signal]);
    Promise.all(workshops.map((workshop) => workshop.close())).then(exit, exit);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => leave(signal));
  const lane = async (): Promise<void> => {
    const workshop = await Workshop.open();
    workshops.push(workshop);
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const result = await proveMutant(mutant, workshop, baselines);
      proven.push(result);
      tell(result, `${proven.length}/${mutants.length}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(Number(options.workers), mutants.length) }, lane));
  } finally {
    await Promise.all(workshops.map((workshop) => workshop.close()));
  }
  return proven;
}

function tell({ mutant, isFoundOut, seconds, lines }: Proven, progress: string): void {
  const { id, safeguard, does } = mutant;
  if (isFoundOut && options.resume !== undefined) appendFileSync(options.resume, `${id}\n`);
  write(`${isFoundOut ? "ok    " : "FAILED"} ${seconds.toFixed(0).padStart(4)} s  ${safeguard}: ${id} (${progress})`);
  write(`       ${does}`);
  for (const line of lines) write(`         ${line}`);
}

/** safeguard | mutant | what turned red */
function tableOf(proven: readonly Proven[]): string {
  const rows = Object.entries(SAFEGUARDS).flatMap(([safeguard, means]) => {
    const mine = proven.filter(({ mutant }) => mutant.safeguard === safeguard);
    return mine.length === 0 ? [] : ["", `${safeguard}: ${means}`, ...mine.flatMap(rowsOf)];
  });
  return rows.join("\n");
}

function rowsOf({ mutant, isFoundOut, lines }: Proven): string[] {
  return [`  ${mutant.id}${isFoundOut ? "" : "  NOT FOUND OUT"}`, ...lines.map((line) => `    ${line.split("\n")[0]}`)];
}

const mutants = chosen();
if (options.markdown) for (const mutant of mutants) write(`| ${rowOf(mutant).join(" | ")} |`);
else if (options.list) for (const { id, safeguard, does } of mutants) write(`${safeguard}: ${id}: ${does}`);
else {
  const proven = await proveAll(mutants);
  const found = proven.filter(({ isFoundOut }) => isFoundOut);
  write(tableOf(proven));
  write(`\n${found.length} passed, ${proven.length - found.length} failed`);
  process.exitCode = found.length === proven.length ? 0 : 1;
}
