import { id, zeroPadValue, toBeHex } from "ethers";
import {
  type BlockRange,
  type Effect,
  type EffectName,
  type EffectPart,
  type EscrowState,
  type LedgerReader,
  type Move,
  type TokenMode,
  type TokenWord,
} from "../../src/audit/reading/ledger-reader.ts";
import type { TransferView } from "../../src/audit/ledgers/transfer-view.ts";
import { toHex, ZERO_ADDRESS, type Address, type Hash, type Hex } from "../../src/entry/hex.ts";

const STATE_AFTER: Readonly<Record<Exclude<EffectName, "Claimed">, EscrowState>> = {
  Locked: "LOCKED",
  Unlocked: "UNLOCKED",
  Refused: "REFUSED",
  Burned: "BURNED",
  Recreated: "RECREATED",
  Minted: "MINTED",
  Assigned: "ASSIGNED",
  Cancelled: "CANCELLED",
};

export interface Deed {
  /** In place of what the terms ask for. */
  readonly value?: bigint;
  readonly party?: Address;
  readonly delivered?: boolean;
  /** What the token says, in place of what an honest one would. */
  readonly moves?: readonly Pick<Move, "from" | "to" | "value">[];
  /** In the transaction before. */
  readonly together?: boolean;
  /** In this block and not in the next. Blocks do not descend. */
  readonly at?: number;
}

/** A ledger that says what it is told to: an escrow and its tokens, honest unless a test makes them lie. One transaction in a block unless told otherwise. */
export class ScriptedLedger implements LedgerReader {
  readonly name: string;
  readonly escrow: Address;
  readonly done: Effect[] = [];
  readonly moved: Move[] = [];
  readonly modes = new Map<Address, TokenMode>();
  readonly inputs = new Map<Hash, Hex>();
  /** States, counts and balances in place of what follows from the script. */
  readonly states = new Map<Hash, EscrowState>();
  readonly words = new Map<Address, Partial<TokenWord>>();
  readonly reads: string[] = [];
  clock = 1_000;
  clockAt: (block: number) => number = () => this.clock;
  /** Blocks behind the newest that are not final. */
  depth = 0;
  /** Blocks in a part. */
  partBlocks = 3;
  #block = 0;
  #transactions = 0;
  readonly #chainId: number;

  constructor(name: string, chainId: number, escrow: Address) {
    this.name = name;
    this.#chainId = chainId;
    this.escrow = escrow;
  }

  /** The escrow does something for a transfer, and the token moves accordingly. */
  act(name: EffectName, { terms, termsHash }: Pick<TransferView, "terms" | "termsHash">, deed: Deed = {}): Effect {
    if (deed.together !== true) this.nextBlock(deed.at);
    const isDestination = terms.destination.escrow === this.escrow && terms.destination.chainId === this.#chainId;
    const { token } = terms[isDestination ? "destination" : "origin"];
    const owner = isDestination ? terms.beneficiary : terms.originator;
    const isHandedOut = name === "Unlocked" || name === "Recreated" || name === "Assigned";
    const delivered = isHandedOut ? (deed.delivered ?? true) : null;
    const names = name !== "Refused" && name !== "Cancelled";
    const was = this.done.findLast((effect) => effect.termsHash === termsHash)?.name;
    const effect: Effect = {
      name,
      termsHash,
      sessionId: terms.sessionId,
      ...this.#place(),
      token: names ? token : null,
      value: names ? (deed.value ?? BigInt(terms.value)) : null,
      party: name === "Locked" || name === "Claimed" || isHandedOut ? (deed.party ?? owner) : null,
      delivered,
    };
    this.done.push(effect);
    const honest = this.#movesOf(effect, was, token, owner).map((way) => ({ ...way, value: BigInt(terms.value) }));
    for (const move of deed.moves ?? honest) this.move(token, terms.standard, move);
    return effect;
  }

