import { existsSync } from "node:fs";
import { join } from "node:path";
import { hexlify, randomBytes } from "ethers";
import type { Registry } from "prom-client";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { GatewayId } from "../entry/hex.ts";
import { gatewayIdOf } from "../entry/statements.ts";
import { OperatorLog } from "../store/operator-log.ts";
import { Outbox } from "../store/outbox.ts";
import { OutboxedLogStore } from "../store/outboxed-log-store.ts";
import { StaticGatewayDirectory } from "../store/static-gateway-directory.ts";
import type { ApiConfig } from "./config.ts";
import { makeFolder } from "./files.ts";
import { readSigner } from "./secrets.ts";
import { isPrivate, loggingOf } from "./store-config.ts";
import { openPrivate, openShared, recordOf, type WiredStore } from "./store-wiring.ts";
import { writeWholeFile } from "./whole-file.ts";
import type { WiringContext } from "./wiring-context.ts";

/** Name of the gateway that a service without a configuration belongs to. */
const OWN_NAME = "local";
const OWN_KEY_FILE = "operator.key";
const KEY_LENGTH = 32;
/** Network of sessions that no chain has to do with. */
const NO_NETWORK = "local";

export interface WiredApi extends WiredStore {
  readonly operator: WiredOperator | null;
  readonly warnings: readonly string[];
  /** The store's own, for `GET /metrics`. */
  readonly storeMetrics: readonly Registry[];
}

export interface WiredOperator {
  readonly gatewayId: GatewayId;
  readonly log: OperatorLog;
  /** What an earlier process signed may be in it still; null where a write is durable once it is made. */
  readonly outbox: OutboxedLogStore | null;
}

export async function wireApi(config: ApiConfig, context: WiringContext): Promise<WiredApi> {
  makeFolder(context.dataDir);
  // Keys first: what only the configuration can mend must not wait for a store that is away.
  const signer = config.operator && readSigner(config.operator.logKey, context.configFile, context.env);
  if (isPrivate(config.store)) {
    const known = config.gateways.map((gateway) => recordOf(gateway));
    const own =
      config.operator && signer ? [recordOf({ ...config.operator, keys: [{ epoch: 1, key: signer.address }] })] : [];
    const { operator: of } = config;
    const anchorer = of && signer ? { gatewayId: gatewayIdOf(of.owner, of.name), signer } : null;
    const { pending, warnings, ...wired } = await openPrivate(
      config.store,
      new StaticGatewayDirectory([...known, ...own]),
      context,
      anchorer,
    );
    const operator = signer ? { ...operatorOf(config, { ...wired, signer, outbox: pending }), outbox: null } : null;
    return { ...wired, operator, warnings };
  }
  if (config.log === undefined) throw new GatelogError("INVALID_CONFIG", "a shared log needs its registry", {});
  const wired = await openShared(config.store, config.log, context);
  if (!signer) return { ...wired, operator: null, warnings: [], storeMetrics: [] };
  // What an operator has signed goes through an outbox, as every signed entry does (R8).
  const outbox = new OutboxedLogStore({
    store: wired.store,
    outbox: new Outbox({ path: join(context.dataDir, "operator-outbox.sqlite") }),
  });
  context.cleanup.add(() => outbox.close());
  const operator = { ...operatorOf(config, { ...wired, store: outbox, signer, outbox }), outbox };
  return { ...wired, operator, warnings: [], storeMetrics: [] };
}

function operatorOf(
  { operator, log, store }: ApiConfig,
  deps: ConstructorParameters<typeof OperatorLog>[0],
): Omit<WiredOperator, "outbox"> {
  if (operator === undefined) throw new GatelogError("INVALID_CONFIG", "the service belongs to no gateway", {});
  const gatewayId = gatewayIdOf(operator.owner, operator.name);
  const networkId = log === undefined ? NO_NETWORK : `eip155:${log.chainId}`;
  return {
    gatewayId,
    log: new OperatorLog(deps, { gatewayId, networkId, log: log ?? null, logging: loggingOf(store) }),
  };
}

/**
 * For a service of which nobody has said whose it is: it belongs to a gateway of its own, whose key is made at the first start and lies
 * in the data folder. So a client that knows nothing but the drafts can log at once.
 */
export async function withOwnOperator(config: ApiConfig, context: WiringContext): Promise<ApiConfig> {
  if (!config.isOnItsOwn) return config;
  makeFolder(context.dataDir);
  const file = join(context.dataDir, OWN_KEY_FILE);
  if (!existsSync(file)) await makeKey(file);
  return withMadeOperator(config, context);
}

/** Whole and on the disk before anything is signed with it. */
async function makeKey(file: string): Promise<void> {
  try {
    await writeWholeFile(file, [`${hexlify(randomBytes(KEY_LENGTH))}\n`], { force: false });
  } catch (error) {
    if (!isGatelogError(error, "MALFORMED")) throw error; // another process was first: the key is the one that it has made
  }
}

/** The same for whoever only looks: without a key there is no such gateway yet, and none is made. */
export function withMadeOperator(config: ApiConfig, context: WiringContext): ApiConfig {
  const file = join(context.dataDir, OWN_KEY_FILE);
  if (!config.isOnItsOwn || !existsSync(file)) return config;
  const logKey = { file };
  const { address: owner } = readSigner(logKey, context.configFile, context.env);
  return { ...config, operator: { name: OWN_NAME, owner, logKey } };
}
