import type { z } from "zod";
import type { LogEntry } from "../entry/entry.ts";
import type { ErrorCode } from "../entry/errors.ts";
import type { Address, GatewayId, Hash, SessionId } from "../entry/hex.ts";
import type { Logging, SessionFacts } from "../entry/session.ts";
import type { Decision } from "../entry/statements.ts";
import type { Standard } from "../entry/terms.ts";
import type { Situation } from "../protocol/recovery-table.ts";
import type { Outcome, PeerState } from "../protocol/state.ts";
import type { OpeningKind } from "./failover/member-transport.ts";
import type { SessionsFilter } from "../store/session-pages.ts";
import type { transferRequestSchema } from "./request.ts";
import type { LogQuery, PeerRun, RunReceipt } from "./runs.ts";

export { transferRequestSchema } from "./request.ts";
export { introductionSchema, logRunSchema, runToJson } from "./runs.ts";
export { handoverConsentSchema } from "./failover/authority.ts";
export { ballotSchema } from "./failover/member-transport.ts";
export type { NodeService } from "./failover/node.ts";

/** What a gateway offers to its clients and peers; the API is a thin layer over it. */
export interface GatewayService {
  readonly identity: GatewayIdentity;
  /** Starts the transfer, or finds the one that the idempotency key started before. Resolves once the session is durable. */
  transfer(request: z.infer<typeof transferRequestSchema>): Promise<TransferStatus>;
  /** UNKNOWN_SESSION if this gateway is no party to it. */
  status(sessionId: SessionId): Promise<TransferStatus>;
  /** Asks for an abort; TOO_LATE once the transfer is decided. Not a promise: the decision may already be under way. */
  cancel(sessionId: SessionId): Promise<TransferStatus>;
  /** Oldest first, `limit` of them at most. `stuck`: those alone that need somebody to look. */
  sessions(filter: SessionsFilter & { readonly stuck?: boolean; readonly limit?: number }): Promise<TransferStatus[]>;
  /** Takes a halted or disputed session up again: logs, register and ledgers are read anew. UNKNOWN_SESSION. */
  recover(sessionId: SessionId): Promise<TransferStatus>;
  /** Asks for ABORT, so that both sides undo their part; TOO_LATE once it is decided, DISPUTED before a recovery. */
  rollback(sessionId: SessionId): Promise<TransferStatus>;
  /** What would be done next, and why; does nothing. */
  explain(sessionId: SessionId, wish: Wish): Promise<Explanation>;
  overview(): Promise<GatewayOverview>;
  /**
   * A peer says that it has written `entry`. The log is read, not the message, so a forged one does no more than wake.
   * NOT_SERVED_HERE where the session's logs are private.
   */
  onPeerMessage(sessionId: SessionId, entry: LogEntry): Promise<void>;
  /** Private logs: entries of a peer's log. Resolves once they are durable here. NOT_SERVED_HERE where the session's log is shared. */
  onPeerRun(sessionId: SessionId, run: PeerRun): Promise<RunReceipt>;
  /** Private logs: a page of what this gateway has of either log of the session. NOT_SERVED_HERE where the session's log is shared. */
  peerLog(sessionId: SessionId, query: LogQuery): Promise<PeerRun>;
  /** What a peer needs to know to propose a transfer to this gateway. */
  offer(query: OfferQuery): Promise<PeerOffer>;
}

export interface GatewayIdentity {
  readonly gatewayId: GatewayId;
  readonly name: string;
  readonly owner: Address;
  readonly networks: readonly string[];
  /** The logs that a request may choose among, the default first. */
  readonly loggings: readonly Logging[];
}

export interface OfferQuery {
  readonly networkId: string;
  readonly originChainId: number;
  readonly originToken: Address;
}

/** The destination's side of the escrow terms; `token` is the zero address if the origin's token is not mapped. */
export interface PeerOffer {
  /** The log of a session that names none. */
  readonly logging: Logging;
  /** Every log that the peer serves: both sides of a session are logged alike. */
  readonly loggings: readonly Logging[];
  readonly chainId: number;
  readonly escrow: Address;
  readonly token: Address;
  readonly owner: Address;
  readonly keys: readonly Address[];
  readonly standard: Standard | null;
  readonly decimals: number;
}

