import type { ErrorCode } from "../entry/errors.ts";

/** What an operation may be refused with, by what it does (LogStore, docs/FACES.md). For the document of the API. */

/** Any request at all: its form, and the service's own troubles. */
export const ANY_REQUEST = [
  "MALFORMED",
  "FOREIGN_ORIGIN",
  "INTERNAL",
  "INVALID_CONFIG",
  "INVARIANT_BROKEN",
  "OVERLOADED",
  "TIMEOUT",
  "STORE_UNAVAILABLE",
  "NODE_UNREACHABLE",
  "PEER_UNREACHABLE",
  "CORRUPT_STORE",
  "WRONG_CHAIN",
  "CHAIN_IDENTITY_CHANGED",
] as const satisfies readonly ErrorCode[];

/** Any request with a body. */
export const ANY_BODY = ["TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"] as const satisfies readonly ErrorCode[];

export const READ_SESSION = [
  "UNKNOWN_SESSION",
  "UNKNOWN_GATEWAY",
  "INVALID_SESSION",
] as const satisfies readonly ErrorCode[];
export const READ_LOG = [...READ_SESSION, "UNKNOWN_LOG", "TOO_LARGE"] as const satisfies readonly ErrorCode[];
export const READ_ENTRY = [...READ_LOG, "UNKNOWN_ENTRY"] as const satisfies readonly ErrorCode[];

/** A transaction of the service's own may be needed. */
const CARRY = ["TRANSACTION_FAILED", "INSUFFICIENT_FUNDS", "GAS_PRICE_TOO_HIGH", "NOT_SERVED_HERE"] as const;
const SIGNED = ["STALE_EPOCH", "FOREIGN_SIGNATURE", "INVALID_SIGNATURE"] as const;

export const OPEN_SESSION = [
  ...[...CARRY, ...SIGNED, "SESSION_EXISTS", "UNKNOWN_GATEWAY"],
  ...["INVALID_SESSION", "INVALID_TERMS", "UNKNOWN_SESSION"],
] as const satisfies readonly ErrorCode[];

export const APPEND = [
  ...[...CARRY, ...SIGNED, ...READ_LOG, "INVALID_ENTRY", "WRONG_INDEX", "WRONG_HEAD"],
  ...["WRONG_PAYLOAD_HASH", "LOG_CLOSED", "EQUIVOCATION", "SESSION_EXISTS"],
] as const satisfies readonly ErrorCode[];

/** A copy of a log is checked before it is compared. */
export const DIFF = [
  ...[...SIGNED, ...READ_ENTRY, "INVALID_ENTRY", "WRONG_INDEX", "WRONG_HEAD", "WRONG_PAYLOAD_HASH"],
] as const satisfies readonly ErrorCode[];

export const DECIDE = [
  ...[...CARRY, ...SIGNED, ...READ_LOG, "ALREADY_DECIDED", "DECISION_WITHOUT_GROUND", "NO_REGISTER"],
] as const satisfies readonly ErrorCode[];

export const CLOSE_LOG = [
  ...[...CARRY, ...SIGNED, ...READ_LOG, "WRONG_INDEX", "WRONG_HEAD", "LOG_CLOSED"],
] as const satisfies readonly ErrorCode[];
