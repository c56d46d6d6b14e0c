import type { JsonObject } from "./canonical.ts";
import type { LogEntry } from "./entry.ts";
import { fromOdap01, toOdap01 } from "./odap-01.ts";
import type { SessionFacts } from "./session.ts";

/**
 * An entry in the words of a draft. `decode` is the inverse of `encode`, byte for byte, and takes nothing else: MALFORMED,
 * INVALID_SESSION, INVALID_ENTRY. Figures of the drafts name the parties of the transfer, so both ways need the facts.
 */
export interface EntryCodec {
  encode(entry: LogEntry, facts: SessionFacts): JsonObject;
  decode(value: unknown, facts: SessionFacts): LogEntry;
}

/** By the name that requests and commands use. A further draft (`satp-03`) is a further row. */
export const CODECS = {
  "odap-01": { encode: toOdap01, decode: fromOdap01 },
} as const satisfies Record<string, EntryCodec>;
