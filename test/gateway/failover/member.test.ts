import { expect } from "chai";
import { parseCanonical } from "../../../src/entry/canonical.ts";
import type { SessionId } from "../../../src/entry/hex.ts";
import { sessionIdFor } from "../../../src/gateway/request.ts";
import { markOf, type Mark } from "../../../src/protocol/marks.ts";
import { expectRejection } from "../../support/expect-error.ts";
import { GroupStage } from "../../support/group-stage.ts";

describe("a group of a primary and one backup", () => {
  let group: GroupStage;

  beforeEach(async () => {
    group = new GroupStage(1);
    await group.startAll();
  });

  afterEach(async () => {
    expect(group.stage.early, "done or sent before its entry was durable").to.be.empty;
    await group.stop();
  });

  const transfer = async (place: number, key = "one"): Promise<SessionId> => {
    const { sessionId } = await group.at(place).member.gateway.transfer(group.stage.request("alpha", key));
    return sessionId;
  };
  const outcome = async (sessionId: SessionId) => {
    await group.stage.untilClosed(sessionId);
    return (await group.stage.status("beta", sessionId)).outcome;
  };
  /** Told the moment that a member's entry of this mark is durable. */
  const onLogged = (place: number, mark: Mark, act: () => void) => {
    group.at(place).store.onWritten = (write) => {
      if ("entries" in write && write.entries.map(markOf).includes(mark)) act();
    };
  };
  /** Starts a transfer at a member that dies behind this entry. */
  const transferUntil = async (place: number, mark: Mark, key = "one"): Promise<SessionId> => {
    onLogged(place, mark, () => group.kill(place));
    transfer(place, key).catch(() => undefined); // its client gets no answer
    await group.stage.clock.until(() => group.at(place).process.isDead);
    return sessionIdFor(group.stage.parties.alpha.gatewayId, key);
  };

  it("has the standby fold what the primary does, know what comes next, and let nothing out", async () => {
    onLogged(0, "done-lock", () => group.stage.kill("beta"));
    const sessionId = await transfer(0);
    await group.stage.clock.pass(1_000);
    const { node } = group.at(1).member;
    expect(node.nodeState()).to.include({ role: "standby", outbound: 0, epoch: 1, foldedSessions: 1 });
    const { waitingFor } = await group.at(0).member.gateway.status(sessionId);
    expect(waitingFor).to.equal("peer");
    expect(node.nodeState().next).to.include({ wait: 1 });
    await group.stage.start("beta");
    expect(await outcome(sessionId)).to.equal("COMMITTED");
    await group.stage.clock.pass(1_000);
    expect(node.nodeState()).to.deep.include({ outbound: 0, foldedSessions: 0, next: {} });
    expect(group.at(1).store.letOut).to.be.empty;
  });

  it("refuses at the standby what only the primary does, and says where that is", async () => {
    const error = await expectRejection(transfer(1), "NOT_PRIMARY");
    expect(error.context).to.deep.equal({ primary: "member:0" });
  });

  // Its own points have a matrix of their own; here is one of each kind, with what a backup does.
  for (const mark of ["init-setup", "exec-lock", "done-lock", "exec-burn", "done-burn", "init-commit-final"] as const)
    it(`ends a transfer whose primary dies behind ${mark}, and says RECOVER as a backup`, async () => {
      const sessionId = await transferUntil(0, mark);
      await group.untilPrimary(1);
      expect(await outcome(sessionId)).to.equal("COMMITTED");
      expect(group.told(1, "primary")).to.have.length(1);
      expect(group.told(1, "primary")[0]).to.include({ epoch: 2, kind: "FAILOVER" });
      const range = { from: 0, limit: 250 };
      const entries = await group.stage.log.read(sessionId, group.stage.parties.alpha.gatewayId, range);
      const [first, ...later] = entries.filter(({ epoch }) => epoch === 2);
      expect(entries.slice(-1 - later.length)).to.deep.equal([first, ...later]);
      expect(first && markOf(first)).to.equal("init-recover");
      expect(first && parseCanonical(first.payload)).to.deep.include({ isBackup: true, kind: "FAILOVER" });
      expect(group.at(1).member.node.network()).to.deep.include({ epoch: 2, recoveryCount: 1 });
    });

  it("does not take a primary for dead that was not heard yet, before its time to start is over", async () => {
    group.kill(0);
    group.kill(1);
    await group.start(1);
    const before = group.stage.clock.now();
    await group.untilPrimary(1);
    expect(group.stage.clock.now() - before).to.be.within(2_000, 2_500);
  });

  it("grants that time to nobody who was heard: a primary that dies at once is missed like any other", async () => {
    await group.stage.clock.pass(100);
    group.kill(0);
    const before = group.stage.clock.now();
    await group.untilPrimary(1);
    expect(group.stage.clock.now() - before).to.be.within(400, 700);
  });

  it("grants it no longer to one that was first heard when this member had begun to wait", async () => {
    group.kill(1);
    group.cut.add("1 0");
    await group.start(1);
    await group.stage.clock.pass(50);
    group.cut.clear();
    await group.stage.clock.pass(200);
    group.kill(0);
    const before = group.stage.clock.now();
    await group.untilPrimary(1);
    expect(group.stage.clock.now() - before).to.be.within(400, 700);
  });

  it("stands down when a backup has taken over from it alive, and is a standby from then on", async () => {
    const sessionId = await transfer(0);
    group.cut.add("1 0");
    await group.untilPrimary(1);
    await group.untilStandby(0);
    expect(await outcome(sessionId)).to.equal("COMMITTED");
    expect(group.told(0, "stood-down")).to.have.length(1);
    expect(group.told(0, "alarm")).to.be.empty;
    group.cut.clear();
    await group.stage.clock.until(() => group.told(1, "false-suspicion").length > 0);
    expect(group.at(0).member.node.nodeState()).to.include({ role: "standby", epoch: 2, outbound: 0 });
  });

  it("knows as a standby what the primary would do next, and does nothing of it", async () => {
    const sessionId = await transferUntil(0, "exec-lock");
    const { node } = group.at(1).member;
    await group.stage.clock.until(() => node.nodeState().next["read-ledger"] === 1);
    expect(node.nodeState()).to.deep.include({ role: "standby", outbound: 0, foldedSessions: 1 });
    expect(group.at(1).store.letOut).to.be.empty;
    await group.untilPrimary(1);
    expect(node.nodeState().next, "a primary does it").to.deep.equal({});
    expect(await outcome(sessionId)).to.equal("COMMITTED");
  });

  it("slows down where two that do not hear each other take the group from each other", async () => {
    group.cut.add("0 1").add("1 0");
    await group.stage.clock.pass(120_000);
    const epoch = () => group.at(0).member.node.network().epoch;
    // Undamped there are some 150.
    expect(epoch()).to.be.within(5, 16);
    const restraints = group.members.map(({ member }) => member.node.nodeState().restraintMs);
    expect(Math.max(...restraints)).to.be.greaterThan(1_000);
    expect(group.told(0, "alarm")).to.be.empty;
    group.cut.clear();
    await group.stage.clock.pass(1_000);
    const settled = epoch();
    await group.stage.clock.pass(60_000);
    expect(epoch(), "they hear each other again").to.equal(settled);
    const primary = group.members.findIndex(({ member }) => member.node.nodeState().role === "primary");
    expect(await outcome(await transfer(primary, "healed"))).to.equal("COMMITTED");
  });

  it("does not ask the authority without end for what it may not take over", async () => {
    group.group.setBackups([]);
    group.kill(0);
    await group.stage.clock.pass(5_000);
    const before = group.asked;
    await group.stage.clock.pass(10_000);
    // Twice at each look at who is primary.
    expect(group.asked - before).to.be.at.most(80);
  });

  it("makes no storm of errors of a log or an authority that is away, or of a session that nobody can read", async () => {
    const sessionId = await transferUntil(0, "exec-lock");
    group.group.setBackups([]);
    group.at(1).store.unreadable.add(sessionId);
    await group.stage.clock.pass(10_000);
    const ofSession = () => group.told(1, "trouble").filter((event) => event.sessionId === sessionId);
    expect(ofSession(), "told once").to.have.length(1);
    group.at(1).store.unavailable = true;
    group.uninformed.add(1);
    const before = group.at(1).events.length;
    await group.stage.clock.pass(60_000);
    // Two that are away, each looked for once a second.
    expect(group.at(1).events.length - before).to.be.within(60, 130);
  });

  it("goes back and forth as often as primaries die", async () => {
    for (const [dies, follows] of [
      [0, 1],
      [1, 0],
      [0, 1],
    ] as const) {
      const sessionId = await transferUntil(dies, "exec-lock", `session ${group.stage.clock.now()}`);
      await group.untilPrimary(follows);
      expect(await outcome(sessionId)).to.equal("COMMITTED");
      await group.start(dies);
      expect(group.at(dies).member.node.nodeState().role).to.equal("standby");
    }
    expect(group.at(1).member.node.network().recoveryCount).to.equal(3);
  });

  it("hands over as planned: nothing is lost, and it counts as no recovery", async () => {
    await group.stage.clock.pass(200);
    const sessionId = await transfer(0);
    let handed = false;
    const handing = group
      .at(0)
      .member.node.handOver()
      .then(() => (handed = true));
    await group.stage.clock.until(() => handed);
    await handing;
    await group.untilPrimary(1);
    expect(await outcome(sessionId)).to.equal("COMMITTED");
    const { lastTakeover, recoveryCount } = group.at(0).member.node.network();
    expect(lastTakeover).to.include({ epoch: 2, kind: "HANDOVER" });
    expect(recoveryCount).to.equal(0);
  });

  it("stays primary if nobody can take the group over as planned", async () => {
    group.kill(1);
    await group.stage.clock.pass(1_000);
    await expectRejection(group.at(0).member.node.handOver(), "PEER_UNREACHABLE");
    expect(await outcome(await transfer(0))).to.equal("COMMITTED");
  });

  it("stops though its heir never answers", async () => {
    group.heir = "silent";
    await group.stage.clock.pass(1_000);
    const refused = expectRejection(group.at(0).member.node.handOver(), "PEER_UNREACHABLE");
    await group.stage.clock.pass(1_000);
    expect(group.at(0).member.node.nodeState().state).to.equal("draining");
    let stopped = false;
    const stopping = group
      .at(0)
      .member.gateway.stop()
      .then(() => (stopped = true));
    await group.stage.clock.until(() => stopped, 1_000);
    await Promise.all([stopping, refused]);
    group.kill(0);
  });

  it("does not start as another than it must be, or than its owner has listed", async () => {
    group.kill(1);
    await expectRejection(group.start(1, "primary"), "INVALID_CONFIG");
    group.group.setBackups([]);
    await expectRejection(group.start(1), "REVOKED");
  });

  it("does not take over once its owner has revoked it, and says why", async () => {
    group.group.setBackups([]);
    group.kill(0);
    await group.stage.clock.pass(5_000);
    expect(group.at(1).member.node.nodeState()).to.include({ role: "standby", epoch: 1, outbound: 0 });
    expect(group.told(1, "trouble").map(({ code }) => code)).to.deep.equal(["REVOKED"]);
  });
});

