import { createLane } from "../chain/lane.ts";
import type { GatewayId } from "../entry/hex.ts";
import type { DigestSigner } from "../entry/signature.ts";
import { AnchoredLogStore } from "../store/anchored-log-store.ts";
import { ChainAnchorRegistry } from "../store/anchored-registry.ts";
import type { LogStore } from "../store/log-store.ts";
import { readSigner, resolveFrom, type AnchoredStoreConfig } from "./config.ts";
import { requireLogRegistry } from "./contract-check.ts";
import { openChainAt, type WiringContext } from "./wiring-context.ts";

/** Whose anchors a store makes. */
export interface Anchorer {
  readonly gatewayId: GatewayId;
  /** The gateway's log key: it must be the one that the registry has. */
  readonly signer: DigestSigner;
}

/** Puts anchors in front of a store, and sees to it that both are closed. The chain must answer once, now, to be known again. */
export async function openAnchored(
  config: AnchoredStoreConfig,
  store: LogStore,
  { gatewayId, signer }: Anchorer,
  context: WiringContext,
): Promise<AnchoredLogStore> {
  const { configFile, env, cleanup } = context;
  const carrier = readSigner(config.carrierKey, configFile, env);
  const chain = await openChainAt(config.rpcUrl, config.log.chainId, config.finality, context);
  await requireLogRegistry(chain, config.log.registry);
  const lane = createLane(chain, carrier);
  cleanup.add(() => lane.close());
  const registry = new ChainAnchorRegistry({ chain, lane }, { registry: config.log.registry });
  const options = { gatewayId, path: resolveFrom(configFile, config.path), entries: config.entries, everyMs: config.every };
  const anchored = new AnchoredLogStore({ store, registry, signer }, options);
  cleanup.add(() => anchored.close());
  return anchored;
}
