import { expect } from "chai";

import { erc20At } from "../../src/chain/contracts.ts";
import { createLane, type Lane } from "../../src/chain/lane.ts";
import { termsHashOf, type Terms } from "../../src/entry/terms.ts";
import { EvmLedger } from "../../src/ledger/evm-ledger.ts";
import { developmentSigner } from "../support/accounts.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { ACCOUNTS, deployLedger, mapBothWays, type TestLedger } from "../support/deploy.ts";
import { expectRejection } from "../support/expect-error.ts";
import { approve, makeTerms } from "../support/terms.ts";

const AMOUNT = 250n;

describe("EvmLedger", () => {
  let alpha: TestChain;
  let beta: TestChain;
  let one: TestLedger;
  let other: TestLedger;
  let alice: Lane;
  /** Gateway A's ledger and gateway B's. */
  let origin: EvmLedger;
  let destination: EvmLedger;
  const lanes: Lane[] = [];

  const ledgerOf = (ledger: TestLedger, account: number): EvmLedger => {
    const signer = developmentSigner(account);
    const lane = createLane(ledger.chain, signer);
    lanes.push(lane);
    return new EvmLedger({ chain: ledger.chain, account: { lane, signer } }, { escrow: ledger.escrow });
  };

  before(async () => {
    [alpha, beta] = await Promise.all([startHardhat("alpha"), startHardhat("beta")]);
    [one, other] = await Promise.all([deployLedger(alpha), deployLedger(beta)]);
    await mapBothWays(one, other);
    await one.admit(developmentSigner(ACCOUNTS.ledgerKeyA).address);
    await other.admit(developmentSigner(ACCOUNTS.ledgerKeyB).address);
    alice = createLane(one.chain, developmentSigner(ACCOUNTS.alice));
    lanes.push(alice);
    origin = ledgerOf(one, ACCOUNTS.ledgerKeyA);
    destination = ledgerOf(other, ACCOUNTS.ledgerKeyB);
  });

  after(async () => {
    for (const lane of lanes) await lane.close();
    await Promise.all([one.close(), other.close()]);
    await Promise.all([alpha.close(), beta.close()]);
  });

  async function fundedTerms(change: Partial<Terms> = {}): Promise<Terms> {
    const terms = makeTerms(one, other, { standard: "erc20", value: AMOUNT.toString(), ...change });
    await one.mintErc20(alice.account, AMOUNT);
    await approve(alice, one, terms);
    return terms;
  }

  it("moves an ERC-20: lock, mint, burn, assign", async () => {
    const terms = await fundedTerms();
    const bob = developmentSigner(ACCOUNTS.bob).address;
    const before = await erc20At(other.chain, other.erc20).balanceOf(bob);
    expect((await origin.read(terms)).state).to.equal("NONE");
    for (const [ledger, action, state] of [
      [origin, "lock", "LOCKED"],
      [destination, "mint", "MINTED"],
      [origin, "burn", "BURNED"],
      [destination, "assign", "ASSIGNED"],
    ] as const) {
      const receipt = await ledger.act(action, terms);
      expect(receipt).to.include({ action, state });
      expect(receipt.transactionHash).to.be.a("string");
      const view = await ledger.read(terms);
      expect(view).to.include({ state, headState: state });
      expect(view.blockNumber).to.be.at.least(receipt.blockNumber);
    }
    expect((await erc20At(other.chain, other.erc20).balanceOf(bob)) - before).to.equal(AMOUNT);
  });

  it("moves an ERC-721 with its URI", async () => {
    const asset = { standard: "erc721", value: "7", tokenUri: "ipfs://deed/7" } as const;
    const terms = makeTerms(one, other, asset);
    await one.mintErc721(alice.account, 7n, asset.tokenUri);
    expect(await origin.token(one.erc721, 7n)).to.deep.equal({
      token: one.erc721,
      standard: "erc721",
      mode: "mint",
      decimals: 0,
      tokenUri: asset.tokenUri,
      owner: alice.account,
    });
    await approve(alice, one, terms);
    await origin.act("lock", terms);
    await destination.act("mint", terms);
    await origin.act("burn", terms);
    await destination.act("assign", terms);
    expect(await destination.token(other.erc721, 7n)).to.include({
      tokenUri: asset.tokenUri,
      owner: terms.beneficiary,
    });
    expect((await origin.token(one.erc721, 7n)).owner).to.equal(null);
  });

  it("resolves an action whose effect stands already, without a transaction", async () => {
    const terms = await fundedTerms();
    const first = await origin.act("lock", terms);
    const height = (await one.chain.head()).number;
    const second = await origin.act("lock", terms);
    expect(second).to.deep.equal({ ...first, transactionHash: null });
    expect((await one.chain.head()).number).to.equal(height);
  });

  it("rejects what the state excludes as LEDGER_CONFLICT, with the state", async () => {
    const terms = await fundedTerms();
    expect((await origin.act("unlock", terms)).state).to.equal("REFUSED");
    const error = await expectRejection(origin.act("lock", terms), "LEDGER_CONFLICT");
    expect(error.context).to.include({ termsHash: termsHashOf(terms), action: "lock", actual: "REFUSED" });
    await expectRejection(origin.act("burn", terms), "LEDGER_CONFLICT");
  });

  it("recreates with a certificate of the cancelled destination, and not without", async () => {
    const terms = await fundedTerms();
    await origin.act("lock", terms);
    await origin.act("burn", terms);
    await expectRejection(origin.act("recreate", terms), "LEDGER_REJECTED");
    const cancelled = await destination.act("cancel", terms);
    const { blockHash, blockNumber } = await destination.read(terms);
    const certificate = await destination.certify({
      termsHash: termsHashOf(terms),
      fact: "DESTINATION_CANCELLED",
      chainId: destination.chainId,
      source: destination.escrow,
      blockNumber,
      blockHash,
    });
    expect(cancelled.state).to.equal("CANCELLED");
    expect((await origin.act("recreate", terms, certificate)).state).to.equal("RECREATED");
  });

  it("says why the ledger refuses: allowance, unmapped token, key that is not admitted, expiry", async () => {
    const unapproved = makeTerms(one, other, { standard: "erc20", value: (AMOUNT * 1_000n).toString() });
    const allowance = await expectRejection(origin.act("lock", unapproved), "LEDGER_REJECTED");
    expect(allowance.context).to.include({ error: "ERC20InsufficientAllowance", needed: Number(AMOUNT) * 1_000 });

    const terms = makeTerms(one, other, { standard: "erc20", value: "1" });
    const unmapped = { ...terms, origin: { ...terms.origin, token: one.escrow } };
    await expectRejection(origin.act("lock", unmapped), "UNMAPPED_TOKEN");

    const stranger = ledgerOf(one, ACCOUNTS.bob);
    const own = { ...terms, origin: { ...terms.origin, keys: [developmentSigner(ACCOUNTS.bob).address] } };
    expect((await expectRejection(stranger.act("lock", own), "LEDGER_REJECTED")).context).to.include({
      error: "AssetEscrowGatewayNotAdmitted",
    });

    const expired = { ...terms, lockExpiry: 1 };
    expect((await expectRejection(origin.act("lock", expired), "LEDGER_REJECTED")).context).to.include({
      error: "AssetEscrowLockExpired",
      expiry: 1,
    });
    expect((await origin.read(expired)).headState).to.equal("NONE");
  });

  it("knows mapped tokens and says so of others", async () => {
    expect(await destination.mappedToken(one.chain.chainId, one.erc20)).to.equal(other.erc20);
    await expectRejection(destination.mappedToken(one.chain.chainId, one.escrow), "UNMAPPED_TOKEN");
    expect(await origin.token(one.erc20)).to.include({ standard: "erc20", mode: "mint", decimals: 18, owner: null });
    await expectRejection(origin.token(one.escrow), "UNMAPPED_TOKEN");
  });

  it("tells the head from what is final", async () => {
    const chain = alpha.connect({ finality: { depth: 3 } });
    const reader = new EvmLedger({ chain, account: null }, { escrow: one.escrow });
    const terms = await fundedTerms();
    const { blockNumber } = await origin.act("lock", terms);
    expect(await reader.read(terms)).to.include({ state: "NONE", headState: "LOCKED", blockNumber: blockNumber - 3 });
    await alpha.mine(3);
    expect(await reader.read(terms)).to.include({ state: "LOCKED", headState: "LOCKED", blockNumber });
    chain.close();
  });

  it("acts and signs nothing without an account", async () => {
    const reader = new EvmLedger({ chain: one.chain, account: null }, { escrow: one.escrow });
    expect(reader.account).to.equal(null);
    await expectRejection(
      reader.act("lock", makeTerms(one, other, { standard: "erc20", value: "1" })),
      "NOT_SERVED_HERE",
    );
  });

  it("says that there is no escrow at an address", async () => {
    const reader = new EvmLedger({ chain: one.chain, account: null }, { escrow: alice.account });
    await expectRejection(reader.read(makeTerms(one, other, { standard: "erc20", value: "1" })), "INVALID_CONFIG");
  });
});
