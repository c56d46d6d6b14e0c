import { expect } from "chai";
import { GatelogError } from "../../src/entry/errors.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { ALPHA, BETA, ExchangeWorld } from "../support/exchange-side.ts";
import { expectRejection } from "../support/expect-error.ts";
import { makeEntry, sampleGateway } from "../support/sample-log.ts";

describe("a gateway with private logs finds that", () => {
  let world: ExchangeWorld;

  beforeEach(async () => {
    world = await ExchangeWorld.create();
  });

  it("the peer has signed two entries at one index: keeps both, reports it, and refuses the second", async () => {
    const { origin, destination, session, sessionId } = world;
    const [first, second, third] = await world.write(origin, 3);
    await world.send(origin, third);
    const other = await makeEntry(session.facts, ALPHA, first ?? null, { timestamp: 1 });
    await expectRejection(destination.exchange.receive(sessionId, { entries: [other] }), "EQUIVOCATION");
    expect(destination.disputes).to.deep.equal([
      {
        ...{ reason: "FORK", gatewayId: ALPHA.gatewayId, index: 1 },
        ...{ ownEntryHash: second?.entryHash, peerEntryHash: other.entryHash },
      },
    ]);
    expect(destination.troubles).to.deep.equal(["EQUIVOCATION"]);
    const evidence = await destination.store.evidence(sessionId);
    expect(evidence.map(({ refused }) => refused.entryHash)).to.deep.equal([other.entryHash]);
    expect(await destination.log(sessionId, ALPHA)).to.deep.equal([first, second, third]);
  });

  it("the peer goes on from an entry that it never sent", async () => {
    const { origin, destination, session, sessionId } = world;
    const [first, second] = await world.write(origin, 2);
    await world.send(origin, second);
    const hidden = await makeEntry(session.facts, ALPHA, first ?? null, { timestamp: 1 });
    const next = await makeEntry(session.facts, ALPHA, hidden);
    await expectRejection(destination.exchange.receive(sessionId, { entries: [next] }), "WRONG_HEAD");
    const { reason, index, peerEntryHash } = destination.disputes[0] ?? {};
    expect([reason, index, peerEntryHash]).to.deep.equal(["BAD_CHAIN", 1, hidden.entryHash]);
  });

  it("its own store is an older backup, and has its entries back from the peer before it writes", async () => {
    const { origin, destination, sessionId } = world;
    const entries = await world.write(origin, 5);
    await world.send(origin, entries[4]);
    origin.restart(await world.backup(origin, 2));
    await origin.exchange.flush(sessionId);
    expect(await origin.log(sessionId)).to.deep.equal(entries);
    const [next] = await world.write(origin, 1);
    await world.send(origin, next);
    expect(await destination.log(sessionId, ALPHA)).to.deep.equal([...entries, next]);
    expect([...origin.disputes, ...destination.disputes]).to.be.empty;
  });

  it("its own store is an older backup when it sends again, and folds anew with what it gets back", async () => {
    const { origin, sessionId } = world;
    const entries = await world.write(origin, 5);
    await world.send(origin, entries[4]);
    origin.restart(await world.backup(origin, 2));
    await expectRejection(world.send(origin, entries[1]), "WRONG_INDEX", { adopted: 3 });
    expect(await origin.log(sessionId)).to.deep.equal(entries);
  });

  it("its whole store is gone, and has session and logs back from the peer", async () => {
    const { origin, destination, directory, sessionId } = world;
    const entries = await world.write(origin, 3);
    await world.send(origin, entries[2]);
    const [answer] = await world.write(destination, 1);
    origin.restart(new MemoryLogStore({ directory }));
    await world.send(destination, answer);
    await origin.exchange.flush(sessionId);
    expect(await origin.log(sessionId)).to.deep.equal(entries);
    expect(await origin.log(sessionId, BETA)).to.deep.equal([answer]);
  });

  it("the peer has the session that a client asks for again, if this gateway has opened it", async () => {
    const { origin, destination, directory, session, sessionId } = world;
    expect(await origin.exchange.recall(BETA.gatewayId, sessionId), "nobody has it").to.equal(false);
    expect(await origin.exchange.recall(ALPHA.gatewayId, sessionId), "no peer of its own").to.equal(false);
    const entries = await world.write(origin, 2);
    await world.send(origin, entries[1]);
    origin.restart(new MemoryLogStore({ directory }));
    expect(await origin.exchange.recall(BETA.gatewayId, sessionId)).to.equal(true);
    expect(await origin.log(sessionId)).to.deep.equal(entries);
    // The other way round it is the peer's session, and none to go on with.
    destination.restart(new MemoryLogStore({ directory }));
    expect(await destination.exchange.recall(ALPHA.gatewayId, sessionId)).to.equal(false);
    await expectRejection(destination.store.session(session.facts.sessionId), "UNKNOWN_SESSION");
  });

  it("an older backup can be used with the next epoch, and the log goes on from what stood", async () => {
    const { origin, destination, directory, session, sessionId } = world;
    const entries = await world.write(origin, 4);
    await world.send(origin, entries[3]);
    const store = await world.backup(origin, 1);
    const next = sampleGateway("alpha", 2);
    directory.rotateKey(ALPHA.gatewayId, next.signer.address);
    origin.restart(store);
    await origin.exchange.flush(sessionId);
    const fresh = await makeEntry(session.facts, next, entries[3] ?? null);
    await origin.store.append([fresh]);
    await world.send(origin, fresh);
    expect(await destination.log(sessionId, ALPHA)).to.deep.equal([...entries, fresh]);
  });

  it("it has gone on from an older backup itself, and both sides dispute its log", async () => {
    const { origin, destination, sessionId } = world;
    const entries = await world.write(origin, 4);
    await world.send(origin, entries[3]);
    origin.restart(await world.backup(origin, 2));
    const [other] = await world.write(origin, 1, { timestamp: 1 });
    await expectRejection(world.send(origin, other), "EQUIVOCATION");
    const [ours, theirs] = [other?.entryHash, entries[2]?.entryHash];
    const dispute = { reason: "FORK", gatewayId: ALPHA.gatewayId, index: 2 };
    expect(origin.disputes).to.deep.equal([{ ...dispute, ownEntryHash: ours, peerEntryHash: theirs }]);
    expect(destination.disputes).to.deep.equal([{ ...dispute, ownEntryHash: theirs, peerEntryHash: ours }]);
    await origin.exchange.flush(sessionId);
    expect(origin.disputes.length, "found again by the next process").to.equal(2);
  });

  it("the peer says that it has another entry and cannot show it signed: no dispute", async () => {
    const { origin, destination, session } = world;
    const entries = await world.write(origin, 2);
    await world.send(origin, entries[1]);
    destination.exchange.receive = () =>
      Promise.reject(new GatelogError("EQUIVOCATION", "believe me", { index: 1, expected: "0x", actual: "0x" }));
    await expectRejection(world.send(origin, entries[1]), "EQUIVOCATION");
    expect(origin.disputes).to.be.empty;
    const forged = await makeEntry(session.facts, { ...ALPHA, signer: BETA.signer }, entries[0] ?? null);
    destination.exchange.page = () => Promise.resolve({ entries: [forged] });
    await expectRejection(world.send(origin, entries[1]), "PEER_UNREACHABLE");
    destination.exchange.page = (_, { from }) => Promise.resolve({ entries: [entries[0]!, forged].slice(from) });
    await expectRejection(world.send(origin, entries[1]), "FOREIGN_SIGNATURE");
    expect(origin.disputes).to.be.empty;
  });

  it("the peer makes no sense, and takes no harm from it", async () => {
    const { origin, destination } = world;
    const entries = await world.write(origin, 3);
    destination.exchange.receive = () => Promise.resolve({ holds: 0, length: 0 });
    await expectRejection(world.send(origin, entries[2]), "PEER_UNREACHABLE");
    destination.exchange.receive = () => Promise.resolve({ holds: 99, length: 99 });
    destination.exchange.page = () => Promise.resolve({ entries: [] });
    await world.send(origin, entries[2]);
    destination.exchange.page = () => Promise.resolve({ entries });
    await expectRejection(world.send(origin, entries[2]), "PEER_UNREACHABLE");
  });

  it("the peer names ever other ends of its copy, and does not follow it for ever", async () => {
    const { origin, destination } = world;
    const entries = await world.write(origin, 300);
    let calls = 0;
    destination.exchange.receive = (_, run) => {
      calls += 1;
      const next = (run.entries.at(-1)?.index ?? 0) + 1;
      if (calls % 2 === 1) return Promise.reject(new GatelogError("WRONG_INDEX", "before that", { expected: 0 }));
      return Promise.resolve({ holds: next, length: 0 });
    };
    await expectRejection(world.send(origin, entries[299]), "PEER_UNREACHABLE");
    expect(calls).to.be.at.most(10);
  }).timeout(30_000);
});
