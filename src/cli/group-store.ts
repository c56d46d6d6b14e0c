import { z } from "zod";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { GatewayId } from "../entry/hex.ts";
import { ownersChangeSchema, type OwnersSignedChange, type SignedChange } from "../entry/signed-changes.ts";
import type { SignedGroup } from "../entry/signed-group.ts";
import { gatewayIdOf } from "../entry/statements.ts";
import type { StoreNeeds } from "../store/postgres-database.ts";
import type { KeepsGroups } from "../store/signed-groups.ts";
import { resolveFrom, type GatewayConfig } from "./config.ts";
import { readJsonFile } from "./files.ts";
import { timingOf } from "./group-config.ts";
import { openPostgresGroups } from "./postgres-wiring.ts";
import { configuredLogs, type PostgresStoreConfig, type PrivateStoreConfig } from "./store-config.ts";
import type { WiringContext } from "./wiring-context.ts";

/** What an owner has signed of a group that no registry knows, in its order. Written by `gateway sign-backups`; no secret. */
export const groupFileSchema = z.strictObject({ changes: z.array(ownersChangeSchema).min(1) });

/**
 * A primary that stands still in the middle of an append holds up the takeover until the server ends its transaction: after its silence,
 * or after this, so that no pause of a healthy one costs it an append.
 */
const MIN_IDLE_IN_TRANSACTION_MS = 250;

/** The store as a member of a group uses it. */
export function forMember(store: PrivateStoreConfig, { group }: GatewayConfig): PrivateStoreConfig {
  return group && store.driver === "postgres" ? asMember(store, group) : store;
}

function asMember(store: PostgresStoreConfig, group: NonNullable<GatewayConfig["group"]>): PostgresStoreConfig {
  const silence = Math.max(MIN_IDLE_IN_TRANSACTION_MS, timingOf(group).silence);
  return { ...store, idleInTransactionMs: Math.min(store.idleInTransactionMs, silence) };
}

/**
 * Where the gateway's group is kept, with what the owner's file says; null where it is no group. INVALID_CONFIG for a file of another
 * gateway, with other signatures, or that says otherwise than one before it did.
 * @param needs `existing`: the group is only read.
 */
export async function openGroups(
  config: GatewayConfig,
  context: WiringContext,
  needs: StoreNeeds = "writable",
): Promise<KeepsGroups | null> {
  const { group, owner, name } = config;
  const [log] = configuredLogs(config);
  if (group?.signed === undefined || log?.store.driver !== "postgres") return null;
  const store = asMember(log.store, group);
  const file = resolveFrom(context.configFile, group.signed);
  const said = readJsonFile(file, groupFileSchema, "INVALID_CONFIG");
  if (said === undefined)
    throw new GatelogError("INVALID_CONFIG", `there is no file ${file}: gatelog gateway sign-backups makes it`, {
      file,
    });
  const groups = await openPostgresGroups(store, context, needs);
  context.cleanup.add(() => groups.close());
  if (needs === "writable") await tellGroup(groups, gatewayIdOf(owner, name), said.changes, file);
  return groups;
}

/** Brings the group to what its owner has signed; what it knows already changes nothing, and holds up nobody's appends. */
async function tellGroup(
  groups: KeepsGroups,
  gatewayId: GatewayId,
  said: readonly OwnersSignedChange[],
  file: string,
): Promise<void> {
  try {
    if (newsOf(said, await knownGroup(groups, gatewayId)).length === 0) return;
    await groups.change(gatewayId, ({ group }) => newsOf(said, group));
  } catch (cause) {
    if (!(cause instanceof GatelogError) || cause.disposition !== "reject") throw cause;
    throw new GatelogError("INVALID_CONFIG", `${file}: ${cause.message}`, { ...cause.context, file }, { cause });
  }
}

async function knownGroup(groups: KeepsGroups, gatewayId: GatewayId): Promise<SignedGroup | undefined> {
  try {
    return await groups.group(gatewayId);
  } catch (error) {
    if (isGatelogError(error, "UNKNOWN_GATEWAY")) return undefined;
    throw error;
  }
}

function newsOf(said: readonly OwnersSignedChange[], group: SignedGroup | undefined): readonly OwnersSignedChange[] {
  const known = (group?.changes ?? []).filter(isOwners);
  const other = known.findIndex((change, place) => {
    const inFile = said[place];
    return inFile !== undefined && JSON.stringify(inFile) !== JSON.stringify(change);
  });
  if (other < 0) return said.slice(known.length);
  throw new GatelogError("INVALID_CONFIG", `change ${other} is another one than the group knows`, { change: other });
}

function isOwners(change: SignedChange): change is OwnersSignedChange {
  return change.event !== "PrimaryChanged";
}
