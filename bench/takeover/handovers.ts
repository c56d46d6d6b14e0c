import { setTimeout as sleep } from "node:timers/promises";

import { groupStateSchema } from "../../src/client/node-answers.ts";
import { HttpClient } from "../../src/client/http-client.ts";
import { until } from "../../test/support/until.ts";
import { Progress } from "../restart/progress.ts";
import type { Options } from "./options.ts";
import { TakeoverStage, type Faults } from "./stage.ts";
import type { TrafficResult } from "./traffic.ts";

/** Between two handovers, at most: none of them finds the traffic as the one before. */
const MOST_PAUSE_MS = 2_000;
const HANDOVER_LIMIT_MS = 60_000;

export interface Handovers {
  /** Milliseconds from the order to its answer: the other member is at work. */
  readonly handovers: readonly number[];
  /** Of the same transfers, before the first handover. */
  readonly undisturbed: readonly number[];
  readonly traffic: TrafficResult;
  readonly faults: Faults;
}

/** The group is the origin: the clients are its own. */
export async function measureHandovers(options: Options): Promise<Handovers> {
  const stage = await TakeoverStage.open(options, "alpha");
  try {
    const before = stage.startTraffic("undisturbed", options.atOnce);
    await until("transfers", () => before.outcomes >= options.atOnce, HANDOVER_LIMIT_MS);
    const undisturbed = await before.stop();
    const traffic = stage.startTraffic("handovers", options.atOnce);
    const handovers: number[] = [];
    const progress = new Progress("handovers", options.handovers);
    while (handovers.length < options.handovers) {
      await sleep(Math.random() * MOST_PAUSE_MS);
      handovers.push(await handOver(stage));
      progress.add(1, () => `, ${traffic.outcomes} transfers`);
    }
    const result = await traffic.stop();
    const both = { ...result, outcomes: sum(undisturbed.outcomes, result.outcomes) };
    return { handovers, undisturbed: undisturbed.latencies, traffic: both, faults: await stage.faults(both) };
  } finally {
    await stage.close();
  }
}

async function handOver(stage: TakeoverStage): Promise<number> {
  const place = await stage.settled();
  const baseUrl = stage.group.member(place).url;
  const primary = new HttpClient({ baseUrl, timeoutMs: HANDOVER_LIMIT_MS, maxAttempts: 1 });
  const before = performance.now();
  await primary.post("/node/handover", {}, groupStateSchema);
  return performance.now() - before;
}

function sum(one: TrafficResult["outcomes"], other: TrafficResult["outcomes"]): TrafficResult["outcomes"] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}
