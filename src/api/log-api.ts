import express, { type Express, type RequestHandler } from "express";
import type { Registry } from "prom-client";
import type { ErrorCode } from "../entry/errors.ts";
import type { GatewayId } from "../entry/hex.ts";
import { createApiMetrics } from "./api-metrics.ts";
import { createDraftOperations } from "./draft-operations.ts";
import { createEventOperations } from "./event-operations.ts";
import { Load, type LoadOptions } from "./load.ts";
import { createLogOperations } from "./log-operations.ts";
import { LogService, type LogServiceDeps } from "./log-service.ts";
import { describe } from "./openapi.ts";
import { mount, sessionIdOf, type Operation } from "./operation.ts";
import { ownRequests } from "./own-requests.ts";
import { problemHandler, type FailureObserver } from "./problems.ts";
import { observed, type RequestObserver } from "./request-log.ts";
import { identified, notFound, timed, unstalled } from "./requests.ts";
import { createServiceOperations } from "./service-operations.ts";
import { SessionEvents, type EventStreamOptions } from "./session-events.ts";
import { createSessionOperations } from "./session-operations.ts";
import { SessionWatch } from "./session-watch.ts";

export interface LogApiDeps extends LogServiceDeps {
  /** Further operations: a gateway's own. */
  readonly operations?: readonly Operation[];
  /** Further metrics: a gateway's own. */
  readonly metrics?: readonly Registry[];
  /** What keeps the service from being ready beside its store; each has a stable code. */
  readonly alarms?: () => Promise<readonly { readonly code: ErrorCode; readonly message: string }[]>;
  /** Told of failures that are not the caller's doing. */
  readonly onFailure?: FailureObserver;
  /** Told of every request when its answer is out. */
  readonly onRequest?: RequestObserver;
  /** Who may ask what: runs before anything is done for a request. Everybody may ask everything, if left out. */
  readonly authenticate?: RequestHandler;
}

export interface LogApiOptions {
  /** The gateway that the service belongs to: its log is meant where a request names none. */
  readonly gatewayId?: GatewayId;
  /** Host names, beside loopback, that the service is reached by: of a proxy before it. See `ownRequests`. */
  readonly hosts?: readonly string[];
  /** Until a request without an answer gets TIMEOUT, its wait for a place included. */
  readonly requestTimeoutMs?: number;
  /** Until a client that takes nothing of its answer is cut off; more than `requestTimeoutMs`. */
  readonly stalledMs?: number;
  /** Bytes of a request body. */
  readonly bodyMax?: number;
  /** What the service takes on at once. */
  readonly load?: LoadOptions;
  readonly events?: EventStreamOptions & { readonly pollMs?: number };
  /** Of the program, for the description. */
  readonly version?: string;
}

/** Longer than a block of the log chain and its finality usually take; shorter than the clients' patience. */
const DEFAULT_REQUEST_TIMEOUT_MS = 25_000;
/** An append of MAX_ENTRIES_PER_CALL entries with payloads of MAX_PAYLOAD_SIZE bytes, as hex, with the rest of the entries. */
const DEFAULT_BODY_MAX = 10 * 1_024 * 1_024;

export interface LogApi {
  readonly app: Express;
  /** All that the app serves. */
  readonly operations: readonly Operation[];
  /** Before the listener closes: not ready any more, streams of events end, connections are not kept. */
  drain(): void;
}

/**
 * The log storage API over any store, as an Express app that is bound to no port: give it to `listen`, or mount it. It holds
 * no state and no rule of its own. Not here yet: authentication.
 */
export function createLogApi(deps: LogApiDeps, options: LogApiOptions = {}): LogApi {
  const { store, directory } = deps;
  const {
    gatewayId,
    bodyMax = DEFAULT_BODY_MAX,
    requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS,
    version = "0",
    hosts = [],
  } = options;
  const logDeps = { store, directory, service: new LogService(deps) };
  const logOptions = { bodyMax, ...(gatewayId === undefined ? {} : { gatewayId }) };
  const watch = new SessionWatch(store, options.events);
  const events = new SessionEvents(store, watch, options.events);
  const load = new Load(options.load);
  const metrics = createApiMetrics(load, events, deps.metrics ?? []);
  const state = { draining: false };
  const operations: readonly Operation[] = [
    ...createServiceOperations({
      ...{ store, metrics: metrics.registry, isDraining: () => state.draining },
      ...{ alarms: deps.alarms ?? (() => Promise.resolve([])), document: () => describe(operations, version) },
    }),
    ...createLogOperations(logDeps, logOptions),
    ...createSessionOperations(logDeps, logOptions),
    ...createEventOperations({ store, events, load }),
    ...(deps.operations ?? []),
    ...createDraftOperations(logDeps, logOptions),
  ];

  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(identified(() => state.draining));
  app.use(observed([metrics.observe, ...(deps.onRequest === undefined ? [] : [deps.onRequest])]));
  app.use(unstalled(options.stalledMs), ownRequests(hosts));
  if (deps.authenticate !== undefined) app.use(deps.authenticate);
  app.use(timed(requestTimeoutMs), wakesWatchers(watch));
  mount(app, operations, load);
  app.use(notFound());
  app.use(problemHandler(deps.onFailure ?? (() => undefined)));
  return {
    app,
    operations,
    drain() {
      state.draining = true;
      events.stop();
    },
  };
}

/** Whoever watches a session sees at once what was written through this service. */
function wakesWatchers(watch: SessionWatch): RequestHandler {
  return (request, response, next) => {
    if (request.method === "POST") response.once("finish", () => watch.wake(sessionIdOf(response)));
    next();
  };
}
