import { existsSync } from "node:fs";
import type { z } from "zod";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { Address, GatewayId } from "../entry/hex.ts";
import { gatewayIdOf, type RegistryDomain } from "../entry/statements.ts";
import { LogClient } from "../client/log-client.ts";
import { HttpGatewayDirectory } from "../store/http-gateway-directory.ts";
import { connectHttpLogStore } from "../store/http-log-store.ts";
import type { GatewayRecord } from "../store/log-store.ts";
import {
  readConfig,
  readSigner,
  resolveFrom,
  isPrivate,
  CONFIG_SCHEMAS,
  type PrivateStoreConfig,
  type SharedStoreConfig,
} from "./config.ts";
import { openPrivate, openShared, recordOf, type WiredStore } from "./store-wiring.ts";
import { gatewaysOf } from "./wiring.ts";
import { wiringContext, type Cleanup, type WiringContext } from "./wiring-context.ts";

/** Which logs a command is about. */
export interface LogOptions {
  readonly config?: string;
  readonly kind: "gateway" | "api";
  readonly url?: string;
}

export interface OpenLog extends WiredStore {
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
  readonly store: SharedStoreConfig | PrivateStoreConfig;
  readonly log: RegistryDomain | undefined;
  readonly gateways: readonly GatewayRecord[];
  readonly gatewayId: GatewayId | null;
  readonly context: WiringContext;
}

/** The chain that the configuration's store is, or null. */
export function configuredChain(options: LogOptions, env: NodeJS.ProcessEnv): ConfiguredChain | null {
  if (options.config === undefined) return null;
  const { store, log } = CONFIG_READERS[options.kind](options.config, env);
  if (store.driver !== "chain" || log === undefined) return null;
  const { rpcUrl, finality, fromBlock } = store;
  return { rpcUrl, finality, fromBlock, ...log };
}

/**
 * The store of a configuration, or a log API. A gateway or service that runs has its SQLite file to itself: then its API is the way.
 * @param needs `existing`: a store that is to be read must be there, and is not made.
 */
export async function openLog(
  options: LogOptions,
  needs: "existing" | "writable",
  env: NodeJS.ProcessEnv,
  cleanup: Cleanup,
): Promise<OpenLog> {
  if ((options.config === undefined) === (options.url === undefined))
    throw new GatelogError("MALFORMED", "where is the log? --config or --url, and not both");
  if (options.url !== undefined) return openApi(options.url, cleanup);
  return openConfigured(options.config ?? "", options.kind, needs, env, cleanup);
}

async function openApi(baseUrl: string, cleanup: Cleanup): Promise<OpenLog> {
  const directory = new HttpGatewayDirectory({ baseUrl });
  const store = await connectHttpLogStore({ directory }, { baseUrl });
  cleanup.add(() => store.close());
  const { gatewayId } = await new LogClient({ baseUrl }).service();
  return { store, directory, driver: "http", gatewayId };
}

async function openConfigured(
  file: string,
  kind: LogOptions["kind"],
  needs: "existing" | "writable",
  env: NodeJS.ProcessEnv,
  cleanup: Cleanup,
): Promise<OpenLog> {
  const { store: config, log, gateways, gatewayId, context } = CONFIG_READERS[kind](file, env);
  cleanup.add(() => context.cleanup.run());
  const { driver } = config;
  if (!isPrivate(config)) {
    if (log === undefined) throw new GatelogError("INVALID_CONFIG", "a shared log needs its registry", {});
    const wired = await openShared(config, log, context);
    cleanup.add(() => wired.store.close());
    return { ...wired, driver, gatewayId };
  }
  // What is anchored is in the store within; whoever anchors finds there what has come.
  const inner = config.driver === "anchored" ? config.store : config;
  if (inner.driver === "sqlite" && needs === "existing") requireFile(resolveFrom(file, inner.path));
  const { store, directory } = await freely(() => openPrivate(inner, gateways, context, null));
  return { store, directory, driver, gatewayId };
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
  const { store, log, owner, name, dataDir } = config;
  const gateways = gatewaysOf(config, readSigner(config.logKey, file, env));
  return { store, log, gateways, gatewayId: gatewayIdOf(owner, name), context: wiringContext(file, dataDir, env) };
}

function readApiConfig(file: string, env: NodeJS.ProcessEnv): Configured {
  const { store, log, gateways, operator, dataDir } = readConfig(file, CONFIG_SCHEMAS.api, env);
  const own = operator && { ...operator, keys: [{ epoch: 1, key: readSigner(operator.logKey, file, env).address }] };
  return {
    ...{ store, log },
    gateways: [...gateways, ...(own === undefined ? [] : [own])].map((gateway) => recordOf(gateway)),
    gatewayId: operator === undefined ? null : gatewayIdOf(operator.owner, operator.name),
    context: wiringContext(file, dataDir, env),
  };
}

const CONFIG_READERS = { gateway: readGatewayConfig, api: readApiConfig } as const;
