import { isGatelogError } from "../../src/entry/errors.ts";

const MAX_ATTEMPTS = 5;

/** Does what a gateway does with an error that says so: the same again, a few times. */
export async function persistently<Value>(work: () => Promise<Value>): Promise<Value> {
  for (let attempts = 1; ; attempts += 1)
    try {
      return await work();
    } catch (error) {
      if (!isGatelogError(error) || error.disposition !== "retry" || attempts === MAX_ATTEMPTS) throw error;
    }
}
