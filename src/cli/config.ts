import { readFileSync, existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { GatelogError } from "../entry/errors.ts";
import { addressSchema } from "../entry/hex.ts";
import { gatewayKeysSchema, knownGatewaySchema, namedTwice, peerSchema, type Problem } from "./config-gateways.ts";
import { hintOf } from "./config-hints.ts";
import {
  duration,
  finalitySchema,
  hostsSchema,
  keySourceSchema,
  listenSchema,
  logSchema,
  urlSchema,
} from "./config-values.ts";
import { overridden, type Overridden } from "./config-variables.ts";
import { configuredLogs, gatewayStoreMembers, isPrivate, storeProblems, storeSchema } from "./store-config.ts";
import { sharedPlaces } from "./store-places.ts";

/** On a port that is free. */
const FREE_LISTEN = "127.0.0.1:0";
/** Where the other commands look for a log API. */
const OWN_LISTEN = "127.0.0.1:8548";
const FIRST_EPOCH = 1;

/** Retries in a row. */
const count = z.int().min(1).max(1_000);

const gatewayMembers = z.strictObject({
  name: z.string().min(1).max(128),
  /** Account that registered the group; with the name it gives the gateway's id. */
  owner: addressSchema,
  /** Signs entries. */
  logKey: keySourceSchema,
  listen: listenSchema.default(FREE_LISTEN),
  hosts: hostsSchema,
  /** The register, where a log is shared. */
  log: logSchema.optional(),
  ...gatewayStoreMembers,
  /** Private logs alone: the gateways to exchange them with. */
  peers: z.array(peerSchema).default([]),
  /** Private logs alone: epoch of the log key. Raise it with each change of the key, and before an older backup of the store is used. */
  epoch: z.int().positive().optional(),
  /** Private logs alone: the log keys of earlier epochs. */
  previousKeys: gatewayKeysSchema.default([]),
  ledgers: z
    .array(
      z.strictObject({
        networkId: z.string().min(1).max(128),
        rpcUrl: urlSchema,
        chainId: z.int().positive(),
        escrow: addressSchema,
        /** Acts and pays on this ledger; without it the ledger is only read. */
        key: keySourceSchema.optional(),
        /** Further ledger keys of the group (backups): they go into the terms. */
        groupKeys: z.array(addressSchema).default([]),
        finality: finalitySchema.default("instant"),
      }),
    )
    .min(1),
  /** Folder of the pins of chains and, where the log is shared, of the outbox: signed entries that may have left. */
  dataDir: z.string().min(1).default("./data"),
  timing: z
    .strictObject({
      retry: duration,
      retryMax: duration,
      deadline: duration,
      lockMargin: duration,
      cancelGrace: duration,
      discovery: duration,
      stuckAfter: duration,
      maxTimeout: duration,
      suspectAfter: count,
      maxRetries: count,
    })
    .partial()
    .default({}),
});

export const gatewayConfigSchema = gatewayMembers.superRefine((config, context) => {
  const { log, peers, epoch, previousKeys } = config;
  const logs = configuredLogs(config);
  report(context, storeProblems(config));
  if (logs.length === 0) return;
  const hasNone = logs.every(({ store }) => isPrivate(store));
  const rules: readonly (readonly [member: string, isWrong: boolean, message: string])[] = [
    ["log", hasNone && log !== undefined, "private logs have no register: leave it out"],
    ["log", !hasNone && log === undefined, "needed: where the register is"],
    ["peers", hasNone && peers.length === 0, "needed: there is no registry that knows the gateways"],
    ["peers", !hasNone && peers.length > 0, "the registry knows the gateways: leave them out"],
    ["epoch", !hasNone && epoch !== undefined, "the registry knows the epoch: leave it out"],
    ["previousKeys", !hasNone && previousKeys.length > 0, "the registry knows the keys: leave them out"],
    [
      "previousKeys",
      hasNone && (previousKeys.at(-1)?.epoch ?? 0) >= (epoch ?? FIRST_EPOCH),
      "these are of epochs before that of logKey: raise epoch, or leave the last one out",
    ],
  ];
  report(
    context,
    rules.flatMap(([member, isWrong, message]) => (isWrong ? [{ path: [member], message }] : [])),
  );
  if (hasNone) report(context, namedTwice(config, "peers", peers));
});
export type GatewayConfig = z.infer<typeof gatewayConfigSchema>;

const apiMembers = z.strictObject({
  listen: listenSchema.optional(),
  hosts: hostsSchema,
  /** The registry, where entries go to a chain. */
  log: logSchema.optional(),
  store: storeSchema.default({ driver: "sqlite", path: "./data/logs.sqlite" }),
  dataDir: z.string().min(1).default("./data"),
  /** Without a registry: the gateways whose entries are taken, beside the operator's own. */
  gateways: z.array(knownGatewaySchema).default([]),
  /** With it the service belongs to this gateway: it serves "its" log where the caller names none, and signs log-entry requests. */
  operator: z.strictObject({ name: z.string().min(1), owner: addressSchema, logKey: keySourceSchema }).optional(),
});
export const apiConfigSchema = apiMembers
  .superRefine(({ store, log, gateways, operator }, context) => {
    const hasNone = isPrivate(store);
    const wrong = (member: string, message: string): void =>
      context.addIssue({ code: "custom", path: [member], message });
    if (!hasNone && log === undefined) wrong("log", "needed: where the registry is");
    if (hasNone && log !== undefined) wrong("log", `a ${store.driver} store has no registry: leave it out`);
    if (store.driver === "anchored" && operator === undefined) wrong("operator", "needed: the gateway that anchors");
    if (!hasNone && gateways.length > 0) wrong("gateways", "the registry knows the gateways: leave them out");
    report(context, namedTwice(operator, "gateways", gateways));
  })
  .transform((config) => {
    const { store, gateways, operator } = config;
    /** Whose it is, nobody has said: it belongs to a gateway of its own, and listens where the other commands look for it. */
    const isOnItsOwn = isPrivate(store) && operator === undefined && gateways.length === 0;
    return { ...config, listen: config.listen ?? (isOnItsOwn ? OWN_LISTEN : FREE_LISTEN), isOnItsOwn };
  });
export type ApiConfig = z.infer<typeof apiConfigSchema>;

function report(context: z.core.$RefinementCtx, problems: readonly Problem[]): void {
  for (const { path, message } of problems) context.addIssue({ code: "custom", path: [...path], message });
}

/** What `api start` serves without a configuration. */
export const DEFAULT_API: z.input<typeof apiConfigSchema> = {
  store: { driver: "sqlite", path: "./.gatelog/api/logs.sqlite" },
  dataDir: "./.gatelog/api",
};

export const CONFIG_SCHEMAS = { gateway: gatewayConfigSchema, api: apiConfigSchema } as const;

/**
 * Reads YAML or JSON. `GATELOG_*` overrides one member: `GATELOG_LISTEN`, `GATELOG_STORE__URL` (two underscores go one member down;
 * numbers and booleans are read as JSON). Paths are resolved against the file's folder. INVALID_CONFIG names every member that is wrong.
 */
export function readConfig<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  env: NodeJS.ProcessEnv,
): z.infer<Schema> {
  const path = resolve(file);
  if (!existsSync(path)) throw new GatelogError("INVALID_CONFIG", `there is no file ${path}`, { file: path });
  return checkedConfig(parseDocument(path), schema, env, path);
}

