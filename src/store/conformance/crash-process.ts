import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { lineSchema, type Line, type Task } from "./crash-lines.ts";

const PROGRAM = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "crash-writer.ts" : "crash-writer.js", import.meta.url),
);
/** A writer that says nothing for so long hangs. */
const SILENCE_MS = 60_000;
const STDERR_TAIL = 2_000;
/** What a shell is told; the argument behind it is the limit, and the rest the program. */
const LIMITED = 'ulimit -S -f "$0"; exec "$@"';

/** A writer, in a process of its own that ends with this one. */
export class CrashProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #onLine: (line: Line) => void = () => undefined;
  #stderr = "";
  #isReady = false;
  #code: number | null = null;

  /**
   * @param module The driver's.
   * @param options.fileBlocks No file may grow beyond so many blocks, as on a full disk: of 512 or 1,024 bytes, as the shell has it.
   */
  constructor(module: string, { fileBlocks }: { readonly fileBlocks?: number } = {}) {
    const program = [process.execPath, "--disable-warning=ExperimentalWarning", PROGRAM];
    const [command = "", ...rest] =
      fileBlocks === undefined ? program : ["sh", "-c", LIMITED, String(fileBlocks), ...program];
    this.#child = spawn(command, rest, { stdio: ["pipe", "pipe", "pipe"] });
    const { stdout, stdin, stderr } = this.#child;
    if (stdout === null || stdin === null || stderr === null) throw new Error("a process without pipes");
    stdin.on("error", () => undefined); // Of a writer that is gone: its end says more.
    stdin.write(`${JSON.stringify(module)}\n`);
    stderr.on("data", (chunk: Buffer) => (this.#stderr = (this.#stderr + chunk.toString()).slice(-STDERR_TAIL)));
    createInterface({ input: stdout }).on("line", (text) => {
      const line = lineSchema.parse(JSON.parse(text));
      if (line.said === "ready") this.#isReady = true;
      this.#onLine(line);
    });
    this.#gone = once(this.#child, "close").then(([code]) => {
      this.#code = code as number | null;
    });
  }

  /** Tells `onLine` of what it says; resolves when it has said something that `isAwaited`, rejects if it is gone before. */
  async work(task: Task, onLine: (line: Line) => void, isAwaited: (line: Line) => boolean): Promise<void> {
    await this.#until(
      (line) => line.said === "ready",
      () => undefined,
      this.#isReady,
    );
    const awaited = this.#until(isAwaited, onLine, false);
    this.#child.stdin?.write(`${JSON.stringify(task)}\n`);
    await awaited;
  }

  /** Tells of what it says from now on; resolves and rejects as `work` does. */
  listen(onLine: (line: Line) => void, isAwaited: (line: Line) => boolean): Promise<void> {
    return this.#until(isAwaited, onLine, false);
  }

  /** Takes the limit of `fileBlocks` away; false where this machine cannot. */
  lift(): boolean {
    const { error, status } = spawnSync("prlimit", ["--pid", String(this.#child.pid), "--fsize=unlimited"]);
    return error === undefined && status === 0;
  }

  /** SIGKILL. Resolves when it is gone and all that it said has been told. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#gone;
  }

  /** Resolves when it has ended by itself. */
  async end(): Promise<void> {
    await this.#inTime(this.#gone);
    if (this.#code !== 0) throw this.#died();
  }

  async #until(isAwaited: (line: Line) => boolean, onLine: (line: Line) => void, isSaid: boolean): Promise<void> {
    if (isSaid) return;
    const awaited = new Promise<void>((resolve) => {
      this.#onLine = (line) => {
        onLine(line);
        if (isAwaited(line)) resolve();
      };
    });
    const died = this.#gone.then(() => Promise.reject(this.#died()));
    await this.#inTime(Promise.race([awaited, died]));
  }

  async #inTime(work: Promise<void>): Promise<void> {
    const stop = new AbortController();
    const silence = new Promise<never>((_resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the writer has hung for ${SILENCE_MS} ms`)), SILENCE_MS);
      stop.signal.addEventListener("abort", () => clearTimeout(timer));
    });
    try {
      await Promise.race([work, silence]);
    } finally {
      stop.abort();
    }
  }

  #died(): Error {
    return new Error(`the writer ended with ${String(this.#code)}: ${this.#stderr}`);
  }
}
