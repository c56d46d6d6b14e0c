import { isGatelogError, type ErrorCode } from "../entry/errors.ts";

/** Result codes of SQLite, without their extensions: SQLITE_CORRUPT, SQLITE_NOTADB. */
const CORRUPT_CODES = new Set([11, 26]);
/** SQLITE_CONSTRAINT */
const CONSTRAINT_CODE = 19;
const EXTENSION_MASK = 0xff;

/** What an error of SQLite or of the file system is among ours; null if it is neither. */
export function sqliteFault(error: unknown): ErrorCode | null {
  if (isGatelogError(error)) return null;
  if (!isSqliteError(error)) return isSystemError(error) ? "STORE_UNAVAILABLE" : null;
  const code = error.errcode & EXTENSION_MASK;
  if (code === CONSTRAINT_CODE) return "INVARIANT_BROKEN";
  return CORRUPT_CODES.has(code) ? "CORRUPT_STORE" : "STORE_UNAVAILABLE";
}

function isSqliteError(error: unknown): error is Error & { errcode: number } {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number";
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}
