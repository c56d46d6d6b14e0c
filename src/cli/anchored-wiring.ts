import { createChain } from "../chain/chain.ts";
import { createLane } from "../chain/lane.ts";
import { isGatelogError } from "../entry/errors.ts";
import type { GatewayId } from "../entry/hex.ts";
import type { DigestSigner } from "../entry/signature.ts";
import { AnchoredLogStore } from "../store/anchored-log-store.ts";
import { ChainAnchorRegistry } from "../store/anchored-registry.ts";
import type { LogStore } from "../store/log-store.ts";
import { resolveFrom } from "./config.ts";
import { requireLogRegistry } from "./contract-check.ts";
import { readSigner } from "./secrets.ts";
import type { AnchoredStoreConfig } from "./store-config.ts";
import type { WiringContext } from "./wiring-context.ts";

/** Whose anchors a store makes. */
export interface Anchorer {
  readonly gatewayId: GatewayId;
  /** The gateway's log key: it must be the one that the registry has. */
  readonly signer: DigestSigner;
}

/**
 * Puts anchors in front of a store, and sees to it that both are closed. A chain that is away is no reason not to start: what is wrong
 * with it (another chain, no registry) is found when it answers.
 */
export async function openAnchored(
  config: AnchoredStoreConfig,
  store: LogStore,
  { gatewayId, signer }: Anchorer,
  { configFile, env, cleanup, pins, seams }: WiringContext,
): Promise<{ readonly store: AnchoredLogStore; readonly warnings: readonly string[] }> {
  const { rpcUrl: url, finality, log, entries, every } = config;
  const carrier = readSigner(config.carrierKey, configFile, env);
  const chain = seams.chain(
    createChain({
      url,
      expected: pins.expected(log.chainId),
      finality,
      onIdentity: (identity) => pins.moveUp(identity),
    }),
  );
  cleanup.add(() => chain.close());
  const lane = createLane(chain, carrier);
  cleanup.add(() => lane.close());
  const ready = async (): Promise<void> => {
    await pins.remember(chain);
    await requireLogRegistry(chain, log.registry);
  };
  const registry = new ChainAnchorRegistry({ chain, lane, ready }, log);
  const path = resolveFrom(configFile, config.path);
  const warnings: string[] = [];
  try {
    await registry.ready();
  } catch (error) {
    if (!isGatelogError(error) || error.disposition !== "retry") throw error;
    warnings.push(`entries are taken and not anchored until the chain at ${url} answers: ${error.message}`);
  }
  const anchored = new AnchoredLogStore({ store, registry, signer }, { gatewayId, path, entries, everyMs: every });
  cleanup.add(() => anchored.close());
  return { store: anchored, warnings };
}
