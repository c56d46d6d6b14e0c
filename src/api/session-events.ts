import type { Request, Response } from "express";
import { once } from "node:events";
import { entryToJson } from "../entry/entry-json.ts";
import { GatelogError } from "../entry/errors.ts";
import { readEntries } from "../store/log-reader.ts";
import type { LogStore, SessionRecord } from "../store/log-store.ts";
import { STALLED_MS } from "./requests.ts";
import type { SessionWatch } from "./session-watch.ts";

/** Streams of one service, and of one client: of the address that its connection comes from, which a proxy gives to all behind it. */
const MAX_STREAMS = 256;
const MAX_STREAMS_PER_CLIENT = 32;
/** A comment is sent so often when nothing else is: proxies and clients see that the stream lives. */
const HEARTBEAT_MS = 15_000;
/** What a client is told to wait before it comes again. */
const RECONNECT_MS = 1_000;
/** Entries that are read at once for a stream: many of them stand open, and each may wait for its reader. */
const READ_AHEAD = 32;

const HEADERS = { "Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no" };

export interface EventStreamOptions {
  readonly maxStreams?: number;
  readonly maxStreamsPerClient?: number;
  readonly heartbeatMs?: number;
}

/** How far a reader has come: entries of each log (the origin's first), the decision, and whether the session is closed. */
interface Position {
  readonly lengths: readonly number[];
  readonly decided: boolean;
  readonly closed: boolean;
}

/**
 * A session as server-sent events: `entry` (as in the session's story, `{id, …}`), `decision` once it is final, `closed`. Each has an id
 * that says how far the reader has come, so that `Last-Event-ID` goes on without a gap or a repetition, on any service over the
 * same store. Entries of one log come in its order; those of two logs as they are found.
 */
export class SessionEvents {
  readonly #store: LogStore;
  readonly #watch: SessionWatch;
  readonly #maxStreams: number;
  readonly #maxPerClient: number;
  readonly #heartbeatMs: number;
  readonly #open = new Map<Response, string>();
  #stopped = false;

  constructor(store: LogStore, watch: SessionWatch, options: EventStreamOptions = {}) {
    this.#store = store;
    this.#watch = watch;
    this.#maxStreams = options.maxStreams ?? MAX_STREAMS;
    this.#maxPerClient = options.maxStreamsPerClient ?? MAX_STREAMS_PER_CLIENT;
    this.#heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS;
  }

  get open(): number {
    return this.#open.size;
  }

