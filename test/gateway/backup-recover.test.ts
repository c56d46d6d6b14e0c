import { expect } from "chai";
import { parseCanonical } from "../../src/entry/canonical.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import { publicKeyOf } from "../../src/gateway/backups.ts";
import { signOwnerList, StatementRule, takeoverCredentials } from "../../src/gateway/credentials/statement-rule.ts";
import { markOf } from "../../src/protocol/marks.ts";
import { BackupStage } from "../support/backup-stage.ts";
import { GatewayStage, type Name } from "../support/gateway-stage.ts";
import { sampleSigner } from "../support/sample-log.ts";

const SIDES = [
  ["alpha", "beta", "init-lock-assert"],
  ["beta", "alpha", "ack-prepare"],
] as const;

function troubles(stage: GatewayStage, name: Name): string[] {
  return stage.parties[name].events.flatMap((event) => (event.type === "trouble" ? [event.code] : []));
}

async function untilMark(stage: GatewayStage, name: Name, sessionId: SessionId, mark: string): Promise<void> {
  await stage.clock.until(async () => (await stage.marks(name, sessionId)).includes(mark));
}

/** What the gateway's RECOVER entries say, in order. */
async function recovers(stage: GatewayStage, name: Name, sessionId: SessionId): Promise<unknown[]> {
  const { log, gatewayId } = stage.parties[name];
  const entries = await log.read(sessionId, gatewayId, { from: 0, limit: 250 });
  return entries.filter((entry) => markOf(entry) === "init-recover").map(({ payload }) => parseCanonical(payload));
}

describe("a backup's RECOVER over a shared log", () => {
  let stage: GatewayStage;

  beforeEach(async () => {
    stage = new GatewayStage();
    stage.peers.delayMs = 10;
    await stage.start();
  });
  afterEach(() => stage.stop());

  for (const [crashed, other, mark] of SIDES)
    it(`introduces ${crashed}'s new key, is answered, and the transfer goes on`, async () => {
      const sessionId = await stage.transfer("alpha");
      await untilMark(stage, crashed, sessionId, mark);
      stage.kill(crashed);
      stage.rotateKey(crashed);
      await stage.start(crashed);
      await untilMark(stage, crashed, sessionId, "init-recover");
      stage.kill(crashed);
      await stage.start(crashed);
      await stage.untilClosed(sessionId);
      const newIdentityPublicKey = await publicKeyOf(stage.portsOf(crashed).signer);
      const [first, again] = await recovers(stage, crashed, sessionId);
      expect(first).to.include({ isBackup: true, newIdentityPublicKey });
      expect(again).to.include({ isBackup: false });
      expect(await stage.marks(other, sessionId)).to.include("ack-recover-success");
      expect(await stage.status("alpha", sessionId)).to.deep.include({ outcome: "COMMITTED", refusedBackup: null });
    });

  it("that is refused is logged on both sides and shown, and holds up nothing that the log permits", async () => {
    const refused = new GatelogError("REVOKED", "taken out of the list");
    stage.adapt = (_, ports) => ({ ...ports, credentials: { check: () => Promise.reject(refused) } });
    stage.kill("beta");
    await stage.start("beta");
    const sessionId = await stage.transfer("alpha");
    await untilMark(stage, "alpha", sessionId, "init-lock-assert");
    stage.kill("alpha");
    stage.rotateKey("alpha");
    await stage.start("alpha");
    await untilMark(stage, "beta", sessionId, "ack-recover-update");
    const said = { code: "REVOKED", message: "taken out of the list" };
    await stage.clock.until(async () => (await stage.status("alpha", sessionId)).refusedBackup !== null);
    expect((await stage.status("beta", sessionId)).refusedBackup).to.deep.equal({ by: "own", ...said });
    expect((await stage.status("alpha", sessionId)).refusedBackup).to.deep.equal({ by: "peer", ...said });
    const { sessions } = await stage.parties.beta.gateway.overview();
    expect(sessions.map(({ refusedBackup }) => refusedBackup?.code)).to.deep.equal(["REVOKED"]);
    expect(troubles(stage, "beta")).to.deep.equal(["REVOKED"]);
    await stage.untilClosed(sessionId);
    expect(await stage.marks("alpha", sessionId)).not.to.include("ack-recover-update-ack");
    expect(await stage.status("alpha", sessionId)).to.deep.include({ outcome: "COMMITTED" });
  });

  it("waits for no judge: who cannot say now is asked again, while the transfer goes on", async () => {
    const away = new GatelogError("NODE_UNREACHABLE", "no answer");
    let asked = 0;
    stage.adapt = (_, ports) => ({
      ...ports,
      credentials: { check: () => (++asked < 3 ? Promise.reject(away) : Promise.resolve()) },
    });
    stage.kill("beta");
    await stage.start("beta");
    const sessionId = await stage.transfer("alpha");
    await untilMark(stage, "alpha", sessionId, "init-lock-assert");
    stage.kill("alpha");
    stage.rotateKey("alpha");
    await stage.start("alpha");
    await stage.untilClosed(sessionId);
    expect(asked).to.equal(3);
    expect(await stage.marks("beta", sessionId)).to.include("ack-recover-success");
  });
});

