import { say } from "./progress.ts";
import type { RestartTimes, Subject } from "./subject.ts";

const MS_PER_MINUTE = 60_000;
/** Of one of them; more, and nothing is worth measuring. */
const MOST_FAILURES = 3;

/** Something that is restarted, and what each restart took. */
export interface Measured {
  readonly name: string;
  readonly subject: Subject;
  readonly samples: RestartTimes[];
  /** Why a restart did not come to its first step. */
  readonly failures: string[];
}

export function measured(name: string, subject: Subject): Measured {
  return { name, subject, samples: [], failures: [] };
}

/**
 * Restarts all of them by turns, `restarts` times each: what else the machine does hits them alike. Each round begins with
 * another one, so that none always has the same one before it. One round that does not count comes first.
 */
export async function runRounds(all: readonly Measured[], restarts: number): Promise<void> {
  for (const { name, subject } of all) say(`  warm-up, ${name}: ${firstStep(await subject.restart())}`);
  const startedAt = performance.now();
  for (let round = 0; round < restarts; round += 1) {
    const took = new Map<Measured, string>();
    for (let turn = 0; turn < all.length; turn += 1) {
      const each = all[(round + turn) % all.length];
      if (each === undefined) continue;
      took.set(each, await restart(each));
    }
    const left = ((performance.now() - startedAt) / (round + 1)) * (restarts - round - 1);
    const steps = all.map((each) => took.get(each)).join(", ");
    say(`  restart ${round + 1} of ${restarts}: ${steps}; ${Math.ceil(left / MS_PER_MINUTE)} min left`);
  }
}

/** A failure counts in the end, and does not cost the measurements of the others. */
async function restart({ name, subject, samples, failures }: Measured): Promise<string> {
  try {
    const times = await subject.restart();
    samples.push(times);
    return firstStep(times);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    failures.push(why);
    say(`  FAILED, ${name}: ${why}`);
    if (failures.length > MOST_FAILURES) throw error;
    return "failed";
  }
}

function firstStep(times: RestartTimes): string {
  return `${Math.round(times.firstStep)} ms`;
}
