import { sessionIdFromBytes16, toHex, type Address, type Hash, type Hex, type SessionId } from "../entry/hex.ts";
import { Memo } from "../entry/memo.ts";
import { REGISTRY_EVENTS } from "./reading/event-decoder.ts";
import type { EntryAppended, Place } from "./reading/events.ts";
import type { RawLog } from "./reading/reader.ts";

/** An event as it was given. late: it stands in the chain before one that was given earlier. again: at the place of the one before. */
export interface Given {
  readonly log: RawLog;
  readonly turn: Turn;
}

export const TURNS = ["in turn", "late", "again"] as const;
export type Turn = (typeof TURNS)[number];

// Length, turn, number of topics, place, transaction, contract; then the topics, and the data.
const LENGTH_SIZE = 4;
const PLACE_SIZE = 8;
const HASH_SIZE = 32;
const ADDRESS_DIGITS = 42;
const BLOCK_START = LENGTH_SIZE + 2;
const TRANSACTION_START = BLOCK_START + 2 * PLACE_SIZE;
const ADDRESS_START = TRANSACTION_START + HASH_SIZE;
const TOPICS_START = ADDRESS_START + ADDRESS_DIGITS;

/** Bytes that `storeEvent` writes of it. */
export function storedSize({ topics, data }: RawLog): number {
  return TOPICS_START + topics.length * HASH_SIZE + (data.length - 2) / 2;
}

export function storeEvent({ log, turn }: Given, bytes: Buffer, start: number): void {
  const { address, topics, data, blockNumber, logIndex, transactionHash } = log;
  let at = bytes.writeUInt32LE(storedSize(log), start);
  at = bytes.writeUInt8(TURNS.indexOf(turn), at);
  at = bytes.writeUInt8(topics.length, at);
  at = bytes.writeDoubleLE(blockNumber, at);
  at = bytes.writeDoubleLE(logIndex, at);
  at += bytes.write(transactionHash.slice(2), at, "hex");
  // With its checksum, which is costly to make anew.
  at += bytes.write(address, at, "latin1");
  for (const topic of topics) at += bytes.write(topic.slice(2), at, "hex");
  bytes.write(data.slice(2), at, "hex");
}

/** The events that were stored one behind the other, as long as nobody writes to these bytes. */
export function* storedEvents(bytes: Buffer): Generator<StoredEvent> {
  for (let start = 0; start < bytes.length; start += bytes.readUInt32LE(start)) yield storedEventAt(bytes, start);
}

export function storedEventAt(bytes: Buffer, start: number): StoredEvent {
  return new StoredEvent(bytes.subarray(start, start + bytes.readUInt32LE(start)));
}

/** Of each of these events where it begins, and the word with which it names its session. */
export function* sessionWordsIn(bytes: Buffer): Generator<readonly [start: number, word: string]> {
  for (let start = 0; start < bytes.length; start += bytes.readUInt32LE(start)) {
    const isNamed = bytes.readUInt8(start + LENGTH_SIZE + 1) > 1;
    const word = start + TOPICS_START + HASH_SIZE;
    yield [start, isNamed ? `0x${bytes.toString("hex", word, word + ID_SIZE)}` : ""];
  }
}

const ENTRY_TOPIC = Buffer.from((REGISTRY_EVENTS.getEvent("EntryAppended")?.topicHash ?? "0x").slice(2), "hex");
const ENTRY_TOPICS = 3;
const ID_SIZE = 16;
/** Words before the payload's length: header, causedBy, lastEntryHash, payloadHash, offset, r, vs, previousBlock. */
const HEAD_WORDS = 8;
const UINT32_SIZE = 4;
const ZEROS = Buffer.alloc(HASH_SIZE);

/** The events of one session are read one behind the other. */
const sessionIds = new Memo<SessionId>(16);

function sessionIdOf(bytes: Hex): SessionId {
  return sessionIds.of(bytes, () => sessionIdFromBytes16(bytes));
}

