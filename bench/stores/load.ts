import { setTimeout as sleep } from "node:timers/promises";

import { Pool } from "undici";

import type { SignedLog } from "./entries.ts";
import { percentile } from "../support/statistics.ts";

const SECOND_MS = 1_000;
const TICK_MS = 10;
/** An answer that takes longer does not come. */
const ANSWER_LIMIT_MS = 60_000;
const DONE = 200;
const REFUSALS: ReadonlySet<number> = new Set([429, 503]);

export interface Measured {
  readonly connections: number;
  readonly appends: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Overload {
  readonly offeredPerSecond: number;
  readonly seconds: number;
  readonly appends: number;
  readonly perSecond: number;
  /** Answered with 429 or 503. */
  readonly refused: number;
  readonly withoutRetryAfter: number;
  /** Answered with anything else, or not at all; and with what. */
  readonly failed: number;
  readonly failures: Readonly<Record<string, number>>;
  /** Not sent, because every log waited for an answer: the client's own bound. */
  readonly held: number;
}

interface Answer {
  readonly status: number;
  /** When to come again. */
  readonly isTold: boolean;
  readonly ms: number;
}

/** A log, and how much of it has been appended. */
class Cursor {
  readonly #log: SignedLog;
  #next = 0;

  constructor(log: SignedLog) {
    this.#log = log;
  }

  get request(): { readonly path: string; readonly body: Buffer } | undefined {
    const body = this.#log.bodies[this.#next];
    return body && { path: this.#log.path, body };
  }

  appended(): void {
    this.#next += 1;
  }
}

/** Connections that are kept, to one service. */
export class LoadClient {
  readonly #pool: Pool;

  constructor(url: string, connections: number) {
    const limits = { headersTimeout: ANSWER_LIMIT_MS, bodyTimeout: ANSWER_LIMIT_MS };
    this.#pool = new Pool(url, { connections, pipelining: 1, ...limits });
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  /** Opens the logs' sessions. Rejects if one is refused. */
  async open(logs: readonly SignedLog[]): Promise<void> {
    const left = logs.values();
    const opener = async (): Promise<void> => {
      for (const { opening } of left) {
        const answer = await this.#post("/v1/sessions", Buffer.from(JSON.stringify(opening)));
        if (answer.status !== DONE) throw new Error(`a session was not opened: ${answer.status}`);
      }
    };
    await Promise.all(Array.from({ length: OPENERS }, opener));
  }

  /** Opens this many connections: what is measured behind it is no longer how fast a service accepts them. */
  async connect(connections: number): Promise<void> {
    const look = async (): Promise<void> => {
      const answer = await this.#pool.request({ path: "/health", method: "GET" });
      await answer.body.dump();
    };
    await Promise.all(Array.from({ length: connections }, look));
  }

  /** Each connection appends to a log of its own, as fast as it is answered, for so long or until one log is at its end. */
  async appendAll(logs: readonly SignedLog[], seconds: number): Promise<Measured> {
    const times: number[] = [];
    const startedAt = performance.now();
    const until = startedAt + seconds * SECOND_MS;
    let endedAt = until;
    const writer = async (log: SignedLog): Promise<void> => {
      for (const body of log.bodies) {
        const { status, ms } = await this.#post(log.path, body);
        if (status !== DONE) throw new Error(`an append was answered with ${status}`);
        const now = performance.now();
        if (now > endedAt) return;
        times.push(ms);
      }
      // Beyond here fewer connections would be measured.
      endedAt = Math.min(endedAt, performance.now());
    };
    await Promise.all(logs.map(writer));
    const measured = (endedAt - startedAt) / SECOND_MS;
    const appends = times.length * (logs[0]?.entriesPerBody ?? 1);
    times.sort((one, other) => one - other);
    return {
      ...{ connections: logs.length, appends, seconds: measured, perSecond: appends / measured },
      ...{ p50Ms: percentile(times, 50), p99Ms: percentile(times, 99) },
    };
  }

  /** Sends at a rate of its own, whatever is answered; what is refused is sent again later. */
  async flood(logs: readonly SignedLog[], perSecond: number, seconds: number): Promise<Overload> {
    const counts = { appends: 0, refused: 0, withoutRetryAfter: 0, failed: 0, held: 0 };
    const free = logs.map((log) => new Cursor(log));
    const running = new Set<Promise<void>>();
    const failures: Record<string, number> = {};
    const fail = (why: string): void => {
      counts.failed += 1;
      failures[why] = (failures[why] ?? 0) + 1;
    };
    const one = async (cursor: Cursor, { path, body }: NonNullable<Cursor["request"]>): Promise<void> => {
      try {
        const { status, isTold } = await this.#post(path, body);
        if (status === DONE) counts.appends += 1;
        else if (REFUSALS.has(status)) counts.refused += 1;
        else fail(String(status));
        if (status === DONE) cursor.appended();
        else if (!isTold) counts.withoutRetryAfter += 1;
      } catch (error) {
        fail(error instanceof Error ? error.message : String(error));
      }
      free.push(cursor);
    };
    const startedAt = performance.now();
    let sent = 0;
    while (performance.now() - startedAt < seconds * SECOND_MS) {
      const due = Math.floor(((performance.now() - startedAt) / SECOND_MS) * perSecond);
      for (; sent < due; sent += 1) {
        const cursor = free.shift();
        const request = cursor?.request;
        if (cursor === undefined || request === undefined) {
          counts.held += 1;
          continue;
        }
        const work = one(cursor, request);
        running.add(work);
        work.finally(() => running.delete(work)).catch(() => undefined);
      }
      await sleep(TICK_MS);
    }
    await Promise.all(running);
    const measured = (performance.now() - startedAt) / SECOND_MS;
    return {
      ...counts,
      failures,
      offeredPerSecond: perSecond,
      seconds: measured,
      perSecond: counts.appends / measured,
    };
  }

  async #post(path: string, body: Buffer): Promise<Answer> {
    const startedAt = performance.now();
    const headers = { "Content-Type": "application/json" };
    const answer = await this.#pool.request({ path, method: "POST", headers, body });
    await answer.body.dump();
    const retryAfter = answer.headers["retry-after"];
    return { status: answer.statusCode, isTold: retryAfter !== undefined, ms: performance.now() - startedAt };
  }
}

const OPENERS = 16;
