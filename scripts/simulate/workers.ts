import { parentPort, Worker } from "node:worker_threads";

import { Tally } from "../../test/simulator/faults.ts";
import { describeFailure } from "../../test/simulator/report.ts";
import { Simulation } from "../../test/simulator/simulation.ts";
import type { PortionResult, Progress } from "./progress.ts";

interface Portion {
  readonly portion: number;
  readonly first: number;
  readonly count: number;
}

/** Runs all that is to do, here or in as many threads. Rejects if a thread breaks: that is a defect of the simulator. */
export async function runPortions(progress: Progress, workers: number): Promise<void> {
  if (workers === 1) {
    for (let portion = progress.take(); portion; portion = progress.take())
      await progress.add(await runPortion(portion));
    return;
  }
  await Promise.all(Array.from({ length: workers }, () => runInThread(progress)));
}

function runInThread(progress: Progress): Promise<void> {
  const worker = new Worker(new URL("../simulate.ts", import.meta.url));
  return new Promise<void>((resolve, reject) => {
    const goOn = (): void => {
      const portion = progress.take();
      if (portion) worker.postMessage(portion);
      else worker.terminate().then(() => resolve(), reject);
    };
    worker.on("message", (result: PortionResult) => {
      progress.add(result).then(goOn, reject);
    });
    worker.once("error", reject);
    goOn();
  });
}

/** In a thread: runs what comes, one portion after the other. */
export function servePortions(): void {
  const port = parentPort;
  port?.on("message", (portion: Portion) => {
    runPortion(portion).then(
      (result) => port.postMessage(result),
      // What is not caught ends the thread, and with it the run.
      (error: unknown) => setImmediate(() => rethrow(error)),
    );
  });
}

function rethrow(error: unknown): never {
  throw error;
}

async function runPortion({ portion, first, count }: Portion): Promise<PortionResult> {
  const tally = new Tally();
  const failures: { readonly seed: number; readonly text: string }[] = [];
  let sessions = 0;
  for (let seed = first; seed < first + count; seed++) {
    const result = await new Simulation(seed, tally).run();
    sessions += result.sessions;
    if (result.violations.length > 0) failures.push({ seed, text: describeFailure(result) });
  }
  return { portion, seeds: count, sessions, counts: tally.entries(), failures };
}
