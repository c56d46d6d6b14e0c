import type { Request } from "express";
import { z } from "zod";
import { GatelogError } from "../entry/errors.ts";
import { hashSchema, sessionIdSchema, type GatewayId, type SessionId } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import { LENGTH_MAX } from "../entry/entry.ts";
import { draftSchema } from "./forms.ts";
import { unknownLog } from "../store/admission.ts";
import type { LogHead, SessionRecord } from "../store/log-store.ts";

/** An entry's place: an index in one log. */
export interface EntryPlace {
  readonly gatewayId: GatewayId | undefined;
  readonly index: number;
}

export function parseSessionId(value: unknown): SessionId {
  return parseAs(sessionIdSchema, value, "MALFORMED", "the session id");
}

/** Which log, and in whose words. */
export const logQuerySchema = z.object({ gatewayId: hashSchema.optional(), draft: draftSchema.optional() });
/** Headers that stand for members of the query. */
export const LOG_HEADERS = { "X-Gateway-Id": "Stands for gatewayId." } as const;

/** The gateway that the request names in `?gatewayId=` or `X-Gateway-Id`, if any. */
export function namedGateway(request: Request): GatewayId | undefined {
  const given = [request.query["gatewayId"], request.get("X-Gateway-Id")].filter((value) => value !== undefined);
  return onlyOne(
    "gatewayId",
    given.map((value) => parseAs(hashSchema, value, "MALFORMED", "gatewayId")),
  );
}

/** What a request says in several places it must say alike: nobody can know which one was meant. MALFORMED. */
export function onlyOne<T extends string>(member: string, given: readonly T[]): T | undefined {
  const [first, ...others] = given;
  const other = others.find((each) => each !== first);
  if (first !== undefined && other !== undefined)
    throw new GatelogError("MALFORMED", `the request names two: ${member}`, { member, expected: first, actual: other });
  return first;
}

/** The log that a request is about: of the gateway that it names, else of the service's own, else the only one there is. */
export function selectLog(record: SessionRecord, named: GatewayId | undefined, own: GatewayId | undefined): LogHead {
  const { sessionId } = record.opening.facts;
  const wanted = named ?? own;
  const found = record.logs.find((log) => log.gatewayId === wanted);
  if (found !== undefined) return found;
  if (named !== undefined) throw unknownLog(sessionId, named);
  const [only] = record.logs;
  if (only !== undefined && record.logs.length === 1) return only;
  throw new GatelogError("MALFORMED", "the session has more than one log: name one with ?gatewayId= or X-Gateway-Id", {
    sessionId,
  });
}

const indexSchema = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,8})$/, "an index")
  .transform(Number)
  .pipe(z.int().max(LENGTH_MAX));

/** `7`, or `0x…/7` as the session's story has it. */
export function parseEntryId(id: string): EntryPlace {
  const slash = id.lastIndexOf("/");
  const index = parseAs(indexSchema, id.slice(slash + 1), "MALFORMED", "the entry's id");
  if (slash === -1) return { gatewayId: undefined, index };
  return { gatewayId: parseAs(hashSchema, id.slice(0, slash), "MALFORMED", "the entry's id"), index };
}
