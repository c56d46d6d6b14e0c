import { expect } from "chai";

import { createChain, type Chain, type ChainOptions } from "../../src/chain/chain.ts";
import { toHex } from "../../src/entry/hex.ts";
import {
  requireAnvil,
  CHAIN_IDS,
  startAnvil,
  startHardhat,
  type AnvilChain,
  type TestChain,
} from "../support/chains.ts";
import { freePort } from "../../src/cli/processes.ts";
import { expectRejection } from "../support/expect-error.ts";
import { startFaultProxy } from "../support/fault-proxy.ts";

const REQUEST_TIMEOUT_MS = 400;

describe("createChain", () => {
  const opened: Chain[] = [];
  const connect = (node: TestChain, options: Partial<ChainOptions> = {}): Chain => {
    const chain = node.connect(options);
    opened.push(chain);
    return chain;
  };
  afterEach(() => {
    for (const chain of opened.splice(0)) chain.close();
  });

  describe("on a Hardhat node", () => {
    let alpha: TestChain;
    before(async () => {
      alpha = await startHardhat("alpha");
    });
    after(() => alpha.close());

    it("says which chain it is, and takes that back as a pin", async () => {
      await alpha.mine(3);
      const chain = connect(alpha);
      await chain.finalBlock();
      const identity = await chain.identity();
      expect(identity).to.include({ chainId: CHAIN_IDS.alpha });
      expect(identity.knownBlock.number).to.be.at.least(3);
      expect(await connect(alpha, { expected: identity }).identity()).to.deep.equal(identity);
    });

    it("refuses a node of another chain id, of another genesis, without a known block", async () => {
      const wrong = { what: "chainId", expected: 1, actual: CHAIN_IDS.alpha };
      await expectRejection(connect(alpha, { expected: { chainId: 1 } }).head(), "WRONG_CHAIN", wrong);
      const genesisHash = toHex(`0x${"12".repeat(32)}`);
      await expectRejection(
        connect(alpha, { expected: { chainId: CHAIN_IDS.alpha, genesisHash } }).head(),
        "WRONG_CHAIN",
        { expected: genesisHash },
      );
      const knownBlock = { number: 1_000_000, hash: genesisHash };
      await expectRejection(
        connect(alpha, { expected: { chainId: CHAIN_IDS.alpha, knownBlock } }).head(),
        "WRONG_CHAIN",
        { actual: "none" },
      );
    });

    it("reads the final block by the chain's setting", async () => {
      await alpha.mine(10);
      const head = await connect(alpha).head();
      expect(await connect(alpha).finalBlock()).to.deep.equal(head);
      expect((await connect(alpha, { finality: { depth: 4 } }).finalBlock()).number).to.equal(head.number - 4);
      expect((await connect(alpha, { finality: { depth: 10_000 } }).finalBlock()).number).to.equal(0);
    });

    it("gives up waiting for finality in time", async () => {
      const chain = connect(alpha, { finality: { depth: 2 }, pollIntervalMs: 10 });
      await expectRejection(chain.waitFinal((await chain.head()).number, 50), "TIMEOUT");
    });

    it("calls an answer that is no JSON-RPC, and one that is cut off, an unreachable node", async () => {
      const junk = await startFaultProxy(alpha.rpcUrl, {
        kind: "doctored",
        methods: ["eth_getBlockByNumber"],
        change: () => ({ number: "x" }),
      });
      await expectRejection(
        createChain({ url: junk.rpcUrl, expected: { chainId: CHAIN_IDS.alpha }, finality: "instant" }).head(),
        "NODE_UNREACHABLE",
      );
      await junk.close();
      const mute = await startFaultProxy(alpha.rpcUrl, { kind: "reply-lost" });
      await expectRejection(
        createChain({ url: mute.rpcUrl, expected: { chainId: CHAIN_IDS.alpha }, finality: "instant" }).head(),
        "NODE_UNREACHABLE",
      );
      await mute.close();
    });

    it("says that nobody listens", async () => {
      const url = `http://127.0.0.1:${await freePort()}`;
      const chain = createChain({ url, expected: { chainId: CHAIN_IDS.alpha }, finality: "instant", name: "nowhere" });
      await expectRejection(chain.head(), "NODE_UNREACHABLE", { chain: "nowhere", reason: "ECONNREFUSED" });
      chain.close();
    });
  });

  describe("on an anvil node", function () {
    let node: AnvilChain;
    before(function () {
      requireAnvil(this);
    });
    beforeEach(async () => {
      node = await startAnvil({ blockTimeMs: 0 });
    });
    afterEach(() => node.close());

    it("notices at once that the node was killed and came back empty, and stays halted", async () => {
      // The interval is long: it is the new connection that gives the node away.
      const chain = connect(node, { identityIntervalMs: 600_000 });
      await node.mine(5);
      await chain.finalBlock();
      await node.kill();
      node = await startAnvil({ blockTimeMs: 0, port: Number(new URL(node.rpcUrl).port) });
      await expectRejection(chain.receipt(toHex(`0x${"ab".repeat(32)}`)), "CHAIN_IDENTITY_CHANGED");
      await node.mine(6);
      await expectRejection(chain.head(), "CHAIN_IDENTITY_CHANGED");
    });

    it("notices that the node lost its tail", async () => {
      const chain = connect(node, { identityIntervalMs: 0, lagGraceMs: 0 });
      await node.mine(8);
      await chain.finalBlock();
      await node.rpc("anvil_rollback", [3]);
      await expectRejection(chain.head(), "CHAIN_IDENTITY_CHANGED", { what: "hash of block 8" });
    });

    it("does not mind a reorganisation above its final block", async () => {
      const chain = connect(node, { identityIntervalMs: 0, finality: { depth: 4 } });
      await node.mine(8);
      expect((await chain.finalBlock()).number).to.equal(4);
      await node.rpc("anvil_reorg", [3, []]);
      expect((await chain.head()).number).to.equal(8);
    });

    it("gives up on a node that hangs, and goes on when it is back", async () => {
      const chain = connect(node, { requestTimeoutMs: REQUEST_TIMEOUT_MS });
      await chain.head();
      await node.pause();
      const before = performance.now();
      await expectRejection(chain.head(), "TIMEOUT", { chain: "beta" });
      expect(performance.now() - before).to.be.lessThan(REQUEST_TIMEOUT_MS * 3);
      node.resume();
      expect((await chain.head()).number).to.equal(0);
    });

    it("reads the node's finalized tag", async () => {
      const chain = connect(node, { finality: "finalized" });
      await node.mine(10);
      expect((await chain.finalBlock()).number).to.equal(6);
    });
  });
});
