import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import { GatelogError, isGatelogError, type ErrorCode } from "../entry/errors.ts";
import type { Address, GatewayId, Hex, SessionId } from "../entry/hex.ts";
import { checkPlace, type LogPosition } from "../entry/log-check.ts";
import { factsHashOf, type SessionOpening } from "../entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../entry/statements.ts";
import type { Chain } from "../chain/chain.ts";
import type { Lane } from "../chain/lane.ts";
import { refusalIn, type OpenedSession } from "../chain/log-events.ts";
import type { RegistryReader } from "../chain/registry-reader.ts";
import { VolatileScanMemory, type ScanMemory } from "../chain/session-scan.ts";
import { checkFirst, checkRun, checkSameSession, checkSignedContent, unknownLog } from "./admission.ts";
import { ChainGatewayDirectory } from "./chain-gateway-directory.ts";
import {
  allOrNone,
  appendBatchCall,
  appendCall,
  closeSessionCall,
  decideCall,
  openSessionCall,
} from "./chain-log-calls.ts";
import { ChainLogReads, partiesOf } from "./chain-log-reads.ts";
import { missingPart, requireSameClosing, requireSameDecision, requireShown } from "./chain-log-standing.ts";
import type { ChainPlace, GatewayDirectory, LocatesEntries, LogStore, ReadRange, SessionRecord } from "./log-store.ts";

export interface ChainLogStoreDeps {
  /** Not closed with the store: it may serve others. */
  readonly chain: Chain;
  /** Account that carries and pays; null for a reader. Closed with the store. */
  readonly lane: Lane | null;
}

export interface ChainLogStoreOptions {
  readonly registry: Address;
  /** What a resolved write has reached, and what reads show. */
  readonly durability: "included" | "final";
  /** Block of the registry's deployment, for the first `sessionsOf`; 0 by default. */
  readonly fromBlock?: number;
  /** Carries what `sessionsOf` has found open over to the next process; by default it looks through the whole chain again. */
  readonly memory?: ScanMemory;
}

/** What the registry answers to a write that may stand already. */
const MAY_STAND = [
  "WRONG_INDEX",
  "WRONG_HEAD",
  "STALE_EPOCH",
  "LOG_CLOSED",
  "FOREIGN_SIGNATURE",
] as const satisfies readonly ErrorCode[];
/** An append loses against another copy of itself at most so often in a row. */
const MAX_APPEND_ATTEMPTS = 3;

/**
 * Logs in the LogRegistry contract, the decision register with them. The contract checks every write; this driver carries what
 * gateways signed and makes no signature. Writes of different logs are in flight at once (the lane pipelines them); a carrier
 * that puts many of them into one transaction can take the lane's place later.
 *
 * - An opening and its first entries are one transaction: no block shows a session without them. Whoever carries the opening alone before
 *   it (anyone may) does not keep them out: they follow then.
 * - A write that the contract refuses because it stands already is a success.
 * - TIMEOUT and NODE_UNREACHABLE leave open whether it lands: repeat the same call.
 * - Evidence of an equivocation is not kept here: the refused entry is the caller's, and the error names both hashes.
 */
export class ChainLogStore implements LogStore, LocatesEntries {
  readonly durability: "included" | "final";
  /** The registry's gateways, for callers that need keys. */
  readonly directory: GatewayDirectory;
  /** The same, as the registry has them. */
  readonly registryReader: RegistryReader;
  readonly #chain: Chain;
  readonly #lane: Lane | null;
  readonly #registry: Address;
  readonly #reads: ChainLogReads;

  constructor(deps: ChainLogStoreDeps, options: ChainLogStoreOptions) {
    this.#chain = deps.chain;
    this.#lane = deps.lane;
    this.#registry = options.registry;
    this.durability = options.durability;
    const { fromBlock = 0, memory = new VolatileScanMemory() } = options;
    this.#reads = new ChainLogReads(deps.chain, { ...options, fromBlock, memory });
    this.registryReader = this.#reads.reader.registryReader;
    this.directory = new ChainGatewayDirectory({ reader: this.registryReader });
  }

  async openSession(opening: SessionOpening, first: readonly SignedEntry[] = []): Promise<void> {
    const { facts } = opening;
    checkFirst(opening, first);
    await this.#checkSigned(facts.origin.gatewayId, first);
    const factsHash = factsHashOf(facts);
    try {
      await this.#send(allOrNone([openSessionCall(opening), ...first.map((entry) => appendCall(entry, factsHash))]));
    } catch (error) {
      if (!isGatelogError(error, "SESSION_EXISTS")) throw error;
      const standing = await this.#reads.openedSession(facts.sessionId);
      checkSameSession(standing.sessionHash, opening);
      await this.#reads.durable(standing.openBlock);
      await this.append(first);
    }
  }

