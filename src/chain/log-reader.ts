import type { LogEntry } from "../entry/entry.ts";
import { GatelogError, isGatelogError, type ErrorContext } from "../entry/errors.ts";
import {
  sessionIdToBytes16,
  sessionIdToWord,
  toHex,
  ZERO_ADDRESS,
  type Address,
  type GatewayId,
  type Hash,
  type Hex,
  type SessionId,
} from "../entry/hex.ts";
import { checkLog, startOfLog, type LogPosition } from "../entry/log-check.ts";
import { checkDecisionSignature } from "../entry/signed-statements.ts";
import type { ClosingStatement, Decision, DecisionStatement } from "../entry/statements.ts";
import type { Chain } from "./chain.ts";
import { logRegistryAt } from "./contracts.ts";
import type { LogRegistry } from "./generated/types/LogRegistry.ts";
import { TOPICS } from "./events.ts";
import { decisionFrom, decisionStatement, openedSession, type LogEvent, type OpenedSession } from "./log-events.ts";
import { RegistryReader } from "./registry-reader.ts";
import type { Block } from "./rpc-values.ts";
import { SessionEvents } from "./session-events.ts";

export interface SessionState {
  readonly openBlock: number;
  readonly decidedBlock: number;
  readonly closedBlock: number;
  readonly decision: Decision;
}

export interface LogState {
  readonly length: number;
  /** First 24 bytes of the last entry's hash. */
  readonly head: Hex;
  readonly lastBlock: number;
  readonly closed: boolean;
}

/** A log from some position on, as far as the block that was asked for. */
export interface LogPart {
  readonly entries: LogEntry[];
  readonly closing: ClosingStatement | null;
  /** Behind the last entry. */
  readonly position: LogPosition;
  /** Block of the log's last event. */
  readonly lastBlock: number;
}

/**
 * What one reading of a log may hold, as `sizeOf` counts: whoever writes a log must not decide how much memory its readers need.
 * A session of 10,000 entries needs a tenth of it.
 */
const MAX_LOG_BYTES = 128 * 1_024 * 1_024;
/** What an entry takes up beside its payload, at least. */
const ENTRY_BYTES = 512;

/** Bytes that entries take up in memory, about. */
export function sizeOf(entries: readonly LogEntry[]): number {
  return entries.reduce((size, { payload }) => size + payload.length + ENTRY_BYTES, 0);
}

/**
 * Rebuilds sessions and logs from the registry's events and verifies them against keys and heads. A log is walked back from its
 * head, from block to block as its events say: never more requests than there are blocks with events of it, and far fewer where
 * they stand close together, whatever the height of the chain and the number of other sessions.
 *
 * Trusts the node for heads and current keys (the auditor does not); what it returns is signed, chained and complete up to the
 * head. An event that is none of those that the heads promise is CORRUPT_STORE, one that is not shown STORE_UNAVAILABLE.
 */
export class LogReader {
  readonly registryReader: RegistryReader;
  readonly #events: SessionEvents;
  readonly #contract: LogRegistry;
  readonly #maxLogBytes: number;

  constructor(chain: Chain, registry: Address, options: { readonly maxLogBytes?: number } = {}) {
    this.#events = new SessionEvents(chain, registry);
    this.#maxLogBytes = options.maxLogBytes ?? MAX_LOG_BYTES;
    this.#contract = logRegistryAt(chain, registry);
    this.registryReader = new RegistryReader(chain, registry);
  }

  /** UNKNOWN_SESSION if it was not opened by that block. */
  async sessionState(sessionId: SessionId, at: Block): Promise<SessionState> {
    const state = await this.#contract.sessionOf(sessionIdToBytes16(sessionId), { blockTag: at.hash });
    if (state.openBlock === 0n)
      throw new GatelogError("UNKNOWN_SESSION", "the registry does not know the session", { sessionId });
    return {
      openBlock: Number(state.openBlock),
      decidedBlock: Number(state.decidedBlock),
      closedBlock: Number(state.closedBlock),
      decision: decisionFrom(state.decision),
    };
  }

