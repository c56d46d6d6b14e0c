import { expect } from "chai";

import { signOpening } from "../../src/entry/signed-statements.ts";
import type { SessionFacts, SessionOpening } from "../../src/entry/session.ts";
import { makeEntries, makeFacts } from "../../src/store/conformance/stage.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { createChainWorld, type ChainWorld } from "../support/chain-world.ts";
import { ACCOUNTS } from "../support/deploy.ts";
import { expectRejection } from "../support/expect-error.ts";

const WHOLE = { from: 0, limit: 250 } as const;

describe("an opening on a chain", () => {
  let node: TestChain;
  let world: ChainWorld;
  before(async () => {
    node = await startHardhat("log");
    world = await createChainWorld(node);
  });
  after(async () => {
    await world.close();
    await node.close();
  });

  async function proposed(): Promise<{ facts: SessionFacts; opening: SessionOpening }> {
    const { origin, destination, log } = world;
    const domain = { chainId: log.chain.chainId, registry: log.logRegistry };
    const facts = makeFacts(origin, destination, { log: domain, register: "log" });
    return { facts, opening: await signOpening(facts, origin.epoch, origin.signer) };
  }

  it("is one transaction with the first entries: no block has a session without them", async () => {
    const { facts, opening } = await proposed();
    const entries = await makeEntries(facts, world.origin, 2);
    const store = world.store();
    const before = (await world.log.chain.head()).number;
    await store.openSession(opening, entries);
    const places = await Promise.all(entries.map((entry) => store.locate(entry)));
    expect(places.map(({ blockNumber }) => blockNumber)).to.deep.equal([before + 1, before + 1]);
    expect(new Set(places.map(({ transactionHash }) => transactionHash))).to.have.length(1);
    expect((await world.log.chain.head()).number).to.equal(before + 1);
    const other = world.store({ account: ACCOUNTS.bob });
    expect(await other.read(facts.sessionId, world.origin.gatewayId, WHOLE)).to.deep.equal(entries);
    expect((await other.session(facts.sessionId)).opening).to.deep.equal(opening);
  });

  it("does not pay for what is refused, and opens nothing", async () => {
    const { facts, opening } = await proposed();
    const signedByPeer = { ...world.origin, signer: world.destination.signer };
    const before = (await world.log.chain.head()).number;
    const store = world.store();
    await expectRejection(store.openSession(opening, await makeEntries(facts, signedByPeer, 1)), "FOREIGN_SIGNATURE");
    const [, second] = await makeEntries(facts, world.origin, 2);
    if (second === undefined) throw new Error("two entries were made");
    await expectRejection(store.openSession(opening, [second]), "WRONG_INDEX");
    const theirs = await makeEntries(facts, world.destination, 1);
    await expectRejection(store.openSession(opening, theirs), "UNKNOWN_LOG");
    expect((await world.log.chain.head()).number).to.equal(before);
    await expectRejection(store.session(facts.sessionId), "UNKNOWN_SESSION");
  });

  it("brings the first entries in where somebody has carried the opening alone before it", async () => {
    const { facts, opening } = await proposed();
    const entries = await makeEntries(facts, world.origin, 1);
    await world.store({ account: ACCOUNTS.bob }).openSession(opening);
    const store = world.store();
    await store.openSession(opening, entries);
    await store.openSession(opening, entries);
    expect(await store.read(facts.sessionId, world.origin.gatewayId, WHOLE)).to.deep.equal(entries);
  });
});
