import assert from "node:assert/strict";
import { canonicalBytes } from "../../entry/canonical.ts";
import type { SignedEntry } from "../../entry/entry.ts";
import { checkLog, startOfLog } from "../../entry/log-check.ts";
import { sessionHashOf } from "../../entry/session.ts";
import { MAX_ENTRIES_PER_CALL } from "../log-store.ts";
import { holds, kitFacts, openKitSession, refused, comparable } from "./expect.ts";
import { makeEntries, makeEntry, type ConformanceCase } from "./stage.ts";

/** What an append takes, refuses and leaves alone. */
export const APPEND_CASES: readonly ConformanceCase[] = [
  {
    name: "appends entries and reads them back byte for byte",
    run: async (stage) => {
      const { facts, origin, destination } = await openKitSession(stage);
      const entries = await makeEntries(facts, origin, 3);
      await stage.store.append(entries.slice(0, 1));
      await stage.store.append(entries.slice(1));
      await holds(stage, facts, origin, entries);
      await holds(stage, facts, destination, []);
    },
  },
  {
    name: "keeps payloads that are no JSON, and empty ones",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const first = await makeEntry(facts, origin, null, { payload: Uint8Array.from([0, 255, 13, 10, 128]) });
      const second = await makeEntry(facts, origin, first, { payload: new Uint8Array(0) });
      await stage.store.append([first, second]);
      await holds(stage, facts, origin, [first, second]);
    },
  },
  {
    name: "takes a repeated entry as a success that changes nothing",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const entries = await makeEntries(facts, origin, 3);
      await stage.store.append(entries.slice(0, 2));
      await stage.store.append(entries.slice(0, 1));
      await stage.store.append(entries);
      await stage.store.append(entries);
      await holds(stage, facts, origin, entries);
    },
  },
  {
    name: "takes an append of nothing",
    run: async (stage) => {
      await stage.store.append([]);
    },
  },
  {
    name: "refuses an index that leaves a gap",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const [first, , third] = await makeEntries(facts, origin, 3);
      await stage.store.append([needed(first)]);
      await refused(stage.store.append([needed(third)]), "WRONG_INDEX");
      await holds(stage, facts, origin, [needed(first)]);
    },
  },
  {
    name: "refuses an entry that does not continue the head",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const first = await makeEntry(facts, origin, null);
      const other = await makeEntry(facts, origin, null, { seqNumber: 99 });
      await stage.store.append([first]);
      await refused(stage.store.append([await makeEntry(facts, origin, other)]), "WRONG_HEAD");
      await holds(stage, facts, origin, [first]);
    },
  },
  {
    name: "refuses an entry that continues another log, and a first one that continues anything",
    run: async (stage) => {
      const { facts, origin, destination } = await openKitSession(stage);
      const [first] = await makeEntries(facts, origin, 1);
      const [peers] = await makeEntries(facts, destination, 1);
      await stage.store.append([needed(first)]);
      await stage.store.append([needed(peers)]);
      await refused(stage.store.append([await makeEntry(facts, origin, needed(peers))]), "WRONG_HEAD");
      await holds(stage, facts, origin, [needed(first)]);
      await holds(stage, facts, destination, [needed(peers)]);

      const other = await openKitSession(stage);
      const astray = await makeEntry(other.facts, other.origin, needed(peers), { index: 0 });
      await refused(stage.store.append([astray]), "WRONG_HEAD");
      await holds(stage, other.facts, other.origin, []);
    },
  },
  {
    name: "refuses a signature of another key",
    run: async (stage) => {
      const { facts, origin, destination } = await openKitSession(stage);
      const forged = await makeEntry(facts, { ...origin, signer: destination.signer }, null);
      await refused(stage.store.append([forged]), "FOREIGN_SIGNATURE");
      await holds(stage, facts, origin, []);
    },
  },
  {
    name: "refuses a payload that does not hash to payloadHash",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const entry = await makeEntry(facts, origin, null);
      await refused(stage.store.append([{ ...entry, payload: canonicalBytes("another") }]), "WRONG_PAYLOAD_HASH");
      await holds(stage, facts, origin, []);
    },
  },
  {
    name: "refuses fields that do not hash to entryHash",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const entry = await makeEntry(facts, origin, null);
      await refused(stage.store.append([{ ...entry, seqNumber: entry.seqNumber + 1 }]), "INVALID_ENTRY");
      await holds(stage, facts, origin, []);
    },
  },
  {
    name: "refuses more entries than a call may have",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const entry = await makeEntry(facts, origin, null);
      const many = Array.from({ length: MAX_ENTRIES_PER_CALL + 1 }, () => entry);
      await refused(stage.store.append(many), "TOO_LARGE");
      await holds(stage, facts, origin, []);
    },
  },
  {
    name: "writes nothing of an append whose last entry is bad",
    run: async (stage) => {
      const { facts, origin, destination } = await openKitSession(stage);
      const entries = await makeEntries(facts, origin, 2);
      const forged = await makeEntry(facts, { ...origin, signer: destination.signer }, needed(entries[1]));
      await refused(stage.store.append([...entries, forged]), "FOREIGN_SIGNATURE");
      await holds(stage, facts, origin, []);
      await stage.store.append(entries);
      await holds(stage, facts, origin, entries);

      const other = await openKitSession(stage);
      const [first, second] = await makeEntries(other.facts, other.origin, 2);
      const misplaced = await makeEntry(other.facts, other.origin, needed(first), { index: 2 });
      await refused(stage.store.append([needed(first), needed(second), misplaced]), "WRONG_HEAD");
      await holds(stage, other.facts, other.origin, []);
    },
  },
  {
    name: "does not know a session that was not opened",
    run: async (stage) => {
      const origin = await stage.createGateway();
      const facts = kitFacts(stage, origin, null);
      const entry = await makeEntry(facts, origin, null);
      await refused(stage.store.append([entry]), "UNKNOWN_SESSION");
      await refused(stage.store.session(facts.sessionId), "UNKNOWN_SESSION");
      await refused(stage.store.read(facts.sessionId, origin.gatewayId, { from: 0, limit: 1 }), "UNKNOWN_SESSION");
    },
  },
  {
    name: "does not know the log of a gateway that is no party, nor of other session facts",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const stranger = await stage.createGateway();
      await refused(stage.store.append([await makeEntry(facts, stranger, null)]), "UNKNOWN_LOG");
      await refused(stage.store.read(facts.sessionId, stranger.gatewayId, { from: 0, limit: 1 }), "UNKNOWN_LOG");
      const otherFacts = { ...facts, deadline: facts.deadline + 1 };
      const elsewhere = await makeEntry(facts, origin, null, { sessionHash: sessionHashOf(otherFacts) });
      await refused(stage.store.append([elsewhere]), "UNKNOWN_LOG");
      await holds(stage, facts, origin, []);
    },
  },
  {
    name: "refuses another entry of the epoch at an index that is taken, and tells it from a repeat",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const entries = await makeEntries(facts, origin, 2);
      await stage.store.append(entries);
      const other = await makeEntry(facts, origin, null, { seqNumber: 77 });
      await refused(stage.store.append([other]), "EQUIVOCATION");
      await stage.store.append(entries);
      await holds(stage, facts, origin, entries);
    },
  },
  {
    name: "refuses an older epoch after a key change, also where it would have been next, and keeps what stood",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const [first, late] = await makeEntries(facts, origin, 2);
      await stage.store.append([needed(first)]);
      const successor = await stage.rotateKey(origin);
      await refused(stage.store.append([needed(late)]), "STALE_EPOCH");
      const next = await makeEntry(facts, successor, needed(first));
      await stage.store.append([next]);
      await refused(stage.store.append([needed(late)]), "STALE_EPOCH");
      await stage.store.append([needed(first)]);
      await holds(stage, facts, origin, [needed(first), next]);
    },
  },
  {
    name: "refuses the former key in the new epoch",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const { epoch } = await stage.rotateKey(origin);
      await refused(stage.store.append([await makeEntry(facts, { ...origin, epoch }, null)]), "FOREIGN_SIGNATURE");
      await holds(stage, facts, origin, []);
    },
  },
  {
    name: "lets exactly one of two writers have an index",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const rivals = await Promise.all([1, 2, 3].map((seqNumber) => makeEntry(facts, origin, null, { seqNumber })));
      const results = await Promise.allSettled(rivals.map((entry) => stage.store.append([entry])));
      const winners = rivals.filter((_, position) => results[position]?.status === "fulfilled");
      assert.equal(winners.length, 1);
      for (const result of results)
        if (result.status === "rejected")
          await refused(Promise.reject(asError(result.reason)), "EQUIVOCATION", "WRONG_INDEX");
      await holds(stage, facts, origin, winners);
    },
  },
  {
    name: "lets writers of different logs write at once",
    run: async (stage) => {
      const sessions = await Promise.all([openKitSession(stage), openKitSession(stage)]);
      const logs = await Promise.all(
        sessions.flatMap(({ facts, origin, destination }) =>
          [origin, destination].map(async (gateway) => ({
            facts,
            gateway,
            entries: await makeEntries(facts, gateway, 2),
          })),
        ),
      );
      await Promise.all(
        logs.map(async ({ entries }) => {
          for (const entry of entries) await stage.store.append([entry]);
        }),
      );
      for (const { facts, gateway, entries } of logs) await holds(stage, facts, gateway, entries);
    },
  },
  {
    name: "shows a reader whole entries in order while a writer writes",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const entries = await makeEntries(facts, origin, 8);
      const start = startOfLog(facts.sessionId, sessionHashOf(facts), origin.gatewayId);
      let writing = true;
      const write = async (): Promise<void> => {
        for (const entry of entries) await stage.store.append([entry]);
        writing = false;
      };
      const read = async (): Promise<void> => {
        for (let seen = 0; writing;) {
          const found = await stage.store.read(facts.sessionId, origin.gatewayId, {
            from: 0,
            limit: MAX_ENTRIES_PER_CALL,
          });
          const { length } = checkLog(start, found, () => origin.signer.address);
          assert.ok(length >= seen, "what was read once stays");
          seen = length;
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      await Promise.all([write(), read()]);
      await holds(stage, facts, origin, entries);
    },
  },
  {
    name: "reads in pages",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const entries = await makeEntries(facts, origin, 7);
      await stage.store.append(entries);
      const page = async (from: number, limit: number): Promise<unknown[]> =>
        (await stage.store.read(facts.sessionId, origin.gatewayId, { from, limit })).map(comparable);
      const expected = entries.map(comparable);
      assert.deepEqual(await page(0, 3), expected.slice(0, 3));
      assert.deepEqual(await page(3, 3), expected.slice(3, 6));
      assert.deepEqual(await page(6, 3), expected.slice(6));
      assert.deepEqual(await page(7, 3), []);
      assert.deepEqual(await page(0, MAX_ENTRIES_PER_CALL + 1), expected);
      assert.deepEqual(await page(3, 0), []);
      await refused(page(-1, 3), "MALFORMED");
      await refused(page(0, 1.5), "MALFORMED");
    },
  },
];

function needed(entry: SignedEntry | undefined): SignedEntry {
  assert.ok(entry);
  return entry;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
