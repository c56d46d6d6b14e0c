import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { GatelogError } from "../entry/errors.ts";
import { startChild, untilReady, type Child } from "./processes.ts";

export const NODE_KINDS = ["hardhat", "anvil"] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

export interface ChainPlan {
  readonly name: "alpha" | "beta" | "log";
  readonly kind: NodeKind;
  readonly chainId: number;
  readonly port: number;
  /** Milliseconds between two blocks; anvil only. A Hardhat node mines each transaction at once. */
  readonly blockTimeMs: number;
}

export interface RunningChain extends ChainPlan {
  readonly rpcUrl: string;
  readonly child: Child;
}

const PROBE_TIMEOUT_MS = 1_000;
/** As many as a Hardhat node has. */
const FUNDED_ACCOUNTS = 20;
/** anvil's own default holds about 1,300 entries a block; development chains need no scarcity. */
const ANVIL_GAS_LIMIT = 1_000_000_000;
/**
 * States of earlier blocks that can be asked for, kept in memory. Without a number anvil writes them to the user's home, some
 * hundred megabytes in a quarter of an hour, and leaves them there when it is killed. Blocks and events are all kept.
 */
export const ANVIL_KEPT_STATES = 512;

/** Starts a node of the planned kind and resolves once it answers with the planned chain id. */
export async function startChain(
  plan: ChainPlan,
  options: { readonly dir: string; readonly detached: boolean },
): Promise<RunningChain> {
  const logFile = join(options.dir, `${plan.name}.log`);
  const { command, args } = plan.kind === "anvil" ? anvil(plan) : hardhatNode(plan);
  const name = `${plan.name} (${plan.kind})`;
  const child = startChild({ name, command, args, logFile, detached: options.detached });
  const rpcUrl = `http://127.0.0.1:${plan.port}`;
  try {
    await untilReady(child, logFile, () => expectChainId(rpcUrl, plan.chainId));
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { ...plan, rpcUrl, child };
}

/** A configuration of our own: Hardhat would look for one in the folder that the caller happens to be in. */
function hardhatNode(plan: ChainPlan) {
  const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const config = fileURLToPath(new URL(`devnet-hardhat.config.${suffix}`, import.meta.url));
  const task = ["node", "--network", plan.name, "--hostname", "127.0.0.1", "--port", String(plan.port)];
  return { command: process.execPath, args: [join(hardhatRoot(), "dist/src/cli.js"), "--config", config, ...task] };
}

function hardhatRoot(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve("hardhat/package.json"));
  } catch (cause) {
    throw new GatelogError(
      "INVALID_CONFIG",
      "Hardhat is not installed; development chains of kind hardhat need it: npm install --save-dev hardhat",
      {},
      { cause },
    );
  }
}

/** The binary itself, not npm's wrapper around it: a signal must reach the node. */
function anvil(plan: ChainPlan) {
  const command = findAnvil();
  if (command === undefined)
    throw new GatelogError(
      "INVALID_CONFIG",
      "no anvil for this platform: neither the package @foundry-rs/anvil-linux-amd64 nor anvil on PATH; use --beta hardhat",
      {
        platform: `${process.platform}-${process.arch}`,
      },
    );
  const seconds = String(plan.blockTimeMs / 1000);
  // Mining at an interval: anvil's instant mining loses transactions under load.
  const args = ["--silent", "--host", "127.0.0.1", "--port", String(plan.port), "--chain-id", String(plan.chainId)];
  const mining = ["--block-time", seconds, "--gas-limit", String(ANVIL_GAS_LIMIT)];
  const kept = ["--accounts", String(FUNDED_ACCOUNTS), "--prune-history", String(ANVIL_KEPT_STATES)];
  return { command, args: [...args, ...mining, ...kept] };
}

export function findAnvil(): string | undefined {
  try {
    const packaged = createRequire(import.meta.url).resolve("@foundry-rs/anvil-linux-amd64/package.json");
    const binary = join(dirname(packaged), "bin", "anvil");
    if (existsSync(binary)) return binary;
  } catch {
    // Not a platform that the package is for: PATH may have one.
  }
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, "anvil")).find((file) => existsSync(file));
}

async function expectChainId(rpcUrl: string, chainId: number): Promise<void> {
  const response = await fetch(rpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
    signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
  });
  const { result } = (await response.json()) as { result?: string };
  if (Number(result) !== chainId)
    throw new GatelogError("WRONG_CHAIN", `port serves chain ${String(result)}`, { expected: chainId });
}
