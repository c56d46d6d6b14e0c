import type { Response } from "express";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { JsonObject } from "../entry/canonical.ts";

export const NDJSON = "application/x-ndjson";

/** Characters that are written at once. */
const CHUNK_LENGTH = 16 * 1_024;

export interface EntryStreamOptions {
  /** A line each, instead of a document. */
  readonly lines: boolean;
  /** Where the next page starts, if there is one. */
  readonly next: number | undefined;
}

/**
 * Sends entries as they are read: `{"log": […]}`, or a line each. No faster than the client takes them, so that a log of any
 * length needs the memory of a page. An error before the first entry is a problem document; a later one cuts the connection, so
 * that nobody takes half a log for a whole one.
 */
export async function sendEntries(
  response: Response,
  entries: AsyncGenerator<JsonObject, void, undefined>,
  { lines, next }: EntryStreamOptions,
): Promise<void> {
  const first = await entries.next();
  if (response.headersSent) return;
  response.type(lines ? NDJSON : "application/json");
  if (lines && next !== undefined) response.set("X-Next-From", String(next));
  if (response.destroyed) return;
  if (response.req.method === "HEAD") {
    response.end();
    return;
  }
  const all = withFirst(first, entries);
  try {
    await pipeline(Readable.from(inChunks(lines ? asLines(all) : asDocument(all, next))), response);
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

/** Written together: one write an entry would leave more rubbish behind than the entries themselves. */
async function* inChunks(parts: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = "";
  for await (const part of parts) {
    chunk += part;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
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
