import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { createChain, type Chain, type Finality } from "../chain/chain.ts";
import { createLane, type Lane } from "../chain/lane.ts";
import { GatelogError } from "../entry/errors.ts";
import { keySigner } from "../entry/signature.ts";
import { developmentAccounts } from "./devnet-accounts.ts";
import { readKey } from "./secrets.ts";

const PROBE_TIMEOUT_MS = 5_000;
/** Chains that this project starts for development; on them alone the public development key is used by default. */
const DEVELOPMENT_CHAINS: readonly number[] = [31337, 31338, 31339];

export interface AccessOptions {
  readonly rpcUrl: string;
  readonly chainId?: number;
  readonly keyFile?: string;
  readonly finality?: Finality;
}

export interface ChainAccess {
  readonly chain: Chain;
  readonly lane: Lane;
  close(): Promise<void>;
}

/** A chain and an account that pays on it, from a command's options. */
export async function openChain(options: AccessOptions): Promise<ChainAccess> {
  const chain = await connectChain(options);
  const lane = createLane(chain, keySigner(payingKey(options.keyFile, chain.chainId)));
  return {
    chain,
    lane,
    async close() {
      await lane.close();
      chain.close();
    },
  };
}

/** A chain, of which only its id is known. The caller closes it. */
export async function connectChain(options: Omit<AccessOptions, "keyFile">): Promise<Chain> {
  const chainId = await chainIdAt(options.rpcUrl);
  if (options.chainId !== undefined && options.chainId !== chainId)
    throw new GatelogError("WRONG_CHAIN", `${options.rpcUrl} serves chain ${chainId}, not ${options.chainId}`, {
      expected: options.chainId,
      actual: chainId,
    });
  return createChain({ url: options.rpcUrl, expected: { chainId }, finality: options.finality ?? "instant" });
}

/** The key in the file, or on a development chain the public one. */
export function payingKey(keyFile: string | undefined, chainId: number) {
  if (keyFile !== undefined) {
    if (!existsSync(keyFile))
      throw new GatelogError("INVALID_CONFIG", `there is no key file ${keyFile}`, { file: keyFile });
    return readKey({ file: resolve(keyFile) }, ".", {});
  }
  if (!DEVELOPMENT_CHAINS.includes(chainId))
    throw new GatelogError(
      "INVALID_CONFIG",
      `chain ${chainId} is no development chain: pass --key-file with the key of a funded account`,
      { chainId },
    );
  return developmentAccounts().deployer.privateKey;
}

/** Asks the node itself. */
async function chainIdAt(rpcUrl: string): Promise<number> {
  try {
    const response = await fetch(rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    const { result } = (await response.json()) as { result?: string };
    const chainId = Number(result);
    if (!Number.isSafeInteger(chainId)) throw new TypeError(`eth_chainId answered ${String(result)}`);
    return chainId;
  } catch (cause) {
    throw new GatelogError("NODE_UNREACHABLE", `no JSON-RPC node answers at ${rpcUrl}`, { url: rpcUrl }, { cause });
  }
}
