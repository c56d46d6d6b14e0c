import { GatelogError, isGatelogError, type ErrorCode } from "../../src/entry/errors.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import type { GatewayId, SessionId } from "../../src/entry/hex.ts";
import type { SessionOpening } from "../../src/entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../../src/entry/statements.ts";
import type { LogStore, ReadRange } from "../../src/store/log-store.ts";

/** A store whose writes fail while `failure` is set, and reach the one behind it only if they are said to land. */
export class FlakyStore implements LogStore {
  failure: GatelogError | null = null;
  lands = false;
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

  async #write(work: () => Promise<void>): Promise<void> {
    this.calls += 1;
    if (this.failure === null || this.lands) await work();
    if (this.failure !== null) throw this.failure;
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

/**
 * A store that answers through a node that lags: what is denied here stands in the store behind it. Reads and writes alike.
 */
export class LaggingStore implements LogStore {
  /** Sessions that the node has not heard of. */
  readonly unheard = new Set<SessionId>();
  /** Logs that the node knows in part: their lengths, by session and gateway. */
  readonly lengths = new Map<string, number>();
  /** Gateways whose newest key the node has not heard of. */
  readonly oldEpochs = new Map<GatewayId, number>();
  /** Every entry that was let out to the node, in order, also those that it refused. */
  readonly letOut: SignedEntry[] = [];
  readonly durability;
  readonly #store: LogStore;

  constructor(store: LogStore) {
    this.#store = store;
    this.durability = store.durability;
  }

  cut(sessionId: SessionId, gatewayId: GatewayId, length: number): void {
    this.lengths.set(`${sessionId} ${gatewayId}`, length);
  }

  catchUp(): void {
    this.unheard.clear();
    this.lengths.clear();
    this.oldEpochs.clear();
  }

  async openSession(opening: SessionOpening, first: readonly SignedEntry[] = []) {
    this.#checkEpoch(opening.facts.origin.gatewayId, opening.epoch);
    await this.#store.openSession(opening);
    if (first.length > 0) await this.append(first);
  }

  async append(entries: readonly SignedEntry[]) {
    this.letOut.push(...entries);
    const [first] = entries;
    if (first === undefined) return;
    this.#checkHeard(first.sessionId);
    this.#checkEpoch(first.gatewayId, first.epoch);
    const length = this.#lengthOf(first.sessionId, first.gatewayId);
    if (first.index > length)
      throw new GatelogError("WRONG_INDEX", "ahead of the node", { expected: length, actual: first.index });
    await this.#store.append(entries);
  }

  async closeLog(closing: ClosingStatement) {
    this.#checkHeard(closing.sessionId);
    const length = this.#lengthOf(closing.sessionId, closing.gatewayId);
    if (closing.length > length)
      throw new GatelogError("WRONG_INDEX", "ahead of the node", { expected: length, actual: closing.length });
    await this.#store.closeLog(closing);
  }

  async decide(statement: DecisionStatement) {
    this.#checkHeard(statement.sessionId);
    await this.#store.decide(statement);
  }

  async session(sessionId: SessionId) {
    this.#checkHeard(sessionId);
    const record = await this.#store.session(sessionId);
    const logs = record.logs.map((log) => ({
      ...log,
      length: Math.min(log.length, this.#lengthOf(sessionId, log.gatewayId)),
    }));
    return { ...record, logs };
  }

  async read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange) {
    this.#checkHeard(sessionId);
    const entries = await this.#store.read(sessionId, gatewayId, range);
    return entries.filter(({ index }) => index < this.#lengthOf(sessionId, gatewayId));
  }

  async sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }) {
    const sessions = await this.#store.sessionsOf(gatewayId, filter);
    return sessions.filter((sessionId) => !this.unheard.has(sessionId));
  }

  close() {
    return Promise.resolve();
  }

  #lengthOf(sessionId: SessionId, gatewayId: GatewayId): number {
    return this.lengths.get(`${sessionId} ${gatewayId}`) ?? Infinity;
  }

  #checkHeard(sessionId: SessionId): void {
    if (this.unheard.has(sessionId)) throw new GatelogError("UNKNOWN_SESSION", "no such session here", { sessionId });
  }

  #checkEpoch(gatewayId: GatewayId, epoch: number): void {
    const known = this.oldEpochs.get(gatewayId) ?? epoch;
    if (epoch > known)
      throw new GatelogError("STALE_EPOCH", "an epoch of which the node has not heard", {
        expected: known,
        actual: epoch,
      });
  }
}
