import { Worker } from "node:worker_threads";
import { BucketCheck, type CheckedBucket, type Grounds, type Registry } from "./bucket-check.ts";
import type { Bucket } from "./spool.ts";

/** What a thread asks of the registry, and is answered with under the same number. */
export type Question =
  | { readonly kind: "heads"; readonly of: Parameters<Registry["headsOf"]> }
  | { readonly kind: "timestamp"; readonly of: Parameters<Registry["timestampOf"]> };

/** `grounds` come before the first bucket. */
export type ToThread =
  | { readonly type: "grounds"; readonly grounds: Grounds }
  | { readonly type: "check"; readonly bucket: Bucket }
  | { readonly type: "answer"; readonly number: number; readonly answer: unknown };
export type FromThread =
  | { readonly type: "ready" }
  | { readonly type: "ask"; readonly number: number; readonly question: Question }
  | { readonly type: "checked"; readonly checked: CheckedBucket };

/** Megabytes of young objects in each thread: a bucket's events live no longer than its check. */
const YOUNG_GENERATION_MB = 8;

/** Threads that check sessions beside this one, which alone asks the registry. */
export class SessionThreads {
  readonly #count: number;
  readonly #registry: Registry;
  readonly #threads: Thread[] = [];

  /** @param count Threads beside this one. */
  constructor(count: number, registry: Registry) {
    this.#count = count;
    this.#registry = registry;
  }

  /** Begins what takes a thread a third of a second before it can check anything. */
  start(): readonly Thread[] {
    // One by one: those that are there end with the rest if one cannot be had.
    while (this.#threads.length < this.#count) this.#threads.push(new Thread(this.#registry));
    return this.#threads;
  }

  /**
   * Checks buckets in these threads and in this one, each with the next bucket as soon as it has done one. Rejects with what ends a
   * thread, which is a defect: whatever is wrong with a log is a finding. By then none is at work any more.
   */
  async check(
    grounds: Grounds,
    buckets: readonly Bucket[],
    onChecked: (checked: CheckedBucket) => void,
  ): Promise<void> {
    const waiting = [...buckets].reverse();
    const others = this.start();
    for (const thread of others) thread.restOn(grounds);
    const lanes = [new BucketCheck(grounds, this.#registry), ...others].map(async (lane) => {
      try {
        for (let bucket = waiting.pop(); bucket !== undefined; bucket = waiting.pop())
          onChecked(await lane.check(bucket));
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    });
    await Promise.allSettled(lanes);
    await Promise.all(lanes);
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
    this.#threads.length = 0;
  }
}

class Thread {
  readonly #worker: Worker;
  readonly #registry: Registry;
  /** It has loaded what it needs, or has ended. */
  readonly #ready = Promise.withResolvers<undefined>();
  #current: PromiseWithResolvers<CheckedBucket> | undefined;
  /** What ended it. */
  #failure: Error | undefined;

  constructor(registry: Registry) {
    this.#registry = registry;
    // Compiled, this file has another ending, and so has its neighbour.
    const ending = import.meta.url.slice(import.meta.url.lastIndexOf("."));
    this.#worker = new Worker(new URL(`./session-thread${ending}`, import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.#worker.on("message", (message: FromThread) => {
      if (message.type === "ready") this.#ready.resolve(undefined);
      else if (message.type === "checked") this.#current?.resolve(message.checked);
      else this.#answer(message).catch((error: unknown) => this.#current?.reject(error));
    });
    this.#worker.on("error", (error: Error) => {
      this.#failure = error;
      this.#ready.resolve(undefined);
      this.#current?.reject(error);
    });
  }

  restOn(grounds: Grounds): void {
    this.#send({ type: "grounds", grounds });
  }

  check(bucket: Bucket): Promise<CheckedBucket> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#current = Promise.withResolvers();
    this.#send({ type: "check", bucket });
    return this.#current.promise;
  }

  /** When it has done what it does: a thread that is ended within the native library takes the process with it. */
  async end(): Promise<void> {
    await this.#ready.promise;
    await this.#current?.promise.catch(() => undefined);
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
