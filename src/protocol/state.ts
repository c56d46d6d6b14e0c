import type { Json } from "../entry/canonical.ts";
import type { LogEntry } from "../entry/entry.ts";
import { GatelogError, type ErrorCode } from "../entry/errors.ts";
import { ZERO_HASH, type Hash } from "../entry/hex.ts";
import type { SessionFacts } from "../entry/session.ts";
import type { Decision, Ground } from "../entry/statements.ts";
import type { Terms } from "../entry/terms.ts";
import type { Command, Operation, StepName, Vote } from "../entry/vocabulary.ts";
import type { Identity } from "./identity.ts";
import { emptyLog, type LogView } from "./marks.ts";
import type { Role } from "./order.ts";

/** States of an escrow (docs/PROTOCOL.md, "Escrow states"); the ledger package has the same words. */
export type LedgerState =
  "NONE" | "LOCKED" | "BURNED" | "UNLOCKED" | "RECREATED" | "REFUSED" | "MINTED" | "ASSIGNED" | "CANCELLED";

export type LedgerAction = "lock" | "unlock" | "burn" | "recreate" | "mint" | "assign" | "cancel";

/** How a ledger action ended, as it goes into the `done-` entry. */
export interface Receipt {
  readonly state: LedgerState;
  readonly transactionHash: Hash | null;
  readonly blockNumber: number;
}

/** A reading of an escrow at finality. */
export interface LedgerReading extends Receipt {
  /** The head of the chain shows another state: something is on its way, and nothing is concluded from this one (R7). */
  readonly pending: boolean;
}

/** No answer is a value of its own: it never means that nothing happened. */
export type LedgerKnowledge = LedgerReading | "UNREACHABLE" | undefined;

/** What a gateway makes of its peer's silence (protocol 6.5); `OK` is also what a peer is that has RECOVERED. */
export const PEER_STATES = ["OK", "SUSPECT", "CRASHED_WAIT", "CRASHED_DEFINITELY"] as const;
export type PeerState = (typeof PEER_STATES)[number];

/** Why a gateway takes no part, or no further part: a stable code and a sentence. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
}

export type Verdict = { readonly accepted: true } | ({ readonly accepted: false } & Refusal);

/**
 * Everything that `step` knows of a session. `own`, `peer` and `terms` are folded from the two logs and survive every crash;
 * the members below the line are what was last read from elsewhere and are read again after one.
 */
export interface SessionState {
  readonly role: Role;
  readonly facts: SessionFacts;
  readonly sessionHash: Hash;
  readonly own: LogView;
  readonly peer: LogView;
  /** From the origin's init-setup; null before it, and if what stands there is malformed or not the facts' termsHash. */
  readonly terms: Terms | null;
  /** Highest Lamport number seen in either log. */
  readonly seqNumber: number;
  // ---- read, not folded
  /** The register, at finality. */
  readonly decision: Decision;
  /** This side's escrow at finality; undefined: not read since the last action. */
  readonly ownLedger: LedgerKnowledge;
  /** The other side's escrow at finality; undefined: not read. */
  readonly peerLedger: LedgerKnowledge;
  /** The ledger's last word against an action of ours, if it refuses it for good. */
  readonly ledgerRefusal: (Refusal & { readonly action: LedgerAction }) | undefined;
  /** Own judgement on the proposal (1.1) or the lock assertion (2.2) that stands at this index of the peer's log. */
  readonly verdict: { readonly index: number; readonly verdict: Verdict } | undefined;
  /** The same on a backup's RECOVER. */
  readonly backupVerdict: { readonly index: number; readonly verdict: Verdict } | undefined;
  /** Own messages that were sent, whether or not they arrived: they are sent again after a while, not at once. */
  readonly sent: readonly Hash[];
  /** The answer that is waited for has not come for as long as the retry timeout: time to look for oneself. */
  readonly overdue: boolean;
  /** What the shell makes of the peer's silence since it started; undefined: nothing yet. */
  readonly contact: PeerState | undefined;
  /** The peer's log breaks its order, and is read no further. */
  readonly peerBroken: boolean;
  /** Why RECOVER is to be logged: the process has started anew, or an operator asks for it. */
  readonly recovery: "restarted" | "wished" | undefined;
  /** As whom this process writes on; undefined where it writes in the epoch of the log's last entry, or has not begun to. */
  readonly identity: Identity | undefined;
  /** Behind a start, until the own ledger has been read and compared with the log. */
  readonly uncompared: boolean;
  /** Found by the shell and not logged yet. */
  readonly dispute: Dispute | undefined;
  /** Somebody wants the transfer aborted: its client or its operator. Honoured until COMMIT only. */
  readonly abortWish: Refusal | undefined;
  /** By the shell's clock; the register goes by the log chain's and has the last word. */
  readonly deadlinePassed: boolean;
}

/** Two accounts of one log that exclude each other (RECOVER-DISPUTE). */
export interface Dispute {
  readonly reason: "FORK" | "MISSING" | "BAD_SIGNATURE" | "BAD_CHAIN" | "STALE_EPOCH";
  /** Log and index where the two part. */
  readonly gatewayId: Hash;
  readonly index: number;
  readonly ownEntryHash: Hash;
  readonly peerEntryHash: Hash;
}

