import type { Plan, PlannedCrash, PlannedTransfer } from "./plan.ts";
import { START } from "./sim-clock.ts";
import { describeTakeover } from "./takeover-plan.ts";

const MS_PER_SECOND = 1_000;

/** What a seed has chosen before the run, for people to read. */
export function describePlan(plan: Plan): string {
  const { transfers, crashes, spells, likelihood, timing, skewMs, finalityMs, strangers, calmFrom } = plan;
  const happily = Object.entries(strangers).flatMap(([act, does]) => (does ? [act] : []));
  return [
    plan.register === "log"
      ? "one log, which is the register"
      : "private logs; the destination's escrow is the register",
    ...transfers.map(describeTransfer),
    `deadline after ${seconds(timing.deadline)}, lock margin ${seconds(timing.lockMargin)}, cancel grace ${seconds(timing.cancelGrace)}`,
    `clocks ${seconds(skewMs.alpha)} and ${seconds(skewMs.beta)} ahead; final after ${seconds(finalityMs.log)} (log), ${seconds(finalityMs.alpha)} (alpha), ${seconds(finalityMs.beta)} (beta)`,
    ...crashes.map(describeCrash),
    ...plan.takeovers.map(describeTakeover),
    ...spells.map(({ fault, place, from, until, lagMs }) => {
      const lag = lagMs > 0 ? `, ${seconds(lagMs)} behind` : "";
      return `${fault} at ${place} from ${seconds(from - START)} to ${seconds(until - START)}${lag}`;
    }),
    ...[...likelihood].map(([fault, probability]) => `${fault} with probability ${probability}`),
    ...(plan.reorgEveryMs > 0 ? [`a reorganization every ${seconds(plan.reorgEveryMs)}`] : []),
    ...(happily.length > 0 ? [`others: ${happily.join(", ")}`] : []),
    `calm from ${seconds(calmFrom - START)} on`,
  ].join("\n");
}

function describeTransfer({ key, from, at, asset, cancel }: PlannedTransfer): string {
  const end = cancel ? `, to be cancelled by its ${cancel.by} at ${seconds(cancel.at)}` : "";
  return `${key}: ${asset} from ${from} at ${seconds(at)}${end}`;
}

function describeCrash({ name, trigger, downMs }: PlannedCrash): string {
  const where =
    trigger.kind === "point"
      ? `as ${trigger.role} at ${trigger.point}`
      : trigger.kind === "call"
        ? `at call ${trigger.nth}`
        : `at ${seconds(trigger.at)}`;
  return `${name ?? "whoever is there"} dies ${where}, for ${seconds(downMs)}`;
}

function seconds(ms: number): string {
  return `${ms / MS_PER_SECOND} s`;
}
