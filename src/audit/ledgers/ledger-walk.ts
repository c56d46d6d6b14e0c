import { isGatelogError } from "../../entry/errors.ts";
import type { Address, Hash } from "../../entry/hex.ts";
import { holdingAfter, isPermitted, UNTOUCHED, waysOf, type Holding } from "./escrow-effects.ts";
import type { FindingCode } from "../findings.ts";
import type { ForeignEffects } from "./foreign-effects.ts";
import type { Effect, EffectName, LedgerReader, Move, Place } from "../reading/ledger-reader.ts";
import { settle, type Expected } from "./movements.ts";
import type { Role } from "../checks/opening.ts";
import { TokenBook, type Shortage } from "./token-book.ts";
import type { TransferView } from "./transfer-view.ts";
import type { Unread } from "../verification.ts";

/** Effects that are kept of one side of a transfer: a sound one has four at most. */
const MAX_EFFECTS = 8;

/** An effect, as far as later checks need it. */
export interface KeptEffect extends Place {
  readonly name: EffectName;
  /** How much of the amount went the whole way, by the token's word; of an id 1 or 0. Less than asked is a fault of its own. */
  moved: bigint;
}

/** Something wrong with an effect, kept until the transfer's turn comes: findings stand in the order of sessions. */
export interface Fault {
  readonly code: FindingCode;
  readonly name: EffectName;
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** What one ledger shows of its side of a transfer. */
export interface ShownSide {
  holding: Holding;
  readonly effects: KeptEffect[];
  readonly faults: Fault[];
}

export interface ShownTransfer {
  readonly transfer: TransferView;
  readonly origin: ShownSide;
  readonly destination: ShownSide;
}

/** A ledger as it is read behind the log. */
export interface Ledger {
  readonly reader: LedgerReader;
  readonly chainId: number;
  /** Final block before the log was read: what happened up to it must have its entry in the log. */
  readonly mark: number;
  /** Final block after the log was read: what the log says is done must have happened by then. */
  readonly block: number;
}

/** What is not about one transfer. */
export interface Walked {
  readonly book: TokenBook;
  readonly shortages: readonly (Shortage & { readonly block: number })[];
  /** Moves out of the escrow that belong to no effect; so many are kept. */
  readonly strays: readonly Move[];
  readonly strayCount: number;
  readonly unread: readonly Unread[];
}

const MAX_STRAYS = 100;
/** Tokens that cannot be asked and are passed over; with more the ledger itself counts as unread. */
const MAX_UNREADABLE = 100;

/** What an effect should have moved, and whose it is. */
interface Due extends Expected {
  readonly effect: Effect;
  readonly side: ShownSide | undefined;
  readonly kept: KeptEffect | undefined;
}

/** Effects and moves of one transaction. */
interface Transaction {
  readonly effects: Effect[];
  readonly moves: Move[];
}

/**
 * Goes once through all that an escrow did, up to the final block: holds each effect against the terms of its transfer, the escrow's
 * own state machine, and what the tokens say moved in the same transaction; and the escrow's stock of each token against what it owes, after
 * each transaction. Keeps a few words of each transfer, and of foreign terms while their asset is in the escrow.
 */
export class LedgerWalk {
  readonly #ledger: Ledger;
  readonly #transfers: ReadonlyMap<Hash, ShownTransfer>;
  readonly #foreign: ForeignEffects;
  readonly #book: TokenBook;
  readonly #shortages: (Shortage & { readonly block: number })[] = [];
  readonly #strays: Move[] = [];
  readonly #unread: Unread[] = [];
  /** Tokens that cannot be asked; told once. */
  readonly #unreadable = new Set<Address>();
  #strayCount = 0;

  constructor(ledger: Ledger, transfers: ReadonlyMap<Hash, ShownTransfer>, foreign: ForeignEffects) {
    this.#ledger = ledger;
    this.#transfers = transfers;
    this.#foreign = foreign;
    this.#book = new TokenBook(ledger.reader.escrow);
  }

