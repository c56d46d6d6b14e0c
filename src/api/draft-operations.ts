import type { Request, Response } from "express";
import { z } from "zod";
import { GatelogError } from "../entry/errors.ts";
import { sessionIdSchema, type SessionId } from "../entry/hex.ts";
import { toOdap01 } from "../entry/odap-01.ts";
import { draftDiffSchema, lengthSchema, savedSchema, updatedSchema } from "../client/log-answers.ts";
import { NDJSON } from "./entry-stream.ts";
import { formOf } from "./forms.ts";
import {
  diffAnswer,
  headQuerySchema,
  headSchema,
  LIST_HEADERS,
  listEntries,
  listQuerySchema,
  logEntryOf,
  type LogRoutesDeps,
} from "./log-answers.ts";
import {
  draftEntrySchema,
  placeIn,
  postedEntrySchema,
  postedLogSchema,
  type LogRoutesOptions,
} from "./log-operations.ts";
import { LOG_HEADERS, logQuerySchema, namedGateway, onlyOne, parseSessionId, selectLog } from "./log-selection.ts";
import { noteSession, type Operation } from "./operation.ts";
import { APPEND, DIFF, READ_ENTRY, READ_LOG } from "./refusals.ts";

/** Answers in a draft's words. */
const draftEntryAnswer = z.object({ log_entry: draftEntrySchema });
const draftLogAnswer = z.object({ log: z.array(draftEntrySchema), next: z.int().min(0).optional() });

const draftQuerySchema = logQuerySchema.extend({ sessionId: sessionIdSchema.optional() });
const inDrafts = {
  group: "drafts",
  query: draftQuerySchema,
  headers: { ...LOG_HEADERS, "X-Session-Id": "Stands for sessionId." },
} as const;

/**
 * The five endpoints of draft-belchior-gateway-recovery-01, section 4.5, and the names that later drafts have for them, at the
 * root. Entries are in the form of Figure 9, or of satp-03 for whoever asks for it. The session stands in the body, in
 * `?sessionId=`, in `X-Session-Id`, or behind the name where the drafts have `:log`; a reader that names none gets the newest
 * session of the service's own gateway (the drafts' "current log").
 */
export function createDraftOperations(deps: LogRoutesDeps, options: LogRoutesOptions): Operation[] {
  return [...readOperations(deps, options), ...writeOperations(deps, options)];
}

function readOperations(deps: LogRoutesDeps, options: LogRoutesOptions): Operation[] {
  const { store, service } = deps;
  const { gatewayId: own } = options;
  const record = async (request: Request, response: Response) => {
    const sessionId = await sessionOf(request, deps, options);
    noteSession(response, sessionId);
    return store.session(sessionId);
  };
  return [
    {
      ...{ ...inDrafts, name: "draftLastEntry", method: "get", refusals: READ_ENTRY },
      paths: named("lastEntry", "getLastEntry"),
      summary: "The last entry of a log.",
      answer: { data: draftEntryAnswer },
      handle: {
        data: async (request, response) => {
          const { render } = formOf(request, toOdap01);
          const found = await record(request, response);
          return logEntryOf(await service.last(found, selectLog(found, namedGateway(request), own)), found, render);
        },
      },
    },
    {
      ...{ ...inDrafts, name: "draftGetEntry", method: "get", refusals: READ_ENTRY },
      paths: ["/getLogEntry/:id", "/getLogEntry\\::id", "/getLogEntry/:gateway/:id", "/getLogEntry\\::gateway/:id"],
      summary: "An entry by its index, or by gatewayId/index.",
      answer: { data: draftEntryAnswer },
      handle: {
        data: async (request, response) => {
          const { render } = formOf(request, toOdap01);
          const wanted = placeIn(request);
          const found = await record(request, response);
          return logEntryOf(await service.entry(found, wanted, own), found, render);
        },
      },
    },
    {
      ...{ ...inDrafts, name: "draftGetLog", method: "get", paths: named("getLog"), refusals: READ_LOG },
      summary: "The whole log, or the session's story if no gateway is named.",
      query: listQuerySchema.extend(draftQuerySchema.shape),
      answer: { data: draftLogAnswer, media: { [NDJSON]: "A line for each entry." }, headers: LIST_HEADERS },
      handle: {
        write: async (request, response) => {
          const form = formOf(request, toOdap01);
          await listEntries(request, response, store, await record(request, response), { form, whole: true });
        },
      },
    },
    {
      ...{ ...inDrafts, name: "draftLogLength", method: "get", paths: named("getLogLength"), refusals: READ_LOG },
      summary: "Number of entries of a log.",
      answer: { data: lengthSchema },
      handle: {
        data: async (request, response) =>
          String(selectLog(await record(request, response), namedGateway(request), own).length),
      },
    },
  ];
}

