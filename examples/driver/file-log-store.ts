import { z } from "zod";
// In a project of your own: from "gatelog/store".
import {
  admitClosing,
  admitEntries,
  attempt,
  checkOpening,
  checkRange,
  checkRun,
  checkSameSession,
  checkSignedContent,
  closingStatementSchema,
  EMPTY_HEAD,
  entryToJson,
  equivocationError,
  GatelogError,
  OpenCalls,
  sessionHashOf,
  sessionOpeningSchema,
  signedEntrySchema,
  unknownLog,
  unknownSession,
  type ClosingStatement,
  type DecisionStatement,
  type Equivocation,
  type GatewayDirectory,
  type GatewayId,
  type Hash,
  type KeepsEvidence,
  type LogEntry,
  type LogState,
  type LogStore,
  type ReadRange,
  type SessionId,
  type SessionOpening,
  type SessionRecord,
  type SignedEntry,
} from "../../src/store/public.ts";
import { Journal } from "./journal.ts";

/** What a line of the file says. */
const recordSchema = z.discriminatedUnion("is", [
  z.object({ is: z.literal("opening"), opening: sessionOpeningSchema }),
  z.object({ is: z.literal("entries"), entries: z.array(signedEntrySchema).min(1) }),
  z.object({ is: z.literal("closing"), closing: closingStatementSchema }),
  z.object({ is: z.literal("evidence"), refused: signedEntrySchema }),
]);
type FileRecord = z.infer<typeof recordSchema>;

class Log implements LogState {
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  readonly gatewayId: GatewayId;
  readonly entries: SignedEntry[] = [];
  readonly evidence: Equivocation[] = [];
  closing: ClosingStatement | null = null;

  constructor(of: Pick<LogState, "sessionId" | "sessionHash" | "gatewayId">) {
    this.sessionId = of.sessionId;
    this.sessionHash = of.sessionHash;
    this.gatewayId = of.gatewayId;
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
}

interface Session {
  readonly opening: SessionOpening;
  readonly sessionHash: Hash;
  readonly logs: ReadonlyMap<GatewayId, Log>;
}

/**
 * Logs in a file of lines, all of them in memory too: a driver to learn from. What is written goes to the file, with fsync, and only then
 * to memory, so that nobody reads what a crash could take back. Limitations: one process at a time, an fsync that stalls the process for
 * each append, no decision register, no copies of other gateways' logs.
 */
export class FileLogStore implements LogStore, KeepsEvidence {
  readonly durability = "local";
  readonly #directory: GatewayDirectory;
  readonly #journal: Journal;
  readonly #calls: OpenCalls;
  readonly #sessions = new Map<SessionId, Session>();

  /** A damaged file is opened read-only: CORRUPT_STORE from every write, and from reads of what it cannot give any more. */
  constructor(deps: { readonly directory: GatewayDirectory }, { path }: { readonly path: string }) {
    this.#directory = deps.directory;
    this.#journal = new Journal(path);
    this.#calls = new OpenCalls(path);
    for (const line of this.#journal.lines()) this.#apply(line);
  }

  /** Why the file is read-only, or null. */
  get damage(): string | null {
    return this.#journal.damage;
  }

  openSession(opening: SessionOpening, first: readonly SignedEntry[] = []): Promise<void> {
    return this.#calls.run(async () => {
      await this.#open(opening);
      await this.#append(first);
    });
  }

  append(entries: readonly SignedEntry[]): Promise<void> {
    return this.#calls.run(() => this.#append(entries));
  }

  closeLog(closing: ClosingStatement): Promise<void> {
    return this.#calls.run(() => this.#close(closing));
  }

  async #open(opening: SessionOpening): Promise<void> {
    const { sessionId } = opening.facts;
    const isKnown = (): boolean => {
      const known = this.#sessions.get(sessionId);
      if (known !== undefined) checkSameSession(known.sessionHash, opening);
      return known !== undefined;
    };
    if (!isKnown()) {
      await checkOpening(opening, this.#directory, null);
      // Somebody else may have opened it meanwhile.
      if (!isKnown()) this.#write({ is: "opening", opening });
    }
  }

