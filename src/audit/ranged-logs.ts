import { getAddress, toQuantity } from "ethers";
import { z } from "zod";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { hashSchema, hexSchema, toHex, type Address, type Hash } from "../entry/hex.ts";
import { NodeRefusal, type JsonRpc } from "./json-rpc.ts";
import type { LogQuery, RawLog } from "./reader.ts";
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

/** Reads one contract's events in bounded ranges of blocks, in smaller ones where the node refuses. */
export class RangedLogs {
  readonly #rpc: JsonRpc;
  readonly #address: Address;
  #rangeBlocks = MAX_RANGE_BLOCKS;

  constructor(rpc: JsonRpc, address: Address) {
    this.#rpc = rpc;
    this.#address = address;
  }

  async read({ fromBlock, toBlock, firstTopics }: LogQuery): Promise<RawLog[]> {
    const logs: RawLog[] = [];
    let from = fromBlock;
    while (from <= toBlock) {
      const to = Math.min(toBlock, from + this.#rangeBlocks - 1);
      try {
        for (const log of await this.#request(from, to, firstTopics)) logs.push(log);
        from = to + 1;
      } catch (error) {
        // Limits differ by node, and so do their words for them: whatever it was, a smaller range may do. One block must.
        if (to === from || !(error instanceof NodeRefusal || isGatelogError(error, "TIMEOUT"))) throw error;
        this.#rangeBlocks = Math.ceil((to - from + 1) / 2);
      }
    }
    return logs;
  }

  async #request(from: number, to: number, firstTopics: readonly Hash[] | undefined): Promise<RawLog[]> {
    const filter = {
      address: this.#address,
      fromBlock: toQuantity(from),
      toBlock: toQuantity(to),
      ...(firstTopics === undefined ? {} : { topics: [null, firstTopics] }),
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
      return { address: toHex(getAddress(address)), topics, data, blockNumber, logIndex, transactionHash };
    });
  }
}
