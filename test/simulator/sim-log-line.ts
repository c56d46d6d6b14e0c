import type { LogEntry, SignedEntry } from "../../src/entry/entry.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import type { GatewayId, SessionId } from "../../src/entry/hex.ts";
import type { SessionOpening } from "../../src/entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../../src/entry/statements.ts";
import type { LogStore, ReadRange, SessionRecord } from "../../src/store/log-store.ts";
import type { Name } from "./cast.ts";
import type { Faults } from "./faults.ts";
import type { SimClock } from "./sim-clock.ts";
import type { SimLog } from "./sim-log.ts";

const ROUND_TRIP_MS = 20;
const BLOCK_MS = 250;
/** How long a writer waits for its transaction. */
const GIVE_UP_MS = 3_000;
/** A transaction that is late is mined within this time. */
const LATEST_MS = 40_000;

/** What a gateway writes to the log, for stations and oracles. */
export type LogWrite =
  | { readonly kind: "open"; readonly opening: SessionOpening; readonly entries: readonly SignedEntry[] }
  | { readonly kind: "append"; readonly entries: readonly SignedEntry[] }
  | { readonly kind: "close"; readonly closing: ClosingStatement }
  | { readonly kind: "decide"; readonly statement: DecisionStatement };

interface LineDeps {
  readonly log: SimLog;
  readonly clock: SimClock;
  readonly faults: Faults;
  /** UNIX ms of the newest block that whoever asks is sure to see: a node that is behind it gives no answer. */
  readonly seenUntil?: () => number;
  /** Told when a write is let out, when a node has it, and when it is mined: the process may die there. */
  readonly onWrite: (stage: "out" | "pending" | "unanswered", write: LogWrite) => void;
}

/** The log as one gateway reaches it: over a network, through a node that may be behind, by transactions that may be late. */
export class SimLogLine implements LogStore {
  readonly durability = "final";
  readonly #name: Name;
  readonly #deps: LineDeps;

  constructor(name: Name, deps: LineDeps) {
    this.#name = name;
    this.#deps = deps;
  }

  openSession(opening: SessionOpening, first: readonly SignedEntry[] = []): Promise<void> {
    return this.#write({ kind: "open", opening, entries: first });
  }

  async append(entries: readonly SignedEntry[]): Promise<void> {
    if (entries.length > 0) await this.#write({ kind: "append", entries });
  }

  closeLog(closing: ClosingStatement): Promise<void> {
    return this.#write({ kind: "close", closing });
  }

  decide(statement: DecisionStatement): Promise<void> {
    return this.#write({ kind: "decide", statement });
  }

  async session(sessionId: SessionId): Promise<SessionRecord> {
    const { log, clock, faults } = this.#deps;
    const moment = await this.#reach();
    const record = log.record(sessionId, moment);
    if (moment < clock.now()) {
      const now = log.record(sessionId, clock.now());
      const sees = (of: SessionRecord): string =>
        `${of.decision.decision} ${of.logs.map(({ length }) => length).join(" ")}`;
      if (sees(now) !== sees(record))
        faults.happened("log-read-stale", `${this.#name} sees ${sees(record)}, not ${sees(now)}`);
    }
    if (record.decision.statement && !record.decision.final)
      faults.happened("decision-not-final", `${this.#name} reads ${record.decision.decision}`);
    return record;
  }

