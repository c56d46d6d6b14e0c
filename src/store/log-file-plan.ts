import type { LogEntry } from "../entry/entry.ts";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import { checkSameSession, keysOf, unknownLog } from "./admission.ts";
import type { ClosingLine, DecisionLine, EntryLine, GatewayLine, SessionLine } from "./log-file.ts";
import {
  homeFor,
  keepsClosings,
  keepsCopies,
  MAX_ENTRIES_PER_CALL,
  type GatewayDirectory,
  type GatewayRecord,
  type LogHead,
  type LogStore,
  type SessionRecord,
} from "./log-store.ts";

/** What a store lacks of a session in a file. */
export interface SessionPlan {
  readonly sessionId: SessionId;
  readonly isNew: boolean;
  /** What stands of each log; the entries from there on are new. */
  readonly lengths: ReadonlyMap<GatewayId, number>;
  /** Number of entries that are new. */
  readonly entries: number;
  readonly closings: boolean;
  readonly decision: boolean;
  /** The file has a decision, and this store keeps no register for it. */
  readonly decisionNotKept: boolean;
}

/** A log as it stands, and the page of it that was looked at last. */
interface Standing {
  readonly head: LogHead | undefined;
  page: readonly LogEntry[];
  pageFrom: number;
}

/**
 * Compares one session of a file with what a store has of it, record by record, and writes nothing. Each method throws what the
 * store would refuse the record for; then nothing of the session may be written.
 *
 * The file's signatures must have been checked by the file's keys; that these are the store's is checked here.
 */
export class SessionPlanner {
  readonly #store: LogStore;
  readonly #line: SessionLine;
  readonly #standing: SessionRecord | null;
  readonly #gateways: ReadonlyMap<GatewayId, GatewayRecord>;
  readonly #logs: ReadonlyMap<GatewayId, Standing>;
  #entries = 0;
  #closings = false;
  #decision = false;
  #decisionNotKept = false;

