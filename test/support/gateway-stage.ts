import { keccak256 } from "ethers";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { isGatelogError } from "../../src/entry/errors.ts";
import { toHex, type Address, type GatewayId, type Hex, type SessionId } from "../../src/entry/hex.ts";
import { keySigner } from "../../src/entry/signature.ts";
import { signOpening } from "../../src/entry/signed-statements.ts";
import { gatewayIdOf } from "../../src/entry/statements.ts";
import type { Terms } from "../../src/entry/terms.ts";
import { createGateway, type Gateway } from "../../src/gateway/gateway.ts";
import { DEFAULT_TIMING, type GatewayOptions, type GatewayPorts } from "../../src/gateway/ports.ts";
import { transferRequestSchema, type GatewayEvent, type TransferStatus } from "../../src/gateway/public.ts";
import type { TransferRequest } from "../../src/gateway/request.ts";
import type { LedgerAction } from "../../src/ledger/ledger.ts";
import { markOf } from "../../src/protocol/marks.ts";
import { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import type { OutboxedLogStore } from "../../src/store/outboxed-log-store.ts";
import { FakeClock } from "./fake-clock.ts";
import { FaultyStore } from "./faulty-store.ts";
import { MemoryChain, MemoryLedger } from "./memory-ledger.ts";
import { MemoryPeers } from "./memory-peers.ts";
import { Mortal } from "./mortal.ts";
import { address, WORLD_FACTS } from "./world-facts.ts";
import { liveCopies } from "./world-ledger.ts";

export const NAMES = ["alpha", "beta"] as const;
export type Name = (typeof NAMES)[number];

const KEYS: Readonly<Record<Name, Hex>> = { alpha: toHex(`0x${"a1".repeat(32)}`), beta: toHex(`0x${"b2".repeat(32)}`) };
const LOG = { chainId: 31339, registry: address(0x10) };
export const COIN = { alpha: address(0xa20), beta: address(0xb20) } as const;
export const ART = { alpha: address(0xa721), beta: address(0xb721) } as const;
/** Held by alpha's escrow and mapped nowhere. */
export const UNMAPPED = address(0xdead);
const ALICE = address(0xa11ce);
const BOB = address(0xb0b);

/** One gateway's group, its ledger, its line to the log, and the process that runs just now. */
export interface Party {
  readonly name: Name;
  readonly gatewayId: GatewayId;
  readonly chain: MemoryChain;
  /** The one log of both, or its own disk. */
  log: MemoryLogStore;
  store: FaultyStore;
  readonly options: GatewayOptions;
  readonly events: GatewayEvent[];
  process: Mortal;
  gateway: Gateway;
}

/**
 * Two gateways in one process, over one log or each over its own, with their ledgers, their network and one clock. At each ledger action and each
 * message the write-ahead rule is checked: what it announces stands in the log.
 */
export class GatewayStage {
  readonly clock = new FakeClock();
  readonly peers = new MemoryPeers(this.clock);
  /** Where both write to one log. */
  readonly log: MemoryLogStore;
  readonly logging: "chain" | "local";
  readonly directory = new MemoryGatewayDirectory();
  readonly parties: Readonly<Record<Name, Party>>;
  /** What was done or sent before its entry was durable. */
  readonly early: string[] = [];
  /** Puts an outbox between a gateway that starts and its line to the log. */
  outboxOf: ((name: Name, store: FaultyStore) => OutboxedLogStore) | undefined;
  readonly #keys: Record<Name, Hex> = { ...KEYS };
  readonly #chains: Readonly<Record<Name, MemoryChain>>;

  /** @param logging local: private logs, and the destination's escrow is the register. */
  constructor(logging: "chain" | "local" = "chain") {
    this.logging = logging;
    this.log = this.newLog();
    this.#chains = {
      alpha: new MemoryChain(31337, address(0xa0), this.clock),
      beta: new MemoryChain(31338, address(0xb0), this.clock),
    };
    this.parties = { alpha: this.#party("alpha"), beta: this.#party("beta") };
    for (const [from, to] of [NAMES, NAMES.toReversed()] as [Name, Name][]) {
      const chain = this.#chains[from];
      chain.addToken(COIN[from], "erc20");
      chain.addToken(ART[from], "erc721", { owner: ALICE, tokenUri: "ipfs://art" });
      chain.addToken(UNMAPPED, "erc20");
      this.#chains[to].mapped.set(`${chain.chainId} ${COIN[from]}`, COIN[to]);
      this.#chains[to].mapped.set(`${chain.chainId} ${ART[from]}`, ART[to]);
    }
    this.peers.onSend = (entry) => this.#checkLogged(entry);
  }

  newLog(): MemoryLogStore {
    return new MemoryLogStore({ directory: this.directory }, { clock: () => Math.floor(this.clock.now() / 1_000) });
  }

  async start(...names: readonly Name[]): Promise<void> {
    for (const name of names.length > 0 ? names : NAMES) {
      const party = this.parties[name];
      party.process = new Mortal();
      party.gateway = this.#create(party);
      await party.gateway.start();
      this.connect(name);
    }
  }

  connect(name: Name): void {
    this.peers.connect(this.parties[name].gatewayId, this.parties[name].gateway);
  }

  /** Has `onPoint` told of every durable point of the gateway, as it is passed: log writes and ledger actions. */
  watch(name: Name, onPoint: (point: string) => void): void {
    const { store, chain } = this.parties[name];
    store.onWritten = (write) => onPoint("entries" in write ? write.entries.map(markOf).join(" ") : write.kind);
    chain.onMined = (action) => onPoint(`${action} on the ledger`);
  }

  async stop(): Promise<void> {
    const living = NAMES.map((name) => this.parties[name]).filter(({ process }) => !process.isDead);
    let stopped = false;
    // Who is in the middle of something that takes time needs time to pass.
    const stopping = Promise.all(living.map(({ gateway }) => gateway.stop())).then(() => (stopped = true));
    await this.clock.until(() => stopped);
    await stopping;
  }

  /** The process is gone, in the middle of whatever it was doing. */
  kill(name: Name): void {
    const { process, gatewayId } = this.parties[name];
    process.kill();
    this.peers.disconnect(gatewayId);
  }

  /** The gateway gets another key and the next epoch; its process must be started anew. */
  rotateKey(name: Name): void {
    this.#keys[name] = toHex(keccak256(this.#keys[name]));
    this.directory.rotateKey(this.parties[name].gatewayId, keySigner(this.#keys[name]).address);
  }

  request(from: Name, idempotencyKey: string, changes: object = {}): TransferRequest {
    const to = this.parties[from === "alpha" ? "beta" : "alpha"];
    return transferRequestSchema.parse({
      idempotencyKey,
      asset: { standard: "erc20", address: COIN[from], amount: "100" },
      originator: ALICE,
      beneficiary: BOB,
      destination: { gatewayId: to.gatewayId, networkId: to.chain.networkId },
      ...changes,
    });
  }

  async transfer(from: Name, idempotencyKey = "one", changes: object = {}): Promise<SessionId> {
    const { sessionId } = await this.parties[from].gateway.transfer(this.request(from, idempotencyKey, changes));
    return sessionId;
  }

  async status(name: Name, sessionId: SessionId): Promise<TransferStatus> {
    return this.parties[name].gateway.status(sessionId);
  }

  async untilClosed(...sessionIds: readonly SessionId[]): Promise<void> {
    await this.clock.until(async () => {
      const closed = sessionIds.flatMap((sessionId) => NAMES.map((name) => this.isClosed(name, sessionId)));
      return (await Promise.all(closed)).every(Boolean);
    });
  }

  /** Whether the gateway has closed its own log. */
  async isClosed(name: Name, sessionId: SessionId): Promise<boolean> {
    const { log, gatewayId } = this.parties[name];
    try {
      const { logs } = await log.session(sessionId);
      return logs.some((head) => head.gatewayId === gatewayId && head.closed);
    } catch (error) {
      if (isGatelogError(error, "UNKNOWN_SESSION")) return false;
      throw error;
    }
  }

  async marks(name: Name, sessionId: SessionId): Promise<string[]> {
    const { log, gatewayId } = this.parties[name];
    try {
      const entries = await log.read(sessionId, gatewayId, { from: 0, limit: 250 });
      return entries.map(markOf);
    } catch (error) {
      if (isGatelogError(error, "UNKNOWN_SESSION")) return []; // with private logs it has not heard of it
      throw error;
    }
  }

  /** Indexes of which other bytes than before were let out, by session (R8). */
  signedTwice(name: Name): string[] {
    const seen = new Map<string, string>();
    return this.parties[name].store.letOut.flatMap(({ sessionId, index, entryHash }) => {
      const slot = `${sessionId} ${index}`;
      const first = seen.get(slot) ?? entryHash;
      seen.set(slot, first);
      return first === entryHash ? [] : [slot];
    });
  }

  /** A session towards the other gateway that its origin never writes to. */
  async openEmpty(from: Name, sessionId: SessionId): Promise<void> {
    const origin = {
      gatewayId: this.parties[from].gatewayId,
      networkId: this.parties[from].chain.networkId,
      asset: null,
    };
    const to = this.parties[from === "alpha" ? "beta" : "alpha"];
    const destination = { gatewayId: to.gatewayId, networkId: to.chain.networkId, asset: null };
    const facts = { ...WORLD_FACTS, sessionId, contextId: sessionId, origin, destination, log: LOG };
    await this.log.openSession(await signOpening(facts, 1, keySigner(this.#keys[from])));
  }

  effects(name: Name): LedgerAction[] {
    return this.parties[name].chain.effects.map(({ action }) => action);
  }

  /** What the gateway's process reaches of the world. */
  portsOf(name: Name): GatewayPorts {
    return this.#portsOf(this.parties[name], this.parties[name].process);
  }

  /** Usable copies of what the terms transfer, over both ledgers. */
  copies(from: Name, termsHash: Hex): number {
    const to = from === "alpha" ? "beta" : "alpha";
    return liveCopies(this.#chains[from].head(termsHash), this.#chains[to].head(termsHash));
  }

  #party(name: Name): Party {
    const owner = address(name === "alpha" ? 0xa01 : 0xb01);
    const chain = this.#chains[name];
    const gatewayId = gatewayIdOf(owner, name);
    this.directory.register(gatewayId, keySigner(this.#keys[name]).address, []);
    chain.onAct = (action, terms) => this.#checkAnnounced(name, action, terms);
    const options: GatewayOptions = {
      ...{ name, gatewayId, owner, timing: DEFAULT_TIMING },
      loggings: [this.logging],
      log: this.logging === "local" ? null : LOG,
      ledgerKeys: new Map([[chain.networkId, [this.#account(name)]]]),
    };
    const log = this.logging === "local" ? this.newLog() : this.log;
    const party = { name, gatewayId, chain, options, log, store: new FaultyStore(log), events: [] };
    // Replaced by `start`; before it there is no process.
    return { ...party, process: new Mortal(), gateway: createGateway(this.#portsOf(party, new Mortal()), options) };
  }

  #account(name: Name): Address {
    return address(name === "alpha" ? 0xa02 : 0xb02);
  }

  #create(party: Party): Gateway {
    return createGateway(this.#portsOf(party, party.process), party.options);
  }

  #portsOf(party: Pick<Party, "name" | "log" | "store" | "events">, process: Mortal): GatewayPorts {
    const { name, log, store, events } = party;
    const outboxed = this.outboxOf?.(name, store);
    const ledgers = NAMES.map((each) => {
      const account = each === name ? this.#account(name) : null;
      return process.wrap(new MemoryLedger(this.#chains[each], account, this.clock));
    });
    return {
      store: process.wrap(outboxed ?? store),
      outbox: process.wrap(outboxed ?? { flush: () => Promise.resolve() }),
      directory: process.wrap(this.directory),
      signer: keySigner(this.#keys[name]),
      ledgers: new Map(ledgers.map((ledger) => [ledger.networkId, ledger])),
      peers: process.wrap(this.peers),
      ...(this.logging === "local" && {
        privateLogs: { copies: process.wrap(log), runs: process.wrap(this.peers) },
      }),
      clock: process.wrap(this.clock),
      observe: (event: GatewayEvent) => {
        if (!process.isDead) events.push(event);
      },
    };
  }

  /** Write-ahead: the entry that a message consists of is in the log, byte for byte. */
  async #checkLogged(entry: SignedEntry): Promise<void> {
    const { log } = this.parties[entry.gatewayId === this.parties.alpha.gatewayId ? "alpha" : "beta"];
    const [found] = await log.read(entry.sessionId, entry.gatewayId, { from: entry.index, limit: 1 });
    if (found?.entryHash !== entry.entryHash) this.early.push(`sent ${markOf(entry)}`);
  }

  /** Write-ahead: the intention to do what is being done is in the log. */
  async #checkAnnounced(name: Name, action: LedgerAction, { sessionId }: Terms): Promise<void> {
    const isCompensation = action === "unlock" || action === "recreate" || action === "cancel";
    const mark = isCompensation ? `exec-rollback-${action}` : `exec-${action}`;
    if (!(await this.marks(name, sessionId)).includes(mark)) this.early.push(`did ${action}`);
  }
}
