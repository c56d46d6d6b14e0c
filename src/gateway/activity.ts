import type { GatelogError } from "../entry/errors.ts";
import type { WaitingFor } from "../protocol/state.ts";

/** What a session shows of itself beside its state. */
export interface Activity {
  readonly waitingFor: WaitingFor | null;
  /** UNIX ms of the last thing that happened. */
  readonly since: number;
  readonly trouble: GatelogError | null;
}
