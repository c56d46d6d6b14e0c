import { join } from "node:path";
import type { Registry } from "prom-client";
import { createLane } from "../chain/lane.ts";
import { GatelogError } from "../entry/errors.ts";
import type { Address, Hex } from "../entry/hex.ts";
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
import type { GatewayRecord, KeepsCopies, LogStore } from "../store/log-store.ts";
import { Outbox } from "../store/outbox.ts";
import type { SetAsideItem } from "../store/outbox-items.ts";
import { OutboxedLogStore } from "../store/outboxed-log-store.ts";
import { requireEscrow } from "./contract-check.ts";
import { makeFolder } from "./files.ts";
import { openPrivate, openShared, recordOf, type WiredStore } from "./store-wiring.ts";
import { openChainAt, type WiringContext } from "./wiring-context.ts";
import { isPrivate, readKey, readSigner, resolveFrom, type GatewayConfig } from "./config.ts";

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
  /** The store's own, for `GET /metrics`. */
  readonly storeMetrics: readonly Registry[];
}

async function wireLog(
  config: GatewayConfig,
  signer: DigestSigner,
  onSetAside: (item: SetAsideItem) => void,
  context: WiringContext,
): Promise<WiredLog> {
  const { configFile, cleanup } = context;
  const dataDir = resolveFrom(configFile, config.dataDir);
  makeFolder(dataDir);
  if (isPrivate(config.store)) {
    const anchorer = { gatewayId: gatewayIdOf(config.owner, config.name), signer };
    const { copies, ...wired } = await openPrivate(config.store, gatewaysOf(config, signer), context, anchorer);
    return { ...wired, served: wired.store, outbox: null, copies };
  }
  if (config.log === undefined) throw new GatelogError("INVALID_CONFIG", "a shared log needs its register", {});
  const { store: inner, directory } = await openShared(config.store, config.log, context);
  const outbox = new Outbox({ path: join(dataDir, "outbox.sqlite") });
  const store = new OutboxedLogStore({ store: inner, outbox, onSetAside });
  cleanup.add(() => store.close());
  return {
    store,
    served: inner,
    directory,
    outbox: store,
    pending: store,
    copies: null,
    warnings: [],
    storeMetrics: [],
  };
}

/** What a registry would say of this gateway and its peers. */
export function gatewaysOf(config: GatewayConfig, signer: DigestSigner): GatewayRecord[] {
  const { owner, name, epoch = 1, previousKeys, peers } = config;
  const keys = [...previousKeys, { epoch, key: signer.address }];
  return [recordOf({ name, owner, keys }), ...peers.map((peer) => recordOf(peer, peer.endpoints))];
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

function definedOnly(partial: GatewayConfig["timing"]): Partial<GatewayTiming> {
  return Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined));
}