  /** In the transaction of the last effect. */
  move(token: Address, standard: Move["standard"], move: Pick<Move, "from" | "to" | "value">): void {
    this.moved.push({ ...this.#place(), token, standard, ...move });
  }

  nextBlock(block = this.#block + 1): void {
    this.#block = block;
    this.#transactions += 1;
  }

  #place() {
    const logIndex = this.done.length + this.moved.length;
    return { block: this.#block, logIndex, transactionHash: transactionIn(this.#transactions) };
  }

  #movesOf({ name, delivered, party }: Effect, was: EffectName | undefined, token: Address, owner: Address) {
    const isVault = this.modes.get(token) === "VAULT";
    const [create, destroy] = [
      { from: ZERO_ADDRESS, to: this.escrow },
      { from: this.escrow, to: ZERO_ADDRESS },
    ];
    const handOut = delivered === true ? [{ from: this.escrow, to: owner }] : [];
    if (name === "Locked") return [{ from: owner, to: this.escrow }];
    if (name === "Burned" || (name === "Cancelled" && was === "Minted")) return isVault ? [] : [destroy];
    if (name === "Minted") return isVault ? [] : [create];
    if (name === "Recreated") return [...(isVault ? [] : [create]), ...handOut];
    return name === "Claimed" ? [{ from: this.escrow, to: party ?? owner }] : handOut;
  }

  chainId(): Promise<number> {
    return Promise.resolve(this.#chainId);
  }

  finalBlock(): Promise<number> {
    return Promise.resolve(Math.max(0, this.#block - this.depth));
  }

  newestBlock(): Promise<number> {
    return Promise.resolve(this.#block);
  }

  async *effects({ fromBlock, toBlock }: BlockRange): AsyncGenerator<EffectPart> {
    for (let from = fromBlock; from <= toBlock; from += this.partBlocks) {
      const upTo = Math.min(toBlock, from + this.partBlocks - 1);
      this.reads.push(`effects ${from} ${upTo}`);
      await Promise.resolve();
      yield { effects: this.done.filter(({ block }) => block >= from && block <= upTo), upTo };
    }
  }

  moves(tokens: readonly Address[], { fromBlock, toBlock }: BlockRange): Promise<Move[]> {
    this.reads.push(`moves ${fromBlock} ${toBlock}`);
    const isAsked = ({ token, from, to, block }: Move) =>
      tokens.includes(token) && [from, to].includes(this.escrow) && block >= fromBlock && block <= toBlock;
    return Promise.resolve(this.moved.filter(isAsked));
  }

  stateOf(termsHash: Hash, upTo: number): Promise<EscrowState> {
    const last = this.done.findLast(
      (effect) => effect.termsHash === termsHash && effect.name !== "Claimed" && effect.block <= upTo,
    );
    const known = last === undefined || last.name === "Claimed" ? "NONE" : STATE_AFTER[last.name];
    return Promise.resolve(this.states.get(termsHash) ?? known);
  }

  tokenAt(token: Address, upTo: number): Promise<TokenWord> {
    const mode = this.modes.get(token) ?? "MINT";
    const own = this.moved.filter((move) => move.token === token && move.block <= upTo);
    const standard = own[0]?.standard ?? "erc20";
    const quantity = (move: Move) => (move.standard === "erc721" ? 1n : move.value);
    let balance = 0n;
    for (const move of own) {
      if (move.to === this.escrow) balance += quantity(move);
      if (move.from === this.escrow) balance -= quantity(move);
    }
    let extinguished = 0n;
    for (const { name, value, block, token: named } of mode === "VAULT" ? this.done : [])
      if (named === token && block <= upTo) {
        const amount = standard === "erc721" ? 1n : (value ?? 0n);
        extinguished += name === "Burned" ? amount : name === "Minted" || name === "Recreated" ? -amount : 0n;
      }
    return Promise.resolve({ standard, mode, extinguished, balance, ...this.words.get(token) });
  }

  inputOf(transactionHash: Hash): Promise<Hex | null> {
    return Promise.resolve(this.inputs.get(transactionHash) ?? null);
  }

  timestampOf(block: number): Promise<number> {
    return Promise.resolve(this.clockAt(block));
  }
}

function transactionIn(number: number): Hash {
  return toHex(id(`transaction ${number}`));
}

/** An account of the test, by a small number. */
export function account(number: number): Address {
  return toHex(zeroPadValue(toBeHex(number), 20));
}
