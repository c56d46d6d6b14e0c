import assert from "node:assert/strict";
import { isGatelogError } from "../../entry/errors.ts";
import { ZERO_HASH } from "../../entry/hex.ts";
import { sessionHashOf } from "../../entry/session.ts";
import { signDecision, signOpening } from "../../entry/signed-statements.ts";
import type { SessionFacts } from "../../entry/session.ts";
import type { LogStore } from "../log-store.ts";
import { closing, holds, kitFacts, openKitSession, refused } from "./expect.ts";
import { makeEntries, makeEntry, type ConformanceCase } from "./stage.ts";

/** Opening, listing and closing. */
export const SESSION_CASES: readonly ConformanceCase[] = [
  {
    name: "opens a session once, with one set of facts",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      await stage.store.openSession(await signOpening(facts, origin.epoch, origin.signer));
      const other = { ...facts, contextId: globalThis.crypto.randomUUID() };
      await refused(stage.store.openSession(await signOpening(other, origin.epoch, origin.signer)), "SESSION_EXISTS");
      const record = await stage.store.session(facts.sessionId);
      assert.deepEqual(record.opening.facts, facts);
      assert.equal(record.sessionHash, sessionHashOf(facts));
      assert.equal(record.decision.decision, "NONE");
      assert.equal(record.closed, false);
      assert.deepEqual(
        record.logs.map(({ gatewayId, length, closed }) => ({ gatewayId, length, closed })),
        [facts.origin, facts.destination].map((party) => ({ gatewayId: party?.gatewayId, length: 0, closed: false })),
      );
    },
  },
  {
    name: "opens a session of one gateway alone",
    run: async (stage) => {
      const origin = await stage.createGateway();
      const facts = kitFacts(stage, origin, null);
      await stage.store.openSession(await signOpening(facts, origin.epoch, origin.signer));
      const entries = await makeEntries(facts, origin, 2);
      await stage.store.append(entries);
      await holds(stage, facts, origin, entries);
      assert.equal((await stage.store.session(facts.sessionId)).logs.length, 1);
      await refused(stage.store.decide(await signDecision(facts, "ABORT", origin.epoch, origin.signer)), "NO_REGISTER");
    },
  },
  {
    name: "opens a session with its first entries, and takes both again",
    run: async (stage) => {
      const origin = await stage.createGateway();
      const facts = kitFacts(stage, origin, await stage.createGateway());
      const entries = await makeEntries(facts, origin, 2);
      const opening = await signOpening(facts, origin.epoch, origin.signer);
      await stage.store.openSession(opening, entries);
      await stage.store.openSession(opening, entries);
      await holds(stage, facts, origin, entries);
    },
  },
  {
    name: "refuses an opening that its origin did not sign with its current key",
    run: async (stage) => {
      const origin = await stage.createGateway();
      const destination = await stage.createGateway();
      const facts = kitFacts(stage, origin, destination);
      await refused(
        stage.store.openSession(await signOpening(facts, origin.epoch, destination.signer)),
        "FOREIGN_SIGNATURE",
      );
      const successor = await stage.rotateKey(origin);
      await refused(stage.store.openSession(await signOpening(facts, origin.epoch, origin.signer)), "STALE_EPOCH");
      await refused(stage.store.session(facts.sessionId), "UNKNOWN_SESSION");
      await stage.store.openSession(await signOpening(facts, successor.epoch, successor.signer));
    },
  },
  {
    name: "refuses an opening that was signed for another chain",
    run: async (stage) => {
      const origin = await stage.createGateway();
      const facts = kitFacts(stage, origin, await stage.createGateway());
      const elsewhere = { ...facts, log: { chainId: 1, registry: origin.signer.address } };
      const { epoch, signature } = await signOpening(elsewhere, origin.epoch, origin.signer);
      await refused(stage.store.openSession({ facts, epoch, signature }), "FOREIGN_SIGNATURE");
      await refused(stage.store.session(facts.sessionId), "UNKNOWN_SESSION");
    },
  },
  {
    name: "refuses a session with a gateway that nobody knows",
    run: async (stage) => {
      const origin = await stage.createGateway();
      const facts = kitFacts(stage, origin, { ...origin, gatewayId: `0x${"5a".repeat(32)}` });
      await refused(stage.store.openSession(await signOpening(facts, origin.epoch, origin.signer)), "UNKNOWN_GATEWAY");
      await refused(stage.store.session(facts.sessionId), "UNKNOWN_SESSION");
    },
  },
  {
    name: "lists a gateway's sessions, oldest first, open ones on demand",
    run: async (stage) => {
      const origin = await stage.createGateway();
      const destination = await stage.createGateway();
      const sessions: SessionFacts[] = [];
      for (const peer of [destination, null, destination]) {
        const facts = kitFacts(stage, origin, peer);
        await stage.store.openSession(await signOpening(facts, origin.epoch, origin.signer));
        sessions.push(facts);
      }
      const ids = sessions.map((facts) => facts.sessionId);
      assert.deepEqual(await stage.store.sessionsOf(origin.gatewayId, { open: false }), ids);
      assert.deepEqual(await stage.store.sessionsOf(destination.gatewayId, { open: true }), [ids[0], ids[2]]);
      const [first] = sessions;
      assert.ok(first);
      await stage.store.closeLog(await closing(first, origin, []));
      assert.deepEqual(await stage.store.sessionsOf(origin.gatewayId, { open: true }), ids.slice(1));
      assert.deepEqual(await stage.store.sessionsOf(origin.gatewayId, { open: false }), ids);
      assert.deepEqual(await stage.store.sessionsOf(destination.gatewayId, { open: true }), [ids[0], ids[2]]);
    },
  },
  {
    name: "closes a log at its head, once and for good",
    run: async (stage) => {
      const { facts, origin, destination } = await openKitSession(stage);
      const entries = await makeEntries(facts, origin, 2);
      await stage.store.append(entries);
      await refused(stage.store.closeLog(await closing(facts, origin, entries.slice(0, 1))), "WRONG_INDEX");
      const forged = { ...(await closing(facts, origin, entries)), lastEntryHash: ZERO_HASH };
      await refused(stage.store.closeLog(forged), "WRONG_HEAD");
      await refused(
        stage.store.closeLog(await closing(facts, { ...origin, signer: destination.signer }, entries)),
        "FOREIGN_SIGNATURE",
      );
      const statement = await closing(facts, origin, entries);
      await stage.store.closeLog(statement);
      await stage.store.closeLog(statement);
      await refused(stage.store.append([await makeEntry(facts, origin, entries.at(-1) ?? null)]), "LOG_CLOSED");
      await stage.store.append(entries);
      await holds(stage, facts, origin, entries);
      const half = await stage.store.session(facts.sessionId);
      assert.deepEqual(
        half.logs.map((log) => log.closed),
        [true, false],
      );
      assert.equal(half.closed, false);
      await stage.store.closeLog(await closing(facts, destination, []));
      assert.equal((await stage.store.session(facts.sessionId)).closed, true);
    },
  },
  {
    name: "refuses the closing of an older epoch, of a stranger and of an unknown session",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const stranger = await stage.createGateway();
      await refused(stage.store.closeLog(await closing(facts, stranger, [])), "UNKNOWN_LOG");
      const unknown = kitFacts(stage, origin, null);
      await refused(stage.store.closeLog(await closing(unknown, origin, [])), "UNKNOWN_SESSION");
      const successor = await stage.rotateKey(origin);
      await refused(stage.store.closeLog(await closing(facts, origin, [])), "STALE_EPOCH");
      await stage.store.closeLog(await closing(facts, successor, []));
    },
  },
  {
    name: "finishes what is being written when it is closed",
    needs: ["reopen"],
    run: async (stage) => {
      let { store } = stage;
      for (const turns of CLOSING_TURNS) {
        const sessions = await Promise.all([1, 2, 3].map(() => openKitSession({ ...stage, store })));
        const made = await Promise.all(sessions.map(({ facts, origin }) => makeEntries(facts, origin, 2)));
        const before = store;
        const writes = Promise.all(made.map((entries) => orGivenUp(before, before.append(entries))));
        for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        const [opened, outcomes] = await Promise.all([stage.reopen(), writes]);
        store = opened;
        for (const [place, { facts, origin }] of sessions.entries()) {
          const entries = made[place] ?? [];
          if (outcomes[place] === "given up") await store.append(entries);
          await holds({ ...stage, store }, facts, origin, entries);
        }
      }
    },
  },
  {
    name: "keeps what it resolved when it is closed and opened again",
    needs: ["reopen"],
    run: async (stage) => {
      const { facts, origin, destination } = await openKitSession(stage);
      const entries = await makeEntries(facts, origin, 2);
      await stage.store.append(entries);
      await stage.store.closeLog(await closing(facts, destination, []));
      const store = await stage.reopen();
      await holds({ ...stage, store }, facts, origin, entries);
      assert.deepEqual(await store.sessionsOf(origin.gatewayId, { open: true }), [facts.sessionId]);
      assert.deepEqual(await store.sessionsOf(destination.gatewayId, { open: true }), []);
      await refused(store.append(await makeEntries(facts, destination, 1)), "LOG_CLOSED");
    },
  },
];

/** Turns of the event loop that writes have before the store is closed: it meets some on their way in, and some at the disk. */
const CLOSING_TURNS = [0, 1, 3];

/** A block may be long in coming: a store on a chain may give up a write that is on its way, and says that it is to be repeated. */
async function orGivenUp({ durability }: LogStore, write: Promise<void>): Promise<"done" | "given up"> {
  try {
    await write;
    return "done";
  } catch (error) {
    const isOnChain = durability === "included" || durability === "final";
    if (isOnChain && isGatelogError(error, "STORE_UNAVAILABLE", "TIMEOUT")) return "given up";
    throw error;
  }
}
