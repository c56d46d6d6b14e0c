import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

import { findAnvil } from "../../src/cli/devnet-chains.ts";
import { freePort, startChild, untilReady, type Child } from "../../src/cli/processes.ts";

/** Most gas of a transaction, as `anvil --enable-tx-gas-limit` enforces it (EIP-7825). */
export const MAX_TRANSACTION_GAS = 16_777_216;
const BLOCK_GAS_LIMIT = 1_000_000_000;
/**
 * States of earlier blocks that the node keeps, for calls at a block by its hash. Each is a copy of the whole state, and by default
 * there are hundreds. Blocks, transactions and events are all kept.
 */
const KEPT_STATES = 16;

const answerSchema = z.object({
  id: z.int(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

/** A method and its parameters. */
export type RpcCall = readonly [method: string, params: readonly unknown[]];

/** An anvil that mines when it is told to, and can go back to what it was. */
export class BenchChain {
  readonly name: string;
  readonly chainId: number;
  readonly rpcUrl: string;
  readonly #child: Child;
  #miner: Miner | undefined;
  #saved: string | undefined;

  private constructor(name: string, chainId: number, rpcUrl: string, child: Child) {
    this.name = name;
    this.chainId = chainId;
    this.rpcUrl = rpcUrl;
    this.#child = child;
  }

  /** @param dir Where its output goes. */
  static async start(name: string, chainId: number, dir: string): Promise<BenchChain> {
    const command = findAnvil();
    if (command === undefined)
      throw new Error("no anvil for this platform: neither @foundry-rs/anvil-linux-amd64 nor anvil on PATH");
    const port = await freePort();
    const logFile = join(dir, `${name}.log`);
    const args = [
      ...["--silent", "--host", "127.0.0.1", "--port", String(port), "--chain-id", String(chainId)],
      ...["--no-mining", "--gas-limit", String(BLOCK_GAS_LIMIT), "--enable-tx-gas-limit", "--no-request-size-limit"],
      ...["--prune-history", String(KEPT_STATES)],
    ];
    const child = startChild({ name: `${name} (anvil)`, command, args, logFile });
    const chain = new BenchChain(name, chainId, `http://127.0.0.1:${port}`, child);
    try {
      await untilReady(child, logFile, () => chain.rpc("eth_chainId"));
    } catch (error) {
      await child.stop();
      throw error;
    }
    return chain;
  }

  async rpc(method: string, params: readonly unknown[] = []): Promise<unknown> {
    const [result] = await this.batch([[method, params]]);
    return result;
  }

  /** Many calls in one request; results in their order. Rejects with the first that failed. */
  async batch(calls: readonly RpcCall[]): Promise<unknown[]> {
    const body = JSON.stringify(calls.map(([method, params], id) => ({ jsonrpc: "2.0", id, method, params })));
    const headers = { "content-type": "application/json" };
    const response = await fetch(this.rpcUrl, { method: "POST", headers, body });
    const answers = z.array(answerSchema).parse(await response.json());
    const byId = new Map(answers.map((answer) => [answer.id, answer]));
    return calls.map(([method], id) => {
      const answer = byId.get(id);
      if (answer === undefined || answer.error !== undefined)
        throw new Error(`${this.name}: ${method}: ${answer?.error?.message ?? "no answer"}`);
      return answer.result;
    });
  }

  async mine(): Promise<void> {
    await this.rpc("evm_mine");
  }

  async height(): Promise<number> {
    return Number(await this.rpc("eth_blockNumber"));
  }

  /** From now on it mines a block every so often. */
  startMining(intervalMs: number): void {
    this.#miner ??= new Miner(() => this.mine(), intervalMs);
  }

  /** Resolves when no block is being made any more. */
  async stopMining(): Promise<void> {
    const miner = this.#miner;
    this.#miner = undefined;
    await miner?.stop();
  }

  /** `restore` goes back to here. */
  async save(): Promise<void> {
    this.#saved = String(await this.rpc("evm_snapshot"));
  }

  async restore(): Promise<void> {
    if ((await this.rpc("evm_revert", [this.#saved])) !== true) throw new Error(`${this.name} was not saved`);
    await this.save(); // each snapshot serves once
  }

  /** What the node holds in memory, in MiB; 0 where the system does not say. */
  memory(): number {
    if (process.platform !== "linux") return 0;
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1_024);
  }

  /** For a run that is broken off. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.stopMining();
    await this.#child.stop();
  }
}

class Miner {
  readonly #run: Promise<void>;
  #isOver = false;

  constructor(mine: () => Promise<void>, intervalMs: number) {
    this.#run = this.#mine(mine, intervalMs);
    // Whoever stops it hears of it.
    this.#run.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#run;
  }

  async #mine(mine: () => Promise<void>, intervalMs: number): Promise<void> {
    while (!this.#isOver) {
      await mine();
      await sleep(intervalMs);
    }
  }
}
