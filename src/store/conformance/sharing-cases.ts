import assert from "node:assert/strict";
import type { SignedEntry } from "../../entry/entry.ts";
import { checkLog, startOfLog } from "../../entry/log-check.ts";
import { sessionHashOf } from "../../entry/session.ts";
import { MAX_ENTRIES_PER_CALL, type LogStore } from "../log-store.ts";
import { closing, holds, openKitSession, refused } from "./expect.ts";
import { makeEntries, makeEntry, type ConformanceCase, type ConformanceStage } from "./stage.ts";

/** Two stores over the same logs, as two processes have them. */
export const SHARING_CASES: readonly ConformanceCase[] = [
  {
    name: "shows another store what it has resolved, at once",
    needs: ["share"],
    run: (stage) =>
      withAnother(stage, async (another) => {
        const { facts, origin, destination } = await openKitSession(stage);
        const entries = await makeEntries(facts, origin, 4);
        const [stores, elsewhere] = [[stage.store, another], { ...stage, store: another }];
        for (const [position, entry] of entries.entries()) {
          await stores[position % stores.length]?.append([entry]);
          await holds(elsewhere, facts, origin, entries.slice(0, position + 1));
          await holds(stage, facts, origin, entries.slice(0, position + 1));
        }
        assert.deepEqual(await another.sessionsOf(destination.gatewayId, { open: true }), [facts.sessionId]);
        await another.closeLog(await closing(facts, origin, entries));
        await refused(stage.store.append([await makeEntry(facts, origin, entries.at(-1) ?? null)]), "LOG_CLOSED");
        assert.deepEqual(await stage.store.sessionsOf(origin.gatewayId, { open: true }), []);
      }),
  },
  {
    name: "lets exactly one of two stores have an index, time and again",
    needs: ["share"],
    run: (stage) =>
      withAnother(stage, async (another) => {
        const { facts, origin } = await openKitSession(stage);
        const standing: SignedEntry[] = [];
        for (let round = 0; round < RACES; round += 1) {
          const last = standing.at(-1) ?? null;
          const rivals = [
            await makeEntry(facts, origin, last),
            await makeEntry(facts, origin, last, { seqNumber: 99 }),
          ];
          const [one, other] = await Promise.allSettled(
            rivals.map((entry, position) => (position === 0 ? stage.store : another).append([entry])),
          );
          assert.notEqual(one?.status, other?.status, "one is taken, and one is refused");
          const loser = one?.status === "rejected" ? one : other;
          if (loser?.status === "rejected") await refused(Promise.reject(asError(loser.reason)), ...RACE_REFUSALS);
          standing.push(...rivals.filter((_, position) => (one === loser) === (position === 1)));
          await holds(stage, facts, origin, standing);
          await holds({ ...stage, store: another }, facts, origin, standing);
        }
      }),
  },
  {
    name: "takes the same entries from two stores at once, and has them once",
    needs: ["share"],
    run: (stage) =>
      withAnother(stage, async (another) => {
        const { facts, origin } = await openKitSession(stage);
        const entries = await makeEntries(facts, origin, 3);
        await Promise.all([stage.store.append(entries), another.append(entries)]);
        await holds(stage, facts, origin, entries);
        await holds({ ...stage, store: another }, facts, origin, entries);
      }),
  },
  {
    name: "shows a reader of another store whole entries in order while a writer writes",
    needs: ["share"],
    run: (stage) =>
      withAnother(stage, async (another) => {
        const { facts, origin } = await openKitSession(stage);
        const { sessionId } = facts;
        const { gatewayId } = origin;
        const entries = await makeEntries(facts, origin, 8);
        const start = startOfLog(sessionId, sessionHashOf(facts), gatewayId);
        const progress = { resolved: 0, isOver: false };
        const write = async (): Promise<void> => {
          try {
            for (const entry of entries) {
              await stage.store.append([entry]);
              progress.resolved += 1;
            }
          } finally {
            progress.isOver = true;
          }
        };
        const read = async (): Promise<void> => {
          for (let seen = 0, isLast = false; !isLast;) {
            isLast = progress.isOver;
            const { resolved } = progress;
            const found = await another.read(sessionId, gatewayId, { from: 0, limit: MAX_ENTRIES_PER_CALL });
            const { length } = checkLog(start, found, () => origin.signer.address);
            assert.ok(length >= Math.max(seen, resolved), "what was read once stays, and what is resolved is shown");
            seen = length;
            await new Promise((resolve) => setImmediate(resolve));
          }
        };
        await Promise.all([write(), read()]);
        await holds({ ...stage, store: another }, facts, origin, entries);
      }),
  },
];

const RACES = 4;
/** Whoever comes second finds another entry at the index, or, where places are checked first, the next index or head. */
const RACE_REFUSALS = ["EQUIVOCATION", "WRONG_INDEX", "WRONG_HEAD"] as const;

async function withAnother(stage: ConformanceStage, work: (another: LogStore) => Promise<void>): Promise<void> {
  const another = await stage.openAnother();
  try {
    await work(another);
  } finally {
    await another.close();
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
