import { Router, type Request, type RequestHandler, type Response } from "express";
import { z } from "zod";
import type { JsonObject } from "../entry/canonical.ts";
import { entryToJson } from "../entry/entry-json.ts";
import { LENGTH_MAX, type LogEntry } from "../entry/entry.ts";
import { hashSchema, type GatewayId } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import type { SessionFacts } from "../entry/session.ts";
import { closingStatementSchema, decisionStatementSchema, sessionOpeningSchema } from "../entry/wire.ts";
import { readEntries, readStory } from "../store/log-reader.ts";
import { MAX_ENTRIES_PER_CALL, type GatewayDirectory, type LogStore, type SessionRecord } from "../store/log-store.ts";
import { sendEntries } from "./entry-stream.ts";
import { namedGateway, parseEntryId, parseSessionId, selectLog } from "./log-selection.ts";
import type { DiffAnswer, LogService } from "./log-service.ts";
import { jsonBody, onlyMethods } from "./requests.ts";
import { GatelogError } from "../entry/errors.ts";

export interface LogRoutesDeps {
  readonly store: LogStore;
  readonly directory: GatewayDirectory;
  readonly service: LogService;
}

export interface LogRoutesOptions {
  /** The gateway that the service belongs to: its log is meant where a request names none. */
  readonly gatewayId?: GatewayId;
  /** Bytes. */
  readonly bodyMax: number;
}

/** Most entries in one page of `GET …/entries`; more are streamed as NDJSON without a limit. */
const MAX_PAGE = 10_000;

const listSchema = z.object({
  from: z.coerce.number().pipe(z.int().min(0).max(2 * LENGTH_MAX)).default(0),
  limit: z.coerce.number().pipe(z.int().min(1).max(MAX_PAGE)).optional(),
});
const sessionsSchema = z.object({ gatewayId: hashSchema.optional(), open: z.enum(["true", "false"]).default("false") });

/** The log API under /v1. */
export function createLogRoutes(deps: LogRoutesDeps, options: LogRoutesOptions): Router {
  const { store, directory, service } = deps;
  const { gatewayId: own } = options;
  const routes = Router();
  const body = jsonBody(options.bodyMax);
  const record = (request: Request): Promise<SessionRecord> => store.session(sessionOf(request));

  routes
    .route("/sessions")
    .post(body, answer(async (request) => {
      const opening = parseAs(sessionOpeningSchema, request.body, "MALFORMED", "the opening");
      await store.openSession(opening);
      const { sessionHash } = await store.session(opening.facts.sessionId);
      return { sessionId: opening.facts.sessionId, sessionHash };
    }))
    .get(answer(async (request) => {
      const { gatewayId = own, open } = parseAs(sessionsSchema, request.query, "MALFORMED", "the query");
      if (gatewayId === undefined) throw new GatelogError("MALFORMED", "whose sessions? name the gateway with ?gatewayId=");
      return { sessions: await store.sessionsOf(gatewayId, { open: open === "true" }) };
    }))
    .all(onlyMethods("GET", "POST"));
  routes.route("/sessions/:sessionId").get(answer(record)).all(onlyMethods("GET"));

  routes
    .route("/sessions/:sessionId/entries")
    .post(body, answer(async (request) => String(await service.save(sessionOf(request), request.body))))
    .get(async (request, response) => {
      await listEntries(request, response, store, await record(request), { render: entryToJson, whole: false });
    })
    .all(onlyMethods("GET", "POST"));
  routes
    .route("/sessions/:sessionId/entries/last")
    .get(answer(async (request) => {
      const found = await record(request);
      return logEntryOf(await service.last(found, selectLog(found, namedGateway(request), own)), found, entryToJson);
    }))
    .all(onlyMethods("GET"));
  routes
    .route(["/sessions/:sessionId/entries/:id", "/sessions/:sessionId/entries/:gateway/:id"])
    .get(answer(async (request) => {
      const { gateway, id } = request.params;
      const place = parseEntryId(gateway === undefined ? String(id) : `${String(gateway)}/${String(id)}`);
      const found = await record(request);
      return logEntryOf(await service.entry(found, { ...place, gatewayId: place.gatewayId ?? namedGateway(request) }, own), found, entryToJson);
    }))
    .all(onlyMethods("GET"));
  routes
    .route("/sessions/:sessionId/length")
    .get(answer(async (request) => String(selectLog(await record(request), namedGateway(request), own).length)))
    .all(onlyMethods("GET"));
  routes
    .route("/sessions/:sessionId/diff")
    .post(body, answer((request) => diffAnswer(request, deps, sessionOf(request), own, entryToJson)))
    .all(onlyMethods("POST"));
  routes
    .route("/sessions/:sessionId/update")
    .post(body, answer(async (request) => String(await service.update(sessionOf(request), request.body))))
    .all(onlyMethods("POST"));
  routes
    .route("/sessions/:sessionId/status")
    .get(answer(async (request) => service.status(await record(request))))
    .all(onlyMethods("GET"));
  routes
    .route("/sessions/:sessionId/decision")
    .get(answer(async (request) => (await record(request)).decision))
    .post(body, answer(async (request) => {
      const statement = parseAs(decisionStatementSchema, request.body, "MALFORMED", "the decision");
      checkSameSession(request, statement.sessionId);
      await store.decide(statement);
      return (await store.session(statement.sessionId)).decision;
    }))
    .all(onlyMethods("GET", "POST"));
  routes
    .route("/sessions/:sessionId/closings")
    .post(body, answer(async (request) => {
      const closing = parseAs(closingStatementSchema, request.body, "MALFORMED", "the closing");
      checkSameSession(request, closing.sessionId);
      await store.closeLog(closing);
      const { logs, closed } = await store.session(closing.sessionId);
      return { logs, closed };
    }))
    .all(onlyMethods("POST"));

  routes
    .route("/gateways/:gatewayId")
    .get(answer((request) => directory.gateway(parseAs(hashSchema, request.params["gatewayId"], "MALFORMED", "the gateway id"))))
    .all(onlyMethods("GET"));
  routes
    .route("/service")
    .get(answer(() => Promise.resolve({ durability: store.durability, gatewayId: own ?? null, maxEntriesPerCall: MAX_ENTRIES_PER_CALL })))
    .all(onlyMethods("GET"));
  return routes;
}

