import { canonicalBytes } from "../../src/entry/canonical.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import { toHex, ZERO_HASH, type Hash } from "../../src/entry/hex.ts";
import { COMMANDS, STEPS } from "../../src/entry/vocabulary.ts";
import { markOf } from "../../src/protocol/marks.ts";
import type { Role } from "../../src/protocol/order.ts";
import { setupPayload } from "../../src/protocol/payloads.ts";
import {
  initialState,
  type Effect,
  type EntryDraft,
  type LedgerAction,
  type LedgerState,
  type ProtocolEvent,
  type Refusal,
  type SessionState,
  type Verdict,
} from "../../src/protocol/state.ts";
import { apply, fold, next } from "../../src/protocol/step.ts";
import { draft } from "../../src/protocol/drafts.ts";
import { escrowAfter } from "./world-ledger.ts";
import { WORLD_SESSIONS, type Register } from "./world-facts.ts";
import type { Ending, Standing } from "./world-oracles.ts";

export const ROLES = ["origin", "destination"] as const;

interface Transaction {
  readonly action: LedgerAction;
  /** False if the certificate that it needs did not hold when it was made. */
  readonly permitted: boolean;
}

interface Side {
  readonly log: LogEntry[];
  closed: boolean;
  ledger: LedgerState;
  /** Sent, not mined: for any time, in any number, also of a process that is gone. */
  readonly pool: Transaction[];
  /** What the escrow or its token refuses for good, and what the gateway says to the peer's proposal and lock. */
  readonly refuses: Map<LedgerAction, Refusal>;
  verdict: Verdict;
  // ---- lost in a crash
  state: SessionState;
  todo: Effect[];
  waitsFor: LedgerAction | undefined;
  halted: unknown;
}

/**
 * Two gateways that are nothing but `next`, `apply` and `fold`, a register that keeps R9 (with private logs: none), and two
 * escrows: what happens, and when, is the caller's choice. One call is one atomic step. Nothing here is signed or hashed, and
 * there is no clock. `test/model` goes through all of it; this one is run along single paths.
 *
 * Messages carry nothing that the log has not, so a message is a reading of the peer's log that may come late, twice or
 * never: that is `hear`. Not modelled: what is not final (every reading is), takeover, a gateway gone for good.
 */
export class World {
  readonly register: Register;
  readonly sides: Readonly<Record<Role, Side>>;
  decision: "NONE" | "COMMIT" | "ABORT" = "NONE";
  /** By the log chain's clock. */
  deadlinePassed = false;
  /** What happened, for transcripts. */
  readonly trace: string[] = [];
  #entries = 0;

  constructor(register: Register = "log") {
    this.register = register;
    this.sides = { origin: newSide("origin", register), destination: newSide("destination", register) };
    this.#append("origin", [draft("init-setup", "setup", setupPayload(WORLD_SESSIONS[register].terms, "world"))]);
    for (const role of ROLES) this.hear(role);
  }

  /** For the oracles. */
  get standing(): Standing {
    const { register, decision, sides } = this;
    const { origin, destination } = sides;
    const ledgers = { origin: origin.ledger, destination: destination.ledger };
    return { register, decision, ledgers, ended: { origin: endingOf(origin), destination: endingOf(destination) } };
  }

  /** The gateway does the next thing it wants to do. False if it waits, is done, or stands still. */
  act(role: Role): boolean {
    const side = this.sides[role];
    if (side.halted !== undefined || side.waitsFor !== undefined) return false;
    try {
      if (side.todo.length === 0) side.todo = [...next(side.state)];
      const effect = side.todo.shift();
      return effect !== undefined && this.#perform(role, effect);
    } catch (error) {
      side.halted = error;
      return false;
    }
  }

