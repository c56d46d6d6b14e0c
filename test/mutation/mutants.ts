import { CHAIN_MUTANTS } from "./mutants-chain.ts";
import { CONTRACT_MUTANTS } from "./mutants-contracts.ts";
import { CORE_MUTANTS } from "./mutants-core.ts";
import { GATEWAY_MUTANTS } from "./mutants-gateway.ts";
import { RECOVERY_MUTANTS } from "./mutants-recovery.ts";
import { STORE_MUTANTS } from "./mutants-store.ts";
import { TAKEOVER_MUTANTS } from "./mutants-takeover.ts";
import { WORLD_MUTANTS } from "./mutants-world.ts";
import type { Mutant } from "./mutant.ts";

/** Every mutant; docs/INVARIANTS.md, "Mutants", lists them with the invariants that they are about. */
export const MUTANTS: readonly Mutant[] = [
  ...WORLD_MUTANTS,
  ...CORE_MUTANTS,
  ...RECOVERY_MUTANTS,
  ...GATEWAY_MUTANTS,
  ...STORE_MUTANTS,
  ...TAKEOVER_MUTANTS,
  ...CHAIN_MUTANTS,
  ...CONTRACT_MUTANTS,
];
