import { existsSync } from "node:fs";
import type { z } from "zod";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { Address, GatewayId } from "../entry/hex.ts";
import type { Logging } from "../entry/session.ts";
import { gatewayIdOf, type RegistryDomain } from "../entry/statements.ts";
import { LogClient } from "../client/log-client.ts";
import type { GatewayDirectory, GatewayRecord } from "../store/log-store.ts";
import type { StoreNeeds } from "../store/postgres-database.ts";
import { routeLogs, type RoutedMember } from "../store/routed-log-store.ts";
import { SessionHomes } from "../store/session-homes.ts";
import { GroupedGatewayDirectory } from "../store/grouped-gateway-directory.ts";
import type { KeepsGroups } from "../store/signed-groups.ts";
import { StaticGatewayDirectory } from "../store/static-gateway-directory.ts";
import { withMadeOperator } from "./api-wiring.ts";
import { readConfig, resolveFrom, CONFIG_SCHEMAS } from "./config.ts";
import { openHttpLog } from "./http-log.ts";
import { openGroups } from "./group-store.ts";
import { gatewaysOf } from "./log-wiring.ts";
import { readSigner } from "./secrets.ts";
import { configuredLogs, splitLogs, type ConfiguredLog, type SharedStoreConfig } from "./store-config.ts";
import { openPrivate, openShared, recordOf, type WiredStore } from "./store-wiring.ts";
import { wiringContext, type Cleanup, type WiringContext } from "./wiring-context.ts";

/** Which logs a command is about. */
export interface LogOptions {
  readonly config?: string;
  readonly kind: "gateway" | "api";
  readonly url?: string;
}

export interface OpenLog extends WiredStore {
  /** Of several stores, their drivers. */
  readonly driver: string;
  /** Whose logs they are, if anybody's. */
  readonly gatewayId: GatewayId | null;
}

/** The configured chain, for whoever reads it without the store. */
export interface ConfiguredChain {
  readonly rpcUrl: string;
  readonly registry: Address;
  readonly chainId: number;
  readonly finality: Extract<SharedStoreConfig, { driver: "chain" }>["finality"];
  readonly fromBlock: number;
}

interface Configured {
  readonly logs: readonly ConfiguredLog[];
  readonly log: RegistryDomain | undefined;
  readonly gateways: readonly GatewayRecord[];
  readonly gatewayId: GatewayId | null;
  /** Where the gateway is a group without a registry: what knows it. */
  readonly groupsOf?: (needs: StoreNeeds) => Promise<KeepsGroups | null>;
  readonly context: WiringContext;
}

/** The chain that the configuration's only store is, or null. */
export function configuredChain(options: LogOptions, env: NodeJS.ProcessEnv): ConfiguredChain | null {
  if (options.config === undefined) return null;
  const { logs, log } = CONFIG_READERS[options.kind](options.config, env);
  const [{ store } = { store: null }, ...others] = logs;
  if (store?.driver !== "chain" || others.length > 0 || log === undefined) return null;
  const { rpcUrl, finality, fromBlock } = store;
  return { rpcUrl, finality, fromBlock, ...log };
}

/** Where a configuration's anchored stores remember what is in which anchor. */
export interface ConfiguredAnchors {
  readonly path: string;
  readonly of: RegistryDomain & { readonly gatewayId: GatewayId };
}

export function configuredAnchors(file: string, kind: LogOptions["kind"], env: NodeJS.ProcessEnv): ConfiguredAnchors[] {
  const { logs, gatewayId } = CONFIG_READERS[kind](file, env);
  return logs.flatMap(({ store }) =>
    store.driver === "anchored" && gatewayId !== null
      ? [{ path: resolveFrom(file, store.path), of: { ...store.log, gatewayId } }]
      : [],
  );
}

/**
 * The store of a configuration, or a log API. A gateway or service that runs has its SQLite file to itself: then its API is the way.
 * @param needs `existing`: a store that is to be read must be there, and is not made.
 */
export async function openLog(
  options: LogOptions,
  needs: StoreNeeds,
  env: NodeJS.ProcessEnv,
  cleanup: Cleanup,
): Promise<OpenLog> {
  if ((options.config === undefined) === (options.url === undefined))
    throw new GatelogError("MALFORMED", "where is the log? --config or --url, and not both");
  if (options.url !== undefined) return openApi(options.url, cleanup);
  return openConfigured(options.config ?? "", options.kind, needs, env, cleanup);
}

async function openApi(baseUrl: string, cleanup: Cleanup): Promise<OpenLog> {
  const { store, directory } = await openHttpLog(baseUrl, null);
  cleanup.add(() => store.close());
  const { gatewayId } = await new LogClient({ baseUrl }).service();
  return { store, directory, driver: "http", gatewayId };
}

