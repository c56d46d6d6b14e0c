import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startChild, untilReady, type Child } from "../../src/cli/processes.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const PROBE_TIMEOUT_MS = 1_000;

/** One line of a service's log that tells of something that happened in a session. */
export interface ServiceEvent {
  readonly event: string;
  readonly session: string | null;
  readonly mark?: string;
  readonly action?: string;
  readonly state?: string;
  readonly decision?: string;
  readonly outcome?: string;
  readonly lastEntry?: string | null;
  readonly code?: string;
  readonly message?: string;
  /** Of a member of a group. */
  readonly epoch?: number;
  readonly kind?: string | null;
  readonly durationMs?: number | null;
  readonly silentMs?: number;
}

export interface Service {
  readonly child: Child;
  readonly logFile: string;
}

/** Starts `gatelog KIND start` as a process of its own and resolves once it is ready for requests. */
export async function startService(
  kind: "api" | "gateway",
  options: {
    readonly name: string;
    readonly config: string;
    readonly url: string;
    readonly dir: string;
    readonly onEvent?: (event: ServiceEvent) => void;
    /** Further ones of the command. */
    readonly args?: readonly string[];
  },
): Promise<Service> {
  const logFile = join(options.dir, `${options.name}.log`);
  const { onEvent } = options;
  const child = startChild({
    name: options.name,
    command: process.execPath,
    args: [
      "--disable-warning=ExperimentalWarning",
      MAIN,
      kind,
      "start",
      "--config",
      options.config,
      ...(options.args ?? []),
    ],
    logFile,
    ...(onEvent && { onLine: (line: string) => tell(line, onEvent) }),
  });
  try {
    await untilReady(child, logFile, () => probe(`${options.url}/ready`));
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { child, logFile };
}

/** Runs a command of the project to its end, its output passed on; resolves to its exit code. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, ...args], { stdio: "inherit" });
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}

function tell(line: string, onEvent: (event: ServiceEvent) => void): void {
  if (!line.startsWith("{")) return;
  const parsed = JSON.parse(line) as Partial<ServiceEvent>;
  if (typeof parsed.event === "string") onEvent({ ...parsed, event: parsed.event, session: parsed.session ?? null });
}

async function probe(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
}
