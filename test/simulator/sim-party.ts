import { createGateway, type Gateway } from "../../src/gateway/gateway.ts";
import type { GatewayOptions, GatewayPorts } from "../../src/gateway/ports.ts";
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
import type { SimLog } from "./sim-log.ts";
import { SimLogLine } from "./sim-log-line.ts";
import { SimDisk, SimOutbox } from "./sim-outbox.ts";
import type { SimNetwork } from "./sim-peers.ts";
import { SimProcess } from "./sim-process.ts";
import { simulationSigner } from "./sim-signer.ts";
import type { Trace } from "./trace.ts";

export const SIGNERS = { alpha: simulationSigner(KEYS.alpha), beta: simulationSigner(KEYS.beta) } as const;

interface PartyDeps {
  readonly plan: Plan;
  readonly clock: SimClock;
  readonly faults: Faults;
  readonly directory: GatewayDirectory;
  readonly log: SimLog;
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
  readonly #line: SimLogLine;
  readonly #points: Points;
  #process = new SimProcess(() => undefined);
  #gateway: Gateway | undefined;
  #starts = 0;

  constructor(name: Name, deps: PartyDeps) {
    this.name = name;
    this.#deps = deps;
    const { log, clock, faults, crashes, oracles } = deps;
    this.#points = new Points(name, log, (station) => crashes.pass(name, station));
    this.#line = new SimLogLine(name, {
      ...{ log, clock, faults },
      onWrite: (stage, write) => {
        if (stage === "out" && write.kind === "append") oracles.letOut(write.entries);
        if (stage !== "out") this.#points.written(stage, write);
      },
    });
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
      log: LOG,
      ledgerKeys: new Map([[chains[name].networkId, [ACCOUNTS[name]]]]),
      timing: plan.timing,
    };
  }

  #portsOf(process: SimProcess): GatewayPorts {
    const { name } = this;
    const { plan, clock, directory, network, oracles, trace } = this.#deps;
    const outbox = this.#points.aroundOutbox(new SimOutbox(this.#disk));
    const outboxed = new OutboxedLogStore({ store: process.wrap("log", this.#line), outbox });
    const ledgers = NAMES.map((each) => process.wrap(`ledger ${each}`, this.#points.aroundLedger(this.#ledger(each))));
    return {
      store: process.wrap("store", this.#points.aroundStore(outboxed)),
      outbox: process.wrap("store", outboxed),
      directory,
      signer: SIGNERS[name],
      ledgers: new Map(ledgers.map((ledger) => [ledger.networkId, ledger])),
      peers: process.wrap("peers", this.#points.aroundPeers(network.from(name))),
      clock: process.wrap("clock", new SkewedClock(clock, plan.skewMs[name])),
      observe: (event: GatewayEvent) => {
        if (process.isDead) return;
        trace.observed(name, event);
        oracles.observed(name, event);
      },
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
