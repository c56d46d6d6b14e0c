import { isBesideOrder, markOf, type Mark } from "../../src/protocol/marks.ts";
import { ROLES } from "./session-logs.ts";
import type { CrashStage } from "./stage.ts";
import type { Standing } from "./staged-group.ts";

/** What befell a group in the course of a case. */
export interface GroupHistory {
  readonly before: Standing;
  readonly after: Standing;
  /** Primaries that were killed. */
  readonly deaths: number;
  /** Starts of the peer's process, and how many of them the flow asked for. */
  readonly peer: { readonly starts: number; readonly asked: number };
}

/** Takeovers of a primary that lived: wrong suspicions cost an epoch and nothing else. */
export function needlessTakeovers({ before, after, deaths }: GroupHistory): number {
  return after.epoch - before.epoch - deaths;
}

/** What must hold of a group whose primary has died. */
export async function groupFaults(stage: CrashStage, sessionId: string, history: GroupHistory): Promise<string[]> {
  const { before, after, deaths, peer } = history;
  const epochs = after.epoch - before.epoch;
  const takeovers = after.recoveryCount - before.recoveryCount;
  return [
    ...(deaths > 0 ? [] : ["no primary has died"]),
    ...(epochs >= deaths ? [] : [`${deaths} deaths, and ${epochs} new epochs`]),
    ...(takeovers === epochs ? [] : [`${epochs} new epochs, and ${takeovers} takeovers`]),
    ...(after.outbound === 0 ? [] : [`standbys would have let out ${after.outbound}`]),
    ...(peer.starts === peer.asked ? [] : [`the peer was started ${peer.starts} times, and not ${peer.asked}`]),
    ...(await epochFaults(stage, sessionId, history)),
    ...(await doubledSteps(stage, sessionId)),
  ];
}

/** The group's log is written by one epoch after the other, and by none that was not the group's in the meantime. */
async function epochFaults(stage: CrashStage, sessionId: string, { before, after }: GroupHistory): Promise<string[]> {
  if (!stage.group) return [];
  const entries = await stage.logs.read(sessionId, stage.group.plan.role);
  const epochs = entries.map(({ epoch }) => epoch);
  const isAscending = epochs.every((epoch, place) => epoch >= (epochs[place - 1] ?? before.epoch));
  return isAscending && (epochs.at(-1) ?? 0) <= after.epoch
    ? []
    : [`epochs ${epochs.join(" ")} in the group's log, from ${before.epoch} to ${after.epoch}`];
}

/** The order of a log has no way back to where it was: what stands there twice was done twice. */
async function doubledSteps(stage: CrashStage, sessionId: string): Promise<string[]> {
  const faults: string[] = [];
  for (const role of ROLES) {
    const seen = new Set<Mark>();
    for (const mark of (await stage.logs.read(sessionId, role)).map(markOf)) {
      if (!isBesideOrder(mark) && seen.has(mark)) faults.push(`${mark} twice in the log of the ${role}`);
      seen.add(mark);
    }
  }
  return faults;
}
