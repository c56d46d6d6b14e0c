import { join } from "node:path";
import { createChain, type Chain, type Finality } from "../chain/chain.ts";
import { createLane } from "../chain/lane.ts";
import { GatelogError } from "../entry/errors.ts";
import type { Address } from "../entry/hex.ts";
import { keySigner, type DigestSigner } from "../entry/signature.ts";
import { gatewayIdOf } from "../entry/statements.ts";
import { createGateway, type Gateway } from "../gateway/gateway.ts";
import { createHttpPeers } from "../gateway/http-peers.ts";
import { DEFAULT_TIMING, systemClock, type GatewayOptions, type GatewayTiming } from "../gateway/ports.ts";
import type { GatewayEvent } from "../gateway/public.ts";
import { EvmLedger } from "../ledger/evm-ledger.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { ChainLogStore } from "../store/chain-log-store.ts";
import { HttpGatewayDirectory } from "../store/http-gateway-directory.ts";
import { connectHttpLogStore } from "../store/http-log-store.ts";
import type { GatewayDirectory, LogStore } from "../store/log-store.ts";
import { Outbox } from "../store/outbox.ts";
import type { SetAsideItem } from "../store/outbox-items.ts";
import { OutboxedLogStore } from "../store/outboxed-log-store.ts";
import { ChainPins } from "./chain-pins.ts";
import { requireEscrow, requireLogRegistry } from "./contract-check.ts";
import { makeFolder } from "./files.ts";
import { readKey, readSigner, resolveFrom, type GatewayConfig } from "./config.ts";

type StoreConfig = GatewayConfig["store"];

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

export interface WiringContext {
  readonly configFile: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cleanup: Cleanup;
  readonly pins: ChainPins;
}

/** Chains are pinned in `chains.json` of the data folder. */
export function wiringContext(configFile: string, dataDir: string, env: NodeJS.ProcessEnv): WiringContext {
  const pins = new ChainPins(join(resolveFrom(configFile, dataDir), "chains.json"));
  return { configFile, env, cleanup: new Cleanup(), pins };
}

/** The driver that the configuration names, without an outbox. */
export async function openStore(
  config: StoreConfig,
  log: GatewayConfig["log"],
  context: WiringContext,
): Promise<WiredStore> {
  const { configFile, env, cleanup } = context;
  switch (config.driver) {
    case "http": {
      const directory = new HttpGatewayDirectory({ baseUrl: config.url });
      const store = await connectHttpLogStore({ directory }, { baseUrl: config.url });
      return { store, directory };
    }
    case "chain": {
      const carrier = readSigner(config.carrierKey, configFile, env);
      const chain = await openChainAt(config.rpcUrl, log.chainId, config.finality, context);
      await requireLogRegistry(chain, log.registry);
      const lane = createLane(chain, carrier);
      cleanup.add(() => lane.close());
      const durability = config.finality === "instant" ? "included" : "final";
      const store = new ChainLogStore({ chain, lane }, { registry: log.registry, durability });
      return { store, directory: store.directory };
    }
  }
}

export interface WiredGateway extends WiredStore {
  readonly store: OutboxedLogStore;
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
  const { configFile, env, cleanup } = context;
  // Keys first: what only the configuration can mend must not wait for a log that is away.
  const signer = readSigner(config.logKey, configFile, env);
  const keys = config.ledgers.map((item) => item.key && readKey(item.key, configFile, env));
  const { store: inner, directory } = await openStore(config.store, config.log, context);
  const dataDir = resolveFrom(configFile, config.dataDir);
  makeFolder(dataDir);
  const outbox = new Outbox({ path: join(dataDir, "outbox.sqlite") });
  const store = new OutboxedLogStore({ store: inner, outbox, onSetAside });
  cleanup.add(() => store.close());
  const gatewayId = gatewayIdOf(config.owner, config.name);
  const registered = await directory.gateway(gatewayId);
  const current = registered.keys.at(-1)?.key;
  if (current !== signer.address)
    throw new GatelogError("STALE_EPOCH", "the configured log key is not the group's current one", {
      expected: current ?? "none",
      actual: signer.address,
    });

  const ledgers = new Map<string, Ledger>();
  const ledgerKeys = new Map<string, readonly Address[]>();
  for (const [index, item] of config.ledgers.entries()) {
    const chain = await openChainAt(item.rpcUrl, item.chainId, item.finality, context);
    await requireEscrow(chain, item.escrow);
    const key = keys[index];
    const lane = key && createLane(chain, keySigner(key));
    if (lane) cleanup.add(() => lane.close());
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
  const options: GatewayOptions = {
    name: config.name,
    gatewayId,
    owner: config.owner,
    log: config.log,
    ledgerKeys,
    timing: { ...DEFAULT_TIMING, ...definedOnly(config.timing) },
  };
  const peers = createHttpPeers(directory);
  const gateway = createGateway(
    { store, outbox: store, directory, signer, ledgers, peers, clock: systemClock, observe },
    options,
  );
  return { gateway, store, directory, signer, options };
}

async function openChainAt(
  url: string,
  chainId: number,
  finality: Finality,
  { cleanup, pins }: WiringContext,
): Promise<Chain> {
  const chain = createChain({ url, expected: pins.expected(chainId), finality });
  cleanup.add(() => chain.close());
  await pins.remember(chain);
  return chain;
}

function definedOnly(partial: GatewayConfig["timing"]): Partial<GatewayTiming> {
  return Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined));
}
