import { expect } from "chai";
import type { SessionId } from "../../src/entry/hex.ts";
import { firstPage } from "../../src/gateway/runs.ts";
import { markOf } from "../../src/protocol/marks.ts";
import { FaultyStore } from "../support/faulty-store.ts";
import { GatewayStage, NAMES, type Name } from "../support/gateway-stage.ts";

/** The durable points of each gateway in an undisturbed transfer. */
async function pointsOf(): Promise<Record<Name, string[]>> {
  const points: Record<Name, string[]> = { alpha: [], beta: [] };
  const stage = new GatewayStage("local");
  for (const name of NAMES) stage.watch(name, (point) => points[name].push(point));
  await stage.start();
  await stage.untilClosed(await stage.transfer("alpha"));
  await stage.stop();
  return points;
}

/** Kills the gateway behind its `position`-th durable point; resolves with the session once it is dead. */
async function killedAt(stage: GatewayStage, name: Name, position: number): Promise<SessionId> {
  let passed = 0;
  let killed = false;
  stage.watch(name, () => {
    if (passed++ !== position) return;
    killed = true;
    stage.kill(name);
  });
  await stage.start();
  const request = stage.parties.alpha.gateway.transfer(stage.request("alpha", "one"));
  await Promise.race([request, stage.clock.until(() => killed)]);
  await stage.clock.until(() => killed);
  stage.watch(name, () => undefined);
  const { log, gatewayId } = stage.parties[name];
  const [sessionId] = await log.sessionsOf(gatewayId, { open: false });
  return sessionId!;
}

/** The gateway's disk as it was when its own log of the session had `length` entries; 0: an empty one. */
async function restoreBackup(stage: GatewayStage, name: Name, sessionId: SessionId, length: number): Promise<void> {
  const party = stage.parties[name];
  const { log, gatewayId } = party;
  const { opening, logs } = await log.session(sessionId);
  const restored = stage.newLog();
  for (const each of length > 0 ? logs : []) {
    const limit = each.gatewayId === gatewayId ? length : each.length;
    const entries = await log.read(sessionId, each.gatewayId, { from: 0, limit });
    await restored.adopt({ opening, entries: firstPage(entries) });
  }
  party.log = restored;
  party.store = new FaultyStore(restored);
}

/** Group of entries that announces an action on the ledger. */
const ANNOUNCED_BY: Readonly<Record<string, readonly string[]>> = {
  lock: ["init-lock", "exec-lock"],
  burn: ["init-burn", "exec-burn"],
  mint: ["init-mint", "exec-mint"],
  assign: ["exec-commit-final", "init-assign", "exec-assign"],
};

/** How much is known of what the gateway did on its ledger, by the restored log and the peer's copy of it. */
async function knowledge(stage: GatewayStage, name: Name, sessionId: SessionId): Promise<"all" | "half" | "not all"> {
  const { gatewayId } = stage.parties[name];
  const marks = await Promise.all(
    NAMES.map((at) =>
      stage.parties[at].log.read(sessionId, gatewayId, { from: 0, limit: 250 }).then(
        (entries) => entries.map(markOf),
        () => [], // its disk is empty
      ),
    ),
  );
  const known = new Set<string>(marks.flat());
  const groups = stage.effects(name).map((action) => ANNOUNCED_BY[action] ?? []);
  if (groups.every((group) => group.every((mark) => known.has(mark)))) return "all";
  return groups.every((group) => group.some((mark) => known.has(mark))) ? "half" : "not all";
}

const points = await pointsOf();

describe("a gateway with private logs that is given an older backup of its disk", () => {
  for (const [loss, what] of [
    [3, "its last three entries"],
    [Infinity, "all of them"],
  ] as const)
    for (const name of NAMES)
      it(`has them back from its peer and goes on, wherever ${name} lost ${what}`, async () => {
        for (const [position, point] of points[name].entries()) {
          const stage = new GatewayStage("local");
          const sessionId = await killedAt(stage, name, position);
          const { length } = await stage.marks(name, sessionId);
          // R8 says to raise the epoch first. Without it nothing is different as long as the peer can be asked.
          if (position % 2 === 0) stage.rotateKey(name);
          // Beta has nobody to have it back from: alpha has done its part, and asks for nothing more.
          if (name === "beta" && loss >= length && (await stage.isClosed("alpha", sessionId))) continue;
          await restoreBackup(stage, name, sessionId, Math.max(0, length - loss));
          const known = await knowledge(stage, name, sessionId);
          if (known === "half") continue; // groups are written as one: no backup has half of one
          await stage.start(name);
          // The client has no answer, or asks for the status of a session that is gone with the disk.
          if (name === "alpha") await stage.transfer("alpha");
          const alarms = () =>
            stage.parties[name].events.flatMap((event) => (event.type === "alarm" ? [event.code] : []));
          await stage.clock.until(
            async () =>
              alarms().length > 0 ||
              (await Promise.all(NAMES.map((each) => stage.isClosed(each, sessionId)))).every(Boolean),
          );
          const { outcome, facts } = await stage.status("alpha", sessionId);
          const copies = stage.copies("alpha", facts.termsHash!);
          // An action that nobody has announced is not guessed at: the session halts, and the ledgers' own exits are left (R3, R5).
          const expected = known === "not all" ? ["IN_DOUBT", ["INVARIANT_BROKEN"]] : ["COMMITTED", []];
          expect([outcome, alarms()], `behind ${point}`).to.deep.equal(expected);
          expect(copies, `live copies behind ${point}`).to.be.at.most(1);
          if (known === "all") expect(copies).to.equal(1);
          for (const each of NAMES) stage.kill(each);
        }
      }).timeout(60_000);
});
