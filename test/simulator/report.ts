import { AIMS, OUT_OF_REACH, type Aim } from "./aims.ts";
import { FAULTS, pointKey, type Fault, type Register, type Tally } from "./faults.ts";
import { describeViolation } from "./violation.ts";
import type { RunResult } from "./simulation.ts";

/** From so many seeds on every fault and every point must have happened. */
export const TABLE_SEEDS = 2_000;
/** Lines of a trace that are shown with a failure. */
const TAIL_LINES = 80;
const MOMENTS = ["before", "queued", "pending", "unanswered", "after"] as const;
const NAME_WIDTH = 24;
const STEP_WIDTH = 56;
const COUNT_WIDTH = 11;

/** Faults and points that have never happened. */
export function missing(tally: Tally): string[] {
  const faults = Object.keys(FAULTS).filter((fault) => tally.of(fault) === 0);
  const points = AIMS.map((aim) => pointKey(aim.register, aim.role, aim.point)).filter((key) => tally.of(key) === 0);
  return [...faults, ...points];
}

/** How often each fault happened, and how often a gateway died at each point. */
export function tableOf(tally: Tally): string {
  const faults = (Object.entries(FAULTS) as [Fault, string][]).map(
    ([fault, what]) => `${fault.padEnd(NAME_WIDTH)}${count(tally.of(fault))}  ${what}`,
  );
  const points = (["log", "destination"] as const).flatMap((register) =>
    (["origin", "destination"] as const).flatMap((role) => pointRows(tally, register, role)),
  );
  const exempt = OUT_OF_REACH.map(([word, reason]) => `not counted: ${word}: ${reason}`);
  return ["fault".padEnd(NAME_WIDTH) + "times".padStart(COUNT_WIDTH), ...faults, ...points, "", ...exempt].join("\n");
}

function pointRows(tally: Tally, register: Register, role: Aim["role"]): string[] {
  const aims = AIMS.filter((aim) => aim.register === register && aim.role === role);
  const steps = [...new Set(aims.map(({ point }) => point.split("/")[0] ?? ""))];
  const title = `died as ${role}, the register is the ${register}${register === "log" ? "" : "'s escrow"}`;
  return [
    "",
    `${title.padEnd(STEP_WIDTH)}${MOMENTS.map((moment) => moment.padStart(COUNT_WIDTH)).join("")}`,
    ...steps.map((step) => {
      const cells = MOMENTS.map((moment) => {
        const isPoint = aims.some(({ point }) => point === `${step}/${moment}`);
        return isPoint ? count(tally.of(pointKey(register, role, `${step}/${moment}`))) : "".padStart(COUNT_WIDTH);
      });
      return `${step.padEnd(STEP_WIDTH)}${cells.join("")}`;
    }),
  ];
}

function count(times: number): string {
  return String(times).padStart(COUNT_WIDTH);
}

/** What a run that failed has to say: what broke, what happened before, and how to see it again. */
export function describeFailure({ seed, violations, trace }: RunResult): string {
  const hidden = Math.max(0, trace.lines.length - TAIL_LINES);
  return [
    `seed ${seed} breaks:`,
    ...violations.map((violation) => `  ${describeViolation(violation)}`),
    ...(hidden > 0 ? [`  … ${hidden} lines before`] : []),
    ...trace.lines.slice(-TAIL_LINES),
    `to see all of it: npm run simulate -- --seed ${seed} --trace`,
  ].join("\n");
}
