import type { SignedEntry } from "../entry/entry.ts";
import { GatelogError, isGatelogError, type ErrorCode, type ErrorContext } from "../entry/errors.ts";
import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import type { SessionOpening } from "../entry/session.ts";
import { SessionPlanner, type SessionPlan } from "./log-file-plan.ts";
import { readLogFile } from "./log-file-stream.ts";
import type { GatewayLine, LogFileRecord, SessionLine } from "./log-file.ts";
import {
  homeFor,
  homeOf,
  keepsClosings,
  keepsCopies,
  MAX_ENTRIES_PER_CALL,
  routesSessions,
  type GatewayDirectory,
  type LogStore,
} from "./log-store.ts";

/**
 * What became of a session. imported: it is new here. completed: it was here in part. present: all of it was. refused: nothing of
 * it was written, or, if others wrote to it at the same time, no more than `entries`.
 */
export interface ImportedSession {
  readonly sessionId: SessionId;
  readonly state: "imported" | "completed" | "present" | "refused";
  /** Entries that were written. */
  readonly entries: number;
  /** The file has a decision of a register elsewhere, which this store does not keep. */
  readonly decisionNotKept: boolean;
  readonly refusal: Refusal | null;
}

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly context: ErrorContext;
}

export interface ImportReport {
  readonly sessions: readonly ImportedSession[];
  /** Of the file's bytes before its end. */
  readonly sha256: Hash;
}

export interface ImportProgress {
  readonly stage: "checking" | "writing";
  readonly line: number;
}

export interface ImportDeps {
  readonly store: LogStore;
  readonly directory: GatewayDirectory;
  /** The file from its beginning; asked for twice. */
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/**
 * Takes the sessions of a file over into a store. First the whole file is read and checked (`readLogFile`), and each session compared
 * with what stands; only then is anything written. A session that conflicts is refused as a whole, and the others are taken.
 *
 * Repeating it changes nothing, and goes on where one broke off. Of several stores each session is judged by, and written to, its own.
 * Entries and closings of earlier epochs are taken where the store takes copies (`KeepsCopies`, `KeepsClosings`), and refused elsewhere.
 *
 * A page of entries of each log of one session is held, and of every session what is to become of it: a kilobyte or so, for at most
 * MAX_SESSIONS (`log-file-check.ts`).
 *
 * Throws what is wrong with the file; and what stops the store (STORE_UNAVAILABLE and others that are no verdict on a session):
 * then the sessions before are in it, and this one may be in part.
 */
export async function importLogFile(deps: ImportDeps): Promise<ImportReport> {
  const examined = await examine(deps);
  const sessions = await write(deps, examined);
  return { sessions, sha256: examined.sha256 };
}

type Outcome = SessionPlan | Refusal;

interface Examined {
  readonly outcomes: ReadonlyMap<SessionId, Outcome>;
  readonly sha256: Hash;
}

async function examine({ store, directory, open, onProgress }: ImportDeps): Promise<Examined> {
  const outcomes = new Map<SessionId, Outcome>();
  const gateways = new Map<GatewayId, GatewayLine>();
  let planner: SessionPlanner | undefined;
  let sessionId: SessionId | undefined;

  /** A verdict on the session; the rest of its records is only read over. */
  async function judged(work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (sessionId === undefined || !isGatelogError(error) || error.disposition !== "reject") throw error;
      outcomes.set(sessionId, refusalOf(error));
      planner = undefined;
    }
  }

  function settle(): void {
    if (planner !== undefined && sessionId !== undefined) outcomes.set(sessionId, planner.plan());
    planner = undefined;
  }

  async function take(record: LogFileRecord): Promise<void> {
    if (record.kind === "gateway") gateways.set(record.gatewayId, record);
    else if (record.kind === "session") {
      settle();
      sessionId = record.opening.facts.sessionId;
      await judged(async () => void (planner = await SessionPlanner.start({ store, directory }, record, gateways)));
    } else if (record.kind === "end") settle();
    else if (planner === undefined) return;
    else if (record.kind === "entry") await judged(() => planner?.entry(record));
    else if (record.kind === "closing") await judged(() => planner?.closing(record));
    else if (record.kind === "decision") await judged(() => planner?.decision(record));
  }

  let sha256: Hash | undefined;
  for await (const { line, record } of readLogFile(open())) {
    await take(record);
    if (record.kind === "end") ({ sha256 } = record);
    onProgress?.({ stage: "checking", line });
  }
  if (sha256 === undefined) throw new GatelogError("INVARIANT_BROKEN", "a file was read that has no end");
  return { outcomes, sha256 };
}

