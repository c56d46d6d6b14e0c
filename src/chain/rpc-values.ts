import { z } from "zod";
import { addressSchema, hashSchema, hexSchema } from "../entry/hex.ts";
import { GatelogError } from "../entry/errors.ts";

/** What nodes answer, parsed at the boundary: numbers as numbers, everything else refused. */
const quantity = z
  .string()
  .regex(/^0x[0-9a-f]+$/)
  .transform((text) => BigInt(text));
const count = quantity.refine((value) => value <= BigInt(Number.MAX_SAFE_INTEGER), "fits 2^53").transform(Number);

const blockSchema = z.object({
  number: count,
  hash: hashSchema,
  /** UNIX seconds. */
  timestamp: count,
  /** Absent on chains without EIP-1559. */
  baseFeePerGas: quantity.optional(),
});

const eventSchema = z.object({
  address: addressSchema,
  topics: z.array(hashSchema),
  data: hexSchema,
  blockNumber: count,
  blockHash: hashSchema,
  transactionHash: hashSchema,
  logIndex: count,
});

const receiptSchema = z.object({
  transactionHash: hashSchema,
  blockNumber: count,
  blockHash: hashSchema,
  status: count,
  gasUsed: quantity,
  contractAddress: addressSchema.nullish().transform((address) => address ?? null),
  logs: z.array(eventSchema),
});

export type Block = z.infer<typeof blockSchema>;
export type ChainEvent = z.infer<typeof eventSchema>;
export type Receipt = z.infer<typeof receiptSchema>;

export const parseQuantity = parser(quantity, "a number");
export const parseCount = parser(count, "a number");
export const parseHex = parser(hexSchema, "bytes");
export const parseBlock = parser(blockSchema.nullable(), "a block");
export const parseEvents = parser(z.array(eventSchema), "events");
export const parseReceipt = parser(receiptSchema.nullable(), "a receipt");

function parser<T>(schema: z.ZodType<T>, what: string): (value: unknown) => T {
  return (value) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const detail = z.prettifyError(parsed.error).slice(0, 300);
    throw new GatelogError(
      "NODE_UNREACHABLE",
      `the node's answer is not ${what}: ${detail}`,
      {},
      { cause: parsed.error },
    );
  };
}
