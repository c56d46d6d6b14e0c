import type { ErrorRequestHandler, Request, Response } from "express";
import { ERRORS, GatelogError, isGatelogError, type ErrorCode } from "../entry/errors.ts";
import type { Problem } from "../client/log-answers.ts";

/** Told of failures that are not the caller's doing. */
export type FailureObserver = (
  error: unknown,
  request: { readonly requestId: string; readonly method: string; readonly path: string },
) => void;

/** Seconds after which a caller may try again. */
const RETRY_AFTER_SECONDS = 1;
/** Characters: it may tell what was sent, and that may be long. */
const MAX_DETAIL = 1_000;
/** The only class of failure that draft-01 knows. */
export const DRAFT_FAILURE_STATUS = 500;
/** Too many requests, service unavailable: they have Retry-After. */
export const RETRY_STATUSES: ReadonlySet<number> = new Set([429, 503]);

export function problemHandler(observe: FailureObserver): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const known = knownError(error);
    const requestId = requestIdOf(response);
    if (known.disposition !== "reject") observe(error, { requestId, method: request.method, path: request.path });
    // The answer, or a problem, has gone already: what is left is a handler that came too late, or half a stream.
    if (response.headersSent) {
      if (!response.writableEnded) response.destroy();
      return;
    }
    const status = statusFor(request, known.code);
    response.locals["code"] = known.code;
    const problem: Problem = {
      type: `urn:gatelog:problem:${known.code.toLowerCase().replaceAll("_", "-")}`,
      title: titleOf(known.code),
      status,
      detail: known.message.slice(0, MAX_DETAIL),
      instance: request.originalUrl,
      success: false,
      code: known.code,
      context: known.context,
      requestId,
    };
    if (RETRY_STATUSES.has(status)) response.set("Retry-After", String(RETRY_AFTER_SECONDS));
    response.status(status).type("application/problem+json").send(JSON.stringify(problem));
  };
}

export function requestIdOf(response: Response): string {
  const requestId: unknown = response.locals["requestId"];
  return typeof requestId === "string" ? requestId : "";
}

/** On the draft's own paths a client may ask for the draft's status codes. */
function statusFor(request: Request, code: ErrorCode): number {
  const { http } = ERRORS[code];
  // Paths are matched in either case.
  const asDraft = request.query["draft"] === "01" && !/^\/v1(\/|$)/i.test(request.path);
  return asDraft && http < DRAFT_FAILURE_STATUS ? DRAFT_FAILURE_STATUS : http;
}

function titleOf(code: ErrorCode): string {
  const words = code.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Our code for what Express and its body parser throw; anything else is a defect of ours, and its text stays inside. */
function knownError(error: unknown): GatelogError {
  if (isGatelogError(error)) return error;
  const { type, status, limit } = fieldsOf(error);
  if (type === "entity.too.large")
    return new GatelogError("TOO_LARGE", "the body is too large", typeof limit === "number" ? { maximum: limit } : {}, {
      cause: error,
    });
  if (status === 415)
    return new GatelogError(
      "UNSUPPORTED_MEDIA_TYPE",
      "the body's encoding or charset is not supported",
      {},
      { cause: error },
    );
  if (type === "entity.parse.failed")
    return new GatelogError("MALFORMED", "the body is not JSON", {}, { cause: error });
  if (status === 400) return new GatelogError("MALFORMED", "the request cannot be read", {}, { cause: error });
  return new GatelogError("INTERNAL", "the service failed", {}, { cause: error });
}

function fieldsOf(error: unknown): { type?: unknown; status?: unknown; limit?: unknown } {
  return typeof error === "object" && error !== null ? error : {};
}
