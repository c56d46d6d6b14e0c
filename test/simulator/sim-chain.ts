import { GatelogError } from "../../src/entry/errors.ts";
import type { Address, Hash } from "../../src/entry/hex.ts";
import { termsHashOf, type Certificate, type Terms } from "../../src/entry/terms.ts";
import type { EscrowState, LedgerAction, TokenInfo } from "../../src/ledger/ledger.ts";
import { escrowAfter } from "../support/world-ledger.ts";
import { ALICE, CHAIN_IDS, COINS, ESCROWS, otherThan, UNMAPPED, type Name } from "./cast.ts";
import type { Faults } from "./faults.ts";
import { START, type SimClock } from "./sim-clock.ts";

const MS_PER_SECOND = 1_000;
export const BLOCK_MS = 1_000;
const FIRST_BLOCK = 1_000;
/** What each owner has of each coin at the start. */
export const ENDOWMENT = 1_000;

/** Who may send transactions: a gateway's account, the originator, or somebody else. */
export type Sender = Address;

export interface Transaction {
  readonly id: number;
  readonly by: Sender;
  readonly action: LedgerAction;
  readonly terms: Terms;
  readonly certificate: Certificate | undefined;
  /** When it will be in a block, if nothing comes between; Infinity if the pool has dropped it. */
  due: number;
  minedAt: number | undefined;
  reverted: GatelogError | undefined;
}

/** One change of one escrow. */
interface Change {
  readonly state: EscrowState;
  readonly at: number;
  readonly transaction: Transaction;
  readonly token: Address;
  readonly moved: { readonly owner: Address; readonly free: number; readonly held: number };
}

export interface ChainWitness {
  mined(chain: SimChain, transaction: Transaction, before: EscrowState, after: EscrowState): void;
}

const hashes = new WeakMap<Terms, Hash>();

/** Terms are never changed, and hashing them takes longer than all the rest of a transaction. */
export function hashOf(terms: Terms): Hash {
  const known = hashes.get(terms);
  if (known !== undefined) return known;
  const hash = termsHashOf(terms);
  hashes.set(terms, hash);
  return hash;
}

/** A ledger with one escrow and one coin: blocks, a pool in which transactions wait, and finality some time behind the head. */
export class SimChain {
  readonly name: Name;
  readonly networkId: string;
  readonly chainId: number;
  readonly escrow: Address;
  readonly tokens = new Map<Address, TokenInfo>();
  readonly mapped: ReadonlyMap<string, Address>;
  /** What is in accounts, and what the escrow holds. */
  free = new Map<Address, number>([[ALICE, ENDOWMENT]]);
  held = 0;
  /** All that changed something, in order. */
  readonly effects: Transaction[] = [];
  readonly finalityMs: number;
  witness: ChainWitness | undefined;
  readonly #clock: SimClock;
  readonly #faults: Faults;
  readonly #changes = new Map<Hash, Change[]>();
  readonly #pool = new Set<Transaction>();
  #sent = 0;

  constructor(name: Name, finalityMs: number, clock: SimClock, faults: Faults) {
    this.name = name;
    this.chainId = CHAIN_IDS[name];
    this.networkId = `eip155:${this.chainId}`;
    this.escrow = ESCROWS[name];
    this.finalityMs = finalityMs;
    this.#clock = clock;
    this.#faults = faults;
    for (const token of [COINS[name], UNMAPPED])
      this.tokens.set(token, { token, standard: "erc20", mode: "mint", decimals: 18, tokenUri: "", owner: null });
    this.mapped = new Map([[`${CHAIN_IDS[otherThan(name)]} ${COINS[otherThan(name)]}`, COINS[name]]]);
  }

  head(termsHash: Hash, moment = this.#clock.now()): EscrowState {
    return this.#changes.get(termsHash)?.findLast(({ at }) => at <= moment)?.state ?? "NONE";
  }

  /** The state that a chain that ends at `moment` calls final. */
  final(termsHash: Hash, moment = this.#clock.now()): EscrowState {
    return this.head(termsHash, moment - this.finalityMs);
  }

