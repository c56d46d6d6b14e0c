import type { GatewayDirectory } from "../store/log-store.ts";
import type { StoreNeeds } from "../store/postgres-database.ts";
import { connectPostgresLogStore, type PostgresLogStore } from "../store/postgres-log-store.ts";
import { postgresAddress, type PostgresOptions } from "../store/postgres-options.ts";
import { readPassword, readPem } from "./secrets.ts";
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
  needs: StoreNeeds = "writable",
): Promise<WiredPostgres> {
  const { url, schema, plaintext, connections } = config;
  const pem = (file: string | undefined, isSecret: boolean) => file && readPem(file, configFile, isSecret);
  const options: PostgresOptions = {
    ...{ url, schema, plaintext, connections },
    password: config.password && readPassword(config.password, configFile, env),
    tls: config.tls && {
      ca: pem(config.tls.ca, false),
      cert: pem(config.tls.cert, false),
      key: pem(config.tls.key, true),
    },
  };
  const store = await connectPostgresLogStore({ directory }, options, needs);
  const { text, isConfidential } = postgresAddress(options);
  const warnings = isConfidential ? [] : [`${text}: password and logs travel in the clear (store.plaintext)`];
  return { store, warnings };
}
