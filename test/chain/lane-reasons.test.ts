import { expect } from "chai";
import { parseEther, toQuantity, Wallet } from "ethers";

import { createLane, type Lane, type LaneOptions } from "../../src/chain/lane.ts";
import { toHex, type Hash } from "../../src/entry/hex.ts";
import { keySigner, type DigestSigner } from "../../src/entry/signature.ts";
import { developmentSigner } from "../support/accounts.ts";
import { requireAnvil, startAnvil, startHardhat, type AnvilChain, type TestChain } from "../support/chains.ts";
import { expectRejection } from "../support/expect-error.ts";
import { startFaultProxy } from "../support/fault-proxy.ts";
import { until } from "../support/until.ts";

const GWEI = 1_000_000_000n;
/** A call that always works: to an account without code. */
const CALL = { to: developmentSigner(4).address, data: "0x01" } as const;
const LIMIT = 20n * GWEI;
const ABOVE_LIMIT = 50n * GWEI;
const BELOW_LIMIT = GWEI;
/** Reacts fast enough for a test. */
const IMPATIENT = {
  fees: { maxGasPrice: LIMIT, priorityFee: 0n },
  resendAfterMs: 100,
  replaceAfterMs: 200,
  closeGraceMs: 0,
} as const satisfies LaneOptions;

