import { Contract, Interface } from "ethers";
import type { Address } from "../entry/hex.ts";
import { contractRunner, type Chain } from "./chain.ts";
import { AssetEscrowArtifact } from "./generated/contracts/AssetEscrow.ts";
import { GatelogERC20Artifact } from "./generated/contracts/GatelogERC20.ts";
import { GatelogERC721Artifact } from "./generated/contracts/GatelogERC721.ts";
import { LogRegistryArtifact } from "./generated/contracts/LogRegistry.ts";
import type { AssetEscrow, AssetEscrowInterface } from "./generated/types/AssetEscrow.ts";
import type { LogRegistry, LogRegistryInterface } from "./generated/types/LogRegistry.ts";
import type { GatelogERC20, GatelogERC20Interface } from "./generated/types/tokens/GatelogERC20.ts";
import type { GatelogERC721, GatelogERC721Interface } from "./generated/types/tokens/GatelogERC721.ts";

/** Our contracts as TypeChain types them from the very ABI: for view functions, which read through the chain. */
export function logRegistryAt(chain: Chain, address: Address): LogRegistry {
  return new Contract(address, LogRegistryArtifact.abi, contractRunner(chain)) as unknown as LogRegistry;
}

export function assetEscrowAt(chain: Chain, address: Address): AssetEscrow {
  return new Contract(address, AssetEscrowArtifact.abi, contractRunner(chain)) as unknown as AssetEscrow;
}

export function erc20At(chain: Chain, address: Address): GatelogERC20 {
  return new Contract(address, GatelogERC20Artifact.abi, contractRunner(chain)) as unknown as GatelogERC20;
}

export function erc721At(chain: Chain, address: Address): GatelogERC721 {
  return new Contract(address, GatelogERC721Artifact.abi, contractRunner(chain)) as unknown as GatelogERC721;
}

// For encoding calls. Each type was generated from the ABI beside it.
export const logRegistryInterface = new Interface(LogRegistryArtifact.abi) as LogRegistryInterface;
export const assetEscrowInterface = new Interface(AssetEscrowArtifact.abi) as AssetEscrowInterface;
export const erc20Interface = new Interface(GatelogERC20Artifact.abi) as GatelogERC20Interface;
export const erc721Interface = new Interface(GatelogERC721Artifact.abi) as GatelogERC721Interface;
