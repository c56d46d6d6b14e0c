import type { GatewayId, Hash } from "../../entry/hex.ts";
import { recoverSigner, type CompactSignature } from "../../entry/signature.ts";
import { signerOf } from "../checks/signers.ts";
import type { EntryDigest, LogHashes } from "./hash-file.ts";

export type KeyOf = (gatewayId: GatewayId, epoch: number) => string | undefined;

/** Entries `[from, end)` that one signature vouches for, or none does. */
interface Run {
  readonly from: number;
  readonly end: number;
  /** Whose signature it is; undefined: nobody's that counts. */
  readonly key: string | undefined;
}

/**
 * One log of a file, by the index that is in the hash of each entry: where a line stands, whoever wrote the file has chosen, and its
 * writer has signed nothing of. Of two entries with one index the first counts; that there are two, the file's own audit finds.
 */
export class VouchedLog {
  readonly #gatewayId: GatewayId;
  readonly #keyOf: KeyOf;
  readonly #entries = new Map<number, EntryDigest>();
  #run: Run = { from: 0, end: 0, key: undefined };

  constructor({ gatewayId, entries }: Pick<LogHashes, "gatewayId" | "entries">, keyOf: KeyOf) {
    this.#gatewayId = gatewayId;
    this.#keyOf = keyOf;
    for (const entry of entries) if (!this.#entries.has(entry.index)) this.#entries.set(entry.index, entry);
  }

  /** From the lowest. */
  get indices(): readonly number[] {
    return [...this.#entries.keys()].sort((a, b) => a - b);
  }

  digestAt(index: number): Hash | undefined {
    return this.#entries.get(index)?.digest;
  }

  /** The entry in words, if its writer has signed it, or an entry behind it up to which each contains the hash of the one before. */
  vouchedAt(index: number): string | undefined {
    // Asked from the lowest index on, each entry is gone over once.
    if (index < this.#run.from || index >= this.#run.end) this.#run = this.#runFrom(index);
    const { key } = this.#run;
    return key === undefined ? undefined : `${this.digestAt(index)}, signed by ${key}`;
  }

  #runFrom(from: number): Run {
    for (let index = from; ; index += 1) {
      const entry = this.#entries.get(index);
      const end = index + 1;
      if (entry === undefined) return { from, end, key: undefined };
      const { digest, signature, epoch } = entry;
      if (signature !== null) {
        const key = this.#keyOf(this.#gatewayId, epoch);
        return { from, end, key: isSigned(digest, signature, key) ? key : undefined };
      }
      const next = this.#entries.get(end);
      if (next?.lastEntryHash !== digest || next.epoch !== epoch) return { from, end, key: undefined };
    }
  }
}

export function isSigned(digest: Hash, signature: CompactSignature, key: string | undefined): boolean {
  return key !== undefined && signerOf(recoverSigner, digest, signature) === key;
}