async function openConfigured(
  file: string,
  kind: LogOptions["kind"],
  needs: StoreNeeds,
  env: NodeJS.ProcessEnv,
  cleanup: Cleanup,
): Promise<OpenLog> {
  const configured = CONFIG_READERS[kind](file, env);
  const { logs, gatewayId, context } = configured;
  cleanup.add(() => context.cleanup.run());
  const driver = logs.map(({ store }) => store.driver).join(" ");
  const { members, directory } = await openMembers(configured, file, needs);
  const [only, ...others] = members.values();
  const store = only && others.length === 0 ? only.store : routeLogs(members, new SessionHomes());
  return { store, directory, driver, gatewayId };
}

/** Every store that is configured, and who knows the gateways of all: the registry, where there is one. */
async function openMembers(
  { logs, log, gateways, gatewayId, groupsOf, context }: Configured,
  file: string,
  needs: StoreNeeds,
): Promise<{ readonly members: Map<Logging, RoutedMember>; readonly directory: GatewayDirectory }> {
  const { privates, shared } = splitLogs(logs);
  const opened = shared && (await openRegistered(shared.store, log, context));
  const named = new StaticGatewayDirectory(gateways);
  const groups = (await groupsOf?.(needs)) ?? null;
  const directory =
    opened?.directory ??
    (groups && gatewayId !== null ? new GroupedGatewayDirectory({ groups, others: named }, gatewayId) : named);
  const members = new Map<Logging, RoutedMember>();
  for (const { logging, store: config } of privates) {
    // What is anchored is in the store within; whoever anchors finds there what has come.
    const inner = config.driver === "anchored" ? config.store : config;
    if (inner.driver === "sqlite" && needs === "existing") requireFile(resolveFrom(file, inner.path));
    const { store, pending } = await freely(() => openPrivate(inner, directory, context, null, needs));
    members.set(logging, { store, flush: (sessionId) => pending.flush(sessionId) });
  }
  // What a gateway's outbox has for it is the gateway's to send.
  if (shared && opened) members.set(shared.logging, { store: opened.store, flush: () => Promise.resolve() });
  return { members, directory };
}

async function openRegistered(
  config: SharedStoreConfig,
  log: RegistryDomain | undefined,
  context: WiringContext,
): Promise<WiredStore> {
  if (log === undefined) throw new GatelogError("INVALID_CONFIG", "a shared log needs its registry", {});
  const wired = await openShared(config, log, context);
  context.cleanup.add(() => wired.store.close());
  return wired;
}

/** Whoever has the store to itself can be asked; the caller is told so. */
async function freely<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!isGatelogError(error, "STORE_UNAVAILABLE")) throw error;
    const message = `${error.message}; if a gateway or service that runs has it, name its API with --url, or stop it`;
    throw new GatelogError(error.code, message, error.context, { cause: error });
  }
}

/** Opening would make one. */
function requireFile(path: string): void {
  if (!existsSync(path)) throw new GatelogError("INVALID_CONFIG", `there is no file ${path}`, { file: path });
}

function readGatewayConfig(file: string, env: NodeJS.ProcessEnv): Configured {
  const config: z.infer<typeof CONFIG_SCHEMAS.gateway> = readConfig(file, CONFIG_SCHEMAS.gateway, env);
  const { log, owner, name, dataDir } = config;
  const logs = configuredLogs(config);
  const gateways = gatewaysOf(config, readSigner(config.logKey, file, env));
  const context = wiringContext(file, dataDir, env);
  const groupsOf = (needs: StoreNeeds) => openGroups(config, context, needs);
  return { logs, log, gateways, gatewayId: gatewayIdOf(owner, name), groupsOf, context };
}

function readApiConfig(file: string, env: NodeJS.ProcessEnv): Configured {
  const config = readConfig(file, CONFIG_SCHEMAS.api, env);
  const context = wiringContext(file, config.dataDir, env);
  const { store, log, gateways, operator } = withMadeOperator(config, context);
  const own = operator && { ...operator, keys: [{ epoch: 1, key: readSigner(operator.logKey, file, env).address }] };
  return {
    ...{ logs: configuredLogs({ store }), log },
    gateways: [...gateways, ...(own === undefined ? [] : [own])].map((gateway) => recordOf(gateway)),
    gatewayId: operator === undefined ? null : gatewayIdOf(operator.owner, operator.name),
    context,
  };
}

const CONFIG_READERS = { gateway: readGatewayConfig, api: readApiConfig } as const;
