import type { Express, Request, RequestHandler, Response } from "express";
import type { z } from "zod";
import type { ErrorCode } from "../entry/errors.ts";
import type { Load } from "./load.ts";
import { jsonBody, onlyMethods, patient } from "./requests.ts";

/**
 * One thing that a service does for a request. Routes, the document at `/openapi.json`, metrics and logs are all made from the
 * same operations, so that none of them can say something else than the others.
 */
export interface Operation {
  /** In the document, in metrics and in logs; stable. */
  readonly name: string;
  readonly group: OperationGroup;
  readonly summary: string;
  readonly method: "get" | "post";
  /** Express's paths from the root: `:name` is a parameter, `\\:` a colon. All but the first are other names for it. */
  readonly paths: readonly [string, ...string[]];
  /** The query as the handler parses it. */
  readonly query?: z.ZodObject;
  /** Headers that stand for a member of the query. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  readonly answer: AnswerShape;
  /** Codes that the handler may refuse with, beside those that any request may meet. */
  readonly refusals: readonly ErrorCode[];
  readonly handle: Handler;
  /** Watches the service: answers also when it has too much in hand, and takes nobody's place. */
  readonly unbounded?: true;
  /** Until an answer must have begun, where that is longer than other requests may take. */
  readonly limitMs?: number;
}

export type OperationGroup = "log" | "drafts" | "gateway" | "service";

export interface RequestBody {
  /** As the handler parses it. */
  readonly schema: z.ZodType;
  /** Bytes. */
  readonly maximum: number;
}

export interface AnswerShape {
  readonly status?: 200 | 202;
  /** JSON form of `response_data`; none if the answer is no JSON. */
  readonly data?: z.ZodType;
  /** Other media types that the answer may have, with what they carry. */
  readonly media?: Readonly<Record<string, string>>;
  /** Headers that it may have. */
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: z.ZodType }>>;
  /** The answer may also be 204: nothing more will come. */
  readonly mayEnd?: boolean;
}

/** `data`: the result is the `response_data`. `write`: the handler writes the answer. */
export type Handler =
  | { readonly data: (request: Request, response: Response) => Promise<unknown> }
  | { readonly write: (request: Request, response: Response) => Promise<void> };

/** Serves the operations, as `load` has places for them. A path that exists, asked with another method, is METHOD_NOT_ALLOWED. */
export function mount(app: Express, operations: readonly Operation[], load: Load): void {
  const byPath = Map.groupBy(
    operations.flatMap((operation) => operation.paths.map((path) => ({ path, operation }))),
    ({ path }) => path,
  );
  for (const [path, served] of byPath) {
    const route = app.route(path);
    for (const { operation } of served)
      route[operation.method](
        named(operation),
        ...(operation.limitMs === undefined ? [] : [patient(operation.limitMs)]),
        ...(operation.unbounded === true ? [] : [load.bound(operation.body?.maximum ?? 0)]),
        ...(operation.body === undefined ? [] : jsonBody(operation.body.maximum, load)),
        handlerOf(operation, load),
      );
    route.all(onlyMethods(...served.map(({ operation }) => operation.method.toUpperCase())));
  }
}

/** The operation that the request was for; undefined if no path fits. */
export function operationOf(response: Response): Operation | undefined {
  return (response.locals as { operation?: Operation }).operation;
}

/** Session of the request for the log, if it names one in its path or has been asked for it. */
export function sessionIdOf(response: Response): string | undefined {
  return (response.locals as { sessionId?: string }).sessionId;
}

export function noteSession(response: Response, sessionId: unknown): void {
  if (typeof sessionId === "string") response.locals["sessionId"] = sessionId.slice(0, MAX_SHOWN_ID).toLowerCase();
}

/** Characters of a session id, and of what a client may take for one. */
const MAX_SHOWN_ID = 36;

function named(operation: Operation): RequestHandler {
  return (request, response, next) => {
    response.locals["operation"] = operation;
    noteSession(response, request.params["sessionId"]);
    next();
  };
}

function handlerOf({ handle, answer }: Operation, load: Load): RequestHandler {
  return async (request, response) => {
    // A timeout may have answered, or the client have gone, while the body was read: then nothing is begun.
    if (isOver(response)) return;
    const letGo = load.hold(response);
    try {
      if ("write" in handle) await handle.write(request, response);
      else {
        const data = await handle.data(request, response);
        if (!isOver(response)) response.status(answer.status ?? 200).json({ success: true, response_data: data });
      }
    } finally {
      letGo();
    }
  };
}

function isOver(response: Response): boolean {
  return response.headersSent || response.destroyed;
}
