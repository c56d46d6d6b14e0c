import type { Request, Response } from "express";
import { z } from "zod";
import type { JsonObject } from "../entry/canonical.ts";
import { LENGTH_MAX, type LogEntry } from "../entry/entry.ts";
import { hashSchema, type GatewayId, type SessionId } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import { readEntries, readStory } from "../store/log-reader.ts";
import { MAX_ENTRIES_PER_CALL, type GatewayDirectory, type LogStore, type SessionRecord } from "../store/log-store.ts";
import { sendEntries } from "./entry-stream.ts";
import type { Form, Render } from "./forms.ts";
import { logQuerySchema, namedGateway, selectLog } from "./log-selection.ts";
import type { DiffAnswer, LogService } from "./log-service.ts";

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
  from: z.coerce
    .number()
    .pipe(
      z
        .int()
        .min(0)
        .max(2 * LENGTH_MAX),
    )
    .default(0),
  limit: z.coerce.number().pipe(z.int().min(1).max(MAX_PAGE)).optional(),
});

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
      ? page(readStory(store, record, READ_AHEAD), from, to)
      : readEntries(store, facts.sessionId, log.gatewayId, { from, to }, READ_AHEAD);
  async function* rendered(): AsyncGenerator<JsonObject, void, undefined> {
    for await (const entry of entries) {
      const json = render(entry, facts);
      yield log === undefined && !options.whole ? { id: `${entry.gatewayId}/${entry.index}`, ...json } : json;
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
  const given: unknown = request.method === "GET" ? request.query : request.body;
  const log = selectLog(record, namedGateway(request) ?? postedGateway(given), own);
  const head = headSchema.safeParse(given);
  const answered: DiffAnswer = head.success
    ? await deps.service.diffFromHead(record, log, head.data.length, head.data.lastEntryHash)
    : await deps.service.diff(record, log, given);
  const { commonPrefix, missing, conflict, complete } = answered;
  const rendered = missing.map((entry) => render(entry, record.opening.facts));
  return { commonPrefix, missing: rendered, complete, ...(conflict === null ? {} : { conflict }) };
}

/** What a caller says that it has of a log. */
export const headSchema = z.object({
  length: z.coerce.number().pipe(z.int().min(0).max(LENGTH_MAX)),
  lastEntryHash: z.string().optional(),
});
const postedGatewaySchema = z.union([
  z.array(z.looseObject({ gatewayId: hashSchema })),
  z.object({ log: z.array(z.looseObject({ gatewayId: hashSchema })) }),
]);

/** Whose log a posted copy is, if its entries say so. */
function postedGateway(body: unknown): GatewayId | undefined {
  const parsed = postedGatewaySchema.safeParse(body);
  if (!parsed.success) return undefined;
  return (Array.isArray(parsed.data) ? parsed.data : parsed.data.log)[0]?.gatewayId;
}

async function* page<T>(
  entries: AsyncGenerator<T, void, undefined>,
  from: number,
  to: number,
): AsyncGenerator<T, void, undefined> {
  let position = 0;
  for await (const entry of entries) {
    if (position >= to) return;
    if (position >= from) yield entry;
    position += 1;
  }
}
