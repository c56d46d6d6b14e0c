import { getAddress, toQuantity } from "ethers";
import { z } from "zod";
import { GatelogError, isGatelogError } from "../../entry/errors.ts";
import { hashSchema, hexSchema, toHex, type Address, type Hash } from "../../entry/hex.ts";
import { Memo } from "../../entry/memo.ts";
import { NodeRefusal, type JsonRpc } from "./json-rpc.ts";
import type { LogPart, LogQuery, RawLog } from "./reader.ts";
import { quantitySchema } from "./rpc-calls.ts";

/** Blocks that are asked for at once, to begin with; most public nodes take that many. */
const MAX_RANGE_BLOCKS = 10_000;

const MAX_TOPICS = 4;
const logsSchema = z.array(
  z.looseObject({
    address: z
      .string()
      .toLowerCase()
      .regex(/^0x[0-9a-f]{40}$/),
    topics: z.array(hashSchema).max(MAX_TOPICS),
    data: hexSchema,
    blockNumber: quantitySchema,
    logIndex: quantitySchema,
    transactionHash: hashSchema,
    removed: z.boolean().default(false),
  }),
);

/** `topics` in place of `firstTopics`: for each place the topics that may stand there, or null for any. */
export interface RangedQuery extends LogQuery {
  readonly topics?: readonly (readonly Hash[] | null)[];
}

/** Reads the events of contracts in bounded ranges of blocks, in smaller ones where the node refuses. */
export class RangedLogs {
  readonly #rpc: JsonRpc;
  readonly #address: Address | readonly Address[];
  readonly #checksums = new Memo<Address>(128);
  #rangeBlocks = MAX_RANGE_BLOCKS;

  constructor(rpc: JsonRpc, address: Address | readonly Address[]) {
    this.#rpc = rpc;
    this.#address = address;
  }

  async *read({ fromBlock, toBlock, firstTopics, topics }: RangedQuery): AsyncGenerator<LogPart> {
    const asked = topics ?? (firstTopics && [null, firstTopics]);
    let from = fromBlock;
    while (from <= toBlock) {
      const to = Math.min(toBlock, from + this.#rangeBlocks - 1);
      let logs: readonly RawLog[];
      try {
        logs = await this.#request(from, to, asked);
      } catch (error) {
        // Limits differ by node, and so do their words for them: whatever it was, a smaller range may do. One block must.
        if (to === from || !(error instanceof NodeRefusal || isGatelogError(error, "TIMEOUT"))) throw error;
        this.#rangeBlocks = Math.ceil((to - from + 1) / 2);
        continue;
      }
      yield { logs, upTo: to };
      from = to + 1;
    }
  }

  async #request(from: number, to: number, topics: RangedQuery["topics"]): Promise<RawLog[]> {
    const filter = {
      address: this.#address,
      fromBlock: toQuantity(from),
      toBlock: toQuantity(to),
      ...(topics && { topics }),
    };
    const parsed = logsSchema.safeParse(await this.#rpc("eth_getLogs", [filter]));
    if (!parsed.success)
      throw new GatelogError(
        "MALFORMED",
        "the node's answer to eth_getLogs cannot be read",
        { from, to },
        { cause: parsed.error },
      );
    return parsed.data.map(({ address, topics, data, blockNumber, logIndex, transactionHash, removed }) => {
      if (removed)
        throw new GatelogError("NODE_UNREACHABLE", "the node gave an event of a block that was dropped", {
          block: blockNumber,
        });
      return { address: this.#checksummed(address), topics, data, blockNumber, logIndex, transactionHash };
    });
  }

  /** All events are of a few contracts, or should be, and a checksum is costly. */
  #checksummed(address: string): Address {
    return this.#checksums.of(address, () => toHex(getAddress(address)));
  }
}
