import { createGateway, type Gateway } from "../../src/gateway/gateway.ts";
import type { GatewayOptions, GatewayPorts } from "../../src/gateway/ports.ts";
import type { GatewayEvent } from "../../src/gateway/public.ts";
import { sessionIdFor } from "../../src/gateway/request.ts";
import { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { OutboxedLogStore } from "../../src/store/outboxed-log-store.ts";
import { ACCOUNTS, GATEWAY_IDS, KEYS, LOG, NAMES, otherThan, OWNERS, type Name } from "./cast.ts";
import { runClient } from "./client.ts";
import { CrashPlan } from "./crash-plan.ts";
import { Faults, type Tally } from "./faults.ts";
import { Oracles, type Violation } from "./oracles.ts";
import { planOf, type Plan } from "./plan.ts";
import { Points } from "./points.ts";
import { Random } from "./random.ts";
import { SimChain } from "./sim-chain.ts";
import { SimClock, SkewedClock, START } from "./sim-clock.ts";
import { SimLedger, type Pin } from "./sim-ledger.ts";
import { SimLog } from "./sim-log.ts";
import { SimLogLine } from "./sim-log-line.ts";
import { SimDisk, SimOutbox } from "./sim-outbox.ts";
import { SimNetwork } from "./sim-peers.ts";
import { SimProcess } from "./sim-process.ts";
import { simulationSigner } from "./sim-signer.ts";
import { Strangers } from "./strangers.ts";
import { Trace } from "./trace.ts";

/** From the last fault or deadline on, every session ends within this time. */
const END_BOUND_MS = 10 * 60_000;
/** A process that cannot start is started again after this time. */
const RESTART_MS = 2_000;

const SIGNERS = { alpha: simulationSigner(KEYS.alpha), beta: simulationSigner(KEYS.beta) } as const;

export interface RunResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly trace: Trace;
  /** Simulated ms. */
  readonly lasted: number;
  readonly sessions: number;
}

/** One gateway group: its disk outlives its processes. */
interface Party {
  readonly name: Name;
  readonly disk: SimDisk;
  readonly pins: Readonly<Record<Name, Pin>>;
  readonly line: SimLogLine;
  readonly options: GatewayOptions;
  process: SimProcess;
  gateway: Gateway | undefined;
  starts: number;
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
  readonly #directory = new MemoryGatewayDirectory();
  readonly #log: SimLog;
  readonly #chains: Readonly<Record<Name, SimChain>>;
  readonly #network: SimNetwork;
  readonly #oracles: Oracles;
  readonly #crashes: CrashPlan;
  readonly #strangers: Strangers;
  readonly #parties: Readonly<Record<Name, Party>>;
  #clientsAtWork = 0;
  #startsAt = START;
  #broken: unknown;

