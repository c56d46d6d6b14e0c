import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

import { startChild, type Child } from "../../src/cli/processes.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
/** Until a gateway must have done what is waited for, on a machine that is busy with other things. */
const LIMIT_MS = 300_000;
/** Characters of its last line that an error repeats. */
const MOST_WORDS = 1_000;

/** A line of the gateway's log, with what of it matters here. */
const lineSchema = z.looseObject({
  msg: z.string(),
  event: z.string().optional(),
  session: z.string().nullish(),
  mark: z.string().optional(),
  index: z.number().optional(),
});
type LogLine = z.infer<typeof lineSchema>;

/** A line, and when it came. */
export interface Said extends LogLine {
  /** Milliseconds since the process was spawned. */
  readonly at: number;
}

interface Waiter {
  readonly isIt: (line: LogLine) => boolean;
  readonly resolve: (said: Said) => void;
  readonly reject: (error: Error) => void;
}

/** `gatelog gateway start`, and what it says on standard error. */
export class GatewayProcess {
  readonly #startedAt = performance.now();
  readonly #child: Child;
  readonly #logFile: string;
  readonly #waiters = new Set<Waiter>();
  readonly #lines: Said[] = [];
  #lastWords = "nothing";
  #failure: Error | undefined;
  readonly #onExit = (): void => this.#child.kill("SIGKILL");

  constructor(name: string, configFile: string, dir: string) {
    this.#logFile = join(dir, `${name}.log`);
    this.#child = startChild({
      name,
      command: process.execPath,
      args: ["--disable-warning=ExperimentalWarning", MAIN, "gateway", "start", "--config", configFile],
      logFile: this.#logFile,
      onLine: (line) => this.#read(line),
    });
    process.once("exit", this.#onExit); // A run that is broken off leaves no gateway behind.
    this.#child.exited.then(
      () => {
        process.removeListener("exit", this.#onExit);
        this.#fail(`${name} has ended`);
      },
      () => undefined,
    );
  }

  /** The first line that it is; at once if it was said before. Rejects if the process ends, or takes too long. */
  async said(isIt: (line: LogLine) => boolean): Promise<Said> {
    const before = this.#lines.find(isIt);
    if (before !== undefined) return before;
    if (this.#failure !== undefined) throw this.#failure;
    const timer = setTimeout(() => this.#fail(`not within ${LIMIT_MS} ms`), LIMIT_MS);
    try {
      return await new Promise((resolve, reject) => this.#waiters.add({ isIt, resolve, reject }));
    } finally {
      clearTimeout(timer);
    }
  }

  /** SIGKILL; resolves once the process is gone. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  #read(text: string): void {
    if (text.trim() !== "") this.#lastWords = text.slice(0, MOST_WORDS);
    if (!text.startsWith("{")) return;
    const line = { ...lineSchema.parse(JSON.parse(text)), at: performance.now() - this.#startedAt };
    this.#lines.push(line);
    // Nothing here gives a gateway a reason for one.
    if (line.event === "alarm") this.#fail(`alarm: ${text}`);
    for (const waiter of this.#waiters)
      if (waiter.isIt(line)) {
        this.#waiters.delete(waiter);
        waiter.resolve(line);
      }
  }

  #fail(why: string): void {
    this.#failure ??= new Error(`${why}; it said last: ${this.#lastWords}; see ${this.#logFile}`);
    for (const { reject } of this.#waiters) reject(this.#failure);
    this.#waiters.clear();
  }
}