/**
 * What this side is bound to. With the register in the log it is what the register finally holds. With private logs the
 * destination's escrow is the register (model 4.3): there a side binds itself by its own entry, the destination to COMMIT
 * before it assigns, either to ABORT before it compensates, the origin to COMMIT once it has read ASSIGNED.
 */
export function decisionOf({
  role,
  facts,
  own,
  decision,
}: Pick<SessionState, "role" | "facts" | "own" | "decision">): Decision {
  if (facts.register === "log") return decision;
  if (own.marks.has("init-rollback")) return "ABORT";
  return own.marks.has(role === "origin" ? "done-commit-final" : "exec-commit-final") ? "COMMIT" : "NONE";
}

/** What a session ended as, once its own log is closed (R5: named by what was done, not by the register alone). */
export function outcomeOf(state: Pick<SessionState, "role" | "facts" | "own" | "decision">): Outcome {
  if (decisionOf(state) !== "COMMIT") return "ABORTED";
  return state.own.marks.has("done-rollback") ? "REVERSED" : "COMMITTED";
}

export const DEADLINE_PASSED: Refusal = {
  code: "TOO_LATE",
  reason: "the deadline passed before the transfer was decided",
};

export const PEER_GONE: Refusal = {
  code: "PEER_UNREACHABLE",
  reason: "the peer has crashed definitely: it was away for longer than the maximal timeout",
};

export type ProtocolEvent =
  /** The log's next entry, verified and durable. */
  | { readonly type: "appended"; readonly log: "own" | "peer"; readonly entry: LogEntry }
  | { readonly type: "decided"; readonly decision: Exclude<Decision, "NONE"> }
  | { readonly type: "ledger-read"; readonly side: "own" | "peer"; readonly reading: LedgerReading }
  | { readonly type: "ledger-unreachable"; readonly side: "own" | "peer" }
  | { readonly type: "ledger-refused"; readonly action: LedgerAction; readonly refusal: Refusal }
  | { readonly type: "judged"; readonly index: number; readonly verdict: Verdict }
  | { readonly type: "backup-judged"; readonly index: number; readonly verdict: Verdict }
  | { readonly type: "sent"; readonly entryHash: Hash }
  | { readonly type: "abort-wished"; readonly refusal: Refusal }
  | { readonly type: "deadline-passed" }
  /** Nothing came for as long as the retry timeout: messages are sent again, ledgers read again. */
  | { readonly type: "waited" }
  | { readonly type: "log-closed"; readonly log: "own" | "peer" }
  /** This process writes in another epoch than the log's last entry. Told before `restarted`. */
  | { readonly type: "identified"; readonly identity: Identity }
  /** This process has started with a log that is not empty. Told once, behind the folding. */
  | { readonly type: "restarted" }
  /** An operator asks for a recovery: also the way out of a dispute. */
  | { readonly type: "recovery-wished" }
  | { readonly type: "peer-contact"; readonly contact: PeerState }
  | { readonly type: "peer-broken" }
  | { readonly type: "disputed"; readonly dispute: Dispute };

/** An entry to be made; index, Lamport number, epoch, time, hashes and signature are the shell's to fill in. */
export interface EntryDraft {
  readonly step: StepName;
  readonly operation: Operation;
  readonly command: Command;
  readonly vote: Vote;
  readonly causedBy: Hash;
  readonly payload: Json;
}

export type Outcome = "COMMITTED" | "ABORTED" | "REVERSED";

/** What the shell must do, in order. None but `append` may be done before every entry so far is durable. */
export type Effect =
  | { readonly type: "append"; readonly drafts: readonly EntryDraft[] }
  /** Entry `index` of the own log. */
  | { readonly type: "send"; readonly entryHash: Hash; readonly index: number }
  | { readonly type: "act"; readonly action: LedgerAction }
  | { readonly type: "read-ledger"; readonly side: "own" | "peer" }
  /** Judge the peer's proposal, lock assertion or backup, entry `index` of its log. */
  | { readonly type: "judge"; readonly what: "proposal" | "lock" | "backup"; readonly index: number }
  | { readonly type: "decide"; readonly decision: Exclude<Decision, "NONE">; readonly ground: Exclude<Ground, "NONE"> }
  | { readonly type: "close-log" }
  | { readonly type: "wait"; readonly waitingFor: WaitingFor }
  | { readonly type: "finish"; readonly outcome: Outcome };

export type WaitingFor = "peer" | "decision" | "ledger" | "peer-ledger" | "operator";

export function initialState(role: Role, facts: SessionFacts, sessionHash: Hash): SessionState {
  if (facts.destination === null)
    throw new GatelogError("INVALID_SESSION", "a session of one gateway alone has no transfer to run", {
      sessionId: facts.sessionId,
    });
  return {
    role,
    facts,
    sessionHash,
    own: emptyLog(ZERO_HASH),
    peer: emptyLog(ZERO_HASH),
    terms: null,
    seqNumber: 0,
    decision: "NONE",
    ownLedger: undefined,
    peerLedger: undefined,
    ledgerRefusal: undefined,
    verdict: undefined,
    backupVerdict: undefined,
    sent: [],
    overdue: false,
    contact: undefined,
    peerBroken: false,
    recovery: undefined,
    identity: undefined,
    uncompared: false,
    dispute: undefined,
    abortWish: undefined,
    deadlinePassed: false,
  };
}