  /** CORRUPT_STORE if the event is not that of the session whose logs the registry holds at that block. */
  async opened(
    sessionId: SessionId,
    { openBlock }: Pick<SessionState, "openBlock">,
    at: Block,
  ): Promise<OpenedSession> {
    const [event] = await this.#events.ofBlock(openBlock, [TOPICS.SessionOpened, sessionIdToWord(sessionId)]);
    if (event === undefined) throw missing("SessionOpened", openBlock);
    const session = openedSession(event);
    try {
      // The session's hash covers its id, its parties and all of its facts.
      await this.logState(session, session.originGatewayId, at);
    } catch (error) {
      if (!isGatelogError(error, "UNKNOWN_LOG")) throw error;
      throw corrupt("another session than the registry holds", { sessionId, block: openBlock }, error);
    }
    return session;
  }

  /** CORRUPT_STORE if the event is not that of the decision that the register holds, or the origin did not sign it. */
  async decision(
    session: OpenedSession,
    { decidedBlock, decision }: Pick<SessionState, "decidedBlock" | "decision">,
  ): Promise<DecisionStatement> {
    const { sessionId, originGatewayId } = session;
    const [event] = await this.#events.ofBlock(decidedBlock, [TOPICS.Decided, sessionIdToWord(sessionId)]);
    if (event === undefined) throw missing("Decided", decidedBlock);
    const statement = decisionStatement(event, session);
    if (statement.decision !== decision)
      throw corrupt("another decision than the register holds", {
        sessionId,
        expected: decision,
        actual: statement.decision,
      });
    if (statement.ground !== "ORIGIN") return statement;
    const { keys } = await this.registryReader.covering(originGatewayId, statement.epoch);
    const key = keys.find(({ epoch }) => epoch === statement.epoch)?.key ?? ZERO_ADDRESS;
    try {
      checkDecisionSignature(session.opening().facts, statement, key);
    } catch (error) {
      if (!isGatelogError(error, "FOREIGN_SIGNATURE", "INVALID_SIGNATURE")) throw error;
      throw corrupt("a decision that the origin did not sign", { sessionId, fault: error.code }, error);
    }
    return statement;
  }

  /** UNKNOWN_LOG if the gateway is no party to the session. */
  async logState(session: Pick<OpenedSession, "sessionHash">, gatewayId: GatewayId, at: Block): Promise<LogState> {
    const { sessionHash } = session;
    // By place: a member named `length` and the length of the array that carries it make TypeChain's type empty.
    const state: unknown = await this.#contract.logOf(sessionHash, gatewayId, { blockTag: at.hash });
    const [length, head, lastBlock, open, closed] = state as [bigint, string, bigint, boolean, boolean];
    if (!open && !closed)
      throw new GatelogError("UNKNOWN_LOG", "the gateway is no party to the session", { sessionHash, gatewayId });
    return { length: Number(length), head: toHex(head), lastBlock: Number(lastBlock), closed };
  }

  /** Hash of the log's last entry in full, from that entry's event alone; zero if it has none. */
  async lastEntryHash(session: OpenedSession, gatewayId: GatewayId, state: LogState): Promise<Hash> {
    const start = startOfLog(session.sessionId, session.sessionHash, gatewayId);
    if (state.length === 0) return start.lastEntryHash;
    let events = await this.#events.ofLog(session, gatewayId, state.lastBlock);
    const [first] = events;
    if (first?.kind === "closing") events = await this.#events.ofLog(session, gatewayId, first.previousBlock);
    const last = events.findLast((event) => event.kind === "entry");
    if (last === undefined) throw missing("EntryAppended", state.lastBlock);
    // The registry keeps the first 24 bytes of a hash; an entry's own follows from all that is in the event.
    requireHead(state, last.entry.entryHash, gatewayId);
    return last.entry.entryHash;
  }

