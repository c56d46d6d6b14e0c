import { network } from "hardhat";
import {
  Contract,
  ContractFactory,
  id,
  JsonRpcProvider,
  Wallet,
  type ContractTransactionResponse,
  type JsonFragment,
  type Signer,
} from "ethers";
import { AssetEscrowArtifact } from "../../src/chain/generated/contracts/AssetEscrow.ts";
import { GatelogERC20Artifact } from "../../src/chain/generated/contracts/GatelogERC20.ts";
import { GatelogERC721Artifact } from "../../src/chain/generated/contracts/GatelogERC721.ts";
import { toHex, type Address } from "../../src/entry/hex.ts";
import { STANDARDS, termsToAbi, type Standard, type Terms } from "../../src/entry/terms.ts";
import type { JsonRpc } from "../../src/audit/reading/json-rpc.ts";
import { RpcLedgerReader } from "../../src/audit/reading/rpc-ledger-reader.ts";
import type { Finality } from "../../src/audit/reading/rpc-calls.ts";
import { developmentKey } from "./accounts.ts";

const MINTER_ROLE = id("MINTER_ROLE");
const NO_CERTIFICATE = { fact: 0, blockNumber: 0, blockHash: `0x${"0".repeat(64)}`, signatures: [] };

const MODES = { MINT: 1, VAULT: 2 };
/** Ids of the ERC-721 that the account has to begin with, on alpha. */
const IDS = [1n, 2n, 3n];

/** A real escrow and tokens on a real node inside this process. One account administers, owns assets and acts as gateway. */
export class LedgerWorld {
  readonly rpc: JsonRpc;
  readonly chainId: number;
  readonly escrow: Address;
  /** ERC-20. */
  readonly token: Address;
  readonly erc721: Address;
  /** An ERC-20 that the escrow may not mint. */
  readonly plain: Address;
  readonly account: Address;
  readonly #contract: Contract;
  readonly #close: () => Promise<void>;
  #snapshot: unknown;

  private constructor(
    rpc: JsonRpc,
    chainId: number,
    contract: Contract,
    addresses: Pick<LedgerWorld, "escrow" | "token" | "erc721" | "plain" | "account">,
    close: () => Promise<void>,
  ) {
    this.rpc = rpc;
    this.chainId = chainId;
    this.escrow = addresses.escrow;
    this.token = addresses.token;
    this.erc721 = addresses.erc721;
    this.plain = addresses.plain;
    this.account = addresses.account;
    this.#contract = contract;
    this.#close = close;
  }

  static async open(name: "alpha" | "beta"): Promise<LedgerWorld> {
    const connection = await network.create(name);
    const [signer] = await connection.ethers.getSigners();
    const rpc: JsonRpc = (method, params) => connection.provider.request({ method, params: [...params] });
    return LedgerWorld.#deploy(name, rpc, signer!, () => connection.close());
  }

  /** The same on a node behind a URL. */
  static async at(name: "alpha" | "beta", url: string): Promise<LedgerWorld> {
    const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, batchMaxCount: 1 });
    const rpc: JsonRpc = (method, params) => provider.send(method, [...params]);
    return LedgerWorld.#deploy(name, rpc, new Wallet(developmentKey(0), provider), () => {
      provider.destroy();
      return Promise.resolve();
    });
  }

  static async #deploy(
    name: "alpha" | "beta",
    rpc: JsonRpc,
    signer: Signer & { readonly address: string },
    close: () => Promise<void>,
  ): Promise<LedgerWorld> {
    const account = toHex(signer.address);
    const escrow = await deploy(AssetEscrowArtifact, signer, account);
    const token = await deploy(GatelogERC20Artifact, signer, "Token", "T", 18, account);
    const erc721 = await deploy(GatelogERC721Artifact, signer, "Relic", "R", account);
    const plain = await deploy(GatelogERC20Artifact, signer, "Plain", "P", 18, account);
    const addressOf = async (contract: Contract) => toHex(await contract.getAddress());
    const addresses = {
      escrow: await addressOf(escrow),
      token: await addressOf(token),
      erc721: await addressOf(erc721),
      plain: await addressOf(plain),
      account,
    };
    const world = new LedgerWorld(rpc, Number(await rpc("eth_chainId", [])), escrow, addresses, close);
    await world.#call(escrow, "admitGateway", account);
    for (const contract of [token, erc721, plain]) await world.#call(contract, "grantRole", MINTER_ROLE, account);
    for (const contract of [token, erc721]) await world.#call(contract, "grantRole", MINTER_ROLE, addresses.escrow);
    for (const contract of [token, plain]) {
      await world.#call(contract, "mint", account, 1_000_000n);
      await world.#call(contract, "approve", addresses.escrow, 1_000_000n);
    }
    for (const tokenId of name === "alpha" ? IDS : []) await world.#call(erc721, "mint", account, tokenId, "");
    await world.#call(erc721, "setApprovalForAll", addresses.escrow, true);
    return world;
  }

  /** Maps a local token to one of another ledger, or to itself. */
  async map(
    originChainId: number,
    originToken: Address,
    { token = this.token, standard = "erc20", mode = "MINT" }: Mapping = {},
  ): Promise<void> {
    await this.#call(this.#contract, "mapToken", originChainId, originToken, token, STANDARDS[standard], MODES[mode]);
  }

  async act(action: "lock" | "burn" | "mint" | "assign" | "cancel" | "unlock", terms: Terms): Promise<void> {
    const certificate = action === "lock" || action === "burn" || action === "mint" ? [] : [NO_CERTIFICATE];
    await this.#call(this.#contract, action, termsToAbi(terms), ...certificate);
  }

  /** By the owner of an asset that could not be delivered. */
  async claim(terms: Terms, to: Address): Promise<void> {
    await this.#call(this.#contract, "claim", termsToAbi(terms), to);
  }

  /** Somebody gives the escrow something that no transfer asked for. */
  async donate(amount: bigint): Promise<void> {
    const token = new Contract(this.token, GatelogERC20Artifact.abi, this.#contract.runner);
    await this.#call(token, "transfer", this.escrow, amount);
  }

  async mine(): Promise<void> {
    await this.rpc("evm_mine", []);
  }

  reader(name: string, finality: Finality = "instant"): RpcLedgerReader {
    return new RpcLedgerReader(this.rpc, { name, escrow: this.escrow, finality });
  }

  /** What is done from here on is undone by `restore`. */
  async keep(): Promise<void> {
    this.#snapshot = await this.rpc("evm_snapshot", []);
  }

  async restore(): Promise<void> {
    await this.rpc("evm_revert", [this.#snapshot]);
    await this.keep();
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #call(contract: Contract, method: string, ...args: readonly unknown[]): Promise<void> {
    const sent = (await contract.getFunction(method)(...args)) as ContractTransactionResponse;
    await sent.wait();
  }
}

interface Mapping {
  readonly token?: Address;
  readonly standard?: Standard;
  readonly mode?: keyof typeof MODES;
}

interface Artifact {
  readonly abi: readonly JsonFragment[];
  readonly bytecode: string;
}

async function deploy({ abi, bytecode }: Artifact, signer: Signer, ...args: readonly unknown[]): Promise<Contract> {
  const deployed = await (await new ContractFactory(abi, bytecode, signer).deploy(...args)).waitForDeployment();
  return new Contract(await deployed.getAddress(), abi, signer);
}
