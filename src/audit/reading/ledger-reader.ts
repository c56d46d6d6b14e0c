import type { Address, Hash, Hex, SessionId } from "../../entry/hex.ts";
import type { Standard } from "../../entry/terms.ts";

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

/** How an escrow holds a token, by code. MINT: it mints and burns. VAULT: what is extinguished stays in it. NONE: not at all. */
export const TOKEN_MODES = ["NONE", "MINT", "VAULT"] as const;
export type TokenMode = (typeof TOKEN_MODES)[number];

/**
 * What the auditor asks of a ledger: what one escrow did, and what the tokens themselves say of it. It passes on what it was told,
 * unchecked. Throws like `AuditReader`.
 */
export interface LedgerReader {
  /** As the operator calls it. */
  readonly name: string;
  readonly escrow: Address;
  chainId(): Promise<number>;
  /** Newest block that is final. */
  finalBlock(): Promise<number>;
  /** Newest block, which may be taken back yet. */
  newestBlock(): Promise<number>;
  /** What the escrow did for sessions, in the order of the chain: a part at a time, and of each block all or nothing. */
  effects(range: BlockRange): AsyncIterable<EffectPart>;
  /** What these tokens say went into the escrow or out of it, in the order of the chain. */
  moves(tokens: readonly Address[], range: BlockRange): Promise<readonly Move[]>;
  stateOf(termsHash: Hash, block: number): Promise<EscrowState>;
  /** How the escrow holds a token at the end of this block. */
  tokenAt(token: Address, block: number): Promise<TokenWord>;
  /** What a transaction called with; null if the node has no such transaction. */
  inputOf(transactionHash: Hash): Promise<Hex | null>;
  /** UNIX seconds of the block: the ledger's clock. */
  timestampOf(block: number): Promise<number>;
}

/** Both ends belong to it. */
export interface BlockRange {
  readonly fromBlock: number;
  readonly toBlock: number;
}

/** Some of the effects that were asked for, and how far the blocks are read with them. */
export interface EffectPart {
  readonly effects: readonly Effect[];
  readonly upTo: number;
}

/** Where in the chain an event stands. */
export interface Place {
  readonly block: number;
  /** Place in its block. */
  readonly logIndex: number;
}

/** Something that the escrow says it did. */
export interface Effect extends Place {
  readonly name: EffectName;
  readonly termsHash: Hash;
  readonly sessionId: SessionId;
  readonly transactionHash: Hash;
  readonly token: Address | null;
  readonly value: bigint | null;
  /** Originator, beneficiary or recipient, where the event names one. */
  readonly party: Address | null;
  /** Whether the asset went to the party or waits for it in the escrow; null where nothing is handed out. */
  readonly delivered: boolean | null;
}

export type EffectName =
  "Locked" | "Unlocked" | "Refused" | "Burned" | "Recreated" | "Minted" | "Assigned" | "Claimed" | "Cancelled";

/** A token's own word (`Transfer`) that something left one account for another; the zero account creates and destroys. */
export interface Move extends Place {
  readonly transactionHash: Hash;
  readonly token: Address;
  readonly standard: Standard;
  readonly from: Address;
  readonly to: Address;
  /** Amount, or id. */
  readonly value: bigint;
}

export interface TokenWord {
  /** Null if the escrow does not know the token. */
  readonly standard: Standard | null;
  readonly mode: TokenMode;
  /** By the escrow's count: an amount, or a number of ids. */
  readonly extinguished: bigint;
  /** What the token says the escrow has: an amount, or a number of ids. */
  readonly balance: bigint;
}
