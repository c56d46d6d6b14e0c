import { expect } from "chai";

import { isGatelogError, type ErrorCode, type ErrorContext, type GatelogError } from "../../src/entry/errors.ts";

/** Runs it and expects a GatelogError of this code; `context` names the members that matter. Gives the error back. */
export function expectError(run: () => unknown, code: ErrorCode, context: ErrorContext = {}): GatelogError {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  if (!isGatelogError(thrown)) expect.fail(`expected ${code}, got ${String(thrown)}`);
  expect(thrown.code).to.equal(code);
  expect(thrown.context).to.include(context);
  return thrown;
}

/** As `expectError`, for a promise. */
export async function expectRejection(
  promise: Promise<unknown>,
  code: ErrorCode,
  context: ErrorContext = {},
): Promise<GatelogError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  return expectError(
    () => {
      if (outcome !== undefined) throw outcome.error;
    },
    code,
    context,
  );
}
