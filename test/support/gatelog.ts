import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { ErrorCode } from "../../src/entry/errors.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
/** Node keeps what it made of the sources there: a third of a short command's time. */
const COMPILE_CACHE = fileURLToPath(new URL("../../.cache/node-compile", import.meta.url));
const LIMIT_MS = 90_000;

export interface CliRun {
  readonly args: readonly string[];
  /** Null if it did not end within the limit and was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output, if it is exactly one JSON document; else undefined. */
  readonly json: unknown;
}

interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
}

/** Runs `gatelog` as a process of its own to its end. The caller's own GATELOG_* variables do not reach it. */
export async function gatelog(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("GATELOG_"));
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, ...args], {
    stdio: "pipe",
    env: { ...Object.fromEntries(own), NODE_COMPILE_CACHE: COMPILE_CACHE, ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
  child.stdin.on("error", () => undefined); // it may end without reading
  child.stdin.end(options.input ?? "");
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  return { args, code, stdout, stderr, json: parse(stdout) };
}

/** Not done: exit code 2, and the code both in the sentence for people and in the one document for machines. Gives its context. */
export function expectNotDone(run: CliRun, code: ErrorCode): Readonly<Record<string, unknown>> {
  const what = `gatelog ${run.args.join(" ")}\n${run.stderr}`;
  expect(run.code, what).to.equal(2);
  expect(run.json, what).to.have.nested.property("error.code", code);
  expect(run.stderr).to.include(`gatelog: ${code}: `);
  return (run.json as { error: { context: Record<string, unknown> } }).error.context;
}

export interface NotDone {
  /** Behind "refuses". */
  readonly what: string;
  readonly args: () => readonly string[];
  readonly code: ErrorCode;
  /** Members of the error's context that matter. */
  readonly context?: () => Readonly<Record<string, unknown>>;
  readonly options?: CliOptions;
}

/** As many at once as there are cores to be had. */
const AT_ONCE = 2;

/** A case for each command that must not be done. They run beforehand, side by side: most of their time is their start. */
export function itRefuses(cases: readonly NotDone[]): void {
  const runs: CliRun[] = [];

  before(async () => {
    const waiting = [...cases.entries()];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [place, { args, options }] = next;
        runs[place] = await gatelog(["--json", ...args()], options);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  });

  for (const [place, { what, code, context }] of cases.entries())
    it(`refuses ${what}`, () => {
      const run = runs[place];
      if (run === undefined) throw new Error("the command was not run");
      expect(expectNotDone(run, code)).to.include(context?.() ?? {});
    });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
