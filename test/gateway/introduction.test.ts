import { expect } from "chai";
import type { Json } from "../../src/entry/canonical.ts";
import { signOwnerList, StatementRule, takeoverCredentials } from "../../src/gateway/credentials/statement-rule.ts";
import { BackupStage } from "../support/backup-stage.ts";
import type { Name } from "../support/gateway-stage.ts";
import { sampleSigner } from "../support/sample-log.ts";

const backup = sampleSigner("backup");

describe("a backup that its peer has met in no log", () => {
  let world: BackupStage;

  beforeEach(async () => {
    world = new BackupStage(() => new Map([["statements", new StatementRule()]]));
    await world.start();
  });
  afterEach(() => world.stage.stop());

  async function shown(name: Name, by = `${name} owner`): Promise<Json> {
    const list = await signOwnerList(sampleSigner(by), { name, backups: [backup.address], change: 1 });
    return takeoverCredentials(backup, list, 1);
  }

  async function takeOver(name: Name, credentials: Json): Promise<void> {
    world.stage.kill(name);
    world.takeOver(name, backup, 2, credentials);
    await world.stage.start(name);
  }

  for (const [crashed, other] of [
    ["alpha", "beta"],
    ["beta", "alpha"],
  ] as const)
    it(`brings with the session's first run what shows its right, as ${crashed}`, async () => {
      const { stage } = world;
      await takeOver(crashed, await shown(crashed));
      const sessionId = await stage.transfer("alpha");
      await stage.untilClosed(sessionId);
      expect(await stage.status("alpha", sessionId)).to.deep.include({ outcome: "COMMITTED", refusedBackup: null });
      expect(await world.epochOf(stage.parties[crashed].gatewayId, other)).to.equal(2);
    });

  it("is known again to a peer that starts anew and has lost its logs", async () => {
    const { stage } = world;
    await takeOver("alpha", await shown("alpha"));
    await stage.untilClosed(await stage.transfer("alpha"));
    stage.kill("beta");
    stage.parties.beta.log = stage.newLog();
    await world.configure("beta");
    await stage.start("beta");
    expect(await world.epochOf(stage.parties.alpha.gatewayId, "beta")).to.equal(1);
    const sessionId = await stage.transfer("alpha", "another");
    await stage.untilClosed(sessionId);
    expect(await world.epochOf(stage.parties.alpha.gatewayId, "beta")).to.equal(2);
  });

  it("is refused with the code of what is wrong, and nothing of its run is taken", async () => {
    const { stage } = world;
    await takeOver("alpha", await shown("alpha", "somebody"));
    await stage.transfer("alpha");
    const codes = () => stage.parties.beta.events.flatMap((event) => (event.type === "trouble" ? [event.code] : []));
    await stage.clock.until(() => codes().length > 0);
    expect(codes()).to.include("UNKNOWN_GATEWAY");
    // It comes again and again, and is no news any more.
    await stage.clock.pass(50 * 60_000);
    await stage.transfer("alpha", "another");
    await stage.clock.pass(60_000);
    expect(codes().filter((code) => code === "UNKNOWN_GATEWAY")).to.have.length(1);
    const { log, gatewayId } = stage.parties.beta;
    expect(await log.sessionsOf(gatewayId, { open: false })).to.deep.equal([]);
    expect(await world.epochOf(stage.parties.alpha.gatewayId, "beta")).to.equal(1);
  });
});
