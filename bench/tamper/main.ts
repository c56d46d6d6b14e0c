// Whether the auditor finds what was done to a log, and nothing where nothing was done. See `--help`.

import { writeFileSync } from "node:fs";

import { runMain } from "../../scripts/support/run-main.ts";
import { Corpus, type SoundLog } from "../../test/support/corpus.ts";
import { KINDS, kindsOf, type Kind } from "../../test/support/corpus-kinds.ts";
import { Random } from "../../test/simulator/random.ts";
import { Progress, say } from "../restart/progress.ts";
import { isSound, judge } from "./mutation.ts";
import { mostOf, mutations } from "./mutator.ts";
import { readOptions, USAGE, type Options } from "./options.ts";
import { describeFault, Table } from "./report.ts";

interface SoundRun {
  readonly sessions: number;
  readonly entries: number;
  readonly kinds: ReadonlyMap<Kind, number>;
  /** Logs in which the auditor found something, or could not tell. */
  readonly faults: number;
  /** Of which mutations are made. */
  readonly kept: readonly SoundLog[];
}

async function auditSound({ logs, seed, keep }: Options): Promise<SoundRun> {
  const progress = new Progress("sound logs", logs);
  const corpus = await Corpus.open(seed);
  const kinds = new Map<Kind, number>(KINDS.map((kind) => [kind, 0]));
  const kept: SoundLog[] = [];
  let [sessions, entries, faults] = [0, 0, 0];
  try {
    for (let count = 1; count <= logs; count += 1) {
      const log = await corpus.next();
      const { verification, name } = log;
      if (verification.verdict !== "sound") {
        faults += 1;
        say(`  ${name}: ${verification.verdict}\n${JSON.stringify(verification.findings, null, 2)}`);
      } else if (Math.floor((count * keep) / logs) > Math.floor(((count - 1) * keep) / logs)) kept.push(log);
      sessions += verification.sessions.length;
      entries += verification.entries.total;
      for (const own of kindsOf(log).values()) for (const kind of own) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      progress.add(1);
    }
  } finally {
    await corpus.close();
  }
  return { sessions, entries, kinds, faults, kept };
}

interface TamperRun {
  readonly rows: Table;
  readonly families: Table;
  readonly faults: number;
}

async function tamper(kept: readonly SoundLog[], { mutations: count, seed, show }: Options): Promise<TamperRun> {
  const progress = new Progress("mutations", count);
  const [rows, families] = [new Table(), new Table()];
  let [done, faults] = [0, 0];
  for await (const { family, log, mutation } of mutations(kept, new Random(seed).fork("tamper"))) {
    const judgement = await judge(mutation, mostOf(mutation));
    rows.add(mutation.row, judgement);
    families.add(family, judgement);
    if (!isSound(judgement)) {
      faults += 1;
      if (faults <= show) say(describeFault(log, mutation, judgement));
    }
    progress.add(1);
    done += 1;
    if (done === count) break;
  }
  return { rows, families, faults };
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
  const { rows, families, faults } = await tamper(sound.kept, options);
  say(`\n${rows.toString()}\n\n${families.toString()}\n`);
  say(`sound logs with a finding: ${sound.faults}; mutations missed, misnamed or blamed on another: ${faults}`);
  if (options.json !== undefined) {
    const { logs, mutations: count, seed } = options;
    const { sessions, entries } = sound;
    const document = {
      ...{ date: new Date().toISOString(), logs, mutations: count, seed, sessions, entries },
      kinds: Object.fromEntries(sound.kinds),
      ...{ soundFaults: sound.faults, faults },
      ...{ rows: Object.fromEntries(rows.rows), families: Object.fromEntries(families.rows) },
    };
    writeFileSync(options.json, `${JSON.stringify(document, null, 2)}\n`);
  }
  if (sound.faults + faults > 0) process.exitCode = 1;
}

await runMain(main);
