/**
 * Every error of the project has a stable code. One row per code says what the caller should do and what HTTP says; a code
 * without both does not compile. Match on `code`, never on the text.
 *
 * - retry: the same call may succeed later. reject: it never will; change the call. halt: stop the process, recovery decides.
 */
export const ERRORS = {
  MALFORMED: { disposition: "reject", http: 400 },
  INVALID_CONFIG: { disposition: "reject", http: 500 },
  INVALID_ENTRY: { disposition: "reject", http: 400 },
  INVALID_SESSION: { disposition: "reject", http: 400 },
  INVALID_TERMS: { disposition: "reject", http: 400 },
  /** A web page of somebody else made a browser ask, or the service is not reached by this host name. */
  FOREIGN_ORIGIN: { disposition: "reject", http: 403 },
  NOT_FOUND: { disposition: "reject", http: 404 },
  UNKNOWN_SESSION: { disposition: "reject", http: 404 },
  UNKNOWN_LOG: { disposition: "reject", http: 404 },
  UNKNOWN_ENTRY: { disposition: "reject", http: 404 },
  UNKNOWN_GATEWAY: { disposition: "reject", http: 404 },
  METHOD_NOT_ALLOWED: { disposition: "reject", http: 405 },
  SESSION_EXISTS: { disposition: "reject", http: 409 },
  IDEMPOTENCY_CONFLICT: { disposition: "reject", http: 409 },
  WRONG_INDEX: { disposition: "reject", http: 409 },
  WRONG_HEAD: { disposition: "reject", http: 409 },
  EQUIVOCATION: { disposition: "reject", http: 409 },
  LOG_CLOSED: { disposition: "reject", http: 409 },
  ALREADY_DECIDED: { disposition: "reject", http: 409 },
  DECISION_WITHOUT_GROUND: { disposition: "reject", http: 409 },
  ILLEGAL_ORDER: { disposition: "reject", http: 409 },
  TOO_LATE: { disposition: "reject", http: 409 },
  STALE_EPOCH: { disposition: "reject", http: 412 },
  TOO_LARGE: { disposition: "reject", http: 413 },
  UNSUPPORTED_MEDIA_TYPE: { disposition: "reject", http: 415 },
  WRONG_PAYLOAD_HASH: { disposition: "reject", http: 422 },
  FOREIGN_SIGNATURE: { disposition: "reject", http: 422 },
  INVALID_SIGNATURE: { disposition: "reject", http: 422 },
  UNMAPPED_TOKEN: { disposition: "reject", http: 422 },
  REFUSED: { disposition: "reject", http: 422 },
  LEDGER_CONFLICT: { disposition: "reject", http: 409 },
  LEDGER_REJECTED: { disposition: "reject", http: 422 },
  NO_REGISTER: { disposition: "reject", http: 501 },
  NOT_SERVED_HERE: { disposition: "reject", http: 501 },
  /** Two accounts of one log exclude each other; evidence is kept, and an operator decides. */
  DISPUTED: { disposition: "halt", http: 409 },
  /** A compensation that its ledger refuses: tried until it is done, and never called done before. */
  ROLLBACK_FAILED: { disposition: "retry", http: 503 },
  WRONG_CHAIN: { disposition: "halt", http: 503 },
  CHAIN_IDENTITY_CHANGED: { disposition: "halt", http: 503 },
  CORRUPT_STORE: { disposition: "halt", http: 503 },
  INVARIANT_BROKEN: { disposition: "halt", http: 500 },
  INTERNAL: { disposition: "retry", http: 500 },
  NODE_UNREACHABLE: { disposition: "retry", http: 503 },
  PEER_UNREACHABLE: { disposition: "retry", http: 503 },
  STORE_UNAVAILABLE: { disposition: "retry", http: 503 },
  /** The caller alone has too much under way. */
  TOO_MANY_REQUESTS: { disposition: "retry", http: 429 },
  OVERLOADED: { disposition: "retry", http: 503 },
  TRANSACTION_FAILED: { disposition: "retry", http: 503 },
  INSUFFICIENT_FUNDS: { disposition: "retry", http: 503 },
  GAS_PRICE_TOO_HIGH: { disposition: "retry", http: 503 },
  TIMEOUT: { disposition: "retry", http: 503 },
} as const satisfies Record<string, { disposition: "retry" | "reject" | "halt"; http: number }>;

export type ErrorCode = keyof typeof ERRORS;

export type ErrorContext = Readonly<Record<string, string | number | boolean>>;

export class GatelogError extends Error {
  override readonly name = "GatelogError";
  readonly code: ErrorCode;
  /** What a reader needs to act: expected and actual values, names, limits. Never a secret. */
  readonly context: ErrorContext;

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}, options?: { cause: unknown }) {
    super(message, options);
    this.code = code;
    this.context = context;
  }

  get disposition(): "retry" | "reject" | "halt" {
    return ERRORS[this.code].disposition;
  }
}

export function isGatelogError(error: unknown, ...codes: readonly ErrorCode[]): error is GatelogError {
  return error instanceof GatelogError && (codes.length === 0 || codes.includes(error.code));
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}
