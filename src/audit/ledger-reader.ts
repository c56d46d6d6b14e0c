import type { Address, Hash, SessionId } from "../entry/hex.ts";

/** The states of an escrow, by code. */
export const ESCROW_STATES = [
  "NONE",
  "LOCKED",
  "BURNED",
  "UNLOCKED",
  "RECREATED",
  "REFUSED",
  "MINTED",
  "ASSIGNED",
  "CANCELLED",
] as const;
export type EscrowState = (typeof ESCROW_STATES)[number];

/** What the auditor asks of a ledger: one escrow's events and states. Throws like `AuditReader`. */
export interface LedgerReader {
  /** As the operator calls it. */
  readonly name: string;
  readonly escrow: Address;
  chainId(): Promise<number>;
  /** Newest block that is final. */
  finalBlock(): Promise<number>;
  /** Every event of the escrow about a session, up to the block and in the order of the chain. */
  effects(toBlock: number): Promise<Effect[]>;
  stateOf(termsHash: Hash, block: number): Promise<EscrowState>;
  /** UNIX seconds of the block: the ledger's clock. */
  timestampOf(block: number): Promise<number>;
}

/** Something that the escrow did. */
export interface Effect {
  readonly name: EffectName;
  readonly termsHash: Hash;
  readonly sessionId: SessionId;
  readonly block: number;
  readonly token: Address | null;
  readonly value: bigint | null;
  /** Originator or beneficiary, where the event names one. */
  readonly party: Address | null;
}

export type EffectName =
  "Locked" | "Unlocked" | "Refused" | "Burned" | "Recreated" | "Minted" | "Assigned" | "Cancelled";
