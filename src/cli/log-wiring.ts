import { join } from "node:path";
import type { Registry } from "prom-client";
import { GatelogError } from "../entry/errors.ts";
import type { Logging } from "../entry/session.ts";
import type { DigestSigner } from "../entry/signature.ts";
import { gatewayIdOf } from "../entry/statements.ts";
import type { GatewayPorts } from "../gateway/ports.ts";
import { GroupedGatewayDirectory } from "../store/grouped-gateway-directory.ts";
import type { GatewayDirectory, GatewayRecord, KeepsCopies, LogStore } from "../store/log-store.ts";
import { Outbox } from "../store/outbox.ts";
import type { SetAsideItem } from "../store/outbox-items.ts";
import { OutboxedLogStore } from "../store/outboxed-log-store.ts";
import { routeLogs, type RoutedMember } from "../store/routed-log-store.ts";
import type { KeepsGroups } from "../store/signed-groups.ts";
import { SessionHomes } from "../store/session-homes.ts";
import { StaticGatewayDirectory } from "../store/static-gateway-directory.ts";
import type { GatewayConfig } from "./config.ts";
import { makeFolder } from "./files.ts";
import { forMember, openGroups } from "./group-store.ts";
import { configuredLogs, splitLogs, type ConfiguredLog, type SharedStoreConfig } from "./store-config.ts";
import { openPrivate, openShared, recordOf, type WiredRegistry, type WiredStore } from "./store-wiring.ts";
import type { WiringContext } from "./wiring-context.ts";

/** Where a gateway's entries go. */
export interface WiredLogs extends WiredStore {
  /** The same without the outbox, for what others bring: only what this process has signed may take up a place there. */
  readonly served: LogStore;
  /** In front of a shared log (R8); null where every write is durable once it is made. */
  readonly outbox: OutboxedLogStore | null;
  /** What must have come to its end before a session is folded (R8). */
  readonly pending: GatewayPorts["outbox"];
  /** Private logs: where copies of the peers' are kept. */
  readonly copies: KeepsCopies | null;
  /** Where a log is in a registry that this process reaches itself. */
  readonly registry: WiredRegistry | null;
  /** Of a member of a group without a registry: where the group is kept. */
  readonly groups: KeepsGroups | null;
  /** What the operator should know, once. */
  readonly warnings: readonly string[];
  /** The stores' own, for `GET /metrics`. */
  readonly storeMetrics: readonly Registry[];
}

/** One of them; `WiredLogs` without what is of all. */
interface WiredLog extends Omit<WiredLogs, "directory" | "groups"> {
  readonly logging: Logging;
}

/** Every log that the configuration names; of several, each session in its own. */
export async function wireLogs(
  config: GatewayConfig,
  signer: DigestSigner,
  onSetAside: (item: SetAsideItem) => void,
  context: WiringContext,
): Promise<WiredLogs> {
  makeFolder(context.dataDir);
  const anchorer = { gatewayId: gatewayIdOf(config.owner, config.name), signer };
  const { privates, shared } = splitLogs(configuredLogs(config));
  const opened = shared && (await openOutboxed(config, shared, onSetAside, context));
  // With a shared log there is a registry: it knows the gateways for the private ones too, and an epoch that is raised there fences all.
  const groups = opened ? null : await openGroups(config, context);
  const directory = opened?.directory ?? privateDirectory(config, signer, groups);
  const logs: WiredLog[] = [];
  for (const { logging, store } of privates) {
    const wired = await openPrivate(forMember(store, config), directory, context, anchorer);
    logs.push({ logging, ...wired, served: wired.store, outbox: null, registry: null });
  }
  if (opened) logs.push(opened);
  const [only, ...others] = logs;
  return { ...(only && others.length === 0 ? only : routed(logs)), directory, groups };
}

/** The driver of a shared log, behind an outbox. */
async function openOutboxed(
  { log }: GatewayConfig,
  { logging, store: config }: ConfiguredLog<SharedStoreConfig>,
  onSetAside: (item: SetAsideItem) => void,
  context: WiringContext,
): Promise<WiredLog & WiredStore> {
  if (log === undefined) throw new GatelogError("INVALID_CONFIG", "a shared log needs its register", {});
  const { store: inner, directory, registry } = await openShared(config, log, context);
  const outbox = new Outbox({ path: join(context.dataDir, "outbox.sqlite") });
  const store = new OutboxedLogStore({ store: inner, outbox, onSetAside });
  context.cleanup.add(() => store.close());
  return {
    ...{ logging, store, directory, registry, served: inner, outbox: store, pending: store },
    ...{ copies: null, warnings: [], storeMetrics: [] },
  };
}

/** Several logs as one, nearest first. */
function routed(logs: readonly WiredLog[]): Omit<WiredLogs, "directory" | "groups"> {
  const homes = new SessionHomes();
  const through = (storeOf: (log: WiredLog) => LogStore) =>
    routeLogs(new Map(logs.map((log): [Logging, RoutedMember] => [log.logging, member(log, storeOf(log))])), homes);
  const store = through((log) => log.store);
  return {
    store,
    served: through((log) => log.served),
    outbox: logs.find(({ outbox }) => outbox !== null)?.outbox ?? null,
    pending: store,
    registry: logs.find(({ registry }) => registry !== null)?.registry ?? null,
    copies: logs.some(({ copies }) => copies !== null) ? store.copies() : null,
    warnings: logs.flatMap(({ warnings }) => warnings),
    storeMetrics: logs.flatMap(({ storeMetrics }) => storeMetrics),
  };
}

function member({ pending }: WiredLog, store: LogStore): RoutedMember {
  return { store, flush: (sessionId) => pending.flush(sessionId) };
}

/** This gateway and its peers as the configuration names them; a group of its own as its store has it. */
function privateDirectory(config: GatewayConfig, signer: DigestSigner, groups: KeepsGroups | null): GatewayDirectory {
  const named = new StaticGatewayDirectory(gatewaysOf(config, signer));
  return groups
    ? new GroupedGatewayDirectory({ groups, others: named }, gatewayIdOf(config.owner, config.name))
    : named;
}

/** What a registry would say of this gateway and its peers. */
export function gatewaysOf(config: GatewayConfig, signer: DigestSigner): GatewayRecord[] {
  const { owner, name, epoch = 1, previousKeys, peers } = config;
  const keys = [...previousKeys, { epoch, key: signer.address }];
  return [recordOf({ name, owner, keys }), ...peers.map((peer) => recordOf(peer, peer.endpoints))];
}
