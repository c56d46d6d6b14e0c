import { Worker } from "node:worker_threads";
import { BucketCheck, type CheckedBucket, type Grounds, type Registry } from "./bucket-check.ts";
import type { Bucket } from "./spool.ts";

/** What a thread asks of the registry, and is answered with under the same number. */
export type Question =
  | { readonly kind: "heads"; readonly of: Parameters<Registry["headsOf"]> }
  | { readonly kind: "timestamp"; readonly of: Parameters<Registry["timestampOf"]> };

export type ToThread =
  | { readonly type: "check"; readonly bucket: Bucket }
  | { readonly type: "answer"; readonly number: number; readonly answer: unknown };
export type FromThread =
  | { readonly type: "ask"; readonly number: number; readonly question: Question }
  | { readonly type: "checked"; readonly checked: CheckedBucket };

/** Megabytes of young objects in each thread: a bucket's events live no longer than its check. */
const YOUNG_GENERATION_MB = 8;

/**
 * Checks buckets in several threads, of which this one is one, each with the next bucket as soon as it has done one. The registry is asked
 * by this thread alone. Rejects with what ends a thread, which is a defect: whatever is wrong with a log is a finding.
 */
export async function checkInThreads(
  threads: number,
  grounds: Grounds,
  registry: Registry,
  buckets: readonly Bucket[],
  onChecked: (checked: CheckedBucket) => void,
): Promise<void> {
  const waiting = buckets.values();
  const others = Array.from({ length: Math.min(threads, buckets.length) - 1 }, () => new Thread(grounds, registry));
  const lanes = [new BucketCheck(grounds, registry), ...others];
  try {
    await Promise.all(
      lanes.map(async (lane) => {
        for (const bucket of waiting) onChecked(await lane.check(bucket));
      }),
    );
  } finally {
    await Promise.all(others.map((thread) => thread.end()));
  }
}

class Thread {
  readonly #worker: Worker;
  readonly #registry: Registry;
  #current = Promise.withResolvers<CheckedBucket>();

  constructor(grounds: Grounds, registry: Registry) {
    this.#registry = registry;
    // Compiled, this file has another ending, and so has its neighbour.
    const ending = import.meta.url.slice(import.meta.url.lastIndexOf("."));
    this.#worker = new Worker(new URL(`./session-thread${ending}`, import.meta.url), {
      workerData: grounds,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.#worker.on("message", (message: FromThread) => {
      if (message.type === "checked") this.#current.resolve(message.checked);
      else this.#answer(message).catch((error: unknown) => this.#current.reject(error));
    });
    this.#worker.on("error", (error) => this.#current.reject(error));
  }

  check(bucket: Bucket): Promise<CheckedBucket> {
    this.#current = Promise.withResolvers();
    this.#send({ type: "check", bucket });
    return this.#current.promise;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  async #answer({ number, question }: Extract<FromThread, { type: "ask" }>): Promise<void> {
    const answer =
      question.kind === "heads"
        ? await this.#registry.headsOf(...question.of)
        : await this.#registry.timestampOf(...question.of);
    this.#send({ type: "answer", number, answer });
  }

  #send(message: ToThread): void {
    this.#worker.postMessage(message);
  }
}
