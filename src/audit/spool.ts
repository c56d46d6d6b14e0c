import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GatelogError } from "../entry/errors.ts";
import type { RawLog } from "./reading/reader.ts";
import { storedEvents, storedSize, storeEvent, type Given, type StoredEvent } from "./stored-event.ts";

/** Bytes that are kept in memory before anything goes to the disk: the events of about 8,000 entries. */
export const MEMORY_LIMIT = 8 * 2 ** 20;
/** A power of two; a million entries make buckets of about 4 MB. */
const BUCKETS = 256;
/** Bytes of a bucket at most: it is read at once. Ids are the writer's choice, so that a bucket may hold far more than its share. */
const MAX_BUCKET_SIZE = 2 ** 30;
/** Bytes of a bucket that are written at once, or more if an event is larger. */
const CHUNK_SIZE = 16 * 2 ** 10;

/** Where the events of some sessions are. Whoever has it, another thread too, can read it. */
export type Bucket = { readonly file: string } | { readonly bytes: Uint8Array };

/**
 * The events of sessions, put away in buckets so that all of a session's lie in one: a log that is larger than the memory is audited
 * bucket by bucket. A small one never leaves the memory; of a large one the disk holds about 800 bytes an entry until `close`.
 */
export class Spool {
  readonly #buckets: readonly Pending[];
  #size = 0;
  #folder: string | undefined;

  /** @param maxBucketSize Bytes. */
  constructor(maxBucketSize = MAX_BUCKET_SIZE) {
    this.#buckets = Array.from({ length: BUCKETS }, () => new Pending(maxBucketSize));
  }

  /** TOO_LARGE if sessions that lie together have more events than are looked at. */
  add(given: Given): void {
    const size = storedSize(given.log);
    this.#buckets[bucketOf(given.log)]?.add(given, size);
    this.#size += size;
    if (this.#size > MEMORY_LIMIT && this.#folder === undefined) this.#spill();
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

const EMPTY = Buffer.alloc(0);

/** One bucket while it is filled: in memory as a list of chunks, in a file but for the last one. */
class Pending {
  readonly #limit: number;
  #size = 0;
  #full: Buffer[] = [];
  #chunk = EMPTY;
  #used = 0;
  #file: { readonly path: string; readonly descriptor: number } | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(given: Given, size: number): void {
    this.#size += size;
    if (this.#size > this.#limit)
      throw new GatelogError(
        "TOO_LARGE",
        `a session, with those beside it, has more than ${this.#limit} bytes of events`,
        {
          limit: this.#limit,
        },
      );
    if (this.#used + size > this.#chunk.length) this.#next(size);
    storeEvent(given, this.#chunk, this.#used);
    this.#used += size;
  }

  open(path: string): void {
    this.#file = { path, descriptor: openSync(path, "wx", 0o600) };
    for (const chunk of this.#full) this.#write(chunk);
    this.#full = [];
  }

  seal(): Bucket | undefined {
    const last = this.#chunk.subarray(0, this.#used);
    if (this.#file === undefined) return this.#used === 0 ? undefined : { bytes: Buffer.concat([...this.#full, last]) };
    this.#write(last);
    const { path } = this.#file;
    this.close();
    return { file: path };
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.descriptor);
    this.#file = undefined;
  }

  /** A chunk that takes so many bytes; one that is written can be used again. */
  #next(size: number): void {
    const done = this.#chunk.subarray(0, this.#used);
    this.#used = 0;
    if (this.#file !== undefined) this.#write(done);
    else if (done.length > 0) this.#full.push(done);
    if (this.#file === undefined || this.#chunk.length < size)
      this.#chunk = Buffer.allocUnsafe(Math.max(size, CHUNK_SIZE));
  }

  #write(bytes: Buffer): void {
    if (this.#file === undefined) return;
    for (let written = 0; written < bytes.length;)
      written += writeSync(this.#file.descriptor, bytes, written, bytes.length - written);
  }
}

/** Sessions that share a bucket have nothing else in common; ids are random, but nobody has to keep them so. */
function bucketOf({ topics }: RawLog): number {
  const word = topics[1] ?? "";
  let sum = 0;
  for (let at = 2; at < 34; at += 8) sum ^= Number.parseInt(word.slice(at, at + 8), 16) | 0;
  return (sum ^ (sum >>> 16)) & (BUCKETS - 1);
}

/** The events of a bucket in the order in which they were given. */
export function eventsIn(bucket: Bucket): Generator<StoredEvent> {
  return storedEvents(bytesIn(bucket));
}

/** All of a bucket, event behind event. */
export function bytesIn(bucket: Bucket): Buffer {
  return "file" in bucket
    ? readFileSync(bucket.file)
    : Buffer.from(bucket.bytes.buffer, bucket.bytes.byteOffset, bucket.bytes.byteLength);
}
