import { spawn, type ChildProcess } from "node:child_process";

/** Processes that do nothing but keep a processor busy; they end with this one. */
export class Burners {
  readonly #processes: readonly ChildProcess[];
  readonly #onExit = (): void => {
    for (const child of this.#processes) child.kill("SIGKILL");
  };

  constructor(count: number) {
    this.#processes = Array.from({ length: count }, () =>
      spawn(process.execPath, ["--eval", "for (;;);"], { stdio: "ignore" }),
    );
    process.once("exit", this.#onExit);
  }

  stop(): void {
    process.removeListener("exit", this.#onExit);
    this.#onExit();
  }
}
