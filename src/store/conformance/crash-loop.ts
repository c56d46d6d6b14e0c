import { setTimeout as sleep } from "node:timers/promises";
import { chance } from "./chance.ts";
import type { Line, Place } from "./crash-lines.ts";
import { CrashModel } from "./crash-model.ts";
import { CrashProcess } from "./crash-process.ts";
import type { DurableSite } from "./durable.ts";

/** A store is killed so often, and then another one is begun: what is read each time grows with it. */
const KILLS_PER_STORE = 5;
/** Of a hundred kills so many hit the reader, and so many the writer before its first append; the others are in the midst of appends. */
const READING_PERCENT = 8;
const OPENING_PERCENT = 7;
/** Behind the moment, at most. */
const LONGEST_WAIT_MS = { reading: 200, opening: 100, writing: 400 } as const;
const SECOND_MS = 1_000;

export type Moment = keyof typeof LONGEST_WAIT_MS;

/** What a writer says first when the moment begins. Where there is nothing to read yet, reading is over at once. */
const BEGINNINGS: Readonly<Record<Moment, readonly Line["said"][]>> = {
  reading: ["session", "opened"],
  opening: ["opened"],
  writing: ["acknowledged"],
};

/** Who is killed. */
export type Victim = "writer" | "server";

/** Stores for the loop, and the server that they live on, if there is one. */
export interface CrashTarget {
  /** URL of the module that opens them. */
  readonly module: string;
  /** A store that nobody has written to; each number gives another one. */
  place(number: number): Promise<Place>;
  readonly server: DurableSite["server"];
}

export interface Kill {
  readonly number: number;
  readonly victim: Victim;
  /** What was going on: everything is read, sessions are opened, entries are appended. */
  readonly moment: Moment;
  /** From its beginning. */
  readonly waitMs: number;
}

export interface KillResult extends Kill {
  /** Appends that were acknowledged before, and how many in a second. */
  readonly acknowledged: number;
  readonly perSecond: number;
  /** What the reading behind it found; empty if all is there. */
  readonly faults: readonly string[];
}

export interface CrashLoopOptions {
  readonly seed: number;
  /** Numbers of the kills, both included: each follows from its number and the seed alone. */
  readonly first: number;
  readonly last: number;
  /** By turns. */
  readonly victims: readonly Victim[];
  readonly onResult: (result: KillResult) => void;
}

/** The kill with this number: who, when. */
function planKill(seed: number, number: number, victims: readonly Victim[]): Kill {
  const roll = chance(seed, `moment of kill ${number}`, 1, 100);
  const moment: Moment =
    roll <= READING_PERCENT ? "reading" : roll <= READING_PERCENT + OPENING_PERCENT ? "opening" : "writing";
  const victim = victims[number % victims.length] ?? "writer";
  return { number, victim, moment, waitMs: chance(seed, `wait of kill ${number}`, 0, LONGEST_WAIT_MS[moment]) };
}

function isFault(line: Line): boolean {
  return line.said === "fault" || (line.said === "refused" && line.code === "CORRUPT_STORE");
}

type Unverified = Omit<KillResult, "faults">;

/**
 * Kills a writer under load, or the server below it, again and again. Each time a fresh process reads everything that is there, is
 * the next writer, and the next to be killed. A kill has passed when the first reading behind it that came to its end has found
 * every acknowledged entry, byte for byte, and nothing that is not whole.
 */
export class CrashLoop {
  readonly #target: CrashTarget;
  readonly #options: CrashLoopOptions;
  #model = new CrashModel();
  #places = 0;
  #place: Place | null = null;
  #killsOfPlace = 0;
  #unverified: Unverified[] = [];
  #faults: string[] = [];
  #acknowledged = 0;
  #firstAt = 0;
  #lastAt = 0;

  constructor(target: CrashTarget, options: CrashLoopOptions) {
    this.#target = target;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { seed, first, last, victims } = this.#options;
    let standby = new CrashProcess(this.#target.module);
    try {
      for (let number = first; number <= last; number += 1) {
        const writer = standby;
        // Loads and signs ahead while the other one works.
        standby = new CrashProcess(this.#target.module);
        await this.#kill(writer, planKill(seed, number, victims));
      }
      await this.#work(standby, null, (line) => isFault(line) || line.said === "verified");
      await standby.end();
      this.#settle();
    } finally {
      await standby.kill();
    }
  }

  async #kill(writer: CrashProcess, kill: Kill): Promise<void> {
    const next = this.#place === null || this.#killsOfPlace >= KILLS_PER_STORE ? await this.#nextPlace() : this.#place;
    this.#acknowledged = 0;
    try {
      await this.#work(writer, next, (line) => isFault(line) || BEGINNINGS[kill.moment].includes(line.said));
      await sleep(kill.waitMs);
      if (kill.victim === "server") {
        await this.#target.server?.kill();
        await writer.end();
        await this.#target.server?.restart();
      }
    } finally {
      await writer.kill();
    }
    const seconds = (this.#lastAt - this.#firstAt) / SECOND_MS;
    const perSecond = this.#acknowledged < 2 ? 0 : (this.#acknowledged - 1) / seconds;
    this.#killsOfPlace += 1;
    this.#unverified.push({ ...kill, acknowledged: this.#acknowledged, perSecond });
    this.#model.forgetReading();
    if (this.#faults.length > 0) this.#settle();
  }

  #nextPlace(): Promise<Place> {
    this.#places += 1;
    return this.#target.place(this.#places);
  }

  /** @param write Where it appends to behind its reading; null: it does not. */
  #work(process: CrashProcess, write: Place | null, isAwaited: (line: Line) => boolean): Promise<void> {
    const read = this.#place;
    if (read === null) this.#goTo(write);
    const onLine = (line: Line): void => this.#hear(line, write);
    return process.work({ read, write }, onLine, isAwaited);
  }

  #goTo(place: Place | null): void {
    if (place === null || place === this.#place) return;
    this.#place = place;
    this.#killsOfPlace = 0;
    this.#model = new CrashModel();
  }

  #hear(line: Line, write: Place | null): void {
    this.#faults.push(...this.#model.hear(line));
    if (line.said === "refused" && isFault(line)) this.#faults.push(line.text);
    if (line.said === "acknowledged") {
      this.#lastAt = performance.now();
      if (this.#acknowledged === 0) this.#firstAt = this.#lastAt;
      this.#acknowledged += 1;
    }
    if (line.said !== "verified") return;
    this.#settle();
    this.#goTo(write);
  }

  /** Tells of the kills that have been looked behind. What was found where there are none counts for the next one. */
  #settle(): void {
    if (this.#unverified.length === 0) return;
    const at = JSON.stringify(this.#place?.place);
    const faults = this.#faults.map((fault) => `${at}: ${fault}`);
    for (const kill of this.#unverified) this.#options.onResult({ ...kill, faults });
    this.#unverified = [];
    this.#faults = [];
  }
}
