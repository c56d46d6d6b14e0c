import type { Request } from "express";
import { z } from "zod";
import {
  entryToJson,
  givenEntrySchema,
  logEntrySchema,
  signedEntrySchema,
  storyEntrySchema,
} from "../entry/entry-json.ts";
import type { GatewayId } from "../entry/hex.ts";
import { logEntryRequestSchema } from "../entry/log-entry-request.ts";
import { figure9Schema, odap01EntrySchema } from "../entry/odap-01.ts";
import { satp03EntrySchema } from "../entry/satp-03.ts";
import {
  diffAnswerSchema,
  draftDiffSchema,
  lengthSchema,
  logAnswerSchema,
  proofSchema,
  savedSchema,
  statusSchema,
  storyAnswerSchema,
  updatedSchema,
} from "../client/log-answers.ts";
import type { SessionRecord } from "../store/log-store.ts";
import { NDJSON } from "./entry-stream.ts";
import { formOf } from "./forms.ts";
import {
  diffAnswer,
  headSchema,
  LIST_HEADERS,
  listEntries,
  listQuerySchema,
  logEntryOf,
  type LogRoutesDeps,
} from "./log-answers.ts";
import {
  LOG_HEADERS,
  logQuerySchema,
  namedGateway,
  parseEntryId,
  parseSessionId,
  selectLog,
  type EntryPlace,
} from "./log-selection.ts";
import type { Operation } from "./operation.ts";
import { APPEND, DIFF, READ_ENTRY, READ_LOG } from "./refusals.ts";

export interface LogRoutesOptions {
  /** The gateway that the service belongs to: its log is meant where a request names none. */
  readonly gatewayId?: GatewayId;
  /** Bytes. */
  readonly bodyMax: number;
}

/** An entry in a draft's words. */
export const draftEntrySchema = z.union([odap01EntrySchema, satp03EntrySchema]);
/** One whole, signed entry. */
const wholeEntrySchema = z.union([signedEntrySchema, storyEntrySchema, draftEntrySchema]);
/** What may be posted as an entry. */
export const postedEntrySchema = z.union([
  wholeEntrySchema,
  z.array(wholeEntrySchema),
  logEntryRequestSchema,
  figure9Schema,
]);
const someEntries = z.array(z.union([logEntrySchema, storyEntrySchema, draftEntrySchema, figure9Schema]));
/** A copy of a log: its entries, or what the API gave out. */
export const postedLogSchema = z.union([someEntries, z.looseObject({ log: someEntries })]);

const anyEntryAnswer = z.object({ log_entry: z.union([givenEntrySchema, draftEntrySchema]) });
const anyLogAnswer = z.union([
  logAnswerSchema,
  storyAnswerSchema,
  z.object({ log: z.array(draftEntrySchema), next: z.int().min(0).optional() }),
]);

const SESSION = "/v1/sessions/:sessionId";
const inLog = { group: "log", query: logQuerySchema, headers: LOG_HEADERS } as const;

/** A session's logs, under /v1. */
export function createLogOperations(deps: LogRoutesDeps, options: LogRoutesOptions): Operation[] {
  return [...logOperations(deps, options), ...entryOperations(deps, options), ...copyOperations(deps, options)];
}

function logOperations({ store, service }: LogRoutesDeps, { gatewayId: own, bodyMax }: LogRoutesOptions): Operation[] {
  const record = (request: Request): Promise<SessionRecord> => store.session(sessionOf(request));
  return [
    {
      ...{ ...inLog, name: "saveEntry", method: "post", paths: [`${SESSION}/entries`], refusals: APPEND },
      summary: "Appends a signed entry, or several of one log; answers with the index of the last one.",
      body: { schema: postedEntrySchema, maximum: bodyMax },
      answer: { data: savedSchema },
      handle: { data: async (request) => String(await service.save(sessionOf(request), request.body)) },
    },
    {
      ...{ ...inLog, name: "listEntries", method: "get", paths: [`${SESSION}/entries`], refusals: READ_LOG },
      summary: "A page of one log, or of the session's story if no gateway is named.",
      query: listQuerySchema,
      answer: {
        data: anyLogAnswer,
        media: { [NDJSON]: "A line for each entry, without an end." },
        headers: LIST_HEADERS,
      },
      handle: {
        write: async (request, response) => {
          const form = formOf(request, entryToJson);
          await listEntries(request, response, store, await record(request), { form, whole: false });
        },
      },
    },
    {
      ...{ ...inLog, name: "logLength", method: "get", paths: [`${SESSION}/length`], refusals: READ_LOG },
      summary: "Number of entries of a log.",
      answer: { data: lengthSchema },
      handle: {
        data: async (request) => String(selectLog(await record(request), namedGateway(request), own).length),
      },
    },
    {
      ...{ name: "sessionStatus", group: "log", method: "get", paths: [`${SESSION}/status`], refusals: READ_ENTRY },
      summary: "Phase, decision, lengths, epochs, finality.",
      answer: { data: statusSchema },
      handle: { data: async (request) => service.status(await record(request)) },
    },
  ];
}