  /** Ends every stream, and opens no more: their clients come again, to another service. */
  stop(): void {
    this.#stopped = true;
    for (const response of this.#open.keys()) response.end();
  }

  /** Sends what comes until the client goes or the session is closed; 204 if the reader has all of a closed session. */
  async send(request: Request, response: Response, record: SessionRecord): Promise<void> {
    const from = positionFrom(request.get("Last-Event-ID"), record);
    if (from.closed) {
      response.status(204).end();
      return;
    }
    if (request.method === "HEAD") {
      response.set(HEADERS).end();
      return;
    }
    this.#admit(request, response);
    response.set(HEADERS).flushHeaders();
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    const heartbeat = setInterval(() => {
      if (response.writableLength === 0) response.write(": alive\n\n");
    }, this.#heartbeatMs);
    try {
      await this.#follow(response, record, from);
    } finally {
      clearInterval(heartbeat);
      this.#open.delete(response);
      response.end();
    }
  }

  #admit(request: Request, response: Response): void {
    const client = request.socket.remoteAddress ?? "";
    if (this.#stopped || this.#open.size >= this.#maxStreams)
      throw new GatelogError("OVERLOADED", `at most ${this.#maxStreams} streams of events are open at once`, {
        maximum: this.#maxStreams,
      });
    const own = [...this.#open.values()].filter((other) => other === client).length;
    if (own >= this.#maxPerClient)
      throw new GatelogError("TOO_MANY_REQUESTS", `at most ${this.#maxPerClient} streams of events for one address`, {
        maximum: this.#maxPerClient,
      });
    this.#open.set(response, client);
  }

  async #follow(response: Response, first: SessionRecord, from: Position): Promise<void> {
    const seen: { record: SessionRecord | undefined; tell: () => void } = { record: first, tell: () => undefined };
    const gone = new Promise<void>((resolve) => response.once("close", () => resolve()));
    const leave = this.#watch.watch(first.opening.facts.sessionId, (record) => {
      seen.record = record;
      seen.tell();
    });
    try {
      let position = from;
      while (!response.destroyed && !response.writableEnded && !position.closed) {
        const next = new Promise<void>((resolve) => (seen.tell = resolve));
        const { record } = seen;
        seen.record = undefined;
        if (record === undefined) await Promise.race([next, gone]);
        else position = await this.#sendNew(response, record, position);
      }
    } finally {
      leave();
    }
  }

  async #sendNew(response: Response, record: SessionRecord, from: Position): Promise<Position> {
    let position = from;
    const { sessionId } = record.opening.facts;
    for (const [place, { gatewayId, length }] of inOrder(record).entries()) {
      const start = position.lengths[place] ?? 0;
      const unseen = readEntries(this.#store, sessionId, gatewayId, { from: start, to: length }, READ_AHEAD);
      for await (const entry of unseen) {
        const lengths = position.lengths.with(place, entry.index + 1);
        position = { ...position, lengths };
        const data = { id: `${gatewayId}/${entry.index}`, ...entryToJson(entry) };
        if (!(await write(response, "entry", position, data))) return position;
      }
    }
    const { decision } = record;
    if (decision.decision !== "NONE" && decision.final && !position.decided) {
      position = { ...position, decided: true };
      if (!(await write(response, "decision", position, decision))) return position;
    }
    if (record.closed && (position.decided || decision.decision === "NONE")) {
      position = { ...position, closed: true };
      await write(response, "closed", position, { sessionId });
    }
    return position;
  }
}

/** The origin's log first, so that a position means the same on every service. */
function inOrder({ logs, opening }: SessionRecord): SessionRecord["logs"] {
  const { gatewayId } = opening.facts.origin;
  return logs.toSorted((left, right) => Number(right.gatewayId === gatewayId) - Number(left.gatewayId === gatewayId));
}

/** `12.7.d`: lengths of the logs, `d` if the decision was told, `c` if the closing was. */
function idOf({ lengths, decided, closed }: Position): string {
  return `${lengths.join(".")}.${decided ? "d" : ""}${closed ? "c" : ""}`;
}

function positionFrom(lastEventId: string | undefined, record: SessionRecord): Position {
  const logs = inOrder(record);
  if (lastEventId === undefined || lastEventId === "")
    return { lengths: logs.map(() => 0), decided: false, closed: false };
  const match = /^((?:[0-9]{1,9}\.){1,2})(d?)(c?)$/.exec(lastEventId);
  const lengths = match?.[1]?.split(".").slice(0, -1).map(Number) ?? [];
  if (lengths.length !== logs.length)
    throw new GatelogError("MALFORMED", "Last-Event-ID is none of this session's", {
      actual: lastEventId.slice(0, 64),
    });
  return { lengths, decided: match?.[2] === "d", closed: match?.[3] === "c" };
}

/** False if the client has gone. Waits while it takes nothing, but not for ever: it may come again and go on where it was. */
async function write(response: Response, event: string, position: Position, data: object): Promise<boolean> {
  if (response.destroyed || response.writableEnded) return false;
  const text = `id: ${idOf(position)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  if (response.write(text)) return true;
  const limit = AbortSignal.timeout(STALLED_MS);
  const stop = new AbortController();
  const signal = AbortSignal.any([limit, stop.signal]);
  try {
    await Promise.race([once(response, "drain", { signal }), once(response, "close", { signal })]);
    return !response.destroyed;
  } catch {
    response.destroy(); // Stalled: nothing is lost, it may come again.
    return false;
  } finally {
    stop.abort();
  }
}
