import type { LogEntry, SignedEntry } from "../../src/entry/entry.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import { ZERO_HASH } from "../../src/entry/hex.ts";
import { signClosing } from "../../src/entry/signed-statements.ts";
import { createExchange, type Exchange } from "../../src/gateway/exchange.ts";
import { DEFAULT_TIMING, type Clock, type GatewayPorts, type RunTransport } from "../../src/gateway/ports.ts";
import type { GatewayEvent } from "../../src/gateway/public.ts";
import type { Dispute } from "../../src/protocol/state.ts";
import type { LogRun } from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { FakeClock } from "./fake-clock.ts";
import { makeEntry, sampleDirectory, sampleGateway, sampleSession, type SampleGateway } from "./sample-log.ts";

export const ALPHA = sampleGateway("alpha");
export const BETA = sampleGateway("beta");

/** Two gateways' ends of the exchange of one session of private logs, that write what the test tells them. */
export class ExchangeWorld {
  readonly clock = new FakeClock();
  readonly directory = sampleDirectory(ALPHA, BETA);
  readonly origin = new ExchangeSide(ALPHA, this.directory, this.clock);
  readonly destination = new ExchangeSide(BETA, this.directory, this.clock);
  readonly session: Awaited<ReturnType<typeof sampleSession>>;
  readonly sessionId: string;

  private constructor(session: Awaited<ReturnType<typeof sampleSession>>) {
    this.session = session;
    this.sessionId = session.facts.sessionId;
    this.origin.connect(this.destination);
    this.destination.connect(this.origin);
  }

  static async create(): Promise<ExchangeWorld> {
    return new ExchangeWorld(await sampleSession(ALPHA, BETA));
  }

  /** Appends to the side's own log, and opens the session there if need be. */
  async write(side: ExchangeSide, count: number, change: { timestamp?: number } = {}): Promise<SignedEntry[]> {
    await side.store.openSession(this.session.opening);
    const standing = await side.log(this.sessionId);
    const entries: SignedEntry[] = [];
    for (let made = 0; made < count; made += 1) {
      const previous = entries.at(-1) ?? standing.at(-1) ?? null;
      const entry = await makeEntry(this.session.facts, side.gateway, previous, change);
      await side.store.append([entry]);
      entries.push(entry);
    }
    return entries;
  }

  async send(side: ExchangeSide, entry: SignedEntry | undefined): Promise<void> {
    if (!entry) throw new Error("nothing to send");
    const to = side === this.origin ? this.destination : this.origin;
    await side.exchange.send(to.gateway.gatewayId, this.sessionId, entry);
  }

  /** The side closes its own log. */
  async close(side: ExchangeSide): Promise<void> {
    const { facts } = this.session;
    const log = await side.log(this.sessionId);
    const { gatewayId, epoch, signer } = side.gateway;
    const head = { gatewayId, epoch, length: log.length, lastEntryHash: log.at(-1)?.entryHash ?? ZERO_HASH };
    await side.store.closeLog(await signClosing(facts, head, signer));
  }

  /** What a copy of the side's store holds that was made when its own log had `length` entries. */
  async backup(side: ExchangeSide, length: number): Promise<MemoryLogStore> {
    const store = new MemoryLogStore({ directory: this.directory });
    await store.openSession(this.session.opening);
    await store.adopt({ entries: (await side.log(this.sessionId)).slice(0, length) });
    return store;
  }
}

/** One gateway's end: its store, what it was told, and the line to the other. */
class ExchangeSide {
  store: MemoryLogStore;
  readonly gateway: SampleGateway;
  readonly events: GatewayEvent[] = [];
  readonly disputes: Dispute[] = [];
  readonly news: number[] = [];
  readonly pushed: LogRun[] = [];
  /** What the line does to a call, before it arrives. */
  fault: (call: "push" | "pull") => void = () => undefined;
  /** What becomes of the receipt. */
  onReceipt: (run: LogRun) => void = () => undefined;
  room = true;
  exchange: Exchange;
  #other: ExchangeSide | undefined;
  readonly #directory;
  readonly #clock: Clock;

  constructor(gateway: SampleGateway, directory: ReturnType<typeof sampleDirectory>, clock: Clock) {
    this.gateway = gateway;
    this.#clock = clock;
    this.#directory = directory;
    this.store = new MemoryLogStore({ directory });
    this.exchange = this.#create();
  }

  connect(other: ExchangeSide): void {
    this.#other = other;
  }

  /** The process starts anew, over this store or what an operator puts in its place. */
  restart(store = this.store): void {
    this.store = store;
    this.exchange = this.#create();
  }

  /** The codes of its troubles. */
  get troubles(): string[] {
    return this.events.flatMap((event) => (event.type === "trouble" ? [event.code] : []));
  }

  async log(sessionId: string, of: SampleGateway = this.gateway): Promise<SignedEntry[]> {
    const entries: SignedEntry[] = [];
    for (;;) {
      const page = await this.store.read(sessionId, of.gatewayId, { from: entries.length, limit: 250 });
      if (page.length === 0) return entries;
      entries.push(...page.map(signed));
    }
  }

  #create(): Exchange {
    const gatewayId = this.gateway.gatewayId;
    const options = {
      ...{ name: this.gateway.name, gatewayId, owner: this.gateway.owner, ledgerKeys: new Map() },
      ...{ loggings: ["local"] as const, log: null },
      timing: DEFAULT_TIMING,
    };
    const exchange = createExchange(this.#ports(), options, {
      onNews: ({ logs }) => this.news.push(logs.find((log) => log.gatewayId !== gatewayId)?.length ?? 0),
      onDispute: (_, dispute) => this.disputes.push(dispute),
      requireRoom: () => {
        if (!this.room) throw new GatelogError("OVERLOADED", "full");
      },
    });
    if (exchange === undefined) throw new Error("no private logs");
    return exchange;
  }

  #ports(): GatewayPorts {
    const unused = () => Promise.reject(new Error("not used here"));
    return {
      store: this.store,
      outbox: { flush: () => Promise.resolve() },
      directory: this.#directory,
      signer: this.gateway.signer,
      ledgers: new Map(),
      peers: { send: unused, offer: unused },
      privateLogs: { copies: this.store, runs: this.#runs() },
      clock: this.#clock,
      observe: (event) => this.events.push(event),
    };
  }

  #runs(): RunTransport {
    const peer = (call: "push" | "pull"): ExchangeSide => {
      this.fault(call);
      if (!this.#other) throw new GatelogError("PEER_UNREACHABLE", "nobody is there");
      return this.#other;
    };
    return {
      push: async (_, sessionId, run) => {
        this.pushed.push(run);
        const receipt = await peer("push").exchange.receive(sessionId, run);
        this.onReceipt(run);
        return receipt;
      },
      pull: async (_, sessionId, query) => peer("pull").exchange.page(sessionId, query),
    };
  }
}

function signed(entry: LogEntry): SignedEntry {
  if (entry.signature === null) throw new Error("an entry without a signature");
  return { ...entry, signature: entry.signature };
}
