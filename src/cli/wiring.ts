import { join } from "node:path";
import { createChain, type Chain, type Finality } from "../chain/chain.ts";
import type { ChainIdentity } from "../chain/chain-identity.ts";
import { createLane } from "../chain/lane.ts";
import { GatelogError } from "../entry/errors.ts";
import type { Address, Hex, SessionId } from "../entry/hex.ts";
import { keySigner, type DigestSigner } from "../entry/signature.ts";
import { gatewayIdOf } from "../entry/statements.ts";
import { createGateway, type Gateway } from "../gateway/gateway.ts";
import { createHttpPeers } from "../gateway/http-peers.ts";
import {
  DEFAULT_TIMING,
  systemClock,
  type GatewayOptions,
  type GatewayPorts,
  type GatewayTiming,
} from "../gateway/ports.ts";
import type { GatewayEvent } from "../gateway/public.ts";
import { EvmLedger } from "../ledger/evm-ledger.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { ChainLogStore } from "../store/chain-log-store.ts";
import { HttpGatewayDirectory } from "../store/http-gateway-directory.ts";
import { connectHttpLogStore } from "../store/http-log-store.ts";
import type { GatewayDirectory, GatewayRecord, KeepsCopies, LogStore } from "../store/log-store.ts";
import { Outbox } from "../store/outbox.ts";
import type { SetAsideItem } from "../store/outbox-items.ts";
import { OutboxedLogStore } from "../store/outboxed-log-store.ts";
import { SqliteLogStore } from "../store/sqlite-log-store.ts";
import { StaticGatewayDirectory } from "../store/static-gateway-directory.ts";
import { ChainPins } from "./chain-pins.ts";
import { openPostgres } from "./postgres-wiring.ts";
import { OpenSessionsFile } from "./open-sessions-file.ts";
import { requireEscrow, requireLogRegistry } from "./contract-check.ts";
import { makeFolder } from "./files.ts";
import { readKey, readSigner, resolveFrom, type ApiConfig, type GatewayConfig } from "./config.ts";

/** Things that are closed in the reverse order of their making. */
export class Cleanup {
  readonly #steps: (() => Promise<void> | void)[] = [];

  add(step: () => Promise<void> | void): void {
    this.#steps.push(step);
  }