async function write({ store, open, onProgress }: ImportDeps, examined: Examined): Promise<ImportedSession[]> {
  const done: ImportedSession[] = [];
  let writer: SessionWriter | undefined;
  for await (const { line, record } of readLogFile(open(), { withSignatures: false })) {
    if (record.kind === "end" && record.sha256 !== examined.sha256)
      throw new GatelogError("MALFORMED", "the file was changed while it was imported");
    if (record.kind === "session" || record.kind === "end") {
      if (writer !== undefined) done.push(await writer.end());
      writer = undefined;
    }
    if (record.kind === "session") {
      const outcome = examined.outcomes.get(record.opening.facts.sessionId);
      if (outcome === undefined) throw new GatelogError("MALFORMED", "the file was changed while it was imported");
      writer = new SessionWriter(store, record, outcome);
    }
    await writer?.take(record);
    onProgress?.({ stage: "writing", line });
  }
  return done;
}

/** Writes what a store lacks of one session: pages of entries, then decision and closings as they stand in the file. */
class SessionWriter {
  readonly #store: LogStore;
  readonly #sessionId: SessionId;
  readonly #plan: SessionPlan | null;
  readonly #pages = new Map<GatewayId, SignedEntry[]>();
  /** Of several stores the session's own, once it is there. */
  #home: LogStore;
  #entries = 0;
  #refusal: Refusal | null;

  constructor(store: LogStore, line: SessionLine, outcome: Outcome) {
    this.#store = store;
    this.#home = store;
    this.#sessionId = line.opening.facts.sessionId;
    this.#plan = "code" in outcome ? null : outcome;
    this.#refusal = "code" in outcome ? outcome : null;
  }

  async take(record: LogFileRecord): Promise<void> {
    if (this.#plan === null || this.#refusal !== null || !hasWork(this.#plan)) return;
    await this.#writing(this.#plan, record);
  }

  async end(): Promise<ImportedSession> {
    const plan = this.#plan;
    if (plan !== null && this.#refusal === null) await this.#judged(() => this.#flush());
    const state = plan === null || this.#refusal !== null ? "refused" : stateOf(plan);
    return {
      sessionId: this.#sessionId,
      state,
      entries: this.#entries,
      decisionNotKept: plan?.decisionNotKept ?? false,
      refusal: this.#refusal,
    };
  }

  #writing(plan: SessionPlan, record: LogFileRecord): Promise<void> {
    return this.#judged(async () => {
      if (record.kind === "session") {
        if (plan.isNew) await open(this.#store, record.opening);
        this.#home = await homeOf(this.#store, this.#sessionId);
      }
      if (record.kind === "entry") {
        const { entry } = record;
        if (entry.index < (plan.lengths.get(entry.gatewayId) ?? 0)) return;
        if (entry.signature === null)
          throw new GatelogError("INVALID_SIGNATURE", "an entry without its own signature", { index: entry.index });
        await this.#add({ ...entry, signature: entry.signature });
      }
      if (record.kind === "decision" && plan.decision) {
        await this.#flush();
        await this.#home.decide(record.statement);
      }
      if (record.kind === "closing" && plan.closings) {
        await this.#flush();
        if (keepsClosings(this.#home)) await this.#home.adoptClosing(record.statement);
        else await this.#home.closeLog(record.statement);
      }
    });
  }

  async #add(entry: SignedEntry): Promise<void> {
    const page = this.#pages.get(entry.gatewayId) ?? [];
    this.#pages.set(entry.gatewayId, page);
    page.push(entry);
    if (page.length === MAX_ENTRIES_PER_CALL) await this.#flush();
  }

  async #flush(): Promise<void> {
    for (const [gatewayId, entries] of this.#pages) {
      this.#pages.delete(gatewayId);
      if (keepsCopies(this.#home)) await this.#home.adopt({ entries });
      else await this.#home.append(entries);
      this.#entries += entries.length;
    }
  }

  /** Somebody else has written to the session meanwhile: a verdict, and the import goes on with the next one. */
  async #judged(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isGatelogError(error) || error.disposition !== "reject") throw error;
      this.#refusal = refusalOf(error);
    }
  }
}

/** Whatever the epoch of the opening, where the session's store takes copies. */
async function open(store: LogStore, opening: SessionOpening): Promise<void> {
  const home = await homeFor(store, opening.facts);
  if (!keepsCopies(home)) await store.openSession(opening);
  else await (routesSessions(store) ? store.copies() : home).adopt({ opening, entries: [] });
}

function hasWork({ isNew, entries, closings, decision }: SessionPlan): boolean {
  return isNew || entries > 0 || closings || decision;
}

function stateOf(plan: SessionPlan): "imported" | "completed" | "present" {
  if (plan.isNew) return "imported";
  return hasWork(plan) ? "completed" : "present";
}

function refusalOf({ code, message, context }: GatelogError): Refusal {
  return { code, message, context };
}
