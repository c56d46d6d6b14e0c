import { GatelogError } from "../../entry/errors.ts";
import type { Address } from "../../entry/hex.ts";
import type { Standard } from "../../entry/terms.ts";
import type { EffectName, EscrowState, Move, TokenMode, TokenWord } from "../reading/ledger-reader.ts";
import type { Holding } from "./escrow-effects.ts";

/** Tokens of one escrow that are looked after; an administrator maps each by hand. */
const MAX_TOKENS = 1_000;

/** What an escrow should have of a token, and what the token says it has: amounts, or numbers of ids. */
export interface TokenReport {
  readonly token: Address;
  readonly standard: Standard | null;
  readonly mode: TokenMode;
  /** For transfers under way, or booked to an owner who has not claimed it. Decimal. */
  readonly owed: string;
  /** In the vault for good. Decimal. */
  readonly extinguished: string;
  /** At the final block. Decimal. */
  readonly balance: string;
}

interface Account {
  readonly word: TokenWord;
  owed: bigint;
  extinguished: bigint;
  /** By the token's events from the first block on at which it was looked after. */
  balance: bigint;
  isFaulty: boolean;
}

/** States in which an escrow has the asset and owes it. */
const OWED: ReadonlySet<EscrowState> = new Set(["LOCKED", "MINTED"]);

/** Something that does not add up. */
export interface Shortage {
  readonly token: Address;
  readonly what: string;
  readonly expected: bigint;
  readonly found: bigint;
}

/**
 * What one escrow owes and has of each token, effect by effect. Nothing is said of what others do with a token: whoever else may mint
 * it is its issuer's business, and anyone may send the escrow more than it owes.
 */
export class TokenBook {
  readonly #escrow: Address;
  readonly #accounts = new Map<Address, Account>();

  constructor(escrow: Address) {
    this.#escrow = escrow;
  }

  get tokens(): Address[] {
    return [...this.#accounts.keys()];
  }

  has(token: Address): boolean {
    return this.#accounts.has(token);
  }

  /** Looks after a token from here on; `word` is what there is of it at the final block. TOO_LARGE. */
  open(token: Address, word: TokenWord): void {
    if (this.#accounts.size >= MAX_TOKENS)
      throw new GatelogError("TOO_LARGE", `the escrow ${this.#escrow} names more than ${MAX_TOKENS} tokens`, {
        escrow: this.#escrow,
        limit: MAX_TOKENS,
      });
    this.#accounts.set(token, { word, owed: 0n, extinguished: 0n, balance: 0n, isFaulty: false });
  }

  modeOf(token: Address): TokenMode {
    return this.#accounts.get(token)?.word.mode ?? "NONE";
  }

  standardOf(token: Address): Standard | null {
    return this.#accounts.get(token)?.word.standard ?? null;
  }

  /** An effect has taken a transfer's asset from one holding to another. `quantity`: its amount, or 1 for an id. */
  enter(token: Address, name: EffectName, quantity: bigint, before: Holding, after: Holding): void {
    const account = this.#accounts.get(token);
    if (account === undefined) return;
    account.owed += (owes(after) - owes(before)) * quantity;
    if (account.word.mode === "VAULT") account.extinguished += intoVault(name, before) * quantity;
  }

  move({ token, from, to, standard, value }: Move): void {
    const account = this.#accounts.get(token);
    if (account === undefined || from === to) return;
    const quantity = standard === "erc721" ? 1n : value;
    if (to === this.#escrow) account.balance += quantity;
    if (from === this.#escrow) account.balance -= quantity;
  }

  /** What is short after a transaction with these tokens; told once of each token. */
  *shortages(tokens: Iterable<Address>): Generator<Shortage> {
    for (const token of tokens) {
      const account = this.#accounts.get(token);
      if (account !== undefined && !account.isFaulty) yield* this.#shortage(token, account, account.balance);
    }
  }

  /** What is short at the final block, by the token's and the escrow's own word. */
  *finalShortages(): Generator<Shortage> {
    for (const [token, account] of this.#accounts) {
      if (account.isFaulty) continue;
      const { word, extinguished } = account;
      yield* this.#shortage(token, account, word.balance);
      if (word.extinguished !== extinguished)
        yield { token, what: "extinguished by the escrow's count", expected: extinguished, found: word.extinguished };
    }
  }

  *#shortage(token: Address, account: Account, balance: bigint): Generator<Shortage> {
    const { owed, extinguished } = account;
    const isMadeOfNothing = extinguished < 0n;
    if (!isMadeOfNothing && balance >= owed + extinguished) return;
    account.isFaulty = true;
    if (isMadeOfNothing)
      yield { token, what: "taken out of the vault beyond what is in it", expected: 0n, found: extinguished };
    else yield { token, what: "what the escrow has for what it owes", expected: owed + extinguished, found: balance };
  }

  reports(): TokenReport[] {
    return [...this.#accounts].map(([token, { word, owed, extinguished }]) => ({
      token,
      standard: word.standard,
      mode: word.mode,
      owed: String(owed),
      extinguished: String(extinguished),
      balance: String(word.balance),
    }));
  }
}

function owes({ state, booked }: Holding): bigint {
  return OWED.has(state) || booked ? 1n : 0n;
}

/** What an effect puts into the vault for good, or takes out of it. */
function intoVault(name: EffectName, { state }: Holding): bigint {
  if (name === "Burned" || (name === "Cancelled" && state === "MINTED")) return 1n;
  return name === "Minted" || name === "Recreated" ? -1n : 0n;
}
