import { createGateway, type Gateway } from "../../src/gateway/gateway.ts";
import type { GatewayOptions, GatewayPorts, RunTransport } from "../../src/gateway/ports.ts";
import type { GatewayEvent, TransferStatus } from "../../src/gateway/public.ts";
import type { Address, SessionId } from "../../src/entry/hex.ts";
import type { DigestSigner } from "../../src/entry/signature.ts";
import type { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { OutboxedLogStore } from "../../src/store/outboxed-log-store.ts";
import { GATEWAY_IDS, LOG, MEMBER_ACCOUNTS, MEMBER_KEYS, NAMES, OWNERS, type Name } from "./cast.ts";
import type { CrashPlan } from "./crash-plan.ts";
import type { Faults } from "./faults.ts";
import { MemberView } from "./member-view.ts";
import type { Oracles } from "./oracles.ts";
import type { Plan } from "./plan.ts";
import { Points, type Station } from "./points.ts";
import type { SimChain } from "./sim-chain.ts";
import { SkewedClock, START, type SimClock } from "./sim-clock.ts";
import { SimLedger, type Pin } from "./sim-ledger.ts";
import { SimLogLine } from "./sim-log-line.ts";
import { SimDisk, SimOutbox, type DyingWrite } from "./sim-outbox.ts";
import type { SimNetwork } from "./sim-peers.ts";
import { SimPrivateStore } from "./sim-private-store.ts";
import { SimProcess } from "./sim-process.ts";
import { simulationSigner } from "./sim-signer.ts";
import type { Trace } from "./trace.ts";
import type { Logs, Truth } from "./truth.ts";

/** Of each group's members. */
export const SIGNERS: Readonly<Record<Name, readonly DigestSigner[]>> = {
  alpha: MEMBER_KEYS.alpha.map(simulationSigner),
  beta: MEMBER_KEYS.beta.map(simulationSigner),
};

export interface PartyDeps {
  readonly plan: Plan;
  readonly clock: SimClock;
  readonly faults: Faults;
  readonly directory: MemoryGatewayDirectory;
  readonly logs: Logs;
  readonly truth: Truth;
  readonly chains: Readonly<Record<Name, SimChain>>;
  readonly network: SimNetwork;
  readonly oracles: Oracles;
  readonly crashes: CrashPlan;
  readonly trace: Trace;
}

/** What a member's group does with what its process comes to. */
interface GroupHooks {
  /** True: the process has died there. */
  pass(member: SimMember, station: Station): boolean;
  call(member: SimMember): void;
  dying(member: SimMember): DyingWrite | undefined;
}

/** One member of a group: its key, its account, its disk and what it has pinned outlive its processes. */
export class SimMember {
  readonly name: Name;
  readonly signer: DigestSigner;
  readonly account: Address;
  readonly view: MemberView;
  readonly #accounts: readonly Address[];
  readonly #deps: PartyDeps;
  readonly #hooks: GroupHooks;
  readonly #disk = new SimDisk();
  readonly #pins: Readonly<Record<Name, Pin>> = { alpha: { moment: START }, beta: { moment: START } };
  readonly #points: Points;
  #process = new SimProcess(() => undefined);
  #gateway: Gateway | undefined;

  constructor(name: Name, number: number, deps: PartyDeps, hooks: GroupHooks) {
    this.name = name;
    const [signer, account] = [SIGNERS[name][number], MEMBER_ACCOUNTS[name][number]];
    if (signer === undefined || account === undefined) throw new RangeError(`there is no member ${number}`);
    [this.signer, this.account] = [signer, account];
    this.#accounts = [account, ...MEMBER_ACCOUNTS[name].filter((each) => each !== account)];
    this.view = new MemberView(deps.directory, deps.clock, GATEWAY_IDS[name]);
    this.#deps = deps;
    this.#hooks = hooks;
    const pass = (station: Station): boolean => hooks.pass(this, station);
    this.#points = new Points(name, deps.truth, pass, () => this.#process.awake());
    this.#disk.dying = () => hooks.dying(this);
    this.#process.kill();
  }

  /** Undefined while no process of it runs. */
  get gateway(): Gateway | undefined {
    return this.#process.isPaused ? undefined : this.#gateway;
  }

  get isDown(): boolean {
    return this.#process.isDead;
  }

  /** Resolves once the sessions are under way, with false if the process could not start: whoever runs it starts it again. */
  async start(): Promise<boolean> {
    const { name } = this;
    const { network, trace } = this.#deps;
    const process = new SimProcess(() => this.#hooks.call(this));
    this.#process = process;
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
    if (!process.isDead) network.connect(GATEWAY_IDS[name], name, gateway);
    return true;
  }

  /** The process is gone, in the middle of whatever it was doing. */
  end(): void {
    this.#process.kill();
    this.#deps.network.disconnect(GATEWAY_IDS[this.name], this.#gateway);
    this.#gateway = undefined;
  }

  /** Nobody hears of it, and it hears of nobody, until it goes on. */
  stop(): void {
    this.#process.pause();
    this.#deps.network.disconnect(GATEWAY_IDS[this.name], this.#gateway);
  }

  goOn(): void {
    this.#process.resume();
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
      ledgerKeys: new Map([[chains[name].networkId, this.#accounts]]),
      timing: plan.timing,
    };
  }

  #portsOf(process: SimProcess): GatewayPorts {
    const { name } = this;
    const { plan, clock, network, oracles, trace } = this.#deps;
    const ledgers = NAMES.map((each) => process.wrap(`ledger ${each}`, this.#points.aroundLedger(this.#ledger(each))));
    const line = network.from(name);
    const ports = {
      directory: this.view,
      signer: this.signer,
      ledgers: new Map(ledgers.map((ledger) => [ledger.networkId, ledger])),
      isSuperseded: () => this.view.isOver(),
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
      // R4: it begins where the log shows its epoch (`Office.lead`), and from there no node may fall back (`ChainPin`).
      seenUntil: () => this.view.since,
      onWrite: (stage, write) => {
        if (stage === "out" && (write.kind === "append" || write.kind === "open")) oracles.letOut(write.entries);
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
    const { clock, faults, logs, oracles } = this.#deps;
    const store = new SimPrivateStore(name, {
      ...{ clock, faults },
      log: logs[name],
      dying: () => this.#hooks.dying(this),
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
    return new SimLedger(name, this.account, {
      ...{ clock, faults },
      chain: chains[chain],
      pin: this.#pins[chain],
      onAct: (stage, action, terms) => {
        if (stage === "asked") oracles.actionAsked({ name, epoch: this.view.epoch }, action, terms);
        else this.#points.acted(stage, action, terms);
      },
      onCertify: (certificate) => oracles.certified(certificate),
    });
  }
}
