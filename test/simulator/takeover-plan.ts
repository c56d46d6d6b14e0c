import type { Role } from "../../src/protocol/order.ts";
import { AIMS } from "./aims.ts";
import { NAMES, otherThan, type Name } from "./cast.ts";
import type { Register } from "./faults.ts";
import type { PlannedCrash } from "./plan.ts";
import type { Random } from "./random.ts";

const SECOND = 1_000;
/** Share of the seeds with storms in which a group is taken over. */
const SHARE_OF_TAKEOVERS = 0.4;

/** Where something is announced, or under way, and the primary has not heard what came of it. */
const DELICATE = /^act .*\/before$|^append exec-.*\/after$|^decide|\/(queued|pending)$/;

/** A group is taken over: rightly or not, by one backup or two at once. */
export interface PlannedTakeover {
  readonly name: Name;
  readonly trigger: Exclude<PlannedCrash["trigger"], { kind: "call" }>;
  /** What becomes of the primary: it dies for good; it lives on; it is stopped, and goes on later. */
  readonly former: "dead" | "alive" | "stopped";
  /** From then on until the backups ask for the group. */
  readonly delayMs: number;
  readonly racers: 1 | 2;
  /** From the takeover on: until one that was stopped goes on, and until it sees that there is another one. */
  readonly stoppedMs: number;
  readonly blindMs: number;
}

/** Of the same seed, and a source of its own: what else is planned does not change by it. */
export function planTakeovers(
  random: Random,
  { register, stormMs, isCalm }: { readonly register: Register; readonly stormMs: number; readonly isCalm: boolean },
): PlannedTakeover[] {
  if (isCalm || !random.chance(SHARE_OF_TAKEOVERS)) return [];
  const name = random.pick(NAMES);
  const names = random.pick([[name], [name], [name, otherThan(name)], [name, name]]);
  const points = AIMS.filter((aim) => aim.register === register);
  const delicate = points.filter(({ point }) => DELICATE.test(point));
  return names.map((each) => {
    const { role, point } = random.pick(random.chance(0.7) ? delicate : points);
    const trigger = random.chance(0.5)
      ? { kind: "point" as const, role: role satisfies Role, point }
      : { kind: "moment" as const, at: random.whole(0, Math.min(stormMs, 30 * SECOND)) };
    return {
      name: each,
      trigger,
      former: random.pick(["dead", "alive", "alive", "stopped", "stopped"] as const),
      delayMs: random.pick([0, 0, random.whole(1, 200), random.whole(1, 10) * SECOND]),
      racers: random.pick([1, 2] as const),
      stoppedMs: random.pick([
        0,
        random.whole(10, 2 * SECOND),
        random.whole(2, 60) * SECOND,
        random.whole(40, 200) * SECOND,
      ]),
      blindMs: random.pick([0, random.whole(100, 5 * SECOND), random.whole(5, 60) * SECOND]),
    };
  });
}

export function describeTakeover({
  name,
  trigger,
  former,
  delayMs,
  racers,
  stoppedMs,
  blindMs,
}: PlannedTakeover): string {
  const when = trigger.kind === "point" ? `as ${trigger.role} at ${trigger.point}` : `at ${trigger.at / SECOND} s`;
  const fate = { dead: "dies", alive: "is suspected and lives", stopped: `is stopped for ${stoppedMs} ms` }[former];
  return `${name}'s primary ${fate} ${when}; ${racers} of its backups take over ${delayMs} ms later; blind for ${blindMs} ms`;
}
