import { spawn, type ChildProcess } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { patched, type Patch, type Proof } from "./mutant.ts";
import type { Ran } from "./verdict.ts";

const ROOT = resolve(import.meta.dirname, "..", "..");
/** What a build or a run left behind, and what is not this project's. */
const LEFT_OUT = new Set(["node_modules", ".git", ".cache", "artifacts", "cache", "dist", "coverage"]);
const HARDHAT = "node_modules/hardhat/dist/src/cli.js";
/** A mutant may go round in circles. */
const PROOF_LIMIT_MS = 20 * 60_000;

/**
 * A copy of the tree in which one patch at a time is applied, proved and taken back. It is kept from mutant to mutant, because
 * what solc has compiled is: with a copy each, every mutant of a contract would cost a whole build.
 */
export class Workshop {
  readonly #folder: string;
  readonly #running = new Set<ChildProcess>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<Workshop> {
    const folder = await mkdtemp(join(tmpdir(), "gatelog-mutants-"));
    for (const name of await readdir(ROOT))
      if (!LEFT_OUT.has(name))
        await cp(join(ROOT, name), join(folder, name), {
          recursive: true,
          filter: (source) => !LEFT_OUT.has(basename(source)),
        });
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
    return new Workshop(folder);
  }

  async close(): Promise<void> {
    this.end();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Ends what runs, with all that it has started. */
  end(): void {
    for (const { pid } of this.#running) if (pid !== undefined) killGroup(pid);
  }

  /** Does the work with the patch applied, and takes it back. Throws if the mutant is stale. */
  async with<Result>(patch: Patch | null, work: () => Promise<Result>): Promise<Result> {
    if (patch === null) return work();
    const path = join(this.#folder, patch.file);
    const before = await readFile(path, "utf8");
    await writeFile(path, patched(before, patch));
    try {
      return await work();
    } finally {
      await writeFile(path, before);
    }
  }

  run(proof: Proof): Promise<Ran> {
    return new Promise((done, failed) => {
      const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...commandOf(proof)], {
        cwd: this.#folder,
        env: {
          ...process.env,
          PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
          HARDHAT_DISABLE_TELEMETRY: "true",
          // Compiled code of the copy goes with the copy.
          NODE_COMPILE_CACHE: join(this.#folder, ".cache"),
        },
        stdio: ["ignore", "pipe", "pipe"],
        detached: true, // its own process group, so that what it has started ends with it
      });
      this.#running.add(child);
      let output = "";
      let isLate = false;
      const limit = setTimeout(() => {
        isLate = true;
        if (child.pid !== undefined) killGroup(child.pid);
      }, PROOF_LIMIT_MS);
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
      child.on("error", failed);
      child.on("close", (code) => {
        clearTimeout(limit);
        this.#running.delete(child);
        done({ code: isLate ? null : (code ?? 1), output });
      });
    });
  }
}

/** Arguments for this Node, in the project's root. Proofs of one command share its baseline. */
export function commandOf(proof: Proof): readonly string[] {
  switch (proof.kind) {
    case "explore": {
      const without = proof.without === undefined ? [] : ["--without", proof.without];
      return ["scripts/explore.ts", "--quick", "--only", proof.run, ...without];
    }
    case "simulate":
      return ["scripts/simulate.ts", "--seeds", String(proof.seeds)];
    case "mocha":
      return [HARDHAT, "test", "mocha", "--no-compile", proof.file, "--grep", `${escaped(proof.title)}$`];
    case "solidity":
      return [HARDHAT, "test", "solidity", proof.file, "--grep", `^${proof.test}\\(`];
    case "crash":
      return ["scripts/crash.ts", "--workers", "1", "--only", proof.name];
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
