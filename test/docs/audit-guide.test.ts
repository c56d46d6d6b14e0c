import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { blocksOf, expectLines, writeNpx, type Block } from "../support/doc-blocks.ts";
import { openGuideWorld } from "../support/guide-world.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGE = "docs/AUDIT.md";
/** Commands behind a fence, and how they must end. */
const EXIT_CODES: ReadonlyMap<string, number> = new Map([
  ["sh run", 0],
  ["sh exits-1", 1],
]);
const BLOCK_TIMEOUT_MS = 120_000;

describe(PAGE, function () {
  this.timeout(300_000);
  this.slow(60_000);
  const blocks = blocksOf(PAGE, readFileSync(join(ROOT, PAGE), "utf8"));

  it("has no block but commands that are run and what they print", () => {
    for (const [at, { kind, line }] of blocks.entries())
      if (kind === "text output") expect(EXIT_CODES.has(blocks[at - 1]?.kind ?? ""), `line ${line}`).to.equal(true);
      else expect(EXIT_CODES.has(kind), `line ${line}: ${kind}`).to.equal(true);
  });

  it("runs from the first block to the last, and prints what it promises", async () => {
    const folder = await temporaryFolder();
    const world = await openGuideWorld(folder.path);
    try {
      const environment = environmentIn(folder.path, world.variables);
      for (const [at, block] of blocks.entries()) {
        const exit = EXIT_CODES.get(block.kind);
        if (exit === undefined) continue;
        const { code, output, errors } = await run(block, folder.path, environment);
        expect(code, `${PAGE}:${block.line}\n${output}${errors}`).to.equal(exit);
        const promised = blocks[at + 1];
        if (promised?.kind === "text output") expectLines(PAGE, output, promised);
      }
    } finally {
      await world.close();
      await folder.remove();
    }
  });
});

/** A folder that has what a clone's has and the guide uses, and npx. */
function environmentIn(folder: string, variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeNpx(bin);
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("GATELOG_"));
  const path = [bin, dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
  return { ...Object.fromEntries(inherited), PATH: path, ...variables };
}

/** The lines with `sh -e`. */
async function run({ lines }: Block, cwd: string, env: NodeJS.ProcessEnv) {
  const child = spawn("sh", ["-ec", lines.join("\n")], { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let [output, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
  // With all that it has started.
  const force = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, "SIGKILL"), BLOCK_TIMEOUT_MS);
  await once(child, "close");
  clearTimeout(force);
  return { code: child.exitCode, output, errors };
}