  /** All states that the escrow has been in, in order. */
  history(termsHash: Hash): readonly EscrowState[] {
    return (this.#changes.get(termsHash) ?? []).map(({ state }) => state);
  }

  /** Block that holds the moment. */
  blockAt(moment: number): number {
    return FIRST_BLOCK + Math.floor((moment - START) / BLOCK_MS);
  }

  get pending(): number {
    return this.#pool.size;
  }

  /** Puts a transaction into the pool; it is mined after `delayMs`, Infinity if it is dropped. */
  send(request: Pick<Transaction, "by" | "action" | "terms" | "certificate">, delayMs: number): Transaction {
    const due = this.#clock.now() + delayMs;
    const transaction = { ...request, id: this.#sent++, due, minedAt: undefined, reverted: undefined };
    this.#enter(transaction);
    return transaction;
  }

  #enter(transaction: Transaction): void {
    if (transaction.due === Infinity) return;
    this.#pool.add(transaction);
    this.#clock.at(transaction.due, () => this.#mine(transaction));
  }

  /** Everything that is still on its way is mined now. */
  mineAll(): void {
    for (const transaction of [...this.#pool]) this.#mine(transaction);
  }

  /** Why the escrow refuses the action at the head of the chain at `moment`, if it does. */
  refusal(
    transaction: Pick<Transaction, "by" | "action" | "terms" | "certificate">,
    moment: number,
  ): GatelogError | undefined {
    const { by, action, terms, certificate } = transaction;
    const state = this.head(hashOf(terms), moment);
    if (!this.#isPermitted(by, action, terms, certificate))
      return new GatelogError("LEDGER_REJECTED", `${action} is not permitted to ${by}`, { action });
    const after = escrowAfter(state, action);
    if (after === undefined) return new GatelogError("LEDGER_CONFLICT", `${action} in ${state}`, { action, state });
    if (after === state) return undefined;
    if (this.#faults.spell("ledger-refused", `${this.name} ${action}`)) {
      this.#faults.happened("ledger-refused", `${action} on ${this.name}`);
      return new GatelogError("LEDGER_REJECTED", "the token is paused", { action });
    }
    if (action === "lock" && (this.free.get(terms.originator) ?? 0) < Number(terms.value)) {
      this.#faults.happened("ledger-no-balance", `lock on ${this.name}`);
      return new GatelogError("LEDGER_REJECTED", "the owner has less than that", { action });
    }
    return undefined;
  }

  #isPermitted(by: Sender, action: LedgerAction, terms: Terms, certificate: Certificate | undefined): boolean {
    const seconds = Math.floor(this.#clock.now() / MS_PER_SECOND);
    if (action === "recreate") return certificate?.fact === "DESTINATION_CANCELLED";
    const side = terms.origin.chainId === this.chainId ? terms.origin : terms.destination;
    if (side.keys.includes(by)) return true;
    return action === "cancel" ? seconds >= terms.cancelAfter : by === terms.originator && seconds >= terms.lockExpiry;
  }

  #mine(transaction: Transaction): void {
    if (!this.#pool.delete(transaction)) return;
    const { action, terms } = transaction;
    const now = this.#clock.now();
    const termsHash = hashOf(terms);
    const before = this.head(termsHash);
    transaction.minedAt = now;
    transaction.reverted = this.refusal(transaction, now);
    const after = transaction.reverted ? before : (escrowAfter(before, action) ?? before);
    if (after === before && this.history(termsHash).length > 0 && this.#hasCopyBefore(transaction))
      this.#faults.happened("ledger-copy-late", `${action} on ${this.name}`);
    if (after !== before) this.#change(transaction, termsHash, before, after);
    this.witness?.mined(this, transaction, before, after);
  }

  #hasCopyBefore({ action, terms, id }: Transaction): boolean {
    return this.effects.some(
      (other) => other.id !== id && other.action === action && hashOf(other.terms) === hashOf(terms),
    );
  }

  #change(transaction: Transaction, termsHash: Hash, before: EscrowState, after: EscrowState): void {
    const { terms } = transaction;
    const amount = Number(terms.value);
    const moved = movedBy(before, after, amount, terms);
    this.free.set(moved.owner, (this.free.get(moved.owner) ?? 0) + moved.free);
    this.held += moved.held;
    const token = COINS[this.name];
    const change = { state: after, at: this.#clock.now(), transaction, token, moved };
    this.#changes.set(termsHash, [...(this.#changes.get(termsHash) ?? []), change]);
    this.effects.push(transaction);
  }

  /** Takes the last block back, if it is not final. Its transaction is in the pool again, or gone. */
  reorganize(isGone: boolean, delayMs: number): Transaction | undefined {
    const last = this.effects.at(-1);
    if (last?.minedAt === undefined || last.minedAt + this.finalityMs <= this.#clock.now()) return undefined;
    const termsHash = hashOf(last.terms);
    const changes = this.#changes.get(termsHash) ?? [];
    const undone = changes.at(-1);
    if (undone?.transaction !== last) return undefined;
    this.#changes.set(termsHash, changes.slice(0, -1));
    this.effects.pop();
    this.free.set(undone.moved.owner, (this.free.get(undone.moved.owner) ?? 0) - undone.moved.free);
    this.held -= undone.moved.held;
    last.minedAt = undefined;
    last.due = isGone ? Infinity : this.#clock.now() + delayMs;
    this.#enter(last);
    return last;
  }
}

/** What goes to or from an owner's account, and to or from the escrow. */
function movedBy(before: EscrowState, after: EscrowState, amount: number, terms: Terms): Change["moved"] {
  const { originator, beneficiary } = terms;
  switch (after) {
    case "LOCKED":
      return { owner: originator, free: -amount, held: amount };
    case "UNLOCKED":
      return { owner: originator, free: amount, held: -amount };
    case "BURNED":
      return { owner: originator, free: 0, held: -amount };
    case "RECREATED":
      return { owner: originator, free: amount, held: 0 };
    case "MINTED":
      return { owner: beneficiary, free: 0, held: amount };
    case "ASSIGNED":
      return { owner: beneficiary, free: amount, held: -amount };
    case "CANCELLED":
      return { owner: beneficiary, free: 0, held: before === "MINTED" ? -amount : 0 };
    case "NONE":
    case "REFUSED":
      return { owner: originator, free: 0, held: 0 };
  }
}
