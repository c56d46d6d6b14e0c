import { GatelogError } from "../entry/errors.ts";
import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import { sessionHashOf, type SessionOpening } from "../entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../entry/statements.ts";
import {
  admitClosing,
  admitEntries,
  checkOpening,
  checkRun,
  checkSameSession,
  checkSignedContent,
  EMPTY_HEAD,
  equivocationError,
  unknownLog,
  unknownSession,
  type EpochRule,
  type Equivocation,
  type KeepsEvidence,
  type LogState,
} from "./admission.ts";
import { attempt } from "./attempt.ts";
import { DecisionRegister } from "./decision-register.ts";
import {
  checkRange,
  type GatewayDirectory,
  type GatewayRecord,
  type KeepsClosings,
  type KeepsCopies,
  type LogHead,
  type LogRun,
  type LogStore,
  type ReadRange,
  type SessionRecord,
} from "./log-store.ts";

/** UNIX seconds. */
export type Clock = () => number;

interface Session {
  readonly opening: SessionOpening;
  readonly sessionHash: Hash;
  readonly logs: ReadonlyMap<GatewayId, MemoryLog>;
  readonly register: DecisionRegister;
}

/**
 * Logs in this process's memory: for tests and the simulator. A resolved write is lost with the process. It is the one store
 * beside the chain that keeps a decision register (R9), for sessions whose facts name the log as theirs.
 */
export class MemoryLogStore implements LogStore, KeepsCopies, KeepsClosings, KeepsEvidence {
  readonly durability = "volatile";
  readonly #directory: GatewayDirectory;
  readonly #clock: Clock;
  readonly #sessions = new Map<SessionId, Session>();

  /** @param options.clock The register's clock, for deadlines; the machine's by default. */
  constructor(deps: { readonly directory: GatewayDirectory }, options: { readonly clock?: Clock } = {}) {
    this.#directory = deps.directory;
    this.#clock = options.clock ?? (() => Math.floor(Date.now() / 1_000));
  }

  openSession(opening: SessionOpening, first: readonly SignedEntry[] = []): Promise<void> {
    return this.#write(first, "current", opening);
  }

  append(entries: readonly SignedEntry[]): Promise<void> {
    return this.#write(entries, "current");
  }

  adopt({ opening, entries }: LogRun): Promise<void> {
    return this.#write(entries, "ascending", opening);
  }

  async #write(entries: readonly SignedEntry[], rule: EpochRule, opening?: SessionOpening): Promise<void> {
    const first = checkRun(entries);
    if (opening !== undefined && !this.#isOpened(opening)) {
      const now = opening.facts.register === "log" ? this.#clock() : null;
      await checkOpening(opening, this.#directory, now, rule);
    } else if (first !== null) logOf(this.#session(first.sessionId), first);
    const gateway = first === null ? null : await this.#directory.gateway(first.gatewayId);
    if (gateway !== null) await checkSignedContent(entries, gateway);
    // From here on nothing awaits: what is found is what is written to.
    const isNew = opening !== undefined && !this.#isOpened(opening);
    if (isNew) this.#open(opening);
    if (first === null || gateway === null) return;
    try {
      this.#admit(first, entries, gateway, rule);
    } catch (error) {
      if (isNew) this.#sessions.delete(opening.facts.sessionId);
      throw error;
    }
  }

  #isOpened(opening: SessionOpening): boolean {
    const known = this.#sessions.get(opening.facts.sessionId);
    if (known !== undefined) checkSameSession(known.sessionHash, opening);
    return known !== undefined;
  }

