import { randomUUID } from "node:crypto";
import { createLane } from "../chain/lane.ts";
import { LogReader } from "../chain/log-reader.ts";
import { RegistryReader } from "../chain/registry-reader.ts";
import { GatelogError } from "../entry/errors.ts";
import type { GroupAuthority, Role } from "../gateway/failover/authority.ts";
import { createHttpMembers } from "../gateway/failover/http-members.ts";
import { createMember, type GroupMember } from "../gateway/failover/create-member.ts";
import { RegistryAuthority } from "../gateway/failover/registry-authority.ts";
import { StoreAuthority } from "../gateway/failover/store-authority.ts";
import { systemClock, type Clock, type GatewayOptions, type GatewayPorts } from "../gateway/ports.ts";
import { ChainBoundLogStore } from "../store/chain-bound-log-store.ts";
import type { KeepsGroups } from "../store/signed-groups.ts";
import type { GatewayConfig } from "./config.ts";
import { readSigner } from "./secrets.ts";
import { requireLogRegistry } from "./contract-check.ts";
import { timingOf, type GroupConfig } from "./group-config.ts";
import type { WiredRegistry } from "./store-wiring.ts";
import { openChainAt, type WiringContext } from "./wiring-context.ts";

/** Nobody moves it: whoever sets the machine's clock starts no takeover. */
const MONOTONIC: Clock = { now: () => performance.now(), sleep: (ms, signal) => systemClock.sleep(ms, signal) };

/** Who says who is primary: the registry of the log, null where it is behind an API; or, where no registry is, the store. */
interface Known {
  readonly registry: WiredRegistry | null;
  readonly groups: KeepsGroups | null;
}

/** A gateway as a member of its group. Nothing is started. */
export async function wireMember(
  config: GatewayConfig & { readonly group: GroupConfig },
  gateway: { readonly ports: GatewayPorts; readonly options: GatewayOptions },
  known: Known,
  { role, context }: { readonly role: Role | undefined; readonly context: WiringContext },
): Promise<GroupMember> {
  const { group } = config;
  const { ports, options } = gateway;
  const { durability } = ports.store;
  if (durability === "local" || durability === "volatile")
    throw new GatelogError(
      "INVALID_CONFIG",
      "a log that only this machine can read cannot be taken over: members of a group keep theirs on the chain, behind its API, or in a database",
      { durability },
    );
  const { signer } = ports;
  if (!group.members.some(({ key }) => key === signer.address))
    throw new GatelogError("INVALID_CONFIG", "group.members lacks this member's own log key", { key: signer.address });
  const { authority, shown } = await wireAuthority(config, gateway, known, context);
  return createMember(
    {
      ports: { ...ports, ...shown },
      authority,
      transport: createHttpMembers(signer.address),
      monotonic: MONOTONIC,
      instance: randomUUID(),
    },
    { gateway: options, members: group.members, timing: timingOf(group), role },
  );
}

async function wireAuthority(
  config: GatewayConfig & { readonly group: GroupConfig },
  { ports: { signer, store }, options: { gatewayId } }: Parameters<typeof wireMember>[1],
  { registry, groups }: Known,
  context: WiringContext,
): Promise<{
  readonly authority: GroupAuthority;
  readonly shown?: Partial<Pick<GatewayPorts, "succession" | "store">>;
}> {
  if (groups) {
    const authority = new StoreAuthority({ groups, signer }, gatewayId);
    return { authority, shown: { succession: authority.succession } };
  }
  const { reader, ...access } = registry ?? (await openRegistry(config, context));
  const authority = new RegistryAuthority({ access, reader, signer }, gatewayId);
  if (registry) return { authority };
  const { chain } = access;
  const bound = new ChainBoundLogStore({ store, chain, reader: new LogReader(chain, access.registry) });
  return { authority, shown: { store: bound } };
}

async function openRegistry(
  { log, group }: GatewayConfig & { readonly group: GroupConfig },
  context: WiringContext,
): Promise<WiredRegistry> {
  const given = group.registry;
  if (log === undefined || given === undefined)
    throw new GatelogError("INVALID_CONFIG", "group.registry is needed: the log is behind an API", {});
  const carrier = readSigner(given.carrierKey, context.configFile, context.env);
  const chain = await openChainAt(given.rpcUrl, log.chainId, given.finality, context);
  await requireLogRegistry(chain, log.registry);
  const lane = createLane(chain, carrier);
  context.cleanup.add(() => lane.close());
  return { chain, lane, registry: log.registry, reader: new RegistryReader(chain, log.registry) };
}
