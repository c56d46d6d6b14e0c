import { canonicalBytes, type Json } from "../../src/entry/canonical.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import { toHex, ZERO_HASH, type Hash } from "../../src/entry/hex.ts";
import { COMMANDS, STEPS, type Command, type Operation, type Vote } from "../../src/entry/vocabulary.ts";
import type { Mark } from "../../src/protocol/marks.ts";
import type { Role } from "../../src/protocol/order.ts";
import { setupPayload } from "../../src/protocol/payloads.ts";
import {
  initialState,
  type EntryDraft,
  type LedgerReading,
  type LedgerState,
  type SessionState,
} from "../../src/protocol/state.ts";
import { fold } from "../../src/protocol/step.ts";
import { WORLD_SESSIONS, type Register } from "../support/world-facts.ts";

/** An entry by what it says. A `!` behind an answer makes it a refusal, behind `ack-prepare` a NO. */
export type Line = Mark | `${Mark}!` | Said;

interface Said {
  readonly mark: Mark;
  readonly payload?: Json;
  readonly causedBy?: Hash;
  readonly vote?: Vote;
}

const REFUSED = { accepted: false, code: "REFUSED", reason: "not here" };
let made = 0;

/** The log of a role, from its first entry: neither signed nor hashed, every entry with a hash of its own. */
function logOf(role: Role, register: Register, lines: readonly Line[]): LogEntry[] {
  return lines.map((line, index) => entryOf(role, register, index, saidBy(line, register)));
}

/** Both logs folded: first the origin's, whose every beginning is folded once. */
export function folded(role: Role, register: Register, own: readonly Line[], peer: readonly Line[]): SessionState {
  const [origin, destination] = role === "origin" ? [own, peer] : [peer, own];
  const start = beginning(role, register, origin);
  return fold(start, role === "destination" ? "own" : "peer", logOf("destination", register, destination));
}

const beginnings = new Map<string, SessionState>();

function beginning(role: Role, register: Register, origin: readonly Line[]): SessionState {
  const key = [role, register, ...origin.map((line) => JSON.stringify(line))].join(" ");
  const known = beginnings.get(key);
  if (known) return known;
  const last = origin.at(-1);
  const before = last && beginning(role, register, origin.slice(0, -1));
  const entry = last && entryOf("origin", register, origin.length - 1, saidBy(last, register));
  const state = before
    ? fold(before, role === "origin" ? "own" : "peer", entry ? [entry] : [])
    : initialState(role, WORLD_SESSIONS[register].facts, ZERO_HASH);
  beginnings.set(key, state);
  return state;
}

/** The next entry of the log, as the shell makes it of what `next` asks for. */
export function entryFor(state: SessionState, { operation, command, ...rest }: EntryDraft): LogEntry {
  const register = state.facts.register === "destination" ? "destination" : "log";
  const entry = entryOf(state.role, register, state.own.length, { mark: `${operation}-${command}`, ...rest });
  return { ...entry, step: STEPS[rest.step], seqNumber: state.seqNumber + 1 };
}

export function reading(state: LedgerState, pending = false): LedgerReading {
  return { state, transactionHash: null, blockNumber: 1, pending };
}

/** A hash that no other entry has. */
function freshHash(): Hash {
  made += 1;
  return toHex(`0x${made.toString(16).padStart(64, "0")}`);
}

function saidBy(line: Line, register: Register): Said {
  if (typeof line !== "string") return line;
  const isRefusal = line.endsWith("!");
  const mark = (isRefusal ? line.slice(0, -1) : line) as Mark;
  const { terms } = WORLD_SESSIONS[register];
  if (mark === "init-setup") return { mark, payload: setupPayload(terms, "folded") };
  const payload = mark.startsWith("ack-") && !isRefusal ? { accepted: true } : REFUSED;
  return mark === "ack-prepare" ? { mark, payload, vote: isRefusal ? "no" : "yes" } : { mark, payload };
}

function entryOf(role: Role, register: Register, index: number, said: Said): LogEntry {
  const { facts } = WORLD_SESSIONS[register];
  const dash = said.mark.indexOf("-");
  const command = said.mark.slice(dash + 1) as Command;
  return {
    version: 1,
    sessionId: facts.sessionId,
    sessionHash: ZERO_HASH,
    gatewayId: (role === "origin" ? facts.origin : facts.destination)?.gatewayId ?? ZERO_HASH,
    epoch: 1,
    index,
    seqNumber: index + 1,
    step: said.mark === "ack-prepare" ? STEPS["prepare-ack"] : command === "burn" ? STEPS.burn : 0,
    operation: said.mark.slice(0, dash) as Operation,
    vote: said.vote ?? "none",
    command: COMMANDS[command],
    timestamp: 0,
    causedBy: said.causedBy ?? ZERO_HASH,
    payloadHash: ZERO_HASH,
    lastEntryHash: ZERO_HASH,
    payload: canonicalBytes(said.payload ?? {}),
    entryHash: freshHash(),
    signature: null,
  };
}