/** As `readConfig`, of a configuration that is in no file. @param origin What errors call it. */
export function checkedConfig<Schema extends z.ZodType>(
  document: unknown,
  schema: Schema,
  env: NodeJS.ProcessEnv,
  origin: string,
): z.infer<Schema> {
  const { document: said, variables } = overridden(document, env);
  const parsed = schema.safeParse(said, { error: hintOf });
  if (!parsed.success)
    throw wrongConfig(
      origin,
      parsed.error.issues.flatMap((issue) => problemsOf(issue, variables)),
    );
  const shared = sharedPlaces(parsed.data, dirname(resolve(origin)));
  if (shared.length > 0)
    throw wrongConfig(
      origin,
      shared.map(({ path, message }) => ({ member: path.join("."), message })),
    );
  return parsed.data;
}

/** A member that is wrong, and what it should be. */
export interface WrongMember {
  readonly member: string;
  readonly message: string;
}

export function wrongConfig(origin: string, wrong: readonly WrongMember[]): GatelogError {
  const lines = wrong.map(({ member, message }) => `\n  ${member}: ${message}`);
  const members = wrong.map(({ member }) => member).join(" ");
  return new GatelogError("INVALID_CONFIG", `${origin} is wrong:${lines.join("")}`, { file: origin, members });
}

/** One for each member that is wrong, with its path; a member that is not known is named itself. */
function problemsOf(issue: z.core.$ZodIssue, variables: Overridden["variables"]): WrongMember[] {
  const problem = (path: readonly PropertyKey[], message: string): WrongMember => {
    const member = path.map(String).join(".");
    const variable = variables.get(member);
    return { member: member || "(top)", message: variable === undefined ? message : `${message} (${variable})` };
  };
  if (issue.code !== "unrecognized_keys") return [problem(issue.path, issue.message)];
  return issue.keys.map((key) => problem([...issue.path, key], "there is no such member"));
}

export function resolveFrom(configFile: string, path: string): string {
  return resolve(dirname(resolve(configFile)), path);
}

function parseDocument(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new GatelogError(
      "INVALID_CONFIG",
      `${path} is neither YAML nor JSON: ${cause instanceof Error ? cause.message : ""}`,
      { file: path },
      { cause },
    );
  }
}
