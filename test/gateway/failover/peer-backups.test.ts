import { expect } from "chai";
import type { Json } from "../../../src/entry/canonical.ts";
import { signOwnerList, StatementRule, takeoverCredentials } from "../../../src/gateway/credentials/statement-rule.ts";
import { Office } from "../../../src/gateway/failover/office.ts";
import { PeerBackups } from "../../../src/gateway/failover/peer-backups.ts";
import { Standby } from "../../../src/gateway/failover/standby.ts";
import type { GatewayPorts } from "../../../src/gateway/ports.ts";
import { BackupStage } from "../../support/backup-stage.ts";
import { sampleSigner } from "../../support/sample-log.ts";

const backup = sampleSigner("backup");

describe("what a standby knows of the peers' backups", () => {
  let world: BackupStage;

  beforeEach(async () => {
    world = new BackupStage(() => new Map([["statements", new StatementRule()]]));
    await world.start();
  });
  afterEach(() => world.stage.stop());

  async function shown(): Promise<Json> {
    const list = await signOwnerList(sampleSigner("alpha owner"), {
      name: "alpha",
      backups: [backup.address],
      change: 1,
    });
    return takeoverCredentials(backup, list, 1);
  }

  /** Beta's process has met alpha's backup in a session that is open still. */
  async function metByPrimary(): Promise<void> {
    const { stage } = world;
    const sessionId = await stage.transfer("alpha");
    await stage.clock.until(async () => (await stage.marks("alpha", sessionId)).includes("init-lock-assert"));
    stage.kill("alpha");
    world.takeOver("alpha", backup, 2, await shown());
    await stage.start("alpha");
    await stage.clock.until(async () => (await stage.marks("beta", sessionId)).includes("ack-recover-update"));
    stage.kill("alpha");
    stage.kill("beta");
  }
  const known = async ({ directory }: GatewayPorts) =>
    (await directory.gateway(world.stage.parties.alpha.gatewayId)).epoch;
  const standbyOf = (ports: GatewayPorts) => new Standby(ports, world.stage.parties.beta.gatewayId);

  it("is what stands in the logs that it keeps folded", async () => {
    await metByPrimary();
    const ports = await world.portsOfAnother("beta");
    const { clock, parties } = world.stage;
    const end = new AbortController();
    const { options } = parties.beta;
    const deps = { ports, monotonic: clock, signal: end.signal, isSuperseded: () => Promise.resolve(false) };
    const office = new Office(
      { ...deps, onTrouble: (error) => expect.fail(String(error)), onWork: () => undefined },
      options,
      100,
    );
    office.standBy();
    expect(await known(ports)).to.equal(1);
    const folding = office.keepFolding(100);
    await clock.until(async () => (await known(ports)) === 2);
    end.abort();
    office.foldNow();
    await folding;
  });

  it("is asked of the store once, where there is news", async () => {
    await metByPrimary();
    const ports = await world.portsOfAnother("beta");
    const asked: (readonly string[])[] = [];
    const recall: GatewayPorts["recall"] = async (among) => {
      asked.push(among);
      await ports.recall?.(among);
    };
    const standby = standbyOf(ports);
    const backups = new PeerBackups({ ...ports, recall });
    for (let pass = 0; pass < 3; pass += 1) {
      await standby.pass();
      await backups.learnFrom(standby.folded);
    }
    expect(asked).to.have.length(1);
    expect(await known(ports)).to.equal(2);
  });

  it("tells once of one that it does not believe, and goes on", async () => {
    await metByPrimary();
    const codes: string[] = [];
    world.rules = () => new Map();
    const ports = await world.portsOfAnother("beta", (code) => codes.push(code));
    const standby = standbyOf(ports);
    const backups = new PeerBackups(ports);
    for (let pass = 0; pass < 3; pass += 1) {
      await standby.pass();
      await backups.learnFrom(standby.folded);
    }
    expect(codes).to.deep.equal(["UNKNOWN_BACKUP"]);
    expect(await known(ports)).to.equal(1);
  });
});
