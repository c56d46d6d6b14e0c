import { toUtf8String, type EventFragment, type ParamType } from "ethers";
import type { Hex } from "../../entry/hex.ts";

/** Value of an event's argument: a number as bigint, a truth value and text as they are, all else as lower-case hex; or a list. */
export type AbiValue = string | bigint | boolean | readonly string[];

/** Digits of one 32-byte word. */
const WORD = 64;

/**
 * Reads an event's topics and data as Solidity writes them, and in no other way: undefined on padding that is not zero, tails
 * that do not follow each other, missing or trailing bytes, text that is no UTF-8. A usual decoder skips padding and follows any
 * offset, so that bytes which nothing checks could be changed unseen.
 */
export function decodeStrictly(
  fragment: EventFragment,
  topics: readonly Hex[],
  data: Hex,
): Map<string, AbiValue> | undefined {
  const values = new Map<string, AbiValue>();
  const inData = fragment.inputs.filter((input) => input.indexed !== true);
  const inTopics = fragment.inputs.filter((input) => input.indexed === true);
  if (topics.length !== inTopics.length + 1) return undefined;
  for (const [place, input] of inTopics.entries()) {
    const value = staticValue(input, topics[place + 1]?.slice(2) ?? "");
    if (value === undefined) return undefined;
    values.set(input.name, value);
  }

  const digits = data.slice(2);
  let tail = inData.length * WORD;
  for (const [place, input] of inData.entries()) {
    const head = digits.slice(place * WORD, (place + 1) * WORD);
    if (!isDynamic(input)) {
      const value = staticValue(input, head);
      if (value === undefined) return undefined;
      values.set(input.name, value);
      continue;
    }
    const size = sizeAt(digits, head, tail, input);
    if (size === undefined) return undefined;
    const start = tail + WORD;
    const content = digits.slice(start, start + size * 2);
    tail = start + Math.ceil((size * 2) / WORD) * WORD;
    const value = dynamicValue(input, content, digits.slice(start + size * 2, tail));
    if (digits.length < tail || value === undefined) return undefined;
    values.set(input.name, value);
  }
  return digits.length === tail ? values : undefined;
}

function isDynamic({ type }: ParamType): boolean {
  return type === "bytes" || type === "string" || type === ADDRESSES;
}

/** The one kind of list that the auditor's events have. */
const ADDRESSES = "address[]";

/** Bytes of the dynamic value at `tail`, where the offset in its head must lead. */
function sizeAt(digits: string, head: string, tail: number, { type }: ParamType): number | undefined {
  const size = digits.slice(tail, tail + WORD);
  if (head.length < WORD || size.length < WORD || BigInt(`0x${head}`) * 2n !== BigInt(tail)) return undefined;
  const bytes = BigInt(`0x${size}`) * (type === ADDRESSES ? BigInt(WORD / 2) : 1n);
  return bytes * 2n > BigInt(digits.length) ? undefined : Number(bytes);
}

function dynamicValue({ type }: ParamType, content: string, padding: string): AbiValue | undefined {
  if (!isZero(padding)) return undefined;
  if (type === "bytes") return `0x${content}`;
  if (type === ADDRESSES) return addressesIn(content);
  try {
    return toUtf8String(`0x${content}`);
  } catch {
    return undefined; // No text at all: the caller is told that it is not in canonical form.
  }
}

function addressesIn(content: string): readonly string[] | undefined {
  const addresses: string[] = [];
  for (let at = 0; at < content.length; at += WORD) {
    const address = addressIn(content.slice(at, at + WORD));
    if (address === undefined) return undefined;
    addresses.push(address);
  }
  return addresses;
}

function addressIn(word: string): string | undefined {
  return word.length === WORD && isZero(word.slice(0, 24)) ? `0x${word.slice(24)}` : undefined;
}

/** A value of one word. Numbers stand to the right, addresses as well, bytes to the left. */
function staticValue({ type }: ParamType, word: string): AbiValue | undefined {
  if (word.length !== WORD) return undefined;
  const [, kind = "", bits = ""] = /^(uint|bytes|address|bool)(\d*)$/.exec(type) ?? [];
  switch (kind) {
    case "uint": {
      const start = WORD - Number(bits) / 4;
      return isZero(word.slice(0, start)) ? BigInt(`0x${word}`) : undefined;
    }
    case "bytes": {
      const end = Number(bits) * 2;
      return isZero(word.slice(end)) ? `0x${word.slice(0, end)}` : undefined;
    }
    case "address":
      return addressIn(word);
    case "bool":
      return /^0{63}[01]$/.test(word) ? word.endsWith("1") : undefined;
    default:
      throw new TypeError(`the auditor's events have no ${type}`);
  }
}

function isZero(digits: string): boolean {
  return /^0*$/.test(digits);
}
