import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { createChain, type Chain, type ChainOptions } from "../../src/chain/chain.ts";
import type { ChainIdentity } from "../../src/chain/chain-identity.ts";
import { createLane } from "../../src/chain/lane.ts";
import { ChainPins } from "../../src/cli/chain-pins.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import { toHex } from "../../src/entry/hex.ts";
import { developmentSigner } from "../support/accounts.ts";
import {
  CHAIN_IDS,
  requireAnvil,
  startAnvil,
  startHardhat,
  type AnvilChain,
  type TestChain,
} from "../support/chains.ts";
import { expectRejection } from "../support/expect-error.ts";
import { startFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import { temporaryFolder } from "../support/store-stages.ts";

/** Only a new connection or an answer that is too old makes the client look. */
const RARELY = 600_000;
const HASH = toHex(`0x${"ab".repeat(32)}`);

describe("Chain identity", () => {
  const closers: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  function connect(node: TestChain, url: string, options: Partial<ChainOptions> = {}): Chain {
    const chain = node.connect({ url, identityIntervalMs: RARELY, ...options });
    closers.push(() => chain.close());
    return chain;
  }

  describe("behind a Hardhat node", () => {
    let node: TestChain;
    let proxy: FaultProxy;
    before(async () => {
      node = await startHardhat("alpha");
    });
    after(() => node.close());
    beforeEach(async () => {
      proxy = await startFaultProxy(node.rpcUrl);
      await node.mine(10);
      closers.push(() => proxy.close());
    });

    it("passes on nothing of a node that lags behind, says how far it is, and goes on once it has caught up", async () => {
      const chain = connect(node, proxy.rpcUrl);
      const { number } = await chain.head();
      const lag = await proxy.arm({ kind: "stale", blocks: 3 });
      const behind = { chain: "alpha", node: new URL(proxy.rpcUrl).host, expected: number, actual: number - 3 };
      await expectRejection(chain.head(), "NODE_UNREACHABLE", behind);
      await expectRejection(chain.receipt(HASH), "NODE_UNREACHABLE", behind);
      await expectRejection(chain.call({ to: developmentSigner(1).address, data: "0x" }, "latest"), "NODE_UNREACHABLE");
      await expectRejection(chain.finalBlock(), "NODE_UNREACHABLE", behind);
      await lag.disarm();
      expect((await chain.head()).number).to.equal(number);
      expect(await chain.receipt(HASH)).to.equal(null);
    });

    it("halts for good when the node stays behind: it has lost blocks", async () => {
      const chain = connect(node, proxy.rpcUrl, { lagGraceMs: 0 });
      const { number, hash } = await chain.head();
      await proxy.arm({ kind: "shorter", blocks: 4 });
      const lost = {
        chain: "alpha",
        node: new URL(proxy.rpcUrl).host,
        what: `hash of block ${number}`,
        expected: hash,
        actual: "none",
        block: number,
        head: number - 4,
      };
      const { message } = await expectRejection(chain.receipt(HASH), "CHAIN_IDENTITY_CHANGED", lost);
      for (const part of ["alpha", lost.node, lost.what, hash, `head is block ${number - 4}`])
        expect(message).to.include(part);
      await proxy.calm();
      await expectRejection(chain.head(), "CHAIN_IDENTITY_CHANGED", lost);
    });

    it("has no patience with a node that has none but its genesis block, though the connection stands", async () => {
      const chain = connect(node, proxy.rpcUrl);
      const { number } = await chain.head();
      await proxy.arm({ kind: "stale", blocks: number });
      await expectRejection(chain.head(), "CHAIN_IDENTITY_CHANGED", { block: number, head: 0 });
    });

    it("notices another node behind the same URL by its genesis block", async () => {
      const [one, another] = [connect(node, proxy.rpcUrl), connect(node, proxy.rpcUrl)];
      await Promise.all([one.head(), another.head()]);
      const other = await startHardhat("alpha");
      closers.push(() => other.close());
      await proxy.arm({ kind: "other-node", url: other.rpcUrl });
      await expectRejection(one.receipt(HASH), "CHAIN_IDENTITY_CHANGED", { chain: "alpha" });
      // Also if all that it says is that it cannot answer.
      await expectRejection(another.rpc("no_such_method", []), "CHAIN_IDENTITY_CHANGED", { chain: "alpha" });
    });

    it("never has an older final block than before", async () => {
      const chain = connect(node, proxy.rpcUrl, { finality: { depth: 2 } });
      const final = await chain.finalBlock();
      const lag = await proxy.arm({ kind: "stale", blocks: 1 });
      expect(await chain.finalBlock()).to.deep.equal(final);
      expect((await chain.head()).number).to.equal(final.number + 1);
      await lag.disarm();
      await proxy.arm({ kind: "stale", blocks: 3 });
      await expectRejection(chain.head(), "NODE_UNREACHABLE", { expected: final.number, actual: final.number - 1 });
    });

    it("tells nobody what is secret in the URL", async () => {
      const url = `${proxy.rpcUrl.replace("http://", "http://user:secret1@")}/v3/secret2?key=secret3`;
      const chain = connect(node, url, { lagGraceMs: 0 });
      await chain.head();
      await proxy.arm({ kind: "shorter", blocks: 4 });
      const changed = await expectRejection(chain.head(), "CHAIN_IDENTITY_CHANGED");
      const fresh = connect(node, url, { expected: { chainId: CHAIN_IDS.alpha, genesisHash: HASH } });
      const wrong = await expectRejection(fresh.head(), "WRONG_CHAIN");
      await proxy.arm({ kind: "dead" });
      const away = await expectRejection(connect(node, url).head(), "NODE_UNREACHABLE");
      for (const { message, context } of [changed, wrong, away]) {
        expect(message + JSON.stringify(context)).not.to.match(/secret|user/);
        expect(context).to.include({ node: new URL(proxy.rpcUrl).host });
      }
    });

    it("knows the chain again in the next run by the newest final block that the last one saw, however it ended", async () => {
      const folder = await temporaryFolder();
      closers.push(() => folder.remove());
      const file = join(folder.path, "chains.json");
      const run = (): { chain: Chain; pins: ChainPins } => {
        const pins = new ChainPins(file);
        const chain = createChain({
          url: proxy.rpcUrl,
          expected: pins.expected(CHAIN_IDS.alpha),
          finality: "instant",
          onIdentity: (identity) => pins.moveUp(identity),
        });
        closers.push(() => chain.close());
        return { chain, pins };
      };
      const first = run();
      await first.pins.remember(first.chain);
      const { number, hash } = await first.chain.head();
      const pinned = (): unknown => (JSON.parse(readFileSync(file, "utf8")) as Record<string, ChainIdentity>)["31337"];
      expect(pinned()).to.deep.include({ chainId: CHAIN_IDS.alpha, knownBlock: { number, hash } });
      const second = run();
      await second.pins.remember(second.chain);
      expect(pinned()).to.deep.include({ knownBlock: { number, hash } });
      const lost = await proxy.arm({ kind: "shorter", blocks: 1 });
      const third = run();
      await expectRejection(third.pins.remember(third.chain), "WRONG_CHAIN", {
        chain: `eip155:${CHAIN_IDS.alpha}`,
        block: number,
        expected: hash,
        head: number - 1,
      });
      await lost.disarm();
      await run().chain.head();
    });
  });

  it("passes no block on that cannot be kept for the next run", async () => {
    const node = await startHardhat("alpha");
    closers.push(() => node.close());
    await node.mine(3);
    let isFull = true;
    const kept: number[] = [];
    const chain = connect(node, node.rpcUrl, {
      onIdentity: ({ knownBlock }) => {
        if (isFull) throw new GatelogError("STORE_UNAVAILABLE", "no space left");
        kept.push(knownBlock.number);
      },
    });
    await expectRejection(chain.head(), "STORE_UNAVAILABLE");
    await expectRejection(chain.head(), "STORE_UNAVAILABLE");
    isFull = false;
    expect((await chain.head()).number).to.equal(3);
    expect(kept).to.deep.equal([3]);
  });

  describe("behind an anvil node", () => {
    let node: AnvilChain;
    before(function () {
      requireAnvil(this);
    });
    beforeEach(async () => {
      node = await startAnvil({ blockTimeMs: 0 });
      closers.push(() => node.close());
    });

    it("halts at once when the node has mined others in place of the blocks that it lost", async () => {
      const chain = connect(node, node.rpcUrl);
      await node.mine(8);
      const { hash } = await chain.head();
      await node.rpc("anvil_rollback", [3]);
      await expectRejection(chain.head(), "NODE_UNREACHABLE", { expected: 8, actual: 5 });
      await node.mine(3);
      await expectRejection(chain.head(), "CHAIN_IDENTITY_CHANGED", { block: 8, expected: hash, head: 8 });
    });

    it("notices that the block is gone which a transaction was seen in, though nobody asked for the block", async () => {
      const chain = connect(node, node.rpcUrl, { pollIntervalMs: 10, lagGraceMs: 0 });
      const lane = createLane(chain, developmentSigner(3), { closeGraceMs: 0 });
      closers.push(() => lane.close());
      await node.mine(5);
      await chain.head();
      await node.rpc("evm_setAutomine", [true]);
      const { blockNumber } = await lane.send({ to: developmentSigner(4).address, data: "0x01" });
      await node.rpc("evm_setAutomine", [false]);
      await node.rpc("anvil_rollback", [1]);
      await expectRejection(chain.head(), "CHAIN_IDENTITY_CHANGED", { block: blockNumber, head: blockNumber - 1 });
    });
  });
});
