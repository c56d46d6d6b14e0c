import assert from "node:assert/strict";
import { diffLogs, updateLog } from "../log-diff.ts";
import { holds, openKitSession, refused } from "./expect.ts";
import { makeEntries, makeEntry, type ConformanceCase } from "./stage.ts";

/** The drafts' getLogDiff and updateLog, over the store and a copy of one of its logs. */
export const COPY_CASES: readonly ConformanceCase[] = [
  {
    name: "is brought up to date from a longer copy or its tail, and doing it again changes nothing",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const entries = await makeEntries(facts, origin, 5);
      assert.equal(await updateLog(stage.store, entries.slice(0, 2)), -1);
      assert.equal(await updateLog(stage.store, entries.slice(0, 4)), 1);
      assert.equal(await updateLog(stage.store, entries.slice(3)), 3);
      assert.equal(await updateLog(stage.store, entries), 4);
      assert.equal(await updateLog(stage.store, entries.slice(0, 3)), 2);
      await holds(stage, facts, origin, entries);
    },
  },
  {
    name: "says what it has and a copy lacks",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const entries = await makeEntries(facts, origin, 4);
      await stage.store.append(entries);
      const stored = await stage.store.read(facts.sessionId, origin.gatewayId, { from: 0, limit: entries.length });
      const { commonPrefix, missing, conflict } = diffLogs(0, entries.slice(0, 2), stored);
      assert.deepEqual([commonPrefix, missing.map(({ index }) => index), conflict], [1, [2, 3], null]);
    },
  },
  {
    name: "takes nothing from a copy that differs, nor from a tail that leaves a gap",
    run: async (stage) => {
      const { facts, origin } = await openKitSession(stage);
      const entries = await makeEntries(facts, origin, 3);
      await stage.store.append(entries.slice(0, 2));
      const [first] = entries;
      const rival = await makeEntry(facts, origin, first ?? null, { seqNumber: 77 });
      const behind = await makeEntry(facts, origin, rival);
      const copy = [...entries.slice(0, 1), rival, behind];
      await refused(updateLog(stage.store, copy), "EQUIVOCATION");
      const stored = await stage.store.read(facts.sessionId, origin.gatewayId, { from: 0, limit: 3 });
      const { commonPrefix, missing, conflict } = diffLogs(0, stored, copy);
      assert.deepEqual([commonPrefix, missing, conflict?.index], [0, [], 1]);
      const [distant] = await makeEntries(facts, origin, 1, entries[2]);
      assert.ok(distant);
      await refused(updateLog(stage.store, [distant]), "WRONG_INDEX");
      await holds(stage, facts, origin, entries.slice(0, 2));
    },
  },
];
