import type { Role } from "../../src/protocol/order.ts";
import type { LedgerAction } from "../../src/protocol/state.ts";
import type { Register } from "../support/world-facts.ts";

/** What one exploration may do to the two gateways, and how often. What has no number may happen any number of times. */
export interface Bounds {
  readonly name: string;
  /** In words, what the run is there to show. */
  readonly why: string;
  readonly register: Register;
  /**
   * `burst`: a gateway reads, judges and then does one thing that others can see, in one step; what it does still lands later,
   * or never, so that what it was read from may be old by then. `single`: every reading is a step of its own.
   */
  readonly steps: "burst" | "single";
  /**
   * `sent`: what is appended is signed and on its way for any time before it is in the log, also behind a crash. `atomic`: it is
   * in the log at once, as with private logs it always is.
   */
  readonly appends: "sent" | "atomic";
  /** Of either gateway, anywhere, also in recovery and rollback, and one right behind the other. */
  readonly crashes: number;
  /** A disk may be lost with what was signed and not logged: its gateway raises its epoch, and some of it may have landed. */
  readonly lostDisks: boolean;
  /** A log is read entry by entry, instead of all that one append made durable at once. */
  readonly piecemeal: boolean;
  /** A process that starts again says so, and the recovery handshake runs. */
  readonly handshake: boolean;
  /** Actions that a ledger may refuse, at any time and again and again. */
  readonly refusals: readonly LedgerAction[];
  /** The destination may refuse the proposal and the lock. */
  readonly no: boolean;
  /** The client or operator of either side may ask for an abort at any time. */
  readonly wishes: boolean;
  /** The deadline passes: by the register's clock and by each gateway's, in any order. */
  readonly deadline: boolean;
  /** Either gateway may take the other for crashed: at once for good, or step by step; and may find it again. */
  readonly suspicion: "none" | "definite" | "graded";
  /** Transactions and messages in flight may be lost. */
  readonly losses: boolean;
  /** `cancelAfter` passes: anyone cancels. The lock expires: its owner unlocks. */
  readonly expiries: boolean;
  /** Reorganisations above finality: of either ledger, or of the register. */
  readonly reorgs: number;
  /** Who may be gone for good; what R3 allows is then carried by anybody. */
  readonly gone: "nobody" | "one" | "both";
  /**
   * How often a backup takes over from the primary of a group, at any time, rightly or wrongly: the primary may be dead, slow, or
   * go on for ever, and a second backup may be right behind the first. A race is no more than that: one wins the epoch, and the
   * loser tries again, or does not.
   */
  readonly takeovers: Readonly<Record<Role, number>>;
  /** Explored states at most; a run that needs more says so and has shown nothing. */
  readonly maxStates: number;
}

/** Safeguards of the world around the core that a run may do without, to show that it is seen. */
export interface Missing {
  /** What is sent again after a crash is what was signed (R8). */
  readonly outbox?: boolean;
  /** `unlock` and `cancel` of a session that was never seen bar what comes late (R1). */
  readonly tombstones?: boolean;
  /** Escrows do an action once. */
  readonly idempotency?: boolean;
  /** Burn and unlock exclude each other, and so do assign and cancel. */
  readonly exclusion?: boolean;
  /** ABORT without a NO or the origin's word waits for the register's clock. */
  readonly deadlineByChain?: boolean;
  /** What the register holds is not written over. */
  readonly writeOnce?: boolean;
  /** Readings are of what is final (R7). */
  readonly finality?: boolean;
  /** A certificate says what the register holds, and the signed request to decide is none (R3). */
  readonly certificate?: boolean;
  /** What was burned is recreated only with the proof that the destination is finally cancelled. */
  readonly proof?: boolean;
  /** Behind a takeover nothing that the former primary signs is taken. */
  readonly fence?: boolean;
}

export const SAFEGUARDS = [
  "outbox",
  "tombstones",
  "idempotency",
  "exclusion",
  "deadlineByChain",
  "writeOnce",
  "finality",
  "certificate",
  "proof",
  "fence",
] as const satisfies readonly (keyof Missing)[];
