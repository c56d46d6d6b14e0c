import { GatelogError } from "./errors.ts";

/** The drafts' operation types (draft-belchior-gateway-recovery-01, section 3.1); the number is the code in the header. */
export const OPERATIONS = { init: 1, exec: 2, done: 3, ack: 4, fail: 5 } as const;
export type Operation = keyof typeof OPERATIONS;

export const VOTES = { none: 0, yes: 1, no: 2 } as const;
export type Vote = keyof typeof VOTES;

/**
 * Commands of the protocol, table 3.4 and section 7.3 of its digest, with the code in the header. Codes are never reused.
 * 0 is another client's command, whose name stands in the payload. PREPARE and BURN are known to the contract (its register).
 */
export const COMMANDS = {
  other: 0,
  setup: 1,
  proposal: 2,
  commence: 3,
  lock: 4,
  "lock-assert": 5,
  prepare: 6,
  mint: 7,
  burn: 8,
  "commit-final": 9,
  assign: 10,
  record: 11,
  complete: 12,
  rollback: 20,
  "rollback-unlock": 21,
  "rollback-recreate": 22,
  "rollback-cancel": 23,
  recover: 30,
  "recover-update": 31,
  "recover-update-ack": 32,
  "recover-success": 33,
  "recover-dispute": 34,
  peer: 40,
} as const;
export type Command = keyof typeof COMMANDS;

/** Steps of the SATP numbering; 2.1 is 201. Phase 0 is session setup; recovery and rollback entries keep phase 9. */
export const STEPS = {
  setup: 1,
  "setup-ack": 2,
  proposal: 101,
  "proposal-ack": 102,
  commence: 103,
  "commence-ack": 104,
  lock: 201,
  "lock-assert": 202,
  "lock-record": 203,
  "lock-assert-ack": 204,
  prepare: 301,
  mint: 302,
  "prepare-ack": 303,
  burn: 304,
  "commit-final": 305,
  assign: 306,
  "commit-final-ack": 307,
  record: 308,
  complete: 309,
  rollback: 901,
  "rollback-ack": 902,
} as const;
export type StepName = keyof typeof STEPS;

export function phaseOf(step: number): number {
  return Math.floor(step / 100);
}

const operationByCode = new Map<number, Operation>(Object.entries(OPERATIONS).map(([name, code]) => [code, name as Operation]));
const voteByCode = new Map<number, Vote>(Object.entries(VOTES).map(([name, code]) => [code, name as Vote]));
const commandByCode = new Map<number, Command>(Object.entries(COMMANDS).map(([name, code]) => [code, name as Command]));

export function operationFrom(code: number): Operation {
  return known(operationByCode.get(code), "operation", code);
}

export function voteFrom(code: number): Vote {
  return known(voteByCode.get(code), "vote", code);
}

/** A code that this version does not know is another client's command, as 0 is. */
export function commandFrom(code: number): Command {
  return commandByCode.get(code) ?? "other";
}

function known<T>(value: T | undefined, what: string, code: number): T {
  if (value === undefined) throw new GatelogError("INVALID_ENTRY", `unknown ${what} code ${code}`, { [what]: code });
  return value;
}
