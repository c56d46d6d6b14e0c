import { createLane } from "../chain/lane.ts";
import { GatelogError } from "../entry/errors.ts";
import type { Address, Hex } from "../entry/hex.ts";
import { keySigner, type DigestSigner } from "../entry/signature.ts";
import { gatewayIdOf } from "../entry/statements.ts";
import { createGateway, type Gateway } from "../gateway/gateway.ts";
import type { Role } from "../gateway/failover/authority.ts";
import type { OperatorAccess } from "../gateway/failover/member-service.ts";
import type { NodeService } from "../gateway/failover/node.ts";
import { createHttpPeers } from "../gateway/http-peers.ts";
import { ownEpoch } from "../gateway/own-epoch.ts";
import {
  DEFAULT_TIMING,
  systemClock,
  type GatewayOptions,
  type GatewayPorts,
  type GatewayTiming,
} from "../gateway/ports.ts";
import type { GatewayEvent } from "../gateway/public.ts";
import { EvmLedger } from "../ledger/evm-ledger.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { SetAsideItem } from "../store/outbox-items.ts";
import { requireEscrow } from "./contract-check.ts";
import { wireCredentials } from "./credentials-wiring.ts";
import { wireMember } from "./group-wiring.ts";
import { wireLogs, type WiredLogs } from "./log-wiring.ts";
import { servedLoggings } from "./store-config.ts";
import { openChainAt, type WiringContext } from "./wiring-context.ts";
import type { GatewayConfig } from "./config.ts";
import { readKey, readSigner } from "./secrets.ts";

export interface WiredGateway extends Omit<WiredLogs, "copies" | "registry" | "groups"> {
  readonly gateway: Gateway;
  readonly signer: DigestSigner;
  readonly options: GatewayOptions;
  /** What its group asks it; null where it is alone. */
  readonly node: NodeService | null;
  /** The same: where its operator's entries go. */
  readonly operator: OperatorAccess | null;
}

/** A gateway as its configuration says: everything made, nothing started. */
export async function wireGateway(
  config: GatewayConfig,
  observe: (event: GatewayEvent) => void,
  onSetAside: (item: SetAsideItem) => void,
  context: WiringContext,
  role?: Role,
): Promise<WiredGateway> {
  const { configFile, env, seams } = context;
  // Keys first: what only the configuration can mend must not wait for a log that is away.
  const signer = readSigner(config.logKey, configFile, env);
  const keys = config.ledgers.map((item) => item.key && readKey(item.key, configFile, env));
  const { copies, registry, groups, ...wired } = await wireLogs(config, signer, onSetAside, context);
  const { store, directory, pending } = wired;
  const gatewayId = gatewayIdOf(config.owner, config.name);
  if (!config.group) await ownEpoch({ directory, signer }, gatewayId);
  const { ledgers, ledgerKeys } = await wireLedgers(config, keys, context);
  const options: GatewayOptions = {
    name: config.name,
    gatewayId,
    owner: config.owner,
    loggings: servedLoggings(config),
    log: config.log ?? null,
    ledgerKeys,
    timing: { ...DEFAULT_TIMING, ...definedOnly(config.timing) },
  };
  const peers = createHttpPeers(directory);
  const ports: GatewayPorts = {
    store,
    outbox: pending,
    directory,
    signer,
    ledgers,
    peers,
    ...(copies && { privateLogs: { copies, runs: peers } }),
    ...(await wireCredentials(config, { store, directory, signer, observe }, registry, context)),
    clock: systemClock,
    observe,
  };
  const { group } = config;
  const alone = { node: null, operator: null };
  if (!group) return { ...wired, ...alone, gateway: createGateway(seams.ports(ports), options), signer, options };
  const known = { registry, groups };
  const member = await wireMember({ ...config, group }, { ports: seams.ports(ports), options }, known, {
    role,
    context,
  });
  return { ...wired, ...member, signer, options };
}

async function wireLedgers(config: GatewayConfig, keys: readonly (Hex | undefined)[], context: WiringContext) {
  const ledgers = new Map<string, Ledger>();
  const ledgerKeys = new Map<string, readonly Address[]>();
  for (const [index, item] of config.ledgers.entries()) {
    const chain = await openChainAt(item.rpcUrl, item.chainId, item.finality, context);
    await requireEscrow(chain, item.escrow);
    const key = keys[index];
    const lane = key && createLane(chain, keySigner(key));
    if (lane) context.cleanup.add(() => lane.close());
    const account = key && lane ? { lane, signer: keySigner(key) } : null;
    const ledger = new EvmLedger({ chain, account }, { escrow: item.escrow });
    if (ledger.networkId !== item.networkId)
      throw new GatelogError(
        "INVALID_CONFIG",
        `chain ${item.chainId} is network ${ledger.networkId}, not ${item.networkId}`,
        { networkId: item.networkId },
      );
    ledgers.set(item.networkId, ledger);
    if (account) ledgerKeys.set(item.networkId, [account.signer.address, ...item.groupKeys]);
  }
  return { ledgers, ledgerKeys };
}

function definedOnly(partial: GatewayConfig["timing"]): Partial<GatewayTiming> {
  return Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined));
}