describe("a group with two backups", () => {
  let group: GroupStage;

  beforeEach(async () => {
    group = new GroupStage(2);
    await group.startAll();
  });

  afterEach(() => group.stop());

  const primaries = () => [1, 2].filter((place) => group.at(place).member.node.nodeState().role === "primary");

  it("chooses one of them by the votes of both", async () => {
    group.kill(0);
    await group.stage.clock.until(() => primaries().length > 0);
    await group.stage.clock.pass(3_000);
    expect(primaries()).to.have.length(1);
    const [winner = 0] = primaries();
    expect(group.told(winner, "primary")[0]).to.include({ epoch: 2, kind: "QUORUM" });
    const loser = winner === 1 ? 2 : 1;
    expect(group.at(loser).member.node.network()).to.deep.include({ epoch: 2, primary: group.keyOf(winner) });
    expect(group.at(loser).member.node.network().lastTakeover).to.include({ kind: "QUORUM" });
  });

  it("does not wait for one that is dead as well", async () => {
    group.kill(2);
    await group.stage.clock.pass(1_000);
    group.kill(0);
    await group.untilPrimary(1);
    expect(group.told(1, "primary")[0]).to.include({ epoch: 2, kind: "FAILOVER" });
    expect(group.told(1, "primary")[0]?.durationMs).to.be.lessThan(1_000);
  });

  it("takes one of them if both go ahead, and the other stands by", async () => {
    group.cut.add("1 2").add("2 1");
    group.kill(0);
    await group.stage.clock.until(() => primaries().length > 0);
    group.cut.clear();
    await group.stage.clock.pass(3_000);
    expect(primaries()).to.have.length(1);
    const epochs = [1, 2].flatMap((place) => group.told(place, "primary").map(({ epoch }) => epoch));
    expect(new Set(epochs).size, "each epoch has one primary").to.equal(epochs.length);
  });
});