  async run(): Promise<Walked> {
    const { reader, block } = this.#ledger;
    for (const { transfer } of this.#transfers.values())
      for (const side of [transfer.terms.origin, transfer.terms.destination])
        if (this.#isHere(side)) await this.#lookAfter(side.token);
    let fromBlock = 0;
    for await (const { effects, upTo } of reader.effects({ fromBlock, toBlock: block })) {
      for (const { token } of effects) if (token !== null) await this.#lookAfter(token);
      const { tokens } = this.#book;
      const moves = tokens.length === 0 ? [] : await reader.moves(tokens, { fromBlock, toBlock: upTo });
      for (const transaction of byTransaction(effects, moves)) this.#take(transaction);
      await this.#foreign.judge();
      fromBlock = upTo + 1;
    }
    for (const shortage of this.#book.finalShortages()) this.#shortages.push({ ...shortage, block });
    const [book, shortages, strays, unread] = [this.#book, this.#shortages, this.#strays, this.#unread];
    return { book, shortages, strays, strayCount: this.#strayCount, unread };
  }

  #isHere({ chainId, escrow }: { readonly chainId: number; readonly escrow: Address }): boolean {
    return chainId === this.#ledger.chainId && escrow === this.#ledger.reader.escrow;
  }

  async #lookAfter(token: Address): Promise<void> {
    const { reader, block } = this.#ledger;
    if (this.#book.has(token) || this.#unreadable.has(token)) return;
    try {
      this.#book.open(token, await reader.tokenAt(token, block));
    } catch (error) {
      if (!isGatelogError(error) || error.code === "TOO_LARGE" || this.#unreadable.size >= MAX_UNREADABLE) throw error;
      this.#unreadable.add(token);
      this.#unread.push({ what: `token ${token} on ${reader.name}`, code: error.code, message: error.message });
    }
  }

  #take({ effects, moves }: Transaction): void {
    const dues: Due[] = [];
    for (const effect of effects) {
      const role = this.#roleOf(effect);
      if (role === undefined) dues.push(...this.#takeForeign(effect));
      else dues.push(...this.#takeOwn(effect, role));
    }
    const { misses, left } = settle(dues, moves);
    for (const { expected: due, found, moved } of misses) {
      if (due.side === undefined || due.kept === undefined) continue;
      const { effect, token, value, standard } = due;
      due.kept.moved = moved;
      const expected = `${standard === "erc721" ? `id ${value}` : String(value)} of ${token} from ${due.from} to ${due.to}`;
      due.side.faults.push({ code: "WRONG_EFFECT", name: effect.name, what: "what moved with", expected, found });
    }
    for (const move of moves) this.#book.move(move);
    for (const move of left) this.#noteStray(move);
    const block = effects[0]?.block ?? moves[0]?.block ?? 0;
    const touched = new Set([...dues.map(({ token }) => token), ...moves.map(({ token }) => token)]);
    for (const shortage of this.#book.shortages(touched)) this.#shortages.push({ ...shortage, block });
  }

  #roleOf({ termsHash }: Effect): Role | undefined {
    const terms = this.#transfers.get(termsHash)?.transfer.terms;
    if (terms === undefined) return undefined;
    if (this.#isHere(terms.origin)) return "origin";
    return this.#isHere(terms.destination) ? "destination" : undefined;
  }

  #takeOwn(effect: Effect, role: Role): Due[] {
    const shown = this.#transfers.get(effect.termsHash);
    if (shown === undefined) return [];
    const { terms } = shown.transfer;
    const { name, block, logIndex } = effect;
    const [side, value] = [shown[role], BigInt(terms.value)];
    const { token } = terms[role];
    const quantity = terms.standard === "erc721" ? 1n : value;
    const before = side.holding;
    side.holding = holdingAfter(before, effect);
    this.#book.enter(token, name, quantity, before, side.holding);
    if (side.effects.length >= MAX_EFFECTS) return [];
    const kept = { name, block, logIndex, moved: quantity };
    side.effects.push(kept);
    if (!isPermitted(before, effect))
      side.faults.push({
        code: "EFFECT_OUT_OF_ORDER",
        name,
        what: "state before",
        expected: "one that permits it",
        found: before.state,
      });
    const owner = role === "destination" ? terms.beneficiary : terms.originator;
    checkWords(effect, side, { ...terms, token, value, owner });
    if (this.#unreadable.has(token)) return [];
    const parties = { escrow: this.#ledger.reader.escrow, owner: name === "Claimed" ? (effect.party ?? owner) : owner };
    const ways = waysOf(effect, before.state, this.#book.modeOf(token), parties);
    return ways.map((way) => ({ ...way, token, value, standard: terms.standard, effect, side, kept }));
  }

  /** Effects under terms that the log does not have: their moves are theirs, and nothing else is held against them here. */
  #takeForeign(effect: Effect): Due[] {
    const { before, after, token, value } = this.#foreign.take(effect, this.#ledger.mark);
    if (token === null || value === null || this.#unreadable.has(token)) return [];
    const standard = this.#book.standardOf(token);
    this.#book.enter(token, effect.name, standard === "erc721" ? 1n : value, before, after);
    const { escrow } = this.#ledger.reader;
    const ways = waysOf(effect, before.state, this.#book.modeOf(token), { escrow, owner: effect.party ?? escrow });
    return ways.map((way) => ({ ...way, token, value, standard, effect, side: undefined, kept: undefined }));
  }

  /** Anybody may send the escrow something, and anybody may have nothing sent from anywhere. */
  #noteStray(move: Move): void {
    const { escrow } = this.#ledger.reader;
    if (move.from !== escrow || move.to === escrow || (move.standard === "erc20" && move.value === 0n)) return;
    this.#strayCount += 1;
    if (this.#strays.length < MAX_STRAYS) this.#strays.push(move);
  }
}

export function untouchedSide(): ShownSide {
  return { holding: UNTOUCHED, effects: [], faults: [] };
}

/** What the escrow's event says, against the terms. */
function checkWords(
  { name, sessionId, token, value, party }: Effect,
  { faults }: ShownSide,
  terms: { readonly sessionId: string; readonly token: Address; readonly value: bigint; readonly owner: Address },
): void {
  const pairs = [
    ["session of", terms.sessionId, sessionId],
    ["token of", terms.token, token],
    ["value of", terms.value, value],
    // Whom the owner of a booked asset names is the owner's affair.
    ["owner of", terms.owner, name === "Claimed" ? null : party],
  ] as const;
  for (const [what, expected, found] of pairs)
    if (found !== null && found !== expected)
      faults.push({ code: "WRONG_EFFECT", name, what, expected: String(expected), found: String(found) });
}

/** In the order in which the transactions stand in the chain. */
function byTransaction(effects: readonly Effect[], moves: readonly Move[]): Iterable<Transaction> {
  const all = [...effects.map((effect) => ({ effect, at: effect })), ...moves.map((move) => ({ move, at: move }))];
  all.sort((a, b) => a.at.block - b.at.block || a.at.logIndex - b.at.logIndex);
  const transactions = new Map<Hash, Transaction>();
  for (const one of all) {
    const transaction = transactions.get(one.at.transactionHash) ?? { effects: [], moves: [] };
    transactions.set(one.at.transactionHash, transaction);
    if ("effect" in one) transaction.effects.push(one.effect);
    else transaction.moves.push(one.move);
  }
  return transactions.values();
}
