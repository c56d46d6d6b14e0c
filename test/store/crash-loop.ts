import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../simulator/random.ts";
import type { CrashDriver, Victim } from "./crash-loop-drivers.ts";
import type { Line, Place } from "./crash-loop-lines.ts";
import { CrashLoopModel } from "./crash-loop-model.ts";
import { CrashLoopProcess } from "./crash-loop-process.ts";

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
  reading: ["session", "opened", "fault"],
  opening: ["opened", "fault"],
  writing: ["acknowledged", "fault"],
};

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
  const random = new Random(seed).fork(`kill ${number}`);
  const roll = random.whole(1, 100);
  const moment: Moment =
    roll <= READING_PERCENT ? "reading" : roll <= READING_PERCENT + OPENING_PERCENT ? "opening" : "writing";
  const victim = victims[number % victims.length] ?? "writer";
  return { number, victim, moment, waitMs: random.whole(0, LONGEST_WAIT_MS[moment]) };
}

type Unverified = Omit<KillResult, "faults">;

/**
 * Kills a writer under load, or the server below it, again and again. Each time a fresh process reads everything that is there, is
 * the next writer, and the next to be killed. A kill has passed when the first reading behind it that came to its end has found
 * every acknowledged entry, byte for byte, and nothing that is not whole.
 */
export class CrashLoop {
  readonly #driver: CrashDriver;
  readonly #options: CrashLoopOptions;
  #model = new CrashLoopModel();
  #places = 0;
  #place: Place | null = null;
  #killsOfPlace = 0;
  #unverified: Unverified[] = [];
  #faults: string[] = [];
  #acknowledged = 0;
  #firstAt = 0;
  #lastAt = 0;

  constructor(driver: CrashDriver, options: CrashLoopOptions) {
    this.#driver = driver;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { seed, first, last, victims } = this.#options;
    let standby = new CrashLoopProcess();
    try {
      for (let number = first; number <= last; number += 1) {
        const writer = standby;
        // Loads and signs ahead while the other one works.
        standby = new CrashLoopProcess();
        await this.#kill(writer, planKill(seed, number, victims));
      }
      await this.#work(standby, null, ({ said }) => said === "verified" || said === "fault");
      await standby.end();
      this.#settle();
    } finally {
      await standby.kill();
    }
  }

  async #kill(writer: CrashLoopProcess, kill: Kill): Promise<void> {
    const next = this.#place === null || this.#killsOfPlace >= KILLS_PER_STORE ? this.#nextPlace() : this.#place;
    this.#acknowledged = 0;
    try {
      await this.#work(writer, next, ({ said }) => BEGINNINGS[kill.moment].includes(said));
      await sleep(kill.waitMs);
      if (kill.victim === "server") {
        await this.#driver.killServer();
        await writer.end();
        await this.#driver.restartServer();
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

  #nextPlace(): Place {
    this.#places += 1;
    return this.#driver.place(this.#places);
  }

  /** @param write Where it appends to behind its reading; null: it does not. */
  #work(process: CrashLoopProcess, write: Place | null, isAwaited: (line: Line) => boolean): Promise<void> {
    const read = this.#place;
    if (read === null) this.#goTo(write);
    const onLine = (line: Line): void => this.#hear(line, write);
    return process.work({ read, write }, onLine, isAwaited);
  }

  #goTo(place: Place | null): void {
    if (place === null || place === this.#place) return;
    this.#place = place;
    this.#killsOfPlace = 0;
    this.#model = new CrashLoopModel();
  }

  #hear(line: Line, write: Place | null): void {
    switch (line.said) {
      case "entry":
        this.#model.read(line);
        return;
      case "session":
        this.#model.readSession(line);
        return;
      case "verified":
        this.#faults.push(...this.#model.verify());
        this.#settle();
        this.#goTo(write);
        return;
      case "opened":
        this.#model.opened(line);
        return;
      case "acknowledged":
        this.#lastAt = performance.now();
        if (this.#acknowledged === 0) this.#firstAt = this.#lastAt;
        this.#acknowledged += 1;
        this.#model.acknowledged(line);
        return;
      case "fault":
        this.#faults.push(line.text);
        return;
      case "ready":
      case "refused":
        return;
    }
  }

  /** Tells of the kills that have been looked behind. What was found where there are none counts for the next one. */
  #settle(): void {
    if (this.#unverified.length === 0) return;
    const at = this.#place?.driver === "sqlite" ? this.#place.path : this.#place?.schema;
    const faults = this.#faults.map((fault) => `${String(at)}: ${fault}`);
    for (const kill of this.#unverified) this.#options.onResult({ ...kill, faults });
    this.#unverified = [];
    this.#faults = [];
  }
}
