import { defineConfig } from "hardhat/config";

/**
 * What `hardhat node` runs for `gatelog devnet`, from whatever folder it is called: three networks and no plugins, so that a node
 * starts in half the time. Never imported; Hardhat is told its path.
 */
export default defineConfig({ networks: { alpha: simulated(31337), beta: simulated(31338), log: simulated(31339) } });

/** Mines each transaction at once. Several blocks may share a second, so that a busy chain does not run ahead of the wall clock. */
function simulated(chainId: number) {
  return {
    type: "edr-simulated",
    chainType: "l1",
    chainId,
    allowBlocksWithSameTimestamp: true,
    mining: { auto: true },
  } as const;
}
