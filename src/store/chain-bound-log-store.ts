import type { Chain } from "../chain/chain.ts";
import type { LogReader } from "../chain/log-reader.ts";
import type { Block } from "../chain/rpc-values.ts";
import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import { GatelogError, isGatelogError, type ErrorContext } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import type { SessionOpening } from "../entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../entry/statements.ts";
import type { LogStore, ReadRange, SessionRecord } from "./log-store.ts";

interface Deps {
  /** The registry's log, behind somebody else's service. */
  readonly store: LogStore;
  readonly chain: Chain;
  readonly reader: Pick<LogReader, "logState" | "sessionState">;
}

/**
 * A log of the registry as a service shows it, held to the registry itself: a session that lacks what is final there is no answer
 * (STORE_UNAVAILABLE), and so nobody goes on from it. For the member of a group: its predecessor's last entries stand before its own
 * takeover, which it has seen become final, and a service on another node may not have come so far (R4).
 *
 * Limitation: `sessionsOf` and `read` are passed on as they are; what they lack, the next `session` misses.
 */
export class ChainBoundLogStore implements LogStore {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get durability() {
    return this.#deps.store.durability;
  }

  openSession(opening: SessionOpening, first?: readonly SignedEntry[]): Promise<void> {
    return this.#deps.store.openSession(opening, first);
  }

  append(entries: readonly SignedEntry[]): Promise<void> {
    return this.#deps.store.append(entries);
  }

  closeLog(closing: ClosingStatement): Promise<void> {
    return this.#deps.store.closeLog(closing);
  }

  decide(statement: DecisionStatement): Promise<void> {
    return this.#deps.store.decide(statement);
  }

  async session(sessionId: SessionId): Promise<SessionRecord> {
    // Asked before, so that what comes meanwhile is not missed in the answer.
    const at = await this.#deps.chain.finalBlock();
    const record = await this.#known(sessionId, at);
    await Promise.all(record.logs.map((log) => this.#requireHeld(record, log, at)));
    return record;
  }

  read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    return this.#deps.store.read(sessionId, gatewayId, range);
  }

  sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    return this.#deps.store.sessionsOf(gatewayId, filter);
  }

  close(): Promise<void> {
    return this.#deps.store.close();
  }

  async #known(sessionId: SessionId, at: Block): Promise<SessionRecord> {
    try {
      return await this.#deps.store.session(sessionId);
    } catch (error) {
      if (!isGatelogError(error, "UNKNOWN_SESSION")) throw error;
      await this.#deps.reader.sessionState(sessionId, at); // UNKNOWN_SESSION here, too
      throw behind(at, { sessionId });
    }
  }

  async #requireHeld(record: SessionRecord, log: SessionRecord["logs"][number], at: Block): Promise<void> {
    const { gatewayId, length } = log;
    try {
      const held = await this.#deps.reader.logState(record, gatewayId, at);
      if (length < held.length) throw behind(at, { gatewayId, expected: held.length, actual: length });
    } catch (error) {
      // Newer than the final block, or shown while it is on its way there.
      if (!isGatelogError(error, "UNKNOWN_LOG")) throw error;
    }
  }
}

function behind(at: Block, context: ErrorContext): GatelogError {
  return new GatelogError("STORE_UNAVAILABLE", `the service does not show what is final in block ${at.number}`, {
    ...context,
    block: at.number,
  });
}