/** A handler whose result is the `response_data`. */
export function answer(handle: (request: Request) => Promise<unknown>): RequestHandler {
  return async (request, response) => {
    const data = await handle(request);
    // A timeout may have answered already.
    if (!response.headersSent) response.json({ success: true, response_data: data });
  };
}

export type Render = (entry: LogEntry, facts: SessionFacts) => JsonObject;

export function logEntryOf(entry: LogEntry, record: SessionRecord, render: Render): JsonObject {
  return { log_entry: render(entry, record.opening.facts) };
}

/** One log if the request names its gateway, else the session's story, whose entries carry the id `gatewayId/index`. */
export async function listEntries(
  request: Request,
  response: Response,
  store: LogStore,
  record: SessionRecord,
  options: { readonly render: Render; readonly whole: boolean },
): Promise<void> {
  const { from, limit: asked } = parseAs(listSchema, request.query, "MALFORMED", "the query");
  const { facts } = record.opening;
  const named = namedGateway(request);
  const log = named === undefined ? undefined : selectLog(record, named, undefined);
  const total = log?.length ?? record.logs.reduce((sum, { length }) => sum + length, 0);
  const streamed = options.whole || request.accepts(["application/json", "application/x-ndjson"]) === "application/x-ndjson";
  const to = Math.min(total, from + (asked ?? (streamed ? total : MAX_ENTRIES_PER_CALL)));
  const entries =
    log === undefined
      ? page(readStory(store, record), from, to)
      : readEntries(store, facts.sessionId, log.gatewayId, { from, to });
  async function* rendered(): AsyncGenerator<JsonObject, void, undefined> {
    for await (const entry of entries) {
      const json = options.render(entry, facts);
      yield log === undefined && !options.whole ? { id: `${entry.gatewayId}/${entry.index}`, ...json } : json;
    }
  }
  await sendEntries(request, response, rendered(), to < total ? to : undefined);
}

/** Answer to a diff: a posted log, or `{length, lastEntryHash}` of what the caller has. */
export async function diffAnswer(
  request: Request,
  deps: LogRoutesDeps,
  sessionId: string,
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

const headSchema = z.object({ length: z.coerce.number().pipe(z.int().min(0).max(LENGTH_MAX)), lastEntryHash: z.string().optional() });
const postedGatewaySchema = z.union([z.array(z.looseObject({ gatewayId: hashSchema })), z.object({ log: z.array(z.looseObject({ gatewayId: hashSchema })) })]);

/** Whose log a posted copy is, if its entries say so. */
function postedGateway(body: unknown): GatewayId | undefined {
  const parsed = postedGatewaySchema.safeParse(body);
  if (!parsed.success) return undefined;
  return (Array.isArray(parsed.data) ? parsed.data : parsed.data.log)[0]?.gatewayId;
}

async function* page<T>(entries: AsyncGenerator<T, void, undefined>, from: number, to: number): AsyncGenerator<T, void, undefined> {
  let position = 0;
  for await (const entry of entries) {
    if (position >= to) return;
    if (position >= from) yield entry;
    position += 1;
  }
}

function sessionOf(request: Request): string {
  return parseSessionId(request.params["sessionId"]);
}

function checkSameSession(request: Request, actual: string): void {
  const expected = sessionOf(request);
  if (actual !== expected)
    throw new GatelogError("MALFORMED", "the statement belongs to another session than the path", { expected, actual });
}
