import type { LogEntry } from "../entry/entry.ts";
import { isGatelogError } from "../entry/errors.ts";
import type { GatewayId, Hash } from "../entry/hex.ts";
import type { LogPosition } from "../entry/log-check.ts";
import type { OpenedSession } from "../chain/log-events.ts";
import { sizeOf, type LogReader } from "../chain/log-reader.ts";
import type { Block } from "../chain/rpc-values.ts";

/** What is kept of all logs together; the logs read longest ago go first. */
const MAX_CACHED_BYTES = 128 * 1_024 * 1_024;

export interface CachedLog {
  readonly entries: readonly LogEntry[];
  readonly position: LogPosition;
}

/**
 * Verified logs as far as they were read, so that a reader who polls reads only what is new. A cached log that the chain does
 * not continue any more (after a reorganisation) is read anew.
 */
export class ChainLogCache {
  readonly #reader: LogReader;
  readonly #logs = new Map<string, CachedLog>();
  #size = 0;

  constructor(reader: LogReader) {
    this.#reader = reader;
  }

  /** The whole log as of block `at`. */
  async read(session: OpenedSession, gatewayId: GatewayId, at: Block): Promise<CachedLog> {
    const key = keyOf(session.sessionHash, gatewayId);
    const cached = this.#logs.get(key);
    try {
      const part = await this.#reader.readLog(session, gatewayId, at, cached?.position);
      if (cached !== undefined && part.entries.length === 0) return cached;
      const whole = { entries: [...(cached?.entries ?? []), ...part.entries], position: part.position };
      this.#keep(key, whole);
      return whole;
    } catch (error) {
      if (cached === undefined || !isGatelogError(error, "WRONG_HEAD")) throw error;
      this.#drop(key);
      return this.read(session, gatewayId, at);
    }
  }

  /** What was read before, if anything. */
  peek(sessionHash: Hash, gatewayId: GatewayId): CachedLog | undefined {
    return this.#logs.get(keyOf(sessionHash, gatewayId));
  }

  #keep(key: string, log: CachedLog): void {
    this.#drop(key);
    this.#logs.set(key, log);
    this.#size += sizeOf(log.entries);
    for (const oldest of this.#logs.keys()) {
      if (this.#size <= MAX_CACHED_BYTES || oldest === key) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#size -= sizeOf(this.#logs.get(key)?.entries ?? []);
    this.#logs.delete(key);
  }
}

function keyOf(sessionHash: Hash, gatewayId: GatewayId): string {
  return `${sessionHash}/${gatewayId}`;
}
