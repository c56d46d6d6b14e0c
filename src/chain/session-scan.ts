import { GatelogError } from "../entry/errors.ts";
import type { Address, GatewayId, Hash } from "../entry/hex.ts";
import type { Chain } from "./chain.ts";
import { byPlace, TOPICS } from "./events.ts";
import { openedSession, type OpenedSession } from "./log-events.ts";
import type { Block, ChainEvent } from "./rpc-values.ts";
import { RpcError } from "./rpc.ts";

/** Blocks that are asked for at once; nodes with a lower limit get smaller pieces. */
const SCAN_RANGE_BLOCKS = 10_000;

interface Cursor {
  /** First block that was not scanned while it was final. */
  nextBlock: number;
  readonly found: OpenedSession[];
}

/**
 * Sessions by party, from the topics of `SessionOpened`. The one reading that depends on the height of the chain, so it is
 * made once: later calls scan only what came since.
 */
export class SessionScan {
  readonly #chain: Chain;
  readonly #registry: Address;
  readonly #fromBlock: number;
  readonly #cursors = new Map<GatewayId, Cursor>();
  #rangeBlocks = SCAN_RANGE_BLOCKS;

  /** @param fromBlock Block in which the registry was deployed, or any before it. */
  constructor(chain: Chain, registry: Address, fromBlock: number) {
    this.#chain = chain;
    this.#registry = registry;
    this.#fromBlock = fromBlock;
  }

  /** Sessions opened by block `at` to which the gateway is a party, oldest first. What is `final` is not read again. */
  async sessionsOf(gatewayId: GatewayId, at: Block, final: Block): Promise<OpenedSession[]> {
    const cursor = this.#cursors.get(gatewayId) ?? { nextBlock: this.#fromBlock, found: [] };
    const fresh = await this.#scan(gatewayId, cursor.nextBlock, at.number);
    const known = this.#cursors.get(gatewayId);
    // Another call may have got further meanwhile; its cursor is as good.
    if (known === undefined || known === cursor)
      this.#cursors.set(gatewayId, {
        nextBlock: Math.max(cursor.nextBlock, Math.min(final.number, at.number) + 1),
        found: [...cursor.found, ...fresh.filter(({ openBlock }) => openBlock <= final.number)],
      });
    return [...cursor.found, ...fresh];
  }

  async #scan(gatewayId: GatewayId, from: number, to: number): Promise<OpenedSession[]> {
    const found: OpenedSession[] = [];
    for (let start = from; start <= to;) {
      const end = Math.min(to, start + this.#rangeBlocks - 1);
      try {
        const asOrigin = await this.#openings([TOPICS.SessionOpened, null, gatewayId], start, end);
        const asDestination = await this.#openings([TOPICS.SessionOpened, null, null, gatewayId], start, end);
        found.push(...[...asOrigin, ...asDestination].sort(byPlace).map(openedSession));
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

  #openings(topics: readonly (Hash | null)[], fromBlock: number, toBlock: number): Promise<ChainEvent[]> {
    return this.#chain.events({ address: this.#registry, topics, fromBlock, toBlock });
  }
}

function tooMuch(error: RpcError, block: number): GatelogError {
  const message = `the node refuses the events of the single block ${block}: ${error.message.slice(0, 300)}`;
  return new GatelogError("STORE_UNAVAILABLE", message, { block, rpcCode: error.rpcCode }, { cause: error });
}
