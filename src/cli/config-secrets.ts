import { resolve } from "node:path";
import { isGatelogError } from "../entry/errors.ts";
import { wrongConfig, type ApiConfig, type GatewayConfig, type WrongMember } from "./config.ts";
import { readKey, readPassword, readPem } from "./secrets.ts";
import { configuredLogs, type StoreConfig } from "./store-config.ts";

/** Something that a configuration names and does not hold. */
interface Secret {
  readonly member: string;
  /** Reads it, and throws what is wrong with it. */
  readonly read: (file: string, env: NodeJS.ProcessEnv) => unknown;
}

/**
 * INVALID_CONFIG with every member whose key, password or certificate cannot be had, or is exposed to others: what is found now
 * need not be found in the middle of a start.
 */
export function requireGatewaySecrets(config: GatewayConfig, file: string, env: NodeJS.ProcessEnv): void {
  const { logKey, ledgers, store } = config;
  requireAll(file, env, [
    keyOf("logKey", logKey),
    ...configuredLogs(config).flatMap((log) =>
      secretsOfStore(store === undefined ? `stores.${log.logging}` : "store", log.store),
    ),
    ...ledgers.flatMap(({ key }, place) => (key === undefined ? [] : [keyOf(`ledgers.${place}.key`, key)])),
  ]);
}

/** As `requireGatewaySecrets`. */
export function requireApiSecrets({ store, operator }: ApiConfig, file: string, env: NodeJS.ProcessEnv): void {
  const own = operator === undefined ? [] : [keyOf("operator.logKey", operator.logKey)];
  requireAll(file, env, [...secretsOfStore("store", store), ...own]);
}

function requireAll(file: string, env: NodeJS.ProcessEnv, secrets: readonly Secret[]): void {
  const wrong = secrets.flatMap(({ member, read }): WrongMember[] => {
    try {
      read(file, env);
      return [];
    } catch (error) {
      if (!isGatelogError(error, "INVALID_CONFIG")) throw error;
      return [{ member, message: error.message }];
    }
  });
  if (wrong.length > 0) throw wrongConfig(resolve(file), wrong);
}

function keyOf(member: string, source: GatewayConfig["logKey"]): Secret {
  return { member, read: (file, env) => readKey(source, file, env) };
}

function secretsOfStore(path: string, store: StoreConfig): Secret[] {
  switch (store.driver) {
    case "sqlite":
    case "http":
      return [];
    case "chain":
      return [keyOf(`${path}.carrierKey`, store.carrierKey)];
    case "anchored":
      return [...secretsOfStore(`${path}.store`, store.store), keyOf(`${path}.carrierKey`, store.carrierKey)];
    case "postgres": {
      const { password, tls = {} } = store;
      const pems = (["ca", "cert", "key"] as const).flatMap((name): Secret[] => {
        const pem = tls[name];
        if (pem === undefined) return [];
        return [{ member: `${path}.tls.${name}`, read: (file) => readPem(pem, file, name === "key") }];
      });
      if (password === undefined) return pems;
      return [{ member: `${path}.password`, read: (file, env) => readPassword(password, file, env) }, ...pems];
    }
  }
}
