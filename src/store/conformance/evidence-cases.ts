import assert from "node:assert/strict";
import type { Hash, SessionId } from "../../entry/hex.ts";
import { checkContent, checkSignature } from "../../entry/log-check.ts";
import { keepsEvidence } from "../admission.ts";
import type { LogStore } from "../log-store.ts";
import { holds, openKitSession, refused } from "./expect.ts";
import { makeEntries, makeEntry, type ConformanceCase, type ConformanceStage, type KitGateway } from "./stage.ts";

/** What a store keeps of two entries that one writer has signed for one place. */
export const EVIDENCE_CASES: readonly ConformanceCase[] = [
  {
    name: "keeps a refused equivocation as evidence, whole, and once however often it comes",
    needs: ["evidence"],
    run: async (stage) => {
      const { facts, origin, standing, rival } = await equivocate(stage);
      for (let repeat = 0; repeat < 2; repeat += 1) await refused(stage.store.append([rival]), "EQUIVOCATION");
      await isEvidence(stage.store, facts.sessionId, origin, [standing.entryHash, rival.entryHash]);
      await holds(stage, facts, origin, [standing]);
    },
  },
  {
    name: "keeps evidence when it is closed and opened again",
    needs: ["evidence", "reopen"],
    run: async (stage) => {
      const { facts, origin, standing, rival } = await equivocate(stage);
      await isEvidence(await stage.reopen(), facts.sessionId, origin, [standing.entryHash, rival.entryHash]);
    },
  },
  {
    name: "takes what is repeated, stale, forged or out of place for no evidence",
    needs: ["evidence"],
    run: async (stage) => {
      const { facts, origin, destination } = await openKitSession(stage);
      const [first, second] = await makeEntries(facts, origin, 2);
      assert.ok(first && second);
      await stage.store.append([first]);
      await stage.store.append([first]);
      const forged = await makeEntry(facts, { ...origin, signer: destination.signer }, null, { seqNumber: 9 });
      await refused(stage.store.append([forged]), "FOREIGN_SIGNATURE");
      const gap = await makeEntry(facts, origin, second);
      await refused(stage.store.append([gap]), "WRONG_INDEX");
      const astray = await makeEntry(facts, origin, gap, { index: 1 });
      await refused(stage.store.append([astray]), "WRONG_HEAD");
      const late = await makeEntry(facts, origin, null, { seqNumber: 8 });
      await stage.rotateKey(origin);
      await refused(stage.store.append([late]), "STALE_EPOCH");
      assert.deepEqual(await evidenceOf(stage.store, facts.sessionId), []);
    },
  },
];

/** A session whose origin has signed two entries for index 0, of which the store has refused the second. */
async function equivocate(stage: ConformanceStage) {
  const session = await openKitSession(stage);
  const standing = await makeEntry(session.facts, session.origin, null);
  const rival = await makeEntry(session.facts, session.origin, null, { seqNumber: 77 });
  await stage.store.append([standing]);
  await refused(stage.store.append([rival]), "EQUIVOCATION");
  return { ...session, standing, rival };
}

function evidenceOf(store: LogStore, sessionId: SessionId) {
  assert.ok(keepsEvidence(store), "a driver that keeps evidence gives it out");
  return store.evidence(sessionId);
}

/** That, and nothing else; it convinces whoever has the writer's key. */
async function isEvidence(
  store: LogStore,
  sessionId: SessionId,
  { signer }: KitGateway,
  [standing, refusedHash]: readonly [Hash, Hash],
): Promise<void> {
  const kept = await evidenceOf(store, sessionId);
  assert.deepEqual(
    kept.map((one) => [one.standing, one.refused.entryHash]),
    [[standing, refusedHash]],
  );
  for (const { refused: entry } of kept) {
    checkContent(entry);
    checkSignature(entry, () => signer.address);
  }
}
