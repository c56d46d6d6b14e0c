import { setTimeout as sleep } from "node:timers/promises";
import { httpJsonRpc, type JsonRpc } from "../../src/audit/json-rpc.ts";

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
  let isFrozen = false;
  let isOver = false;
  let block: Promise<unknown> = Promise.resolve();
  const mining = (async () => {
    while (!isOver) {
      if (!isFrozen) await (block = rpc("evm_mine", []));
      await sleep(BLOCK_TIME_MS);
    }
  })();
  // The node may be gone first; whoever needs it says so.
  mining.catch(() => undefined);
  return {
    rpc,
    async freeze() {
      isFrozen = true;
      await block;
    },
    async thaw() {
      isFrozen = false;
      await rpc("evm_mine", []);
    },
    async drop(hash) {
      await rpc("anvil_dropTransaction", [hash]);
    },
    advance: (seconds) => advance(rpc, seconds),
    async stop() {
      isOver = true;
      await mining.catch(() => undefined);
    },
  };
}

async function advance(rpc: JsonRpc, seconds: number): Promise<void> {
  await rpc("evm_increaseTime", [seconds]);
  await rpc("evm_mine", []);
}
