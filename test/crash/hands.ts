import { id } from "ethers";
import { createChain, type Chain } from "../../src/chain/chain.ts";
import { assetEscrowInterface, erc20At, erc20Interface, erc721At, erc721Interface } from "../../src/chain/contracts.ts";
import { mapToken } from "../../src/chain/deploy.ts";
import { createLane, type Lane } from "../../src/chain/lane.ts";
import { DISPUTED_DEED } from "../../src/cli/devnet-deploy.ts";
import type { Part } from "../../src/cli/devnet-accounts.ts";
import { toHex, ZERO_HASH, type Address } from "../../src/entry/hex.ts";
import { keySigner } from "../../src/entry/signature.ts";
import { termsToAbi, type Terms } from "../../src/entry/terms.ts";
import type { GatelogNet, Side } from "../support/gatelog-net.ts";

const NO_CERTIFICATE = { fact: 0, blockNumber: 0, blockHash: ZERO_HASH, signatures: [] };
/** More than all cases together move. */
const ALLOWANCE = 10n ** 30n;

/** Gold, and who has the deed that exists on both ledgers. */
export interface Holdings {
  /** Of both ledgers together. */
  readonly supply: bigint;
  readonly alice: bigint;
  readonly bob: bigint;
  readonly escrows: bigint;
  readonly deed: string;
}

/** What people do beside the gateways: owners, the tokens' administrator, and anyone. */
export class Hands {
  readonly #net: GatelogNet;
  readonly #chains = new Map<Side, Chain>();
  readonly #lanes = new Map<string, Lane>();

  constructor(net: GatelogNet) {
    this.#net = net;
  }

  /** Alice lets the escrow take her gold, as much as it likes. */
  async approveGold(): Promise<void> {
    const { erc20, escrow } = this.#net.record.alpha;
    await this.#send("alpha", "alice", erc20, erc20Interface.encodeFunctionData("approve", [escrow, ALLOWANCE]));
  }

  /** An approval of a deed ends when the deed moves. */
  async approveDeed(deed: bigint): Promise<void> {
    const { erc721, escrow } = this.#net.record.alpha;
    await this.#send("alpha", "alice", erc721, erc721Interface.encodeFunctionData("approve", [escrow, deed]));
  }

  /** While it may not, the escrow can neither bring gold into being nor destroy it. */
  async letEscrowMint(side: Side, allowed: boolean): Promise<void> {
    const { erc20, escrow } = this.#net.record[side];
    const role = id("MINTER_ROLE");
    const data = allowed
      ? erc20Interface.encodeFunctionData("grantRole", [role, escrow])
      : erc20Interface.encodeFunctionData("revokeRole", [role, escrow]);
    await this.#send(side, "deployer", erc20, data);
  }

  /** A token that alpha's escrow holds and beta's does not know. */
  async deployUnmapped(): Promise<Address> {
    const token = toHex(await this.#net.deployToken("alpha"));
    const { chainId, escrow } = this.#net.record.alpha;
    const mapping = { originChainId: chainId, originToken: token, token, standard: "erc20", mode: "mint" } as const;
    await mapToken({ chain: this.#chain("alpha"), lane: this.#lane("alpha", "deployer") }, escrow, mapping);
    return token;
  }

  /** The originator takes back what is locked, once the lock has expired. */
  async unlock(terms: Terms): Promise<void> {
    await this.#onEscrow("alpha", "alice", "unlock", terms);
  }

  /** Anyone, from `cancelAfter` on. */
  async cancel(terms: Terms): Promise<void> {
    await this.#onEscrow("beta", "bob", "cancel", terms);
  }

  async holdings(): Promise<Holdings> {
    const { alpha, beta, accounts } = this.#net.record;
    const gold = { alpha: erc20At(this.#chain("alpha"), alpha.erc20), beta: erc20At(this.#chain("beta"), beta.erc20) };
    return {
      supply: (await gold.alpha.totalSupply()) + (await gold.beta.totalSupply()),
      alice: await gold.alpha.balanceOf(accounts.alice.address),
      bob: await gold.beta.balanceOf(accounts.bob.address),
      escrows: (await gold.alpha.balanceOf(alpha.escrow)) + (await gold.beta.balanceOf(beta.escrow)),
      deed: await erc721At(this.#chain("alpha"), alpha.erc721).ownerOf(DISPUTED_DEED),
    };
  }

  async close(): Promise<void> {
    for (const lane of this.#lanes.values()) await lane.close();
    for (const chain of this.#chains.values()) chain.close();
  }

  async #onEscrow(side: Side, part: Part, action: "unlock" | "cancel", terms: Terms): Promise<void> {
    const values = [termsToAbi(terms), NO_CERTIFICATE] as const;
    const { escrow } = this.#net.record[side];
    // TypeChain's overloads take one action each.
    const data =
      action === "unlock"
        ? assetEscrowInterface.encodeFunctionData("unlock", [...values])
        : assetEscrowInterface.encodeFunctionData("cancel", [...values]);
    await this.#send(side, part, escrow, data);
  }

  async #send(side: Side, part: Part, to: Address, data: string): Promise<void> {
    await this.#lane(side, part).send({ to, data: toHex(data) });
  }

  #lane(side: Side, part: Part): Lane {
    const name = `${side} ${part}`;
    const lane =
      this.#lanes.get(name) ?? createLane(this.#chain(side), keySigner(this.#net.record.accounts[part].privateKey));
    this.#lanes.set(name, lane);
    return lane;
  }

  #chain(side: Side): Chain {
    const { rpcUrl, chainId } = this.#net.record[side];
    const chain = this.#chains.get(side) ?? createChain({ url: rpcUrl, expected: { chainId }, finality: "instant" });
    this.#chains.set(side, chain);
    return chain;
  }
}
