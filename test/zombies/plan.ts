import { Random } from "../simulator/random.ts";

/**
 * How the primary is stopped in mid-transfer: at a moment, at a fault point, with something signed that it is about to send to the
 * log, or while a transaction of its is in no block.
 */
export type Stop =
  | { readonly how: "moment"; readonly afterMs: number }
  /** The so-many-th point that it passes. */
  | { readonly how: "point"; readonly nth: number }
  | { readonly how: "unsent"; readonly point: string }
  /** `point`: a transaction is at the node there, and in no block. `fate`: when it gets into one, from the takeover. */
  | { readonly how: "in-flight"; readonly point: string; readonly fate: "before" | "behind" };

export interface Plan {
  readonly stop: Stop;
  /** The backup has ended the transfers before the old primary goes on; else it has just taken over. */
  readonly isOver: boolean;
  /** So long after that the old primary goes on. */
  readonly pauseMs: number;
}

/** What an undisturbed transfer of the group is like. */
export interface Usual {
  readonly durationMs: number;
  readonly points: readonly string[];
}

const MOST_PAUSE_MS = 300;
const EVEN = 0.5;
/** Twice as often what is the most to the point: writes and ledger actions in flight. */
const HOWS = ["moment", "point", "unsent", "in-flight", "in-flight"] as const;
const SIGNED = /^(append .*|decide .*|close)\/queued$/;

/** The plan of a trial follows from the seed, its number, the attempt at it, and what is usual. */
export function planOf(name: string, seed: number, { durationMs, points }: Usual): Plan {
  const random = new Random(seed).fork(name);
  const stop = stopOf(random.pick(HOWS), random, durationMs, points);
  return { stop, isOver: random.chance(EVEN), pauseMs: random.whole(0, MOST_PAUSE_MS) };
}

function stopOf(how: Stop["how"], random: Random, durationMs: number, points: readonly string[]): Stop {
  switch (how) {
    case "moment":
      return { how, afterMs: random.whole(0, durationMs) };
    case "point":
      return { how, nth: random.whole(1, points.length) };
    case "unsent":
      return { how, point: random.pick(points.filter((each) => SIGNED.test(each))) };
    case "in-flight": {
      const point = random.pick(points.filter((each) => each.endsWith("/pending")));
      return { how, point, fate: random.chance(EVEN) ? "before" : "behind" };
    }
  }
}

export function describeStop(stop: Stop): string {
  switch (stop.how) {
    case "moment":
      return `after ${stop.afterMs} ms`;
    case "point":
      return `at point ${stop.nth}`;
    case "unsent":
      return `at ${stop.point}`;
    case "in-flight":
      return `at ${stop.point}, mined ${stop.fate} the takeover`;
  }
}
