import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesToHex, toHex } from "../entry/hex.ts";
import type { RawLog } from "./reading/reader.ts";

/** An event as it was given. late: it stands in the chain before one that was given earlier. again: at the place of the one before. */
export interface Given {
  readonly log: RawLog;
  readonly turn: Turn;
}

export const TURNS = ["in turn", "late", "again"] as const;
export type Turn = (typeof TURNS)[number];

/** Bytes that are kept in memory before anything goes to the disk: the events of about 10,000 entries. */
const MEMORY_LIMIT = 16 * 2 ** 20;
/** A power of two; a million entries make buckets of about 4 MB. */
const BUCKETS = 256;
/** Bytes of a bucket that are written at once. */
const WRITE_SIZE = 16 * 2 ** 10;

/** Where the events of some sessions are. Whoever has it, another thread too, can read it. */
export type Bucket = { readonly file: string } | { readonly bytes: Uint8Array };

/**
 * The events of sessions, put away in buckets so that all of a session's lie in one: a log that is larger than the memory is audited
 * bucket by bucket. A small one never leaves the memory; of a large one the disk holds about 900 bytes an entry until `close`.
 */
export class Spool {
  readonly #buckets = Array.from({ length: BUCKETS }, () => new Pending());
  #size = 0;
  #folder: string | undefined;

  add(given: Given): void {
    const record = toBytes(given);
    const bucket = this.#buckets[bucketOf(given.log)];
    bucket?.add(record);
    this.#size += record.length;
    if (this.#size <= MEMORY_LIMIT) return;
    if (this.#folder === undefined) this.#spill();
    else if (bucket !== undefined && bucket.size >= WRITE_SIZE) bucket.write();
  }

  /** All buckets that hold anything. Nothing is added from then on. */
  seal(): Bucket[] {
    return this.#buckets.flatMap((bucket) => bucket.seal() ?? []);
  }

  close(): void {
    for (const bucket of this.#buckets) bucket.close();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }

  #spill(): void {
    this.#folder = mkdtempSync(join(tmpdir(), "gatelog-audit-"));
    for (const [number, bucket] of this.#buckets.entries()) bucket.open(join(this.#folder, String(number)));
  }
}

/** One bucket while it is filled. */
class Pending {
  #parts: Uint8Array[] = [];
  #size = 0;
  #file: { readonly path: string; readonly descriptor: number } | undefined;

  get size(): number {
    return this.#size;
  }

  add(record: Uint8Array): void {
    this.#parts.push(record);
    this.#size += record.length;
  }

  open(path: string): void {
    this.#file = { path, descriptor: openSync(path, "wx", 0o600) };
    this.write();
  }

  write(): void {
    if (this.#file === undefined) return;
    const bytes = this.#take();
    for (let written = 0; written < bytes.length;)
      written += writeSync(this.#file.descriptor, bytes, written, bytes.length - written);
  }

  seal(): Bucket | undefined {
    if (this.#file === undefined) return this.#size === 0 ? undefined : { bytes: this.#take() };
    this.write();
    const { path } = this.#file;
    this.close();
    return { file: path };
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.descriptor);
    this.#file = undefined;
  }

  #take(): Uint8Array {
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#size = 0;
    return bytes;
  }
}

/** Sessions that share a bucket have nothing else in common; ids are random, but nobody has to keep them so. */
function bucketOf({ topics }: RawLog): number {
  const word = topics[1] ?? "";
  let sum = 0;
  for (let at = 2; at < 34; at += 8) sum ^= Number.parseInt(word.slice(at, at + 8), 16) | 0;
  return (sum ^ (sum >>> 16)) & (BUCKETS - 1);
}

// ---- an event as bytes: length, turn and number of topics, place, transaction, contract, topics, data

const LENGTH_SIZE = 4;
const PLACE_SIZE = 8;
const HASH_SIZE = 32;
const ADDRESS_DIGITS = 42;
const FIXED_SIZE = LENGTH_SIZE + 2 + 2 * PLACE_SIZE + HASH_SIZE + ADDRESS_DIGITS;

function toBytes({ log, turn }: Given): Uint8Array {
  const { address, topics, data, blockNumber, logIndex, transactionHash } = log;
  const record = Buffer.allocUnsafe(FIXED_SIZE + topics.length * HASH_SIZE + (data.length - 2) / 2);
  let at = record.writeUInt32LE(record.length, 0);
  at = record.writeUInt8(TURNS.indexOf(turn), at);
  at = record.writeUInt8(topics.length, at);
  at = record.writeDoubleLE(blockNumber, at);
  at = record.writeDoubleLE(logIndex, at);
  at += record.write(transactionHash.slice(2), at, "hex");
  // With its checksum, which is costly to make anew.
  at += record.write(address, at, "latin1");
  for (const topic of topics) at += record.write(topic.slice(2), at, "hex");
  record.write(data.slice(2), at, "hex");
  return record;
}

/** The events of a bucket in the order in which they were given. */
export function* eventsIn(bucket: Bucket): Generator<Given> {
  const bytes =
    "file" in bucket
      ? readFileSync(bucket.file)
      : Buffer.from(bucket.bytes.buffer, bucket.bytes.byteOffset, bucket.bytes.byteLength);
  for (let start = 0; start < bytes.length; start += bytes.readUInt32LE(start))
    yield fromBytes(bytes.subarray(start, start + bytes.readUInt32LE(start)));
}

function fromBytes(record: Buffer): Given {
  let at = LENGTH_SIZE;
  const turn = TURNS[record.readUInt8(at)] ?? "late";
  const topicCount = record.readUInt8(at + 1);
  const blockNumber = record.readDoubleLE((at += 2));
  const logIndex = record.readDoubleLE((at += PLACE_SIZE));
  at += PLACE_SIZE;
  const hex = (size: number) => bytesToHex(record.subarray(at, (at += size)));
  const transactionHash = hex(HASH_SIZE);
  const address = toHex(record.toString("latin1", at, (at += ADDRESS_DIGITS)));
  const topics = Array.from({ length: topicCount }, () => hex(HASH_SIZE));
  const data = hex(record.length - at);
  return { log: { address, topics, data, blockNumber, logIndex, transactionHash }, turn };
}
