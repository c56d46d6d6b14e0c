import { z } from "zod";
import { isGatelogError } from "../entry/errors.ts";
import { loggingSchema, type Logging } from "../entry/session.ts";
import { DEFAULT_CONNECTIONS, DEFAULT_SCHEMA, postgresAddress } from "../store/postgres-options.ts";
import type { Problem } from "./config-gateways.ts";
import { duration, finalitySchema, keySourceSchema, logSchema, urlSchema } from "./config-values.ts";

const sharedStores = [
  z.strictObject({
    driver: z.literal("http"),
    /** The log API. */
    url: urlSchema,
    /** A node of the log chain: keys are then the registry's. Without it they are what the log API says they are. */
    rpcUrl: urlSchema.optional(),
    finality: finalitySchema.default("instant"),
  }),
  z.strictObject({
    driver: z.literal("chain"),
    rpcUrl: urlSchema,
    /** Pays for the transactions that carry entries; signs no entry. */
    carrierKey: keySourceSchema,
    finality: finalitySchema.default("instant"),
    /** Block of the registry's deployment: the first start looks for open sessions from there on. */
    fromBlock: z.int().min(0).default(0),
  }),
] as const;

const postgresStoreSchema = z
  .strictObject({
    driver: z.literal("postgres"),
    /** `postgres://USER@HOST[:PORT]/DATABASE`, without password and parameters. */
    url: z.string().min(1),
    password: keySourceSchema.optional(),
    /** Name of the tables' schema in the database; each gateway has its own. */
    schema: z.string().default(DEFAULT_SCHEMA),
    /** PEM files; an empty object for TLS with the roots that the system trusts. Without it, TLS wherever the host is another. */
    tls: z
      .strictObject({ ca: z.string().min(1), cert: z.string().min(1), key: z.string().min(1) })
      .partial()
      .optional(),
    /** Lets passwords and logs travel in the clear to another host. */
    plaintext: z.boolean().default(false),
    connections: z.int().default(DEFAULT_CONNECTIONS),
  })
  .superRefine(({ url, schema, tls, plaintext, connections }, context) => {
    try {
      postgresAddress({ url, schema, tls, plaintext, connections });
    } catch (error) {
      if (!isGatelogError(error)) throw error;
      context.addIssue({ code: "custom", path: [String(error.context["member"])], message: error.message });
    }
  });
export type PostgresStoreConfig = z.infer<typeof postgresStoreSchema>;

/** Of a gateway: private logs, its own and copies of its peers', in a file. */
const sqliteStoreSchema = z.strictObject({ driver: z.literal("sqlite"), path: z.string().min(1) });

const anchoredStoreSchema = z.strictObject({
  driver: z.literal("anchored"),
  /** Where the entries are kept. */
  store: z.discriminatedUnion("driver", [sqliteStoreSchema, postgresStoreSchema]),
  /** Where their anchors go. The gateway must be registered there with its log key. */
  log: logSchema,
  rpcUrl: urlSchema,
  /** Pays for the transactions that carry anchors; signs none. */
  carrierKey: keySourceSchema,
  finality: finalitySchema.default("instant"),
  /** What is in which anchor. */
  path: z.string().min(1).default("./data/anchors.sqlite"),
  /** An anchor is made when so many entries are in none … */
  entries: z.int().min(1).max(10_000).default(1_000),
  /** … or when the oldest has waited for so many milliseconds. */
  every: duration.default(60_000),
});
export type AnchoredStoreConfig = z.infer<typeof anchoredStoreSchema>;

export const storeSchema = z.discriminatedUnion("driver", [
  ...sharedStores,
  sqliteStoreSchema,
  postgresStoreSchema,
  anchoredStoreSchema,
]);
export type StoreConfig = z.infer<typeof storeSchema>;
export type SharedStoreConfig = Extract<StoreConfig, { driver: "http" | "chain" }>;
export type PrivateStoreConfig = Exclude<StoreConfig, SharedStoreConfig>;