/** An event in its bytes. What is asked of it is read then. */
export class StoredEvent implements Given {
  readonly turn: Turn;
  readonly blockNumber: number;
  readonly logIndex: number;
  readonly #bytes: Buffer;
  readonly #topicCount: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.turn = TURNS[bytes.readUInt8(LENGTH_SIZE)] ?? "late";
    this.#topicCount = bytes.readUInt8(LENGTH_SIZE + 1);
    this.blockNumber = bytes.readDoubleLE(BLOCK_START);
    this.logIndex = bytes.readDoubleLE(BLOCK_START + PLACE_SIZE);
  }

  get transactionHash(): Hash {
    return this.#hex(TRANSACTION_START, HASH_SIZE);
  }

  get address(): Address {
    return toHex(this.#bytes.toString("latin1", ADDRESS_START, TOPICS_START));
  }

  get log(): RawLog {
    const { address, blockNumber, logIndex, transactionHash } = this;
    const topics = Array.from({ length: this.#topicCount }, (_, place) => this.#topic(place));
    const start = this.#dataStart;
    const data = this.#hex(start, this.#bytes.length - start);
    return { address, topics, data, blockNumber, logIndex, transactionHash };
  }

  /**
   * The entry, if this is an `EntryAppended` in its canonical form, which nearly all events of a log are: in a hundredth of the time of the
   * general way, and nothing of it is copied. Undefined on anything else, of which the general way says what it is.
   */
  entry(at: Place): EntryAppended | undefined {
    const bytes = this.#bytes;
    if (this.#topicCount !== ENTRY_TOPICS || !ENTRY_TOPIC.equals(this.#topicBytes(0))) return undefined;
    const start = this.#dataStart;
    const word = (index: number) => start + index * HASH_SIZE;
    const payloadStart = word(HEAD_WORDS + 1);
    if (bytes.length < payloadStart) return undefined;
    const size = bytes.readUInt32BE(payloadStart - UINT32_SIZE);
    const end = payloadStart + Math.ceil(size / HASH_SIZE) * HASH_SIZE;
    const isCanonical =
      this.#isZero(TOPICS_START + HASH_SIZE + ID_SIZE, ID_SIZE) &&
      this.#isUint32(word(4)) &&
      bytes.readUInt32BE(word(5) - UINT32_SIZE) === HEAD_WORDS * HASH_SIZE &&
      this.#isUint32(word(7)) &&
      this.#isUint32(word(HEAD_WORDS)) &&
      bytes.length === end &&
      this.#isZero(payloadStart + size, end - payloadStart - size);
    if (!isCanonical) return undefined;
    const [r, vs] = [word(5), word(6)];
    return {
      kind: "EntryAppended",
      at,
      sessionId: sessionIdOf(this.#hex(TOPICS_START + HASH_SIZE, ID_SIZE)),
      gatewayId: this.#topic(2),
      header: this.#hex(word(0), HASH_SIZE),
      causedBy: this.#hex(word(1), HASH_SIZE),
      lastEntryHash: this.#hex(word(2), HASH_SIZE),
      payloadHash: this.#hex(word(3), HASH_SIZE),
      payload: bytes.subarray(payloadStart, payloadStart + size),
      signature: this.#isZero(r, HASH_SIZE) && this.#isZero(vs, HASH_SIZE) ? null : this.#hex(r, 2 * HASH_SIZE),
      previousBlock: bytes.readUInt32BE(word(HEAD_WORDS) - UINT32_SIZE),
    };
  }

  get #dataStart(): number {
    return TOPICS_START + this.#topicCount * HASH_SIZE;
  }

  #topicBytes(place: number): Buffer {
    const start = TOPICS_START + place * HASH_SIZE;
    return this.#bytes.subarray(start, start + HASH_SIZE);
  }

  #topic(place: number): Hash {
    return this.#hex(TOPICS_START + place * HASH_SIZE, HASH_SIZE);
  }

  #hex(start: number, size: number): Hex {
    return `0x${this.#bytes.toString("hex", start, start + size)}`;
  }

  /** Of a word: all but its last four bytes are zero. */
  #isUint32(start: number): boolean {
    return this.#isZero(start, HASH_SIZE - UINT32_SIZE);
  }

  /** @param size At most that of a word. */
  #isZero(start: number, size: number): boolean {
    return size === 0 || this.#bytes.compare(ZEROS, 0, size, start, start + size) === 0;
  }
}
