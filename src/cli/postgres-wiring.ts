import { readFileSync } from "node:fs";
import { GatelogError } from "../entry/errors.ts";
import type { GatewayDirectory } from "../store/log-store.ts";
import { connectPostgresLogStore, type PostgresLogStore } from "../store/postgres-log-store.ts";
import { postgresAddress, type PostgresOptions } from "../store/postgres-options.ts";
import { readPassword, resolveFrom } from "./config.ts";
import type { PostgresStoreConfig } from "./store-config.ts";

export interface WiredPostgres {
  readonly store: PostgresLogStore;
  /** What its operator should know, once. */
  readonly warnings: readonly string[];
}

/** The driver that the configuration names, connected; the caller closes it. Errors: those of `connectPostgresLogStore`. */
export async function openPostgres(
  config: PostgresStoreConfig,
  directory: GatewayDirectory,
  { configFile, env }: { readonly configFile: string; readonly env: NodeJS.ProcessEnv },
): Promise<WiredPostgres> {
  const { url, schema, plaintext, connections } = config;
  const options: PostgresOptions = {
    ...{ url, schema, plaintext, connections },
    password: config.password && readPassword(config.password, configFile, env),
    tls: config.tls && {
      ca: readPem(config.tls.ca, configFile),
      cert: readPem(config.tls.cert, configFile),
      key: readPem(config.tls.key, configFile),
    },
  };
  const store = await connectPostgresLogStore({ directory }, options);
  const { text, isConfidential } = postgresAddress(options);
  const warnings = isConfidential ? [] : [`${text}: password and logs travel in the clear (store.plaintext)`];
  return { store, warnings };
}

function readPem(file: string | undefined, configFile: string): string | undefined {
  if (file === undefined) return undefined;
  const path = resolveFrom(configFile, file);
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new GatelogError("INVALID_CONFIG", `${path} cannot be read`, { file: path }, { cause });
  }
}
