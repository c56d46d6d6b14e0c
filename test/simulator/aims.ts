import { faultPoints, type FaultPoint } from "../../src/gateway/fault-points.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { Register } from "./faults.ts";
import type { Random } from "./random.ts";

/** A situation that is brought about so that what follows from it is met often enough. */
const TWISTS = [
  "none",
  "unmapped",
  "too-much",
  "paused-lock",
  "paused-mint",
  "paused-burn",
  "paused-assign",
  "paused-unlock",
  "paused-recreate",
  "paused-cancel",
  "cancel",
  "crash-first",
  "away-behind-burn",
  "away-behind-vote",
  "cut-off",
  "log-away-at-deadline",
  "expired-early",
] as const;
export type Twist = (typeof TWISTS)[number];

/** Where somebody is to die. */
export interface Aim {
  readonly register: Register;
  readonly role: Role;
  readonly point: FaultPoint;
}

/** Points that no simulation reaches, by a word in their names, and why. */
export const OUT_OF_REACH: readonly (readonly [word: string, reason: string])[] = [
  ["recover-dispute", "two honest gateways never dispute: that one does would be a violation"],
];

const LOGGING = { log: "outboxed", destination: "local" } as const;

/** Every point of either role that a simulation can reach. */
export const AIMS: readonly Aim[] = (["log", "destination"] as const)
  .flatMap((register) =>
    (["origin", "destination"] as const).flatMap((role) =>
      faultPoints(role, LOGGING[register]).map((point) => ({ register, role, point })),
    ),
  )
  .filter(({ point }) => !OUT_OF_REACH.some(([word]) => point.includes(word)));

/** The situation in which a step is met at all; the first word that its name ends with counts. */
const TWIST_BY_STEP: readonly (readonly [word: string, twist: Twist])[] = [
  ["fail-proposal", "unmapped"],
  ["fail-lock", "too-much"],
  ["fail-lock-assert", "expired-early"],
  ["fail-mint", "paused-mint"],
  ["fail-prepare", "paused-mint"],
  ["fail-burn", "paused-burn"],
  ["fail-assign", "away-behind-vote"],
  ["fail-rollback-unlock", "paused-unlock"],
  ["fail-rollback-recreate", "paused-recreate"],
  ["fail-rollback-cancel", "paused-cancel"],
  ["-peer", "cut-off"],
  ["recover", "crash-first"],
  ["recover-update", "crash-first"],
  ["recover-update-ack", "crash-first"],
  ["recover-success", "crash-first"],
  ["recreate", "away-behind-burn"],
  ["unlock", "paused-burn"],
  ["cancel", "paused-burn"],
  ["rollback", "paused-burn"],
  ["ABORT", "paused-mint"],
];

function twistFor({ point }: Aim): Twist {
  const step = point.split("/")[0] ?? "";
  return TWIST_BY_STEP.find(([word]) => step.endsWith(word))?.[1] ?? "none";
}

/** Points that one seed aims at. */
const AIMS_PER_SEED = 3;
/** before, queued, pending, unanswered, after. */
const MOST_POINTS_OF_STEP = 5;

/** All points, a few at a time that need the same situation; of different steps, because who died in a step does not repeat it. */
const PORTIONS: readonly Target[] = [
  ...Map.groupBy(AIMS, (aim) => `${aim.register} ${twistFor(aim)}`).values(),
].flatMap((related) => {
  const portions = Math.max(MOST_POINTS_OF_STEP, Math.ceil(related.length / AIMS_PER_SEED));
  return Array.from({ length: portions }, (_, nth) =>
    related.filter((_, position) => position % portions === nth),
  ).flatMap((aims) =>
    aims.slice(0, 1).map((aim) => ({ register: aim.register, twist: twistFor(aim), aims, isCalm: true })),
  );
});

/** What a seed is for, beside what chance adds to it. */
interface Target {
  readonly register: Register;
  readonly twist: Twist;
  readonly aims: readonly Aim[];
  /** Nothing else goes wrong. */
  readonly isCalm: boolean;
}

/** Of so many seeds in a row one is calm. */
const CALM_EVERY = 4;
/** Share of the other seeds with private logs. */
const SHARE_OF_PRIVATE = 0.35;

/**
 * Calm seeds go through all points in turn, so that each is met in every run of some hundreds. The others aim at points of one
 * situation, or at any.
 */
export function targetOf(seed: number, random: Random): Target {
  const calm = seed % CALM_EVERY === 0 ? PORTIONS[(seed / CALM_EVERY) % PORTIONS.length] : undefined;
  if (calm !== undefined) return calm;
  const register = random.chance(SHARE_OF_PRIVATE) ? "destination" : "log";
  const twist = random.pick(TWISTS);
  const possible = AIMS.filter((aim) => aim.register === register);
  const related = possible.filter((aim) => twistFor(aim) === twist);
  const pool = related.length > 0 && random.chance(0.5) ? related : possible;
  return { register, twist, aims: Array.from({ length: AIMS_PER_SEED }, () => random.pick(pool)), isCalm: false };
}
