import type { Role } from "../../src/protocol/order.ts";
import { breaches, shortfalls, type Invariant, type Standing } from "../support/world-oracles.ts";
import type { Bounds, Missing } from "./bounds.ts";
import { DESTINATION_STATES, ORIGIN_STATES } from "./ledgers.ts";
import { Moves } from "./moves.ts";
import type { Sink } from "./ledger-moves.ts";
import { endingOf, type Local } from "./local.ts";
import { Point, POINT_WORDS, RIVAL_WORDS } from "./point.ts";
import { GrowingArray, StateSet } from "./state-set.ts";
import { TwinWatch } from "./twins.ts";

/** What was found of one invariant, and the shortest way there. */
export interface Violation {
  readonly invariant: Invariant;
  readonly states: number;
  readonly trace: readonly string[];
}

export interface Exploration {
  readonly bounds: Bounds;
  readonly states: number;
  readonly steps: number;
  /** Steps of the longest shortest way from the start. */
  readonly depth: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** False: cut off at `maxStates`; nothing is shown. */
  readonly isComplete: boolean;
  readonly violations: readonly Violation[];
  /** How sessions ended, and in how many states. */
  readonly endings: ReadonlyMap<string, number>;
  readonly rows: ReadonlyMap<string, number>;
  /** What an outsider can tell apart: ledgers, decision, and how either log ended; by number. */
  readonly standings: ReadonlySet<number>;
  /** States of each gateway. */
  readonly locals: Readonly<Record<Role, number>>;
  /** Pairs of those that were taken for one and compared, and how they differ. */
  readonly twins: number;
  readonly differences: readonly string[];
}

export interface Progress {
  readonly states: number;
  readonly expanded: number;
  readonly seconds: number;
}

export interface ExplorerOptions {
  readonly missing?: Missing;
  /** Costs about as much as exploring a million states. */
  readonly comparesTwins?: boolean;
}

const MICROSECONDS = 1_000_000;
const DECISIONS = ["NONE", "COMMIT", "ABORT"] as const;
const NO_PARENT = 0xffffffff;
const PROGRESS_EVERY = 1 << 17;

/** Goes through every state that the bounds allow, breadth first, so that the way to each is a shortest one. */
export class Explorer {
  readonly #moves: Moves;
  readonly #bounds: Bounds;
  readonly #twins = new TwinWatch();
  /** Words of 32 bits in a state. */
  readonly #width: number;
  readonly #set: StateSet;
  readonly #parents = new GrowingArray();
  /** Steps for which nothing has to go wrong: where each state's begin, and where they lead. */
  readonly #starts = new GrowingArray();
  readonly #fair = new GrowingArray();
  readonly #broken = new Map<Invariant, { states: number; first: number; last: string }>();
  /** States that are not gone on from, because an invariant does not hold there. */
  readonly #cut = new Set<number>();
  readonly #ended: number[] = [];
  readonly #endings = new Map<string, number>();
  readonly #judged = new Map<number, readonly Invariant[]>();
  readonly #words: Uint32Array;
  /** Also behind states in which an invariant does not hold, as a second full gateway would. */
  readonly #goesOn: boolean;
  #steps = 0;
  #depth = 0;

  constructor(bounds: Bounds, { missing = {}, comparesTwins = false }: ExplorerOptions = {}) {
    this.#bounds = bounds;
    this.#moves = new Moves(bounds, missing);
    this.#goesOn = missing.fence === true;
    this.#width = missing.fence === true ? POINT_WORDS + RIVAL_WORDS : POINT_WORDS;
    this.#set = new StateSet(this.#width);
    this.#words = new Uint32Array(this.#width);
    const { origin, destination } = this.#moves.gateways;
    if (comparesTwins) for (const gateway of [origin, destination]) this.#twins.attach(gateway);
  }

