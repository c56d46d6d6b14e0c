import { GatelogError } from "../entry/errors.ts";
import { sessionIdFromBytes16, type Address, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
import type { Chain } from "./chain.ts";
import { byPlace, TOPICS } from "./events.ts";
import type { Block, ChainEvent } from "./rpc-values.ts";
import { RpcError } from "./rpc.ts";

/** Blocks that are asked for at once; nodes with a lower limit get smaller pieces. */
const SCAN_RANGE_BLOCKS = 10_000;
/** Gateways whose sessions are remembered. */
const MAX_KNOWN_GATEWAYS = 1_000;

/** Sessions of a gateway whose log of it was not closed before block `nextBlock`, oldest first. */
export interface OpenSessions {
  readonly nextBlock: number;
  readonly sessions: readonly SessionId[];
}

/** Where the open sessions are kept for the next run, so that it looks only at what has come since. May forget. */
export interface ScanMemory {
  load(gatewayId: GatewayId): OpenSessions | undefined;
  keep(gatewayId: GatewayId, open: OpenSessions): void;
}

export interface ScanOptions {
  readonly registry: Address;
  /** Block in which the registry was deployed, or any before it. */
  readonly fromBlock: number;
  readonly memory: ScanMemory;
}

/** Topics of the events that name a gateway as party to a new session, or as the one that has closed its log. */
const PLACES_OF_GATEWAY = {
  opened: [
    (gatewayId: GatewayId) => [TOPICS.SessionOpened, null, gatewayId],
    (gatewayId: GatewayId) => [TOPICS.SessionOpened, null, null, gatewayId],
  ],
  closed: [(gatewayId: GatewayId) => [TOPICS.LogClosed, null, gatewayId]],
} as const;

/**
 * Sessions by party, from the topics of events. The one reading that depends on the height of the chain, so it is made once:
 * later calls look only at what came since, and a memory carries the open sessions over to the next process.
 *
 * A node that hides events hides sessions: unlike in a log, no head promises them.
 */
export class SessionScan {
  readonly #chain: Chain;
  readonly #options: ScanOptions;
  readonly #all = new Map<GatewayId, OpenSessions>();
  #rangeBlocks = SCAN_RANGE_BLOCKS;

  constructor(chain: Chain, options: ScanOptions) {
    this.#chain = chain;
    this.#options = options;
  }

  /** Sessions opened by block `at` to which the gateway is a party, oldest first. What is `final` is not read again. */
  async all(gatewayId: GatewayId, at: Block, final: Block): Promise<readonly SessionId[]> {
    const known = this.#all.get(gatewayId) ?? { nextBlock: this.#options.fromBlock, sessions: [] };
    const events = await this.#scan(PLACES_OF_GATEWAY.opened, gatewayId, known.nextBlock, at.number);
    const finalEvents = events.filter(({ blockNumber }) => blockNumber <= final.number);
    this.#remember(gatewayId, advanced(known, finalEvents, at, final));
    return advanced(known, events, at, at).sessions;
  }

  /** Those of them whose log of this gateway was not closed by block `at`. */
  async open(gatewayId: GatewayId, at: Block, final: Block): Promise<readonly SessionId[]> {
    const { memory, fromBlock } = this.#options;
    const known = memory.load(gatewayId) ?? { nextBlock: fromBlock, sessions: [] };
    const places = [...PLACES_OF_GATEWAY.opened, ...PLACES_OF_GATEWAY.closed];
    const events = await this.#scan(places, gatewayId, known.nextBlock, at.number);
    const finalEvents = events.filter(({ blockNumber }) => blockNumber <= final.number);
    memory.keep(gatewayId, advanced(known, finalEvents, at, final));
    return advanced(known, events, at, at).sessions;
  }

  #remember(gatewayId: GatewayId, sessions: OpenSessions): void {
    // Another call may have got further meanwhile.
    if ((this.#all.get(gatewayId)?.nextBlock ?? 0) > sessions.nextBlock) return;
    keepNewest(this.#all, gatewayId, sessions);
  }

  async #scan(
    places: readonly ((gatewayId: GatewayId) => readonly (Hash | null)[])[],
    gatewayId: GatewayId,
    from: number,
    to: number,
  ): Promise<ChainEvent[]> {
    const found: ChainEvent[] = [];
    for (let start = from; start <= to;) {
      const end = Math.min(to, start + this.#rangeBlocks - 1);
      try {
        const parts = await Promise.all(places.map((topics) => this.#events(topics(gatewayId), start, end)));
        found.push(...parts.flat().sort(byPlace));
        start = end + 1;
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        if (end === start) throw tooMuch(error, start);
        // Whatever the node's limit is (blocks or results), a smaller piece is under it in the end.
        this.#rangeBlocks = Math.ceil((end - start + 1) / 2);
      }
    }
    return found;
  }

  #events(topics: readonly (Hash | null)[], fromBlock: number, toBlock: number): Promise<ChainEvent[]> {
    return this.#chain.events({ address: this.#options.registry, topics, fromBlock, toBlock });
  }
}

/** For a process that keeps nothing. Bounded: the gateways asked for longest ago are forgotten. */
export class VolatileScanMemory implements ScanMemory {
  readonly #known: Map<GatewayId, OpenSessions>;

  constructor(known: ReadonlyMap<GatewayId, OpenSessions> = new Map()) {
    this.#known = new Map(known);
  }

  /** As of now. */
  all(): ReadonlyMap<GatewayId, OpenSessions> {
    return new Map(this.#known);
  }

  load(gatewayId: GatewayId): OpenSessions | undefined {
    return this.#known.get(gatewayId);
  }

  keep(gatewayId: GatewayId, open: OpenSessions): void {
    keepNewest(this.#known, gatewayId, open);
  }
}

/** Known sessions, with those of the events, as of block `upTo` if the scan has got that far. */
function advanced(known: OpenSessions, events: readonly ChainEvent[], at: Block, upTo: Block): OpenSessions {
  const sessions = new Set(known.sessions);
  for (const { topics } of events) {
    const sessionId = sessionIdOf(topics);
    if (topics[0] === TOPICS.LogClosed) sessions.delete(sessionId);
    else sessions.add(sessionId);
  }
  return { nextBlock: Math.max(known.nextBlock, Math.min(upTo.number, at.number) + 1), sessions: [...sessions] };
}

function sessionIdOf(topics: readonly Hash[]): SessionId {
  try {
    return sessionIdFromBytes16(topics[1] ?? "");
  } catch (cause) {
    throw new GatelogError("CORRUPT_STORE", "the node shows an event of no session", {}, { cause });
  }
}

function keepNewest(known: Map<GatewayId, OpenSessions>, gatewayId: GatewayId, sessions: OpenSessions): void {
  known.delete(gatewayId);
  known.set(gatewayId, sessions);
  for (const oldest of known.keys()) {
    if (known.size <= MAX_KNOWN_GATEWAYS) break;
    known.delete(oldest);
  }
}

function tooMuch(error: RpcError, block: number): GatelogError {
  const message = `the node refuses the events of the single block ${block}: ${error.message.slice(0, 300)}`;
  return new GatelogError("STORE_UNAVAILABLE", message, { block, rpcCode: error.rpcCode }, { cause: error });
}
