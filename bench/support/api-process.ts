import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import nodeOptions from "../../bin/node-options.json" with { type: "json" };
import { startChild, untilReady, type Child } from "../../src/cli/processes.ts";

const MIB = 1_024;
/** A line of a service's own log, or the first line of one of the two programs beside this file. */
const URL_SAID = /"url":"(http:[^"]+)"/;

/** A service in a process of its own, as `gatelog` would start it, and what it needs of memory. */
export class ApiProcess {
  readonly url: string;
  readonly #child: Child;
  /** A run that is broken off leaves no service behind. */
  readonly #onExit = (): void => this.#child.kill("SIGKILL");

  private constructor(child: Child, url: string) {
    this.#child = child;
    this.url = url;
    process.once("exit", this.#onExit);
  }

  /** Resolves when it listens. What it says goes to a file: it must not wait for this process to read it. */
  static async start(name: string, script: URL, args: readonly string[], dir: string): Promise<ApiProcess> {
    const logFile = join(dir, `${name}.log`);
    const child = startChild({
      ...{ name, logFile, command: process.execPath },
      args: [...nodeOptions, fileURLToPath(script), ...args],
    });
    let url: string | undefined;
    await untilReady(child, logFile, () => {
      url = URL_SAID.exec(readFileSync(logFile, "utf8"))?.[1];
      return url === undefined ? Promise.reject(new Error("it does not listen yet")) : Promise.resolve();
    });
    return new ApiProcess(child, url ?? "");
  }

  /** Megabytes that it has at most had in memory; undefined where the system does not tell. */
  peakMemoryMib(): number | undefined {
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
      const kib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
      return kib === undefined ? undefined : Number(kib) / MIB;
    } catch {
      return undefined; // no Linux
    }
  }

  stop(): Promise<void> {
    process.off("exit", this.#onExit);
    return this.#child.stop();
  }
}
