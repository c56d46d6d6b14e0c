import { join } from "node:path";
import type { Registry } from "prom-client";
import { createAnchorMetrics } from "../api/anchor-metrics.ts";
import { createLane } from "../chain/lane.ts";
import type { RegistryAccess } from "../chain/register-gateway.ts";
import type { RegistryReader } from "../chain/registry-reader.ts";
import { GatelogError } from "../entry/errors.ts";
import type { SessionId } from "../entry/hex.ts";
import { gatewayIdOf, type RegistryDomain } from "../entry/statements.ts";
import type { GatewayPorts } from "../gateway/ports.ts";
import { ChainLogStore } from "../store/chain-log-store.ts";
import type { GatewayDirectory, GatewayRecord, KeepsCopies, LogStore } from "../store/log-store.ts";
import type { StoreNeeds } from "../store/postgres-database.ts";
import { SqliteLogStore } from "../store/sqlite-log-store.ts";
import { openAnchored, type Anchorer } from "./anchored-wiring.ts";
import { resolveFrom } from "./config.ts";
import type { KnownGateway } from "./config-gateways.ts";
import { requireLogRegistry } from "./contract-check.ts";
import { openHttpLog, registryDirectory } from "./http-log.ts";
import { OpenSessionsFile } from "./open-sessions-file.ts";
import { openPostgres } from "./postgres-wiring.ts";
import { readSigner } from "./secrets.ts";
import type { PrivateStoreConfig, SharedStoreConfig } from "./store-config.ts";
import { openChainAt, type WiringContext } from "./wiring-context.ts";

export interface WiredStore {
  readonly store: LogStore;
  readonly directory: GatewayDirectory;
}

/** A registry that this process reaches itself, who pays there, and what has been read of it. */
export interface WiredRegistry extends RegistryAccess {
  readonly reader: RegistryReader;
}

export interface WiredShared extends WiredStore {
  /** The registry that the log is in; null where it is behind an API. */
  readonly registry: WiredRegistry | null;
}

/** The driver of a shared log, without an outbox. */
export async function openShared(
  config: SharedStoreConfig,
  log: RegistryDomain,
  context: WiringContext,
): Promise<WiredShared> {
  const { configFile, env, cleanup, seams } = context;
  switch (config.driver) {
    case "http": {
      const { url, rpcUrl, finality } = config;
      const chain = rpcUrl === undefined ? null : await openChainAt(rpcUrl, log.chainId, finality, context);
      const { store, directory } = await openHttpLog(url, chain && (await registryDirectory(chain, log.registry)));
      return { store: seams.store(store), directory, registry: null };
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
      return {
        store: seams.store(store),
        directory: store.directory,
        registry: { chain, lane, registry, reader: store.registryReader },
      };
    }
  }
}

/** A store whose writes are durable once they are made. */
export interface WiredPrivateStore extends WiredStore {
  readonly copies: KeepsCopies;
  /** What must have come to its end before a session is folded (R8). */
  readonly pending: GatewayPorts["outbox"];
  /** What the operator should know, once. */
  readonly warnings: readonly string[];
  /** The store's own, for `GET /metrics`. */
  readonly storeMetrics: readonly Registry[];
}

/** A write to a file is on the disk when it is made. */
const NOTHING_PENDING: GatewayPorts["outbox"] = { flush: () => Promise.resolve() };

/**
 * @param directory Knows the gateways whose entries are taken.
 * @param anchorer Whose store it is; needed where its entries are anchored.
 * @param needs `existing`: a schema in PostgreSQL must be there, and is left as it is.
 */
export async function openPrivate(
  config: PrivateStoreConfig,
  directory: GatewayDirectory,
  context: WiringContext,
  anchorer: Anchorer | null,
  needs: StoreNeeds = "writable",
): Promise<WiredPrivateStore> {
  if (config.driver === "anchored") {
    if (anchorer === null)
      throw new GatelogError("INVALID_CONFIG", "an anchored store needs the gateway that anchors", {});
    const inner = await openPrivate(config.store, directory, context, null, needs);
    const { store, warnings } = await openAnchored(config, inner.store, anchorer, context);
    const storeMetrics = [createAnchorMetrics(() => store.status())];
    return { ...inner, store, copies: store, warnings: [...inner.warnings, ...warnings], storeMetrics };
  }
  const { configFile, cleanup, seams } = context;
  if (config.driver === "sqlite") {
    const file = new SqliteLogStore({ directory }, { path: resolveFrom(configFile, config.path), exclusive: true });
    cleanup.add(() => file.close());
    return {
      store: seams.store(file),
      directory,
      copies: file,
      pending: NOTHING_PENDING,
      warnings: [],
      storeMetrics: [],
    };
  }
  const { store: tables, warnings } = await openPostgres(config, directory, context, needs);
  cleanup.add(() => tables.close());
  // No outbox: what an earlier process had sent is committed by the server, or never.
  const pending = { flush: (sessionId: SessionId) => tables.settled(sessionId) };
  return { store: seams.store(tables), directory, copies: tables, pending, warnings, storeMetrics: [] };
}

/** What a registry would say of a gateway that a configuration names. */
export function recordOf({ name, owner, keys }: KnownGateway, endpoints: readonly string[] = []): GatewayRecord {
  const epoch = keys.at(-1)?.epoch ?? 0;
  return { gatewayId: gatewayIdOf(owner, name), epoch, keys, endpoints: [...endpoints] };
}
