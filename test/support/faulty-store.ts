import type { SignedEntry } from "../../src/entry/entry.ts";
import { GatelogError, type ErrorCode } from "../../src/entry/errors.ts";
import type { GatewayId, SessionId } from "../../src/entry/hex.ts";
import type { SessionOpening } from "../../src/entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../../src/entry/statements.ts";
import type { LogStore, ReadRange, SessionRecord } from "../../src/store/log-store.ts";

/** What a write is, for switches and crash points. */
export type Write =
  | { readonly kind: "open"; readonly entries: readonly SignedEntry[] }
  | { readonly kind: "append"; readonly entries: readonly SignedEntry[] }
  | { readonly kind: "close" }
  | { readonly kind: "decide"; readonly statement: DecisionStatement };

/** What becomes of a write that a switch picks out: lost on the way, or made and the reply lost. */
export interface Fault {
  readonly code: ErrorCode;
  /** "half": the session was opened, and its first entry was lost. */
  readonly landed: boolean | "half";
}

/** A store as one gateway reaches it: over a line that can break before or behind each write. */
export class FaultyStore implements LogStore {
  readonly durability;
  readonly #store: LogStore;

  // ---- switches
  unavailable = false;
  /** Sessions of which nobody can make sense. */
  readonly unreadable = new Set<SessionId>();
  /** Asked before each write. */
  fault: (write: Write) => Fault | undefined = () => undefined;
  /** Told when a write has been made, before its reply leaves: the place to kill whoever waits for it. */
  onWritten: (write: Write) => void = () => undefined;
  /** How much of each log the node knows that answers. */
  shownLength = Infinity;
  /** Decisions are in a block that is not final yet. */
  decisionsAreFinal = true;
  /** Every write that was let out, in order, also those that failed: what somebody may have seen. */
  readonly letOut: SignedEntry[] = [];

  constructor(store: LogStore) {
    this.#store = store;
    this.durability = store.durability;
  }

  openSession(opening: SessionOpening, first: readonly SignedEntry[] = []): Promise<void> {
    return this.#write({ kind: "open", entries: first }, (half) => this.#store.openSession(opening, half ? [] : first));
  }

  append(entries: readonly SignedEntry[]): Promise<void> {
    return this.#write({ kind: "append", entries }, () => this.#store.append(entries));
  }

  closeLog(closing: ClosingStatement): Promise<void> {
    return this.#write({ kind: "close" }, () => this.#store.closeLog(closing));
  }

  decide(statement: DecisionStatement): Promise<void> {
    return this.#write({ kind: "decide", statement }, () => this.#store.decide(statement));
  }

  async session(sessionId: SessionId): Promise<SessionRecord> {
    this.#checkAvailable();
    if (this.unreadable.has(sessionId)) throw new GatelogError("INVALID_SESSION", "malformed facts", { sessionId });
    const record = await this.#store.session(sessionId);
    const logs = record.logs.map((log) => ({ ...log, length: Math.min(log.length, this.shownLength) }));
    return {
      ...record,
      logs,
      decision: { ...record.decision, final: record.decision.final && this.decisionsAreFinal },
    };
  }

  async read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange) {
    this.#checkAvailable();
    const entries = await this.#store.read(sessionId, gatewayId, range);
    return entries.filter(({ index }) => index < this.shownLength);
  }

  async sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    this.#checkAvailable();
    return this.#store.sessionsOf(gatewayId, filter);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #write(write: Write, make: (half: boolean) => Promise<void>): Promise<void> {
    if ("entries" in write) this.letOut.push(...write.entries);
    this.#checkAvailable();
    const fault = this.fault(write);
    if (!fault || fault.landed) {
      await make(fault?.landed === "half");
      this.onWritten(write);
    }
    if (fault) throw new GatelogError(fault.code, "the line broke", { landed: fault.landed });
  }

  #checkAvailable(): void {
    if (this.unavailable) throw new GatelogError("STORE_UNAVAILABLE", "the log does not answer");
  }
}
