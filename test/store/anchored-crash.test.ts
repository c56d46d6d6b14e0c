import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { AnchorReader } from "../../src/chain/anchor-reader.ts";
import { verifyInclusionProof } from "../../src/entry/inclusion-proof.ts";
import type { AnchoredLogStore } from "../../src/store/anchored-log-store.ts";
import { ANCHOR_STEPS } from "../../src/store/anchored-sender.ts";
import type { AnchorChildTask } from "../support/anchor-child.ts";
import { createAnchorWorld, type AnchorWorld } from "../support/anchor-world.ts";
import { requireAnvil, startAnvil, startHardhat, type AnvilChain, type TestChain } from "../support/chains.ts";
import { until } from "../support/until.ts";

const CHILD = fileURLToPath(new URL("../support/anchor-child.ts", import.meta.url));
const WRITTEN = 4;

describe("an anchored store whose process is killed", function () {
  this.timeout(120_000);
  let node: TestChain;
  let world: AnchorWorld;

  /** Runs until it kills itself there. */
  async function killedAt(killAt: string, write: number): Promise<void> {
    const { chainId, rpcUrl } = node;
    const task: AnchorChildTask = {
      rpcUrl,
      chainId,
      registry: world.log.logRegistry,
      folder: world.folder,
      write,
      killAt,
    };
    const child = spawn(process.execPath, [CHILD, JSON.stringify(task)], { stdio: "inherit" });
    const [, signal] = (await once(child, "exit")) as [number | null, string | null];
    expect(signal, killAt).to.equal("SIGKILL");
  }

  /** Every entry of the store is in one anchor, of one root per index, and the anchors hold nothing else. */
  async function expectEachOnce(store: AnchoredLogStore, sessions: number): Promise<void> {
    const { gatewayId } = world.gateway;
    const ids = await store.sessionsOf(gatewayId, { open: false });
    expect(ids).to.have.length(sessions);
    const roots = await world.roots();
    const found = new Map<number, number>();
    for (const sessionId of ids)
      for (const entry of await store.read(sessionId, gatewayId, { from: 0, limit: WRITTEN + 1 })) {
        const proof = await store.proof(sessionId, gatewayId, entry.index);
        expect(proof !== null && verifyInclusionProof(entry, proof)).to.equal(true);
        const { index = -1, root } = proof?.anchor ?? {};
        expect(root).to.equal(roots[index]);
        found.set(index, (found.get(index) ?? 0) + 1);
      }
    const anchors = await new AnchorReader(world.log.chain, world.log.logRegistry).anchors(
      gatewayId,
      0,
      await world.log.chain.head(),
    );
    expect(anchors.map(({ index }) => index)).to.deep.equal(roots.map((_, index) => index));
    expect(new Map(anchors.map(({ index, entries }) => [index, entries]))).to.deep.equal(found);
    expect([...found.values()].reduce((sum, entries) => sum + entries, 0)).to.equal(sessions * WRITTEN);
  }

  describe("between its steps", () => {
    before(async () => (node = await startHardhat("log")));
    after(() => node.close());
    beforeEach(async () => (world = await createAnchorWorld(node)));
    afterEach(() => world.close());

    for (const step of ANCHOR_STEPS)
      it(`has each entry in one anchor when killed behind "${step}"`, async () => {
        await killedAt(step, WRITTEN);
        const store = world.open();
        await store.flush();
        await expectEachOnce(store, 1);
        expect(await world.roots()).to.have.length(1);
        await store.close();
      });

    it("has each entry in one anchor when killed behind every step, one after the other", async () => {
      for (const step of ANCHOR_STEPS) await killedAt(step, WRITTEN);
      const store = world.open();
      await store.flush();
      await expectEachOnce(store, ANCHOR_STEPS.length);
      await store.close();
    });
  });

  describe("with a transaction in the node's pool", () => {
    let anvil: AnvilChain;
    before(async function () {
      requireAnvil(this);
      anvil = await startAnvil({ blockTimeMs: 0, name: "log" });
      node = anvil;
    });
    after(() => anvil.close());

    it("anchors once, though the next process sends it again", async () => {
      await anvil.rpc("evm_setAutomine", [true]);
      world = await createAnchorWorld(anvil);
      await anvil.rpc("evm_setAutomine", [false]);
      await killedAt("broadcast", WRITTEN);
      let isSent = false;
      const store = world.open({ onStep: (step) => (isSent ||= step === "sent") });
      const flushed = store.flush();
      // Nodes that estimate on top of their pool refuse the second one, others take it.
      await until("it was sent again", async () => {
        const { pending } = (await anvil.rpc("txpool_status")) as { pending: string };
        return isSent || Number(pending) === 2;
      });
      let isDone = false;
      void flushed.finally(() => (isDone = true)).catch(() => undefined);
      await until("it is anchored", async () => {
        await anvil.mine();
        return isDone;
      });
      await flushed;
      await expectEachOnce(store, 1);
      expect(await world.roots()).to.have.length(1);
      await store.close();
      await world.close();
    });
  });
});