  explore(report: (progress: Progress) => void = () => undefined): Exploration {
    const began = performance.now();
    const cpuBegan = process.cpuUsage();
    const seconds = () => (performance.now() - began) / 1_000;
    const { maxStates } = this.#bounds;
    this.#meet(this.#moves.start(), NO_PARENT, "", undefined);
    const point = new Point();
    let current = 0;
    let layerEnd = 1;
    const sink: Sink = (to, who, what, detail, isFault, breach) => {
      this.#steps += 1;
      const met = this.#meet(to, current, breach === undefined ? "" : `${who} ${what} ${detail}`, breach);
      if (!isFault && met !== current) this.#fair.push(met);
    };
    for (; current < this.#set.size && this.#set.size < maxStates; current++) {
      if (current === layerEnd) {
        layerEnd = this.#set.size;
        this.#depth += 1;
      }
      this.#starts.push(this.#fair.length);
      if (this.#cut.has(current)) continue;
      this.#set.read(current, this.#words);
      point.read(this.#words);
      this.#moves.from(point, sink);
      if (current % PROGRESS_EVERY === 0) report({ states: this.#set.size, expanded: current, seconds: seconds() });
    }
    this.#starts.push(this.#fair.length);
    const isComplete = current === this.#set.size;
    if (isComplete) this.#judgeEnds();
    const cpuSeconds = process.cpuUsage(cpuBegan).user / MICROSECONDS;
    return { ...this.#result(isComplete), seconds: seconds(), cpuSeconds };
  }

  #result(isComplete: boolean): Omit<Exploration, "seconds" | "cpuSeconds"> {
    const { origin, destination } = this.#moves.gateways;
    return {
      bounds: this.#bounds,
      states: this.#set.size,
      steps: this.#steps,
      depth: this.#depth,
      isComplete,
      violations: [...this.#broken].map(([invariant, { states, first, last }]) => ({
        invariant,
        states,
        trace: [...this.#traceTo(first), ...(last === "" ? [] : [last])],
      })),
      endings: this.#endings,
      rows: this.#moves.rows.counts,
      standings: new Set(this.#judged.keys()),
      locals: { origin: origin.locals.length, destination: destination.locals.length },
      twins: this.#twins.compared,
      differences: this.#twins.differences,
    };
  }

  #meet(point: Point, parent: number, step: string, breach: Invariant | undefined): number {
    const before = this.#set.size;
    point.write(this.#words);
    const met = this.#set.add(this.#words);
    if (breach !== undefined) this.#violated(breach, parent, step);
    if (met !== before) return met;
    this.#parents.push(parent);
    const found = this.#invariantsBroken(point);
    if (found.length > 0 && (!this.#goesOn || found.includes("halted"))) this.#cut.add(met);
    for (const invariant of found) this.#violated(invariant, met, "");
    return met;
  }

  #violated(invariant: Invariant, at: number, last: string): void {
    const known = this.#broken.get(invariant);
    if (known) known.states += 1;
    else this.#broken.set(invariant, { states: 1, first: at, last });
  }

  #invariantsBroken(point: Point): readonly Invariant[] {
    const locals = this.#moves.locals(point);
    const { origin, destination } = locals;
    const ends = endingCode(origin) * 3 + endingCode(destination);
    const halts =
      Number(isHalted(origin) || isHalted(destination)) + 2 * Number(isDisputed(origin) || isDisputed(destination));
    const ledgers =
      (((point.originFinal * 6 + point.originHead) * 4 + point.destinationFinal) * 4 + point.destinationHead) * 3;
    const isAtRest = this.#isAtRest(point, locals);
    const code = (((ledgers + point.decisionHead) * 9 + ends) * 4 + halts) * 2 + Number(isAtRest);
    const known = this.#judged.get(code);
    const found = known ?? this.#judge(point, locals, isAtRest);
    if (!known) this.#judged.set(code, found);
    if (isAtRest && found.length === 0) this.#note(point, locals);
    return found;
  }

  #judge(point: Point, locals: Readonly<Record<Role, Local>>, isAtRest: boolean): readonly Invariant[] {
    const found = new Set<Invariant>();
    for (const standing of [
      standingOf(this.#bounds, point, locals, true),
      standingOf(this.#bounds, point, locals, false),
    ])
      for (const invariant of isAtRest ? shortfalls(standing) : breaches(standing)) found.add(invariant);
    if (isHalted(locals.origin) || isHalted(locals.destination)) found.add("halted");
    if (isDisputed(locals.origin) || isDisputed(locals.destination)) found.add("dispute");
    return [...found];
  }

  /** Everybody who is there has closed its log, nothing is on its way, and everything is final. */
  #isAtRest(point: Point, { origin, destination }: Readonly<Record<Role, Local>>): boolean {
    if (!origin.isGone && !origin.state.own.closed) return false;
    if (!destination.isGone && !destination.state.own.closed) return false;
    if (point.originPool !== 0 || point.destinationPool !== 0) return false;
    if (point.originHead !== point.originFinal || point.destinationHead !== point.destinationFinal) return false;
    const isForsaken = origin.isGone || destination.isGone;
    return !isForsaken || isSettledByLedgers(point);
  }

  #note(point: Point, locals: Readonly<Record<Role, Local>>): void {
    this.#ended.push(this.#set.size - 1);
    const { decision, ledgers } = standingOf(this.#bounds, point, locals, true);
    const ending = `${this.#bounds.register === "log" ? decision : "-"} ${ledgers.origin} ${ledgers.destination}`;
    this.#endings.set(ending, (this.#endings.get(ending) ?? 0) + 1);
  }

  /** From where no fault-free way leads to an end, nothing ever will: a session that stands there is stuck. */
  #judgeEnds(): void {
    const good = new Uint8Array(this.#set.size);
    for (const index of this.#ended) good[index] = 1;
    for (const index of this.#cut) good[index] = 1;
    for (let found = true; found;) {
      found = false;
      for (let index = this.#set.size - 1; index >= 0; index--) {
        if (good[index] === 1) continue;
        const end = this.#starts.at(index + 1);
        for (let step = this.#starts.at(index); step < end; step++)
          if (good[this.#fair.at(step)] === 1) {
            good[index] = 1;
            found = true;
            break;
          }
      }
    }
    for (let index = 0; index < good.length; index++) if (good[index] === 0) this.#violated("ended", index, "");
  }

  /** The way to a state, step by step: each is looked for again, among those that its parent can take. */
  #traceTo(index: number): string[] {
    const path: number[] = [];
    for (let at = index; at !== NO_PARENT; at = this.#parents.at(at)) path.unshift(at);
    return path.slice(1).map((to, position) => this.#stepBetween(path[position]!, to));
  }

  #stepBetween(from: number, to: number): string {
    const words = new Uint32Array(this.#width);
    const wanted = new Uint32Array(this.#width);
    const point = new Point();
    this.#set.read(to, wanted);
    this.#set.read(from, words);
    point.read(words);
    let label = "?";
    this.#moves.from(point, (next, who, what, detail) => {
      next.write(words);
      if (label === "?" && words.every((word, position) => word === wanted[position]))
        label = `${who} ${what} ${detail}`.trim();
    });
    return label;
  }
}

function isHalted({ halted }: Local): boolean {
  return halted !== undefined;
}

function isDisputed({ state }: Local): boolean {
  return state.own.marks.has("init-recover-dispute");
}

function endingCode(local: Local): number {
  const ending = endingOf(local);
  return ending === null ? 0 : ending === "COMPLETED" ? 1 : 2;
}

/** A session whose gateway is gone is over when neither escrow can be moved any more, or was never touched. */
function isSettledByLedgers({ originFinal, destinationFinal }: Point): boolean {
  const origin = ORIGIN_STATES[originFinal]!;
  const destination = DESTINATION_STATES[destinationFinal]!;
  return origin === "BURNED" ? destination === "ASSIGNED" : origin !== "LOCKED" && destination !== "MINTED";
}

function standingOf(bounds: Bounds, point: Point, locals: Readonly<Record<Role, Local>>, atHead: boolean): Standing {
  return {
    register: bounds.register,
    decision: DECISIONS[point.decisionHead]!,
    ledgers: {
      origin: ORIGIN_STATES[atHead ? point.originHead : point.originFinal]!,
      destination: DESTINATION_STATES[atHead ? point.destinationHead : point.destinationFinal]!,
    },
    ended: { origin: endingOf(locals.origin), destination: endingOf(locals.destination) },
  };
}
