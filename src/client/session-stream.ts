import { setTimeout as delay } from "node:timers/promises";
import type { z } from "zod";
import { storyEntrySchema, type StoryEntry } from "../entry/entry-json.ts";
import { isGatelogError } from "../entry/errors.ts";
import { parseAs } from "../entry/parse.ts";
import type { CallOptions, HttpClient } from "./http-client.ts";
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
const MAX_RECONNECT_MS = 30_000;
/** A service sends something three times in this time: silence is a broken connection. */
const SILENCE_MS = 60_000;

/**
 * Server-sent events of a session. A stream that ends or breaks is taken up where it was, for as long as `signal` lets it: nothing is
 * told twice and nothing left out. What the service refuses for good is thrown.
 */
export async function* followSession(
  http: HttpClient,
  path: string,
  options: CallOptions & { readonly lastEventId?: string },
): AsyncGenerator<SessionEvent, void, undefined> {
  const { signal } = options;
  const place = { id: options.lastEventId ?? "", reconnectMs: DEFAULT_RECONNECT_MS };
  while (signal?.aborted !== true) {
    const silence = new AbortController();
    try {
      const signals = [silence.signal, ...(signal === undefined ? [] : [signal])];
      const headers = { Accept: "text/event-stream", ...(place.id !== "" && { "Last-Event-ID": place.id }) };
      const response = await http.open(path, headers, { signal: AbortSignal.any(signals) });
      if (response.status === 204) return;
      for await (const event of eventsIn(response, place, silence)) {
        yield event;
        if (event.type === "closed") return;
      }
    } catch (error) {
      if (isGatelogError(error) && error.disposition !== "retry") throw error;
      // Broken off, or busy: it is asked again.
    } finally {
      silence.abort();
    }
    await delay(Math.min(place.reconnectMs, MAX_RECONNECT_MS), undefined, signal && { signal }).catch(() => undefined);
  }
}

/** The events of one connection; `place` moves on with them. */
async function* eventsIn(
  response: Response,
  place: { id: string; reconnectMs: number },
  silence: AbortController,
): AsyncGenerator<SessionEvent, void, undefined> {
  const timer = setTimeout(() => silence.abort(), SILENCE_MS);
  let fields = new Map<string, string>();
  try {
    for await (const line of linesOf(response)) {
      timer.refresh();
      const colon = line.indexOf(":");
      if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ""));
      if (line !== "") continue;
      const event = eventOf(fields);
      place.reconnectMs = Number(fields.get("retry") ?? place.reconnectMs);
      fields = new Map();
      if (event === undefined) continue;
      place.id = event.lastEventId;
      yield event;
    }
  } finally {
    clearTimeout(timer);
  }
}

function eventOf(fields: ReadonlyMap<string, string>): SessionEvent | undefined {
  const [type, data, lastEventId = ""] = ["event", "data", "id"].map((name) => fields.get(name));
  if (data === undefined) return undefined;
  const value: unknown = JSON.parse(data);
  if (type === "entry")
    return { type, lastEventId, entry: parseAs(storyEntrySchema, value, "STORE_UNAVAILABLE", "the event") };
  if (type === "decision")
    return { type, lastEventId, decision: parseAs(decisionAnswerSchema, value, "STORE_UNAVAILABLE", "the event") };
  return type === "closed" ? { type, lastEventId } : undefined;
}
