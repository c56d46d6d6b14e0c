import { GatelogError } from "./errors.ts";

/** The drafts' operation types (draft-belchior-gateway-recovery-01, section 3.1); the number is the code in the header. */
export const OPERATIONS = { init: 1, exec: 2, done: 3, ack: 4, fail: 5 } as const;
export type Operation = keyof typeof OPERATIONS;

export const VOTES = { none: 0, yes: 1, no: 2 } as const;
export type Vote = keyof typeof VOTES;

/**
 * Commands of the protocol (docs/PROTOCOL.md, "Commands"), with the code in the header. Codes are never reused.
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
  recover: 903,
  "recover-update": 904,
  "recover-update-ack": 905,
  "recover-success": 906,
  "recover-dispute": 907,
  peer: 910,
} as const;
export type StepName = keyof typeof STEPS;

export function phaseOf(step: number): number {
  return Math.floor(step / 100);
}

export const OPERATION_NAMES = namesOf(OPERATIONS);
export const VOTE_NAMES = namesOf(VOTES);

const operationByCode = byCode(OPERATIONS);
const voteByCode = byCode(VOTES);
const commandByCode = byCode(COMMANDS);

/** Code of a command by its name; undefined if it is another client's. */
export function commandCode(name: string): number | undefined {
  const known = namesOf(COMMANDS).find((command) => command === name);
  return known && COMMANDS[known];
}

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

// Object.keys knows the names only as strings; they are the table's own, because each table is a literal of this file.
function namesOf<Name extends string>(codes: Readonly<Record<Name, number>>): readonly Name[] {
  return Object.keys(codes) as Name[];
}

function byCode<Name extends string>(codes: Readonly<Record<Name, number>>): ReadonlyMap<number, Name> {
  return new Map(namesOf(codes).map((name) => [codes[name], name]));
}

function known<T>(value: T | undefined, what: string, code: number): T {
  if (value === undefined) throw new GatelogError("INVALID_ENTRY", `unknown ${what} code ${code}`, { [what]: code });
  return value;
}
