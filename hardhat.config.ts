import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatEthersChaiMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import hardhatTypechain from "@nomicfoundation/hardhat-typechain";
import { defineConfig, overrideTask } from "hardhat/config";
import type { HookContext } from "hardhat/types/hooks";
import type { HardhatPlugin } from "hardhat/types/plugins";

/** The three development chains: the two ledgers and the log. One number each, so that no transaction fits two of them. */
const CHAIN_IDS = { alpha: 31337, beta: 31338, log: 31339 } as const;

const SOLIDITY_TESTS = "test/contracts";

/** A simulated chain. Several blocks may share a second, so that a busy chain does not run ahead of the wall clock. */
function simulated(chainId: number) {
  return {
    type: "edr-simulated",
    chainType: "l1",
    chainId,
    allowBlocksWithSameTimestamp: true,
    mining: { auto: true },
  } as const;
}

/**
 * Hardhat's mocha runner loads every script below its folder, and with it the helpers in test/support, some of which are
 * programs of their own. Only files named *.test.ts are tests here.
 */
const mochaRunsTestFilesOnly = overrideTask(["test", "mocha"])
  .setInlineAction(async (taskArguments, hre, runSuper) => {
    const named: unknown = taskArguments["testFiles"];
    const testFiles =
      Array.isArray(named) && named.length > 0 ? named : await testFilesBelow(hre.config.paths.tests.mocha);
    const result: unknown = await runSuper({ ...taskArguments, testFiles });
    return result;
  })
  .build();

/**
 * Solidity tests deploy contracts by name, out of the artifacts. Hardhat would compile only the test files that it is asked to
 * run: the contracts would be missing, or older than their sources.
 */
const solidityTestsRunOnAFullBuild = overrideTask(["test", "solidity"])
  .setInlineAction(async (taskArguments, hre, runSuper) => {
    if (taskArguments["noCompile"] !== true) await hre.tasks.getTask("build").run();
    const result: unknown = await runSuper({ ...taskArguments, noCompile: true });
    return result;
  })
  .build();

async function testFilesBelow(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join(folder, file))
    .sort();
}

/**
 * TypeChain writes its index in the order in which it is given the artifacts, and Hardhat's order varies from run to run.
 * Sorted in place before TypeChain's own hook sees them, the same contracts give the same files.
 */
const artifactsInStableOrder: HardhatPlugin = {
  id: "gatelog-artifacts-in-stable-order",
  hookHandlers: {
    solidity: () =>
      Promise.resolve({
        default: () =>
          Promise.resolve({
            processArtifactsAfterSuccessfulBuild: (_context: HookContext, artifactPaths: readonly string[]) => {
              (artifactPaths as string[]).sort();
              return Promise.resolve();
            },
          }),
      }),
  },
};

/** Tests that compile parts of the contracts into themselves. They keep the contracts' settings, to test what ships. */
const TESTS_WITH_CONTRACT_CODE = ["EntryVectors.sol", "Floors.sol", "LogRegistryHashes.t.sol"];

/**
 * All other Solidity tests deploy the contracts by name (`deployCode` in test/support/Vm.sol). They test the bytecode that
 * ships whatever they are compiled with themselves, so they are compiled in the cheapest way: without the IR pipeline and
 * the optimizer, which would take far longer. A hook does that and not `solidity.overrides`, because Hardhat hands to
 * solc together only the files that share one settings object, and makes of each override its own. A function that solc then
 * finds "stack too deep" should be split.
 */
const testsCompiledCheaply: HardhatPlugin = {
  id: "gatelog-tests-compiled-cheaply",
  hookHandlers: {
    config: () =>
      Promise.resolve({
        default: () =>
          Promise.resolve({
            resolveUserConfig: async (userConfig, resolveVariable, next) => {
              const config = await next(userConfig, resolveVariable);
              const files = await cheapTestsBelow(config.paths.tests.solidity);
              for (const { compilers, overrides } of Object.values(config.solidity.profiles)) {
                const [compiler] = compilers;
                if (compiler === undefined) continue;
                const settings = { ...(compiler.settings as object), viaIR: false, optimizer: { enabled: false } };
                const cheap = { ...compiler, settings };
                for (const file of files) overrides[`${SOLIDITY_TESTS}/${file}`] = cheap;
              }
              return config;
            },
          }),
      }),
  },
};

async function cheapTestsBelow(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files
    .filter((file) => file.endsWith(".sol") && !TESTS_WITH_CONTRACT_CODE.includes(file))
    .map((file) => file.replaceAll(sep, "/"));
}

export default defineConfig({
  plugins: [
    testsCompiledCheaply,
    hardhatEthers,
    hardhatEthersChaiMatchers,
    hardhatMocha,
    hardhatNetworkHelpers,
    artifactsInStableOrder,
    hardhatTypechain,
  ],
  tasks: [mochaRunsTestFilesOnly, solidityTestsRunOnAFullBuild],

  solidity: {
    version: "0.8.37",
    // The compiler is the npm package: nothing is downloaded at build time. The path must be absolute.
    path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
    settings: {
      // The entry has more fields than the stack has reachable slots: without the IR pipeline solc gives up ("stack too deep").
      viaIR: true,
      // An append is paid for often and deployed once. Far fewer runs make it dearer, and more runs save nothing.
      optimizer: { enabled: true, runs: 10_000 },
      // Newest target that every network we name already runs. Prague adds no opcode that solc emits and Osaka only CLZ,
      // which nothing here needs, while permissioned networks lag behind. The chains of the tests execute newer rules
      // (Hardhat's default hardfork, Osaka), which is what the gas table is measured on.
      evmVersion: "cancun",
    },
  },

  paths: {
    tests: { solidity: SOLIDITY_TESTS, mocha: "test" },
  },

  networks: {
    default: simulated(CHAIN_IDS.alpha),
    alpha: simulated(CHAIN_IDS.alpha),
    beta: simulated(CHAIN_IDS.beta),
    log: simulated(CHAIN_IDS.log),
    localhost: { type: "http", chainType: "l1", url: "http://127.0.0.1:8545" },
  },

  typechain: {
    // scripts/generate.ts points this elsewhere to compare without touching the committed types.
    outDir: process.env["GATELOG_TYPES_DIR"] ?? "src/chain/generated/types",
    tsNocheck: true,
  },

  test: {
    solidity: {
      // A fixed seed: the same commit gives the same verdict and the same gas.
      fuzz: { runs: 256, seed: "0x67617465" },
      invariant: { runs: 64, depth: 64, failOnRevert: false },
    },
    mocha: {
      timeout: 60_000,
      slow: 2_000,
      forbidOnly: process.env["CI"] !== undefined,
    },
  },
});
