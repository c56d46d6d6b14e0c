import { GatelogError, type ErrorCode } from "../../src/entry/errors.ts";
import { toHex, ZERO_HASH, type Address, type Hash } from "../../src/entry/hex.ts";
import { termsHashOf, type Certificate, type Standard, type Terms } from "../../src/entry/terms.ts";
import type { Clock } from "../../src/gateway/ports.ts";
import type {
  EscrowState,
  Ledger,
  LedgerAction,
  LedgerReceipt,
  LedgerView,
  TokenInfo,
} from "../../src/ledger/ledger.ts";
import { escrowAfter } from "./world-ledger.ts";

/** A transaction that changed something. */
export interface Effect {
  readonly action: LedgerAction;
  readonly termsHash: Hash;
  readonly state: EscrowState;
}

/** One ledger with one escrow, and what can go wrong with it. Blocks are effects; a state is final `finalityMs` later. */
export class MemoryChain {
  readonly networkId: string;
  readonly chainId: number;
  readonly escrow: Address;
  /** What changed states, in order: an action that stood already leaves no second effect. */
  readonly effects: Effect[] = [];
  readonly tokens = new Map<Address, TokenInfo>();
  /** Local token by origin chain and token. */
  readonly mapped = new Map<string, Address>();

  // ---- switches
  /** The node does not answer. */
  unreachable = false;
  /** Another chain answers under the URL. */
  wrongChain = false;
  /** Actions that the escrow or token refuses for good. */
  readonly refuses = new Map<LedgerAction, ErrorCode>();
  /** Actions whose effect lands and whose reply is lost, so many times each. */
  readonly losesReplyOf = new Map<LedgerAction, number>();
  answersAfterMs = 0;
  finalityMs = 0;
  /** How far behind the nodes are of those who only read. */
  readersLagMs = 0;
  /** Asked at each act, before anything happens: the place for oracles. */
  onAct: (action: LedgerAction, terms: Terms) => Promise<void> = () => Promise.resolve();

  /** Told when an action has been mined, before its reply leaves. */
  onMined: (action: LedgerAction) => void = () => undefined;

  readonly #clock: Clock;
  readonly #states = new Map<
    Hash,
    { readonly state: EscrowState; readonly before: EscrowState; readonly at: number }
  >();

  constructor(chainId: number, escrow: Address, clock: Clock) {
    this.networkId = `eip155:${chainId}`;
    this.chainId = chainId;
    this.escrow = escrow;
    this.#clock = clock;
  }

  addToken(token: Address, standard: Standard, details: Partial<TokenInfo> = {}): void {
    const decimals = standard === "erc20" ? 18 : 0;
    this.tokens.set(token, { token, standard, mode: "mint", decimals, tokenUri: "", owner: null, ...details });
  }

  head(termsHash: Hash): EscrowState {
    return this.#states.get(termsHash)?.state ?? "NONE";
  }

  final(termsHash: Hash): EscrowState {
    return this.#stateBehind(termsHash, this.finalityMs);
  }

  /** Head and final state as a node shows them that is `lagMs` behind. */
  shown(termsHash: Hash, lagMs: number): Pick<LedgerView, "state" | "headState"> {
    return {
      state: this.#stateBehind(termsHash, lagMs + this.finalityMs),
      headState: this.#stateBehind(termsHash, lagMs),
    };
  }

  #stateBehind(termsHash: Hash, ms: number): EscrowState {
    const found = this.#states.get(termsHash);
    if (!found) return "NONE";
    return this.#clock.now() >= found.at + ms ? found.state : found.before;
  }

  /** The transaction is mined; LEDGER_CONFLICT if the state excludes it. */
  mine(action: LedgerAction, termsHash: Hash): EscrowState {
    const before = this.head(termsHash);
    const state = escrowAfter(before, action);
    if (!state) throw new GatelogError("LEDGER_CONFLICT", `${action} in ${before}`, { action, state: before });
    if (state !== before) {
      this.#states.set(termsHash, { state, before: this.final(termsHash), at: this.#clock.now() });
      this.effects.push({ action, termsHash, state });
    }
    return state;
  }

  checkReachable(): void {
    const context = { networkId: this.networkId };
    if (this.wrongChain) throw new GatelogError("WRONG_CHAIN", "another chain answers", context);
    if (this.unreachable) throw new GatelogError("NODE_UNREACHABLE", "the node does not answer", context);
  }
}