  /** A message arrives, or the gateway looks for itself: it reads the peer's log and the register. */
  hear(role: Role): void {
    const side = this.sides[role];
    const heard = this.sides[other(role)].log.slice(side.state.peer.length);
    if (side.state.peer.length > 0 || side.state.own.length > 0) side.state = fold(side.state, "peer", heard);
    else if (heard.length > 0) side.state = fold(startOf(role, this.register, "peer", heard), "peer", heard.slice(1));
    if (this.decision !== "NONE") this.#tell(role, { type: "decided", decision: this.decision });
  }

  /** Nothing came for a while: also for an action that the ledger was asked for, which may or may not land later. */
  waited(role: Role): void {
    const side = this.sides[role];
    side.waitsFor = undefined;
    side.todo = [];
    this.#tell(role, { type: "waited" });
  }

  seeDeadline(role: Role): void {
    this.#tell(role, { type: "deadline-passed" });
  }

  wishAbort(role: Role, refusal: Refusal = { code: "REFUSED", reason: "cancelled on request" }): void {
    this.trace.push(`${role}: asked to abort`);
    this.#tell(role, { type: "abort-wished", refusal });
  }

  /** The process dies and starts again: what is left is the two logs. */
  crash(role: Role): void {
    this.trace.push(`${role}: crashes`);
    const side = this.sides[role];
    const state = emptyState(role, this.register);
    Object.assign(side, { state, todo: [], waitsFor: undefined });
    if (role === "destination") this.hear(role); // in any order: the terms, which take long to check, are checked once
    const known = role === "origin" ? 1 : 0;
    if (known > 0) side.state = startOf(role, this.register, "own", side.log);
    side.state = fold(side.state, "own", side.log.slice(known));
    if (side.closed) side.state = apply(side.state, { type: "log-closed", log: "own" });
    this.hear(role);
    this.#tell(role, { type: "restarted" });
  }

  /** A block with the pooled transaction at `position`; `lost` drops it instead. */
  mine(role: Role, position = 0, lost = false): void {
    const side = this.sides[role];
    const [transaction] = side.pool.splice(position, 1);
    if (!transaction || lost) return;
    const { action, permitted } = transaction;
    const reached = permitted ? escrowAfter(side.ledger, action) : undefined;
    this.trace.push(`${role}: ${action} ${reached ? `→ ${reached}` : `reverts (${side.ledger})`}`);
    side.ledger = reached ?? side.ledger;
    if (side.waitsFor !== action) return;
    side.waitsFor = undefined;
    this.#read(role, "own");
  }

  /** The escrow's clock: from `cancelAfter` on anyone may cancel (R5). */
  cancelByAnyone(): void {
    this.sides.destination.pool.push({ action: "cancel", permitted: true });
  }

