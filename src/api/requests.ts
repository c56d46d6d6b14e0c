import { json, type RequestHandler } from "express";
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { GatelogError } from "../entry/errors.ts";
import type { Load } from "./load.ts";
import { requestIdOf } from "./problems.ts";

const MAX_LISTENERS = 24;
const REQUEST_ID = /^[\w.-]{1,128}$/;
/** A client that takes nothing of its answer for so long is cut off: it holds a place that others wait for. Longer than a request may take. */
export const STALLED_MS = 30_000;

/**
 * Gives every request an id, its caller's if it has one, and every answer the drafts' headers. A service that is stopping keeps no
 * connection after its answer.
 */
export function identified(isDraining: () => boolean): RequestHandler {
  return (request, response, next) => {
    const given = request.get("X-Request-Id");
    response.locals["requestId"] = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
    response.set({ "X-Request-Id": requestIdOf(response), "Cache-Control": "private" });
    // Observers, limits and streams listen for its end: a number that is known, and no leak.
    response.setMaxListeners(MAX_LISTENERS);
    if (isDraining()) response.set("Connection", "close");
    next();
  };
}

/**
 * TIMEOUT if the answer has not begun in time. What was asked for may still happen. What is signed already may be sent again; what has a
 * gateway sign (a log-entry request, a bare entry of Figure 9) would be another entry.
 */
export function timed(timeoutMs: number): RequestHandler {
  return (_request, response, next) => {
    let timer: NodeJS.Timeout | undefined;
    const allow = (limitMs: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (!response.headersSent) next(timeout(limitMs));
      }, limitMs).unref();
    };
    allow(timeoutMs);
    response.locals["allow"] = allow;
    response.once("close", () => clearTimeout(timer));
    next();
  };
}

/** Its answer may take longer than others', from here on. */
export function patient(limitMs: number): RequestHandler {
  return (_request, response, next) => {
    (response.locals as { allow?: (limitMs: number) => void }).allow?.(limitMs);
    response.setTimeout(limitMs + STALLED_MS);
    next();
  };
}

function timeout(timeoutMs: number): GatelogError {
  return new GatelogError(
    "TIMEOUT",
    `no answer within ${timeoutMs} ms; it may still happen: ask again, or look first if it is for a gateway to sign`,
    { timeoutMs },
  );
}

/** Cuts a client that takes nothing for so long. (A socket counts what the system has taken of what was written to it.) */
export function unstalled(stalledMs: number = STALLED_MS): RequestHandler {
  return (_request, response, next) => {
    response.setTimeout(stalledMs, () => response.destroy());
    next();
  };
}

/**
 * A JSON body of at most `limit` bytes, as it is: one that is compressed would count for less than it takes. UNSUPPORTED_MEDIA_TYPE for
 * another type or encoding, MALFORMED for no body at all.
 */
export function jsonBody(limit: number, load: Load): RequestHandler[] {
  const types = ["application/json", "application/*+json"];
  const checkType: RequestHandler = (request, _response, next) => {
    const type = request.is(types);
    if (type === null || request.get("Content-Length") === "0")
      throw new GatelogError("MALFORMED", "a JSON body is needed");
    if (type === false)
      throw new GatelogError("UNSUPPORTED_MEDIA_TYPE", "the body must be application/json", {
        actual: request.get("Content-Type") ?? "",
      });
    next();
  };
  const verify = (_request: unknown, response: ServerResponse, body: Buffer) => load.bodyIsRead(response, body.length);
  return [checkType, json({ limit, type: types, inflate: false, verify })];
}

/** For paths that exist, with another method. */
export function onlyMethods(...methods: readonly string[]): RequestHandler {
  return (request, response) => {
    response.set("Allow", methods.join(", "));
    throw new GatelogError("METHOD_NOT_ALLOWED", `${request.method} is not served here`, {
      expected: methods.join(", "),
      actual: request.method,
    });
  };
}

export function notFound(): RequestHandler {
  return (request) => {
    throw new GatelogError("NOT_FOUND", "there is no such path", { path: request.path.slice(0, 200) });
  };
}
