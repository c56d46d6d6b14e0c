import { FATES, GROUP_STACKS, type CrashCase, type Fault, type GroupPlan } from "./crash-case.ts";
import { flowsOf } from "./flows.ts";
import { AGAIN, AGAIN_EVERY, reachable } from "./matrix.ts";
import { ROLES } from "./session-logs.ts";
import { loggingOf } from "./stage.ts";

const BACKUPS = [1, 2] as const satisfies readonly GroupPlan["backups"][];

/** Every kind of group; each is of either role, and has networks of its own. */
export const GROUP_KINDS: readonly Omit<GroupPlan, "role">[] = GROUP_STACKS.flatMap((stack) =>
  BACKUPS.map((backups) => ({ stack, backups })),
);

/**
 * The primary is killed for good at every point of its role, and a backup ends the transfer. What becomes of its transaction, whether
 * it comes back as a standby while the transfer goes on, and, where there are two backups, whether whoever has taken over dies too:
 * each in turn from point to point, and with one backup and two in different ways.
 */
export function groupCases(group: GroupPlan): CrashCase[] {
  const { stack, role, backups } = group;
  const logging = loggingOf(stack);
  return reachable(role, logging).map((point, place) => {
    const turn = place + backups;
    const [flow] = flowsOf(role, point, logging);
    const fate = point.endsWith("/pending") ? FATES[turn % FATES.length] : undefined;
    const again = backups === 2 && place % AGAIN_EVERY === 0 ? AGAIN[(place / AGAIN_EVERY) % AGAIN.length] : undefined;
    const returns = turn % 2 === 0;
    const fault: Fault = {
      ...{ role, at: role, point, victims: [], how: "gone", returns },
      ...(fate && { fate }),
      ...(again !== undefined && { again }),
    };
    const words = [fate, again !== undefined && "again", returns && "returns"].filter(Boolean);
    const name = [stack, flow, role, point, `gone-${backups}`, ...words].join(" ");
    return { name, stack, group, flow, faults: [fault] };
  });
}

/** Every case with a group, those of one network behind those of the other. */
export function allGroupCases(): CrashCase[] {
  return GROUP_KINDS.flatMap((kind) => ROLES.flatMap((role) => groupCases({ ...kind, role })));
}
