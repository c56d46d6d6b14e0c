import { randomInt } from "node:crypto";
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { GatelogError } from "../entry/errors.ts";

const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;
const POLL_MS = 25;

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Standard output and error go there, appended. */
  readonly logFile: string;
  /** Goes on when this process ends. */
  readonly detached?: boolean;
  /** Lines of standard error as they come, beside the file. */
  readonly onLine?: (line: string) => void;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Resolves with what ended it. */
  readonly exited: Promise<ChildExit>;
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL if that does not help in time. */
  stop(): Promise<void>;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Starts a process of ours; it is ended with `stop`, by its own id and no other. */
export function startChild(options: ChildOptions): Child {
  const log = openSync(options.logFile, "a");
  const child = spawn(options.command, [...options.args], {
    stdio: ["ignore", log, options.onLine ? "pipe" : log],
    detached: options.detached ?? false,
  });
  if (options.onLine) onLines(child, log, options.onLine);
  if (options.detached) child.unref();
  const exited = new Promise<ChildExit>((resolve) => {
    child.once("error", () => resolve({ code: null, signal: null }));
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  exited.then(
    () => closeSync(log),
    () => undefined,
  );
  return {
    name: options.name,
    pid: child.pid ?? 0,
    exited,
    kill: (signal) => void child.kill(signal),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

function onLines(child: ChildProcess, log: number, onLine: (line: string) => void): void {
  let rest = "";
  child.stderr?.setEncoding("utf8");
  child.stderr?.on("data", (chunk: string) => {
    writeSync(log, chunk);
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
}

/** Polls until `probe` succeeds; fails at once when the process ends, or after a limit, and says where its log is. */
export async function untilReady(child: Child, logFile: string, probe: () => Promise<unknown>): Promise<void> {
  let ended: ChildExit | undefined;
  child.exited.then(
    (exit) => (ended = exit),
    () => undefined,
  );
  const until = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    if (ended !== undefined)
      throw new GatelogError(
        "INTERNAL",
        `${child.name} ended (${ended.signal ?? `exit code ${String(ended.code)}`}) before it was ready; see ${logFile}`,
        {
          process: child.name,
        },
      );
    try {
      await probe();
      return;
    } catch (cause) {
      if (Date.now() > until)
        throw new GatelogError(
          "TIMEOUT",
          `${child.name} was not ready after ${READY_TIMEOUT_MS / 1000} s; see ${logFile}`,
          { process: child.name },
          { cause },
        );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/**
 * Below those that the system gives out by itself (on Linux from 32,768 on): nobody's connection or server comes to have the port before
 * whoever is to listen there does. Processes that run side by side begin anywhere.
 */
const FREE_PORTS = { first: 12_000, count: 20_000 };
let lastPort = randomInt(FREE_PORTS.count);

/** A port that nobody listened on a moment ago, and another one each time. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < FREE_PORTS.count; tries += 1) {
    lastPort = (lastPort + 1) % FREE_PORTS.count;
    const port = FREE_PORTS.first + lastPort;
    if (await isFree(port)) return port;
  }
  throw new GatelogError("INVALID_CONFIG", "no TCP port is free");
}

function isFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  );
}

/** INVALID_CONFIG if somebody listens there: whoever asks that port would be answered by a stranger. */
export async function requireFreePort(port: number): Promise<void> {
  try {
    await listenOnce(port);
  } catch (cause) {
    throw new GatelogError("INVALID_CONFIG", `port ${port} is taken`, { port }, { cause });
  }
}

async function listenOnce(port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new GatelogError("INTERNAL", "no port could be had");
  return address.port;
}
