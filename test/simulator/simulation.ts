import type { Address } from "../../src/entry/hex.ts";
import { sessionIdFor } from "../../src/gateway/request.ts";
import type { GatewayDirectory } from "../../src/store/log-store.ts";
import { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { GATEWAY_IDS, NAMES, otherThan, type Name } from "./cast.ts";
import { runClient } from "./client.ts";
import { CrashPlan } from "./crash-plan.ts";
import { Faults, type Tally } from "./faults.ts";
import { Oracles } from "./oracles.ts";
import { planOf, type Plan } from "./plan.ts";
import { Random } from "./random.ts";
import { SimChain } from "./sim-chain.ts";
import { SimClock, START } from "./sim-clock.ts";
import { SimLog, type TakenWrite } from "./sim-log.ts";
import { SimParty } from "./sim-party.ts";
import { SimNetwork } from "./sim-peers.ts";
import { Strangers } from "./strangers.ts";
import { Trace } from "./trace.ts";
import { Truth, type Logs } from "./truth.ts";
import type { Violation } from "./violation.ts";

const MS_PER_MINUTE = 60_000;
/** From the last fault or deadline on, every session ends within this time. */
const END_BOUND_MS = 10 * MS_PER_MINUTE;
/** A process that cannot start is started again after this time. */
const RESTART_MS = 2_000;
/** Clocks that differ by more are counted. */
const NOTABLE_SKEW_MS = 5_000;
const REORG_DELAY_MS = 3_000;
const STATUS_MS = 5_000;

export interface RunResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly trace: Trace;
  /** Simulated ms. */
  readonly lasted: number;
  readonly sessions: number;
}

/** A takeover, and how many writes the log had taken before it. */
export interface Succession {
  readonly name: Name;
  readonly epoch: number;
  readonly key: Address;
  readonly behind: number;
  readonly at: number;
}

/** What a registry would have been sent, in its order. */
export interface SharedHistory {
  readonly taken: readonly TakenWrite[];
  readonly successions: readonly Succession[];
}

/**
 * Two real gateways, with everything around them simulated: one seed says what happens, and when. Nothing in it depends on the
 * machine, its clock or its load, so a seed gives the same run wherever it is run.
 */
export class Simulation {
  readonly #seed: number;
  readonly #plan: Plan;
  readonly #clock = new SimClock();
  readonly #trace: Trace;
  readonly #tally: Tally;
  readonly #faults: Faults;
  readonly #truth: Truth;
  readonly #chains: Readonly<Record<Name, SimChain>>;
  readonly #oracles: Oracles;
  readonly #crashes: CrashPlan;
  readonly #strangers: Strangers;
  readonly #parties: Readonly<Record<Name, SimParty>>;
  readonly #logs: Logs;
  readonly #successions: Succession[] = [];
  #clientsAtWork = 0;
  /** When the last process that is down is started again. */
  #lastStart = START;
  #broken: unknown;