  /**
   * The log's entries behind `from` (its start by default), verified. `from` must be a position that this log had: if the log
   * does not join on to it, for instance after a reorganisation, WRONG_HEAD. TOO_LARGE if there is more than a reader holds.
   */
  async readLog(session: OpenedSession, gatewayId: GatewayId, at: Block, from?: LogPosition): Promise<LogPart> {
    const start = from ?? startOfLog(session.sessionId, session.sessionHash, gatewayId);
    const state = await this.logState(session, gatewayId, at);
    if (state.length < start.length)
      throw new GatelogError("WRONG_HEAD", "the log is shorter than it was", {
        gatewayId,
        expected: start.length,
        actual: state.length,
      });
    this.#requireReadable(gatewayId, (state.length - start.length) * ENTRY_BYTES);
    const events = await this.#walkBack(session, gatewayId, state, start.length);
    const entries = events.flatMap((event) =>
      event.kind === "entry" && event.entry.index >= start.length ? [event.entry] : [],
    );
    const last = events.at(-1);
    const position = await this.#verify(start, entries, gatewayId);
    if (position.length !== state.length) throw missing("EntryAppended", state.lastBlock);
    requireHead(state, position.lastEntryHash, gatewayId);
    const closing = last?.kind === "closing" ? last.closing : null;
    if (closing !== null && (closing.length !== state.length || closing.lastEntryHash !== position.lastEntryHash))
      throw corrupt("a closing of another log than the registry holds", { gatewayId, length: closing.length });
    return { entries, closing, position, lastBlock: state.lastBlock };
  }

  /** Events of the log from entry `from` on, in order; the closing too if the log is closed. */
  async #walkBack(session: OpenedSession, gatewayId: GatewayId, state: LogState, from: number): Promise<LogEvent[]> {
    if (state.length === from && !state.closed) return [];
    const found: LogEvent[][] = [];
    let size = 0;
    const eventsIn = this.#events.walkOf(session, gatewayId);
    let block = state.lastBlock;
    while (true) {
      const events = await eventsIn(block);
      const first = events[0];
      if (first === undefined) throw missing("EntryAppended", block);
      found.push(events);
      size += sizeOf(events.flatMap((event) => (event.kind === "entry" ? [event.entry] : [])));
      this.#requireReadable(gatewayId, size);
      const reached = first.kind === "entry" ? first.entry.index : state.length;
      if (reached <= from) return found.reverse().flat();
      // Each step back must lead back, or a faulty node could keep us walking.
      if (first.previousBlock >= block) throw missing("EntryAppended", first.previousBlock);
      block = first.previousBlock;
    }
  }

  #requireReadable(gatewayId: GatewayId, size: number): void {
    if (size <= this.#maxLogBytes) return;
    throw new GatelogError("TOO_LARGE", `the log has more than ${this.#maxLogBytes} bytes: nobody reads it`, {
      gatewayId,
      maximum: this.#maxLogBytes,
    });
  }

  async #verify(start: LogPosition, entries: readonly LogEntry[], gatewayId: GatewayId): Promise<LogPosition> {
    // Epochs never go down within a log, which the check below makes sure of.
    const { keys } = await this.registryReader.covering(gatewayId, entries.at(-1)?.epoch ?? 0);
    try {
      return checkLog(start, entries, (_, epoch) => keys.find((row) => row.epoch === epoch)?.key);
    } catch (error) {
      if (!isGatelogError(error)) throw error;
      // Not joining on to the position is for the caller, who may have read it before a reorganisation.
      const joins = start.length === 0 || entries[0]?.lastEntryHash === start.lastEntryHash;
      if (error.code === "WRONG_HEAD" && !joins) throw error;
      const context = { ...error.context, fault: error.code, gatewayId };
      throw corrupt(`a log that does not verify: ${error.message}`, context, error);
    }
  }
}

/** The head promises an event that the node does not show: it lags, or has thrown old events away. */
function missing(event: string, block: number): GatelogError {
  return new GatelogError(
    "STORE_UNAVAILABLE",
    `the node does not show ${event} in block ${block}, which the registry's state promises`,
    { event, block },
  );
}

/** What is signed or held by the registry is not what the node shows. */
function corrupt(what: string, context: ErrorContext, cause?: unknown): GatelogError {
  return new GatelogError("CORRUPT_STORE", `the node shows ${what}`, context, { cause });
}

function requireHead(state: LogState, lastEntryHash: Hash, gatewayId: GatewayId): void {
  if (lastEntryHash.startsWith(state.head)) return;
  throw new GatelogError("CORRUPT_STORE", "the log's last entry is not the one that the registry holds", {
    gatewayId,
    expected: state.head,
    actual: lastEntryHash,
  });
}
