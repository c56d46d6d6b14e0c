import type { z } from "zod";
import { GatelogError, type ErrorCode } from "./errors.ts";

/**
 * What a schema makes of a value from outside. Throws `code` with the path of the first member that is wrong in the
 * context's `member` (empty for the value as a whole).
 */
export function parseAs<T>(schema: z.ZodType<T>, value: unknown, code: ErrorCode, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const member = issue?.path.map(String).join(".") ?? "";
  const place = member === "" ? what : `${what}, ${member}`;
  throw new GatelogError(code, `${place}: ${issue?.message ?? "malformed"}`, { member }, { cause: parsed.error });
}