  /** @param tally Is told how often what happened. */
  constructor(seed: number, tally: Tally) {
    this.#seed = seed;
    this.#tally = tally;
    this.#plan = planOf(seed);
    const plan = this.#plan;
    const clock = this.#clock;
    const random = new Random(seed);
    const labels = plan.transfers.map(({ from, key }) => [sessionIdFor(GATEWAY_IDS[from], key), key] as const);
    const trace = (this.#trace = new Trace(clock, new Map(labels)));
    const note = (text: string): void => trace.note(text);
    const faults = (this.#faults = new Faults(plan, { clock, tally, note, random: random.fork("faults") }));
    const directory = new MemoryGatewayDirectory();
    const logs = (this.#logs = logsOf(plan, directory, clock));
    const truth = (this.#truth = new Truth(logs, clock));
    const chain = (name: Name): SimChain => new SimChain(name, plan.finalityMs[name], clock, faults);
    const chains = (this.#chains = { alpha: chain("alpha"), beta: chain("beta") });
    const happened = faults.happened.bind(faults);
    const oracles = (this.#oracles = new Oracles({ clock, truth, chains, happened }));
    const witness = trace.witness(oracles);
    for (const watched of [logs.alpha, logs.beta, chains.alpha, chains.beta]) watched.witness = witness;
    const network = new SimNetwork({
      ...{ clock, faults },
      onSend: (entry) => oracles.messageSent(entry),
    });
    const kill = this.#kill.bind(this);
    const crashes = (this.#crashes = new CrashPlan(plan, { faults, kill, random: random.fork("crashes") }));
    const log = plan.register === "log" ? logs.alpha : undefined;
    this.#strangers = new Strangers(plan, { clock, faults, truth, log, chains, random: random.fork("strangers") });
    const deps = { plan, clock, faults, directory, logs, truth, chains, network, oracles, crashes, trace };
    const onPrimary = (name: Name, epoch: number, key: Address): void => {
      this.#successions.push({ name, epoch, key, behind: logs.alpha.taken.length, at: clock.now() });
      this.#startIn(name, 0);
    };
    const told = { onPrimary, spawn: this.#spawn.bind(this) };
    const party = (name: Name): SimParty => new SimParty(name, deps, told);
    this.#parties = { alpha: party("alpha"), beta: party("beta") };
  }

  /** Of the log that both share; null where each has its own. */
  get history(): SharedHistory | null {
    if (this.#plan.register !== "log") return null;
    return { taken: this.#logs.alpha.taken, successions: this.#successions };
  }

  /** Both ledgers. */
  get chains(): Readonly<Record<Name, SimChain>> {
    return this.#chains;
  }

  /** Rejects only if the simulation itself is broken. */
  async run(): Promise<RunResult> {
    const { skewMs, crashes, reorgEveryMs } = this.#plan;
    if (Math.abs(skewMs.alpha - skewMs.beta) > NOTABLE_SKEW_MS) this.#tally.add("clock-skew");
    for (const name of NAMES) this.#start(name);
    for (const crash of crashes)
      if (crash.trigger.kind === "moment")
        this.#clock.at(START + crash.trigger.at, () => this.#crashes.atMoment(crash));
    this.#startClients();
    this.#strangers.start();
    if (reorgEveryMs > 0) this.#clock.at(START + reorgEveryMs, () => this.#reorganize());
    await this.#untilEnd();
    for (const name of NAMES) this.#parties[name].end();
    if (this.#broken !== undefined)
      throw new Error(`seed ${this.#seed}: the simulation broke`, { cause: this.#broken });
    const { violations } = this.#oracles;
    const lasted = this.#clock.now() - START;
    return { seed: this.#seed, violations, trace: this.#trace, lasted, sessions: this.#truth.sessionIds.length };
  }

  #startClients(): void {
    for (const transfer of this.#plan.transfers) {
      this.#clientsAtWork += 1;
      const ended = runClient(transfer, {
        clock: this.#clock,
        faults: this.#faults,
        gateway: (name) => this.#parties[name].gateway,
        note: (text) => this.#trace.note(text),
      });
      this.#spawn(ended.finally(() => (this.#clientsAtWork -= 1)));
    }
  }

  async #untilEnd(): Promise<void> {
    // Behind an entry that no fence kept out it goes on: to see whether more comes of it.
    const isBroken = (): boolean =>
      this.#broken !== undefined || this.#oracles.violations.some(({ invariant }) => invariant !== "fenced");
    let end = this.#bound();
    // A restart or a deadline may have come later than was to be seen at first.
    while (!(await this.#clock.run(() => isBroken() || this.#isSettled(), end))) {
      if (this.#bound() <= end) break;
      end = this.#bound();
    }
    if (isBroken()) return;
    if (!this.#isSettled()) {
      const minutes = END_BOUND_MS / MS_PER_MINUTE;
      this.#oracles.notEnded(`${minutes} minutes after the last fault: ${await this.#describeOpen()}`);
      return;
    }
    for (const name of NAMES) this.#chains[name].mineAll();
    await this.#clock.run(() => false, this.#clock.now());
    this.#oracles.atEnd();
  }

  /** Until when everything must have ended, by what is known now. */
  #bound(): number {
    const { calmFrom, spells } = this.#plan;
    const last = Math.max(calmFrom, this.#lastStart, ...this.#truth.deadlines, ...spells.map(({ until }) => until));
    return last + END_BOUND_MS;
  }

  #isSettled(): boolean {
    return this.#clientsAtWork === 0 && this.#truth.isSettled;
  }

  async #describeOpen(): Promise<string> {
    const parts = this.#clientsAtWork > 0 ? [`${this.#clientsAtWork} clients wait for an answer`] : [];
    for (const sessionId of this.#truth.sessionIds)
      for (const name of NAMES) {
        const status = await this.#parties[name].status(sessionId, STATUS_MS);
        const { lastEntry, decision, waitingFor, reason } = status ?? {};
        const why = reason ? ` (${reason.code}: ${reason.message})` : "";
        const told = status ? `${lastEntry}, ${decision}, waits for ${waitingFor}${why}` : "no answer";
        parts.push(`${name} in ${this.#trace.label(sessionId)}: ${told}`);
      }
    return parts.join("; ");
  }

  #start(name: Name): void {
    const started = this.#parties[name].start().then((hasStarted) => {
      if (!hasStarted) this.#startIn(name, RESTART_MS);
    });
    this.#spawn(started);
  }

  #kill(name: Name, downMs: number): void {
    const party = this.#parties[name];
    if (party.isDown) return;
    this.#trace.note(`${name} dies; starts again in ${downMs} ms`);
    party.crash();
    this.#tally.add("crash");
    if (this.#parties[otherThan(name)].isDown) this.#tally.add("crash-of-both");
    this.#startIn(name, downMs);
  }

  #startIn(name: Name, downMs: number): void {
    const now = this.#clock.now();
    const at = now + downMs;
    this.#lastStart = Math.max(this.#lastStart, at);
    if (this.#truth.deadlines.some((deadline) => now < deadline && deadline < at))
      this.#tally.add("away-past-deadline");
    this.#clock.at(at, () => this.#start(name));
  }

  #reorganize(): void {
    if (this.#faults.isCalm) return;
    const name = this.#faults.between(0, 1) === 0 ? "alpha" : "beta";
    const isGone = this.#faults.between(0, 3) === 0;
    const undone = this.#chains[name].reorganize(isGone, this.#faults.between(0, REORG_DELAY_MS));
    if (undone) this.#faults.happened("ledger-reorg", `${undone.action} on ${name}${isGone ? " is gone" : ""}`);
    this.#clock.at(this.#clock.now() + this.#plan.reorgEveryMs, () => this.#reorganize());
  }

  #spawn(work: Promise<unknown>): void {
    work.catch((error: unknown) => (this.#broken ??= error));
  }
}

/** One log for both, or one for each. */
function logsOf(plan: Plan, directory: GatewayDirectory, clock: SimClock): Logs {
  if (plan.register === "log") {
    const shared = new SimLog(directory, clock, plan.finalityMs.log);
    return { alpha: shared, beta: shared };
  }
  const own = (name: Name): SimLog => new SimLog(directory, clock, 0, GATEWAY_IDS[name]);
  return { alpha: own("alpha"), beta: own("beta") };
}
