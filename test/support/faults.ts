import { keccak256 } from "ethers";
import type { RpcAnswer, RpcCall } from "./rpc-messages.ts";

/** Which calls a fault is for (all by default), and how many of them it meets before it is over by itself (all by default). */
interface Scope {
  readonly methods?: readonly string[];
  readonly times?: number;
}

/**
 * What goes wrong between a client and its node. These go over a process boundary as JSON.
 *
 * - dead: without methods nobody listens; with methods the connection is cut before the node gets the call.
 * - slow: the node gets the call later.
 * - reply-lost: the node gets the call and does it; the asker's connection is cut, or stays open without an answer.
 * - refused: an error in place of the node's answer; the node gets nothing.
 * - dropped: a transaction is answered with its hash, and the node never gets it.
 * - stale: answers are as of so many blocks before the node's head.
 * - shorter: the node has lost its newest blocks, counted from its head now; connections are cut, as by its restart.
 * - other-node: another node answers, for instance an empty one; connections are cut, as by a restart.
 * - doctored-logs: events are not what the node says.
 */
export type PlainFault = Scope &
  (
    | { readonly kind: "dead" }
    | { readonly kind: "slow"; readonly delayMs: number }
    | { readonly kind: "reply-lost"; readonly hangs?: boolean }
    | { readonly kind: "refused"; readonly code: number; readonly message: string }
    | { readonly kind: "dropped" }
    | { readonly kind: "stale"; readonly blocks: number }
    | { readonly kind: "shorter"; readonly blocks: number }
    | { readonly kind: "other-node"; readonly url: string }
    | { readonly kind: "doctored-logs"; readonly how: LogDoctoring }
  );

/** Faults of a test's own making: with a condition of its own, or another answer to anything. */
export type Fault =
  | (PlainFault & { readonly when?: (call: RpcCall) => boolean })
  | (Scope & { readonly kind: "doctored-logs"; readonly change: ChangeLogs })
  | (Scope & { readonly kind: "doctored"; readonly change: (result: unknown, call: RpcCall) => unknown });

export const FAULT_KINDS = [
  "dead",
  "slow",
  "reply-lost",
  "refused",
  "dropped",
  "stale",
  "shorter",
  "other-node",
  "doctored-logs",
  "doctored",
] as const satisfies readonly Fault["kind"][];
export type FaultKind = Fault["kind"];

/** An event as `eth_getLogs` gives it. */
export interface NodeLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}
type ChangeLogs = (logs: readonly NodeLog[]) => readonly NodeLog[];

const LOG_DOCTORINGS = {
  "data-altered": (logs) => logs.map((log) => ({ ...log, data: withOtherDigit(log.data, log.data.length >> 1) })),
  "topics-altered": (logs) =>
    logs.map((log) => ({
      ...log,
      topics: log.topics.map((topic, place) => (place === 0 ? topic : withOtherDigit(topic, 20))),
    })),
  hidden: () => [],
  "last-hidden": (logs) => logs.slice(0, -1),
  doubled: (logs) => logs.flatMap((log) => [log, log]),
} as const satisfies Readonly<Record<string, ChangeLogs>>;
export type LogDoctoring = keyof typeof LOG_DOCTORINGS;

/** The same hex text with another digit at `place`. */
export function withOtherDigit(hex: string, place: number): string {
  return hex.slice(0, place) + (hex[place] === "0" ? "1" : "0") + hex.slice(place + 1);
}

const METHODS: Partial<Readonly<Record<FaultKind, readonly string[]>>> = {
  dropped: ["eth_sendRawTransaction"],
  "doctored-logs": ["eth_getLogs"],
};

export function concerns(fault: Fault, call: RpcCall): boolean {
  const methods = fault.methods ?? METHODS[fault.kind];
  return (methods === undefined || methods.includes(call.method)) && (!("when" in fault) || fault.when(call));
}

/** What is answered without the node; undefined if the fault leaves that to the node. */
export function answerInstead(fault: Fault, { params }: RpcCall): RpcAnswer | undefined {
  if (fault.kind === "refused") return { error: { code: fault.code, message: fault.message } };
  if (fault.kind === "dropped") return { result: keccak256(String(params[0])) };
  return undefined;
}

/** What becomes of the node's answer. */
export function doctored(fault: Fault, call: RpcCall, answer: RpcAnswer): RpcAnswer {
  if (!("result" in answer)) return answer;
  if (fault.kind === "doctored") return { result: fault.change(answer.result, call) };
  if (fault.kind !== "doctored-logs") return answer;
  const change: ChangeLogs = "change" in fault ? fault.change : LOG_DOCTORINGS[fault.how];
  return { result: change(answer.result as readonly NodeLog[]) };
}
