import type { ReportFile, SessionReport } from "./report.ts";

/** What comes first where not all is shown: sessions with findings, and then the newest. */
export function inRank(sessions: readonly SessionReport[]): SessionReport[] {
  return sessions.toReversed().toSorted((a, b) => Math.sign(b.findings) - Math.sign(a.findings));
}

/** Of this run. */
export function sessionCount(outcomes: ReportFile["outcomes"]): number {
  return Object.values(outcomes).reduce((sum, count) => sum + count, 0);
}

/** Also those of an earlier run, which is believed. */
export function allSessions({ outcomes, earlier }: Pick<ReportFile, "outcomes" | "earlier">): number {
  return sessionCount(outcomes) + (earlier?.sessions ?? 0);
}
