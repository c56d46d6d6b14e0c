import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CrashCase } from "./crash-case.ts";
import { GROUP_KINDS, groupCases } from "./group-matrix.ts";
import { casesOf } from "./matrix.ts";
import { ROLES } from "./session-logs.ts";
import { STACKS, type Stack } from "./stage.ts";

/** So many samples in a row visit every fault point. */
export const SAMPLES = 10;
/**
 * How many samples it takes to see all of a stack: every point with the log on a chain; those of private logs, which have the same
 * names, and the deaths of the log API and of the ways to the chains less often.
 */
const SAMPLES_OF: Readonly<Record<(typeof STACKS)[number], number>> = {
  chain: SAMPLES,
  private: 20,
  http: 80,
  cut: 80,
};
/** The same of a primary that is gone, for each kind of log and number of backups. Odd, so that a sample has something of each. */
const SAMPLES_OF_GROUPS = 41;
/** So many in a row visit every point of every kind. */
export const GROUP_SAMPLES = SAMPLES_OF_GROUPS * GROUP_KINDS.length;
/** Counts the runs in this clone. */
const COUNTERS = fileURLToPath(new URL("../../.cache/crash", import.meta.url));
const DAY_MS = 24 * 3_600_000;

/** The cases of one sample: of every tenth point one case, and another one in each ten samples. */
export function sampleOf(number: number): CrashCase[] {
  return STACKS.flatMap((stack) => {
    const samples = SAMPLES_OF[stack];
    const round = Math.floor(number / samples);
    return pointsOf(stack)
      .filter((_, place) => place % samples === number % samples)
      .map((cases, place) => cases[(place + round) % cases.length])
      .filter((plan) => plan !== undefined);
  });
}

/** The cases of one sample with groups, all of one kind, by role: each takes a network. */
export function groupSampleOf(number: number): readonly (readonly CrashCase[])[] {
  const turn = Math.floor(number / GROUP_KINDS.length) % SAMPLES_OF_GROUPS;
  return GROUP_KINDS.filter((_, place) => place === number % GROUP_KINDS.length).flatMap((kind) =>
    ROLES.map((role) => groupCases({ ...kind, role }).filter((_, place) => place % SAMPLES_OF_GROUPS === turn)),
  );
}

/** The cases of a stack by the point that they are about. */
function pointsOf(stack: Stack): readonly CrashCase[][] {
  const byPoint = Map.groupBy(casesOf(stack), ({ faults }) =>
    faults.map(({ role, point }) => `${role} ${point}`).join(),
  );
  return [...byPoint.values()];
}

/**
 * Which sample it is: the number of commits, so that ten commits in a row visit everything on a machine that starts afresh each
 * time, and of runs in this clone, so that ten runs do. Where the commits cannot be counted, the day stands for them.
 */
export function nextSample(given: string | undefined, counter: "runs" | "group-runs" | "zombie-runs"): number {
  if (given !== undefined) return Number(given);
  const file = join(COUNTERS, counter);
  const runs = readCounter(file);
  mkdirSync(COUNTERS, { recursive: true });
  writeFileSync(file, String(runs + 1));
  return commits() + runs;
}

function readCounter(file: string): number {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return 0; // the first run here
  }
}

function commits(): number {
  const git = (...args: readonly string[]) =>
    execFileSync("git", [...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    if (git("rev-parse", "--is-shallow-repository") === "false") return Number(git("rev-list", "--count", "HEAD"));
  } catch {
    // no git here
  }
  return Math.floor(Date.now() / DAY_MS);
}
