import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { ServerResponse } from "node:http";
import { GatelogError } from "../entry/errors.ts";

export interface LoadOptions {
  /** Requests that are worked on at once. */
  readonly maxInFlight?: number;
  /** Bytes of bodies that are read or worked on at once. */
  readonly maxBodyBytes?: number;
  /** Until a body that has a place must be there. */
  readonly bodyTimeoutMs?: number;
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
/** Shorter than others wait: bodies that do not come in turn nobody away. The largest that is read takes 21 Mbit/s. */
const DEFAULT_BODY_TIMEOUT_MS = 4_000;

interface Waiting {
  readonly bytes: number;
  readonly admit: () => void;
}

/** What a request has of the service. */
interface Place {
  /** What its body counts for: as announced while it is read, then as it is. */
  bytes: number;
  /** Its answer is not out, or its handler is not done. */
  holders: number;
  /** Runs while the body is read. */
  reading: NodeJS.Timeout | undefined;
}

/**
 * Bounds what a service has in hand: requests in flight and the bytes of their bodies, and the queue before them. A request
 * beyond that is OVERLOADED at once (503 with Retry-After), before a byte of its body is read, so that memory is bounded whatever
 * comes in, and the service recovers by itself. First come, first served; but who brings no body waits for no bytes.
 *
 * A place is free again when the answer is out, or its client gone, and the handler is done: work that goes on is in hand, whoever
 * waits for it.
 */
export class Load {
  readonly #maxInFlight: number;
  readonly #maxBodyBytes: number;
  readonly #bodyTimeoutMs: number;
  readonly #maxQueued: number;
  readonly #queueTimeoutMs: number;
  readonly #queue = new Set<Waiting>();
  readonly #places = new Map<ServerResponse, Place>();
  #bytes = 0;

  constructor(options: LoadOptions = {}) {
    this.#maxInFlight = options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT;
    this.#maxBodyBytes = options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
    this.#bodyTimeoutMs = options.bodyTimeoutMs ?? DEFAULT_BODY_TIMEOUT_MS;
    this.#maxQueued = options.maxQueued ?? DEFAULT_MAX_QUEUED;
    this.#queueTimeoutMs = options.queueTimeoutMs ?? DEFAULT_QUEUE_TIMEOUT_MS;
  }

  get inFlight(): number {
    return this.#places.size;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /**
   * Lets a request through when there is a place for it.
   * @param bodyMax Bytes of the largest body that is read, and what one without a length counts for; 0 if none is read.
   */
  bound(bodyMax: number): RequestHandler {
    return (request, response, next) => {
      const bytes = bodyMax === 0 ? 0 : announcedBytes(request, bodyMax);
      if (bytes > bodyMax)
        next(new GatelogError("TOO_LARGE", "the body is too large", { maximum: bodyMax, actual: bytes }));
      else if (this.#fits(bytes) && (bytes === 0 || this.#queue.size === 0)) this.#take(response, bytes, next);
      else if (this.#queue.size >= this.#maxQueued) next(this.#refusal("the queue is full"));
      else this.#enqueue(response, bytes, next);
    };
  }

  /** The body is there: it counts for what it is from now on. */
  bodyIsRead(response: ServerResponse, bytes: number): void {
    const place = this.#places.get(response);
    if (place === undefined) return;
    clearTimeout(place.reading);
    this.#bytes += bytes - place.bytes;
    place.bytes = bytes;
    this.#admitNext();
  }

  /** Keeps the request's place until the returned function is called, also if its client goes before. */
  hold(response: ServerResponse): () => void {
    const place = this.#places.get(response);
    if (place === undefined) return () => undefined;
    place.holders += 1;
    return () => this.#letGo(response, place);
  }

  /** Gives the request's place back before its end: of an answer that lives long and is bounded otherwise. */
  release(response: ServerResponse): void {
    const place = this.#places.get(response);
    if (place === undefined) return;
    this.#places.delete(response);
    clearTimeout(place.reading);
    this.#bytes -= place.bytes;
    this.#admitNext();
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
        this.#take(response, bytes, next);
      },
    };
    const timer = setTimeout(() => {
      leave();
      next(this.#refusal(`no place was free within ${this.#queueTimeoutMs} ms`));
    }, this.#queueTimeoutMs);
    response.once("close", leave);
    this.#queue.add(waiting);
  }

  #take(response: Response, bytes: number, next: NextFunction): void {
    const place: Place = { bytes, holders: 1, reading: undefined };
    if (bytes > 0) place.reading = setTimeout(() => this.#cutBody(response, next), this.#bodyTimeoutMs);
    this.#places.set(response, place);
    this.#bytes += bytes;
    response.once("close", () => this.#letGo(response, place));
    next();
  }

  #letGo(response: ServerResponse, place: Place): void {
    place.holders -= 1;
    if (place.holders === 0 && this.#places.get(response) === place) this.release(response);
  }

  /** What has come of the body so far goes with its connection. */
  #cutBody(response: Response, next: NextFunction): void {
    if (response.headersSent) return;
    response.set("Connection", "close");
    const message = `the body was not there within ${this.#bodyTimeoutMs} ms; nothing was done, send it again`;
    next(new GatelogError("TIMEOUT", message, { timeoutMs: this.#bodyTimeoutMs }));
  }

  #admitNext(): void {
    let isBehindBody = false;
    for (const waiting of this.#queue) {
      if (this.inFlight >= this.#maxInFlight) return;
      if (waiting.bytes === 0 || (!isBehindBody && this.#fits(waiting.bytes))) waiting.admit();
      else isBehindBody = true;
    }
  }

  /** One body may always be read. */
  #fits(bytes: number): boolean {
    if (this.inFlight >= this.#maxInFlight) return false;
    return bytes === 0 || this.#bytes === 0 || this.#bytes + bytes <= this.#maxBodyBytes;
  }

  #refusal(why: string): GatelogError {
    return new GatelogError("OVERLOADED", `the service has too much in hand: ${why}; nothing was done, ask again`, {
      inFlight: this.inFlight,
      queued: this.#queue.size,
    });
  }
}

function announcedBytes(request: Request, bodyMax: number): number {
  if (request.get("Transfer-Encoding") !== undefined) return bodyMax;
  return Number(request.get("Content-Length") ?? 0);
}
