import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesToHex, type Address } from "../../entry/hex.ts";
import type { LogPart, RawLog } from "./reader.ts";

/** Bytes that are written at once. */
const WRITE_SIZE = 256 * 2 ** 10;
/** Events that are given at once. */
const PART_SIZE = 1_000;
/** Events of one block that are told apart by their place. */
const PLACES_IN_BLOCK = 2 ** 20;
const HASH_SIZE = 32;
const FIXED_SIZE = 1 + 4 + 4 + HASH_SIZE;

/**
 * Events of one contract, taken in any order and given in that of the chain. They lie in a temporary file, some 500 bytes an entry;
 * the memory has 16 bytes for each.
 */
export class EventFile {
  readonly #address: Address;
  readonly #folder: string;
  readonly #descriptor: number;
  /** By running number: the place in the chain, and where the event begins in the file. */
  readonly #places: number[] = [];
  readonly #starts: number[] = [];
  #size = 0;
  #pending: Buffer[] = [];
  #pendingSize = 0;
  #order: Uint32Array | undefined;

  constructor(address: Address) {
    this.#address = address;
    this.#folder = mkdtempSync(join(tmpdir(), "gatelog-audit-"));
    this.#descriptor = openSync(join(this.#folder, "events"), "wx+", 0o600);
  }

  get count(): number {
    return this.#starts.length;
  }

  /** Nothing is taken any more once events were given. */
  add(log: RawLog): void {
    const record = toBytes(log);
    this.#places.push(log.blockNumber * PLACES_IN_BLOCK + Math.min(log.logIndex, PLACES_IN_BLOCK - 1));
    this.#starts.push(this.#size);
    this.#size += record.length;
    this.#pending.push(record);
    this.#pendingSize += record.length;
    if (this.#pendingSize >= WRITE_SIZE) this.#write();
  }

  *parts(): Generator<LogPart> {
    this.#write();
    const order = (this.#order ??= this.#sorted());
    for (let from = 0; from < order.length; from += PART_SIZE) {
      const logs = Array.from(order.subarray(from, from + PART_SIZE), (number) => this.#read(number));
      yield { logs, upTo: logs.at(-1)?.blockNumber ?? 0 };
    }
  }

  close(): void {
    closeSync(this.#descriptor);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #sorted(): Uint32Array {
    const places = this.#places;
    const order = Uint32Array.from(this.#starts.keys());
    return order.sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0) || a - b);
  }

  #write(): void {
    const bytes = Buffer.concat(this.#pending);
    for (let written = 0; written < bytes.length;)
      written += writeSync(this.#descriptor, bytes, written, bytes.length - written);
    this.#pending = [];
    this.#pendingSize = 0;
  }

  #read(number: number): RawLog {
    const start = this.#starts[number] ?? 0;
    const record = Buffer.allocUnsafe((this.#starts[number + 1] ?? this.#size) - start);
    for (let read = 0; read < record.length;)
      read += readSync(this.#descriptor, record, read, record.length - read, start + read);
    return fromBytes(record, this.#address);
  }
}

function toBytes({ topics, data, blockNumber, logIndex, transactionHash }: RawLog): Buffer {
  const record = Buffer.allocUnsafe(FIXED_SIZE + topics.length * HASH_SIZE + (data.length - 2) / 2);
  let at = record.writeUInt8(topics.length, 0);
  at = record.writeUInt32LE(blockNumber, at);
  at = record.writeUInt32LE(logIndex, at);
  for (const hex of [transactionHash, ...topics, data]) at += record.write(hex.slice(2), at, "hex");
  return record;
}

function fromBytes(record: Buffer, address: Address): RawLog {
  let at = 9;
  const hex = (size: number) => bytesToHex(record.subarray(at, (at += size)));
  const transactionHash = hex(HASH_SIZE);
  const topics = Array.from({ length: record.readUInt8(0) }, () => hex(HASH_SIZE));
  const data = hex(record.length - at);
  const [blockNumber, logIndex] = [record.readUInt32LE(1), record.readUInt32LE(5)];
  return { address, topics, data, blockNumber, logIndex, transactionHash };
}
