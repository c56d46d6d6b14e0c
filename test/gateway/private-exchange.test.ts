import { expect } from "chai";
import { GatelogError } from "../../src/entry/errors.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import type { LogRun } from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { ALPHA, BETA, ExchangeWorld } from "../support/exchange-side.ts";
import { expectRejection } from "../support/expect-error.ts";
import { makeEntries, makeEntry, sampleGateway, sampleSession } from "../support/sample-log.ts";

/** Longer than the hundreds of signatures of a long log take on a busy machine. */
const LONG_LOG_LIMIT_MS = 30_000;

describe("the exchange of private logs", () => {
  let world: ExchangeWorld;

  beforeEach(async () => {
    world = await ExchangeWorld.create();
  });

  describe("delivers", () => {
    it("the opening and every entry, in order, and wakes the receiver", async () => {
      const { origin, destination, sessionId } = world;
      const entries = await world.write(origin, 3);
      await world.send(origin, entries[1]);
      expect(await destination.log(sessionId, ALPHA)).to.deep.equal(entries);
      expect(destination.news).to.deep.equal([3]);
      expect(origin.pushed.map((run) => run.opening)).to.deep.equal([world.session.opening]);
    });

    it("only what is new, and the message again when it is sent again", async () => {
      const { origin, destination, sessionId } = world;
      const first = await world.write(origin, 12);
      await world.send(origin, first[11]);
      const more = await world.write(origin, 2);
      await world.send(origin, more[1]);
      await world.send(origin, more[1]);
      const indexes = origin.pushed.map(({ entries }) => [entries.at(0)?.index, entries.at(-1)?.index]);
      // Nothing is known yet of what the peer has; it has nothing; what is new; once more.
      expect(indexes).to.deep.equal([
        [3, 11],
        [0, 11],
        [12, 13],
        [13, 13],
      ]);
      expect(await destination.log(sessionId, ALPHA)).to.deep.equal([...first, ...more]);
    });

    it("a long log in pages of bounded length and size", async () => {
      const { origin, destination, session, sessionId } = world;
      const entries = await world.write(origin, 600);
      await world.send(origin, entries[599]);
      expect(Math.max(...origin.pushed.map((run) => run.entries.length))).to.equal(250);
      let last: SignedEntry | undefined = entries[599];
      for (let made = 0; made < 20; made += 1) {
        last = await makeEntry(session.facts, ALPHA, last ?? null, { payload: new Uint8Array(16_000).fill(7) });
        await origin.store.append([last]);
      }
      await world.send(origin, last);
      const sizes = origin.pushed.map((run) => run.entries.reduce((sum, { payload }) => sum + payload.length, 0));
      expect(Math.max(...sizes)).to.be.within(16_000, 128 * 1_024);
      const log = await destination.log(sessionId, ALPHA);
      expect([log.length, log.at(-1)]).to.deep.equal([620, last]);
    }).timeout(LONG_LOG_LIMIT_MS);

    it("what the receiver has lost since, up to all of it", async () => {
      const { origin, destination, directory, sessionId } = world;
      const entries = await world.write(origin, 4);
      await world.send(origin, entries[3]);
      destination.restart(new MemoryLogStore({ directory }));
      const [more] = await world.write(origin, 1);
      await world.send(origin, more);
      expect(await destination.log(sessionId, ALPHA)).to.deep.equal([...entries, more]);
    });

    it("and brings home what the receiver has written meanwhile, page by page", async () => {
      const { origin, destination, sessionId } = world;
      const [first] = await world.write(origin, 1);
      await world.send(origin, first);
      const answer = await world.write(destination, 300);
      const [second] = await world.write(origin, 1);
      await world.send(origin, second);
      expect(await origin.log(sessionId, BETA)).to.deep.equal(answer);
      expect(origin.news).to.deep.equal([250, 300]);
    }).timeout(LONG_LOG_LIMIT_MS);

    it("the rest of a log once it is closed, and not of an open one", async () => {
      const { origin, destination, sessionId, clock } = world;
      const entries = await world.write(origin, 2);
      await world.send(origin, entries[1]);
      const rest = await world.write(origin, 2);
      origin.exchange.finish(sessionId);
      await clock.pass(1_000);
      expect(await destination.log(sessionId, ALPHA)).to.deep.equal(entries);
      await world.close(origin);
      origin.fault = () => {
        if (origin.troubles.length < 4) throw new GatelogError("PEER_UNREACHABLE", "down");
      };
      origin.exchange.finish(sessionId);
      await clock.until(async () => (await destination.log(sessionId, ALPHA)).length === 4);
      expect(await destination.log(sessionId, ALPHA)).to.deep.equal([...entries, ...rest]);
    });

    it("no rest for ever: to a peer that stays away, or refuses it", async () => {
      const { origin, sessionId, clock } = world;
      const entries = await world.write(origin, 2);
      await world.send(origin, entries[0]);
      await world.write(origin, 1);
      await world.close(origin);
      origin.fault = () => {
        throw new GatelogError("PEER_UNREACHABLE", "down");
      };
      origin.exchange.finish(sessionId);
      await clock.pass(60 * 60_000);
      expect(origin.troubles.length).to.be.within(4, 10);
      origin.events.length = 0;
      origin.fault = () => {
        throw new GatelogError("UNKNOWN_GATEWAY", "not you");
      };
      origin.exchange.finish(sessionId);
      await clock.pass(60 * 60_000);
      expect(origin.troubles).to.deep.equal(["UNKNOWN_GATEWAY"]);
      origin.exchange.finish(sessionId);
      await origin.exchange.stop();
    });

    it("nothing twice, whatever arrives in part and is repeated", async () => {
      const { origin, destination, sessionId } = world;
      const entries = await world.write(origin, 3);
      origin.onReceipt = () => {
        throw new GatelogError("TIMEOUT", "the receipt was lost");
      };
      await expectRejection(world.send(origin, entries[2]), "TIMEOUT");
      origin.onReceipt = () => undefined;
      await Promise.all([world.send(origin, entries[2]), world.send(origin, entries[2])]);
      expect(await destination.log(sessionId, ALPHA)).to.deep.equal(entries);
      expect(destination.disputes).to.be.empty;
    });
  });

  describe("refuses", () => {
    const receive = (run: LogRun) => world.destination.exchange.receive(world.sessionId, run);

    it("a session that it does not know, unless its opening comes along", async () => {
      const entries = await makeEntries(world.session.facts, ALPHA, 1);
      await expectRejection(receive({ entries }), "UNKNOWN_SESSION");
      expect(await receive({ opening: world.session.opening, entries })).to.deep.equal({ holds: 1, length: 0 });
    });

    it("a gap, and says where its copy ends", async () => {
      const entries = await makeEntries(world.session.facts, ALPHA, 5);
      await receive({ opening: world.session.opening, entries: entries.slice(0, 2) });
      await expectRejection(receive({ entries: entries.slice(3) }), "WRONG_INDEX", { expected: 2 });
      expect(world.destination.disputes, "a gap is no dispute").to.be.empty;
    });

    it("what its writer has not signed, and keeps nothing of it", async () => {
      const { session, sessionId, destination } = world;
      const entries = await makeEntries(session.facts, ALPHA, 1);
      const forged = await makeEntry(session.facts, { ...ALPHA, signer: BETA.signer }, null);
      await expectRejection(receive({ opening: session.opening, entries: [forged] }), "FOREIGN_SIGNATURE");
      const opening = { ...session.opening, signature: forged.signature };
      await expectRejection(receive({ opening, entries }), "FOREIGN_SIGNATURE");
      await receive({ opening: session.opening, entries });
      const changed = entries.map((entry) => ({ ...entry, timestamp: 1 }));
      await expectRejection(receive({ entries: changed }), "INVALID_ENTRY");
      expect(await destination.log(sessionId, ALPHA)).to.deep.equal(entries);
    });

    it("its own log, a session of others, another session's entries, and a run without any", async () => {
      const { session, sessionId } = world;
      const own = await makeEntries(session.facts, BETA, 1);
      await expectRejection(receive({ opening: session.opening, entries: own }), "UNKNOWN_SESSION");
      const foreign = await sampleSession(ALPHA, sampleGateway("gamma"), { sessionId });
      const theirs = { opening: foreign.opening, entries: await makeEntries(foreign.facts, ALPHA, 1) };
      await expectRejection(receive(theirs), "UNKNOWN_SESSION");
      const other = await sampleSession(ALPHA, BETA);
      const elsewhere = { opening: other.opening, entries: await makeEntries(other.facts, ALPHA, 1) };
      await expectRejection(receive(elsewhere), "MALFORMED");
      await expectRejection(receive({ opening: session.opening, entries: [] }), "MALFORMED");
    });

    it("a session whose register it cannot be, and other facts under a known id", async () => {
      const { session, sessionId } = world;
      const log = { chainId: 31339, registry: ALPHA.owner };
      const shared = await sampleSession(ALPHA, BETA, { sessionId, log, register: "log" });
      const run = { opening: shared.opening, entries: await makeEntries(shared.facts, ALPHA, 1) };
      await expectRejection(receive(run), "NOT_SERVED_HERE");
      await receive({ opening: session.opening, entries: await makeEntries(session.facts, ALPHA, 1) });
      const again = await sampleSession(ALPHA, BETA, { sessionId, deadline: 3_999_999_999 });
      const other = { opening: again.opening, entries: await makeEntries(again.facts, ALPHA, 1) };
      await expectRejection(receive(other), "SESSION_EXISTS");
    });

    it("a new session where there is no room for one", async () => {
      const { session, sessionId, destination } = world;
      destination.room = false;
      const entries = await makeEntries(session.facts, ALPHA, 1);
      await expectRejection(receive({ opening: session.opening, entries }), "OVERLOADED");
      await expectRejection(destination.store.session(sessionId), "UNKNOWN_SESSION");
    });

    it("more of a log than it keeps", async () => {
      const { session } = world;
      const far = await makeEntry(session.facts, ALPHA, null, { index: 100_000 });
      await expectRejection(receive({ opening: session.opening, entries: [far] }), "TOO_LARGE", { maximum: 100_000 });
    });

    it("new entries of a former key, and takes them below one of the current key", async () => {
      const { session, sessionId, destination, directory } = world;
      const old = await makeEntries(session.facts, ALPHA, 3);
      await receive({ opening: session.opening, entries: old.slice(0, 1) });
      const next = sampleGateway("alpha", 2);
      directory.rotateKey(ALPHA.gatewayId, next.signer.address);
      await expectRejection(receive({ entries: old.slice(1) }), "STALE_EPOCH", { expected: 2 });
      expect(await receive({ entries: old.slice(0, 1) }), "what stands may be repeated").to.include({ holds: 1 });
      const fresh = await makeEntry(session.facts, next, old[2] ?? null);
      await receive({ entries: [...old.slice(1), fresh] });
      await expectRejection(receive({ entries: [await makeEntry(session.facts, ALPHA, fresh)] }), "STALE_EPOCH");
      expect(await destination.log(sessionId, ALPHA)).to.deep.equal([...old, fresh]);
    });
  });

  it("starts a session although the peer cannot be asked", async () => {
    const { origin, sessionId } = world;
    await world.write(origin, 1);
    origin.fault = () => {
      throw new GatelogError("PEER_UNREACHABLE", "down");
    };
    await origin.exchange.flush(sessionId);
    expect(origin.troubles).to.deep.equal(["PEER_UNREACHABLE"]);
  });
});
