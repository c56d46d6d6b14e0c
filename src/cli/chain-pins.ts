import { renameSync } from "node:fs";
import { z } from "zod";
import type { Chain } from "../chain/chain.ts";
import type { ExpectedIdentity } from "../chain/chain-identity.ts";
import { hashSchema } from "../entry/hex.ts";
import { readJsonFile, writeJsonFile } from "./files.ts";

const pinsSchema = z.record(
  z.string(),
  z.strictObject({
    chainId: z.int().positive(),
    genesisHash: hashSchema,
    knownBlock: z.strictObject({ number: z.int().min(0), hash: hashSchema }),
  }),
);

/**
 * Which chains a process worked with, kept for its next run: a node that comes back empty or shorter answers every question
 * as if nothing had ever happened, and is recognised by this alone. Delete the file to accept another chain.
 */
export class ChainPins {
  readonly #file: string;
  readonly #pins: z.infer<typeof pinsSchema>;

  constructor(file: string) {
    this.#file = file;
    this.#pins = readJsonFile(file, pinsSchema, "CORRUPT_STORE") ?? {};
  }

  expected(chainId: number): ExpectedIdentity {
    return this.#pins[String(chainId)] ?? { chainId };
  }

  /** Checks the chain against its pin and moves the pin up to the newest final block. Rejects as every request to the chain does. */
  async remember(chain: Chain): Promise<void> {
    const identity = await chain.identity();
    this.#pins[String(chain.chainId)] = identity;
    writeJsonFile(`${this.#file}.new`, this.#pins);
    renameSync(`${this.#file}.new`, this.#file);
  }
}
