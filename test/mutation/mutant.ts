import type { Missing } from "../model/bounds.ts";
import type { Violation } from "../simulator/violation.ts";
import type { Invariant } from "../support/world-oracles.ts";

/** What is switched off in turn, and by what it is known. Each must have a mutant at least. */
export const SAFEGUARDS = {
  "write-ahead": "an entry is durable before its action is sent",
  outbox: "what is signed once is sent again, and nothing else in its place (R8)",
  opening: "a session and the first entries of its log are one write",
  idempotency: "an action, and a request, have their effect once",
  tombstones: "an undoing that comes first bars what comes late (R1)",
  exclusion: "burn and unlock exclude each other, and so do assign and cancel",
  certificate: "a certificate says what is held, not what is asked for, and by whom it may be said (R3)",
  decision: "nothing is assigned or undone but by a decision, and that is written once",
  evidence: "COMMIT needs YES and the logged burn (R9)",
  deadline: "the deadline passes by the register's clock",
  finality: "nothing is concluded from what is not final (R7)",
  burn: "the destination has seen the burn itself before it assigns",
  chain: "a node that serves another chain, or has lost its past, is not believed",
  signature: "what is written was signed by whom it names",
  pending: "no answer, and what is on its way, never mean that nothing happened",
  loop: "what there is to undo is read anew each time, and done only when it is (R2)",
  table: "a situation that cannot be halts the session",
  order: "a log keeps to the order of its role",
  dispute: "two accounts of one log stop both sides",
  handshake: "no ledger action rests on the recovery handshake",
  fence: "from a new epoch on nothing of an older one is taken, and only who is listed begins one",
  silence: "a peer's silence decides nothing but before its vote",
} as const;
export type Safeguard = keyof typeof SAFEGUARDS;

/** `find` stands exactly once in the file, so that a mutant whose place has changed is found out, and not taken for a proof. */
export interface Patch {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/**
 * What turns red, and on what: the exit code alone is no proof. Each is green in the tree without the patch.
 *
 * - explore: an exhaustive run of test/model/runs.ts, within the bounds of `npm test`; `without` a safeguard of the world around
 *   the core. `spared` are invariants that hold all the same, as far as the run goes: it does not go on behind a state that
 *   breaks another one.
 * - simulate: the first `seeds` seeds of the simulator; `spared` as far as they go.
 * - mocha, solidity: one test by its whole title or name; `says` is part of what it says when it fails.
 * - crash: one case of the crash matrix.
 */
export type Proof =
  | {
      readonly kind: "explore";
      readonly run: string;
      readonly without?: keyof Missing;
      readonly violated?: Invariant;
      readonly spared?: readonly Invariant[];
    }
  | {
      readonly kind: "simulate";
      readonly seeds: number;
      readonly violated: Violation["invariant"];
      readonly spared?: readonly Invariant[];
    }
  | { readonly kind: "mocha"; readonly file: string; readonly title: string; readonly says?: string }
  | { readonly kind: "solidity"; readonly file: string; readonly test: string }
  | { readonly kind: "crash"; readonly name: string; readonly says: string };

export interface Mutant {
  readonly id: string;
  readonly safeguard: Safeguard;
  /** Of docs/INVARIANTS.md, and what keeps it. */
  readonly invariant: `I${number}`;
  readonly code: string;
  /** What the mutant does instead. */
  readonly does: string;
  /** Null: the safeguard is one of the explored world, and the proof says `without` which. */
  readonly patch: Patch | null;
  readonly proofs: readonly Proof[];
}

/** Whether the proof asks for something to turn red, or only for something to stay green. */
export function isRedProof(proof: Proof): boolean {
  return proof.kind !== "explore" || proof.violated !== undefined;
}

/** The text with the patch applied. Throws if the mutant is stale: `find` stands there not at all, or more than once. */
export function patched(text: string, { file, find, replace }: Patch): string {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`stale: in ${file} the place of the patch stands ${times} times, not once`);
  if (find === replace) throw new Error(`stale: in ${file} the patch changes nothing`);
  return text.replace(find, () => replace);
}