  private constructor(
    store: LogStore,
    line: SessionLine,
    standing: SessionRecord | null,
    gateways: ReadonlyMap<GatewayId, GatewayRecord>,
  ) {
    this.#store = store;
    this.#line = line;
    this.#standing = standing;
    this.#gateways = gateways;
    this.#logs = new Map(
      line.logs.map(({ gatewayId }) => [
        gatewayId,
        { head: standing?.logs.find((log) => log.gatewayId === gatewayId), page: [], pageFrom: 0 },
      ]),
    );
  }

  /**
   * Of several stores it is the session's own that counts. Errors: UNKNOWN_GATEWAY, FOREIGN_SIGNATURE (the store knows another key),
   * SESSION_EXISTS, STALE_EPOCH, NOT_SERVED_HERE (no store serves the session's logging profile).
   */
  static async start(
    deps: { readonly store: LogStore; readonly directory: GatewayDirectory },
    line: SessionLine,
    inFile: ReadonlyMap<GatewayId, GatewayLine>,
  ): Promise<SessionPlanner> {
    const gateways = new Map<GatewayId, GatewayRecord>();
    for (const { gatewayId } of line.logs) {
      const known = await deps.directory.gateway(gatewayId);
      checkSameKeys(known, inFile.get(gatewayId)?.keys ?? []);
      gateways.set(gatewayId, known);
    }
    const { facts } = line.opening;
    const store = await homeFor(deps.store, facts);
    const standing = await find(store, facts.sessionId);
    const planner = new SessionPlanner(store, line, standing, gateways);
    if (standing !== null) checkSameSession(standing.sessionHash, line.opening);
    else planner.#requireWritable(facts.origin.gatewayId, line.opening.epoch, keepsCopies(store));
    return planner;
  }

  /** EQUIVOCATION, WRONG_INDEX: another entry stands there. LOG_CLOSED, STALE_EPOCH, UNKNOWN_GATEWAY, INVALID_SIGNATURE. */
  async entry({ entry }: EntryLine): Promise<void> {
    const { sessionId, gatewayId, index, epoch, entryHash } = entry;
    const log = this.#log(gatewayId);
    const length = log.head?.length ?? 0;
    if (index < length) {
      const there = await this.#standingEntry(log, gatewayId, index);
      if (there.entryHash === entryHash) return;
      const code = there.epoch === epoch ? "EQUIVOCATION" : "WRONG_INDEX";
      throw new GatelogError(code, `another entry stands at index ${index}`, {
        ...{ sessionId, gatewayId, index, expected: there.entryHash, actual: entryHash },
      });
    }
    if (log.head?.closed === true)
      throw new GatelogError("LOG_CLOSED", `the log is closed at ${length} entries`, { sessionId, gatewayId });
    if (entry.signature === null)
      throw new GatelogError(
        "INVALID_SIGNATURE",
        "an entry in a run, without its own signature, cannot be taken over",
        {
          ...{ sessionId, gatewayId, index },
        },
      );
    this.#requireWritable(gatewayId, epoch, keepsCopies(this.#store));
    this.#entries += 1;
  }

  /** LOG_CLOSED (at another place), WRONG_INDEX (the store has more), STALE_EPOCH, UNKNOWN_GATEWAY. */
  closing({ statement }: ClosingLine): void {
    const { sessionId, gatewayId, length, epoch } = statement;
    const { head } = this.#log(gatewayId);
    const standing = head?.length ?? 0;
    if (standing > length)
      throw new GatelogError("WRONG_INDEX", `the log has ${standing} entries, and is closed at ${length} in the file`, {
        ...{ sessionId, gatewayId, expected: standing, actual: length },
      });
    if (head?.closed === true) return;
    this.#requireWritable(gatewayId, epoch, keepsClosings(this.#store));
    this.#closings = true;
  }

  /** ALREADY_DECIDED: the other way. */
  decision({ statement }: DecisionLine): void {
    const { durability } = this.#store;
    const { sessionId, register, origin } = this.#line.opening.facts;
    if (register !== "log" || durability === "local" || durability === "shared") {
      this.#decisionNotKept = true;
      return;
    }
    const standing = this.#standing?.decision.decision ?? "NONE";
    if (standing === statement.decision) return;
    if (standing !== "NONE")
      throw new GatelogError("ALREADY_DECIDED", `${standing} stands`, { sessionId, actual: standing });
    if (statement.signature !== null) this.#requireWritable(origin.gatewayId, statement.epoch, false);
    this.#decision = true;
  }

  plan(): SessionPlan {
    return {
      sessionId: this.#line.opening.facts.sessionId,
      isNew: this.#standing === null,
      lengths: new Map([...this.#logs].map(([gatewayId, { head }]) => [gatewayId, head?.length ?? 0])),
      entries: this.#entries,
      closings: this.#closings,
      decision: this.#decision,
      decisionNotKept: this.#decisionNotKept,
    };
  }

  async #standingEntry(log: Standing, gatewayId: GatewayId, index: number): Promise<LogEntry> {
    if (log.page[index - log.pageFrom] === undefined) {
      const { sessionId } = this.#line.opening.facts;
      log.page = await this.#store.read(sessionId, gatewayId, { from: index, limit: MAX_ENTRIES_PER_CALL });
      log.pageFrom = index;
    }
    const entry = log.page[index - log.pageFrom];
    if (entry !== undefined) return entry;
    throw new GatelogError("CORRUPT_STORE", "the store has no entry below the log's length", { gatewayId, index });
  }

  /** @param anyEpoch The store takes over what an earlier key has signed. */
  #requireWritable(gatewayId: GatewayId, epoch: number, anyEpoch: boolean): void {
    const gateway = this.#gateways.get(gatewayId);
    if (gateway === undefined) throw unknownLog(this.#line.opening.facts.sessionId, gatewayId);
    if (keysOf(gateway)(gatewayId, epoch) === undefined)
      throw new GatelogError("UNKNOWN_GATEWAY", `the store does not know the gateway's key of epoch ${epoch}`, {
        ...{ gatewayId, epoch },
      });
    if (!anyEpoch && epoch !== gateway.epoch)
      throw new GatelogError("STALE_EPOCH", `the gateway's current epoch is ${gateway.epoch}, not ${epoch}`, {
        ...{ gatewayId, expected: gateway.epoch, actual: epoch },
      });
  }

  #log(gatewayId: GatewayId): Standing {
    const log = this.#logs.get(gatewayId);
    if (log === undefined) throw unknownLog(this.#line.opening.facts.sessionId, gatewayId);
    return log;
  }
}

/** Null if the store has no such session. */
async function find(store: LogStore, sessionId: SessionId): Promise<SessionRecord | null> {
  try {
    return await store.session(sessionId);
  } catch (error) {
    if (isGatelogError(error, "UNKNOWN_SESSION")) return null;
    throw error;
  }
}

/** Of one epoch there is one key. */
function checkSameKeys(known: GatewayRecord, keys: GatewayRecord["keys"]): void {
  const { gatewayId } = known;
  for (const { epoch, key } of keys) {
    const expected = keysOf(known)(gatewayId, epoch);
    if (expected !== undefined && expected !== key)
      throw new GatelogError("FOREIGN_SIGNATURE", `the store knows another key of the gateway in epoch ${epoch}`, {
        ...{ gatewayId, epoch, expected, actual: key },
      });
  }
}
