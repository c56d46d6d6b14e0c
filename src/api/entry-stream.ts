import type { Request, Response } from "express";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { JsonObject } from "../entry/canonical.ts";

const NDJSON = "application/x-ndjson";

/**
 * Sends entries as they are read: `{"log": […]}`, or a line each to whoever accepts application/x-ndjson. An error before the
 * first entry is a problem document; a later one cuts the connection, so that nobody takes half a log for a whole one.
 * @param next Where the next page starts, if there is one.
 */
export async function sendEntries(
  request: Request,
  response: Response,
  entries: AsyncGenerator<JsonObject, void, undefined>,
  next: number | undefined,
): Promise<void> {
  const lines = request.accepts(["application/json", NDJSON]) === NDJSON;
  const first = await entries.next();
  if (response.headersSent) return;
  response.type(lines ? NDJSON : "application/json");
  if (lines && next !== undefined) response.set("X-Next-From", String(next));
  const all = withFirst(first, entries);
  if (response.destroyed) return;
  try {
    await pipeline(Readable.from(lines ? asLines(all) : asDocument(all, next)), response);
  } catch (error) {
    // The client has gone: nobody is left to tell, and nothing failed here.
    if (!(error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE")) throw error;
  }
}

async function* withFirst<T>(
  first: IteratorResult<T, void>,
  rest: AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

async function* asLines(entries: AsyncIterable<JsonObject>): AsyncGenerator<string> {
  for await (const entry of entries) yield `${JSON.stringify(entry)}\n`;
}

async function* asDocument(entries: AsyncIterable<JsonObject>, next: number | undefined): AsyncGenerator<string> {
  let separator = `{"success":true,"response_data":{"log":[`;
  for await (const entry of entries) {
    yield separator + JSON.stringify(entry);
    separator = ",";
  }
  if (separator !== ",") yield separator;
  yield `]${next === undefined ? "" : `,"next":${next}`}}}`;
}
