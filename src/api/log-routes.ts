import { Router, type Request } from "express";
import { z } from "zod";
import { entryToJson } from "../entry/entry-json.ts";
import { GatelogError } from "../entry/errors.ts";
import { hashSchema, type GatewayId } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import { closingStatementSchema, decisionStatementSchema, sessionOpeningSchema } from "../entry/wire.ts";
import { MAX_ENTRIES_PER_CALL, type SessionRecord } from "../store/log-store.ts";
import { answer, diffAnswer, listEntries, logEntryOf, type LogRoutesDeps } from "./log-answers.ts";
import { namedGateway, parseEntryId, parseSessionId, selectLog } from "./log-selection.ts";
import { jsonBody, onlyMethods } from "./requests.ts";

export interface LogRoutesOptions {
  /** The gateway that the service belongs to: its log is meant where a request names none. */
  readonly gatewayId?: GatewayId;
  /** Bytes. */
  readonly bodyMax: number;
}

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
    .post(
      body,
      answer(async (request) => {
        const opening = parseAs(sessionOpeningSchema, request.body, "MALFORMED", "the opening");
        await store.openSession(opening);
        const { sessionHash } = await store.session(opening.facts.sessionId);
        return { sessionId: opening.facts.sessionId, sessionHash };
      }),
    )
    .get(
      answer(async (request) => {
        const { gatewayId = own, open } = parseAs(sessionsSchema, request.query, "MALFORMED", "the query");
        if (gatewayId === undefined)
          throw new GatelogError("MALFORMED", "whose sessions? name the gateway with ?gatewayId=");
        return { sessions: await store.sessionsOf(gatewayId, { open: open === "true" }) };
      }),
    )
    .all(onlyMethods("GET", "POST"));
  routes.route("/sessions/:sessionId").get(answer(record)).all(onlyMethods("GET"));

  routes
    .route("/sessions/:sessionId/entries")
    .post(
      body,
      answer(async (request) => String(await service.save(sessionOf(request), request.body))),
    )
    .get(async (request, response) => {
      await listEntries(request, response, store, await record(request), { render: entryToJson, whole: false });
    })
    .all(onlyMethods("GET", "POST"));
  routes
    .route("/sessions/:sessionId/entries/last")
    .get(
      answer(async (request) => {
        const found = await record(request);
        return logEntryOf(await service.last(found, selectLog(found, namedGateway(request), own)), found, entryToJson);
      }),
    )
    .all(onlyMethods("GET"));
  routes
    .route(["/sessions/:sessionId/entries/:id", "/sessions/:sessionId/entries/:gateway/:id"])
    .get(
      answer(async (request) => {
        const { gateway, id } = request.params;
        const place = parseEntryId(gateway === undefined ? String(id) : `${String(gateway)}/${String(id)}`);
        const found = await record(request);
        return logEntryOf(
          await service.entry(found, { ...place, gatewayId: place.gatewayId ?? namedGateway(request) }, own),
          found,
          entryToJson,
        );
      }),
    )
    .all(onlyMethods("GET"));
  routes
    .route("/sessions/:sessionId/length")
    .get(answer(async (request) => String(selectLog(await record(request), namedGateway(request), own).length)))
    .all(onlyMethods("GET"));
  routes
    .route("/sessions/:sessionId/diff")
    .post(
      body,
      answer((request) => diffAnswer(request, deps, sessionOf(request), own, entryToJson)),
    )
    .all(onlyMethods("POST"));
  routes
    .route("/sessions/:sessionId/update")
    .post(
      body,
      answer(async (request) => String(await service.update(sessionOf(request), request.body))),
    )
    .all(onlyMethods("POST"));
  routes
    .route("/sessions/:sessionId/status")
    .get(answer(async (request) => service.status(await record(request))))
    .all(onlyMethods("GET"));
  routes
    .route("/sessions/:sessionId/decision")
    .get(answer(async (request) => (await record(request)).decision))
    .post(
      body,
      answer(async (request) => {
        const statement = parseAs(decisionStatementSchema, request.body, "MALFORMED", "the decision");
        checkSameSession(request, statement.sessionId);
        await store.decide(statement);
        return (await store.session(statement.sessionId)).decision;
      }),
    )
    .all(onlyMethods("GET", "POST"));
  routes
    .route("/sessions/:sessionId/closings")
    .post(
      body,
      answer(async (request) => {
        const closing = parseAs(closingStatementSchema, request.body, "MALFORMED", "the closing");
        checkSameSession(request, closing.sessionId);
        await store.closeLog(closing);
        const { logs, closed } = await store.session(closing.sessionId);
        return { logs, closed };
      }),
    )
    .all(onlyMethods("POST"));

  routes
    .route("/gateways/:gatewayId")
    .get(
      answer((request) =>
        directory.gateway(parseAs(hashSchema, request.params["gatewayId"], "MALFORMED", "the gateway id")),
      ),
    )
    .all(onlyMethods("GET"));
  routes
    .route("/service")
    .get(
      answer(() =>
        Promise.resolve({
          durability: store.durability,
          gatewayId: own ?? null,
          maxEntriesPerCall: MAX_ENTRIES_PER_CALL,
        }),
      ),
    )
    .all(onlyMethods("GET"));
  return routes;
}

function sessionOf(request: Request): string {
  return parseSessionId(request.params["sessionId"]);
}

function checkSameSession(request: Request, actual: string): void {
  const expected = sessionOf(request);
  if (actual !== expected)
    throw new GatelogError("MALFORMED", "the statement belongs to another session than the path", { expected, actual });
}
