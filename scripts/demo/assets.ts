import { Contract, type ContractRunner, JsonRpcProvider, Wallet, type TransactionResponse } from "ethers";
import type { DevnetRecord } from "../../src/cli/devnet.ts";
import { DEEDS, DISPUTED_DEED } from "../../src/cli/devnet-deploy.ts";
import type { Scene, Side } from "./scenes.ts";

/** The owners' side of the demo, with plain ethers: what any wallet does. */
const ABI = [
  "function approve(address spender, uint256 value)",
  "function totalSupply() view returns (uint256)",
  "function balanceOf(address owner) view returns (uint256)",
  "function ownerOf(uint256 tokenId) view returns (address)",
];

interface Token {
  approve(spender: string, value: bigint): Promise<TransactionResponse>;
  totalSupply(): Promise<bigint>;
  balanceOf(owner: string): Promise<bigint>;
  ownerOf(tokenId: bigint): Promise<string>;
}

/** ethers makes the methods from the ABI above at run time; the interface beside it says the same to the compiler. */
function tokenAt(address: string, runner: ContractRunner): Token {
  return new Contract(address, ABI, runner) as unknown as Token;
}

/** The owner of each asset lets the escrow of its ledger take it. */
export async function approveAll(scenes: readonly Scene[], record: DevnetRecord): Promise<void> {
  for (const scene of scenes) {
    const { rpcUrl, chainId, escrow } = record[scene.from];
    const provider = new JsonRpcProvider(rpcUrl, chainId, { staticNetwork: true, pollingInterval: 50 });
    const wallet = new Wallet(record.accounts[scene.owner].privateKey, provider);
    const token = tokenAt(record[scene.from][scene.standard], wallet);
    await (await token.approve(escrow, scene.value)).wait();
    provider.destroy();
  }
}

export interface Holdings {
  /** Gold of both ledgers together, the smallest unit. */
  readonly goldSupply: bigint;
  readonly gold: Readonly<Record<Side, Readonly<Record<"alice" | "bob", bigint>>>>;
  /** "alpha: alice" or nobody, by deed and ledger. */
  readonly deeds: ReadonlyMap<bigint, readonly string[]>;
}

export async function readHoldings(record: DevnetRecord): Promise<Holdings> {
  const { alice, bob } = record.accounts;
  const names = new Map<string, string>([
    [alice.address, "alice"],
    [bob.address, "bob"],
    [record.alpha.escrow, "escrow"],
  ]);
  const deeds = new Map<bigint, string[]>([...DEEDS].map((deed) => [deed, []]));
  const gold = { alpha: { alice: 0n, bob: 0n }, beta: { alice: 0n, bob: 0n } };
  let goldSupply = 0n;
  for (const side of ["alpha", "beta"] as const) {
    const { rpcUrl, chainId, erc20, erc721 } = record[side];
    const provider = new JsonRpcProvider(rpcUrl, chainId, { staticNetwork: true });
    const coin = tokenAt(erc20, provider);
    const deed = tokenAt(erc721, provider);
    goldSupply += await coin.totalSupply();
    gold[side] = { alice: await coin.balanceOf(alice.address), bob: await coin.balanceOf(bob.address) };
    for (const [id, owners] of deeds) {
      const owner = await deed.ownerOf(id).catch(() => undefined); // reverts for an id that does not exist here
      if (owner !== undefined) owners.push(`${side}: ${names.get(owner) ?? owner}`);
    }
    provider.destroy();
  }
  return { goldSupply, gold, deeds };
}

/** Nothing was made or lost: as much gold as before, and every deed exactly once (the disputed one once on each ledger, as before). */
export function conservationFaults(before: Holdings, after: Holdings): string[] {
  const faults: string[] = [];
  if (before.goldSupply !== after.goldSupply)
    faults.push(`gold: ${before.goldSupply} before, ${after.goldSupply} after`);
  for (const [deed, owners] of after.deeds) {
    const expected = deed === DISPUTED_DEED ? 2 : 1;
    if (owners.length !== expected) faults.push(`deed ${deed} has ${owners.length} owners: ${owners.join(", ")}`);
    if (owners.some((owner) => owner.endsWith("escrow"))) faults.push(`deed ${deed} is still in an escrow`);
  }
  return faults;
}
