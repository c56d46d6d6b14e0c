import { z } from "zod";
import { codecOf } from "../entry/codecs.ts";
import { logEntrySchema, storyIdOf } from "../entry/entry-json.ts";
import type { LogEntry } from "../entry/entry.ts";
import { GatelogError } from "../entry/errors.ts";
import { sessionIdSchema, type SessionId } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import type { SessionFacts } from "../entry/session.ts";
import type { LogStore } from "../store/log-store.ts";

/** Most entries that a posted log may have, for `update` and `diff`. */
export const MAX_POSTED_ENTRIES = 2_500;

/** An array of entries, or `{log: […]}` as the API gives it out. */
export function postedLog(body: unknown): unknown[] {
  const log = isObject(body) && "log" in body ? body.log : body;
  if (!Array.isArray(log))
    throw new GatelogError("MALFORMED", "an array of entries, or an object with a log", { member: "log" });
  if (log.length > MAX_POSTED_ENTRIES)
    throw new GatelogError("TOO_LARGE", `at most ${MAX_POSTED_ENTRIES} entries`, {
      maximum: MAX_POSTED_ENTRIES,
      actual: log.length,
    });
  return log;
}

/** Whole entries in our form, that of the session's story included, or in a draft's with the member `gatelog`. */
export async function parseEntries(
  store: Pick<LogStore, "session">,
  values: readonly unknown[],
  maximum: number,
): Promise<LogEntry[]> {
  if (values.length > maximum)
    throw new GatelogError("TOO_LARGE", `at most ${maximum} entries`, { maximum, actual: values.length });
  // A draft's form needs its session's facts: read once for all entries.
  const known = new Map<SessionId, SessionFacts>();
  const factsOf = async (sessionId: SessionId): Promise<SessionFacts> => {
    const facts = known.get(sessionId) ?? (await store.session(sessionId)).opening.facts;
    known.set(sessionId, facts);
    return facts;
  };
  const entries: LogEntry[] = [];
  for (const value of values) entries.push(await parseEntry(value, factsOf));
  return entries;
}

async function parseEntry(value: unknown, factsOf: (id: SessionId) => Promise<SessionFacts>): Promise<LogEntry> {
  if (!isObject(value)) return parseAs(logEntrySchema, value, "MALFORMED", "the entry");
  const codec = codecOf(value);
  if (codec !== undefined) {
    const { sessionId } = parseAs(namedSessionSchema, value, "MALFORMED", "the entry");
    return codec.decode(value, await factsOf(sessionId));
  }
  const { id, ...members }: { readonly id?: unknown } = value;
  const entry = parseAs(logEntrySchema, members, "MALFORMED", "the entry");
  if (id !== undefined && id !== storyIdOf(entry))
    throw new GatelogError("INVALID_ENTRY", "id says something else than the entry", { member: "id" });
  return entry;
}

const namedSessionSchema = z.looseObject({ sessionId: sessionIdSchema });

/** Whether a value is an entry of Figure 9 and nothing more. */
export function isBareFigure9(value: unknown): boolean {
  return isObject(value) && "phaseId" in value && !("gatelog" in value);
}

/** Whether a body asks the operator's gateway to make an entry of it. */
export function isRequest(body: unknown): boolean {
  return isBareFigure9(body) || (isObject(body) && "phase" in body);
}

/** The entries belong to the session that the request names, if it names one. */
export function checkSession(sessionId: SessionId | undefined, entries: readonly LogEntry[]): void {
  for (const entry of entries)
    if (sessionId !== undefined && entry.sessionId !== sessionId) throw otherSession(sessionId, entry.sessionId);
}

export function otherSession(expected: SessionId, actual: SessionId): GatelogError {
  return new GatelogError("MALFORMED", "the entry belongs to another session than the request", { expected, actual });
}

export function signsForNobody(): GatelogError {
  return new GatelogError("NOT_SERVED_HERE", "this service signs for nobody: send whole, signed entries");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
