import type { RequestHandler } from "express";
import { performance } from "node:perf_hooks";
import type { ErrorCode } from "../entry/errors.ts";
import { operationOf, sessionIdOf } from "./operation.ts";
import { requestIdOf } from "./problems.ts";

/** A request whose answer is out, or whose client has gone. */
export interface RequestRecord {
  readonly requestId: string;
  /** Name of the operation; null if the path or the method is none of the service's. */
  readonly operation: string | null;
  readonly method: string;
  readonly sessionId: string | null;
  /** Null if the client went before there was an answer. */
  readonly status: number | null;
  /** Why it was refused, or failed. */
  readonly code: ErrorCode | null;
  readonly durationMs: number;
  /** The client went before the answer was out, or the answer broke off. */
  readonly cut: boolean;
  /** Watching a service is not its work. */
  readonly isWork: boolean;
}

export type RequestObserver = (request: RequestRecord) => void;

export function observed(observers: readonly RequestObserver[]): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once("close", () => {
      const operation = operationOf(response);
      const { code } = response.locals as { code?: ErrorCode };
      const record: RequestRecord = {
        requestId: requestIdOf(response),
        operation: operation?.name ?? null,
        method: request.method,
        sessionId: sessionIdOf(response) ?? null,
        status: response.headersSent ? response.statusCode : null,
        code: code ?? null,
        durationMs: Math.round(performance.now() - startedAt),
        cut: !response.writableFinished,
        isWork: operation?.group !== "service",
      };
      for (const observe of observers) observe(record);
    });
    next();
  };
}
