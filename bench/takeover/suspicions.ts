import { setTimeout as sleep } from "node:timers/promises";

import { say } from "../restart/progress.ts";
import { Burners } from "./burners.ts";
import { countOf } from "./member-events.ts";
import type { Options } from "./options.ts";
import { TakeoverStage, type Faults } from "./stage.ts";
import type { TrafficResult } from "./traffic.ts";

const SECOND_MS = 1_000;
const TELL_EVERY_MS = 10_000;

/** What happens in a group of which nobody dies, on a machine that has too much to do. */
export interface Suspicions {
  readonly seconds: number;
  readonly burners: number;
  /** A primary was taken for dead; all of them live. */
  readonly suspicions: number;
  /** … and has become a standby. The others were heard again before the authority was asked, or had to hold back. */
  readonly takeovers: number;
  readonly traffic: TrafficResult;
  readonly faults: Faults;
}

export async function measureSuspicions(options: Options): Promise<Suspicions> {
  const { seconds, burners: count } = options;
  const stage = await TakeoverStage.open(options, "beta");
  try {
    const traffic = stage.startTraffic("suspicions", options.atOnce);
    const burners = new Burners(count);
    const { members } = stage;
    const before = { suspicions: countOf(members, "suspicion"), takeovers: countOf(members, "stood-down") };
    const startedAt = performance.now();
    try {
      for (let left = seconds * SECOND_MS; left > 0; left = seconds * SECOND_MS - (performance.now() - startedAt)) {
        await sleep(Math.min(left, TELL_EVERY_MS));
        const suspicions = countOf(members, "suspicion") - before.suspicions;
        say(
          `  ${Math.max(0, Math.ceil(left / SECOND_MS))} s left, ${suspicions} suspicions, ${traffic.outcomes} transfers`,
        );
      }
    } finally {
      burners.stop();
    }
    const suspicions = countOf(members, "suspicion") - before.suspicions;
    const result = await traffic.stop();
    const takeovers = countOf(members, "stood-down") - before.takeovers;
    return { seconds, burners: count, suspicions, takeovers, traffic: result, faults: await stage.faults(result) };
  } finally {
    await stage.close();
  }
}