  async #append(entries: readonly SignedEntry[]): Promise<void> {
    const first = checkRun(entries);
    if (first === null) return;
    const log = this.#log(first);
    const gateway = await this.#directory.gateway(first.gatewayId);
    await checkSignedContent(entries, gateway);
    // From here on nothing awaits: what is found is what is written to.
    const { admitted, equivocation } = admitEntries(log, entries, gateway);
    if (equivocation !== null) {
      const { refused } = equivocation;
      if (!log.evidence.some((kept) => kept.refused.entryHash === refused.entryHash))
        this.#write({ is: "evidence", refused });
      throw equivocationError(equivocation);
    }
    if (admitted.length > 0) this.#write({ is: "entries", entries: [...admitted] });
  }

  async #close(closing: ClosingStatement): Promise<void> {
    const log = this.#log(closing);
    const { facts } = this.#session(closing.sessionId).opening;
    const gateway = await this.#directory.gateway(closing.gatewayId);
    if (!admitClosing(facts, log, closing, gateway)) this.#write({ is: "closing", closing });
  }

  session(sessionId: SessionId): Promise<SessionRecord> {
    return attempt(() => {
      const { opening, sessionHash, logs } = this.#session(sessionId);
      const heads = [...logs.values()].map(({ gatewayId, length, lastEntryHash, closing }) => {
        return { gatewayId, length, lastEntryHash, closed: closing !== null };
      });
      const decision = { decision: "NONE", final: false, statement: null } as const;
      return { opening, sessionHash, decision, logs: heads, closed: heads.every(({ closed }) => closed) };
    });
  }

  read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    return attempt(() => {
      const { from, limit } = checkRange(range);
      const { entries } = this.#log({ sessionId, sessionHash: this.#session(sessionId).sessionHash, gatewayId });
      // What is missing from a damaged file may have been in it.
      if (from + limit > entries.length) this.#journal.checkSound();
      return entries.slice(from, from + limit).map((entry) => ({ ...entry, payload: entry.payload.slice() }));
    });
  }

  sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    const has = ({ logs }: Session): boolean => {
      const log = logs.get(gatewayId);
      return log !== undefined && !(filter.open && log.closing !== null);
    };
    return Promise.resolve([...this.#sessions].filter(([, session]) => has(session)).map(([sessionId]) => sessionId));
  }

  decide({ sessionId }: DecisionStatement): Promise<void> {
    return attempt(() => {
      this.#session(sessionId);
      throw new GatelogError("NO_REGISTER", "this store keeps no decision register", { sessionId });
    });
  }

  evidence(sessionId: SessionId): Promise<readonly Equivocation[]> {
    return attempt(() => [...this.#session(sessionId).logs.values()].flatMap((log) => log.evidence));
  }

  async close(): Promise<void> {
    await this.#calls.end();
    this.#journal.close();
  }

  #write(record: FileRecord): void {
    const line = JSON.stringify(toJson(record));
    this.#journal.append(line);
    this.#apply(line);
  }

  /** Takes a line of the file into memory. It was checked before it was written. */
  #apply(line: string): void {
    const record = recordSchema.parse(JSON.parse(line));
    switch (record.is) {
      case "opening": {
        const { opening } = record;
        const { sessionId, origin, destination } = opening.facts;
        const sessionHash = sessionHashOf(opening.facts);
        const parties = destination === null ? [origin] : [origin, destination];
        const logs = parties.map(
          ({ gatewayId }) => [gatewayId, new Log({ sessionId, sessionHash, gatewayId })] as const,
        );
        this.#sessions.set(sessionId, { opening, sessionHash, logs: new Map(logs) });
        return;
      }
      case "entries":
        for (const entry of record.entries) this.#log(entry).entries.push(entry);
        return;
      case "closing":
        this.#log(record.closing).closing = record.closing;
        return;
      case "evidence": {
        const log = this.#log(record.refused);
        log.evidence.push({ standing: log.standing(record.refused.index).entryHash, refused: record.refused });
      }
    }
  }

  #session(sessionId: SessionId): Session {
    const session = this.#sessions.get(sessionId);
    if (session !== undefined) return session;
    this.#journal.checkSound();
    throw unknownSession(sessionId);
  }

  #log(at: Pick<LogState, "sessionId" | "sessionHash" | "gatewayId">): Log {
    const { sessionHash, logs } = this.#session(at.sessionId);
    const log = logs.get(at.gatewayId);
    if (log === undefined || at.sessionHash !== sessionHash) throw unknownLog(at.sessionId, at.gatewayId);
    return log;
  }
}

/** Entries as the API and files have them, byte for byte; the rest is JSON already. */
function toJson(record: FileRecord): unknown {
  if (record.is === "entries") return { ...record, entries: record.entries.map(entryToJson) };
  if (record.is === "evidence") return { ...record, refused: entryToJson(record.refused) };
  return record;
}
