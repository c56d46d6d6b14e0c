import type { Request } from "express";
import { z } from "zod";
import type { JsonObject } from "../entry/canonical.ts";
import { CODEC_NAMES, CODECS, type CodecName } from "../entry/codecs.ts";
import type { LogEntry } from "../entry/entry.ts";
import { parseAs } from "../entry/parse.ts";
import type { SessionFacts } from "../entry/session.ts";
import { NDJSON } from "./entry-stream.ts";

/** In whose words entries are asked for; `01` is draft-01, whose codec is odap-01 and whose failures are all 5XX. */
export const draftSchema = z.enum(["01", ...CODEC_NAMES]);

/** Our own form, or a draft's words. */
export type Render = (entry: LogEntry, facts: SessionFacts) => JsonObject;

/** How entries are given out. */
export interface Form {
  readonly render: Render;
  /** A line each (NDJSON), instead of one document. */
  readonly lines: boolean;
}

/**
 * What the request asks for: a draft by `?draft=`, or by the profile of a media type that it accepts
 * (`application/json; profile="satp-03"`, RFC 6906), else the path's own form; NDJSON if that is what it accepts.
 */
export function formOf(request: Request, own: Render): Form {
  const offers = ["application/json", NDJSON].flatMap((type) => [
    { type, name: undefined, offer: type },
    ...CODEC_NAMES.map((name) => ({ type, name, offer: `${type};profile=${name}` })),
  ]);
  const accepted = request.accepts(offers.map(({ offer }) => offer));
  const { type, name } = offers.find(({ offer }) => offer === accepted) ?? { type: undefined, name: undefined };
  const asked = parseAs(draftSchema.optional(), request.query["draft"], "MALFORMED", "draft");
  const codec: CodecName | undefined = asked === "01" ? "odap-01" : (asked ?? name);
  return { render: codec === undefined ? own : CODECS[codec].encode, lines: type === NDJSON };
}
