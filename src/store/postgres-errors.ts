import { DatabaseError } from "pg";
import { GatelogError, isGatelogError, type ErrorContext } from "../entry/errors.ts";

/** What PostgreSQL and the way to it may say, and what our caller should do about it. Codes: PostgreSQL, appendix A. */

/** Another transaction was in the way and this one is undone: the same may succeed at once. serialization_failure, deadlock_detected. */
const CONFLICTS: ReadonlySet<string> = new Set(["40001", "40P01"]);
/** data_corrupted, index_corrupted. */
const CORRUPTIONS: ReadonlySet<string> = new Set(["XX001", "XX002"]);
const INTEGRITY_CLASS = "23";
/** Classes of what only configuration or an administrator can mend, when it shows at the start. */
const MISCONFIGURATIONS: ReadonlySet<string> = new Set([
  "28", // invalid_authorization_specification, invalid_password
  "3D", // invalid_catalog_name: no such database
  "42", // insufficient_privilege, and tables that are not ours
]);

/** Another transaction held a lock for too long; nothing was done. lock_not_available. */
const LOCK_TIMEOUT = "55P03";

/** Of a call of the running store. */
export function isLockTimeout(error: unknown): boolean {
  return isGatelogError(error, "STORE_UNAVAILABLE") && error.context["reason"] === LOCK_TIMEOUT;
}

export function isConflict(error: unknown): boolean {
  return error instanceof DatabaseError && error.code !== undefined && CONFLICTS.has(error.code);
}

/**
 * Our error for what a call of the running store met. Nothing of it is a verdict on an entry: STORE_UNAVAILABLE, as a rule,
 * because what was sent may have been done. Texts and context hold no parameter of a statement, and no password.
 */
export function storeError(error: unknown, at: string): GatelogError {
  if (isGatelogError(error)) return error;
  const code = error instanceof DatabaseError ? (error.code ?? "") : "";
  const context = contextOf(error, at);
  const reason = reasonOf(error);
  if (code.startsWith(INTEGRITY_CLASS))
    return new GatelogError("INVARIANT_BROKEN", `${at}: ${reason}`, context, { cause: error });
  if (CORRUPTIONS.has(code))
    return new GatelogError("CORRUPT_STORE", `${at} is damaged: ${reason}`, context, { cause: error });
  return new GatelogError("STORE_UNAVAILABLE", `${at}: ${reason}`, context, { cause: error });
}

/** The same for the start, where a wrong password is a wrong configuration. */
export function startError(error: unknown, at: string): GatelogError {
  if (isGatelogError(error) || !(error instanceof DatabaseError)) return storeError(error, at);
  if (!MISCONFIGURATIONS.has((error.code ?? "").slice(0, 2))) return storeError(error, at);
  return new GatelogError("INVALID_CONFIG", `${at}: ${reasonOf(error)}`, contextOf(error, at), { cause: error });
}

function contextOf(error: unknown, at: string): ErrorContext {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  return { database: at, ...(code !== undefined && { reason: code }) };
}

/** An attempt at several addresses of one name fails with one error that has no text of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
