import { expect } from "chai";
import { GatelogError } from "../../../src/entry/errors.ts";
import { signOwnerList, StatementRule, takeoverCredentials } from "../../../src/gateway/credentials/statement-rule.ts";
import { MemberService } from "../../../src/gateway/failover/member-service.ts";
import type { Gateway } from "../../../src/gateway/gateway.ts";
import { BackupStage } from "../../support/backup-stage.ts";
import { MemoryLogStore } from "../../../src/store/memory-log-store.ts";
import { expectRejection } from "../../support/expect-error.ts";
import { sampleDirectory, sampleSigner } from "../../support/sample-log.ts";

/** A member that is primary, in front of this gateway. */
function inFrontOf(gateway: Gateway, onStale: () => void = () => undefined): Gateway {
  const store = new MemoryLogStore({ directory: sampleDirectory() });
  const tenure = { gateway, log: { store, outbox: { flush: () => Promise.resolve() } } };
  const office = { phase: "primary", role: "primary", tenure } as const;
  const leadership = { office, primaryUrl: () => "member:1", onStale };
  const { identity } = gateway;
  const { service } = new MemberService(leadership);
  return { ...service, identity, start: () => gateway.start(), stop: () => gateway.stop() };
}

describe("what a member of a group answers", () => {
  let world: BackupStage;
  let hints: number;

  beforeEach(async () => {
    world = new BackupStage(() => new Map([["statements", new StatementRule()]]));
    await world.start();
    hints = 0;
  });
  afterEach(() => world.stage.stop());

  it("tells a peer of its own stale epoch, so that the peer's backup shows what it is", async () => {
    const { stage } = world;
    const backup = sampleSigner("backup");
    const list = await signOwnerList(sampleSigner("alpha owner"), {
      ...{ name: "alpha", backups: [backup.address], change: 1 },
    });
    stage.kill("alpha");
    world.takeOver("alpha", backup, 2, await takeoverCredentials(backup, list, 1));
    await stage.start("alpha");
    const { beta } = stage.parties;
    stage.peers.connect(
      beta.gatewayId,
      inFrontOf(beta.gateway, () => (hints += 1)),
    );
    const sessionId = await stage.transfer("alpha");
    await stage.untilClosed(sessionId);
    expect((await stage.status("alpha", sessionId)).outcome).to.equal("COMMITTED");
    expect(hints, "no peer makes a member ask its authority").to.equal(0);
  });

  it("sends a client on to the primary where its own epoch is stale, and has its group asked for", async () => {
    const { gateway } = world.stage.parties.beta;
    const stale = () => Promise.reject(new GatelogError("STALE_EPOCH", "another has taken over", {}));
    const member = inFrontOf({ ...gateway, identity: gateway.identity, cancel: stale }, () => (hints += 1));
    const error = await expectRejection(member.cancel("one"), "NOT_PRIMARY");
    expect(error.context).to.deep.equal({ primary: "member:1" });
    expect(hints).to.equal(1);
  });
});