/** There is no register and no registry: gateways exchange their entries. */
export function isPrivate(store: StoreConfig): store is PrivateStoreConfig {
  return store.driver !== "http" && store.driver !== "chain";
}

/** The logging profile that each driver can serve: what it promises is the profile's promise (decision 8). */
const SERVES = {
  sqlite: "local",
  postgres: "shared",
  anchored: "anchored",
  chain: "chain",
  http: "chain",
} as const satisfies Readonly<Record<StoreConfig["driver"], Logging>>;

/** Members of a gateway that say where its logs are: one store, or one for each logging profile. */
export const gatewayStoreMembers = {
  store: storeSchema.optional(),
  stores: z
    .strictObject({ local: storeSchema, shared: storeSchema, anchored: storeSchema, chain: storeSchema })
    .partial()
    .optional(),
  /** The profile of a session whose request names none. */
  defaultLogging: loggingSchema.optional(),
} as const;
type GatewayStores = z.infer<z.ZodObject<typeof gatewayStoreMembers>>;

/** A log that a gateway serves. */
export interface ConfiguredLog<Config = StoreConfig> {
  readonly logging: Logging;
  readonly store: Config;
}

/** Every log that the configuration names, the nearest first. */
export function configuredLogs({ store, stores }: GatewayStores): ConfiguredLog[] {
  if (store) return [{ logging: SERVES[store.driver], store }];
  return loggingSchema.options.flatMap((logging) => {
    const served = stores?.[logging];
    return served ? [{ logging, store: served }] : [];
  });
}

/** The private ones, and the shared one, if any: there is one logging profile of shared logs. */
export function splitLogs(logs: readonly ConfiguredLog[]) {
  const privates: ConfiguredLog<PrivateStoreConfig>[] = [];
  let shared: ConfiguredLog<SharedStoreConfig> | null = null;
  for (const { logging, store } of logs)
    if (isPrivate(store)) privates.push({ logging, store });
    else shared = { logging, store };
  return { privates, shared };
}

/** The profiles of these logs, the default first. */
export function servedLoggings(config: GatewayStores): [Logging, ...Logging[]] {
  const loggings = configuredLogs(config).map(({ logging }) => logging);
  const first = config.defaultLogging ?? loggings[0] ?? "local"; // the schema sees to it that there is one
  return [first, ...loggings.filter((logging) => logging !== first)];
}

/** The profile that the one store of a service serves. */
export function loggingOf({ driver }: StoreConfig): Logging {
  return SERVES[driver];
}

/** What is wrong with the logs of a gateway as a whole. */
export function storeProblems(config: GatewayStores): Problem[] {
  const { store, stores, defaultLogging } = config;
  const logs = configuredLogs(config);
  const names = logs.map(({ logging }) => logging);
  const rules: readonly (readonly [member: string, isWrong: boolean, message: string])[] = [
    ["store", !store && !stores, "needed: where the log is kept; or stores, with one for each logging profile"],
    ["stores", store !== undefined && stores !== undefined, "there is a store already: name one, or several here"],
    [
      "stores",
      stores !== undefined && names.length === 0,
      `needed: one or more of ${loggingSchema.options.join(", ")}`,
    ],
    ["defaultLogging", names.length > 1 && !defaultLogging, "needed: the logging of a request that names none"],
    [
      "defaultLogging",
      names.length > 0 && defaultLogging !== undefined && !names.includes(defaultLogging),
      `of the logs that are configured it is none: ${names.join(", ")}`,
    ],
  ];
  const wrong = rules.flatMap(([member, isWrong, message]) => (isWrong ? [{ path: [member], message }] : []));
  return [...wrong, ...misplaced(stores)];
}

function misplaced(stores: GatewayStores["stores"] = {}): Problem[] {
  return loggingSchema.options.flatMap((logging) => {
    const driver = stores[logging]?.driver;
    if (driver === undefined || SERVES[driver] === logging) return [];
    const right = SERVES[driver];
    const message = `${driver} serves the logging ${right}, and cannot promise what ${logging} does: put it under stores.${right}`;
    return [{ path: ["stores", logging, "driver"], message }];
  });
}
