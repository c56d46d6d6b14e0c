import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../bench/peers/", import.meta.url));
const PACKAGE = "node_modules/@ethereum-attestation-service/eas-contracts";
const INSTALL_TIMEOUT_MS = 120_000;

export interface Artifact {
  readonly abi: readonly Record<string, unknown>[];
  readonly bytecode: string;
}

/** Compiled contracts of the Ethereum Attestation Service, as its package ships them. Installs it on first use. */
export function easArtifacts(): { eas: Artifact; schemaRegistry: Artifact } {
  install();
  return { eas: artifact("EAS"), schemaRegistry: artifact("SchemaRegistry") };
}

/** Skipped when the version of the lockfile is there. */
function install(): void {
  if (installedVersion() === lockedVersion()) return;
  const result = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: FOLDER,
    encoding: "utf8",
    timeout: INSTALL_TIMEOUT_MS,
    // npm is a .cmd script on Windows, which only a shell can start.
    shell: process.platform === "win32",
  });
  if (result.status !== 0) {
    const reason = result.error?.message ?? result.stderr;
    throw new Error(`bench/peers could not be installed; run "npm ci --ignore-scripts" there.\n${reason}`);
  }
}

function lockedVersion(): unknown {
  const lock = readJson(join(FOLDER, "package-lock.json"));
  const packages = member(lock, "packages");
  return member(member(packages, PACKAGE), "version");
}

function installedVersion(): unknown {
  const manifest = join(FOLDER, PACKAGE, "package.json");
  return existsSync(manifest) ? member(readJson(manifest), "version") : undefined;
}

function artifact(name: string): Artifact {
  const json = readJson(join(FOLDER, PACKAGE, "artifacts/contracts", `${name}.sol`, `${name}.json`));
  const [abi, bytecode] = [member(json, "abi"), member(json, "bytecode")];
  if (!Array.isArray(abi) || typeof bytecode !== "string") throw new Error(`${name}.json is no artifact`);
  return { abi, bytecode };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) throw new Error(`no member "${name}"`);
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
