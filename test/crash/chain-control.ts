import { setTimeout as sleep } from "node:timers/promises";
import { httpJsonRpc, type JsonRpc } from "../../src/audit/reading/json-rpc.ts";

/** Between two blocks of a node that mines by the clock. */
const BLOCK_TIME_MS = 50;

/** A development node: its clock, and when it mines. */
export interface ChainControl {
  readonly rpc: JsonRpc;
  /** From now on nothing is mined. */
  freeze(): Promise<void>;
  /** Mines what waits, and goes on as before. */
  thaw(): Promise<void>;
  /** Forgets a transaction that waits to be mined. */
  drop(transactionHash: string): Promise<void>;
  /** Moves the clock forward. */
  advance(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

/** A Hardhat node mines each transaction at once. */
export function hardhatControl(rpcUrl: string): ChainControl {
  const rpc = httpJsonRpc(rpcUrl);
  return {
    rpc,
    async freeze() {
      await rpc("evm_setAutomine", [false]);
    },
    async thaw() {
      await rpc("evm_setAutomine", [true]);
      await rpc("evm_mine", []);
    },
    async drop(hash) {
      await rpc("hardhat_dropTransaction", [hash]);
    },
    advance: (seconds) => advance(rpc, seconds),
    stop: () => Promise.resolve(),
  };
}

/** An anvil is made to mine when it is told to, and is told to all the time. */
export async function anvilControl(rpcUrl: string): Promise<ChainControl> {
  const rpc = httpJsonRpc(rpcUrl);
  await rpc("evm_setIntervalMining", [0]);
  const miner = new Miner(rpc);
  return {
    rpc,
    freeze: () => miner.pause(),
    async thaw() {
      miner.resume();
      await rpc("evm_mine", []);
    },
    async drop(hash) {
      await rpc("anvil_dropTransaction", [hash]);
    },
    advance: (seconds) => advance(rpc, seconds),
    stop: () => miner.stop(),
  };
}

class Miner {
  readonly #rpc: JsonRpc;
  readonly #run: Promise<void>;
  #block: Promise<unknown> = Promise.resolve();
  #isPaused = false;
  #isOver = false;

  constructor(rpc: JsonRpc) {
    this.#rpc = rpc;
    this.#run = this.#mine();
    // The node may be gone first; whoever needs it says so.
    this.#run.catch(() => undefined);
  }

  /** Resolves when the block that is being made is made. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    await this.#block;
  }

  resume(): void {
    this.#isPaused = false;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#run.catch(() => undefined);
  }

  async #mine(): Promise<void> {
    while (!this.#isOver) {
      if (!this.#isPaused) this.#block = this.#rpc("evm_mine", []);
      await this.#block;
      await sleep(BLOCK_TIME_MS);
    }
  }
}

async function advance(rpc: JsonRpc, seconds: number): Promise<void> {
  await rpc("evm_increaseTime", [seconds]);
  await rpc("evm_mine", []);
}