  async run(): Promise<void> {
    for (const step of this.#steps.splice(0).reverse()) await step();
  }
}

export interface WiredStore {
  readonly store: LogStore;
  readonly directory: GatewayDirectory;
}

/** Where a test of crashes stands between a process and the world. What is given is what is used. */
export interface Seams {
  chain(chain: Chain): Chain;
  /** A store that signed writes leave the process by. */
  store(store: LogStore): LogStore;
  ports(ports: GatewayPorts): GatewayPorts;
}

const NO_SEAMS: Seams = { chain: (chain) => chain, store: (store) => store, ports: (ports) => ports };

export interface WiringContext {
  readonly configFile: string;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cleanup: Cleanup;
  readonly pins: ChainPins;
  readonly seams: Seams;
}

/** @param dataDirMember As the configuration has it. Chains are pinned there in `chains.json`. */
export function wiringContext(
  configFile: string,
  dataDirMember: string,
  env: NodeJS.ProcessEnv,
  seams: Seams = NO_SEAMS,
): WiringContext {
  const dataDir = resolveFrom(configFile, dataDirMember);
  const pins = new ChainPins(join(dataDir, "chains.json"));
  return { configFile, dataDir, env, cleanup: new Cleanup(), pins, seams };
}

/** The driver of a shared log that the configuration names, without an outbox. */
export async function openStore(
  config: ApiConfig["store"],
  log: ApiConfig["log"],
  context: WiringContext,
): Promise<WiredStore> {
  const { configFile, env, cleanup, seams } = context;
  switch (config.driver) {
    case "http": {
      const directory = new HttpGatewayDirectory({ baseUrl: config.url });
      const store = await connectHttpLogStore({ directory }, { baseUrl: config.url });
      return { store: seams.store(store), directory };
    }
    case "chain": {
      const carrier = readSigner(config.carrierKey, configFile, env);
      const chain = await openChainAt(config.rpcUrl, log.chainId, config.finality, context);
      await requireLogRegistry(chain, log.registry);
      const lane = createLane(chain, carrier);
      cleanup.add(() => lane.close());
      const durability = config.finality === "instant" ? "included" : "final";
      const { genesisHash } = await chain.identity();
      const { registry } = log;
      const memory = new OpenSessionsFile(join(context.dataDir, "open-sessions.json"), { genesisHash, registry });
      const options = { registry, durability, fromBlock: config.fromBlock, memory } as const;
      const store = new ChainLogStore({ chain, lane }, options);
      return { store: seams.store(store), directory: store.directory };
    }
  }
}

/** Where a gateway's entries go. */
interface WiredLog extends WiredStore {
  /** The same without the outbox, for what others bring: only what this process has signed may take up a place there. */
  readonly served: LogStore;
  /** In front of a shared log (R8); null where a write is durable once it is made. */
  readonly outbox: OutboxedLogStore | null;
  /** What must have come to its end before a session is folded (R8). */
  readonly pending: GatewayPorts["outbox"];
  /** Private logs: where copies of the peers' are kept. */
  readonly copies: KeepsCopies | null;
  /** What the operator should know, once. */
  readonly warnings: readonly string[];
}

async function wireLog(
  config: GatewayConfig,
  signer: DigestSigner,
  onSetAside: (item: SetAsideItem) => void,
  context: WiringContext,
): Promise<WiredLog> {
  const { configFile, cleanup, seams } = context;
  const dataDir = resolveFrom(configFile, config.dataDir);
  makeFolder(dataDir);
  if (config.store.driver === "sqlite") {
    const directory = new StaticGatewayDirectory(gatewaysOf(config, signer));
    const path = resolveFrom(configFile, config.store.path);
    const file = new SqliteLogStore({ directory }, { path, exclusive: true });
    cleanup.add(() => file.close());
    const store = seams.store(file);
    return { store, served: store, directory, outbox: null, pending: NOTHING_PENDING, copies: file, warnings: [] };
  }
  if (config.store.driver === "postgres") {
    const directory = new StaticGatewayDirectory(gatewaysOf(config, signer));
    const { store: tables, warnings } = await openPostgres(config.store, directory, context);
    cleanup.add(() => tables.close());
    const store = seams.store(tables);
    // No outbox: what an earlier process had sent is committed by the server, or never.
    const pending = { flush: (sessionId: SessionId) => tables.settled(sessionId) };
    return { store, served: store, directory, outbox: null, pending, copies: tables, warnings };
  }
  if (config.log === undefined) throw new GatelogError("INVALID_CONFIG", "a shared log needs its register", {});
  const { store: inner, directory } = await openStore(config.store, config.log, context);
  const outbox = new Outbox({ path: join(dataDir, "outbox.sqlite") });
  const store = new OutboxedLogStore({ store: inner, outbox, onSetAside });
  cleanup.add(() => store.close());
  return { store, served: inner, directory, outbox: store, pending: store, copies: null, warnings: [] };
}

/** What a registry would say of this gateway and its peers. */
function gatewaysOf(config: GatewayConfig, signer: DigestSigner): GatewayRecord[] {
  const { owner, name, epoch = 1, previousKeys, peers } = config;
  const keys = [...previousKeys, { epoch, key: signer.address }];
  return [
    { gatewayId: gatewayIdOf(owner, name), epoch, keys, endpoints: [] },
    ...peers.map((peer) => ({
      gatewayId: gatewayIdOf(peer.owner, peer.name),
      epoch: peer.keys.at(-1)?.epoch ?? 0,
      keys: peer.keys,
      endpoints: peer.endpoints,
    })),
  ];
}

export interface WiredGateway extends Omit<WiredLog, "copies"> {
  readonly gateway: Gateway;
  readonly signer: DigestSigner;
  readonly options: GatewayOptions;
}

/** A gateway as its configuration says: everything made, nothing started. */
export async function wireGateway(
  config: GatewayConfig,
  observe: (event: GatewayEvent) => void,
  onSetAside: (item: SetAsideItem) => void,
  context: WiringContext,
): Promise<WiredGateway> {
  const { configFile, env, seams } = context;
  // Keys first: what only the configuration can mend must not wait for a log that is away.
  const signer = readSigner(config.logKey, configFile, env);
  const keys = config.ledgers.map((item) => item.key && readKey(item.key, configFile, env));
  const { copies, ...wired } = await wireLog(config, signer, onSetAside, context);
  const { store, directory, pending } = wired;
  const gatewayId = gatewayIdOf(config.owner, config.name);
  const registered = await directory.gateway(gatewayId);
  const current = registered.keys.at(-1)?.key;
  if (current !== signer.address)
    throw new GatelogError("STALE_EPOCH", "the configured log key is not the group's current one", {
      expected: current ?? "none",
      actual: signer.address,
    });

  const { ledgers, ledgerKeys } = await wireLedgers(config, keys, context);
  const options: GatewayOptions = {
    name: config.name,
    gatewayId,
    owner: config.owner,
    log: config.log ?? null,
    ledgerKeys,
    timing: { ...DEFAULT_TIMING, ...definedOnly(config.timing) },
  };
  const peers = createHttpPeers(directory);
  const ports: GatewayPorts = {
    store,
    outbox: pending,
    directory,
    signer,
    ledgers,
    peers,
    ...(copies && { privateLogs: { copies, runs: peers } }),
    clock: systemClock,
    observe,
  };
  const gateway = createGateway(seams.ports(ports), options);
  return { ...wired, gateway, signer, options };
}

/** A write to a private log is on the disk when it is made. */
const NOTHING_PENDING: GatewayPorts["outbox"] = { flush: () => Promise.resolve() };

async function wireLedgers(config: GatewayConfig, keys: readonly (Hex | undefined)[], context: WiringContext) {
  const ledgers = new Map<string, Ledger>();
  const ledgerKeys = new Map<string, readonly Address[]>();
  for (const [index, item] of config.ledgers.entries()) {
    const chain = await openChainAt(item.rpcUrl, item.chainId, item.finality, context);
    await requireEscrow(chain, item.escrow);
    const key = keys[index];
    const lane = key && createLane(chain, keySigner(key));
    if (lane) context.cleanup.add(() => lane.close());
    const account = key && lane ? { lane, signer: keySigner(key) } : null;
    const ledger = new EvmLedger({ chain, account }, { escrow: item.escrow });
    if (ledger.networkId !== item.networkId)
      throw new GatelogError(
        "INVALID_CONFIG",
        `chain ${item.chainId} is network ${ledger.networkId}, not ${item.networkId}`,
        { networkId: item.networkId },
      );
    ledgers.set(item.networkId, ledger);
    if (account) ledgerKeys.set(item.networkId, [account.signer.address, ...item.groupKeys]);
  }
  return { ledgers, ledgerKeys };
}

async function openChainAt(
  url: string,
  chainId: number,
  finality: Finality,
  { cleanup, pins, seams }: WiringContext,
): Promise<Chain> {
  const expected = pins.expected(chainId);
  const onIdentity = (identity: ChainIdentity) => pins.moveUp(identity);
  const chain = seams.chain(createChain({ url, expected, finality, onIdentity }));
  cleanup.add(() => chain.close());
  await pins.remember(chain);
  return chain;
}

function definedOnly(partial: GatewayConfig["timing"]): Partial<GatewayTiming> {
  return Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined));
}
