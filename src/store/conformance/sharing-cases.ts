import assert from "node:assert/strict";
import type { SignedEntry } from "../../entry/entry.ts";
import { checkLog, startOfLog } from "../../entry/log-check.ts";
import { sessionHashOf } from "../../entry/session.ts";
import { MAX_ENTRIES_PER_CALL, type GatewayDirectory, type LogStore } from "../log-store.ts";
import { MemoryGatewayDirectory } from "../memory-gateway-directory.ts";
import { closing, holds, openKitSession, refused } from "./expect.ts";
import { makeEntries, makeEntry, type ConformanceCase, type ConformanceStage, type KitGateway } from "./stage.ts";

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
  {
    name: "takes nothing of an older epoch behind a newer one, also where the directory has not heard of the key change",
    needs: ["share", "directory"],
    run: async (stage) => {
      const { facts, origin, destination } = await openKitSession(stage);
      const [first, rival] = await makeEntries(facts, origin, 2);
      assert.ok(first && rival);
      const work = async (another: LogStore): Promise<void> => {
        await another.append([first]);
        const successor = await stage.rotateKey(origin);
        const next = await makeEntry(facts, successor, first);
        await stage.store.append([next]);
        await refused(another.append([await makeEntry(facts, origin, next)]), "STALE_EPOCH");
        await refused(another.append([rival]), "STALE_EPOCH");
        await refused(another.closeLog(await closing(facts, origin, [first, next])), "STALE_EPOCH");
        await another.append([first]);
        await holds(stage, facts, origin, [first, next]);
        await stage.store.closeLog(await closing(facts, successor, [first, next]));
      };
      await withAnother(stage, work, directoryOf(origin, destination));
    },
  },
];

const RACES = 4;
/** Whoever comes second finds another entry at the index, or, where places are checked first, the next index or head. */
const RACE_REFUSALS = ["EQUIVOCATION", "WRONG_INDEX", "WRONG_HEAD"] as const;

async function withAnother(
  stage: ConformanceStage,
  work: (another: LogStore) => Promise<void>,
  directory?: GatewayDirectory,
): Promise<void> {
  const another = await stage.openAnother(directory);
  try {
    await work(another);
  } finally {
    await another.close();
  }
}

/** One that knows the gateways as they are now, and hears of no change. */
function directoryOf(...gateways: readonly KitGateway[]): GatewayDirectory {
  const directory = new MemoryGatewayDirectory();
  for (const { gatewayId, signer } of gateways) directory.register(gatewayId, signer.address);
  return directory;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
