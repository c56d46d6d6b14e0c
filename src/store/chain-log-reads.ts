import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import { isGatelogError } from "../entry/errors.ts";
import type { Address, GatewayId, SessionId } from "../entry/hex.ts";
import type { Chain } from "../chain/chain.ts";
import { DEFAULT_FINALITY_TIMEOUT_MS } from "../chain/lane.ts";
import type { OpenedSession } from "../chain/log-events.ts";
import { LogReader, type LogPart, type SessionState } from "../chain/log-reader.ts";
import { findEvent } from "../chain/log-places.ts";
import type { Block } from "../chain/rpc-values.ts";
import { SessionScan, type ScanMemory } from "../chain/session-scan.ts";
import { unknownSession } from "./admission.ts";
import { ChainLogCache } from "./chain-log-cache.ts";
import {
  checkRange,
  type ChainPlace,
  type DecisionRecord,
  type LogHead,
  type ReadRange,
  type SessionRecord,
} from "./log-store.ts";

export interface ChainLogReadsOptions {
  readonly registry: Address;
  /** What reads show: what is in a block, or what is final. */
  readonly durability: "included" | "final";
  /** Block of the registry's deployment; 0 if it is not known. */
  readonly fromBlock: number;
  readonly memory: ScanMemory;
}

/** Sessions whose facts are kept; one that is not is read again. */
const MAX_KNOWN_SESSIONS = 10_000;

/** The reading half of the chain store: what was read once is kept and, where it can change, looked at again. */
export class ChainLogReads {
  readonly reader: LogReader;
  readonly #chain: Chain;
  readonly #registry: Address;
  readonly #durability: "included" | "final";
  readonly #cache: ChainLogCache;
  readonly #scan: SessionScan;
  readonly #opened = new Map<SessionId, OpenedSession>();

  constructor(chain: Chain, options: ChainLogReadsOptions) {
    this.#chain = chain;
    this.#registry = options.registry;
    this.#durability = options.durability;
    this.reader = new LogReader(chain, options.registry);
    this.#cache = new ChainLogCache(this.reader);
    this.#scan = new SessionScan(chain, options);
  }

