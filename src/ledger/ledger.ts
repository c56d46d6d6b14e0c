import type { Address, Hash } from "../entry/hex.ts";
import type { Certificate, Standard, Terms } from "../entry/terms.ts";

/**
 * What a gateway asks of a DLT: one escrow, a state machine per session terms. Actions are idempotent per (session, action)
 * and the ledger tells the truth: what to do next is read from it, never remembered.
 */
export interface Ledger {
  /** CAIP-2 id of the network. */
  readonly networkId: string;
  readonly chainId: number;
  readonly escrow: Address;
  /** Account that acts and pays here; null for a ledger that this gateway only reads. */
  readonly account: Address | null;

  /**
   * The escrow's state for these terms. Rejects (NODE_UNREACHABLE, TIMEOUT, CHAIN_IDENTITY_CHANGED) when the ledger does not
   * answer: that is never read as "did not happen".
   */
  read(terms: Terms): Promise<LedgerView>;

  /**
   * Sends the action and resolves once its effect is final. Resolves too if the effect stood already.
   * Errors: LEDGER_CONFLICT (the state has moved: read again), LEDGER_REJECTED (the escrow or token refuses it for good: allowance,
   * balance, unmapped token), TIMEOUT and NODE_UNREACHABLE (it may or may not land later: read again).
   */
  act(action: LedgerAction, terms: Terms, certificate?: Certificate): Promise<LedgerReceipt>;

  /** The local token as the escrow holds it; UNMAPPED_TOKEN if it does not. */
  token(token: Address, tokenId?: bigint): Promise<TokenInfo>;

  /** The local token that is mapped to the origin's; UNMAPPED_TOKEN if none. */
  mappedToken(originChainId: number, originToken: Address): Promise<Address>;

  /** Signs a certificate of what a chain finally holds, with the ledger account's key (R3). */
  certify(claim: Omit<Certificate, "signatures">): Promise<Certificate>;
}

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
/** In the order of the contract's enum. */
export type EscrowState = (typeof ESCROW_STATES)[number];

export type LedgerAction = "lock" | "unlock" | "burn" | "recreate" | "mint" | "assign" | "cancel";

export interface LedgerView {
  /** At the chain's configured finality. */
  readonly state: EscrowState;
  /** At the head of the chain; differs from `state` while something is not final yet. */
  readonly headState: EscrowState;
  /** Block of the final reading. */
  readonly blockNumber: number;
  readonly blockHash: Hash;
  /** UNIX seconds of that block: the ledger's clock. */
  readonly timestamp: number;
}

export interface LedgerReceipt {
  readonly action: LedgerAction;
  /** State that the action led to. */
  readonly state: EscrowState;
  /** Null if the effect stood already and another transaction made it. */
  readonly transactionHash: Hash | null;
  readonly blockNumber: number;
}

export interface TokenInfo {
  readonly token: Address;
  readonly standard: Standard;
  readonly mode: "mint" | "vault";
  /** 0 for ERC-721. */
  readonly decimals: number;
  /** Of the given id, or empty. */
  readonly tokenUri: string;
  /** Owner of the given id; null for ERC-20 and for ids that do not exist. */
  readonly owner: Address | null;
}
