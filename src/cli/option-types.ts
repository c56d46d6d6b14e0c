import { InvalidArgumentError, Option } from "commander";
import type { Finality } from "../chain/chain.ts";
import { addressSchema, type Address } from "../entry/hex.ts";

// What options and arguments are parsed with: text that means nothing is refused before anything is done.

export function integer(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(value) || value < minimum || value > maximum)
      throw new InvalidArgumentError(`a whole number from ${minimum} to ${maximum} is expected, not ${text}`);
    return value;
  };
}

export function address(text: string): Address {
  const parsed = addressSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`${parsed.error.issues[0]?.message ?? "an address"} is expected, not ${text}`);
}

/** For options that may be given several times. */
export function addresses(text: string, previous: readonly Address[] = []): Address[] {
  return [...previous, address(text)];
}

/** An http or https URL, as it was given. */
export function httpUrl(text: string): string {
  const { protocol } = URL.parse(text) ?? { protocol: "" };
  if (protocol !== "http:" && protocol !== "https:")
    throw new InvalidArgumentError(`an http or https URL is expected, not ${text}`);
  return text;
}

/** For options that may be given several times. */
export function httpUrls(text: string, previous: readonly string[] = []): string[] {
  return [...previous, httpUrl(text)];
}

/** For options that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

export interface NamedLedger {
  readonly name: string;
  readonly url: string;
  readonly escrow: Address;
}

export function namedLedgers(text: string, previous: readonly NamedLedger[] = []): NamedLedger[] {
  const [, name = "", url = "", escrow = ""] = /^([^=]+)=(.+),(0x[0-9a-fA-F]{40})$/.exec(text) ?? [];
  if (name === "") throw new InvalidArgumentError(`NAME=URL,ESCROW is expected, not ${text}`);
  return [...previous, { name, url: httpUrl(url), escrow: address(escrow) }];
}

/** Blocks; nobody waits for more. */
const MAX_DEPTH = 1_000_000;

export function finality(text: string): Finality {
  return text === "instant" || text === "finalized" ? text : { depth: integer(1, MAX_DEPTH)(text) };
}

/** `HOW`, or `NAME=HOW` for one chain alone; under "" what goes for all others. May be given several times. */
export function finalities(text: string, previous: ReadonlyMap<string, Finality> = new Map()): Map<string, Finality> {
  const [, name = "", how = text] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  return new Map(previous).set(name, finality(how));
}

const DEFAULT_API_URL = "http://127.0.0.1:8548";
const DEFAULT_GATEWAY_URL = "http://127.0.0.1:8549";
/** Variables that stand for options of commands; they are no members of a configuration. */
export const OPTION_VARIABLES = ["GATELOG_API", "GATELOG_GATEWAY"] as const;
const [API_VARIABLE, GATEWAY_VARIABLE] = OPTION_VARIABLES;

export function apiOption(): Option {
  const option = new Option("--api <url>", "log storage API (a gateway's own will do)").argParser(httpUrl);
  return option.default(DEFAULT_API_URL).env(API_VARIABLE);
}

export function gatewayOption(): Option {
  const option = new Option("--gateway <url>", "client API of the gateway").argParser(httpUrl);
  return option.default(DEFAULT_GATEWAY_URL).env(GATEWAY_VARIABLE);
}
