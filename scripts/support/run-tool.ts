import { spawn, type ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..", "..");

/** The development tools, as scripts: no shell and no `npx` between us and them. */
export const TOOLS = {
  "dependency-cruiser": "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs",
  eslint: "node_modules/eslint/bin/eslint.js",
  hardhat: "node_modules/hardhat/dist/src/cli.js",
  knip: "node_modules/knip/bin/knip.js",
  prettier: "node_modules/prettier/bin/prettier.cjs",
  solhint: "node_modules/solhint/solhint.js",
  tsc: "node_modules/typescript/bin/tsc",
} as const;

interface RunOptions {
  env?: Record<string, string>;
  /** Shows the output as it comes, beside returning it. */
  echo?: boolean;
}

interface RunResult {
  code: number;
  output: string;
}

const running = new Set<ChildProcess>();

// Who ends us ends what we started.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    for (const child of running) child.kill(signal);
    process.exit(128 + constants.signals[signal]);
  });
}

/** Runs a script (a path from the project's root) on this Node, in the project's root. Being killed counts as failing. */
export function runScript(
  script: string,
  args: readonly string[],
  { env = {}, echo = false }: RunOptions = {},
): Promise<RunResult> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(ROOT, script), ...args], {
      cwd: ROOT,
      env: { ...process.env, HARDHAT_DISABLE_TELEMETRY: "true", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    let output = "";
    const collect = (target: NodeJS.WriteStream) => (chunk: string) => {
      output += chunk;
      if (echo) target.write(chunk);
    };
    child.stdout.setEncoding("utf8").on("data", collect(process.stdout));
    child.stderr.setEncoding("utf8").on("data", collect(process.stderr));
    child.on("error", failed);
    child.on("close", (code) => {
      running.delete(child);
      done({ code: code ?? 1, output });
    });
  });
}