  constructor(seed: number, tally: Tally) {
    this.#seed = seed;
    this.#tally = tally;
    this.#plan = planOf(seed);
    const random = new Random(seed);
    const clock = this.#clock;
    const labels = this.#plan.transfers.map(({ from, key }) => [sessionIdFor(GATEWAY_IDS[from], key), key] as const);
    this.#trace = new Trace(clock, new Map(labels));
    const note = (text: string): void => this.#trace.note(text);
    this.#faults = new Faults(this.#plan, { clock, tally, note, random: random.fork("faults") });
    this.#log = new SimLog(this.#directory, clock, this.#plan.finalityMs.log);
    this.#chains = { alpha: this.#chain("alpha"), beta: this.#chain("beta") };
    this.#oracles = new Oracles({
      clock,
      log: this.#log,
      chains: this.#chains,
      happened: (fault, detail) => this.#faults.happened(fault, detail),
    });
    this.#log.witness = this.#trace.witness(this.#oracles);
    for (const name of NAMES) {
      this.#directory.register(GATEWAY_IDS[name], SIGNERS[name].address);
      this.#chains[name].witness = this.#trace.witness(this.#oracles);
    }
    this.#network = new SimNetwork({
      clock,
      faults: this.#faults,
      onSend: (entry) => this.#oracles.messageSent(entry),
    });
    this.#crashes = new CrashPlan(this.#plan, {
      random: random.fork("crashes"),
      faults: this.#faults,
      kill: (name, downMs) => this.#kill(name, downMs),
    });
    this.#strangers = new Strangers(this.#plan, {
      clock,
      faults: this.#faults,
      log: this.#log,
      chains: this.#chains,
      random: random.fork("strangers"),
    });
    this.#parties = { alpha: this.#party("alpha"), beta: this.#party("beta") };
  }

  async run(): Promise<RunResult> {
    const { transfers, skewMs } = this.#plan;
    if (Math.abs(skewMs.alpha - skewMs.beta) > 5_000) this.#tally.add("clock-skew");
    for (const name of NAMES) this.#start(name);
    for (const crash of this.#plan.crashes)
      if (crash.trigger.kind === "moment")
        this.#clock.at(START + crash.trigger.at, () => this.#crashes.atMoment(crash));
    for (const transfer of transfers) {
      this.#clientsAtWork += 1;
      const ended = runClient(transfer, {
        clock: this.#clock,
        faults: this.#faults,
        gateway: (name) => this.#parties[name].gateway,
        note: (text) => this.#trace.note(text),
      });
      this.#spawn(ended.finally(() => (this.#clientsAtWork -= 1)));
    }
    this.#strangers.start();
    if (this.#plan.reorgEveryMs > 0) this.#clock.at(START + this.#plan.reorgEveryMs, () => this.#reorganize());
    await this.#untilEnd();
    for (const name of NAMES) this.#parties[name].process.kill();
    if (this.#broken !== undefined)
      throw new Error(`seed ${this.#seed}: the simulation broke`, { cause: this.#broken });
    const { violations } = this.#oracles;
    const lasted = this.#clock.now() - START;
    return { seed: this.#seed, violations, trace: this.#trace, lasted, sessions: this.#log.sessions.size };
  }

  async #untilEnd(): Promise<void> {
    const isOver = (): boolean =>
      this.#oracles.violations.length > 0 || this.#broken !== undefined || this.#isSettled();
    let end = this.#boundOf();
    // A restart or a deadline may have come later than was to be seen at first.
    while (!(await this.#clock.run(isOver, end)))
      if (this.#boundOf() <= end) break;
      else end = this.#boundOf();
    if (this.#oracles.violations.length > 0 || this.#broken !== undefined) return;
    if (!this.#isSettled()) {
      this.#oracles.notEnded(`${END_BOUND_MS / 60_000} minutes after the last fault: ${await this.#describeOpen()}`);
      return;
    }
    for (const name of NAMES) this.#chains[name].mineAll();
    await this.#clock.run(() => false, this.#clock.now());
    this.#oracles.atEnd();
  }

  #boundOf(): number {
    const deadlines = [...this.#log.sessions.values()].map(({ opening }) => opening.facts.deadline * 1_000);
    const spells = this.#plan.spells.map(({ until }) => until);
    return Math.max(this.#plan.calmFrom, this.#startsAt, ...deadlines, ...spells) + END_BOUND_MS;
  }

  #reorganize(): void {
    if (this.#faults.isCalm) return;
    const name = this.#faults.between(0, 1) === 0 ? "alpha" : "beta";
    const isGone = this.#faults.between(0, 3) === 0;
    const undone = this.#chains[name].reorganize(isGone, this.#faults.between(0, 3_000));
    if (undone) this.#faults.happened("ledger-reorg", `${undone.action} on ${name}${isGone ? " is gone" : ""}`);
    this.#clock.at(this.#clock.now() + this.#plan.reorgEveryMs, () => this.#reorganize());
  }

  #isSettled(): boolean {
    if (this.#clientsAtWork > 0) return false;
    const now = this.#clock.now();
    return [...this.#log.sessions.values()].every(({ logs }) =>
      [...logs.values()].every(({ closedSince }) => closedSince <= now),
    );
  }

  async #describeOpen(): Promise<string> {
    const parts: string[] = this.#clientsAtWork > 0 ? [`${this.#clientsAtWork} clients wait`] : [];
    for (const sessionId of this.#log.sessions.keys())
      for (const name of NAMES) {
        const status = this.#parties[name].gateway?.status(sessionId).catch((error: unknown) => String(error));
        let told: unknown = "no answer";
        void status?.then((answer) => (told = answer));
        await this.#clock.run(() => told !== "no answer", this.#clock.now() + 5_000);
        const { lastEntry, decision, waitingFor, reason } = told as Record<string, unknown>;
        const why = reason === null ? "" : ` (${JSON.stringify(reason)})`;
        parts.push(
          `${name} in ${this.#trace.label(sessionId)}: ${String(lastEntry)}, ${String(decision)}, waits for ${String(waitingFor)}${why}`,
        );
      }
    return parts.join("; ");
  }

  #chain(name: Name): SimChain {
    return new SimChain(name, this.#plan.finalityMs[name], this.#clock, this.#faults);
  }

  #party(name: Name): Party {
    const points = new Points(name, this.#log, (station) => this.#crashes.pass(name, station));
    const line = new SimLogLine(name, {
      log: this.#log,
      clock: this.#clock,
      faults: this.#faults,
      onWrite: (stage, write) => {
        if (stage === "out" && write.kind === "append") this.#oracles.letOut(write.entries);
        if (stage !== "out") points.written(stage, write);
      },
    });
    const options: GatewayOptions = {
      name,
      gatewayId: GATEWAY_IDS[name],
      owner: OWNERS[name],
      log: LOG,
      ledgerKeys: new Map([[this.#chains[name].networkId, [ACCOUNTS[name]]]]),
      timing: this.#plan.timing,
    };
    const disk = new SimDisk();
    disk.dying = () => this.#crashes.dyingWrite(name);
    const pins = { alpha: { moment: START }, beta: { moment: START } };
    return { name, disk, pins, line, options, process: new SimProcess(() => undefined), gateway: undefined, starts: 0 };
  }

  #start(name: Name): void {
    const party = this.#parties[name];
    party.starts += 1;
    this.#trace.note(party.starts > 1 ? `${name} starts again` : `${name} starts`);
    const process = new SimProcess(() => this.#crashes.call(name));
    party.process = process;
    this.#crashes.started(name, party.starts);
    const gateway = createGateway(this.#portsOf(party, process), party.options);
    party.gateway = gateway;
    this.#spawn(
      gateway.start().then(
        () => {
          if (process.isDead) return;
          this.#crashes.resumed(name);
          this.#network.connect(GATEWAY_IDS[name], name, gateway);
        },
        (error: unknown) => {
          // A gateway whose log is away cannot start: whoever runs it starts it again.
          if (process.isDead) return;
          this.#trace.note(`${name} cannot start: ${String(error)}`);
          process.kill();
          party.gateway = undefined;
          this.#restart(name, RESTART_MS);
        },
      ),
    );
  }

  #portsOf(party: Party, process: SimProcess): GatewayPorts {
    const { name, disk, pins, line } = party;
    const points = new Points(name, this.#log, (station) => this.#crashes.pass(name, station));
    const outbox = points.aroundOutbox(new SimOutbox(disk));
    const outboxed = new OutboxedLogStore({ store: process.wrap("log", line), outbox });
    const clock = new SkewedClock(this.#clock, this.#plan.skewMs[name]);
    const ledgers = NAMES.map((each) =>
      process.wrap(
        `ledger ${each}`,
        points.aroundLedger(
          new SimLedger(name, {
            chain: this.#chains[each],
            pin: pins[each],
            clock: this.#clock,
            faults: this.#faults,
            onAct: (stage, action, terms) => {
              if (stage === "asked") this.#oracles.actionAsked(name, action, terms);
              else points.acted(stage, action, terms);
            },
            onCertify: (certificate) => this.#oracles.certified(certificate),
          }),
        ),
      ),
    );
    return {
      store: process.wrap("store", points.aroundStore(outboxed)),
      outbox: process.wrap("store", outboxed),
      directory: this.#directory,
      signer: SIGNERS[name],
      ledgers: new Map(ledgers.map((ledger) => [ledger.networkId, ledger])),
      peers: process.wrap("peers", points.aroundPeers(this.#network.from(name))),
      clock: process.wrap("clock", clock),
      observe: (event: GatewayEvent) => {
        if (process.isDead) return;
        this.#trace.observed(name, event);
        this.#oracles.observed(name, event);
      },
    };
  }

  /** The process is gone, in the middle of whatever it was doing. */
  #kill(name: Name, downMs: number): void {
    const party = this.#parties[name];
    if (party.process.isDead) return;
    party.process.kill();
    party.gateway = undefined;
    this.#network.disconnect(GATEWAY_IDS[name]);
    this.#trace.note(`${name} dies; starts again in ${downMs} ms`);
    this.#tally.add("crash");
    if (this.#parties[otherThan(name)].process.isDead) this.#tally.add("crash-of-both");
    if (party.disk.crash(this.#faults.between(0, party.disk.unsynced)) > 0)
      this.#faults.happened("outbox-settle-lost", name);
    this.#restart(name, downMs);
  }

  #restart(name: Name, downMs: number): void {
    const at = this.#clock.now() + downMs;
    this.#startsAt = Math.max(this.#startsAt, at);
    const sleeping = [...this.#log.sessions.values()].map(({ opening }) => opening.facts.deadline * 1_000);
    if (sleeping.some((deadline) => this.#clock.now() < deadline && deadline < at))
      this.#tally.add("away-past-deadline");
    this.#clock.at(at, () => this.#start(name));
  }

  #spawn(work: Promise<unknown>): void {
    work.catch((error: unknown) => (this.#broken ??= error));
  }
}
