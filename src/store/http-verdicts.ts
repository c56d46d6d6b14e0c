import { ERRORS, type ErrorCode } from "../entry/errors.ts";

/** What a log API says of itself or of a wrong address; none of it is a verdict on what was sent. */
const NO_VERDICT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "NOT_FOUND",
  "METHOD_NOT_ALLOWED",
  "UNSUPPORTED_MEDIA_TYPE",
  "NOT_SERVED_HERE",
  "INVALID_CONFIG",
]);

/** Whether a log API's code is a verdict on what was sent. If not, the write may yet succeed: the store is not available. */
export function isVerdict(code: ErrorCode): boolean {
  return !NO_VERDICT.has(code) && ERRORS[code].disposition !== "halt";
}