  #open(opening: SessionOpening): void {
    const { facts } = opening;
    const sessionHash = sessionHashOf(facts);
    const parties = facts.destination === null ? [facts.origin] : [facts.origin, facts.destination];
    const logs = parties.map(
      ({ gatewayId }) => [gatewayId, new MemoryLog(facts.sessionId, sessionHash, gatewayId)] as const,
    );
    const register = new DecisionRegister(facts);
    this.#sessions.set(facts.sessionId, { opening, sessionHash, logs: new Map(logs), register });
  }

  #admit(first: SignedEntry, entries: readonly SignedEntry[], gateway: GatewayRecord, rule: EpochRule): void {
    const session = this.#session(first.sessionId);
    const log = logOf(session, first);
    const { admitted, equivocation } = admitEntries(log, entries, gateway, rule);
    if (equivocation !== null) {
      const { entryHash } = equivocation.refused;
      if (!log.evidence.some(({ refused }) => refused.entryHash === entryHash))
        log.evidence.push({ ...equivocation, refused: copy(equivocation.refused) });
      throw equivocationError(equivocation);
    }
    for (const entry of admitted) {
      log.entries.push(copy(entry));
      session.register.observe(entry);
    }
  }

  session(sessionId: SessionId): Promise<SessionRecord> {
    return attempt(() => {
      const { opening, sessionHash, logs, register } = this.#session(sessionId);
      const heads = [...logs.values()].map((log) => log.head());
      return {
        opening,
        sessionHash,
        decision: register.record(),
        logs: heads,
        closed: heads.every((head) => head.closed),
      };
    });
  }

  read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    return attempt(() => {
      const { from, limit } = checkRange(range);
      const log = this.#session(sessionId).logs.get(gatewayId);
      if (log === undefined) throw unknownLog(sessionId, gatewayId);
      return log.entries.slice(from, from + limit).map(copy);
    });
  }

  sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    const found: SessionId[] = [];
    for (const [sessionId, session] of this.#sessions) {
      const log = session.logs.get(gatewayId);
      if (log !== undefined && !(filter.open && log.closing !== null)) found.push(sessionId);
    }
    return Promise.resolve(found);
  }

  closeLog(closing: ClosingStatement): Promise<void> {
    return this.#close(closing, "current");
  }

  adoptClosing(closing: ClosingStatement): Promise<void> {
    return this.#close(closing, "ascending");
  }

  closings(sessionId: SessionId): Promise<ClosingStatement[]> {
    return attempt(() =>
      [...this.#session(sessionId).logs.values()].flatMap(({ closing }) => (closing === null ? [] : [{ ...closing }])),
    );
  }

  async #close(closing: ClosingStatement, rule: EpochRule): Promise<void> {
    const session = this.#session(closing.sessionId);
    const log = logOf(session, closing);
    const gateway = await this.#directory.gateway(closing.gatewayId);
    if (!admitClosing(session.opening.facts, log, closing, gateway, rule)) log.closing = { ...closing };
  }

  async decide(statement: DecisionStatement): Promise<void> {
    const { register, opening, sessionHash } = this.#session(statement.sessionId);
    const { gatewayId } = opening.facts.origin;
    if (statement.sessionHash !== sessionHash) throw unknownLog(statement.sessionId, gatewayId);
    const origin = await this.#directory.gateway(gatewayId);
    register.decide(statement, origin, this.#clock());
  }

  evidence(sessionId: SessionId): Promise<readonly Equivocation[]> {
    return attempt(() => [...this.#session(sessionId).logs.values()].flatMap((log) => log.evidence));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #session(sessionId: SessionId): Session {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) throw unknownSession(sessionId);
    return session;
  }
}

class MemoryLog implements LogState {
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  readonly gatewayId: GatewayId;
  readonly entries: SignedEntry[] = [];
  readonly evidence: Equivocation[] = [];
  closing: ClosingStatement | null = null;

  constructor(sessionId: SessionId, sessionHash: Hash, gatewayId: GatewayId) {
    this.sessionId = sessionId;
    this.sessionHash = sessionHash;
    this.gatewayId = gatewayId;
  }

  get length(): number {
    return this.entries.length;
  }

  get lastEntryHash(): Hash {
    return this.entries.at(-1)?.entryHash ?? EMPTY_HEAD.lastEntryHash;
  }

  get epoch(): number {
    return this.entries.at(-1)?.epoch ?? EMPTY_HEAD.epoch;
  }

  standing(index: number): SignedEntry {
    const entry = this.entries[index];
    if (entry === undefined) throw new GatelogError("INVARIANT_BROKEN", "no entry below the log's length", { index });
    return entry;
  }

  head(): LogHead {
    const { gatewayId, length, lastEntryHash } = this;
    return { gatewayId, length, lastEntryHash, closed: this.closing !== null };
  }
}

function logOf(session: Session, at: { sessionId: SessionId; sessionHash: Hash; gatewayId: GatewayId }): MemoryLog {
  const log = session.logs.get(at.gatewayId);
  if (log === undefined || at.sessionHash !== session.sessionHash) throw unknownLog(at.sessionId, at.gatewayId);
  return log;
}

/** Callers keep their bytes, and get their own. */
function copy(entry: SignedEntry): SignedEntry {
  return { ...entry, payload: entry.payload.slice() };
}
