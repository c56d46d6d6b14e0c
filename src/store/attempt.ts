import { isGatelogError, type GatelogError } from "../entry/errors.ts";

/** Runs synchronous work behind a promise: what it throws becomes a rejection. */
export function attempt<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(work()));
}

/** What the work gives, or our error that it threw. */
export function refusedOr<T>(work: () => T): T | GatelogError {
  try {
    return work();
  } catch (error) {
    if (isGatelogError(error)) return error;
    throw error;
  }
}
