import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { network } from "hardhat";

import { createChain, type Chain, type ChainOptions } from "../../src/chain/chain.ts";
import { ANVIL_KEPT_STATES, findAnvil } from "../../src/cli/devnet-chains.ts";
import { freePort } from "../../src/cli/processes.ts";
import { until } from "./until.ts";

export const CHAIN_IDS = { alpha: 31337, beta: 31338, log: 31339 } as const;
export type ChainName = keyof typeof CHAIN_IDS;

/** A development chain behind real JSON-RPC over HTTP. */
export interface TestChain {
  readonly name: string;
  readonly chainId: number;
  readonly rpcUrl: string;
  /** Straight to the node, past all our code. */
  rpc(method: string, params?: readonly unknown[]): Promise<unknown>;
  /** Mines empty blocks. */
  mine(blocks?: number): Promise<void>;
  /** Moves the chain's clock to `timestamp` (UNIX seconds) and mines a block at it. */
  moveTo(timestamp: number): Promise<void>;
  /** Our client of it; instant finality unless told otherwise. The caller closes it. */
  connect(options?: Partial<ChainOptions>): Chain;
  close(): Promise<void>;
}

/** An empty Hardhat node that mines each transaction at once. */
export async function startHardhat(name: ChainName): Promise<TestChain> {
  const server = await network.createServer({ network: name }, "127.0.0.1", 0);
  const { port } = await server.listen();
  const rpcUrl = `http://127.0.0.1:${port}`;
  const rpc = rpcOf(rpcUrl);
  return {
    ...described(name, CHAIN_IDS[name], rpcUrl, rpc),
    mine: async (blocks = 1) => {
      await rpc("hardhat_mine", [`0x${blocks.toString(16)}`]);
    },
    close: () => server.close(),
  };
}

export interface AnvilChain extends TestChain {
  /** SIGKILL: like a power cut. */
  kill(): Promise<void>;
  /** SIGSTOP: its port stays open, and nobody answers. Resolves once it stands still. */
  pause(): Promise<void>;
  resume(): void;
}

export interface AnvilOptions {
  /** Milliseconds between blocks; 0 mines only by `mine()`. Instant mining loses transactions and is not offered. */
  readonly blockTimeMs: number;
  readonly name?: ChainName;
  readonly port?: number;
  readonly extra?: readonly string[];
}

/** Where the binary is packaged, and under CI everywhere, its absence is a failure; on other platforms one line says what was not run. */
export function requireAnvil(context: Mocha.Context): void {
  if (findAnvil() !== undefined) return;
  if (process.env["CI"] !== undefined || (process.platform === "linux" && process.arch === "x64"))
    throw new Error("no anvil here: node_modules/@foundry-rs/anvil-linux-amd64, or on PATH");
  console.log("      not run: there is no anvil binary for this platform");
  context.skip();
}

/** Spawns the binary itself, so that signals reach the node and not a wrapper. */
export async function startAnvil(options: AnvilOptions): Promise<AnvilChain> {
  const path = findAnvil();
  if (path === undefined) throw new Error("no anvil here: node_modules/@foundry-rs/anvil-linux-amd64, or on PATH");
  const name = options.name ?? "beta";
  const port = options.port ?? (await freePort());
  const mining = options.blockTimeMs === 0 ? ["--no-mining"] : ["--block-time", String(options.blockTimeMs / 1_000)];
  const args = [
    "--silent",
    "--port",
    String(port),
    "--chain-id",
    String(CHAIN_IDS[name]),
    "--slots-in-an-epoch",
    "2",
    "--prune-history",
    String(ANVIL_KEPT_STATES),
    ...mining,
  ];
  const child = spawn(path, [...args, ...(options.extra ?? [])], { stdio: "ignore" });
  const exited = once(child, "exit");
  const rpcUrl = `http://127.0.0.1:${port}`;
  const rpc = rpcOf(rpcUrl);
  const kill = async (): Promise<void> => {
    // A stopped process takes no signal but this one.
    child.kill("SIGKILL");
    await exited;
  };
  await answers(rpc, child);
  return {
    ...described(name, CHAIN_IDS[name], rpcUrl, rpc),
    mine: async (blocks = 1) => {
      await rpc("anvil_mine", [`0x${blocks.toString(16)}`]);
    },
    kill,
    pause: () => pause(child),
    resume: () => child.kill("SIGCONT"),
    close: kill,
  };
}

/** On a busy machine a process goes on answering for a while: its other threads stop only when one has taken the signal. */
async function pause(child: ChildProcess): Promise<void> {
  child.kill("SIGSTOP");
  if (process.platform !== "linux") return;
  await until("the process stands still", () => / T \d/.test(readFileSync(`/proc/${child.pid}/stat`, "utf8")));
}

type RpcFunction = TestChain["rpc"];

function described(name: string, chainId: number, rpcUrl: string, rpc: RpcFunction) {
  return {
    name,
    chainId,
    rpcUrl,
    rpc,
    moveTo: async (timestamp: number) => {
      await rpc("evm_setNextBlockTimestamp", [timestamp]);
      await rpc("evm_mine");
    },
    connect: (options: Partial<ChainOptions> = {}) =>
      createChain({ url: rpcUrl, expected: { chainId }, finality: "instant", name, ...options }),
  };
}

function rpcOf(url: string): RpcFunction {
  return async (method, params = []) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
    const answer = (await response.json()) as { result?: unknown; error?: { message: string } };
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  };
}

const START_LIMIT_MS = 10_000;

async function answers(rpc: RpcFunction, child: ChildProcess): Promise<void> {
  const giveUpAt = performance.now() + START_LIMIT_MS;
  while (true) {
    try {
      await rpc("eth_chainId");
      return;
    } catch (error) {
      if (child.exitCode !== null || performance.now() > giveUpAt) throw error;
      await sleep(20);
    }
  }
}
