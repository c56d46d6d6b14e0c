import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";

import { Tally } from "../../test/simulator/faults.ts";

const ROOT = resolve(import.meta.dirname, "..", "..");
/** What a run depends on: with another code it is another run. */
const CODE = ["src/entry", "src/protocol", "src/gateway", "src/store", "src/ledger", "test/simulator", "test/support"];
/** Seeds that a worker runs before it reports. */
const PORTION = 50;
const SHOW_EVERY_MS = 5_000;
const SAVE_EVERY_MS = 15_000;
const SECONDS_PER_HOUR = 3_600;

/** What came of one portion of seeds. */
export interface PortionResult {
  readonly portion: number;
  readonly seeds: number;
  readonly sessions: number;
  readonly counts: readonly (readonly [string, number])[];
  readonly failures: readonly { readonly seed: number; readonly text: string }[];
}

const savedSchema = z.strictObject({
  code: z.string(),
  from: z.int(),
  portions: z.array(z.int()),
  seeds: z.int(),
  sessions: z.int(),
  counts: z.array(z.tuple([z.string(), z.int()])),
  failures: z.array(z.strictObject({ seed: z.int(), text: z.string() })),
});

interface RunOptions {
  readonly seeds: number;
  readonly from: number;
  readonly resume: string | undefined;
}

/** What came of all portions together. */
class Totals {
  readonly tally = new Tally();
  readonly failures: { readonly seed: number; readonly text: string }[] = [];
  seeds = 0;
  sessions = 0;

  add({ seeds, sessions, counts, failures }: Omit<PortionResult, "portion">): void {
    this.seeds += seeds;
    this.sessions += sessions;
    this.tally.merge(counts);
    this.failures.push(...failures);
  }
}

/** How far a run is: what is still to do, what came of the rest, and, if asked for, a file that knows it. */
export class Progress {
  /** Of this run and of the one that it goes on from. */
  readonly totals = new Totals();
  /** The same without a last portion that is cut short: with more seeds it is run anew. */
  readonly #kept = new Totals();
  readonly #ended = new Set<number>();
  #seedsBefore = 0;
  #next = 0;
  #isStopped = false;
  #shownAt = 0;
  #savedAt = performance.now();
  readonly #options: RunOptions;
  readonly #code: string;
  readonly #startedAt = performance.now();

  private constructor(options: RunOptions, code: string) {
    this.#options = options;
    this.#code = code;
  }

  static async open(options: RunOptions): Promise<Progress> {
    const progress = new Progress(options, await digestOfCode());
    if (options.resume !== undefined && existsSync(options.resume)) await progress.#load(options.resume);
    return progress;
  }

  async #load(file: string): Promise<void> {
    const saved = savedSchema.parse(JSON.parse(await readFile(file, "utf8")));
    if (saved.code !== this.#code)
      throw new Error(`the code has changed since ${file} was written: remove it to begin anew`);
    if (saved.from !== this.#options.from)
      throw new Error(`${file} begins at seed ${saved.from}: say --from ${saved.from}, or remove it`);
    for (const portion of saved.portions) this.#ended.add(portion);
    this.totals.add(saved);
    this.#kept.add(saved);
    this.#seedsBefore = saved.seeds;
  }

  /** Whoever works finishes the portion that it is at, and takes no other. */
  stop(): void {
    this.#isStopped = true;
  }

  /** The next seeds to run, or undefined if there are none. */
  take(): { readonly portion: number; readonly first: number; readonly count: number } | undefined {
    while (this.#ended.has(this.#next)) this.#next += 1;
    const { from, seeds } = this.#options;
    const before = this.#next * PORTION;
    if (this.#isStopped || before >= seeds) return undefined;
    const portion = this.#next++;
    return { portion, first: from + before, count: Math.min(PORTION, seeds - before) };
  }

  async add(result: PortionResult): Promise<void> {
    this.totals.add(result);
    if (result.seeds === PORTION) {
      this.#ended.add(result.portion);
      this.#kept.add(result);
    }
    for (const { text } of result.failures) process.stdout.write(`${text}\n\n`);
    if (performance.now() - this.#shownAt > SHOW_EVERY_MS) this.#show();
    if (performance.now() - this.#savedAt > SAVE_EVERY_MS) await this.save();
  }

  #show(): void {
    this.#shownAt = performance.now();
    const { seeds, sessions, failures } = this.totals;
    const rate = (1_000 * (seeds - this.#seedsBefore)) / (performance.now() - this.#startedAt);
    process.stdout.write(
      `${seeds} of ${this.#options.seeds} seeds, ${sessions} sessions, ${failures.length} broken, ` +
        `${rate.toFixed(1)} seeds/s, ${duration((this.#options.seeds - seeds) / rate)} left\n`,
    );
  }

  async save(): Promise<void> {
    const { resume, from } = this.#options;
    this.#savedAt = performance.now();
    if (resume === undefined) return;
    const { seeds, sessions, tally, failures } = this.#kept;
    const portions = [...this.#ended];
    const saved: z.infer<typeof savedSchema> = {
      ...{ code: this.#code, from, portions, seeds, sessions, failures },
      counts: tally.entries(),
    };
    await writeFile(`${resume}.new`, JSON.stringify(saved));
    await rename(`${resume}.new`, resume);
  }
}

async function digestOfCode(): Promise<string> {
  const hash = createHash("sha256");
  for (const folder of CODE) {
    const files = await readdir(join(ROOT, folder), { recursive: true });
    for (const file of files.filter((name) => name.endsWith(".ts")).sort())
      hash.update(`${folder}/${file}\n`).update(await readFile(join(ROOT, folder, file)));
  }
  return hash.digest("hex");
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "unknown time";
  const whole = Math.ceil(seconds);
  const hours = Math.floor(whole / SECONDS_PER_HOUR);
  const minutes = Math.floor((whole % SECONDS_PER_HOUR) / 60);
  return hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}
