import type { NextFunction, Request, RequestHandler, Response } from "express";
import { GatelogError } from "../entry/errors.ts";

export interface LoadOptions {
  /** Requests that are worked on at once. */
  readonly maxInFlight?: number;
  /** Bytes of bodies that are read or worked on at once. */
  readonly maxBodyBytes?: number;
  /** Requests that wait for a place. */
  readonly maxQueued?: number;
  /** How long one waits. */
  readonly queueTimeoutMs?: number;
}

const DEFAULT_MAX_IN_FLIGHT = 256;
const DEFAULT_MAX_BODY_BYTES = 64 * 1_024 * 1_024;
const DEFAULT_MAX_QUEUED = 1_024;
/** Shorter than a client's patience: one that gets a refusal knows that nothing has happened. */
const DEFAULT_QUEUE_TIMEOUT_MS = 5_000;
/** Paths that watch the service: they answer best when it is busy. */
const UNBOUNDED: ReadonlySet<string> = new Set([
  ...["/health", "/ready", "/metrics"],
  ...["/node/state", "/node/network", "/node/heartbeats", "/node/ballot"],
]);

interface Waiting {
  readonly bytes: number;
  readonly admit: () => void;
}

/**
 * Bounds what a service has in hand: requests in flight and the bytes of their bodies, and the queue before them. A request
 * beyond that is OVERLOADED at once (503 with Retry-After), before a byte of its body is read, so that memory is bounded whatever
 * comes in, and the service recovers by itself. First come, first served.
 */
export class Load {
  readonly #maxInFlight: number;
  readonly #maxBodyBytes: number;
  readonly #maxQueued: number;
  readonly #queueTimeoutMs: number;
  readonly #bodyMax: number;
  readonly #queue = new Set<Waiting>();
  /** How to free the place that an answer has. */
  readonly #places = new Map<Response, () => void>();
  #inFlight = 0;
  #bytes = 0;

  /** @param bodyMax Largest body that is read at all: what one without a length counts for. */
  constructor(options: LoadOptions, bodyMax: number) {
    this.#bodyMax = bodyMax;
    this.#maxInFlight = options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT;
    this.#maxBodyBytes = options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
    this.#maxQueued = options.maxQueued ?? DEFAULT_MAX_QUEUED;
    this.#queueTimeoutMs = options.queueTimeoutMs ?? DEFAULT_QUEUE_TIMEOUT_MS;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Lets a request through when there is a place for it. The place is free again when its answer is out. */
  bound(): RequestHandler {
    return (request, response, next) => {
      const bytes = this.#bytesOf(request);
      if (UNBOUNDED.has(request.path)) next();
      else if (this.#queue.size === 0 && this.#fits(bytes)) {
        this.#take(response, bytes);
        next();
      } else if (this.#queue.size >= this.#maxQueued) next(this.#refusal("the queue is full"));
      else this.#enqueue(response, bytes, next);
    };
  }

  /** Gives the request's place back before its end: of an answer that lives long and is bounded otherwise. */
  release(response: Response): void {
    this.#places.get(response)?.();
  }

  #enqueue(response: Response, bytes: number, next: NextFunction): void {
    const leave = () => {
      clearTimeout(timer);
      response.off("close", leave);
      this.#queue.delete(waiting);
    };
    const waiting: Waiting = {
      bytes,
      admit: () => {
        leave();
        this.#take(response, bytes);
        next();
      },
    };
    const timer = setTimeout(() => {
      leave();
      next(this.#refusal(`no place was free within ${this.#queueTimeoutMs} ms`));
    }, this.#queueTimeoutMs);
    response.once("close", leave);
    this.#queue.add(waiting);
  }

  #take(response: Response, bytes: number): void {
    this.#inFlight += 1;
    this.#bytes += bytes;
    const release = () => {
      response.off("close", release);
      this.#places.delete(response);
      this.#inFlight -= 1;
      this.#bytes -= bytes;
      this.#admitNext();
    };
    this.#places.set(response, release);
    response.once("close", release);
  }

  #admitNext(): void {
    for (const waiting of this.#queue) {
      if (!this.#fits(waiting.bytes)) return;
      waiting.admit();
    }
  }

  /** One body may always be read, however large it says that it is. */
  #fits(bytes: number): boolean {
    return this.#inFlight < this.#maxInFlight && (this.#bytes === 0 || this.#bytes + bytes <= this.#maxBodyBytes);
  }

  #refusal(why: string): GatelogError {
    return new GatelogError("OVERLOADED", `the service has too much in hand: ${why}; nothing was done, ask again`, {
      inFlight: this.#inFlight,
      queued: this.#queue.size,
    });
  }

  #bytesOf(request: Request): number {
    if (request.method === "GET" || request.method === "HEAD") return 0;
    const length = Number(request.get("Content-Length") ?? Number.NaN);
    if (Number.isFinite(length)) return length;
    return request.get("Transfer-Encoding") === undefined ? 0 : this.#bodyMax;
  }
}
