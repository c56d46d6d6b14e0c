import { isGatelogError } from "../../entry/errors.ts";
import type { Clock } from "../ports.ts";

const MAX_PAUSE_MS = 1_000;

interface PatienceOptions {
  readonly clock: Clock;
  /** The first pause; each is twice the one before. */
  readonly pauseMs: number;
  readonly signal: AbortSignal;
  readonly onTrouble: (error: unknown) => void;
}

/** What fails for a passing reason is tried until it is done; undefined once `signal` is aborted. Other failures are thrown. */
export async function patiently<T>(work: () => Promise<T>, options: PatienceOptions): Promise<T | undefined> {
  const { clock, signal, onTrouble } = options;
  for (let pause = options.pauseMs; !signal.aborted; pause = Math.min(2 * pause, MAX_PAUSE_MS))
    try {
      return await work();
    } catch (error) {
      if (!isGatelogError(error) || error.disposition !== "retry") throw error;
      onTrouble(error);
      await clock.sleep(pause, signal);
    }
  return undefined;
}
