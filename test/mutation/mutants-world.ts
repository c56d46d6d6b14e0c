import type { Missing } from "../model/bounds.ts";
import type { Invariant } from "../support/world-oracles.ts";
import type { Mutant, Safeguard } from "./mutant.ts";

/** The explored world without a safeguard of its own: what the contracts, the outbox and finality are to the two gateways. */
function world(
  id: string,
  safeguard: Safeguard,
  does: string,
  missing: keyof Missing,
  proof: { readonly run: string; readonly violated: Invariant; readonly spared?: readonly Invariant[] },
): Mutant {
  const patch = {
    file: "scripts/explore.ts",
    find: "{ comparesTwins: true }",
    replace: `{ missing: { ${missing}: true } }`,
  };
  return { id, safeguard, does, patch, proofs: [{ kind: "explore", ...proof }] };
}

export const WORLD_MUTANTS: readonly Mutant[] = [
  world("world-without-outbox", "outbox", "a process that starts again signs anew what it had signed", "outbox", {
    run: "log-disks",
    violated: "signed",
    spared: ["copies"],
  }),
  world("world-acts-twice", "idempotency", "escrows do an action as often as they are asked to", "idempotency", {
    run: "log-reorg",
    violated: "once",
    spared: ["copies"],
  }),
  world(
    "world-without-tombstones",
    "tombstones",
    "an undoing of what was never seen reverts, and bars nothing",
    "tombstones",
    { run: "log-disks", violated: "ended", spared: ["copies"] },
  ),
  world("world-burns-unlocked", "exclusion", "a burn may follow the unlock, an assign the cancel", "exclusion", {
    run: "private",
    violated: "closed",
  }),
  world(
    "world-takes-requests",
    "certificate",
    "the escrow takes the signed request to commit for a certificate (V9)",
    "certificate",
    { run: "log-suspicion", violated: "obeyed", spared: ["copies"] },
  ),
  world("world-decides-twice", "decision", "the register's decision can be written over (m2)", "writeOnce", {
    run: "log-suspicion",
    violated: "obeyed",
    spared: ["copies"],
  }),
  world(
    "world-deadline-unchecked",
    "deadline",
    "the register takes ABORT for the deadline's sake before the deadline (m3)",
    "deadlineByChain",
    { run: "log-suspicion", violated: "early", spared: ["copies", "obeyed", "closed"] },
  ),
  world("world-trusts-heads", "finality", "gateways read the heads of the ledgers (V5)", "finality", {
    run: "log-reorg",
    violated: "ground",
  }),
  {
    id: "world-recreates-unproven",
    safeguard: "tombstones",
    does: "anybody recreates without the proof that the destination is CANCELLED",
    patch: {
      file: "test/support/world-ledger.ts",
      find: '["recreate", isCancelled]',
      replace: '["recreate", true]',
    },
    proofs: [{ kind: "explore", run: "log-gone", violated: "copies" }],
  },
];
