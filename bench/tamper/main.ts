// Whether the auditor finds what was done to a log, and nothing where nothing was done. See `--help`.

import { writeFileSync } from "node:fs";

import { runMain } from "../../scripts/support/run-main.ts";
import { Corpus, type SoundLog } from "../../test/support/corpus.ts";
import { KINDS, kindsOf, type Kind } from "../../test/support/corpus-kinds.ts";
import { Random } from "../../test/simulator/random.ts";
import { Progress, say } from "../restart/progress.ts";
import { classOf, PROMISED } from "./classes.ts";
import { isSound, judge } from "./mutation.ts";
import { mostOf, mutations } from "./mutator.ts";
import { readOptions, USAGE, type Options } from "./options.ts";
import { describeFault, Table } from "./report.ts";
import { auditOtherwise } from "./sound.ts";

interface SoundRun {
  readonly sessions: number;
  readonly entries: number;
  readonly kinds: ReadonlyMap<Kind, number>;
  /** How often a log was audited in which way. */
  readonly ways: ReadonlyMap<string, number>;
  /** Audits in which something was found, or that could not tell where they must. */
  readonly faults: number;
  /** Of which mutations are made. */
  readonly kept: readonly SoundLog[];
}

async function auditSound({ logs, seed, keep }: Options): Promise<SoundRun> {
  const progress = new Progress("sound logs", logs);
  const corpus = await Corpus.open(seed);
  const kinds = new Map<Kind, number>(KINDS.map((kind) => [kind, 0]));
  const kept: SoundLog[] = [];
  const ways = new Map<string, number>();
  let [sessions, entries, faults] = [0, 0, 0];
  const note = (name: string, way: string, isFaulty: boolean, said: unknown): void => {
    ways.set(way, (ways.get(way) ?? 0) + 1);
    if (!isFaulty) return;
    faults += 1;
    say(`  ${name}, ${way}: ${JSON.stringify(said, null, 2)}`);
  };
  try {
    for (let count = 1; count <= logs; count += 1) {
      const log = await corpus.next();
      const { verification, name, ledgers } = log;
      const { verdict, findings } = verification;
      note(name, ledgers.length > 0 ? "with both ledgers" : "by itself", verdict !== "sound", { verdict, findings });
      if (verdict === "sound" && isKept(count, keep, logs)) {
        kept.push(log);
        for (const { way, isRight, ...said } of await auditOtherwise(log)) note(name, way, !isRight, said);
      }
      sessions += verification.sessions.length;
      entries += verification.entries.total;
      for (const own of kindsOf(log).values()) for (const kind of own) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      progress.add(1);
    }
  } finally {
    await corpus.close();
  }
  return { sessions, entries, kinds, ways, faults, kept };
}

/** So many of all, evenly spread. */
function isKept(count: number, keep: number, logs: number): boolean {
  return Math.floor((count * keep) / logs) > Math.floor(((count - 1) * keep) / logs);
}

interface TamperRun {
  readonly rows: Table;
  readonly families: Table;
  readonly classes: Table;
  readonly faults: number;
}

async function tamper(kept: readonly SoundLog[], { mutations: count, seed, show }: Options): Promise<TamperRun> {
  const progress = new Progress("mutations", count);
  const [rows, families, classes] = [new Table(), new Table(), new Table(PROMISED)];
  let [done, faults] = [0, 0];
  for await (const { family, log, trial } of mutations(kept, new Random(seed).fork("tamper"))) {
    const judgement = await judge(trial, mostOf(trial));
    rows.add(trial.row, judgement);
    families.add(family, judgement);
    classes.add(classOf(trial, judgement), judgement);
    if (!isSound(judgement)) {
      faults += 1;
      if (faults <= show) say(describeFault(log, trial, judgement));
    }
    progress.add(1);
    done += 1;
    if (done === count) break;
  }
  return { rows, families, classes, faults };
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  const sound = await auditSound(options);
  const kinds = [...sound.kinds].map(([kind, count]) => `${kind} ${count}`).join(", ");
  say(`${options.logs} sound logs, ${sound.sessions} sessions, ${sound.entries} entries; sessions ${kinds}`);
  const asked = [...sound.ways].map(([way, count]) => `${way} ${count}`).join(", ");
  say(`audited: ${asked}`);
  const { rows, families, classes, faults } = await tamper(sound.kept, options);
  say(`\n${rows.toString("what was done")}\n\n${families.toString("family")}\n\n${classes.toString("class")}\n`);
  const untried = PROMISED.filter((name) => classes.rows.get(name)?.mutations === 0);
  if (untried.length > 0) say(`classes without a mutation: ${untried.join("; ")}`);
  say(`sound logs with a finding: ${sound.faults}; mutations missed, misnamed or blamed on another: ${faults}`);
  if (options.json !== undefined)
    writeFileSync(options.json, documentOf(options, sound, { rows, families, classes, faults }));
  if (sound.faults + faults + untried.length > 0) process.exitCode = 1;
}

function documentOf(
  { logs, mutations: count, seed }: Options,
  { sessions, entries, kinds, ways, faults: soundFaults }: SoundRun,
  { rows, families, classes, faults }: TamperRun,
): string {
  const document = {
    ...{ date: new Date().toISOString(), logs, mutations: count, seed, sessions, entries },
    kinds: Object.fromEntries(kinds),
    audited: Object.fromEntries(ways),
    ...{ soundFaults, faults },
    rows: Object.fromEntries(rows.rows),
    families: Object.fromEntries(families.rows),
    classes: Object.fromEntries(classes.rows),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

await runMain(main);
