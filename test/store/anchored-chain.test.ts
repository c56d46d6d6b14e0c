import { expect } from "chai";
import { toQuantity } from "ethers";
import type { Chain, ChainOptions } from "../../src/chain/chain.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import type { AnchoredLogStore } from "../../src/store/anchored-log-store.ts";
import { createAnchorWorld, type AnchorWorld } from "../support/anchor-world.ts";
import { requireAnvil, startAnvil, type AnvilChain } from "../support/chains.ts";
import { sampleSigner } from "../support/sample-log.ts";
import { until } from "../support/until.ts";

const DEPTH = 6;

describe("an anchored store and a chain that fails it", function () {
  this.timeout(60_000);
  let node: AnvilChain;
  let world: AnchorWorld;
  let store: AnchoredLogStore;
  let chains: Chain[];

  before(function () {
    requireAnvil(this);
  });
  beforeEach(async () => {
    chains = [];
    node = await startAnvil({ blockTimeMs: 0, name: "log" });
    await node.rpc("evm_setAutomine", [true]);
    world = await createAnchorWorld(node);
    await node.rpc("evm_setAutomine", [false]);
  });
  afterEach(async () => {
    node.resume();
    await node.rpc("evm_setAutomine", [true]);
    await store.close();
    await world.close();
    for (const chain of chains) chain.close();
    await node.close();
  });

  function connect(options: Partial<ChainOptions>): Chain {
    const chain = node.connect({ pollIntervalMs: 20, requestTimeoutMs: 500, ...options });
    chains.push(chain);
    return chain;
  }

  const proofOf = ({ sessionId, gatewayId, index }: LogEntry) => store.proof(sessionId, gatewayId, index);

  /** Anchors what there is, in one block: more of them could bury it too deep to be taken back. */
  async function flushed(): Promise<void> {
    let isDone = false;
    const flush = store.flush().finally(() => (isDone = true));
    flush.catch(() => undefined);
    await until("it is anchored", async () => {
      const { pending } = (await node.rpc("txpool_status")) as { pending: string };
      if (BigInt(pending) > 0n) await node.mine();
      return isDone;
    });
    await flush;
  }

  for (const restarted of [false, true])
    it(`sends an anchor again that the chain takes back${restarted ? ", also in the next process" : ""}`, async () => {
      const open = () => {
        const chain = connect({ finality: { depth: DEPTH } });
        return world.open({ registry: world.client({ chain }) });
      };
      await node.mine(DEPTH);
      store = open();
      const entries = await world.write(store, 3);
      await flushed();
      const before = await proofOf(entries[0]!);
      expect(before?.anchor).to.deep.include({ index: 0, final: false });
      expect(await world.roots()).to.have.length(1);
      if (restarted) await store.close();
      const head = Number(await node.rpc("eth_blockNumber"));
      await node.rpc("anvil_rollback", [head - before!.anchor.block + 1]);
      await node.mine(); // Another block in its place.
      expect(await world.roots()).to.have.length(0);
      if (restarted) store = open();
      await until("it is missed", async () => (await proofOf(entries[0]!)) === null);
      expect(store.status()).to.deep.include({ unanchored: 3, waiting: 1 });
      await until("it is final", async () => {
        await node.mine();
        return (await proofOf(entries[0]!))?.anchor.final === true;
      });
      const after = await proofOf(entries[0]!);
      expect(after?.anchor).to.deep.include({ index: 0, root: before?.anchor.root });
      expect(await world.roots()).to.deep.equal([before?.anchor.root]);
      expect(store.status()).to.deep.include({ unanchored: 0, waiting: 0, notFinal: 0 });
    });

  it("takes entries while the chain is away, shows how far it is behind, and anchors them when it is back", async () => {
    store = world.open({ registry: world.client({ chain: connect({}) }), entries: 2 });
    await node.rpc("evm_setAutomine", [true]);
    await world.write(store, 2);
    await until("the first is anchored", () => store.status().unanchored === 0);
    await node.pause();
    const entries = await world.write(store, 3);
    const code = await until("it fails", () => store.status().failure?.code);
    expect(code).to.be.oneOf(["NODE_UNREACHABLE", "TIMEOUT"]);
    const { unanchored, oldestAgeMs } = store.status();
    expect(unanchored).to.equal(3);
    expect(oldestAgeMs).to.be.a("number");
    expect(await proofOf(entries[0]!)).to.equal(null);
    node.resume();
    await until("what was formed is anchored", () => store.status().waiting === 0);
    await until("nothing fails", () => store.status().failure === null);
    await store.flush();
    expect(store.status()).to.deep.include({ unanchored: 0, oldestAgeMs: null });
    expect((await proofOf(entries[2]!))?.anchor.final).to.equal(true);
  });

  it("takes entries while nobody pays, says so, and anchors them when somebody does", async () => {
    await node.rpc("evm_setAutomine", [true]);
    const payer = sampleSigner("empty account");
    store = world.open({ registry: world.client({ chain: connect({}), payer }), entries: 2 });
    const entries = await world.write(store, 3);
    await until("it fails", () => store.status().failure?.code === "INSUFFICIENT_FUNDS");
    expect(store.status().unanchored).to.equal(3);
    expect(await world.roots()).to.have.length(0);
    await node.rpc("anvil_setBalance", [payer.address, toQuantity(10n ** 18n)]);
    await store.flush().catch(() => undefined); // It may still stand in its last failure.
    await until("all are anchored", () => store.status().waiting === 0 && store.status().failure === null);
    await store.flush();
    expect((await proofOf(entries[2]!))?.anchor.final).to.equal(true);
  });
});
