import type { Request } from "express";
import { z } from "zod";
import { GatelogError } from "../entry/errors.ts";
import { hashSchema, sessionIdSchema } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import { closingStatementSchema, decisionStatementSchema, sessionOpeningSchema } from "../entry/wire.ts";
import {
  closingAnswerSchema,
  decisionAnswerSchema,
  gatewayAnswerSchema,
  MAX_SESSIONS,
  openedSchema,
  recordAnswerSchema,
  serviceSchema,
  sessionsSchema,
} from "../client/log-answers.ts";
import { MAX_ENTRIES_PER_CALL, type SessionRecord } from "../store/log-store.ts";
import { sessionsBehind } from "../store/session-pages.ts";
import type { LogRoutesDeps } from "./log-answers.ts";
import { sessionOf, type LogRoutesOptions } from "./log-operations.ts";
import { noteSession, type Operation } from "./operation.ts";
import { decimal } from "./query-numbers.ts";
import { CLOSE_LOG, DECIDE, OPEN_SESSION, READ_SESSION } from "./refusals.ts";

const sessionsQuerySchema = z.object({
  gatewayId: hashSchema.optional(),
  open: z.enum(["true", "false"]).default("false"),
  /** Where the page before ended. */
  after: sessionIdSchema.optional(),
  limit: decimal(1, MAX_SESSIONS).default(MAX_SESSIONS),
});

const SESSION = "/v1/sessions/:sessionId";
/** Bytes of a signed statement: an opening, a decision, a closing. The largest, of session facts, has a tenth. */
const MAX_STATEMENT_BODY = 64 * 1_024;

/** Sessions, their decisions and closings, and the gateways' keys, under /v1. */
export function createSessionOperations(deps: LogRoutesDeps, options: LogRoutesOptions): Operation[] {
  return [...sessionOperations(deps, options), ...statementOperations(deps), ...others(deps, options)];
}

function sessionOperations({ store }: LogRoutesDeps, { gatewayId: own }: LogRoutesOptions): Operation[] {
  return [
    {
      ...{ name: "openSession", group: "log", method: "post", paths: ["/v1/sessions"], refusals: OPEN_SESSION },
      summary: "Opens a session that its origin has signed.",
      body: { schema: sessionOpeningSchema, maximum: MAX_STATEMENT_BODY },
      answer: { data: openedSchema },
      handle: {
        data: async (request, response) => {
          const opening = parseAs(sessionOpeningSchema, request.body, "MALFORMED", "the opening");
          const { sessionId } = opening.facts;
          noteSession(response, sessionId);
          await store.openSession(opening);
          return { sessionId, sessionHash: (await store.session(sessionId)).sessionHash };
        },
      },
    },
    {
      ...{ name: "listSessions", group: "log", method: "get", paths: ["/v1/sessions"], refusals: READ_SESSION },
      summary: "A page of the sessions that a gateway is a party to, oldest first.",
      query: sessionsQuerySchema,
      answer: { data: sessionsSchema },
      handle: {
        data: async (request) => {
          const query = parseAs(sessionsQuerySchema, request.query, "MALFORMED", "the query");
          const { gatewayId = own, open, after, limit } = query;
          if (gatewayId === undefined)
            throw new GatelogError("MALFORMED", "whose sessions? name the gateway with ?gatewayId=");
          const left = await sessionsBehind(store, gatewayId, { open: open === "true", after });
          const sessions = left.slice(0, limit);
          return { sessions, ...(left.length > limit && { next: sessions.at(-1) }) };
        },
      },
    },
    {
      ...{ name: "getSession", group: "log", method: "get", paths: [SESSION], refusals: READ_SESSION },
      summary: "The session: opening, decision, logs.",
      answer: { data: recordAnswerSchema },
      handle: { data: (request) => recordOf(request, store) },
    },
  ];
}

function statementOperations({ store }: LogRoutesDeps): Operation[] {
  return [
    {
      ...{ name: "getDecision", group: "log", method: "get", paths: [`${SESSION}/decision`], refusals: READ_SESSION },
      summary: "What the register of decisions holds.",
      answer: { data: decisionAnswerSchema },
      handle: { data: async (request) => (await recordOf(request, store)).decision },
    },
    {
      ...{ name: "decide", group: "log", method: "post", paths: [`${SESSION}/decision`], refusals: DECIDE },
      summary: "Carries a signed decision to the register: first writer wins.",
      body: { schema: decisionStatementSchema, maximum: MAX_STATEMENT_BODY },
      answer: { data: decisionAnswerSchema },
      handle: {
        data: async (request) => {
          const statement = parseAs(decisionStatementSchema, request.body, "MALFORMED", "the decision");
          checkSameSession(request, statement.sessionId);
          await store.decide(statement);
          return (await store.session(statement.sessionId)).decision;
        },
      },
    },
    {
      ...{ name: "closeLog", group: "log", method: "post", paths: [`${SESSION}/closings`], refusals: CLOSE_LOG },
      summary: "Carries a gateway's signed closing of its own log.",
      body: { schema: closingStatementSchema, maximum: MAX_STATEMENT_BODY },
      answer: { data: closingAnswerSchema },
      handle: {
        data: async (request) => {
          const closing = parseAs(closingStatementSchema, request.body, "MALFORMED", "the closing");
          checkSameSession(request, closing.sessionId);
          await store.closeLog(closing);
          const { logs, closed } = await store.session(closing.sessionId);
          return { logs, closed };
        },
      },
    },
  ];
}

function others({ store, directory }: LogRoutesDeps, { gatewayId: own }: LogRoutesOptions): Operation[] {
  return [
    {
      ...{ name: "getGateway", group: "log", method: "get", paths: ["/v1/gateways/:gatewayId"] },
      summary: "A gateway's keys by epoch, and its endpoints.",
      refusals: ["UNKNOWN_GATEWAY"],
      answer: { data: gatewayAnswerSchema },
      handle: {
        data: (request) =>
          directory.gateway(parseAs(hashSchema, request.params["gatewayId"], "MALFORMED", "the gateway id")),
      },
    },
    {
      ...{ name: "getService", group: "log", method: "get", paths: ["/v1/service"], refusals: [] },
      summary: "What a resolved write has reached, and whose service this is.",
      answer: { data: serviceSchema },
      handle: {
        data: () =>
          Promise.resolve({
            durability: store.durability,
            gatewayId: own ?? null,
            maxEntriesPerCall: MAX_ENTRIES_PER_CALL,
          }),
      },
    },
  ];
}

function recordOf(request: Request, store: LogRoutesDeps["store"]): Promise<SessionRecord> {
  return store.session(sessionOf(request));
}

function checkSameSession(request: Request, actual: string): void {
  const expected = sessionOf(request);
  if (actual !== expected)
    throw new GatelogError("MALFORMED", "the statement belongs to another session than the path", { expected, actual });
}
