import type { LogEntry, SignedEntry } from "../../src/entry/entry.ts";
import { GatelogError, isGatelogError } from "../../src/entry/errors.ts";
import { ZERO_HASH, type GatewayId, type Hash, type SessionId } from "../../src/entry/hex.ts";
import { sessionHashOf, type SessionOpening } from "../../src/entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../../src/entry/statements.ts";
import {
  checkRange,
  type GatewayDirectory,
  type LogHead,
  type LogRun,
  type ReadRange,
  type SessionRecord,
} from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import type { SimClock } from "./sim-clock.ts";
import type { LogWrite } from "./sim-log-line.ts";

const MS_PER_SECOND = 1_000;

/** One gateway's log as it grew. */
export interface GrownLog {
  readonly entries: LogEntry[];
  /** Taken for a place that had been taken: only by a store that does not know its writers apart. */
  readonly strays: LogEntry[];
  /** When each entry was mined. */
  readonly since: number[];
  closedSince: number;
}

/** A session as it grew, for readers that are behind and for oracles. */
export interface GrownSession {
  readonly opening: SessionOpening;
  readonly sessionHash: Hash;
  readonly since: number;
  readonly logs: ReadonlyMap<GatewayId, GrownLog>;
  decision: { readonly statement: DecisionStatement; readonly since: number } | null;
}

/** Told of everything that the log takes, once. */
export interface LogWitness {
  logged(session: GrownSession, entries: readonly SignedEntry[]): void;
  decided(session: GrownSession, statement: DecisionStatement): void;
  closed(session: GrownSession, gatewayId: GatewayId): void;
  /** Something of an epoch that is over. */
  refused(gatewayId: GatewayId, what: string): void;
}

/** Something that the log has taken, as it was sent, and when: without what it had already. */
export type TakenWrite = LogWrite & { readonly at: number };

/**
 * The log chain: takes what `MemoryLogStore` takes, register and all, and remembers when it did, so that a node may answer as of
 * any moment before.
 */
export class SimLog {
  readonly #store: MemoryLogStore;
  readonly #clock: SimClock;
  readonly #sessions = new Map<SessionId, GrownSession>();
  readonly #taken: TakenWrite[] = [];
  /** Until a decision is final. */
  readonly #finalityMs: number;
  witness: LogWitness | undefined;
  /** Whose store it is, of private logs: only of its own entries the witness is told. */
  readonly #owner: GatewayId | undefined;

  constructor(directory: GatewayDirectory, clock: SimClock, finalityMs: number, owner?: GatewayId) {
    this.#owner = owner;
    this.#store = new MemoryLogStore({ directory }, { clock: () => Math.floor(clock.now() / MS_PER_SECOND) });
    this.#clock = clock;
    this.#finalityMs = finalityMs;
  }

  get sessions(): ReadonlyMap<SessionId, GrownSession> {
    return this.#sessions;
  }

  /** Everything that it has taken, in its order. */
  get taken(): readonly TakenWrite[] {
    return this.#taken;
  }

  async open(opening: SessionOpening, first: readonly SignedEntry[] = []): Promise<void> {
    await this.#fenced(opening.facts.origin.gatewayId, "an opening", this.#store.openSession(opening, first));
    const isNew = this.#grow(opening);
    const entries = this.#took(first);
    if (isNew) this.#keep({ kind: "open", opening, entries });
    else if (entries.length > 0) this.#keep({ kind: "append", entries });
  }