// What an operator must see, and what becomes of the transactions meanwhile.
describe("Lane, when its account cannot or will not pay", () => {
  const closers: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  function laneOn(node: TestChain, signer: DigestSigner, url = node.rpcUrl): Lane {
    const chain = node.connect({ url, pollIntervalMs: 10 });
    const lane = createLane(chain, signer, IMPATIENT);
    closers.push(
      () => chain.close(),
      () => lane.close(),
    );
    return lane;
  }
  const poorSigner = (): DigestSigner => keySigner(toHex(Wallet.createRandom().privateKey));
  const used = async (node: TestChain, account: string, tag: "latest" | "pending" = "latest"): Promise<number> =>
    Number(await node.rpc("eth_getTransactionCount", [account, tag]));

  describe("on a Hardhat node, which mines at once", () => {
    let node: TestChain;
    before(async () => {
      node = await startHardhat("alpha");
    });
    after(() => node.close());

    it("says that the account is empty and what would be needed, and goes on once it is filled", async () => {
      const lane = laneOn(node, poorSigner());
      const { account } = lane;
      const empty = { chain: "alpha", account, actual: "0" };
      const { context } = await expectRejection(lane.send(CALL), "INSUFFICIENT_FUNDS", empty);
      await expectRejection(lane.send(CALL), "INSUFFICIENT_FUNDS", empty);
      await node.rpc("hardhat_setBalance", [account, toQuantity(BigInt(String(context["expected"])))]);
      expect((await lane.send(CALL)).status).to.equal(1);
      expect(await used(node, account)).to.equal(1);
    });

    it("sends nothing while gas costs more than the limit, says so, and goes on once the price has fallen", async () => {
      const lane = laneOn(node, developmentSigner(3));
      const { account } = lane;
      const before = await used(node, account);
      await setBaseFee(ABOVE_LIMIT);
      await expectRejection(lane.send(CALL), "GAS_PRICE_TOO_HIGH", {
        chain: "alpha",
        account,
        expected: LIMIT.toString(),
        actual: ABOVE_LIMIT.toString(),
      });
      expect(await used(node, account, "pending")).to.equal(before);
      await setBaseFee(BELOW_LIMIT);
      expect((await lane.send(CALL)).status).to.equal(1);
      expect(await used(node, account)).to.equal(before + 1);
    });

    async function setBaseFee(fee: bigint): Promise<void> {
      await node.rpc("hardhat_setNextBlockBaseFeePerGas", [toQuantity(fee)]);
      await node.mine();
    }
  });

  describe("on an anvil node, which mines when it is told to", () => {
    let node: AnvilChain;
    before(function () {
      requireAnvil(this);
    });
    beforeEach(async () => {
      node = await startAnvil({ blockTimeMs: 0 });
    });
    afterEach(() => node.close());

    async function poolHashes(): Promise<Hash[]> {
      const { pending } = (await node.rpc("txpool_content")) as {
        pending: Record<string, Record<string, { hash: Hash }>>;
      };
      return Object.values(pending).flatMap((byNonce) => Object.values(byNonce).map(({ hash }) => hash));
    }
    async function mineAt(fee: bigint): Promise<void> {
      await node.rpc("anvil_setNextBlockBaseFeePerGas", [toQuantity(fee)]);
      await node.mine();
    }
    const setBalance = (account: string, wei: bigint): Promise<unknown> =>
      node.rpc("anvil_setBalance", [account, toQuantity(wei)]);

    it("tells whoever waits that the price has risen above the limit, and is mined once it has fallen", async () => {
      const lane = laneOn(node, developmentSigner(3));
      const sends = [lane.send(CALL), lane.send(CALL)];
      const rejections = sends.map((send) =>
        expectRejection(send, "GAS_PRICE_TOO_HIGH", { account: lane.account, expected: LIMIT.toString() }),
      );
      await until("both are sent", async () => (await used(node, lane.account, "pending")) === 2);
      await mineAt(ABOVE_LIMIT);
      await Promise.all(rejections);
      await expectRejection(lane.send(CALL), "GAS_PRICE_TOO_HIGH");
      expect(await used(node, lane.account)).to.equal(0);
      await until("both are mined", async () => {
        await mineAt(BELOW_LIMIT);
        return (await used(node, lane.account)) === 2;
      });
    });

    it("tells whoever waits that the account was emptied, and is mined once it is filled", async () => {
      const lane = laneOn(node, developmentSigner(3));
      const rejection = expectRejection(lane.send(CALL), "INSUFFICIENT_FUNDS", {
        chain: "beta",
        account: lane.account,
        actual: "7",
      });
      const [hash] = await until("it is sent", async () => {
        const hashes = await poolHashes();
        return hashes.length === 1 && hashes;
      });
      await setBalance(lane.account, 7n);
      await node.rpc("anvil_dropTransaction", [hash]);
      await rejection;
      await setBalance(lane.account, parseEther("1"));
      await until("it is in the pool again", async () => (await poolHashes()).length === 1);
      await node.mine();
      expect(await used(node, lane.account)).to.equal(1);
    });

    it("counts what is in flight already, as nodes do that hold no more than an account can pay", async () => {
      const proxy = await startFaultProxy(node.rpcUrl);
      closers.push(() => proxy.close());
      const lane = laneOn(node, poorSigner(), proxy.rpcUrl);
      await setBalance(lane.account, parseEther("1"));
      // Sent again meanwhile, as it is on a slow machine, it is refused as well, and whoever waits for it is told: it stays in the pool.
      lane.send(CALL).catch(() => undefined);
      await until("it is sent", async () => (await used(node, lane.account, "pending")) === 1);
      const cost = BigInt(String((await cheapestRefusal(lane)).context["expected"])) / 2n;
      await setBalance(lane.account, cost + 1n);
      await proxy.arm({ kind: "refused", methods: ["eth_sendRawTransaction"], code: -32_000, message: "overshot" });
      await expectRejection(lane.send(CALL), "INSUFFICIENT_FUNDS", {
        expected: (2n * cost).toString(),
        actual: (cost + 1n).toString(),
      });
      await proxy.calm();
      await node.mine();
      expect(await used(node, lane.account)).to.equal(1);
    });

    /** What two calls may cost, from the refusal to an account that has nothing. */
    async function cheapestRefusal(lane: Lane) {
      await setBalance(lane.account, 0n);
      return expectRejection(lane.send(CALL), "INSUFFICIENT_FUNDS");
    }
  });
});
