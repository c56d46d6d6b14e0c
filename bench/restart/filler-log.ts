import { createHash } from "node:crypto";
import { getBytes, keccak256 } from "ethers";

import { logRegistryInterface } from "../../src/chain/contracts.ts";
import { canonicalBytes } from "../../src/entry/canonical.ts";
import { ENTRY_VERSION, entryHashOf, packHeader, type Entry } from "../../src/entry/entry.ts";
import { sessionIdToWord, toHex, ZERO_HASH, type GatewayId, type Hash, type Hex } from "../../src/entry/hex.ts";
import type { SessionOpening } from "../../src/entry/session.ts";
import { splitSignature, type DigestSigner } from "../../src/entry/signature.ts";
import { COMMANDS, STEPS } from "../../src/entry/vocabulary.ts";

const WORD = 32;
/** Words of an `EntryInput` before its payload: nine members, one of which says where the payload is. */
const HEAD_WORDS = 9;
const APPEND_BATCH = getBytes(logRegistryInterface.getFunction("appendBatch").selector);

/** A gateway that is registered, with what signs for it. */
export interface Writer {
  readonly gatewayId: GatewayId;
  readonly signer: DigestSigner;
}

/** An entry as it goes into a batch. */
export type PackedEntry = Uint8Array;

/** What a gateway notes of its peer, in turn: the payloads of entries that may stand anywhere in a log. */
const NOTES = [
  { operation: "fail", payload: canonicalBytes({ state: "SUSPECT", before: "OK" }) },
  { operation: "done", payload: canonicalBytes({ state: "RECOVERED", before: "SUSPECT" }) },
] as const;

/** One log of a session that only fills the registry: a writer's notes of its peer, packed straight as calldata. */
export class FillerLog {
  readonly #opening: SessionOpening;
  readonly #sessionHash: Hash;
  readonly #writer: Writer;
  /** Session, facts and gateway: the first three words of each entry. */
  readonly #place: Buffer;
  #index = 0;
  #lastEntryHash: Hash = ZERO_HASH;

  constructor(opening: SessionOpening, hashes: { readonly sessionHash: Hash; readonly factsHash: Hash }, writer: Writer) {
    this.#opening = opening;
    this.#sessionHash = hashes.sessionHash;
    this.#writer = writer;
    this.#place = words(sessionIdToWord(opening.facts.sessionId), hashes.factsHash, writer.gatewayId);
  }

  get length(): number {
    return this.#index;
  }

  /** The next entries as a run: the last one's signature stands for all of them. */
  async run(count: number, timestamp: number): Promise<PackedEntry[]> {
    const packed: PackedEntry[] = [];
    for (let left = count; left > 0; left -= 1) packed.push(await this.#next(timestamp, left === 1));
    return packed;
  }

  async #next(timestamp: number, isSigned: boolean): Promise<PackedEntry> {
    const { operation, payload } = NOTES[this.#index % 2 === 0 ? 0 : 1];
    const entry: Entry = {
      version: ENTRY_VERSION,
      sessionId: this.#opening.facts.sessionId,
      sessionHash: this.#sessionHash,
      gatewayId: this.#writer.gatewayId,
      epoch: 1,
      index: this.#index,
      seqNumber: this.#index + 1,
      step: STEPS.peer,
      operation,
      vote: "none",
      command: COMMANDS.peer,
      timestamp,
      causedBy: ZERO_HASH,
      payloadHash: toHex(`0x${createHash("sha256").update(payload).digest("hex")}`),
      lastEntryHash: this.#lastEntryHash,
    };
    const entryHash = entryHashOf(entry);
    this.#index += 1;
    this.#lastEntryHash = entryHash;
    const { r, vs } = isSigned
      ? splitSignature(await this.#writer.signer.signDigest(entryHash))
      : { r: ZERO_HASH, vs: ZERO_HASH };
    const head = words(packHeader(entry), entry.causedBy, entry.lastEntryHash);
    return Buffer.concat([this.#place, head, number(HEAD_WORDS * WORD), words(r, vs), bytes(payload)]);
  }
}

/** The call of `appendBatch`: an array of dynamic tuples, of each of which the start is told first. */
export function appendBatchCall(entries: readonly PackedEntry[]): Hex {
  const starts: Buffer[] = [];
  let start = entries.length * WORD;
  for (const entry of entries) {
    starts.push(number(start));
    start += entry.length;
  }
  const parts = [APPEND_BATCH, number(WORD), number(entries.length), ...starts, ...entries];
  return `0x${Buffer.concat(parts).toString("hex")}`;
}

/** A key of its own for everything that has a name here. */
export function keyNamed(name: string): Hex {
  return toHex(keccak256(Buffer.from(`gatelog bench/restart ${name}`)));
}

function words(...hashes: readonly Hash[]): Buffer {
  return Buffer.from(hashes.map((hash) => hash.slice(2)).join(""), "hex");
}

function number(value: number): Buffer {
  const word = Buffer.alloc(WORD);
  word.writeUInt32BE(value, WORD - 4);
  return word;
}

/** With its length before it, and filled up to whole words. */
function bytes(value: Uint8Array): Buffer {
  const padding = Buffer.alloc((WORD - (value.length % WORD)) % WORD);
  return Buffer.concat([number(value.length), value, padding]);
}