  async session(sessionId: SessionId): Promise<SessionRecord> {
    const at = await this.#at();
    const state = await this.reader.sessionState(sessionId, at);
    const session = await this.#openedIn(sessionId, state.openBlock, at);
    const logs = await Promise.all(partiesOf(session).map((gatewayId) => this.#head(session, gatewayId, at)));
    const decision = await this.#decision(session, at, state);
    const { sessionHash } = session;
    return { opening: session.opening(), sessionHash, decision, logs, closed: state.closedBlock !== 0 };
  }

  async read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    const { from, limit } = checkRange(range);
    const at = await this.#at();
    const known = this.#opened.get(sessionId);
    const session =
      known ?? (await this.#openedIn(sessionId, (await this.reader.sessionState(sessionId, at)).openBlock, at));
    // Known from the head, where writers look, and not final yet.
    if (session.openBlock > at.number) throw unknownSession(sessionId);
    const { entries } = await this.#cache.read(session, gatewayId, at);
    return entries.slice(from, from + limit).map((entry) => ({ ...entry, payload: entry.payload.slice() }));
  }

  /** See `LocatesEntries`. */
  async locate(entry: LogEntry): Promise<ChainPlace> {
    const at = await this.#at();
    const session = await this.openedSession(entry.sessionId);
    const state = await this.reader.logState(session, entry.gatewayId, at);
    const access = { chain: this.#chain, registry: this.#registry };
    const { transactionHash, blockNumber, blockHash, logIndex } = await findEvent(access, session, entry, state);
    const final = blockNumber <= (await this.#finalAsOf(at)).number;
    const { chainId } = this.#chain;
    return { chainId, registry: this.#registry, transactionHash, blockNumber, blockHash, logIndex, final };
  }

  async sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    const at = await this.#at();
    const final = await this.#finalAsOf(at);
    return [...(await (filter.open ? this.#scan.open(gatewayId, at, final) : this.#scan.all(gatewayId, at, final)))];
  }

  /** The session as a writer needs it: also if its opening is not final yet. */
  async openedSession(sessionId: SessionId): Promise<OpenedSession> {
    const known = this.#opened.get(sessionId);
    if (known !== undefined) return known;
    const head = await this.#chain.head();
    return this.#openedIn(sessionId, (await this.reader.sessionState(sessionId, head)).openBlock, head);
  }

  async stateAtHead(sessionId: SessionId): Promise<SessionState> {
    return this.reader.sessionState(sessionId, await this.#chain.head());
  }

  /** The log up to the head of the chain, at least from the entry's index on. */
  async tail(session: OpenedSession, { gatewayId, index }: Pick<SignedEntry, "gatewayId" | "index">): Promise<LogPart> {
    const known = this.#cache.peek(session.sessionHash, gatewayId)?.position;
    const head = await this.#chain.head();
    if (known !== undefined && known.length <= index) {
      try {
        return await this.reader.readLog(session, gatewayId, head, known);
      } catch (error) {
        if (!isGatelogError(error, "WRONG_HEAD")) throw error;
      }
    }
    return this.reader.readLog(session, gatewayId, head);
  }

  /** Waits until a block that holds what was to be written has reached the store's durability. */
  async durable(blockNumber: number): Promise<void> {
    if (this.#durability === "final") await this.#chain.waitFinal(blockNumber, DEFAULT_FINALITY_TIMEOUT_MS);
  }

  /** The block that reads are made at. */
  #at(): Promise<Block> {
    return this.#durability === "final" ? this.#chain.finalBlock() : this.#chain.head();
  }

  async #finalAsOf(at: Block): Promise<Block> {
    return this.#durability === "final" || this.#chain.finality === "instant" ? at : this.#chain.finalBlock();
  }

  async #openedIn(sessionId: SessionId, openBlock: number, at: Block): Promise<OpenedSession> {
    const known = this.#opened.get(sessionId);
    if (known?.openBlock === openBlock) return known;
    const session = await this.reader.opened(sessionId, { openBlock }, at);
    this.#opened.set(sessionId, session);
    for (const oldest of this.#opened.keys()) {
      if (this.#opened.size <= MAX_KNOWN_SESSIONS) break;
      this.#opened.delete(oldest);
    }
    return session;
  }

  async #head(session: OpenedSession, gatewayId: GatewayId, at: Block): Promise<LogHead> {
    const state = await this.reader.logState(session, gatewayId, at);
    const known = this.#cache.peek(session.sessionHash, gatewayId)?.position;
    const isKnown = known?.length === state.length && known.lastEntryHash.startsWith(state.head);
    const lastEntryHash = isKnown ? known.lastEntryHash : await this.reader.lastEntryHash(session, gatewayId, state);
    return { gatewayId, length: state.length, lastEntryHash, closed: state.closed };
  }

  /** As of the head, because a decision that stands there excludes the other one; `final` says whether it may be acted on. */
  async #decision(session: OpenedSession, at: Block, stateThen: SessionState): Promise<DecisionRecord> {
    const isHead = this.#durability === "included" || this.#chain.finality === "instant";
    const state = isHead ? stateThen : await this.stateAtHead(session.sessionId);
    if (state.decision === "NONE") return { decision: "NONE", final: false, statement: null };
    const final = await this.#finalAsOf(at);
    const statement = await this.reader.decision(session, state);
    return { decision: state.decision, final: state.decidedBlock <= final.number, statement };
  }
}

export function partiesOf({ originGatewayId, destinationGatewayId }: OpenedSession): GatewayId[] {
  return BigInt(destinationGatewayId) === 0n ? [originGatewayId] : [originGatewayId, destinationGatewayId];
}
