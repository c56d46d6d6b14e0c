// Ten demos in a row, as a check that the kill may strike anywhere: four at fixed steps, six at steps drawn by lot, one of those
// with both ledgers on Hardhat. Prints a line for each and closes with "N passed, N failed"; exit 0 only if all were green and
// none took longer than the limit.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const DEMO = fileURLToPath(new URL("demo.ts", import.meta.url));
/** Seconds that one demo may take once the packages are there. */
const LIMIT_S = 60;
const RUNS: readonly (readonly string[])[] = [
  ["--kill-at", "lock"],
  ["--kill-at", "vote"],
  ["--kill-at", "burn"],
  ["--kill-at", "assign"],
  ["--beta", "hardhat"],
  [],
  [],
  [],
  [],
  [],
];

async function runDemo(args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(process.execPath, [...process.execArgv, DEMO, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output };
}

let failed = 0;
for (const [index, args] of RUNS.entries()) {
  const started = performance.now();
  const { code, output } = await runDemo(args);
  const seconds = (performance.now() - started) / 1_000;
  const step = /killed at step "([a-z-]+)"/.exec(output)?.[1] ?? "?";
  const green = code === 0 && seconds < LIMIT_S;
  if (!green) failed += 1;
  const how = args.includes("--beta") ? ", both ledgers on Hardhat" : "";
  process.stdout.write(
    `${green ? "ok    " : "FAILED"} demo ${index + 1}: killed at ${step}${how}, exit ${code}, ${seconds.toFixed(1)} s\n`,
  );
  if (code !== 0) process.stdout.write(output);
}
process.stdout.write(`${RUNS.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
