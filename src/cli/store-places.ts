import { resolve } from "node:path";
import { z } from "zod";
import { postgresAddress } from "../store/postgres-options.ts";
import type { Problem } from "./config-gateways.ts";
import { logSchema, type KeySource } from "./config-values.ts";
import { configuredLogs, gatewayStoreMembers, type ConfiguredLog, type StoreConfig } from "./store-config.ts";

const storesSchema = z.object({ ...gatewayStoreMembers, log: logSchema.optional() });
type LogDomain = z.infer<typeof storesSchema>["log"];

interface Place {
  readonly member: readonly string[];
  /** The same for the same place, however it is spelled. Two names of one thing (a link, a host's alias) are not seen through. */
  readonly place: string;
}

/**
 * Logs of a configuration that share a place. A session is in one store: what two of them call theirs would be in both. And an
 * account has one sequence of transactions.
 * @param config A sound one, of whatever kind.
 * @param folder What its paths start from.
 */
export function sharedPlaces(config: unknown, folder: string): Problem[] {
  const { data } = storesSchema.safeParse(config);
  return data?.stores === undefined ? [] : namedTwice(configuredLogs(data), data.log, folder);
}

function namedTwice(logs: readonly ConfiguredLog[], log: LogDomain, folder: string): Problem[] {
  const taken = new Map<string, string>();
  return logs.flatMap(({ logging, store }) =>
    placesOf(store, log, folder).flatMap(({ member, place }) => {
      const path = ["stores", logging, ...member];
      const first = taken.get(place);
      taken.set(place, first ?? path.join("."));
      return first === undefined ? [] : [{ path, message: `${first} is the same: each log has its own` }];
    }),
  );
}

function placesOf(store: StoreConfig, log: LogDomain, folder: string): Place[] {
  const file = (path: string): Place => ({ member: ["path"], place: resolve(folder, path) });
  switch (store.driver) {
    case "sqlite":
      return [file(store.path)];
    case "postgres": {
      const { url, schema, plaintext, connections, tls } = store;
      return [{ member: ["schema"], place: postgresAddress({ url, schema, plaintext, connections, tls }).place }];
    }
    case "anchored": {
      const within = placesOf(store.store, log, folder);
      const inner = within.map(({ member, place }) => ({ member: ["store", ...member], place }));
      return [...inner, file(store.path), carrierOf(store.carrierKey, store.log, folder)];
    }
    case "chain":
      return [carrierOf(store.carrierKey, log, folder)];
    case "http":
      return [];
  }
}

function carrierOf(key: KeySource, log: LogDomain, folder: string): Place {
  const source = "file" in key ? resolve(folder, key.file) : key.env;
  return { member: ["carrierKey"], place: `account ${source} on ${log?.chainId ?? 0}` };
}