function writeOperations(deps: LogRoutesDeps, options: LogRoutesOptions): Operation[] {
  const { service } = deps;
  const { gatewayId: own, bodyMax: maximum } = options;
  const diff = {
    data: async (request: Request, response: Response) => {
      const { render } = formOf(request, toOdap01);
      const sessionId = await sessionOf(request, deps, options);
      noteSession(response, sessionId);
      return diffAnswer(request, deps, sessionId, own, render);
    },
  };
  const diffing = {
    ...{ ...inDrafts, paths: named("getLogDiff"), refusals: DIFF, handle: diff },
    answer: { data: draftDiffSchema(draftEntrySchema) },
  } as const;
  return [
    {
      ...{ ...inDrafts, name: "draftSaveEntry", method: "post", refusals: [...APPEND, "NOT_SERVED_HERE"] },
      paths: named("saveLogEntry", "writeLogEntry"),
      summary: "Appends an entry; answers with its index.",
      body: { schema: postedEntrySchema, maximum },
      answer: { data: savedSchema },
      handle: {
        data: async (request, response) => String(await service.save(notedSession(request, response), request.body)),
      },
    },
    {
      ...{ ...inDrafts, name: "draftUpdateLog", method: "post", paths: named("updateLog"), refusals: APPEND },
      summary: "Appends what is new in a posted copy; answers with the index of the last common entry.",
      body: { schema: postedLogSchema, maximum },
      answer: { data: updatedSchema },
      handle: {
        data: async (request, response) =>
          String(await service.copies.update(notedSession(request, response), request.body)),
      },
    },
    {
      ...{ ...diffing, name: "draftDiffFromHead", method: "get" },
      summary: "What a caller lacks that says what it has.",
      query: draftQuerySchema.extend(headQuerySchema.shape),
    },
    {
      ...{ ...diffing, name: "draftDiffLog", method: "post" },
      summary: "What a posted copy of a log lacks.",
      body: { schema: z.union([headSchema, postedLogSchema]), maximum },
    },
  ];
}

/** The names, alone or with the drafts' `:log` behind them: `/saveLogEntry`, `/saveLogEntry/…`, `/saveLogEntry:…`. */
function named(...names: readonly [string, ...string[]]): [string, ...string[]] {
  const [first, ...others] = names.flatMap((name) => [`/${name}`, `/${name}/:log`, `/${name}\\::log`]);
  return [first ?? "", ...others];
}

/** The session that the request names outside of its entries: in the query, a header, or behind the name. All of them must agree. */
function givenSession(request: Request): SessionId | undefined {
  const named = [request.query["sessionId"], request.get("X-Session-Id")].filter((value) => value !== undefined);
  const behindName = sessionIdSchema.safeParse(request.params["log"]);
  return onlyOne("sessionId", [...named.map(parseSessionId), ...(behindName.success ? [behindName.data] : [])]);
}

/** The same. Whoever watches the session it is about, by what the entries say if nothing else does, hears of the request. */
function notedSession(request: Request, response: Response): SessionId | undefined {
  const given = givenSession(request);
  noteSession(response, given ?? sessionInBody(request.body));
  return given;
}

async function sessionOf(
  request: Request,
  { store }: LogRoutesDeps,
  { gatewayId }: LogRoutesOptions,
): Promise<SessionId> {
  const given = givenSession(request) ?? sessionInBody(request.body);
  if (given !== undefined) return given;
  const newest = gatewayId === undefined ? undefined : (await store.sessionsOf(gatewayId, { open: false })).at(-1);
  if (newest !== undefined) return newest;
  throw new GatelogError("MALFORMED", "which session? name it in ?sessionId= or X-Session-Id");
}

function sessionInBody(body: unknown): SessionId | undefined {
  const log = typeof body === "object" && body !== null && "log" in body ? body.log : body;
  const first: unknown = Array.isArray(log) ? log[0] : body;
  if (typeof first !== "object" || first === null || !("sessionId" in first)) return undefined;
  return parseSessionId(first.sessionId);
}
