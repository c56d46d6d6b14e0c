import { getBytes, keccak256 } from "ethers";

import { logRegistryInterface } from "../../src/chain/contracts.ts";
import { canonicalBytes, payloadHashOf } from "../../src/entry/canonical.ts";
import { ENTRY_VERSION, entryHashOf, packHeader, type Entry } from "../../src/entry/entry.ts";
import {
  sessionIdToWord,
  toHex,
  ZERO_HASH,
  type GatewayId,
  type Hash,
  type Hex,
  type SessionId,
} from "../../src/entry/hex.ts";
import { factsHashOf, sessionHashOf, type SessionFacts } from "../../src/entry/session.ts";
import { splitSignature, type DigestSigner } from "../../src/entry/signature.ts";
import { COMMANDS, STEPS, type Operation } from "../../src/entry/vocabulary.ts";

const WORD_SIZE = 32;
/** Members of an `EntryInput`; that of the payload says where the payload is: behind all of them. */
const MEMBERS = 9;
const APPEND_BATCH = getBytes(logRegistryInterface.getFunction("appendBatch").selector);

/** A registered gateway, with what signs for it. */
export interface Writer {
  readonly gatewayId: GatewayId;
  readonly signer: DigestSigner;
}

/** An entry as it stands in the calldata of a batch. */
export type PackedEntry = Uint8Array;

interface Note {
  readonly operation: Operation;
  readonly payload: Uint8Array;
  readonly payloadHash: Hash;
}

/** What a gateway notes of its peer: such entries may stand anywhere in a log. */
const SUSPECT = note("fail", canonicalBytes({ before: "OK", state: "SUSPECT" }));
const RECOVERED = note("done", canonicalBytes({ before: "SUSPECT", state: "RECOVERED" }));

/** Where a log ends. */
interface LogEnd {
  readonly length: number;
  readonly lastEntryHash: Hash;
  /** Above every number that its writer has seen. */
  readonly seqNumber: number;
}

const EMPTY: LogEnd = { length: 0, lastEntryHash: ZERO_HASH, seqNumber: 0 };

/** A log that is filled with its writer's notes of the peer, packed straight as calldata. */
export class FillerLog {
  readonly sessionHash: Hash;
  readonly writer: Writer;
  readonly #sessionId: SessionId;
  /** Session, facts and gateway: the first words of each entry. */
  readonly #place: Buffer;
  #end: LogEnd;

  constructor(facts: SessionFacts, writer: Writer, end: LogEnd = EMPTY) {
    this.sessionHash = sessionHashOf(facts);
    this.writer = writer;
    this.#sessionId = facts.sessionId;
    this.#place = words(sessionIdToWord(facts.sessionId), factsHashOf(facts), writer.gatewayId);
    this.#end = end;
  }

  get length(): number {
    return this.#end.length;
  }

  /** The next entries: each under a signature of its own, as gateways write them, or as a run, which has one for all of it. */
  async next(count: number, signed: "each" | "run"): Promise<PackedEntry[]> {
    const entries: PackedEntry[] = [];
    for (let left = count; left > 0; left -= 1)
      entries.push(await this.#append(this.length % 2 === 0 ? SUSPECT : RECOVERED, signed === "each" || left === 1));
    return entries;
  }

  async #append({ operation, payload, payloadHash }: Note, isSigned: boolean): Promise<PackedEntry> {
    const { length, lastEntryHash, seqNumber } = this.#end;
    const entry: Entry = {
      version: ENTRY_VERSION,
      sessionId: this.#sessionId,
      sessionHash: this.sessionHash,
      gatewayId: this.writer.gatewayId,
      epoch: 1,
      index: length,
      seqNumber: seqNumber + 1,
      step: STEPS.peer,
      operation,
      vote: "none",
      command: COMMANDS.peer,
      timestamp: Date.now(),
      causedBy: ZERO_HASH,
      payloadHash,
      lastEntryHash,
    };
    const entryHash = entryHashOf(entry);
    this.#end = { length: length + 1, lastEntryHash: entryHash, seqNumber: seqNumber + 1 };
    const signature = isSigned
      ? splitSignature(await this.writer.signer.signDigest(entryHash))
      : { r: ZERO_HASH, vs: ZERO_HASH };
    const fields = words(packHeader(entry), entry.causedBy, entry.lastEntryHash);
    const place = number(MEMBERS * WORD_SIZE);
    return Buffer.concat([this.#place, fields, place, words(signature.r, signature.vs), bytes(payload)]);
  }
}

/** A call of `appendBatch`: ABI encoding of an array of dynamic tuples, with the start of each told first. */
export function packedBatchCall(entries: readonly PackedEntry[]): Hex {
  const starts: Buffer[] = [];
  let start = entries.length * WORD_SIZE;
  for (const entry of entries) {
    starts.push(number(start));
    start += entry.length;
  }
  const parts = [APPEND_BATCH, number(WORD_SIZE), number(entries.length), ...starts, ...entries];
  return `0x${Buffer.concat(parts).toString("hex")}`;
}

/** A key of its own for everything that has a name in the benchmark. */
export function keyNamed(name: string): Hex {
  return toHex(keccak256(Buffer.from(`gatelog bench/restart ${name}`)));
}

function note(operation: Operation, payload: Uint8Array): Note {
  return { operation, payload, payloadHash: payloadHashOf(payload) };
}

function words(...hashes: readonly Hash[]): Buffer {
  return Buffer.from(hashes.map((hash) => hash.slice(2)).join(""), "hex");
}

function number(value: number): Buffer {
  const word = Buffer.alloc(WORD_SIZE);
  word.writeUInt32BE(value, WORD_SIZE - 4);
  return word;
}

/** With its length before it, and filled up to a whole word. */
function bytes(value: Uint8Array): Buffer {
  const padding = Buffer.alloc((WORD_SIZE - (value.length % WORD_SIZE)) % WORD_SIZE);
  return Buffer.concat([number(value.length), value, padding]);
}
