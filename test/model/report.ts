import { INVARIANTS } from "../support/world-oracles.ts";
import type { Bounds } from "./bounds.ts";
import type { Exploration, Violation } from "./explorer.ts";
import { RowCounts } from "./rows.ts";

/** All explorations of one command. */
export interface Report {
  readonly explorations: readonly Exploration[];
  /** Situations in which each row of the recovery table was met, over all explorations. */
  readonly rows: ReadonlyMap<string, number>;
  /** Rows that are not marked impossible, and were not met. */
  readonly unmet: readonly string[];
}

export function reportOf(explorations: readonly Exploration[]): Report {
  const rows = new Map<string, number>();
  for (const exploration of explorations)
    for (const [row, count] of exploration.rows) rows.set(row, (rows.get(row) ?? 0) + count);
  return { explorations, rows, unmet: RowCounts.unmet(rows) };
}

/** Nothing is shown by a run that was cut off. */
export function isSound({ isComplete, violations, differences }: Exploration): boolean {
  return isComplete && violations.length === 0 && differences.length === 0;
}

export function violationText({ invariant, states, trace }: Violation): string {
  const steps = trace.map((step, position) => `  ${String(position + 1).padStart(3)} ${step}`);
  return [`violated: ${INVARIANTS[invariant]} (${states} states); the shortest way there:`, ...steps].join("\n");
}

/** What a run allows, in the order of `Bounds`. */
function boundsText(bounds: Bounds): string {
  const { crashes, refusals, suspicion, reorgs, gone, steps, appends, takeovers } = bounds;
  const allowed: readonly (readonly [boolean, string])[] = [
    [steps === "single", "single steps"],
    [appends === "sent", "appends in flight"],
    [crashes > 0, Number.isFinite(crashes) ? `${crashes} crashes` : "any number of crashes"],
    [bounds.handshake, "handshake"],
    [bounds.lostDisks, "lost disks"],
    [bounds.piecemeal, "logs read entry by entry"],
    [refusals.length > 0, "refused actions"],
    [bounds.no, "NO"],
    [bounds.wishes, "wishes to abort"],
    [bounds.deadline, "deadline"],
    [suspicion !== "none", `suspicion (${suspicion})`],
    [bounds.losses, "lost transactions and messages"],
    [bounds.expiries, "expiries"],
    [reorgs > 0, `${reorgs} reorganisation`],
    [gone !== "nobody", `${gone} gone for good`],
    [takeovers.origin > 0, `${takeovers.origin} takeovers of the origin`],
    [takeovers.destination > 0, `${takeovers.destination} takeovers of the destination`],
  ];
  return allowed.flatMap(([holds, words]) => (holds ? [words] : [])).join(", ");
}

export function reportText({ explorations, rows, unmet }: Report): string {
  const lines = explorations.flatMap((exploration) => {
    const { bounds, states, steps, depth, seconds, cpuSeconds, isComplete, violations, differences } = exploration;
    const verdict = isComplete ? `${violations.length} violations` : "CUT OFF";
    const rate = Math.round(states / Math.max(cpuSeconds, 0.001));
    return [
      `${bounds.name}: ${bounds.why}`,
      `  allowed: ${boundsText(bounds)}`,
      `  ${count(states)} states, ${count(steps)} steps, depth ${depth}; ${verdict}; ${seconds.toFixed(0)} s, ${count(rate)} states/s of processor time`,
      `  endings: ${[...exploration.endings.keys()].join("; ")}`,
      `  twins: ${count(exploration.twins)} compared, ${differences.length} different`,
      ...violations.map(violationText),
      ...differences,
    ];
  });
  const table = [...rows].sort(([a], [b]) => a.localeCompare(b)).map(([row, met]) => `  ${row}: ${count(met)}`);
  return [
    ...lines,
    `rows of the recovery table that were met, and in how many situations:`,
    ...table,
    unmet.length === 0 ? "every possible row was met" : `not met: ${unmet.join(" ")}`,
  ].join("\n");
}

export function reportJson({ explorations, rows, unmet }: Report): unknown {
  return {
    explorations: explorations.map(({ bounds, endings, standings, rows: _rows, ...rest }) => ({
      ...rest,
      standings: standings.size,
      bounds: { ...bounds, crashes: Number.isFinite(bounds.crashes) ? bounds.crashes : "any" },
      endings: Object.fromEntries(endings),
    })),
    rows: Object.fromEntries(rows),
    unmet,
  };
}

function count(value: number): string {
  return value.toLocaleString("en");
}
