import type { FaultPoint } from "../../src/gateway/fault-points.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { FlowName } from "./flows.ts";
import type { Actor, Stack } from "./stage.ts";

/** What becomes of a transaction that was sent and not mined: mined while its sender is away, behind its return, or never. */
export const FATES = ["mined", "late", "dropped"] as const;
export type Fate = (typeof FATES)[number];

/** What happens at one point of one gateway. */
export interface Fault {
  /** Whose log or ledger the point is about; the gateway that passes it, or the log API on its behalf. */
  readonly role: Role;
  readonly at: Actor;
  readonly point: FaultPoint;
  /** Who falls while it stands there. */
  readonly victims: readonly Actor[];
  /** SIGKILL and started again at once; SIGSTOP until the deadline is past, and SIGCONT; or for a while no chain answers it. */
  readonly how: "killed" | "stopped" | "cut-off";
  readonly fate?: Fate;
  /** Each victim is killed again at the so-many-th point that it passes behind its restart. */
  readonly again?: number;
}

export interface CrashCase {
  readonly name: string;
  readonly stack: Stack;
  readonly flow: FlowName;
  readonly faults: readonly Fault[];
}
