import { network } from "hardhat";
import {
  Contract,
  ContractFactory,
  id,
  type ContractTransactionResponse,
  type JsonFragment,
  type Signer,
} from "ethers";
import { AssetEscrowArtifact } from "../../src/chain/generated/contracts/AssetEscrow.ts";
import { GatelogERC20Artifact } from "../../src/chain/generated/contracts/GatelogERC20.ts";
import { toHex, type Address } from "../../src/entry/hex.ts";
import { termsToAbi, type Terms } from "../../src/entry/terms.ts";
import type { JsonRpc } from "../../src/audit/json-rpc.ts";
import { RpcLedgerReader } from "../../src/audit/rpc-ledger-reader.ts";

const MINTER_ROLE = id("MINTER_ROLE");
const NO_CERTIFICATE = { fact: 0, blockNumber: 0, blockHash: `0x${"0".repeat(64)}`, signatures: [] };

/** A real escrow and a token on a real node inside this process. One account administers, owns assets and acts as gateway. */
export class LedgerWorld {
  readonly rpc: JsonRpc;
  readonly chainId: number;
  readonly escrow: Address;
  readonly token: Address;
  readonly account: Address;
  readonly #contract: Contract;
  readonly #close: () => Promise<void>;

  private constructor(
    rpc: JsonRpc,
    chainId: number,
    contract: Contract,
    addresses: { readonly escrow: Address; readonly token: Address; readonly account: Address },
    close: () => Promise<void>,
  ) {
    this.rpc = rpc;
    this.chainId = chainId;
    this.escrow = addresses.escrow;
    this.token = addresses.token;
    this.account = addresses.account;
    this.#contract = contract;
    this.#close = close;
  }

  static async open(name: "alpha" | "beta"): Promise<LedgerWorld> {
    const connection = await network.create(name);
    const [signer] = await connection.ethers.getSigners();
    const rpc: JsonRpc = (method, params) => connection.provider.request({ method, params: [...params] });
    const account = toHex(signer!.address);
    const escrow = await deploy(AssetEscrowArtifact, signer!, account);
    const token = await deploy(GatelogERC20Artifact, signer!, "Token", "T", 18, account);
    const addresses = { escrow: toHex(await escrow.getAddress()), token: toHex(await token.getAddress()), account };
    const world = new LedgerWorld(rpc, Number(await rpc("eth_chainId", [])), escrow, addresses, () =>
      connection.close(),
    );
    await world.#call(escrow, "admitGateway", account);
    for (const minter of [account, addresses.escrow]) await world.#call(token, "grantRole", MINTER_ROLE, minter);
    await world.#call(token, "mint", account, 1_000_000n);
    await world.#call(token, "approve", addresses.escrow, 1_000_000n);
    return world;
  }

  /** Maps the local token to one of another ledger, or to itself. */
  async map(originChainId: number, originToken: Address): Promise<void> {
    await this.#call(this.#contract, "mapToken", originChainId, originToken, this.token, 1, 1);
  }

  async act(action: "lock" | "burn" | "mint" | "assign" | "cancel" | "unlock", terms: Terms): Promise<void> {
    const certificate = action === "lock" || action === "burn" || action === "mint" ? [] : [NO_CERTIFICATE];
    await this.#call(this.#contract, action, termsToAbi(terms), ...certificate);
  }

  reader(name: string): RpcLedgerReader {
    return new RpcLedgerReader(this.rpc, { name, escrow: this.escrow });
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #call(contract: Contract, method: string, ...args: readonly unknown[]): Promise<void> {
    const sent = (await contract.getFunction(method)(...args)) as ContractTransactionResponse;
    await sent.wait();
  }
}

interface Artifact {
  readonly abi: readonly JsonFragment[];
  readonly bytecode: string;
}

async function deploy({ abi, bytecode }: Artifact, signer: Signer, ...args: readonly unknown[]): Promise<Contract> {
  const deployed = await (await new ContractFactory(abi, bytecode, signer).deploy(...args)).waitForDeployment();
  return new Contract(await deployed.getAddress(), abi, signer);
}
