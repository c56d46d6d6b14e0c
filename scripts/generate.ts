// Writes what the TypeScript side needs of the contracts, so that nothing is compiled at run time:
//
//   src/chain/generated/types/              TypeChain's types, by the Hardhat plugin: for `import type` only
//   src/chain/generated/contracts/NAME.ts   ABI and bytecode as data, for each contract that is deployed
//
//   npm run generate              compile and write
//   npm run generate -- --check   compile, and fail where the committed files are not what would be written

import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";

import { parseCommandLine } from "./support/command-line.ts";
import { runScript, TOOLS } from "./support/run-tool.ts";

/** Where the contracts stand that a deployment, the devnet or a gateway needs: files, or folders with all that is in them. */
const DEPLOYED_SOURCES = ["contracts/LogRegistry.sol", "contracts/AssetEscrow.sol", "contracts/tokens"];

const ROOT = resolve(import.meta.dirname, "..");
const TARGET = join(ROOT, "src", "chain", "generated");
const FRESH = join(ROOT, ".cache", "generated");

interface Artifact {
  contractName: string;
  sourceName: string;
  abi: unknown[];
  bytecode: string;
}

async function compileInto(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const types = join(folder, "types");
  await mkdir(types, { recursive: true });
  // The Solidity tests take far longer to compile than what is deployed, and nothing here depends on them.
  const build = await runScript(TOOLS.hardhat, ["build", "--no-tests"], {
    env: { GATELOG_TYPES_DIR: relative(ROOT, types) },
  });
  if (build.code !== 0) throw new Error(`hardhat build failed:\n${build.output}`);

  const contracts = join(folder, "contracts");
  await mkdir(contracts);
  for (const source of DEPLOYED_SOURCES) {
    const artifacts = await artifactsOf(source);
    if (artifacts.length === 0) process.stdout.write(`no contract in ${source} (listed in scripts/generate.ts)\n`);
    for (const artifact of artifacts) {
      await writeFile(join(contracts, `${artifact.contractName}.ts`), moduleOf(artifact));
    }
  }
}

/** The deployable contracts of a source file or folder; interfaces and abstract contracts have no bytecode. */
async function artifactsOf(source: string): Promise<Artifact[]> {
  const files = await filesBelow(join(ROOT, "artifacts", source));
  return [...files]
    .filter(([path]) => path.endsWith(".json"))
    .map(([, content]) => JSON.parse(content) as Artifact)
    .filter(({ bytecode }) => bytecode !== "0x");
}

function moduleOf({ contractName, sourceName, abi, bytecode }: Artifact): string {
  return `// Generated from ${sourceName} by \`npm run generate\`. Do not edit.

import type { JsonFragment } from "ethers";

const abi: readonly JsonFragment[] = ${JSON.stringify(abi, undefined, 2)};

export const ${contractName}Artifact = {
  contractName: "${contractName}",
  abi,
  bytecode: "${bytecode}",
} as const;
`;
}

/** Path below the folder → content, in the order of the paths. */
async function filesBelow(folder: string): Promise<Map<string, string>> {
  if (!existsSync(folder)) return new Map();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = paths.sort().map(async (path) => [relative(folder, path), await readFile(path, "utf8")] as const);
  return new Map(await Promise.all(contents));
}

async function differences(): Promise<string[]> {
  const [fresh, present] = await Promise.all([filesBelow(FRESH), filesBelow(TARGET)]);
  const paths = [...new Set([...fresh.keys(), ...present.keys()])].sort();
  return paths
    .filter((path) => fresh.get(path) !== present.get(path))
    .map((path) => `${!present.has(path) ? "missing" : fresh.has(path) ? "stale" : "left over"}: ${path}`);
}

async function main(): Promise<void> {
  const { values } = parseCommandLine(import.meta.filename, {
    options: { check: { type: "boolean", default: false } },
  });
  await compileInto(FRESH);
  const changed = await differences();
  const list = changed.map((line) => `  ${line}\n`).join("");
  if (changed.length === 0) {
    process.stdout.write("generated files are up to date\n");
  } else if (values.check) {
    process.stdout.write(`${relative(ROOT, TARGET)} does not fit the contracts. Run: npm run generate\n${list}`);
    process.exitCode = 1;
  } else {
    await rm(TARGET, { recursive: true, force: true });
    await cp(FRESH, TARGET, { recursive: true });
    process.stdout.write(`written to ${relative(ROOT, TARGET)}:\n${list}`);
  }
}

await main();