  async read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    return this.#deps.log.read(sessionId, gatewayId, range, await this.#reach());
  }

  async sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    return this.#deps.log.sessionsOf(gatewayId, filter, await this.#reach());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Resolves with the moment at which the chain of the node that answers ends. */
  async #reach(): Promise<number> {
    const { clock, faults } = this.#deps;
    await clock.sleep(faults.between(1, ROUND_TRIP_MS));
    this.#checkReachable();
    return Math.max(clock.now() - faults.lag("log-read-stale", this.#name), this.#deps.seenUntil?.() ?? 0);
  }

  #checkReachable(): void {
    const { faults } = this.#deps;
    if (!faults.spell("log-away", this.#name)) return;
    faults.happened("log-away", this.#name);
    throw new GatelogError("STORE_UNAVAILABLE", "the log does not answer");
  }

  async #write(write: LogWrite): Promise<void> {
    const { clock, faults, onWrite } = this.#deps;
    onWrite("out", write);
    const moment = await this.#reach();
    const detail = `${this.#name}'s ${describeWrite(write)}`;
    if (faults.strikes("log-request-lost")) await this.#giveUp("log-request-lost", detail);
    this.#checkKnown(write, moment);
    onWrite("pending", write);
    if (faults.strikes("log-write-dropped")) await this.#giveUp("log-write-dropped", detail);
    if (faults.strikes("log-write-late")) {
      const land = (): void => void this.#land(write).catch(() => undefined); // nobody waits for it any more
      clock.at(clock.now() + faults.between(GIVE_UP_MS, LATEST_MS), land);
      await this.#giveUp("log-write-late", detail);
    }
    await clock.sleep(faults.between(1, BLOCK_MS));
    await this.#land(write);
    onWrite("unanswered", write);
    if (faults.strikes("log-reply-lost")) await this.#giveUp("log-reply-lost", detail);
  }

  async #giveUp(
    fault: "log-request-lost" | "log-reply-lost" | "log-write-late" | "log-write-dropped",
    detail: string,
  ): Promise<never> {
    const { clock, faults } = this.#deps;
    faults.happened(fault, detail);
    await clock.sleep(GIVE_UP_MS);
    throw new GatelogError("TIMEOUT", `no receipt within ${GIVE_UP_MS} ms`);
  }

  #land(write: LogWrite): Promise<void> {
    const { log } = this.#deps;
    switch (write.kind) {
      case "open":
        return log.open(write.opening, write.entries);
      case "append":
        return log.append(write.entries);
      case "close":
        return log.close(write.closing);
      case "decide":
        return log.decide(write.statement);
    }
  }

  /** A node tries a transaction on what it has seen of the chain before it takes it. */
  #checkKnown(write: LogWrite, moment: number): void {
    const { clock, faults } = this.#deps;
    if (moment >= clock.now() || write.kind === "open") return;
    const refusal = this.#refusalAt(write, moment);
    if (!refusal) return;
    faults.happened("log-refused-behind", `${this.#name}'s ${describeWrite(write)}: ${refusal.code}`);
    throw refusal;
  }

  #refusalAt(write: Exclude<LogWrite, { kind: "open" }>, moment: number): GatelogError | undefined {
    const { log } = this.#deps;
    const sessionId = sessionOf(write);
    try {
      log.record(sessionId, moment);
    } catch (error) {
      if (error instanceof GatelogError) return error;
      throw error;
    }
    if (write.kind === "decide") return this.#groundAt(write.statement, moment);
    const [gatewayId, index] =
      write.kind === "append"
        ? [write.entries[0]?.gatewayId ?? "0x", write.entries[0]?.index ?? 0]
        : [write.closing.gatewayId, write.closing.length];
    const length = log.length(sessionId, gatewayId, moment);
    if (index <= length) return undefined;
    return new GatelogError("WRONG_INDEX", `the next index is ${length}, not ${index}`, {
      expected: length,
      actual: index,
    });
  }

  /** The evidence for COMMIT is the last entry of each log: where one is missing, so is the ground. */
  #groundAt({ decision, sessionId }: DecisionStatement, moment: number): GatelogError | undefined {
    const { log, clock } = this.#deps;
    const lengths = (at: number): string =>
      log
        .record(sessionId, at)
        .logs.map(({ length }) => length)
        .join(" ");
    return decision === "COMMIT" && lengths(moment) !== lengths(clock.now())
      ? new GatelogError("DECISION_WITHOUT_GROUND", "nothing that stands in the logs allows COMMIT")
      : undefined;
  }
}

function sessionOf(write: Exclude<LogWrite, { kind: "open" }>): SessionId {
  switch (write.kind) {
    case "append":
      return write.entries[0]?.sessionId ?? "";
    case "close":
      return write.closing.sessionId;
    case "decide":
      return write.statement.sessionId;
  }
}

function describeWrite(write: LogWrite): string {
  switch (write.kind) {
    case "open":
      return "opening";
    case "append":
      return `append of ${write.entries.map(({ index }) => index).join(", ")}`;
    case "close":
      return "closing";
    case "decide":
      return write.statement.decision;
  }
}
