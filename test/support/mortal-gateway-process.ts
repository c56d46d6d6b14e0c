import { spawn, type ChildProcess } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Command, Orders, Report } from "./mortal-gateway-control.ts";

const MAIN = fileURLToPath(new URL("mortal-gateway.ts", import.meta.url));
/** Node keeps what it made of the sources there: most of a start's time. */
const COMPILE_CACHE = fileURLToPath(new URL("../../.cache/node-compile", import.meta.url));
const LIMIT_MS = 30_000;
const TAIL_LINES = 5;

export type Stop = Extract<Report, { type: "at" }>;
type Freeze = Extract<Report, { type: "freeze" }>;

export interface MortalListener {
  /** The process stands at an armed point; `go` lets it go on. */
  at(stop: Stop): void;
  /** The process is about to send what must stay unmined; `go` once the chain mines no more. */
  freeze(freeze: Freeze): void;
  /** The process has logged that this has happened. */
  event(name: string): void;
}

export interface StartOptions extends Orders {
  readonly kind: "gateway" | "api";
  readonly config: string;
  /** Standard output and error are appended. */
  readonly logFile: string;
}

/** A gateway or log API as a process of its own, which dies when and where the test says. */
export class MortalProcess {
  /** Resolves when the process has ended, whatever ended it. */
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;
  readonly #loaded: Promise<void>;
  readonly #tail: string[] = [];
  #logFile: string | undefined;
  #listener: MortalListener | undefined;
  #onReady: (() => void) | undefined;
  #onObeyed: (() => void) | undefined;
  #isOver = false;
  #isKilled = false;

  /** Loads the program; nothing is started. */
  constructor() {
    const args = ["--disable-warning=ExperimentalWarning", MAIN];
    const env = { ...environment(), NODE_COMPILE_CACHE: COMPILE_CACHE };
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe", "ipc"], env });
    this.#child = child;
    this.exited = new Promise((resolve) =>
      child.once("close", () => {
        this.#isOver = true;
        resolve();
      }),
    );
    this.#loaded = new Promise((resolve) => child.on("message", (report: Report) => this.#hear(report, resolve)));
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on("line", (line) => this.#read(line));
    child.on("error", () => undefined);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves once it takes requests, or is killed by the test before it does. */
  async start(options: StartOptions, listener: MortalListener): Promise<void> {
    const { logFile, ...order } = options;
    this.#logFile = logFile;
    this.#listener = listener;
    const ready = new Promise<void>((resolve) => (this.#onReady = resolve));
    await this.#inTime("load", this.#loaded);
    this.#send({ type: "start", ...order });
    await this.#inTime("be ready", ready);
  }

  /** Resolves once they are in force. */
  async obey(orders: Orders, listener: MortalListener): Promise<void> {
    this.#listener = listener;
    const obeyed = new Promise<void>((resolve) => (this.#onObeyed = resolve));
    this.#send({ type: "orders", ...orders });
    await this.#inTime("obey", obeyed);
  }

  go(id: number): void {
    this.#send({ type: "go", id });
  }

  signal(name: "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGTERM"): void {
    this.#child.kill(name);
  }

  async kill(): Promise<void> {
    this.#isKilled = true;
    this.signal("SIGKILL");
    await this.exited;
  }

  #send(command: Command): void {
    // Whoever is gone meanwhile hears nothing, and its end is told by `exited`.
    if (this.#child.connected) this.#child.send(command, () => undefined);
  }

  #hear(report: Report, loaded: () => void): void {
    if (report.type === "loaded") loaded();
    else if (report.type === "obeyed") this.#onObeyed?.();
    else if (report.type === "at") this.#listener?.at(report);
    else this.#listener?.freeze(report);
  }

  #read(line: string): void {
    this.#tail.push(line);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
    if (this.#logFile !== undefined) appendFileSync(this.#logFile, `${line}\n`);
    const event = /"event":"([a-z-]+)"/.exec(line)?.[1];
    if (event !== undefined) this.#listener?.event(event);
    // The gateway listens before it has gone through its sessions; the log API has none.
    if (/"msg":"(ready|listening)"/.test(line)) this.#onReady?.();
  }

  async #inTime(what: string, promise: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const failure = (why: string) => new Error(`process ${this.pid} did not ${what}: ${why}\n${this.#tail.join("\n")}`);
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(failure(`${LIMIT_MS} ms`)), LIMIT_MS);
    });
    const ended = this.exited.then(() => {
      if (!this.#isKilled) throw failure("it ended");
    });
    try {
      await Promise.race([promise, late, ended]);
    } finally {
      clearTimeout(timer);
      ended.catch(() => undefined);
    }
  }
}

/** The caller's own settings of the command line do not reach the process. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GATELOG_")));
}
