import { expect } from "chai";

import type { Chain, ChainOptions } from "../../src/chain/chain.ts";
import { createLane, type Lane, type LaneOptions } from "../../src/chain/lane.ts";
import type { Receipt } from "../../src/chain/rpc-values.ts";
import { isGatelogError } from "../../src/entry/errors.ts";
import { toHex, type Hash } from "../../src/entry/hex.ts";
import { developmentSigner } from "../support/accounts.ts";
import { requireAnvil, startAnvil, startHardhat, type AnvilChain, type TestChain } from "../support/chains.ts";
import { freePort } from "../../src/cli/processes.ts";
import { expectRejection } from "../support/expect-error.ts";
import { startFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import type { Fault } from "../support/faults.ts";
import { until } from "../support/until.ts";

const SIGNER = developmentSigner(3);
/** A call that always works: to an account without code. */
const CALL = { to: developmentSigner(4).address, data: "0x01" } as const;
/** Deploys a contract of which every call reverts without a reason. */
const ALWAYS_REVERTS = "0x6005600c60003960056000f360006000fd";
/** Fees far above what an idle chain asks. */
const EXPENSIVE_BASE_FEE = 50_000_000_000n;
/** Reacts fast enough for a test. */
const IMPATIENT = { resendAfterMs: 150, replaceAfterMs: 400, closeGraceMs: 0 } as const satisfies LaneOptions;

describe("Lane", () => {
  const closers: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  const laneOn = (
    node: TestChain,
    options: LaneOptions = IMPATIENT,
    chainOptions: Partial<ChainOptions> = {},
  ): { chain: Chain; lane: Lane } => {
    const chain = node.connect({ pollIntervalMs: 10, ...chainOptions });
    const lane = createLane(chain, SIGNER, options);
    closers.push(
      () => chain.close(),
      () => lane.close(),
    );
    return { chain, lane };
  };
  const usedNonces = async (node: TestChain, tag: "latest" | "pending" = "latest"): Promise<number> =>
    Number(await node.rpc("eth_getTransactionCount", [SIGNER.address, tag]));
  const nonceOf = async (node: TestChain, receipt: Receipt): Promise<number> => {
    const transaction = (await node.rpc("eth_getTransactionByHash", [receipt.transactionHash])) as { nonce: string };
    return Number(transaction.nonce);
  };

  describe("on a Hardhat node, which mines at once", () => {
    let node: TestChain;
    before(async () => {
      node = await startHardhat("alpha");
    });
    after(() => node.close());

    it("numbers concurrent sends without gap or repeat", async () => {
      const { lane } = laneOn(node);
      const first = await usedNonces(node);
      const receipts = await Promise.all(Array.from({ length: 20 }, () => lane.send(CALL)));
      const nonces = await Promise.all(receipts.map((receipt) => nonceOf(node, receipt)));
      expect(nonces.sort((left, right) => left - right)).to.deep.equal(
        Array.from({ length: 20 }, (_, offset) => first + offset),
      );
    });

    it("goes on when another process used the account in between", async () => {
      const [one, other] = [laneOn(node).lane, laneOn(node).lane];
      for (const lane of [one, other, one, other, other, one]) expect((await lane.send(CALL)).status).to.equal(1);
    });

    it("keeps the nonce of a transaction that could not leave", async () => {
      const port = await freePort();
      const unreachable = {
        ...node,
        connect: (options: Partial<ChainOptions> = {}) => node.connect({ ...options, url: `http://127.0.0.1:${port}` }),
      };
      await expectRejection(laneOn(unreachable).lane.send(CALL), "NODE_UNREACHABLE");

      const proxy = await startFaultProxy(node.rpcUrl, {
        kind: "refused",
        methods: ["eth_sendRawTransaction"],
        code: -32_000,
        message: "not today",
      });
      closers.push(() => proxy.close());
      const { lane } = laneOn(behind(node, proxy));
      const before = await usedNonces(node);
      await expectRejection(lane.send(CALL), "TRANSACTION_FAILED", { nonce: before });
      await proxy.calm();
      expect(await nonceOf(node, await lane.send(CALL))).to.equal(before);
    });

    it("finds its transaction although the answer to sending it was lost, and sends it once", async () => {
      const { lane, proxy } = await proxied({ kind: "reply-lost", methods: ["eth_sendRawTransaction"] });
      const before = await usedNonces(node);
      expect((await lane.send(CALL)).status).to.equal(1);
      expect(await usedNonces(node)).to.equal(before + 1);
      expect(proxy.calls.filter(({ method }) => method === "eth_sendRawTransaction").length).to.be.at.least(1);
    });

    it("asks for nothing but the sending of what it was prepared for", async () => {
      const { lane, proxy } = await proxied({ kind: "slow", methods: ["eth_accounts"], delayMs: 1 });
      await lane.prepare(CALL);
      const sent = await usedNonces(node);
      const before = proxy.calls.length;
      expect((await lane.send(CALL)).status).to.equal(1);
      expect(proxy.calls[before]?.method).to.equal("eth_sendRawTransaction");
      expect(await usedNonces(node), "prepared, and sent once").to.equal(sent + 1);
      const other = proxy.calls.length;
      await lane.send({ ...CALL, data: "0x02" });
      const asked = proxy.calls.slice(other).map(({ method }) => method);
      expect(asked, "another call is estimated").to.include("eth_estimateGas");
    });

    it("estimates again what could not be estimated beforehand", async () => {
      const refused = { kind: "refused", methods: ["eth_estimateGas"], code: -32_000, message: "not today" } as const;
      const { lane, proxy } = await proxied(refused);
      await expectRejection(lane.prepare(CALL), "TRANSACTION_FAILED");
      await proxy.calm();
      expect((await lane.send(CALL)).status).to.equal(1);
    });

    it("tells a revert that only happened when it was mined", async () => {
      // The node's estimate would tell before: it is answered for.
      const { lane } = await proxied({ kind: "doctored", methods: ["eth_estimateGas"], change: () => "0x30000" });
      const { contractAddress } = await lane.send({ to: null, data: ALWAYS_REVERTS });
      const error = await expectRejection(lane.send({ to: contractAddress, data: "0x" }), "TRANSACTION_FAILED", {
        reverted: true,
      });
      expect(error.message).to.include("reverts");
    });

    it("refuses a transaction over the gas that one may have", async () => {
      const { lane } = await proxied({ kind: "doctored", methods: ["eth_estimateGas"], change: () => "0x2000000" });
      await expectRejection(lane.send(CALL), "TOO_LARGE", { maximum: 16_777_216 });
    });

    it("takes nothing after it was closed", async () => {
      const { lane } = laneOn(node);
      await lane.close();
      await expectRejection(lane.send(CALL), "STORE_UNAVAILABLE");
    });

    async function proxied(fault: Fault): Promise<{ lane: Lane; proxy: FaultProxy }> {
      const proxy = await startFaultProxy(node.rpcUrl, fault);
      closers.push(() => proxy.close());
      return { lane: laneOn(behind(node, proxy)).lane, proxy };
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

    const pending = (count: number): Promise<unknown> =>
      until(`${count} pending`, async () => (await usedNonces(node, "pending")) === count);
    const settled = (sends: Promise<Receipt>[]): Promise<PromiseSettledResult<Receipt>[]> => Promise.allSettled(sends);
    const poolHashes = async (): Promise<Hash[]> => {
      const content = (await node.rpc("txpool_content")) as {
        pending: Record<string, Record<string, { hash: string }>>;
      };
      return Object.values(content.pending).flatMap((byNonce) => Object.values(byNonce).map(({ hash }) => toHex(hash)));
    };

    it("keeps several transactions in flight and has them mined in one block", async () => {
      const { lane } = laneOn(node);
      const sends = Array.from({ length: 10 }, () => lane.send(CALL));
      await pending(10);
      await node.mine();
      const blocks = new Set((await Promise.all(sends)).map(({ blockNumber }) => blockNumber));
      expect(blocks.size).to.equal(1);
    });

    it("has no more in flight than its limit", async () => {
      const { lane } = laneOn(node, { ...IMPATIENT, maxInFlight: 3 });
      const sends = Array.from({ length: 8 }, () => lane.send(CALL));
      await pending(3);
      let done = false;
      const mined = settled(sends).finally(() => (done = true));
      await until("all mined", async () => {
        expect((await usedNonces(node, "pending")) - (await usedNonces(node))).to.be.at.most(3);
        await node.mine();
        return done;
      });
      expect((await mined).every(({ status }) => status === "fulfilled")).to.equal(true);
    });

    it("goes on behind what an earlier process left in flight", async () => {
      const first = laneOn(node);
      const left = settled([first.lane.send(CALL), first.lane.send(CALL)]);
      await pending(2);
      await first.lane.close();
      expect(
        (await left).every((result) => result.status === "rejected" && isGatelogError(result.reason, "TIMEOUT")),
      ).to.equal(true);
      const next = laneOn(node).lane.send(CALL);
      await pending(3);
      await node.mine();
      expect(await nonceOf(node, await next)).to.equal(2);
      expect(await usedNonces(node)).to.equal(3);
    });

    it("fills the nonce of an earlier process's transaction that was dropped or never gets mined", async () => {
      const first = laneOn(node);
      const left = settled([first.lane.send(CALL)]);
      await pending(1);
      await first.lane.close();
      await left;
      const next = laneOn(node).lane.send(CALL);
      await pending(2);
      const transactions = await Promise.all(
        (await poolHashes()).map(
          async (hash) => (await node.rpc("eth_getTransactionByHash", [hash])) as { hash: Hash; nonce: string },
        ),
      );
      const dropped = transactions.find(({ nonce }) => Number(nonce) === 0);
      await node.rpc("anvil_dropTransaction", [dropped?.hash]);
      const receipt = await until("the nonce is filled and both are mined", async () => {
        await node.mine();
        return (await usedNonces(node)) === 2 && next;
      });
      expect(await nonceOf(node, receipt)).to.equal(1);
    });

    it("sends a dropped transaction again, unchanged", async () => {
      const { lane } = laneOn(node, { ...IMPATIENT, replaceAfterMs: 60_000 });
      const send = lane.send(CALL);
      await pending(1);
      const [hash] = await poolHashes();
      await node.rpc("anvil_dropTransaction", [hash]);
      expect(await poolHashes()).to.deep.equal([]);
      await until("it is in the pool again", async () => (await poolHashes()).length === 1);
      await node.mine();
      expect((await send).transactionHash).to.equal(hash);
    });

    it("replaces a transaction that is too cheap, under the same nonce", async () => {
      const { lane } = laneOn(node);
      const send = lane.send(CALL);
      await pending(1);
      const [cheap] = await poolHashes();
      await node.rpc("anvil_setNextBlockBaseFeePerGas", [`0x${EXPENSIVE_BASE_FEE.toString(16)}`]);
      await node.mine();
      expect(await usedNonces(node)).to.equal(0);
      const receipt = await until("it is mined at a higher fee", async () => {
        await node.rpc("anvil_setNextBlockBaseFeePerGas", [`0x${EXPENSIVE_BASE_FEE.toString(16)}`]);
        await node.mine();
        return (await usedNonces(node)) === 1 && send;
      });
      expect(receipt.transactionHash).not.to.equal(cheap);
      expect(await nonceOf(node, receipt)).to.equal(0);
    });

    it("resolves as final only at the configured depth", async () => {
      const proxy = await startFaultProxy(node.rpcUrl);
      closers.push(() => proxy.close());
      const { lane } = laneOn(behind(node, proxy), IMPATIENT, { finality: { depth: 3 } });
      let isFinal = false;
      const send = lane.send(CALL, { until: "final" }).finally(() => (isFinal = true));
      await pending(1);
      await node.mine(3);
      const looks = (): number => proxy.calls.filter(({ method }) => method === "eth_getBlockByNumber").length;
      const before = looks();
      await until("the lane has looked at the chain's blocks several times", () => looks() >= before + 6);
      expect(isFinal).to.equal(false);
      await node.mine();
      expect((await send).blockNumber).to.equal(1);
    });

    it("sends again what a reorganisation threw out after it was included", async () => {
      const { lane } = laneOn(node, IMPATIENT, { finality: { depth: 3 } });
      const send = lane.send(CALL);
      await pending(1);
      await node.mine();
      await send;
      await node.rpc("anvil_reorg", [1, []]);
      expect(await usedNonces(node, "pending")).to.equal(0);
      await until("it is in a block again", async () => {
        await node.mine();
        return (await usedNonces(node)) === 1;
      });
    });

    it("rejects whoever waits when the node comes back as another chain", async () => {
      const { lane } = laneOn(node);
      await node.mine();
      const send = lane.send(CALL);
      await pending(1);
      const outcome = expectRejection(send, "CHAIN_IDENTITY_CHANGED");
      await node.kill();
      node = await startAnvil({ blockTimeMs: 0, port: Number(new URL(node.rpcUrl).port) });
      await outcome;
      await expectRejection(lane.send(CALL), "CHAIN_IDENTITY_CHANGED");
    });

    it("rejects with TIMEOUT what is not mined in time, and still gets it mined", async () => {
      const { lane } = laneOn(node);
      await expectRejection(lane.send(CALL, { until: "included", timeoutMs: 200 }), "TIMEOUT");
      await node.mine();
      expect(await usedNonces(node)).to.equal(1);
      const next = lane.send(CALL);
      await pending(2);
      await node.mine();
      expect(await nonceOf(node, await next)).to.equal(1);
    });
  });
});

/** The same node, reached through a proxy. */
function behind(node: TestChain, proxy: FaultProxy): TestChain {
  return { ...node, connect: (options: Partial<ChainOptions> = {}) => node.connect({ ...options, url: proxy.rpcUrl }) };
}