describe("a backup's RECOVER where no registry is asked", () => {
  const backup = sampleSigner("backup");
  let world: BackupStage;
  let stage: GatewayStage;

  beforeEach(async () => {
    world = new BackupStage(() => new Map([["statements", new StatementRule()]]));
    stage = world.stage;
    await world.start();
  });
  afterEach(() => stage.stop());

  async function shown(name: Name, epoch = 2, listed = [backup.address]) {
    const list = await signOwnerList(sampleSigner(`${name} owner`), { name, backups: listed, change: 1 });
    return takeoverCredentials(backup, list, epoch - 1);
  }

  for (const [crashed, other, mark] of [...SIDES, ["beta", "alpha", "nothing"]] as const)
    it(`teaches ${other} ${crashed}'s new key, behind ${mark}, and the peer needs no start`, async () => {
      const sessionId = await stage.transfer("alpha");
      if (mark === "nothing") {
        // Taken, and not answered yet.
        stage.kill("beta");
        const { log, gatewayId } = stage.parties.alpha;
        const entries = await log.read(sessionId, gatewayId, { from: 0, limit: 250 });
        const { opening } = await log.session(sessionId);
        await stage.parties.beta.log.openSession(opening);
        await stage.parties.beta.log.adopt({
          entries: entries.map((one) => ({ ...one, signature: one.signature ?? "0x" })),
        });
      } else {
        await untilMark(stage, crashed, sessionId, mark);
        stage.kill(crashed);
      }
      world.takeOver(crashed, backup, 2, await shown(crashed));
      await stage.start(crashed);
      await stage.untilClosed(sessionId);
      expect(await world.epochOf(stage.parties[crashed].gatewayId, other)).to.equal(2);
      expect(await stage.status("alpha", sessionId)).to.deep.include({ outcome: "COMMITTED", refusedBackup: null });
      expect((await recovers(stage, crashed, sessionId))[0]).to.include({ isBackup: true, kind: "FAILOVER" });
      expect(troubles(stage, other).filter((code) => code !== "PEER_UNREACHABLE")).to.deep.equal([]);
    });

  it("is remembered by its entry: a peer that starts anew from its configuration has the key again", async () => {
    const sessionId = await stage.transfer("alpha");
    await untilMark(stage, "alpha", sessionId, "init-lock-assert");
    stage.kill("alpha");
    world.takeOver("alpha", backup, 2, await shown("alpha"));
    await stage.start("alpha");
    await untilMark(stage, "beta", sessionId, "ack-recover-update");
    stage.kill("beta");
    await world.configure("beta");
    expect(await world.epochOf(stage.parties.alpha.gatewayId, "beta")).to.equal(2);
    await stage.start("beta");
    await stage.untilClosed(sessionId);
    expect(await stage.status("beta", sessionId)).to.deep.include({ outcome: "COMMITTED" });
  });

  it("that shows no right is not taken, and that is said on both sides and shown", async () => {
    const sessionId = await stage.transfer("alpha");
    await untilMark(stage, "alpha", sessionId, "init-lock-assert");
    stage.kill("alpha");
    world.takeOver("alpha", backup, 2, await shown("alpha", 2, [sampleSigner("another").address]));
    await stage.start("alpha");
    await stage.clock.until(() => troubles(stage, "beta").includes("UNKNOWN_BACKUP"));
    const { by, code } = (await stage.status("beta", sessionId)).refusedBackup ?? {};
    expect({ by, code }).to.deep.equal({ by: "own", code: "UNKNOWN_BACKUP" });
    expect(troubles(stage, "alpha")).to.include("UNKNOWN_BACKUP");
    const { log } = stage.parties.beta;
    const copy = await log.read(sessionId, stage.parties.alpha.gatewayId, { from: 0, limit: 250 });
    expect(copy.map(({ epoch }) => epoch)).not.to.include(2);
    expect(await world.epochOf(stage.parties.alpha.gatewayId, "beta")).to.equal(1);
  });
});