  async append(entries: readonly SignedEntry[]): Promise<void> {
    const first = checkRun(entries);
    if (first === null) return;
    // The contract would take the entries before one that does not continue them.
    let place: LogPosition = { ...first, length: first.index, epoch: 0 };
    for (const entry of entries) place = checkPlace(place, entry);
    const session = await this.#reads.openedSession(first.sessionId);
    if (first.sessionHash !== session.sessionHash || !partiesOf(session).includes(first.gatewayId))
      throw unknownLog(first.sessionId, first.gatewayId);
    await this.#checkSigned(first.gatewayId, entries);
    let left = entries;
    for (let attempts = 1; left.length > 0; attempts += 1) {
      try {
        await this.#sendEntries(left, session);
        return;
      } catch (error) {
        if (!isGatelogError(error, ...MAY_STAND)) throw error;
        const log = await this.#reads.tail(session, first);
        requireShown(error, log);
        const missing = missingPart(left, log.entries, error);
        if (missing.length === left.length || attempts === MAX_APPEND_ATTEMPTS) throw error;
        if (missing.length === 0) await this.#reads.durable(log.lastBlock);
        left = missing;
      }
    }
  }

  session(sessionId: SessionId): Promise<SessionRecord> {
    return this.#reads.session(sessionId);
  }

  read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    return this.#reads.read(sessionId, gatewayId, range);
  }

  locate(entry: LogEntry): Promise<ChainPlace> {
    return this.#reads.locate(entry);
  }

  sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    return this.#reads.sessionsOf(gatewayId, filter);
  }

  async closeLog(closing: ClosingStatement): Promise<void> {
    const session = await this.#reads.openedSession(closing.sessionId);
    if (closing.sessionHash !== session.sessionHash) throw unknownLog(closing.sessionId, closing.gatewayId);
    try {
      await this.#send(closeSessionCall(closing, session.factsHash));
    } catch (error) {
      if (!isGatelogError(error, "LOG_CLOSED")) throw error;
      const log = await this.#reads.tail(session, { gatewayId: closing.gatewayId, index: closing.length });
      requireShown(error, log);
      requireSameClosing(closing, log.closing, error);
      await this.#reads.durable(log.lastBlock);
    }
  }

  async decide(statement: DecisionStatement): Promise<void> {
    const session = await this.#reads.openedSession(statement.sessionId);
    if (statement.sessionHash !== session.sessionHash) throw unknownLog(statement.sessionId, session.originGatewayId);
    const { register } = session.opening().facts;
    if (register !== "log")
      throw new GatelogError("NO_REGISTER", `the register of this session is: ${register}`, {
        sessionId: statement.sessionId,
        register,
      });
    try {
      await this.#send(decideCall(statement, session.factsHash, session.originGatewayId));
    } catch (error) {
      if (!isGatelogError(error, "ALREADY_DECIDED")) throw error;
      const state = await this.#reads.stateAtHead(statement.sessionId);
      requireSameDecision(statement, state.decision, error);
      await this.#reads.durable(state.decidedBlock);
    }
  }

  async close(): Promise<void> {
    await this.#lane?.close();
  }

  async #checkSigned(gatewayId: GatewayId, entries: readonly SignedEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const newestEpoch = Math.max(...entries.map(({ epoch }) => epoch));
    await checkSignedContent(entries, await this.registryReader.covering(gatewayId, newestEpoch));
  }

  /** Sends entries of one log; all or none of them stand afterwards. */
  async #sendEntries(entries: readonly SignedEntry[], session: OpenedSession): Promise<void> {
    const [first] = entries;
    if (first === undefined) return;
    if (entries.length === 1) return this.#send(appendCall(first, session.factsHash));
    // A batch does not revert on a refused entry: ask for the first one's fate, on which all others depend, before paying.
    await this.#simulate(appendCall(first, session.factsHash));
    await this.#send(appendBatchCall(entries, session.factsHash));
  }

  async #simulate(data: Hex): Promise<void> {
    await this.#chain.call({ to: this.#registry, data }, "latest");
  }

  async #send(data: Hex): Promise<void> {
    if (this.#lane === null)
      throw new GatelogError("NOT_SERVED_HERE", "this store only reads: it has no account that pays");
    const receipt = await this.#lane.send({ to: this.#registry, data }, { until: this.durability });
    const refusal = refusalIn(receipt.logs);
    if (refusal !== undefined) throw refusal;
  }
}
