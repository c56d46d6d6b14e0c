import { Router, type Request } from "express";
import { GatelogError } from "../entry/errors.ts";
import type { SessionId } from "../entry/hex.ts";
import { sessionIdSchema } from "../entry/hex.ts";
import { toOdap01 } from "../entry/odap-01.ts";
import { namedGateway, parseEntryId, parseSessionId, selectLog } from "./log-selection.ts";
import { answer, diffAnswer, listEntries, logEntryOf, type LogRoutesDeps } from "./log-answers.ts";
import type { LogRoutesOptions } from "./log-routes.ts";
import { jsonBody, onlyMethods } from "./requests.ts";

/**
 * The five endpoints of draft-belchior-gateway-recovery-01, section 4.5, and the names that later drafts have for them, at the
 * root. Entries are in the form of Figure 9. The session stands in the body, in `?sessionId=`, in `X-Session-Id`, or behind
 * the name where the drafts have `:log`; a reader that names none gets the newest session of the service's own gateway (the
 * drafts' "current log").
 */
export function createDraftRoutes(deps: LogRoutesDeps, options: LogRoutesOptions): Router {
  const { store, service } = deps;
  const { gatewayId: own } = options;
  const routes = Router();
  const body = jsonBody(options.bodyMax);
  const record = async (request: Request) => store.session(await sessionOf(request, deps, options));

  routes
    .route(named("saveLogEntry", "writeLogEntry"))
    .post(
      body,
      answer(async (request) => String(await service.save(givenSession(request), request.body))),
    )
    .all(onlyMethods("POST"));
  routes
    .route(named("lastEntry", "getLastEntry"))
    .get(
      answer(async (request) => {
        const found = await record(request);
        return logEntryOf(await service.last(found, selectLog(found, namedGateway(request), own)), found, toOdap01);
      }),
    )
    .all(onlyMethods("GET"));
  routes
    .route(/^\/getLogEntry[/:](?<id>.+)$/)
    .get(
      answer(async (request) => {
        const place = parseEntryId(String(request.params["id"]));
        const found = await record(request);
        return logEntryOf(
          await service.entry(found, { ...place, gatewayId: place.gatewayId ?? namedGateway(request) }, own),
          found,
          toOdap01,
        );
      }),
    )
    .all(onlyMethods("GET"));
  routes
    .route(named("getLog"))
    .get(async (request, response) => {
      await listEntries(request, response, store, await record(request), { render: toOdap01, whole: true });
    })
    .all(onlyMethods("GET"));
  routes
    .route(named("getLogLength"))
    .get(answer(async (request) => String(selectLog(await record(request), namedGateway(request), own).length)))
    .all(onlyMethods("GET"));
  routes
    .route(named("updateLog"))
    .post(
      body,
      answer(async (request) => String(await service.update(givenSession(request), request.body))),
    )
    .all(onlyMethods("POST"));
  const diff = answer(async (request) =>
    diffAnswer(request, deps, await sessionOf(request, deps, options), own, toOdap01),
  );
  routes.route(named("getLogDiff")).get(diff).post(body, diff).all(onlyMethods("GET", "POST"));
  return routes;
}

/** The names, alone or with the drafts' `:log` behind them: `/saveLogEntry`, `/saveLogEntry/…`, `/saveLogEntry:…`. */
function named(...names: readonly string[]): RegExp {
  return new RegExp(`^/(?:${names.join("|")})(?:[/:](?<log>[^/]*))?$`);
}

/** The session that the request names outside of its entries. */
function givenSession(request: Request): SessionId | undefined {
  const given = request.query["sessionId"] ?? request.get("X-Session-Id");
  if (given !== undefined) return parseSessionId(given);
  const behindName = sessionIdSchema.safeParse(request.params["log"]);
  return behindName.success ? behindName.data : undefined;
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
