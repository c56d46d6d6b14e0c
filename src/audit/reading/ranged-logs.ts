import { getAddress, toQuantity } from "ethers";
import { GatelogError, isGatelogError } from "../../entry/errors.ts";
import { toHex, type Address, type Hash } from "../../entry/hex.ts";
import { Memo } from "../../entry/memo.ts";
import { NodeRefusal, type JsonRpc } from "./json-rpc.ts";
import { readLog } from "./raw-log.ts";
import type { LogPart, LogQuery, RawLog } from "./reader.ts";

/** Blocks that are asked for at once at most; most public nodes take that many. */
const MOST_BLOCKS = 10_000;
/** Of the first answer: nobody knows yet how many events a block has. */
const FIRST_BLOCKS = 1_000;
/** Events that an answer is to have, about: 1.5 MB of JSON. Ranges get shorter and longer to that end. */
const WANTED_EVENTS = 1_000;
/** A range is at most so many times longer than the one before. */
const MOST_GROWTH = 4;

/** `topics` in place of `firstTopics`: for each place the topics that may stand there, or null for any. */
export interface RangedQuery extends LogQuery {
  readonly topics?: readonly (readonly Hash[] | null)[];
}

/**
 * Reads the events of contracts in bounded ranges of blocks, in shorter ones where the node refuses or gives too much at once. The next
 * range is asked for while the one before is looked at.
 */
export class RangedLogs {
  readonly #rpc: JsonRpc;
  readonly #address: Address | readonly Address[];
  readonly #checksums = new Memo<Address>(128);
  /** Blocks of the next range, and the most that the node has not refused. */
  #blocks = FIRST_BLOCKS;
  #most = MOST_BLOCKS;

  constructor(rpc: JsonRpc, address: Address | readonly Address[]) {
    this.#rpc = rpc;
    this.#address = address;
  }

  async *read({ fromBlock, toBlock, firstTopics, topics }: RangedQuery): AsyncGenerator<LogPart> {
    const asked = topics ?? (firstTopics && [null, firstTopics]);
    const from = (block: number) => (block > toBlock ? undefined : this.#readFrom(block, toBlock, asked));
    let next = from(fromBlock);
    while (next !== undefined) {
      const part = await next;
      next = from(part.upTo + 1);
      // Whoever stops in between does not hear of it.
      next?.catch(() => undefined);
      yield part;
    }
  }

  async #readFrom(from: number, end: number, topics: RangedQuery["topics"]): Promise<LogPart> {
    while (true) {
      const upTo = Math.min(end, from + this.#blocks - 1);
      const blocks = upTo - from + 1;
      try {
        const logs = await this.#request(from, upTo, topics);
        this.#blocks = this.#blocksBehind(blocks, logs.length);
        return { logs, upTo };
      } catch (error) {
        // Limits differ by node, and so do their words for them: whatever it was, a shorter range may do. One block must.
        const mayPass = error instanceof NodeRefusal || isGatelogError(error, "TIMEOUT", "TOO_LARGE");
        if (blocks === 1 || !mayPass) throw error;
        this.#most = Math.ceil(blocks / 2);
        this.#blocks = this.#most;
      }
    }
  }

  #blocksBehind(blocks: number, events: number): number {
    const wanted = events === 0 ? Infinity : Math.ceil((blocks * WANTED_EVENTS) / events);
    return Math.min(wanted, blocks * MOST_GROWTH, this.#most);
  }

  async #request(from: number, to: number, topics: RangedQuery["topics"]): Promise<RawLog[]> {
    const filter = {
      address: this.#address,
      fromBlock: toQuantity(from),
      toBlock: toQuantity(to),
      ...(topics && { topics }),
    };
    const answer = await this.#rpc("eth_getLogs", [filter]);
    if (!Array.isArray(answer)) throw unreadable(from, to);
    return answer.map((value) => {
      const log = readLog(value, (address) => this.#checksummed(address));
      if (log === undefined) throw unreadable(from, to);
      if (log.removed)
        throw new GatelogError("NODE_UNREACHABLE", "the node gave an event of a block that was dropped", {
          block: log.event.blockNumber,
        });
      return log.event;
    });
  }

  /** All events are of a few contracts, or should be, and a checksum is costly. */
  #checksummed(address: string): Address {
    return this.#checksums.of(address, () => toHex(getAddress(address)));
  }
}

function unreadable(from: number, to: number): GatelogError {
  return new GatelogError("MALFORMED", "the node's answer to eth_getLogs cannot be read", { from, to });
}