  #perform(role: Role, effect: Effect): boolean {
    const side = this.sides[role];
    switch (effect.type) {
      case "append":
        this.#append(role, effect.drafts);
        return true;
      case "send":
        this.#tell(role, { type: "sent", entryHash: effect.entryHash });
        return true;
      case "act":
        this.#send(role, effect.action);
        return true;
      case "read-ledger":
        this.#read(role, effect.side);
        return true;
      case "judge": {
        if (effect.what === "lock" && this.sides.origin.ledger === "NONE") return false; // not there yet: asked again
        this.#tell(role, { type: "judged", index: effect.index, verdict: side.verdict });
        return true;
      }
      case "decide":
        return this.#decide(role, effect);
      case "close-log":
        side.closed = true;
        this.trace.push(`${role}: closes its log`);
        this.#tell(role, { type: "log-closed", log: "own" });
        return true;
      case "wait":
      case "finish":
        return false;
    }
  }

  #send(role: Role, action: LedgerAction): void {
    const side = this.sides[role];
    const refusal = side.refuses.get(action);
    if (refusal) {
      this.trace.push(`${role}: ${action} is refused: ${refusal.code}`);
      this.#tell(role, { type: "ledger-refused", action, refusal });
      return;
    }
    const permitted = action !== "recreate" || this.sides.destination.ledger === "CANCELLED";
    side.pool.push({ action, permitted });
    side.waitsFor = action;
  }

  #read(role: Role, which: "own" | "peer"): void {
    const { ledger } = this.sides[which === "own" ? role : other(role)];
    const reading = { state: ledger, transactionHash: null, blockNumber: 1, pending: false };
    this.#tell(role, { type: "ledger-read", side: which, reading });
  }

  /** R9, and first writer wins. */
  #decide(role: Role, { decision, ground }: Extract<Effect, { type: "decide" }>): boolean {
    if (this.decision === "NONE") {
      const vote = this.sides.destination.log.find((entry) => markOf(entry) === "ack-prepare")?.vote;
      const burned = this.sides.origin.log.some((entry) => markOf(entry) === "done-burn");
      const grounds = { ORIGIN: role === "origin", VOTE_NO: vote === "no", DEADLINE: this.deadlinePassed };
      if (!grounds[ground] || (decision === "COMMIT" && !(vote === "yes" && burned))) return false;
      this.decision = decision;
      this.trace.push(`${role}: decides ${decision} (${ground})`);
    }
    this.hear(role);
    return true;
  }

  #append(role: Role, drafts: readonly EntryDraft[]): void {
    const side = this.sides[role];
    for (const made of drafts) {
      const entry = this.#entryOf(role, made);
      side.log.push(entry);
      const vote = entry.vote === "none" ? "" : ` ${entry.vote}`;
      this.trace.push(`${role}: ${Math.floor(entry.step / 100)}.${entry.step % 100} ${markOf(entry)}${vote}`);
      this.#tell(role, { type: "appended", log: "own", entry });
    }
  }

  #entryOf(role: Role, made: EntryDraft): LogEntry {
    const { own, seqNumber, facts, sessionHash } = this.sides[role].state;
    const payload = canonicalBytes(made.payload);
    return {
      version: 1,
      sessionId: facts.sessionId,
      sessionHash,
      gatewayId: (role === "origin" ? facts.origin : facts.destination)?.gatewayId ?? ZERO_HASH,
      epoch: 1,
      index: own.length,
      seqNumber: seqNumber + 1,
      step: STEPS[made.step],
      operation: made.operation,
      vote: made.vote,
      command: COMMANDS[made.command],
      timestamp: 0,
      causedBy: made.causedBy,
      payloadHash: ZERO_HASH,
      lastEntryHash: own.lastEntryHash,
      payload,
      entryHash: hashOf(++this.#entries),
      signature: null,
    };
  }

  #tell(role: Role, event: ProtocolEvent): void {
    const side = this.sides[role];
    try {
      side.state = apply(side.state, event);
    } catch (error) {
      side.halted = error;
    }
  }
}

function newSide(role: Role, register: Register): Side {
  const volatile = { state: emptyState(role, register), todo: [], waitsFor: undefined, halted: undefined };
  const verdict = { accepted: true } as const;
  return { log: [], closed: false, ledger: "NONE", pool: [], refuses: new Map(), verdict, ...volatile };
}

function emptyState(role: Role, register: Register): SessionState {
  return initialState(role, WORLD_SESSIONS[register].facts, ZERO_HASH);
}

/** Behind the first entry, the same in all worlds, each of which would check its terms again. */
const starts = new Map<string, SessionState>();

function startOf(role: Role, register: Register, log: "own" | "peer", [first]: readonly LogEntry[]): SessionState {
  const key = `${role} ${register} ${log}`;
  const known = starts.get(key);
  if (known) return known;
  const start = fold(emptyState(role, register), log, first ? [first] : []);
  starts.set(key, start);
  return start;
}

function endingOf({ closed, state }: Side): Ending | null {
  if (!closed) return null;
  return state.own.marks.has("init-rollback") ? "ROLLED_BACK" : "COMPLETED";
}

function other(role: Role): Role {
  return role === "origin" ? "destination" : "origin";
}

function hashOf(count: number): Hash {
  return toHex(`0x${count.toString(16).padStart(64, "0")}`);
}
