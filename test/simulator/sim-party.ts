import { createGateway, type Gateway } from "../../src/gateway/gateway.ts";
import type { GatewayOptions, GatewayPorts, RunTransport } from "../../src/gateway/ports.ts";
import type { GatewayEvent, TransferStatus } from "../../src/gateway/public.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import type { GatewayDirectory } from "../../src/store/log-store.ts";
import { OutboxedLogStore } from "../../src/store/outboxed-log-store.ts";
import { ACCOUNTS, GATEWAY_IDS, KEYS, LOG, NAMES, OWNERS, type Name } from "./cast.ts";
import type { CrashPlan } from "./crash-plan.ts";
import type { Faults } from "./faults.ts";
import type { Oracles } from "./oracles.ts";
import type { Plan } from "./plan.ts";
import { Points } from "./points.ts";
import type { SimChain } from "./sim-chain.ts";
import { SkewedClock, START, type SimClock } from "./sim-clock.ts";
import { SimLedger, type Pin } from "./sim-ledger.ts";
import { SimLogLine } from "./sim-log-line.ts";
import { SimDisk, SimOutbox } from "./sim-outbox.ts";
import type { SimNetwork } from "./sim-peers.ts";
import { SimPrivateStore } from "./sim-private-store.ts";
import { SimProcess } from "./sim-process.ts";
import { simulationSigner } from "./sim-signer.ts";
import type { Trace } from "./trace.ts";
import type { Logs, Truth } from "./truth.ts";

export const SIGNERS = { alpha: simulationSigner(KEYS.alpha), beta: simulationSigner(KEYS.beta) } as const;

interface PartyDeps {
  readonly plan: Plan;
  readonly clock: SimClock;
  readonly faults: Faults;
  readonly directory: GatewayDirectory;
  readonly logs: Logs;
  readonly truth: Truth;
  readonly chains: Readonly<Record<Name, SimChain>>;
  readonly network: SimNetwork;
  readonly oracles: Oracles;
  readonly crashes: CrashPlan;
  readonly trace: Trace;
}

/** One gateway group: its disk and what it has pinned outlive its processes. */
export class SimParty {
  readonly name: Name;
  readonly #deps: PartyDeps;
  readonly #disk = new SimDisk();
  readonly #pins: Readonly<Record<Name, Pin>> = { alpha: { moment: START }, beta: { moment: START } };
  readonly #points: Points;
  #process = new SimProcess(() => undefined);
  #gateway: Gateway | undefined;
  #starts = 0;

  constructor(name: Name, deps: PartyDeps) {
    this.name = name;
    this.#deps = deps;
    const { truth, crashes } = deps;
    this.#points = new Points(name, truth, (station) => crashes.pass(name, station));
    this.#disk.dying = () => crashes.dyingWrite(name);
    this.#process.kill();
  }

  /** Whoever runs at the moment; undefined while nobody does. */
  get gateway(): Gateway | undefined {
    return this.#gateway;
  }

  get isDown(): boolean {
    return this.#process.isDead;
  }

