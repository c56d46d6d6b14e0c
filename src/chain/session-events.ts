import { GatelogError } from "../entry/errors.ts";
import { sessionIdToWord, type Address, type GatewayId, type Hash } from "../entry/hex.ts";
import type { Chain } from "./chain.ts";
import { byPlace, TOPICS } from "./events.ts";
import { logEvent, type LogEvent, type OpenedSession } from "./log-events.ts";
import type { ChainEvent } from "./rpc-values.ts";
import { RpcError } from "./rpc.ts";

type Topics = readonly (Hash | readonly Hash[] | null)[];

/** Most blocks that one request is about; a log of one entry in each block is read with few requests. */
const MAX_SPAN_BLOCKS = 1_024;
/** Each request is about so many times as many blocks as the one before: a short log costs what it did without spans. */
const SPAN_GROWTH = 4;

/** The registry's events of sessions, as a node shows them: nothing here says that they are true or complete. */
export class SessionEvents {
  readonly #chain: Chain;
  readonly #registry: Address;

  constructor(chain: Chain, registry: Address) {
    this.#chain = chain;
    this.#registry = registry;
  }

  /** Events of one block, in order. STORE_UNAVAILABLE if the node refuses them. */
  async ofBlock(block: number, topics: Topics): Promise<ChainEvent[]> {
    try {
      return await this.#between(block, block, topics);
    } catch (error) {
      if (error instanceof RpcError) throw refused(block, error);
      throw error;
    }
  }

  /** Entries and closing of a log in one block, in order. */
  async ofLog(session: OpenedSession, gatewayId: GatewayId, block: number): Promise<LogEvent[]> {
    const events = await this.ofBlock(block, topicsOf(session, gatewayId));
    return events.map((event) => logEvent(event, session));
  }

  /** Reads a log block by block, backwards, and fetches what may be asked for next along with what is. */
  walkOf(session: OpenedSession, gatewayId: GatewayId): (block: number) => Promise<LogEvent[]> {
    const topics = topicsOf(session, gatewayId);
    let ahead: ReadonlyMap<number, readonly ChainEvent[]> = new Map();
    let span = 1;
    let isLimited = false;
    return async (block) => {
      if (!ahead.has(block) && !isLimited) {
        const from = Math.max(session.openBlock, block - span + 1);
        try {
          ahead = Map.groupBy(await this.#between(from, block, topics), ({ blockNumber }) => blockNumber);
          span = Math.min(MAX_SPAN_BLOCKS, span * SPAN_GROWTH);
        } catch (error) {
          // Nodes limit ranges, and what they answer to them, each in its own way.
          if (!(error instanceof RpcError)) throw error;
          isLimited = true;
        }
      }
      const events = ahead.get(block) ?? (isLimited ? await this.ofBlock(block, topics) : []);
      return events.map((event) => logEvent(event, session));
    };
  }

  async #between(fromBlock: number, toBlock: number, topics: Topics): Promise<ChainEvent[]> {
    const events = await this.#chain.events({ address: this.#registry, topics, fromBlock, toBlock });
    return events.sort(byPlace);
  }
}

function topicsOf(session: OpenedSession, gatewayId: GatewayId): Topics {
  return [[TOPICS.EntryAppended, TOPICS.LogClosed], sessionIdToWord(session.sessionId), gatewayId];
}

function refused(block: number, cause: RpcError): GatelogError {
  const message = `the node refuses the events of block ${block}: ${cause.message.slice(0, 300)}`;
  return new GatelogError("STORE_UNAVAILABLE", message, { block }, { cause });
}