  #keep(write: LogWrite): void {
    this.#taken.push({ ...write, at: this.#clock.now() });
  }

  /** Returns whether the session is new. */
  #grow(opening: SessionOpening): boolean {
    const { facts } = opening;
    if (this.#sessions.has(facts.sessionId)) return false;
    const parties = facts.destination === null ? [facts.origin] : [facts.origin, facts.destination];
    const logs = parties.map(
      ({ gatewayId }) =>
        [gatewayId, { entries: [], strays: [], since: [], closedSince: Infinity }] as [GatewayId, GrownLog],
    );
    this.#sessions.set(facts.sessionId, {
      opening,
      sessionHash: sessionHashOf(facts),
      since: this.#clock.now(),
      logs: new Map(logs),
      decision: null,
    });
    return true;
  }

  /** Entries of any epoch, with or without the session's opening (`KeepsCopies`). */
  async adopt(run: LogRun): Promise<void> {
    await this.#store.adopt(run);
    if (run.opening) this.#grow(run.opening);
    this.#took(run.entries);
  }

  async append(entries: readonly SignedEntry[]): Promise<void> {
    const [first] = entries;
    if (first) await this.#fenced(first.gatewayId, "an entry", this.#store.append(entries));
    const added = this.#took(entries);
    if (added.length > 0) this.#keep({ kind: "append", entries: added });
  }

  /** Returns those that it had not. */
  #took(entries: readonly SignedEntry[]): readonly SignedEntry[] {
    const [first] = entries;
    const session = first && this.#sessions.get(first.sessionId);
    const log = first && session?.logs.get(first.gatewayId);
    if (!session || !log) return [];
    const known = new Set([...log.entries, ...log.strays].map(({ entryHash }) => entryHash));
    const added = entries.filter(({ entryHash }) => !known.has(entryHash));
    for (const entry of added)
      if (entry.index < log.entries.length) log.strays.push(entry);
      else {
        log.entries.push(entry);
        log.since.push(this.#clock.now());
      }
    const isOwn = this.#owner === undefined || this.#owner === first.gatewayId;
    if (added.length > 0 && isOwn) this.witness?.logged(session, added);
    return added;
  }

  async close(closing: ClosingStatement): Promise<void> {
    await this.#fenced(closing.gatewayId, "a closing", this.#store.closeLog(closing));
    const session = this.#sessions.get(closing.sessionId);
    const log = session?.logs.get(closing.gatewayId);
    if (log?.closedSince !== Infinity) return;
    log.closedSince = this.#clock.now();
    this.#keep({ kind: "close", closing });
    if (session) this.witness?.closed(session, closing.gatewayId);
  }

  async decide(statement: DecisionStatement): Promise<void> {
    const session = this.#sessions.get(statement.sessionId);
    const origin = session?.opening.facts.origin.gatewayId ?? ZERO_HASH;
    await this.#fenced(origin, "a decision", this.#store.decide(statement));
    const { decision } = await this.#store.session(statement.sessionId);
    // As the register has it: that it holds another one than before is for the witness to notice.
    if (!session || !decision.statement || session.decision?.statement.decision === decision.decision) return;
    session.decision = { statement: decision.statement, since: this.#clock.now() };
    this.#keep({ kind: "decide", statement: decision.statement });
    this.witness?.decided(session, decision.statement);
  }

  async #fenced(writer: GatewayId, what: string, write: Promise<void>): Promise<void> {
    try {
      await write;
    } catch (error) {
      if (isGatelogError(error, "STALE_EPOCH")) this.witness?.refused(writer, what);
      throw error;
    }
  }

  /** What a node shows whose chain ends at `moment`. */
  record(sessionId: SessionId, moment: number): SessionRecord {
    const { opening, sessionHash, logs, decision } = this.#sessionAt(sessionId, moment);
    const heads = [...logs].map(([gatewayId, log]): LogHead => {
      const length = lengthAt(log, moment);
      const lastEntryHash = log.entries[length - 1]?.entryHash ?? ZERO_HASH;
      return { gatewayId, length, lastEntryHash, closed: log.closedSince <= moment };
    });
    const known = decision && decision.since <= moment ? decision : null;
    return {
      opening,
      sessionHash,
      decision: {
        decision: known?.statement.decision ?? "NONE",
        final: known !== null && known.since + this.#finalityMs <= moment,
        statement: known?.statement ?? null,
      },
      logs: heads,
      closed: heads.every((head) => head.closed),
    };
  }

  read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange, moment: number): LogEntry[] {
    const { from, limit } = checkRange(range);
    const log = this.#sessionAt(sessionId, moment).logs.get(gatewayId);
    if (log === undefined) throw new GatelogError("UNKNOWN_LOG", "no such log", { sessionId, gatewayId });
    return log.entries.slice(from, Math.min(from + limit, lengthAt(log, moment)));
  }

  sessionsOf(gatewayId: GatewayId, { open }: { readonly open: boolean }, moment: number): SessionId[] {
    return [...this.#sessions].flatMap(([sessionId, session]) => {
      const log = session.logs.get(gatewayId);
      const isShown = log !== undefined && session.since <= moment && !(open && log.closedSince <= moment);
      return isShown ? [sessionId] : [];
    });
  }

  /** Number of entries that one log had at `moment`; 0 if there was no such log. */
  length(sessionId: SessionId, gatewayId: GatewayId, moment: number): number {
    const log = this.#sessions.get(sessionId)?.logs.get(gatewayId);
    return log === undefined ? 0 : lengthAt(log, moment);
  }

  #sessionAt(sessionId: SessionId, moment: number): GrownSession {
    const session = this.#sessions.get(sessionId);
    if (session === undefined || session.since > moment)
      throw new GatelogError("UNKNOWN_SESSION", "no such session", { sessionId });
    return session;
  }
}

function lengthAt({ since }: GrownLog, moment: number): number {
  let length = since.length;
  while (length > 0 && (since[length - 1] ?? 0) > moment) length -= 1;
  return length;
}