  /** Resolves once the sessions are under way, with false if the process could not start: whoever runs it starts it again. */
  async start(): Promise<boolean> {
    const { name } = this;
    const { crashes, network, trace } = this.#deps;
    this.#starts += 1;
    trace.note(this.#starts > 1 ? `${name} starts again` : `${name} starts`);
    const process = new SimProcess(() => crashes.call(name));
    this.#process = process;
    crashes.started(name, this.#starts);
    const gateway = createGateway(this.#portsOf(process), this.#options());
    this.#gateway = gateway;
    try {
      await gateway.start();
    } catch (error) {
      if (process.isDead) return true;
      trace.note(`${name} cannot start: ${String(error)}`);
      this.end();
      return false;
    }
    if (process.isDead) return true;
    crashes.resumed(name);
    network.connect(GATEWAY_IDS[name], name, gateway);
    return true;
  }

  /** The process is gone, in the middle of whatever it was doing. */
  end(): void {
    this.#process.kill();
    this.#gateway = undefined;
    this.#deps.network.disconnect(GATEWAY_IDS[this.name]);
  }

  /** The machine has lost what it had not synced. */
  loseUnsynced(): void {
    const { faults } = this.#deps;
    const lost = this.#disk.crash(faults.between(0, this.#disk.unsynced));
    if (lost > 0) faults.happened("outbox-settle-lost", this.name);
  }

  /** What the gateway says of a session, if it says anything within that time. */
  async status(sessionId: SessionId, withinMs: number): Promise<TransferStatus | undefined> {
    const { clock } = this.#deps;
    let told: TransferStatus | undefined;
    let isOver = false;
    this.#gateway?.status(sessionId).then(
      (status) => ([told, isOver] = [status, true]),
      () => (isOver = true),
    );
    await clock.run(() => isOver, clock.now() + withinMs);
    return told;
  }

  #options(): GatewayOptions {
    const { name } = this;
    const { plan, chains } = this.#deps;
    return {
      name,
      gatewayId: GATEWAY_IDS[name],
      owner: OWNERS[name],
      loggings: [plan.register === "log" ? "chain" : "local"],
      log: plan.register === "log" ? LOG : null,
      ledgerKeys: new Map([[chains[name].networkId, [ACCOUNTS[name]]]]),
      timing: plan.timing,
    };
  }

  #portsOf(process: SimProcess): GatewayPorts {
    const { name } = this;
    const { plan, clock, directory, network, oracles, trace } = this.#deps;
    const ledgers = NAMES.map((each) => process.wrap(`ledger ${each}`, this.#points.aroundLedger(this.#ledger(each))));
    const line = network.from(name);
    const ports = {
      directory,
      signer: SIGNERS[name],
      ledgers: new Map(ledgers.map((ledger) => [ledger.networkId, ledger])),
      peers: process.wrap("peers", this.#points.aroundPeers(line)),
      clock: process.wrap("clock", new SkewedClock(clock, plan.skewMs[name])),
      observe: (event: GatewayEvent) => {
        if (process.isDead) return;
        trace.observed(name, event);
        oracles.observed(name, event);
      },
    };
    if (plan.register === "log") return { ...ports, ...this.#sharedLog(process) };
    const runs = process.wrap("runs", this.#points.aroundRuns(line));
    return { ...ports, ...this.#privateLogs(process, runs) };
  }

  #sharedLog(process: SimProcess): Pick<GatewayPorts, "store" | "outbox"> {
    const { name } = this;
    const { clock, faults, logs, oracles } = this.#deps;
    const line = new SimLogLine(name, {
      ...{ clock, faults },
      log: logs[name],
      onWrite: (stage, write) => {
        if (stage === "out" && write.kind === "append") oracles.letOut(write.entries);
        if (stage !== "out") this.#points.written(stage, write);
      },
    });
    const outbox = this.#points.aroundOutbox(new SimOutbox(this.#disk));
    const outboxed = new OutboxedLogStore({ store: process.wrap("log", line), outbox });
    return {
      store: process.wrap("store", this.#points.aroundStore(outboxed)),
      outbox: process.wrap("store", outboxed),
    };
  }

  #privateLogs(process: SimProcess, runs: RunTransport): Pick<GatewayPorts, "store" | "outbox" | "privateLogs"> {
    const { name } = this;
    const { clock, faults, logs, crashes, oracles } = this.#deps;
    const store = new SimPrivateStore(name, {
      ...{ clock, faults },
      log: logs[name],
      dying: () => crashes.dyingWrite(name),
      onLetOut: (entries) => oracles.letOut(entries),
    });
    return {
      store: process.wrap("store", this.#points.aroundStore(store)),
      outbox: { flush: () => Promise.resolve() },
      privateLogs: { copies: process.wrap("store", store), runs },
    };
  }

  #ledger(chain: Name): SimLedger {
    const { name } = this;
    const { chains, clock, faults, oracles } = this.#deps;
    return new SimLedger(name, {
      ...{ clock, faults },
      chain: chains[chain],
      pin: this.#pins[chain],
      onAct: (stage, action, terms) => {
        if (stage === "asked") oracles.actionAsked(name, action, terms);
        else this.#points.acted(stage, action, terms);
      },
      onCertify: (certificate) => oracles.certified(certificate),
    });
  }
}
