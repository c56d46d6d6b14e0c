import { renameSync } from "node:fs";
import { z } from "zod";
import type { Chain } from "../chain/chain.ts";
import type { ChainIdentity, ExpectedIdentity } from "../chain/chain-identity.ts";
import { GatelogError } from "../entry/errors.ts";
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
 *
 * The newest final block is in the file before anything rests on it, whatever kills the process. Not synced to the disk: after a
 * power cut the pin may be older, and then a node that lost less than that is not recognised.
 */
export class ChainPins {
  readonly #file: string;
  #pins: z.infer<typeof pinsSchema>;

  constructor(file: string) {
    this.#file = file;
    this.#pins = readJsonFile(file, pinsSchema, "CORRUPT_STORE") ?? {};
  }

  expected(chainId: number): ExpectedIdentity {
    return this.#pins[String(chainId)] ?? { chainId };
  }

  /** Checks the chain against its pin and keeps what it is. Rejects as every request to the chain does. */
  async remember(chain: Chain): Promise<void> {
    this.#write(await chain.identity());
  }

  /** Moves a pin up; for `onIdentity` of the chain. STORE_UNAVAILABLE if it cannot be kept. */
  moveUp(identity: ChainIdentity): void {
    if (this.#isBehind(identity)) return;
    try {
      this.#write(identity);
    } catch (cause) {
      const message = `the newest final block cannot be kept in ${this.#file}`;
      throw new GatelogError("STORE_UNAVAILABLE", message, { file: this.#file }, { cause });
    }
  }

  /** The log and a ledger may be on one chain, read by two clients: the one that is further counts. */
  #isBehind({ chainId, knownBlock }: ChainIdentity): boolean {
    const pin = this.#pins[String(chainId)];
    return pin !== undefined && pin.knownBlock.number >= knownBlock.number;
  }

  #write(identity: ChainIdentity): void {
    const pins = this.#isBehind(identity) ? this.#pins : { ...this.#pins, [String(identity.chainId)]: identity };
    writeJsonFile(`${this.#file}.new`, pins);
    renameSync(`${this.#file}.new`, this.#file);
    this.#pins = pins;
  }
}
