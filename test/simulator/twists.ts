import type { FaultPoint } from "../../src/gateway/fault-points.ts";
import type { LedgerAction } from "../../src/ledger/ledger.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { Twist } from "./aims.ts";
import { NAMES, type Name } from "./cast.ts";
import type { Fault, Register, Spell } from "./faults.ts";
import type { PlannedCrash } from "./plan.ts";
import type { Random } from "./random.ts";
import { START } from "./sim-clock.ts";

const SECOND = 1_000;
/** By how much both clocks are behind where the lock expires before the gateways think so. */
export const SLOW_CLOCK_MS = 20 * SECOND;

interface Scene {
  readonly random: Random;
  readonly register: Register;
  /** Milliseconds from a request to its deadline. */
  readonly deadline: number;
  /** Who plays the roles in the first transfer. */
  readonly origin: Name;
  readonly destination: Name;
}

interface Situation {
  readonly spells: readonly Spell[];
  readonly crashes: readonly PlannedCrash[];
}

/** What brings the situation about; where it is nothing, the transfers themselves do. */
export function situationOf(twist: Twist, scene: Scene): Situation {
  const { random, deadline, origin, destination } = scene;
  const past = deadline + random.whole(1, 20) * SECOND;
  const soon = random.whole(10, 100) * SECOND;
  switch (twist) {
    case "paused-lock":
      return spells(paused(origin, "lock", soon));
    case "paused-mint":
      return spells(paused(destination, "mint", soon));
    case "paused-burn":
      return spells(paused(origin, "burn", soon));
    case "paused-assign":
      return spells(paused(destination, "assign", soon));
    case "paused-unlock":
      return spells(paused(origin, "unlock", past + 30 * SECOND), paused(origin, "burn", past));
    case "paused-cancel":
      return spells(paused(destination, "cancel", past + 30 * SECOND), paused(origin, "burn", past));
    case "paused-recreate":
      return {
        spells: [paused(origin, "recreate", past + 60 * SECOND)],
        crashes: [crash(origin, "origin", "append done-burn/before", past)],
      };
    case "away-behind-burn": {
      const points = ["act burn/pending", "append done-burn/before"] as const;
      return crashes(crash(origin, "origin", random.pick(points), past));
    }
    case "away-behind-vote": {
      const points = ["append ack-prepare/after", "append exec-assign/before", "append exec-assign/after"] as const;
      return crashes(crash(destination, "destination", random.pick(points), past + 30 * SECOND));
    }
    case "crash-first":
      return crashes(
        crash(null, "origin", random.pick(["append init-proposal/after", "append init-lock/after"]), 0),
        crash(null, "destination", random.pick(["append ack-proposal/after", "append init-mint/after"]), 0),
      );
    case "cut-off": {
      const cut = (name: Name): Spell =>
        spell("peer-away", name, random.whole(0, 3) * SECOND, random.whole(5, 110) * SECOND);
      return spells(...NAMES.map(cut));
    }
    case "log-away-at-deadline":
      return spells(
        spell(
          scene.register === "log" ? "log-away" : "disk-fails",
          random.pick(NAMES),
          deadline - 10 * SECOND,
          30 * SECOND,
        ),
      );
    case "expired-early": {
      // The clocks are behind: the originator may unlock before either gateway thinks that the deadline has passed.
      const downMs = deadline - SLOW_CLOCK_MS + 11 * SECOND;
      return crashes(crash(destination, "destination", "send ack-commence/after", downMs));
    }
    default:
      return { spells: [], crashes: [] };
  }
}

function spells(...all: readonly Spell[]): Situation {
  return { spells: all, crashes: [] };
}

function crashes(...all: readonly PlannedCrash[]): Situation {
  return { spells: [], crashes: all };
}

function paused(name: Name, action: LedgerAction, forMs: number): Spell {
  return spell("ledger-refused", `${name} ${action}`, 0, forMs);
}

function spell(fault: Fault, place: string, at: number, forMs: number): Spell {
  return { fault, place, from: START + at, until: START + at + forMs, lagMs: 0 };
}

function crash(name: Name | null, role: Role, point: FaultPoint, downMs: number): PlannedCrash {
  return { name, trigger: { kind: "point", role, point }, downMs };
}
