import { isGatelogError, type ErrorCode, type GatelogError } from "../../src/entry/errors.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import type { GatewayId, SessionId } from "../../src/entry/hex.ts";
import type { SessionOpening } from "../../src/entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../../src/entry/statements.ts";
import type { LogStore, ReadRange } from "../../src/store/log-store.ts";

/** A store whose writes fail while `failure` is set, and never reach the one behind it. */
export class FlakyStore implements LogStore {
  failure: GatelogError | null = null;
  /** Writes that were tried. */
  calls = 0;
  readonly #store: LogStore;

  constructor(store: LogStore) {
    this.#store = store;
  }

  get durability() {
    return this.#store.durability;
  }

  openSession(opening: SessionOpening, first?: readonly SignedEntry[]) {
    return this.#write(() => this.#store.openSession(opening, first));
  }

  append(entries: readonly SignedEntry[]) {
    return this.#write(() => this.#store.append(entries));
  }

  closeLog(closing: ClosingStatement) {
    return this.#write(() => this.#store.closeLog(closing));
  }

  decide(statement: DecisionStatement) {
    return this.#write(() => this.#store.decide(statement));
  }

  session(sessionId: SessionId) {
    return this.#store.session(sessionId);
  }

  read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange) {
    return this.#store.read(sessionId, gatewayId, range);
  }

  sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }) {
    return this.#store.sessionsOf(gatewayId, filter);
  }

  close() {
    return Promise.resolve();
  }

  #write(work: () => Promise<void>): Promise<void> {
    this.calls += 1;
    return this.failure === null ? work() : Promise.reject(this.failure);
  }
}

/** Code of the error that the promise is rejected with; "resolved" if it is not. */
export async function codeOf(promise: Promise<unknown>): Promise<ErrorCode | "resolved"> {
  try {
    await promise;
    return "resolved";
  } catch (error) {
    if (isGatelogError(error)) return error.code;
    throw error;
  }
}
