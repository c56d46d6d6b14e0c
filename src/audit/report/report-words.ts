import { foreign, html, type Html } from "./html.ts";
import type { Outcome } from "../checks/session-check.ts";
import type { Trusted } from "../trust.ts";
import type { EarlierRun, Verdict } from "../verification.ts";

// What the page says for what the report holds as codes.

export const VERDICTS: Readonly<Record<Verdict, { readonly word: string; readonly mood: string }>> = {
  sound: { word: "Sound", mood: "sound" },
  findings: { word: "Findings", mood: "findings" },
  "could-not-tell": { word: "Could not tell", mood: "unknown" },
};

export const OUTCOMES: Readonly<Record<Outcome, { readonly mood: string; readonly meaning: string }>> = {
  COMMITTED: { mood: "sound", meaning: "the asset moved" },
  REVERSED: { mood: "unknown", meaning: "committed, and undone" },
  ABORTED: { mood: "plain", meaning: "the asset stayed" },
  UNDECIDED: { mood: "unknown", meaning: "no decision yet" },
  NO_REGISTER: { mood: "plain", meaning: "one gateway alone" },
  ELSEWHERE: { mood: "plain", meaning: "decided in a register that was not read" },
  UNKNOWN: { mood: "findings", meaning: "its opening is missing" },
};

export const GROUNDS: Readonly<Record<string, string>> = {
  NONE: "",
  ORIGIN: "signed by the origin",
  VOTE_NO: "the destination voted no",
  DEADLINE: "the deadline had passed",
};

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The name that it is registered under, or the id: a store's file has no names. */
export function gatewayName({ gateways }: Pick<Trusted, "gateways">, gatewayId: string): Html {
  const name = gateways.find((gateway) => gateway.gatewayId === gatewayId)?.name;
  return name === undefined || name === "" ? html`gateway <code>${gatewayId}</code>` : foreign(name);
}

/** Whether the verdict is about a store's file, and so about no chain. */
export function isOfStore({ source }: Trusted): boolean {
  return source?.file?.from === "store";
}

/** What the verdict is about. A file may have been made of some sessions alone. */
export function scopeOf({ session, trusted }: { readonly session: string | null; readonly trusted: Trusted }): string {
  if (session !== null) return `session ${session}`;
  return trusted.source?.file ? "all that the file has" : "the whole registry";
}

/** Those that this run has not looked at again. */
export function earlierSessions({ sessions, block }: EarlierRun): string {
  return `${counted(sessions, "session")} of an earlier run, up to block ${block}`;
}

/** How far the verdict goes. */
export function reachOf(trusted: Trusted): string {
  return isOfStore(trusted)
    ? "by the signatures in a file"
    : `up to block ${trusted.block.number} of chain ${trusted.chainId}`;
}

/** As CAIP-2 has it. */
export function networkName(chainId: number): string {
  return `eip155:${chainId}`;
}

/** Exponent of most tokens' unit, and the one that amounts are written with where they are multiples of it. */
const USUAL_NOUGHTS = 18;

/** Many noughts are hard to count: 250 × 10^18. Exact, whatever the token calls its unit. */
export function amountOf(amount: string): Html {
  const noughts = /0*$/.exec(amount)?.[0].length ?? 0;
  const exponent = noughts >= USUAL_NOUGHTS ? USUAL_NOUGHTS : noughts - (noughts % 3);
  if (exponent < 6 || amount.length <= exponent) return html`${grouped(amount)}`;
  return html`${grouped(amount.slice(0, -exponent))} × 10<sup>${exponent}</sup>`;
}

function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

const MAX_DATE_MS = 8.64e15;

/** Day and time, UTC; the number itself where it is no time. */
export function timeOf(timestamp: number): { readonly day: string; readonly time: string } {
  if (timestamp > MAX_DATE_MS) return { day: "", time: `${timestamp} ms` };
  const [day = "", time = ""] = new Date(timestamp).toISOString().split("T");
  return { day, time: time.replace("Z", "") };
}

/** For people, to the second. */
export function momentOf(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** 201 is 2.1. */
export function stepOf(step: number): string {
  return `${Math.floor(step / 100)}.${step % 100}`;
}

/** For a shell. */
export function commandLine(command: readonly string[]): string {
  return command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
