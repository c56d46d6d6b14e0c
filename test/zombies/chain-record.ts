import { createChain, type Chain } from "../../src/chain/chain.ts";
import { byPlace, decodeEvent, TOPICS } from "../../src/chain/events.ts";
import type { ChainEvent } from "../../src/chain/rpc-values.ts";
import { unpackHeader } from "../../src/entry/entry.ts";
import { sessionIdFromBytes16, toHex, type GatewayId } from "../../src/entry/hex.ts";
import { commandFrom } from "../../src/entry/vocabulary.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { DevnetRecord } from "../../src/cli/devnet.ts";
import type { Place, Reign, Signed } from "./judgement.ts";
import { lower, reignsSince, type LogRecord, type Told } from "./log-record.ts";

/** What the log chain shows of the group, from its events alone. */
export class ChainRecord implements LogRecord {
  readonly #chain: Chain;
  readonly #registry: DevnetRecord["log"]["logRegistry"];
  readonly #gatewayId: GatewayId;
  readonly #role: Role;

  constructor(log: DevnetRecord["log"], gatewayId: GatewayId, role: Role) {
    this.#chain = createChain({ url: log.rpcUrl, expected: { chainId: log.chainId }, finality: "instant" });
    this.#registry = log.logRegistry;
    this.#gatewayId = gatewayId;
    this.#role = role;
  }

  async mark(): Promise<number> {
    return (await this.#chain.head()).number;
  }

  async behind(mark: number): Promise<Told> {
    const all = await this.#events(0);
    const events = all.filter(({ blockNumber }) => blockNumber > mark);
    return {
      reigns: reignsSince(this.#reignsIn(all), ({ since }) => since !== null && since[0] > mark),
      signed: events.flatMap((event) => this.#signedIn(event) ?? []),
      faults: [],
    };
  }

  close(): Promise<void> {
    this.#chain.close();
    return Promise.resolve();
  }

  async #events(fromBlock: number): Promise<ChainEvent[]> {
    const toBlock = await this.mark();
    if (toBlock < fromBlock) return [];
    const events = await this.#chain.events({ address: this.#registry, topics: [], fromBlock, toBlock });
    return events.sort(byPlace);
  }

  #reignsIn(events: readonly ChainEvent[]): Reign[] {
    return events
      .filter(({ topics }) => topics[0] === TOPICS.PrimaryChanged && topics[1] === this.#gatewayId)
      .map((event) => {
        const { epoch, key } = decodeEvent("PrimaryChanged", event);
        return { epoch: Number(epoch), key: lower(key), since: placeOf(event) };
      });
  }

  /** Undefined for what the group has not signed. */
  #signedIn(event: ChainEvent): Signed | undefined {
    const [topic] = event.topics;
    const at = placeOf(event);
    if (topic === TOPICS.EntryAppended) {
      const entry = decodeEvent("EntryAppended", event);
      if (toHex(entry.gatewayId) !== this.#gatewayId) return undefined;
      const { operation, command, epoch } = unpackHeader(toHex(entry.header));
      const session = sessionIdFromBytes16(entry.sessionId);
      return { what: `${operation}-${commandFrom(command)}`, session, epoch, at };
    }
    if (topic === TOPICS.LogClosed) {
      const closed = decodeEvent("LogClosed", event);
      if (toHex(closed.gatewayId) !== this.#gatewayId) return undefined;
      return { what: "closing", session: sessionIdFromBytes16(closed.sessionId), epoch: Number(closed.epoch), at };
    }
    if (this.#role !== "origin" || (topic !== TOPICS.Decided && topic !== TOPICS.SessionOpened)) return undefined;
    const name = topic === TOPICS.Decided ? "Decided" : "SessionOpened";
    const { sessionId, epoch } = decodeEvent(name, event);
    // A decision on another ground than the origin's signature has no epoch.
    if (epoch === 0n) return undefined;
    return { what: name, session: sessionIdFromBytes16(sessionId), epoch: Number(epoch), at };
  }
}

function placeOf({ blockNumber, logIndex }: ChainEvent): Place {
  return [blockNumber, logIndex];
}
