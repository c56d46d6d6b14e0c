/**
 * What `hardhat node` runs for `gatelog devnet`, from whatever folder it is called: three networks and no plugins, so that a node
 * is up sooner. Hardhat is told its path; nothing imports it, and it imports nothing, because what ships needs no Hardhat.
 */
export default { networks: { alpha: simulated(31337), beta: simulated(31338), log: simulated(31339) } };

/** Mines each transaction at once. Several blocks may share a second, so that a busy chain does not run ahead of the wall clock. */
function simulated(chainId: number) {
  return {
    type: "edr-simulated",
    chainType: "l1",
    chainId,
    allowBlocksWithSameTimestamp: true,
    mining: { auto: true },
  };
}
