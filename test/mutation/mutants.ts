import { CORE_MUTANTS } from "./mutants-core.ts";
import type { Mutant } from "./mutant.ts";
import { WORLD_MUTANTS } from "./mutants-world.ts";

/** Every mutant; docs/INVARIANTS.md, "Mutants", lists them with the invariants that they are about. */
export const MUTANTS: readonly Mutant[] = [...WORLD_MUTANTS, ...CORE_MUTANTS];
