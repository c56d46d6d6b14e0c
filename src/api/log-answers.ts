import type { Request, Response } from "express";
import { z } from "zod";
import type { JsonObject } from "../entry/canonical.ts";
import { storyIdOf } from "../entry/entry-json.ts";
import { LENGTH_MAX, type LogEntry } from "../entry/entry.ts";
import { hashSchema, type GatewayId, type SessionId } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import { readEntries, readStory } from "../store/log-reader.ts";
import { MAX_ENTRIES_PER_CALL, type GatewayDirectory, type LogStore, type SessionRecord } from "../store/log-store.ts";
import { sendEntries } from "./entry-stream.ts";
import type { Form, Render } from "./forms.ts";
import { logQuerySchema, namedGateway, selectLog } from "./log-selection.ts";
import type { DiffAnswer } from "./log-copies.ts";
import type { LogService } from "./log-service.ts";
import { postedLog } from "./posted-log.ts";
import { decimal } from "./query-numbers.ts";

export interface LogRoutesDeps {
  readonly store: LogStore;
  readonly directory: GatewayDirectory;
  readonly service: LogService;
}

/** Most entries in one page of `GET …/entries`; more are streamed as NDJSON without a limit. */
const MAX_PAGE = 10_000;
/** Entries that a stream has read and not sent yet: with more of them they outlive their turn, and the process grows by hundreds of megabytes. */
const READ_AHEAD = 32;

export const listQuerySchema = z.object({
  ...logQuerySchema.shape,
  from: decimal(0, 2 * LENGTH_MAX).default(0),
  limit: decimal(1, MAX_PAGE).optional(),
});

/** Of a stream, which has no room for `next` in its lines. */
export const LIST_HEADERS = {
  "X-Next-From": { description: "Of NDJSON: where the next page starts.", schema: z.int().min(0) },
};

export function logEntryOf(entry: LogEntry, record: SessionRecord, render: Render): JsonObject {
  return { log_entry: render(entry, record.opening.facts) };
}

/** One log if the request names its gateway, else the session's story, whose entries carry the id `gatewayId/index`. */
export async function listEntries(
  request: Request,
  response: Response,
  store: LogStore,
  record: SessionRecord,
  options: { readonly form: Form; readonly whole: boolean },
): Promise<void> {
  const { from, limit: asked } = parseAs(listQuerySchema, request.query, "MALFORMED", "the query");
  const { facts } = record.opening;
  const named = namedGateway(request);
  const log = named === undefined ? undefined : selectLog(record, named, undefined);
  const total = log?.length ?? record.logs.reduce((sum, { length }) => sum + length, 0);
  const { render, lines } = options.form;
  const streamed = options.whole || lines;
  const to = Math.min(total, from + (asked ?? (streamed ? total : MAX_ENTRIES_PER_CALL)));
  const entries =
    log === undefined
      ? page(readStory(store, record, READ_AHEAD), from, to, () => response.destroyed)
      : readEntries(store, facts.sessionId, log.gatewayId, { from, to }, READ_AHEAD);
  async function* rendered(): AsyncGenerator<JsonObject, void, undefined> {
    for await (const entry of entries) {
      const json = render(entry, facts);
      yield log === undefined && !options.whole ? { id: storyIdOf(entry), ...json } : json;
    }
  }
  await sendEntries(response, rendered(), { lines, next: to < total ? to : undefined });
}

/** Answer to a diff: a posted log, or `{length, lastEntryHash}` of what the caller has. */
export async function diffAnswer(
  request: Request,
  deps: LogRoutesDeps,
  sessionId: SessionId,
  own: GatewayId | undefined,
  render: Render,
): Promise<unknown> {
  const record = await deps.store.session(sessionId);
  const { copies } = deps.service;
  const head = request.method === "POST" ? headIn(request.body) : queriedHead(request.query);
  const named = namedGateway(request) ?? (head === undefined ? postedGateway(request.body) : undefined);
  const log = selectLog(record, named, own);
  const answered: DiffAnswer =
    head === undefined
      ? await copies.diff(record, log, request.body)
      : await copies.diffFromHead(record, log, head.length, head.lastEntryHash);
  const { commonPrefix, missing, complete, conflict, stored } = answered;
  const rendered = missing.map((entry) => render(entry, record.opening.facts));
  return { commonPrefix, missing: rendered, complete, ...(conflict && { conflict }), ...(stored && { stored }) };
}

type Head = z.infer<typeof headSchema>;

/** What the body says that its sender has; undefined if it is a copy. */
function headIn(body: unknown): Head | undefined {
  const isHead = typeof body === "object" && body !== null && !Array.isArray(body) && !("log" in body);
  return isHead
    ? parseAs(headSchema, body, "MALFORMED", "an array of entries, an object with a log, or a head")
    : undefined;
}

function queriedHead(query: unknown): Head {
  return parseAs(headQuerySchema, query, "MALFORMED", "the query");
}

/** What a caller says that it has of a log. */
export const headSchema = z.object({
  length: z.int().min(0).max(LENGTH_MAX),
  /** Goes with a length of more than 0. */
  lastEntryHash: hashSchema.optional(),
});
/** The same in a query. */
export const headQuerySchema = headSchema.extend({ length: decimal(0, LENGTH_MAX) });

/** Whose log a posted copy is, if its first entry says so. How long the copy is, is looked at before what is in it. */
function postedGateway(body: unknown): GatewayId | undefined {
  const [first] = postedLog(body);
  const { gatewayId, gatelog } = postedGatewaySchema.safeParse(first).data ?? {};
  return gatewayId ?? gatelog?.gatewayId;
}
const gatewayMember = { gatewayId: hashSchema.optional() };
/** In our form; in a draft's. */
const postedGatewaySchema = z.looseObject({ ...gatewayMember, gatelog: z.looseObject(gatewayMember).optional() });

/** Nothing is read for a page behind the end, nor for a client that has gone. */
async function* page<T>(
  entries: AsyncGenerator<T, void, undefined>,
  from: number,
  to: number,
  hasGone: () => boolean,
): AsyncGenerator<T, void, undefined> {
  if (from >= to) return;
  let position = 0;
  for await (const entry of entries) {
    if (position >= from) yield entry;
    position += 1;
    if (position >= to || hasGone()) return;
  }
}