function entryOperations({ store, service }: LogRoutesDeps, { gatewayId: own }: LogRoutesOptions): Operation[] {
  const record = (request: Request): Promise<SessionRecord> => store.session(sessionOf(request));
  return [
    {
      ...{ ...inLog, name: "lastEntry", method: "get", paths: [`${SESSION}/entries/last`], refusals: READ_ENTRY },
      summary: "The last entry of a log.",
      answer: { data: anyEntryAnswer },
      handle: {
        data: async (request) => {
          const { render } = formOf(request, entryToJson);
          const found = await record(request);
          return logEntryOf(await service.last(found, selectLog(found, namedGateway(request), own)), found, render);
        },
      },
    },
    {
      ...{ ...inLog, name: "getEntry", method: "get", refusals: READ_ENTRY },
      paths: [`${SESSION}/entries/:id`, `${SESSION}/entries/:gateway/:id`],
      summary: "An entry by its index, or by gatewayId/index.",
      answer: { data: anyEntryAnswer },
      handle: {
        data: async (request) => {
          const { render } = formOf(request, entryToJson);
          const wanted = placeIn(request);
          const found = await record(request);
          return logEntryOf(await service.entry(found, wanted, own), found, render);
        },
      },
    },
    {
      ...{ ...inLog, name: "getProof", method: "get", refusals: [...READ_ENTRY, "NOT_SERVED_HERE"] },
      paths: [`${SESSION}/proof/:id`, `${SESSION}/proof/:gateway/:id`],
      summary: "How an entry is held: its signature, and its transaction and block where the log is on a chain.",
      answer: { data: proofSchema },
      handle: {
        data: async (request) => {
          const wanted = placeIn(request);
          return service.proof(await record(request), wanted, own);
        },
      },
    },
  ];
}

function copyOperations(deps: LogRoutesDeps, { gatewayId: own, bodyMax }: LogRoutesOptions): Operation[] {
  return [
    {
      ...{ ...inLog, name: "diffLog", method: "post", paths: [`${SESSION}/diff`], refusals: DIFF },
      summary: "What a posted copy of a log lacks, or a caller that says what it has.",
      body: { schema: z.union([headSchema, postedLogSchema]), maximum: bodyMax },
      answer: { data: z.union([diffAnswerSchema, draftDiffSchema(draftEntrySchema)]) },
      handle: {
        data: (request) => diffAnswer(request, deps, sessionOf(request), own, formOf(request, entryToJson).render),
      },
    },
    {
      ...{ ...inLog, name: "updateLog", method: "post", paths: [`${SESSION}/update`], refusals: APPEND },
      summary: "Appends what is new in a posted copy; answers with the index of the last common entry.",
      body: { schema: postedLogSchema, maximum: bodyMax },
      answer: { data: updatedSchema },
      handle: { data: async (request) => String(await deps.service.copies.update(sessionOf(request), request.body)) },
    },
  ];
}

export function sessionOf(request: Request): string {
  return parseSessionId(request.params["sessionId"]);
}

/** The entry that a path names: an index, or `gatewayId/index`. */
export function placeIn(request: Request): EntryPlace {
  const { gateway, id } = request.params;
  const place = parseEntryId(gateway === undefined ? String(id) : `${String(gateway)}/${String(id)}`);
  return { ...place, gatewayId: place.gatewayId ?? namedGateway(request) };
}
