import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import { GatelogError } from "../entry/errors.ts";
import type { SessionId } from "../entry/hex.ts";

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

/** Whether a value is an entry of Figure 9 and nothing more. */
export function isBareFigure9(value: unknown): boolean {
  return isObject(value) && "phaseId" in value && !("gatelog" in value);
}

/** Whether a body asks the operator's gateway to make an entry of it. */
export function isRequest(body: unknown): boolean {
  return isBareFigure9(body) || (isObject(body) && "phase" in body);
}

export function requireSigned(entry: LogEntry): SignedEntry {
  const { signature } = entry;
  if (signature === null)
    throw new GatelogError("INVALID_SIGNATURE", "the entry carries no signature of its own", { index: entry.index });
  return { ...entry, signature };
}

/** The entries belong to the session that the request names, if it names one. */
export function checkSession(sessionId: SessionId | undefined, entries: readonly LogEntry[]): void {
  for (const entry of entries)
    if (sessionId !== undefined && entry.sessionId !== sessionId) throw otherSession(sessionId, entry.sessionId);
}

export function otherSession(expected: SessionId, actual: SessionId): GatelogError {
  return new GatelogError("MALFORMED", "the entry belongs to another session than the request", { expected, actual });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
