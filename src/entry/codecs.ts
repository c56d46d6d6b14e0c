import type { JsonObject } from "./canonical.ts";
import { EXTENSION } from "./draft-form.ts";
import type { LogEntry } from "./entry.ts";
import { fromOdap01, toOdap01 } from "./odap-01.ts";
import { fromSatp03, toSatp03 } from "./satp-03.ts";
import type { SessionFacts } from "./session.ts";

/**
 * An entry in the words of a draft. `decode` is the inverse of `encode`, byte for byte, and takes nothing else: MALFORMED,
 * INVALID_SESSION, INVALID_ENTRY. Figures of the drafts name the parties of the transfer, so both ways need the facts.
 */
export interface EntryCodec {
  encode(entry: LogEntry, facts: SessionFacts): JsonObject;
  decode(value: unknown, facts: SessionFacts): LogEntry;
  /** The member that tells this draft's entries from the other's. */
  readonly toldBy: string;
}

/** By the name that requests and commands use. */
export const CODECS = {
  "odap-01": { encode: toOdap01, decode: fromOdap01, toldBy: "sourceGatewayId" },
  "satp-03": { encode: toSatp03, decode: fromSatp03, toldBy: "originGatewayId" },
} as const satisfies Record<string, EntryCodec>;
export type CodecName = keyof typeof CODECS;

// Object.keys knows the names only as strings; they are the table's own, a literal of this file.
export const CODEC_NAMES = Object.keys(CODECS) as [CodecName, ...CodecName[]];

/** The codec of a whole entry in a draft's words; undefined if the value is none. */
export function codecOf(value: object): EntryCodec | undefined {
  if (!(EXTENSION in value)) return undefined;
  return CODEC_NAMES.map((name) => CODECS[name]).find(({ toldBy }) => toldBy in value);
}