/** A gateway's view of a chain: `Ledger` as the EVM driver implements it, without a contract. */
export class MemoryLedger implements Ledger {
  readonly networkId: string;
  readonly chainId: number;
  readonly escrow: Address;
  readonly account: Address | null;
  readonly #chain: MemoryChain;
  readonly #clock: Clock;

  constructor(chain: MemoryChain, account: Address | null, clock: Clock) {
    this.networkId = chain.networkId;
    this.chainId = chain.chainId;
    this.escrow = chain.escrow;
    this.account = account;
    this.#chain = chain;
    this.#clock = clock;
  }

  async read(terms: Terms): Promise<LedgerView> {
    await this.#answer();
    const termsHash = termsHashOf(terms);
    return {
      ...this.#chain.shown(termsHash, this.account === null ? this.#chain.readersLagMs : 0),
      blockNumber: this.#chain.effects.length,
      blockHash: ZERO_HASH,
      timestamp: Math.floor(this.#clock.now() / 1_000),
    };
  }

  async act(action: LedgerAction, terms: Terms, certificate?: Certificate): Promise<LedgerReceipt> {
    await this.#chain.onAct(action, terms);
    await this.#answer();
    if (certificate === undefined && !this.#hasRight(action, terms))
      throw new GatelogError("LEDGER_REJECTED", "no key gives the right to the action", { action });
    const refusal = this.#chain.refuses.get(action);
    if (refusal) throw new GatelogError(refusal, `the escrow refuses ${action}`, { action });
    if (action === "recreate" && certificate?.fact !== "DESTINATION_CANCELLED")
      throw new GatelogError("LEDGER_REJECTED", "recreate needs a certificate", { action });
    const termsHash = termsHashOf(terms);
    const state = this.#chain.mine(action, termsHash);
    this.#chain.onMined(action);
    const blockNumber = this.#chain.effects.length;
    const lost = this.#chain.losesReplyOf.get(action) ?? 0;
    if (lost > 0) {
      this.#chain.losesReplyOf.set(action, lost - 1);
      throw new GatelogError("TIMEOUT", "the reply was lost", { action });
    }
    if (this.#chain.finalityMs > 0) await this.#clock.sleep(this.#chain.finalityMs);
    return { action, state, transactionHash: toHex(`0x${blockNumber.toString(16).padStart(64, "0")}`), blockNumber };
  }

  async token(token: Address, tokenId?: bigint): Promise<TokenInfo> {
    await this.#answer();
    const info = this.#chain.tokens.get(token);
    if (!info) throw new GatelogError("UNMAPPED_TOKEN", "the escrow does not hold this token", { token });
    return tokenId === undefined ? { ...info, owner: null } : info;
  }

  async mappedToken(originChainId: number, originToken: Address): Promise<Address> {
    await this.#answer();
    const token = this.#chain.mapped.get(`${originChainId} ${originToken}`);
    if (!token) throw new GatelogError("UNMAPPED_TOKEN", "no token is mapped", { originChainId, originToken });
    return token;
  }

  certify(claim: Omit<Certificate, "signatures">): Promise<Certificate> {
    return Promise.resolve({ ...claim, signatures: ["0x00"] });
  }

  /** Without a certificate: a key's, a clock's, or the owner's. */
  #hasRight(action: LedgerAction, terms: Terms): boolean {
    const { keys } = terms.origin.chainId === this.chainId ? terms.origin : terms.destination;
    if (this.account === null || keys.includes(this.account)) return true;
    const now = Math.floor(this.#clock.now() / 1_000);
    if (action === "cancel") return now >= terms.cancelAfter;
    return action === "unlock" && this.account === terms.originator && now >= terms.lockExpiry;
  }

  async #answer(): Promise<void> {
    this.#chain.checkReachable();
    if (this.#chain.answersAfterMs > 0) await this.#clock.sleep(this.#chain.answersAfterMs);
    this.#chain.checkReachable();
  }
}
