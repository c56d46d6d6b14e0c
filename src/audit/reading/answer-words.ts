import { toQuantity } from "ethers";
import { GatelogError } from "../../entry/errors.ts";
import { hexSchema, toHex, type Address, type Hash } from "../../entry/hex.ts";
import { DECISIONS, type Decision } from "../../entry/statements.ts";
import type { JsonRpc } from "./json-rpc.ts";
import type { LogWord, SessionWord } from "./reader.ts";
import { parseAnswer } from "./rpc-calls.ts";

/** Digits of one word. */
const WORD = 64;
/** Digits of the largest number that is exact here, 2^53 - 1: a deadline may be that large. */
const NUMBER = Number.MAX_SAFE_INTEGER.toString(16).length;
const HASH_24 = 48;

/** What a view answers whose values are one word each: read by hand, because each session is asked after four times. */
export class AnswerWords {
  readonly #name: string;
  readonly #address: Address;
  readonly #digits: string;
  #at = 0;

  constructor(name: string, address: Address, digits: string) {
    this.#name = name;
    this.#address = address;
    this.#digits = digits;
  }

  number(): number {
    const word = this.#next();
    const start = WORD - NUMBER;
    if (!/^0*$/.test(word.slice(0, start))) throw this.#unexpected();
    const value = Number.parseInt(word.slice(start), 16);
    if (value > Number.MAX_SAFE_INTEGER) throw this.#unexpected();
    return value;
  }

  truth(): boolean {
    const value = this.number();
    if (value > 1) throw this.#unexpected();
    return value === 1;
  }

  /** The left end of a word, the rest of which is zero. */
  left(digits: number): string {
    const word = this.#next();
    if (!/^0*$/.test(word.slice(digits))) throw this.#unexpected();
    return word.slice(0, digits);
  }

  decision(): Decision {
    const decision = decisionByCode.get(this.number());
    if (decision === undefined) throw this.#unexpected();
    return decision;
  }

  #next(): string {
    const word = this.#digits.slice(this.#at, this.#at + WORD);
    if (word.length < WORD) throw this.#unexpected();
    this.#at += WORD;
    return word;
  }

  #unexpected(): GatelogError {
    return new GatelogError(
      "MALFORMED",
      `the contract at ${this.#address} is another than expected: ${this.#name} gives no such answer`,
      { address: this.#address },
    );
  }
}

const decisionByCode = new Map<number, Decision>(
  // Object.entries forgets that the names are the type's.
  Object.entries(DECISIONS).map(([name, code]) => [code, name as Decision]),
);

/** A view by its name, and the first four bytes of a call to it. */
export interface View {
  readonly name: string;
  readonly selector: string;
}

/** Calls a view at the end of a block, all of whose arguments are words. */
export async function callForWords(
  rpc: JsonRpc,
  address: Address,
  { name, selector }: View,
  args: readonly Hash[],
  block: number,
): Promise<AnswerWords> {
  const call = { to: address, data: `${selector}${args.map((word) => word.slice(2)).join("")}` };
  const answer = parseAnswer(hexSchema, await rpc("eth_call", [call, toQuantity(block)]), name);
  return new AnswerWords(name, address, answer.slice(2));
}

export function logWordIn(words: AnswerWords): LogWord {
  const length = words.number();
  const lastEntryHash = toHex(`0x${words.left(HASH_24)}`);
  return { length, lastEntryHash, lastBlock: words.number(), open: words.truth(), closed: words.truth() };
}

export function sessionWordIn(words: AnswerWords): SessionWord {
  return {
    openBlock: words.number(),
    decidedBlock: words.number(),
    closedBlock: words.number(),
    deadline: words.number(),
    decision: words.decision(),
    votedYes: words.truth(),
    votedNo: words.truth(),
    burned: words.truth(),
    openLogs: words.number(),
  };
}

export function decisionIn(words: AnswerWords): Decision {
  return words.decision();
}
