import { readFileSync, existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { GatelogError } from "../entry/errors.ts";
import { addressSchema, toHex, type Hex } from "../entry/hex.ts";
import { keySigner, type DigestSigner } from "../entry/signature.ts";
import { duration, finalitySchema, keySourceSchema, logSchema, urlSchema, type KeySource } from "./config-values.ts";
import { certificatesSchema, successionSchema } from "./credentials-config.ts";
import { groupSchema } from "./group-config.ts";
import { OPTION_VARIABLES } from "./option-types.ts";
import { configuredLogs, gatewayStoreMembers, isPrivate, storeProblems, storeSchema } from "./store-config.ts";

const listenSchema = z
  .string()
  .regex(/^(\[[0-9a-f:]+\]|[^:\s]+):[0-9]{1,5}$/, "host:port")
  .default("127.0.0.1:0");

const gatewayKeysSchema = z.array(z.strictObject({ epoch: z.int().positive(), key: addressSchema }));

/** What a registry would say of a gateway, where there is none. */
const knownGatewaySchema = z.strictObject({
  name: z.string().min(1).max(128),
  owner: addressSchema,
  /** Log keys by epoch, ascending, the current one last. */
  keys: gatewayKeysSchema.min(1),
});
export type KnownGateway = z.infer<typeof knownGatewaySchema>;

/** A gateway that private logs are exchanged with. */
const peerSchema = z.strictObject({
  ...knownGatewaySchema.shape,
  endpoints: z.array(urlSchema).min(1),
  certificates: certificatesSchema.optional(),
});

/** Retries in a row. */
const count = z.int().min(1).max(1_000);

const gatewayMembers = z.strictObject({
  name: z.string().min(1).max(128),
  /** Account that registered the group; with the name it gives the gateway's id. */
  owner: addressSchema,
  /** Signs entries. */
  logKey: keySourceSchema,
  listen: listenSchema,
  /** The register, where a log is shared. */
  log: logSchema.optional(),
  ...gatewayStoreMembers,
  /** Private logs alone: the gateways to exchange them with. */
  peers: z.array(peerSchema).default([]),
  /** Private logs alone: epoch of the log key. Raise it with each change of the key, and before an older backup of the store is used. */
  epoch: z.int().positive().optional(),
  /** Private logs alone: the log keys of earlier epochs. */
  previousKeys: gatewayKeysSchema.default([]),
  /** Private logs alone: what shows peers that know an earlier epoch that this one has begun. */
  succession: successionSchema.optional(),
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
  /** The group's processes, where there are several: a primary, and backups that stand by. */
  group: groupSchema.optional(),
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
  const logs = configuredLogs(config);
  for (const { path, message } of storeProblems(config)) context.addIssue({ code: "custom", path: [...path], message });
  if (logs.length === 0) return;
  const hasNone = logs.every(({ store }) => isPrivate(store));
  const rules: readonly (readonly [member: string, isWrong: boolean, message: string])[] = [
    ["log", hasNone && config.log !== undefined, "private logs have no register: leave it out"],
    ["log", !hasNone && config.log === undefined, "needed: where the register is"],
    ["group", hasNone && config.group !== undefined, "a group needs a log that all its members share: chain, or http"],
    ["peers", hasNone && config.peers.length === 0, "needed: there is no registry that knows the gateways"],
    ["peers", !hasNone && config.peers.length > 0, "the registry knows the gateways: leave them out"],
    ["epoch", !hasNone && config.epoch !== undefined, "the registry knows the epoch: leave it out"],
    ["previousKeys", !hasNone && config.previousKeys.length > 0, "the registry knows the keys: leave them out"],
    ["succession", !hasNone && config.succession !== undefined, "the registry knows who has taken over: leave it out"],
    ["epoch", config.succession !== undefined && config.epoch === undefined, "needed: the epoch that has begun"],
  ];
  for (const [member, isWrong, message] of rules)
    if (isWrong) context.addIssue({ code: "custom", path: [member], message });
});
export type GatewayConfig = z.infer<typeof gatewayConfigSchema>;

const apiMembers = z.strictObject({
  listen: listenSchema,
  /** The registry, where entries go to a chain. */
  log: logSchema.optional(),
  store: storeSchema.default({ driver: "sqlite", path: "./data/logs.sqlite" }),
  dataDir: z.string().min(1).default("./data"),
  /** Without a registry: the gateways whose entries are taken, beside the operator's own. */
  gateways: z.array(knownGatewaySchema).default([]),
  /** With it the service belongs to this gateway: it serves "its" log where the caller names none, and signs log-entry requests. */
  operator: z.strictObject({ name: z.string().min(1), owner: addressSchema, logKey: keySourceSchema }).optional(),
});
export const apiConfigSchema = apiMembers.superRefine(({ store, log, gateways, operator }, context) => {
  const hasNone = isPrivate(store);
  const wrong = (member: string, message: string): void =>
    context.addIssue({ code: "custom", path: [member], message });
  if (!hasNone && log === undefined) wrong("log", "needed: where the registry is");
  if (hasNone && log !== undefined) wrong("log", `a ${store.driver} store has no registry: leave it out`);
  if (store.driver === "anchored" && operator === undefined) wrong("operator", "needed: the gateway that anchors");
  if (!hasNone && gateways.length > 0) wrong("gateways", "the registry knows the gateways: leave them out");
});
export type ApiConfig = z.infer<typeof apiConfigSchema>;

/** What `api start` serves without a configuration: it listens where the other commands look for it. */
export const DEFAULT_API: z.input<typeof apiConfigSchema> = {
  listen: "127.0.0.1:8548",
  store: { driver: "sqlite", path: "./.gatelog/api/logs.sqlite" },
  dataDir: "./.gatelog/api",
};

export const CONFIG_SCHEMAS = { gateway: gatewayConfigSchema, api: apiConfigSchema } as const;

const ENV_PREFIX = "GATELOG_";

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
  const parsed = schema.safeParse(overridden(document, env));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(problemsOf);
  const lines = problems.map(({ member, message }) => `\n  ${member}: ${message}`);
  const members = problems.map(({ member }) => member).join(" ");
  throw new GatelogError("INVALID_CONFIG", `${origin} is wrong:${lines.join("")}`, { file: origin, members });
}