export interface TransferStatus {
  readonly sessionId: SessionId;
  readonly role: "origin" | "destination";
  /** Furthest step in either log: `2.1`, `3.4`; `0.0` before the first entry. */
  readonly phase: string;
  readonly lastEntry: string | null;
  readonly decision: Decision;
  /** IN_DOUBT while the outcome is open: nobody may conclude anything from it. */
  readonly outcome: Outcome | "IN_DOUBT";
  /** Whom or what the gateway waits for; null when it is at work or done. */
  readonly waitingFor: string | null;
  /** UNIX ms of the session's first entry, as its writer says; 0 before it. */
  readonly openedAt: number;
  /** UNIX ms since when nothing has happened. */
  readonly since: number;
  /** Stable code and sentence of what went wrong last, if it matters for the outcome. */
  readonly reason: { readonly code: ErrorCode; readonly message: string } | null;
  readonly transactions: readonly LedgerTransaction[];
  /** `log`: the register is in the log chain; `destination`: it is the destination's escrow (private logs). */
  readonly register: "log" | "destination";
  /** What the own log makes of the peer's silence. */
  readonly peer: PeerState;
  /** How far the own rollback is; `failed`: its ledger refuses the compensation, which is tried again and again. */
  readonly rollback: "none" | "started" | "failed" | "done";
  /** A RECOVER-DISPUTE stands: neither side acts until an operator asks for a recovery. */
  readonly disputed: boolean;
  /**
   * Why a backup that says it has taken over was refused last: the peer's by this gateway (`own`), or this group's by the peer;
   * null if none was.
   */
  readonly refusedBackup: {
    readonly by: "own" | "peer";
    readonly code: ErrorCode;
    readonly message: string;
  } | null;
  /** What the recovery table says of this session, in a sentence. */
  readonly why: string;
  /** Why somebody should look; null if the session goes its way. */
  readonly stuck: { readonly code: ErrorCode; readonly message: string } | null;
  readonly facts: SessionFacts;
}

export interface LedgerTransaction {
  readonly networkId: string;
  readonly action: string;
  readonly transactionHash: Hash | null;
  readonly blockNumber: number;
}

/** What an operator may ask for. */
export type Wish = "nothing" | "recover" | "rollback";

export interface Explanation {
  readonly sessionId: SessionId;
  readonly wish: Wish;
  readonly situation: Situation;
  /** Row of the recovery table (docs/PROTOCOL.md), what it says and why. */
  readonly row: string;
  readonly outcome: string;
  readonly why: string;
  /** Rows of the drafts' crash table that it answers. */
  readonly crashTableRows: readonly number[];
  /** What would be done now, in order. */
  readonly next: readonly string[];
  readonly deadlinePassed: string | null;
  /** Why the wish would not be granted. */
  readonly refused: string | null;
}

export interface GatewayOverview extends GatewayIdentity {
  /** UNIX ms of the start of this process. */
  readonly startedAt: number;
  readonly openSessions: number;
  /** ROLLBACK_FAILED, disputes and halted sessions: somebody must look. Empty: the gateway is ready. */
  readonly alarms: readonly { readonly sessionId: SessionId; readonly code: ErrorCode; readonly message: string }[];
  /** Every open session, oldest first. */
  readonly sessions: readonly TransferStatus[];
}

/** What happens in a gateway, as it happens; for progress, logs and metrics. */
export type GatewayEvent =
  | {
      readonly type: "entry";
      readonly sessionId: SessionId;
      readonly mark: string;
      readonly step: number;
      readonly index: number;
    }
  | {
      readonly type: "peer-entry";
      readonly sessionId: SessionId;
      readonly mark: string;
      readonly step: number;
      readonly index: number;
    }
  | {
      readonly type: "ledger";
      readonly sessionId: SessionId;
      readonly action: string;
      readonly state: string;
      readonly transactionHash: Hash | null;
    }
  | { readonly type: "decision"; readonly sessionId: SessionId; readonly decision: Decision }
  | { readonly type: "outcome"; readonly sessionId: SessionId; readonly outcome: Outcome }
  | { readonly type: "resumed"; readonly sessionId: SessionId; readonly lastEntry: string | null }
  /** What the own log makes of the peer's silence has changed. */
  | { readonly type: "peer-state"; readonly sessionId: SessionId; readonly state: PeerState }
  /** Somebody must look: a compensation fails, or the two logs exclude each other; of no session, what a member of a group rests on is not what it was. */
  | { readonly type: "alarm"; readonly sessionId: SessionId | null; readonly code: ErrorCode; readonly message: string }
  /** Of a member of a group: the authority's word that it is primary is final. It reads the logs up to there, and goes to work. */
  | { readonly type: "took-over"; readonly sessionId: null; readonly epoch: number; readonly kind: OpeningKind }
  /** Of a member of a group. It is primary now; kind and duration are null where it was primary before this process started. */
  | {
      readonly type: "primary";
      readonly sessionId: null;
      readonly epoch: number;
      readonly kind: OpeningKind | null;
      readonly durationMs: number | null;
      /** Sessions that it went on with as it had them as a standby. */
      readonly folded: number;
    }
  | { readonly type: "standing-by"; readonly sessionId: null; readonly epoch: number; readonly primary: Address }
  /** Another member is primary: this one was, and does nothing any more. */
  | { readonly type: "stood-down"; readonly sessionId: null; readonly epoch: number; readonly primary: Address }
  | {
      readonly type: "suspicion";
      readonly sessionId: null;
      readonly epoch: number;
      readonly primary: Address;
      readonly silentMs: number;
    }
  /** The process that was taken for dead is alive. */
  | { readonly type: "false-suspicion"; readonly sessionId: null; readonly epoch: number; readonly primary: Address }
  /** Without a session: the gateway as a whole, its log cannot be asked for sessions. */
  | {
      readonly type: "trouble";
      readonly sessionId: SessionId | null;
      readonly code: ErrorCode;
      readonly message: string;
    };
