import { id, Interface, keccak256, type JsonFragment } from "ethers";
import { GatelogError } from "../entry/errors.ts";
import { toHex, type Address, type Hash } from "../entry/hex.ts";
import { STANDARDS, type Standard } from "../entry/terms.ts";
import type { Chain } from "./chain.ts";
import { assetEscrowAt, assetEscrowInterface, erc20At, erc20Interface, erc721Interface } from "./contracts.ts";
import type { DeployedContract, DeploymentRecord } from "./deployment-record.ts";
import { AssetEscrowArtifact } from "./generated/contracts/AssetEscrow.ts";
import { GatelogERC20Artifact } from "./generated/contracts/GatelogERC20.ts";
import { GatelogERC721Artifact } from "./generated/contracts/GatelogERC721.ts";
import { LogRegistryArtifact } from "./generated/contracts/LogRegistry.ts";
import type { Lane } from "./lane.ts";
import { parseHex, type Receipt } from "./rpc-values.ts";

/** Who deploys, and what is there already. Deployment is idempotent: what the record names and the chain has stays. */
export interface Deployment {
  readonly chain: Chain;
  /** Pays, and becomes administrator of the escrow and the tokens. */
  readonly lane: Lane;
  /** Record of an earlier run; one of another chain is refused. */
  readonly record?: DeploymentRecord | undefined;
}

export interface LogDeployment {
  readonly logRegistry: Address;
  readonly record: DeploymentRecord;
}

export interface LedgerDeployment {
  readonly escrow: Address;
  readonly erc20: Address;
  readonly erc721: Address;
  readonly record: DeploymentRecord;
}

/** Tokens of a ledger that has none: development chains, and trials on other networks. */
const DEVELOPMENT_TOKENS = { erc20: ["Gatelog Gold", "GOLD", 18], erc721: ["Gatelog Deed", "DEED"] } as const;

export const TOKEN_MODES = { mint: 1, vault: 2 } as const;
export type TokenMode = keyof typeof TOKEN_MODES;

interface Artifact {
  readonly contractName: string;
  readonly abi: readonly JsonFragment[];
  readonly bytecode: string;
}

export async function deployLog(deployment: Deployment): Promise<LogDeployment> {
  const record = await openRecord(deployment);
  const logRegistry = await deployContract(deployment, record, LogRegistryArtifact, []);
  return { logRegistry, record };
}

/** An escrow with one ERC-20 and one ERC-721 that it mints and burns, both mapped as native here. */
export async function deployLedger(deployment: Deployment): Promise<LedgerDeployment> {
  const { lane, chain } = deployment;
  const record = await openRecord(deployment);
  const escrow = await deployContract(deployment, record, AssetEscrowArtifact, [lane.account]);
  const erc20 = await deployContract(deployment, record, GatelogERC20Artifact, [
    ...DEVELOPMENT_TOKENS.erc20,
    lane.account,
  ]);
  const erc721 = await deployContract(deployment, record, GatelogERC721Artifact, [
    ...DEVELOPMENT_TOKENS.erc721,
    lane.account,
  ]);
  await grantMinter(deployment, erc20, escrow);
  await grantMinter(deployment, erc721, escrow);
  const native = (token: Address, standard: Standard) => ({
    originChainId: chain.chainId,
    originToken: token,
    token,
    standard,
    mode: "mint" as const,
  });
  await mapToken(deployment, escrow, native(erc20, "erc20"));
  await mapToken(deployment, escrow, native(erc721, "erc721"));
  return { escrow, erc20, erc721, record };
}

export interface TokenMapping {
  readonly originChainId: number;
  readonly originToken: Address;
  /** Local token that stands for it. */
  readonly token: Address;
  readonly standard: Standard;
  readonly mode: TokenMode;
}

/** Maps the token; the same mapping again costs nothing. */
export async function mapToken(
  { chain, lane }: Omit<Deployment, "record">,
  escrow: Address,
  mapping: TokenMapping,
): Promise<void> {
  const { originChainId, originToken, token, standard, mode } = mapping;
  const mapped = toHex(await assetEscrowAt(chain, escrow).mappedToken(originChainId, originToken));
  if (mapped === token) return;
  const values = [originChainId, originToken, token, STANDARDS[standard], TOKEN_MODES[mode]] as const;
  await lane.send({ to: escrow, data: toHex(assetEscrowInterface.encodeFunctionData("mapToken", [...values])) });
}

/** Lets a gateway's ledger key lock and mint. */
export async function admitGateway(
  { chain, lane }: Omit<Deployment, "record">,
  escrow: Address,
  key: Address,
): Promise<void> {
  if (await assetEscrowAt(chain, escrow).isAdmitted(key)) return;
  await lane.send({ to: escrow, data: toHex(assetEscrowInterface.encodeFunctionData("admitGateway", [key])) });
}

/** Lets an account mint and burn what it holds; for both token contracts, which share the role. */
export async function grantMinter(
  { chain, lane }: Omit<Deployment, "record">,
  token: Address,
  minter: Address,
): Promise<void> {
  const role = id("MINTER_ROLE");
  if (await erc20At(chain, token).hasRole(role, minter)) return;
  await lane.send({ to: token, data: toHex(erc20Interface.encodeFunctionData("grantRole", [role, minter])) });
}

export async function mintErc20(lane: Lane, token: Address, to: Address, amount: bigint): Promise<Receipt> {
  return lane.send({ to: token, data: toHex(erc20Interface.encodeFunctionData("mint", [to, amount])) });
}

export async function mintErc721(
  lane: Lane,
  token: Address,
  to: Address,
  tokenId: bigint,
  uri: string,
): Promise<Receipt> {
  return lane.send({ to: token, data: toHex(erc721Interface.encodeFunctionData("mint", [to, tokenId, uri])) });
}

async function openRecord({ chain, record }: Deployment): Promise<DeploymentRecord> {
  const { chainId, genesisHash } = await chain.identity();
  if (record && (record.chainId !== chainId || record.genesisHash !== genesisHash))
    throw new GatelogError("WRONG_CHAIN", "the deployment record belongs to another chain", {
      expected: `${record.chainId} ${record.genesisHash}`,
      actual: `${chainId} ${genesisHash}`,
    });
  return { version: 1, chainId, genesisHash, contracts: { ...record?.contracts } };
}

/** Deploys unless the record's contract still stands; writes it into the record. */
async function deployContract(
  { chain, lane }: Deployment,
  record: DeploymentRecord,
  artifact: Artifact,
  values: readonly unknown[],
): Promise<Address> {
  const name = artifact.contractName;
  const former = record.contracts[name];
  if (former !== undefined) {
    const standing = await codeHashAt(chain, former.address);
    if (standing === former.codeHash) return former.address;
  }
  const constructorData = new Interface(artifact.abi).encodeDeploy(values);
  const receipt = await lane.send({ to: null, data: toHex(artifact.bytecode + constructorData.slice(2)) });
  if (receipt.contractAddress === null) throw new GatelogError("INVARIANT_BROKEN", `deploying ${name} gave no address`);
  const { contractAddress: address, blockNumber, transactionHash } = receipt;
  const contract: DeployedContract = {
    address,
    codeHash: await codeHashAt(chain, address),
    blockNumber,
    transactionHash,
  };
  record.contracts[name] = contract;
  return address;
}

async function codeHashAt(chain: Chain, address: Address): Promise<Hash> {
  return toHex(keccak256(parseHex(await chain.rpc("eth_getCode", [address, "latest"]))));
}