/** One for each member that is wrong, with its path; a member that is not known is named itself. */
function problemsOf(issue: z.core.$ZodIssue): { readonly member: string; readonly message: string }[] {
  const member = (path: readonly PropertyKey[]) => path.map(String).join(".") || "(top)";
  if (issue.code !== "unrecognized_keys") return [{ member: member(issue.path), message: issue.message }];
  return issue.keys.map((key) => ({ member: member([...issue.path, key]), message: "there is no such member" }));
}

export function resolveFrom(configFile: string, path: string): string {
  return resolve(dirname(resolve(configFile)), path);
}

/** 32 bytes as hex, with or without 0x, from a file or an environment variable. The key never appears in an error. */
export function readKey(source: KeySource, configFile: string, env: NodeJS.ProcessEnv): Hex {
  const [where, text] = readSource(source, configFile, env);
  const digits = text?.trim().replace(/^0x/, "").toLowerCase() ?? "";
  if (!/^[0-9a-f]{64}$/.test(digits))
    throw new GatelogError("INVALID_CONFIG", `${where} holds no private key: 32 bytes as hex are expected`, { where });
  return toHex(`0x${digits}`);
}

export function readSigner(source: KeySource, configFile: string, env: NodeJS.ProcessEnv): DigestSigner {
  return keySigner(readKey(source, configFile, env));
}

/** A password, without the end of its line. It never appears in an error. */
export function readPassword(source: KeySource, configFile: string, env: NodeJS.ProcessEnv): string {
  const [where, text] = readSource(source, configFile, env);
  const password = text?.replace(/\r?\n$/, "") ?? "";
  if (password === "") throw new GatelogError("INVALID_CONFIG", `${where} holds no password`, { where });
  return password;
}

function readSource(source: KeySource, configFile: string, env: NodeJS.ProcessEnv): [string, string | undefined] {
  if ("env" in source) return [`the variable ${source.env}`, env[source.env]];
  return readKeyFile(resolveFrom(configFile, source.file));
}

function readKeyFile(path: string): [string, string | undefined] {
  try {
    return [path, readFileSync(path, "utf8")];
  } catch {
    return [path, undefined]; // holds no key, for whatever reason: the caller says so
  }
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

/** Variables that are the program's own and no member of a configuration. */
const RESERVED: ReadonlySet<string> = new Set(["GATELOG_TYPES_DIR", ...OPTION_VARIABLES]);

function overridden(document: unknown, env: NodeJS.ProcessEnv): unknown {
  let result = document;
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(ENV_PREFIX) || RESERVED.has(name) || value === undefined) continue;
    const path = name.slice(ENV_PREFIX.length).split("__").map(camelCase);
    result = withMember(result, path, jsonOrText(value));
  }
  return result;
}

function withMember(document: unknown, [member, ...rest]: readonly string[], value: unknown): unknown {
  if (member === undefined) return value;
  const object = typeof document === "object" && document !== null && !Array.isArray(document) ? { ...document } : {};
  const inner: unknown = Object.entries(object).find(([name]) => name === member)?.[1];
  return { ...object, [member]: withMember(inner, rest, value) };
}

function camelCase(name: string): string {
  return name.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `[::1]:8549` begins like a list and is none. */
function jsonOrText(value: string): unknown {
  if (!/^(true|false|null|-?[0-9]+(\.[0-9]+)?|[[{].*)$/s.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
