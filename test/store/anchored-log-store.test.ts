import { expect } from "chai";
import { copyFile, rename } from "node:fs/promises";
import { logRegistryAt } from "../../src/chain/contracts.ts";
import { rotateKey } from "../../src/chain/register-gateway.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import { inclusionProofSchema, verifyInclusionProof } from "../../src/entry/inclusion-proof.ts";
import { signClosing } from "../../src/entry/signed-statements.ts";
import type { AnchoredLogStore } from "../../src/store/anchored-log-store.ts";
import { createAnchorWorld, writeSession, type AnchorWorld } from "../support/anchor-world.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { expectRejection } from "../support/expect-error.ts";
import { makeEntries, makeEntry, sampleGateway, sampleSession, sampleSigner } from "../support/sample-log.ts";
import { until } from "../support/until.ts";

describe("AnchoredLogStore", () => {
  let node: TestChain;
  let world: AnchorWorld;
  let store: AnchoredLogStore;

  before(async () => (node = await startHardhat("log")));
  after(() => node.close());
  beforeEach(async () => (world = await createAnchorWorld(node)));
  afterEach(async () => {
    await store.close();
    await world.close();
  });

  const proofOf = ({ sessionId, gatewayId, index }: LogEntry) => store.proof(sessionId, gatewayId, index);

  /** Each entry is proved, offline and by the contract; returns the indexes of the anchors that they are in. */
  async function proved(entries: readonly LogEntry[]): Promise<Set<number>> {
    const indexes = new Set<number>();
    const contract = logRegistryAt(world.log.chain, world.log.logRegistry);
    for (const entry of entries) {
      const proof = inclusionProofSchema.parse(await proofOf(entry));
      const { anchor, path } = proof;
      expect(verifyInclusionProof(entry, proof), "offline").to.equal(true);
      const onChain = await contract.verifyInclusion(anchor.gatewayId, anchor.index, entry.entryHash, path);
      expect(onChain, "in the contract").to.equal(true);
      indexes.add(anchor.index);
    }
    return indexes;
  }

  it("anchors as many entries as it is told to, and proves each", async () => {
    store = world.open({ entries: 5 });
    const entries = await world.write(store, 7);
    await until("an anchor is final", () => store.status().waiting === 0 && store.status().unanchored < 5);
    await store.flush();
    const indexes = await proved(entries);
    const roots = await world.roots();
    expect(roots).to.have.length(indexes.size);
    const proof = await proofOf(entries[0]!);
    expect(proof?.anchor).to.deep.include({
      chainId: node.chainId,
      registry: world.log.logRegistry,
      gatewayId: world.gateway.gatewayId,
      index: 0,
      root: roots[0],
      final: true,
    });
    const receipt = await world.log.chain.receipt(proof!.anchor.transactionHash);
    expect(receipt?.blockNumber).to.equal(proof!.anchor.block);
  });

  it("anchors a single entry when it has waited for long enough, with an empty path", async () => {
    store = world.open({ entries: 1_000, everyMs: 20 });
    const [entry] = await world.write(store, 1);
    await until("it is anchored", async () => (await proofOf(entry!)) !== null);
    expect((await proofOf(entry!))?.path).to.deep.equal([]);
    await proved([entry!]);
  });

  it("says that an entry is not anchored yet, and which one there is not", async () => {
    store = world.open();
    const [entry] = await world.write(store, 1);
    expect(await proofOf(entry!)).to.equal(null);
    await expectRejection(proofOf({ ...entry!, index: 1 }), "UNKNOWN_ENTRY");
    await expectRejection(proofOf({ ...entry!, gatewayId: sampleGateway("x").gatewayId }), "UNKNOWN_LOG");
    await expectRejection(proofOf({ ...entry!, sessionId: globalThis.crypto.randomUUID() }), "UNKNOWN_SESSION");
  });

  it("anchors the copy of the peer's log, and no session of other gateways", async () => {
    store = world.open();
    const { facts, opening } = await sampleSession(world.peer, world.gateway);
    const copy = await makeEntries(facts, world.peer, 3);
    await store.adopt({ opening, entries: copy });
    const stranger = sampleGateway("stranger");
    world.directory.register(stranger.gatewayId, stranger.signer.address);
    const [foreign] = await writeSession(store, stranger, world.peer, 1);
    await store.flush();
    expect(await proved(copy)).to.deep.equal(new Set([0]));
    expect(await proofOf(foreign!)).to.equal(null);
    expect(store.status()).to.deep.include({ unanchored: 0, oldestAgeMs: null, waiting: 0, failure: null });
  });

  it("anchors each entry once: repeats, growing logs and new processes included", async () => {
    store = world.open();
    const entries = await world.write(store, 3);
    await store.flush();
    await store.append(entries);
    await store.flush();
    const { facts } = (await store.session(entries[0]!.sessionId)).opening;
    const more = await makeEntry(facts, world.gateway, entries[2]!);
    await store.append([more]);
    await store.close();
    store = world.open();
    await store.flush();
    await store.flush();
    expect(await proved(entries)).to.deep.equal(new Set([0]));
    expect(await proved([more])).to.deep.equal(new Set([1]));
    expect(await world.roots()).to.have.length(2);
  });

  it("finds what was written before it stood in front of the store, closed sessions too", async () => {
    store = world.open({ everyMs: 3_600_000 });
    const { facts, opening } = await sampleSession(world.gateway, null);
    const entries = await makeEntries(facts, world.gateway, 4);
    await store.openSession(opening, entries);
    const head = { gatewayId: world.gateway.gatewayId, length: 4, lastEntryHash: entries[3]!.entryHash, epoch: 1 };
    await store.closeLog(await signClosing(facts, head, world.gateway.signer));
    await store.close();
    store = world.open();
    await until("they are noted", () => store.status().unanchored === 4);
    await store.flush();
    expect(await proved(entries)).to.deep.equal(new Set([0]));
  });

  it("goes on behind the anchors of a file that is lost, and anchors everything once more", async () => {
    store = world.open();
    const entries = await world.write(store, 2);
    await store.flush();
    await store.close();
    await rename(`${world.folder}/anchors.sqlite`, `${world.folder}/lost.sqlite`);
    store = world.open();
    await store.flush();
    expect(await proved(entries)).to.deep.equal(new Set([1]));
    expect(await world.roots()).to.have.length(2);
  });

  it("stops, and says so, where another process anchors for the gateway", async () => {
    store = world.open();
    await world.write(store, 2);
    await store.flush();
    await store.close();
    const path = `${world.folder}/anchors.sqlite`;
    await copyFile(path, `${path}.old`);
    store = world.open();
    await world.write(store, 2);
    await store.flush();
    await store.close();
    await rename(`${path}.old`, path); // Put back to an older state.
    store = world.open();
    const entries = await world.write(store, 1);
    await expectRejection(store.flush(), "EQUIVOCATION");
    expect(await world.roots()).to.have.length(2);
    expect(await store.read(entries[0]!.sessionId, entries[0]!.gatewayId, { from: 0, limit: 9 })).to.have.length(1);
    expect(store.status().failure?.code).to.equal("EQUIVOCATION");
  });

  it("waits where it holds a former key of the gateway, and anchors what it had formed with the new one", async () => {
    store = world.open();
    const entries = await world.write(store, 2);
    const successor = sampleSigner("successor");
    const access = { chain: world.log.chain, lane: world.log.lane, registry: world.log.logRegistry };
    await rotateKey(access, sampleSigner(`${world.gateway.name} owner`), world.gateway.gatewayId, successor.address);
    await expectRejection(store.flush(), "STALE_EPOCH");
    expect(store.status()).to.deep.include({ unanchored: 2, waiting: 1 });
    expect(await world.roots()).to.have.length(0);
    await store.close();
    store = world.open({ signer: successor });
    await store.flush();
    expect(await proved(entries)).to.deep.equal(new Set([0]));
  });

  it("refuses a file of another gateway", async () => {
    store = world.open();
    await store.close();
    const elsewhere = await createAnchorWorld(node);
    const registry = elsewhere.registry;
    expect(() => world.open({ registry }))
      .to.throw()
      .with.property("code", "INVALID_CONFIG");
    await elsewhere.close();
  });

  it("keeps of a session that was written to while it was read what it had not read", async () => {
    store = world.open({ entries: 2 });
    const { facts, opening } = await sampleSession(world.gateway, null);
    const entries = await makeEntries(facts, world.gateway, 60);
    await store.openSession(opening);
    for (const entry of entries) await store.append([entry]);
    await store.flush();
    await proved(entries);
    expect(store.status()).to.deep.include({ unanchored: 0, waiting: 0 });
  });
});
