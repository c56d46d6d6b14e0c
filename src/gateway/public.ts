import type { z } from "zod";
import type { LogEntry } from "../entry/entry.ts";
import type { ErrorCode } from "../entry/errors.ts";
import type { Address, GatewayId, Hash, SessionId } from "../entry/hex.ts";
import type { SessionFacts } from "../entry/session.ts";
import type { Decision } from "../entry/statements.ts";
import type { Standard } from "../entry/terms.ts";
import type { Outcome } from "../protocol/state.ts";
import type { transferRequestSchema } from "./request.ts";

export { transferRequestSchema } from "./request.ts";

/** What a gateway offers to its clients and peers; the API is a thin layer over it. */
export interface GatewayService {
  readonly identity: GatewayIdentity;
  /** Starts the transfer, or finds the one that the idempotency key started before. Resolves once the session is durable. */
  transfer(request: z.infer<typeof transferRequestSchema>): Promise<TransferStatus>;
  /** UNKNOWN_SESSION if this gateway is no party to it. */
  status(sessionId: SessionId): Promise<TransferStatus>;
  /** Asks for an abort; TOO_LATE once the transfer is decided. Not a promise: the decision may already be under way. */
  cancel(sessionId: SessionId): Promise<TransferStatus>;
  sessions(filter: { readonly open: boolean }): Promise<TransferStatus[]>;
  /** A peer says that it has written `entry`. The log is read, not the message, so a forged one does no more than wake. */
  onPeerMessage(sessionId: SessionId, entry: LogEntry): Promise<void>;
  /** What a peer needs to know to propose a transfer to this gateway. */
  offer(query: OfferQuery): Promise<PeerOffer>;
}

export interface GatewayIdentity {
  readonly gatewayId: GatewayId;
  readonly name: string;
  readonly owner: Address;
  readonly networks: readonly string[];
}

export interface OfferQuery {
  readonly networkId: string;
  readonly originChainId: number;
  readonly originToken: Address;
}

/** The destination's side of the escrow terms; `token` is the zero address if the origin's token is not mapped. */
export interface PeerOffer {
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
  /** UNIX ms since when nothing has happened. */
  readonly since: number;
  /** Stable code and sentence of what went wrong last, if it matters for the outcome. */
  readonly reason: { readonly code: ErrorCode; readonly message: string } | null;
  readonly transactions: readonly LedgerTransaction[];
  readonly facts: SessionFacts;
}

export interface LedgerTransaction {
  readonly networkId: string;
  readonly action: string;
  readonly transactionHash: Hash | null;
  readonly blockNumber: number;
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
  /** Without a session: the gateway as a whole, its log cannot be asked for sessions. */
  | {
      readonly type: "trouble";
      readonly sessionId: SessionId | null;
      readonly code: ErrorCode;
      readonly message: string;
    };
