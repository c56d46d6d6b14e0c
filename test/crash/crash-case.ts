import type { FaultPoint } from "../../src/gateway/fault-points.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { Actor } from "./actors.ts";
import type { FlowName } from "./flows.ts";
import type { Stack } from "./stage.ts";

/** What becomes of a transaction that was sent and not mined: mined while its sender is away, behind its return, or never. */
export const FATES = ["mined", "late", "dropped"] as const;
export type Fate = (typeof FATES)[number];

/** What happens at one point of one gateway. */
export interface Fault {
  /** Whose log or ledger the point is about; the gateway that passes it, or the log API on its behalf. */
  readonly role: Role;
  readonly at: Role | "api";
  readonly point: FaultPoint;
  /** Who falls while it stands there. Of a group it is the member that stands there, whichever that is. */
  readonly victims: readonly Actor[];
  /**
   * SIGKILL and started again at once; SIGSTOP until the deadline is past, and SIGCONT; for a while no chain answers it; or, of a
   * group, SIGKILL for good: another member takes over.
   */
  readonly how: "killed" | "stopped" | "cut-off" | "gone";
  readonly fate?: Fate;
  /** Each victim is killed again at the so-many-th point that it passes behind its restart; of a group, whoever has taken over. */
  readonly again?: number;
  /** Who is gone is started again, as a standby, once another member is at work. */
  readonly returns?: boolean;
}

/** Where a group can have its logs: what only one machine can read nobody takes over. */
export const GROUP_STACKS = ["chain", "postgres"] as const satisfies readonly Stack[];
export type GroupStack = (typeof GROUP_STACKS)[number];

/** The gateway of one side is a group: a primary, and so many backups that stand by. The other side is one process. */
export interface GroupPlan {
  readonly stack: GroupStack;
  readonly role: Role;
  readonly backups: 1 | 2;
}

export interface CrashCase {
  readonly name: string;
  readonly stack: Stack;
  readonly group?: GroupPlan;
  readonly flow: FlowName;
  readonly faults: readonly Fault[];
}
