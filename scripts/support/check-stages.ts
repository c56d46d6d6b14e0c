import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { runScript, TOOLS } from "./run-tool.ts";

const ROOT = resolve(import.meta.dirname, "..", "..");
const PARALLEL_STAGES = 2;

interface Stage {
  name: string;
  /** What to do when it fails. */
  remedy: string;
  run: () => Promise<{ code: number; output: string }>;
}

/** Longest first, so that two lanes end together. */
const STAGES: readonly Stage[] = [
  {
    name: "generated files",
    remedy: "npm run generate, and commit what it writes",
    run: () => runScript("scripts/generate.ts", ["--check"]),
  },
  {
    name: "lint",
    remedy: "npx eslint --fix .",
    run: () => runScript(TOOLS.eslint, ["--max-warnings", "0", "."]),
  },
  {
    name: "types",
    remedy: "npx tsc --noEmit",
    run: () => runScript(TOOLS.tsc, ["--noEmit", "--pretty", "false"]),
  },
  {
    name: "format",
    remedy: "npm run format",
    run: () => runScript(TOOLS.prettier, ["--check", "--log-level", "warn", "."]),
  },
  {
    name: "unused code",
    remedy: "remove it, or name its entry point in knip.json",
    run: () => runScript(TOOLS.knip, ["--no-progress", "--no-config-hints"]),
  },
  {
    name: "import walls",
    remedy: "the table stands in .dependency-cruiser.cjs",
    run: () =>
      runScript(TOOLS["dependency-cruiser"], [
        "--config",
        ".dependency-cruiser.cjs",
        "--output-type",
        "err-long",
        "src",
      ]),
  },
  {
    name: "documents",
    remedy: "each line says which page cites what is not there; the tables of codes are the code's",
    run: () => runScript("scripts/check-docs.ts", []),
  },
  {
    name: "solidity lint",
    remedy: "the rules stand in .solhint.json",
    run: () => solhint("contracts", ".solhint.json"),
  },
  {
    name: "solidity lint of tests",
    remedy: "the rules stand in .solhint-test.json",
    run: () => solhint("test", ".solhint-test.json"),
  },
];

async function solhint(folder: string, config: string): Promise<{ code: number; output: string }> {
  const sources = existsSync(join(ROOT, folder)) ? await readdir(join(ROOT, folder), { recursive: true }) : [];
  const files = sources.filter((file) => file.endsWith(".sol")).map((file) => `${folder}/${file}`);
  if (files.length === 0) return { code: 0, output: "" };
  return runScript(TOOLS.solhint, ["--disc", "--noPoster", "--max-warnings", "0", "--config", config, ...files]);
}

interface CheckSummary {
  passed: number;
  failed: number;
  /** What the failed ones said, as it was printed. */
  failures: string;
}

/** Runs every stage, prints one line for each as it ends, and then what the failed ones said. */
export async function runCheckStages(): Promise<CheckSummary> {
  const waiting = [...STAGES];
  const failures: string[] = [];
  const lane = async (): Promise<void> => {
    for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) {
      const started = performance.now();
      const { code, output } = await stage.run();
      const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
      process.stdout.write(`${code === 0 ? "ok    " : "FAILED"} ${seconds} s  ${stage.name}\n`);
      if (code !== 0)
        failures.push(`\n── ${stage.name} failed (exit ${code}). To mend it: ${stage.remedy}\n${output.trimEnd()}\n`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_STAGES }, lane));
  process.stdout.write(failures.join(""));
  return { passed: STAGES.length - failures.length, failed: failures.length, failures: failures.join("") };
}
