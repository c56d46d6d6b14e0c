import type { Missing } from "../model/bounds.ts";
import type { Mutant, Proof } from "./mutant.ts";

type Exploration = Omit<Extract<Proof, { kind: "explore" }>, "kind">;

/** The explored world without a safeguard of its own: what the contracts, the outbox and finality are to the two gateways. */
function world(
  mutant: Omit<Mutant, "patch" | "proofs">,
  proof: Exploration & { readonly without: keyof Missing },
): Mutant {
  return { ...mutant, patch: null, proofs: [{ kind: "explore", ...proof }] };
}

export const WORLD_MUTANTS: readonly Mutant[] = [
  world(
    {
      id: "world-without-outbox",
      safeguard: "outbox",
      invariant: "I19",
      code: "src/store/outbox.ts#Outbox",
      does: "a process that starts again signs anew what it had signed",
    },
    { run: "log-disks", without: "outbox", violated: "signed", spared: ["copies"] },
  ),
  world(
    {
      id: "world-acts-twice",
      safeguard: "idempotency",
      invariant: "I6",
      code: "contracts/AssetEscrow.sol#_isDone",
      does: "escrows do an action as often as they are asked to",
    },
    { run: "log-reorg", without: "idempotency", violated: "once", spared: ["copies"] },
  ),
  world(
    {
      id: "world-without-tombstones",
      safeguard: "tombstones",
      invariant: "I4",
      code: "contracts/AssetEscrow.sol#unlock",
      does: "an undoing of what was never seen reverts, and bars nothing",
    },
    { run: "log-disks", without: "tombstones", violated: "ended", spared: ["copies"] },
  ),
  world(
    {
      id: "world-burns-unlocked",
      safeguard: "exclusion",
      invariant: "I3",
      code: "contracts/AssetEscrow.sol#_isDone",
      does: "a burn may follow the unlock, an assign the cancel",
    },
    { run: "private", without: "exclusion", violated: "closed" },
  ),
  world(
    {
      id: "world-takes-requests",
      safeguard: "certificate",
      invariant: "I10",
      code: "contracts/libraries/EscrowCertificates.sol#requireFact",
      does: "the escrow takes the signed request to commit for a certificate (V9)",
    },
    { run: "log-suspicion", without: "certificate", violated: "obeyed", spared: ["copies"] },
  ),
  world(
    {
      id: "world-decides-twice",
      safeguard: "decision",
      invariant: "I11",
      code: "contracts/LogRegistry.sol#decide",
      does: "the register's decision can be written over (m2)",
    },
    { run: "log-suspicion", without: "writeOnce", violated: "obeyed", spared: ["copies"] },
  ),
  world(
    {
      id: "world-deadline-unchecked",
      safeguard: "deadline",
      invariant: "I13",
      code: "contracts/libraries/SessionRules.sol#groundOf",
      does: "the register takes ABORT for the deadline's sake before the deadline (m3)",
    },
    { run: "log-suspicion", without: "deadlineByChain", violated: "early", spared: ["copies", "obeyed", "closed"] },
  ),
  world(
    {
      id: "world-trusts-heads",
      safeguard: "finality",
      invariant: "I23",
      code: "src/chain/chain.ts#finalBlock",
      does: "gateways read the heads of the ledgers (V5)",
    },
    { run: "log-reorg", without: "finality", violated: "ground" },
  ),
  {
    id: "world-without-fence",
    safeguard: "fence",
    invariant: "I43",
    code: "contracts/GatewayRegistry.sol#_succeed",
    does: "the former primary goes on as a second gateway (V8)",
    patch: null,
    proofs: [
      { kind: "explore", run: "log-takeover-refused", without: "fence", violated: "closed", spared: ["copies"] },
      { kind: "explore", run: "private-takeover-refused", without: "fence", violated: "closed", spared: ["copies"] },
      { kind: "explore", run: "private-takeover-refused", without: "fence", violated: "fenced", spared: ["copies"] },
    ],
  },
  {
    id: "world-recreates-unproven",
    safeguard: "certificate",
    invariant: "I5",
    code: "contracts/AssetEscrow.sol#recreate",
    does: "anybody recreates without the proof that the destination is CANCELLED",
    patch: {
      file: "test/support/world-ledger.ts",
      find: '["recreate", isCancelled]',
      replace: '["recreate", true]',
    },
    proofs: [{ kind: "explore", run: "log-gone", violated: "copies" }],
  },
];
