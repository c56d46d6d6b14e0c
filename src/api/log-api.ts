import express, { type Express, type Router } from "express";
import { GatelogError, isGatelogError, type ErrorCode } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import { createDraftRoutes } from "./draft-routes.ts";
import { answer } from "./log-answers.ts";
import { createLogRoutes } from "./log-routes.ts";
import { LogService, type LogServiceDeps } from "./log-service.ts";
import { problemHandler, type FailureObserver } from "./problems.ts";
import { identified, notFound, onlyMethods, timed } from "./requests.ts";

export interface LogApiDeps extends LogServiceDeps {
  /** Further routes under /v1: a gateway's own. */
  readonly routes?: readonly Router[];
  /** Further routes at the root: metrics. */
  readonly rootRoutes?: readonly Router[];
  /** What keeps the service from being ready beside its store; each has a stable code. */
  readonly alarms?: () => Promise<readonly { readonly code: ErrorCode; readonly message: string }[]>;
  /** Told of failures that are not the caller's doing. */
  readonly onFailure?: FailureObserver;
}

export interface LogApiOptions {
  /** The gateway that the service belongs to: its log is meant where a request names none. */
  readonly gatewayId?: GatewayId;
  /** Until a request without an answer gets TIMEOUT. */
  readonly requestTimeoutMs?: number;
  /** Bytes of a request body. */
  readonly bodyMax?: number;
}

/** Longer than a block of the log chain and its finality usually take; shorter than the clients' patience. */
const DEFAULT_REQUEST_TIMEOUT_MS = 25_000;
/** An append of MAX_ENTRIES_PER_CALL entries with payloads of MAX_PAYLOAD_SIZE bytes, as hex, with the rest of the entries. */
const DEFAULT_BODY_MAX = 10 * 1_024 * 1_024;

/**
 * The log storage API over any store, as an Express app that is bound to no port: give it to `listen`, or mount it. It holds
 * no state and no rule of its own. Not here yet: authentication, back-pressure, OpenAPI, metrics.
 */
export function createLogApi(deps: LogApiDeps, options: LogApiOptions = {}): Express {
  const { store, directory } = deps;
  const { gatewayId, bodyMax = DEFAULT_BODY_MAX, requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = options;
  const service = new LogService(deps);
  const routesOptions = { bodyMax, ...(gatewayId === undefined ? {} : { gatewayId }) };
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(identified(), timed(requestTimeoutMs));
  app
    .route("/health")
    .get(answer(() => Promise.resolve({ status: "up" })))
    .all(onlyMethods("GET"));
  app
    .route("/ready")
    .get(answer(() => readiness(deps)))
    .all(onlyMethods("GET"));
  app.use("/v1", createLogRoutes({ store, directory, service }, routesOptions), ...(deps.routes ?? []));
  for (const routes of deps.rootRoutes ?? []) app.use(routes);
  app.use(createDraftRoutes({ store, directory, service }, routesOptions));
  app.use(notFound());
  app.use(problemHandler(deps.onFailure ?? (() => undefined)));
  return app;
}

/** No session has it: a store that answers for it can answer. */
const NO_SESSION: SessionId = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** ROLLBACK_FAILED and its like are alarms here too: whoever watches readiness hears of them without reading logs. */
async function readiness({ store, alarms }: LogApiDeps): Promise<{ status: "ready"; durability: string }> {
  try {
    await store.session(NO_SESSION);
  } catch (error) {
    if (!isGatelogError(error, "UNKNOWN_SESSION")) throw error;
  }
  const [alarm, ...others] = (await alarms?.()) ?? [];
  if (alarm)
    throw new GatelogError(
      alarm.code,
      others.length > 0 ? `${alarm.message} (and ${others.length} more alarms)` : alarm.message,
      { alarms: others.length + 1 },
    );
  return { status: "ready", durability: store.durability };
}
