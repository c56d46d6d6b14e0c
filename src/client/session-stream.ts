import { setTimeout as delay } from "node:timers/promises";
import type { z } from "zod";
import { storyEntrySchema, type StoryEntry } from "../entry/entry-json.ts";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { parseAs } from "../entry/parse.ts";
import { retryAfter, type CallOptions, type HttpClient } from "./http-client.ts";
import { decisionAnswerSchema } from "./log-answers.ts";
import { linesOf } from "./text-lines.ts";

/** What happened in a session; `lastEventId` is where to go on. */
export type SessionEvent = { readonly lastEventId: string } & (
  | { readonly type: "entry"; readonly entry: StoryEntry }
  | { readonly type: "decision"; readonly decision: z.infer<typeof decisionAnswerSchema> }
  | { readonly type: "closed" }
);

/** Until the service says otherwise. */
const DEFAULT_RECONNECT_MS = 1_000;
/** Whatever it says. */
const MIN_RECONNECT_MS = 100;
const MAX_RECONNECT_MS = 30_000;
/** A service that asks to be left alone for longer (Retry-After) has the stream ended. */
const MAX_RETRY_AFTER_MS = 300_000;
/** A service sends something three times in this time: silence is a broken connection. */
const SILENCE_MS = 60_000;
/** Tries at one place whose answer cannot be understood: a proxy may show its own page for a moment, another service will for ever. */
const MAX_MISREADINGS = 3;

/** How far a reader has come. */
interface Place {
  id: string;
  reconnectMs: number;
  /** Where an answer could last not be understood, and how often there. */
  misread: { readonly id: string; readonly times: number };
}

/**
 * Server-sent events of a session. A stream that ends or breaks is taken up where it was, for as long as `signal` lets it: nothing is
 * told twice and nothing left out. Thrown is what the service refuses for good, and what cannot be understood, again and again.
 */
export async function* followSession(
  http: HttpClient,
  path: string,
  options: CallOptions & { readonly lastEventId?: string },
): AsyncGenerator<SessionEvent, void, undefined> {
  const { signal } = options;
  const place = { id: options.lastEventId ?? "", reconnectMs: DEFAULT_RECONNECT_MS, misread: { id: "", times: 0 } };
  while (signal?.aborted !== true) {
    const silence = new AbortController();
    let pauseMs = place.reconnectMs;
    try {
      const signals = [silence.signal, ...(signal === undefined ? [] : [signal])];
      const headers = { Accept: "text/event-stream", ...(place.id !== "" && { "Last-Event-ID": place.id }) };
      const response = await http.open(path, headers, { signal: AbortSignal.any(signals) });
      if (response.status === 204) return;
      for await (const event of eventsIn(response, place, silence)) {
        yield event;
        if (event.type === "closed") return;
      }
      pauseMs = place.reconnectMs;
    } catch (error) {
      if (isGatelogError(error) && error.disposition !== "retry") throw error;
      pauseMs = Math.max(place.reconnectMs, retryAfter(error) ?? 0);
      if (place.misread.times >= MAX_MISREADINGS || pauseMs > MAX_RETRY_AFTER_MS) throw error;
      // Broken off, or busy: it is asked again.
    } finally {
      silence.abort();
    }
    await delay(pauseMs, undefined, signal && { signal }).catch(() => undefined);
  }
}

/** The events of one connection; `place` moves on with them. */
async function* eventsIn(
  response: Response,
  place: Place,
  silence: AbortController,
): AsyncGenerator<SessionEvent, void, undefined> {
  const timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    if (!/^text\/event-stream\b/i.test(response.headers.get("Content-Type") ?? "")) {
      await response.body?.cancel();
      throw misread(`${response.url} sends no events`);
    }
    let fields = new Map<string, string>();
    for await (const line of linesOf(response)) {
      timer.refresh();
      const colon = line.indexOf(":");
      if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ""));
      if (line !== "") continue;
      const event = eventOf(fields);
      const retry = fields.get("retry") ?? "";
      if (/^[0-9]+$/.test(retry))
        place.reconnectMs = Math.min(Math.max(Number(retry), MIN_RECONNECT_MS), MAX_RECONNECT_MS);
      fields = new Map();
      if (event === undefined) continue;
      place.id = event.lastEventId;
      yield event;
    }
  } catch (error) {
    // A broken connection throws otherwise.
    if (isGatelogError(error))
      place.misread = { id: place.id, times: place.misread.id === place.id ? place.misread.times + 1 : 1 };
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function eventOf(fields: ReadonlyMap<string, string>): SessionEvent | undefined {
  const [type, data, lastEventId = ""] = ["event", "data", "id"].map((name) => fields.get(name));
  if (data === undefined) return undefined;
  if (type === "entry")
    return { type, lastEventId, entry: parseAs(storyEntrySchema, jsonOf(data), "STORE_UNAVAILABLE", "the event") };
  if (type === "decision")
    return {
      type,
      lastEventId,
      decision: parseAs(decisionAnswerSchema, jsonOf(data), "STORE_UNAVAILABLE", "the event"),
    };
  return type === "closed" ? { type, lastEventId } : undefined;
}

function jsonOf(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw misread("an event is no JSON", cause);
  }
}

function misread(message: string, cause?: unknown): GatelogError {
  return new GatelogError("STORE_UNAVAILABLE", message, {}, { cause });
}
