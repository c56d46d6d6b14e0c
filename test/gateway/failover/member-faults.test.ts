import { expect } from "chai";
import { GatelogError } from "../../../src/entry/errors.ts";
import type { SessionId } from "../../../src/entry/hex.ts";
import { markOf, type Mark } from "../../../src/protocol/marks.ts";
import { expectRejection } from "../../support/expect-error.ts";
import { GroupStage } from "../../support/group-stage.ts";

const MINUTE = 60_000;

/** What goes wrong with members, their authority and their log: the group goes on, and tells no more of it than is to be told. */
describe("a group whose members fail by halves", () => {
  let group: GroupStage;

  afterEach(() => group.stop());

  async function groupOf(backups: number): Promise<void> {
    group = new GroupStage(backups);
    await group.startAll();
    await group.stage.clock.pass(200);
  }
  const state = (place: number) => group.at(place).member.node.nodeState();
  const network = (place: number) => group.at(place).member.node.network();
  const transfer = async (place: number, key = "one"): Promise<SessionId> => {
    const { sessionId } = await group.at(place).member.gateway.transfer(group.stage.request("alpha", key));
    return sessionId;
  };
  const present = () => group.group.authorityOf(group.at(0).signer).group("latest");
  /** Starts a transfer at a member that dies behind this entry. */
  const dieBehind = async (place: number, mark: Mark): Promise<void> => {
    group.at(place).store.onWritten = (write) => {
      if ("entries" in write && write.entries.map(markOf).includes(mark)) group.kill(place);
    };
    transfer(place).catch(() => undefined); // its client gets no answer
    await group.stage.clock.until(() => group.at(place).process.isDead);
  };

  it("is taken over by the other backup where the one that was chosen cannot", async () => {
    for (const unable of [1, 2]) {
      await groupOf(2);
      group.unable.set(unable, "INSUFFICIENT_FUNDS");
      group.kill(0);
      await group.stage.clock.until(() => state(3 - unable).state === "primary", MINUTE);
      if (unable === 1) await group.stop();
    }
  });

  it("is taken over from a primary that lives and can ask nobody any more", async () => {
    await groupOf(1);
    group.uninformed.add(0);
    await group.stage.clock.until(() => state(1).state === "primary", MINUTE);
    expect(group.told(1, "false-suspicion"), "it was not taken for dead").to.be.empty;
    group.uninformed.clear();
    await group.untilStandby(0);
    await group.stage.untilClosed(await transfer(1));
  });

  it("is not taken over from a primary whose authority is away for a moment", async () => {
    await groupOf(1);
    group.uninformed.add(0);
    await group.stage.clock.pass(3_000);
    group.uninformed.clear();
    await group.stage.clock.pass(MINUTE);
    expect(state(0)).to.include({ state: "primary", epoch: 1 });
  });

  it("is taken over from a process that has the primary's key and waits to become one", async () => {
    await groupOf(1);
    group.kill(0);
    group.uninformed.add(0);
    await expectRejection(group.start(0), "NODE_UNREACHABLE");
    await group.stage.clock.until(() => state(1).state === "primary", 10_000);
  });

  it("has a member stand by that could not begin, raise one alarm, and try again", async () => {
    await groupOf(1);
    group.undirected.set(1, "CHAIN_IDENTITY_CHANGED");
    group.kill(0);
    await group.stage.clock.until(() => group.told(1, "took-over").length > 0);
    await group.stage.clock.pass(5_000);
    expect(state(1)).to.include({ role: "standby", outbound: 0 });
    expect(group.told(1, "alarm").map(({ code }) => code)).to.deep.equal(["CHAIN_IDENTITY_CHANGED"]);
    expect(group.at(1).member.node.beat().role, "nobody waits for it").to.equal("standby");
    group.undirected.clear();
    await group.untilPrimary(1);
    await group.stage.untilClosed(await transfer(1));
  });

  it("is taken over from a member that has taken over and cannot begin", async () => {
    for (const place of [1, 2]) {
      await groupOf(2);
      group.undirected.set(place, "CORRUPT_STORE");
      group.kill(0);
      await group.stage.clock.until(() => state(3 - place).state === "primary", MINUTE);
      if (place === 1) await group.stop();
    }
  });

  it("neither suspects nor asks without end where another has taken over and its own view is behind", async () => {
    await groupOf(2);
    group.outdated.set(2, await present());
    group.unable.set(2, "INSUFFICIENT_FUNDS");
    group.kill(0);
    await group.untilPrimary(1);
    const before = { asked: group.asked, events: group.at(2).events.length };
    await group.stage.clock.pass(MINUTE);
    // Two members that poll 4 times a second, one that is hinted at once a second; two calls each time.
    expect(group.asked - before.asked).to.be.at.most(1_200);
    expect(group.at(2).events.length - before.events).to.be.at.most(2);
    group.outdated.clear();
    await group.stage.clock.pass(1_000);
    expect(network(2)).to.include({ epoch: 2, primary: group.keyOf(1) });
  });

  it("tells once of a takeover that it may not do yet", async () => {
    await groupOf(1);
    group.unable.set(1, "TOO_SOON");
    group.kill(0);
    await group.stage.clock.pass(2 * MINUTE);
    expect(group.told(1, "suspicion")).to.have.length(1);
    expect(group.told(1, "trouble").map(({ code }) => code)).to.deep.equal(["TOO_SOON"]);
    group.unable.clear();
    await group.stage.clock.until(() => state(1).state === "primary", 11_000);
  });

  it("goes by no answer that is older than what it knows", async () => {
    await groupOf(1);
    const old = await present();
    group.kill(0);
    await group.untilPrimary(1);
    group.outdated.set(1, old);
    await group.stage.clock.pass(5_000);
    expect(state(1)).to.include({ state: "primary", epoch: 2 });
    expect(group.told(1, "stood-down")).to.be.empty;
  });

  it("drains nothing for a handover when it is no primary any more", async () => {
    await groupOf(2);
    await group.group.authorityOf(group.at(1).signer).takeover(1);
    const refused = expectRejection(group.at(0).member.node.handOver(group.keyOf(2)), "NOT_PRIMARY");
    const error = await refused;
    expect(error.context).to.deep.equal({ primary: "member:1" });
    await group.untilPrimary(1);
    await group.untilStandby(0);
    expect(group.told(0, "primary"), "once, at its start").to.have.length(1);
  });

  it("drains nothing for an heir that is still starting", async () => {
    await groupOf(1);
    group.kill(1);
    group.uninformed.add(1);
    await expectRejection(group.start(1), "NODE_UNREACHABLE");
    await group.stage.clock.pass(1_000);
    await expectRejection(group.at(0).member.node.handOver(), "PEER_UNREACHABLE");
    expect(group.told(0, "primary"), "once, at its start").to.have.length(1);
  });

  it("goes on behind a handover that came to nothing, and tells of no outcome twice", async () => {
    await groupOf(2);
    await dieBehind(0, "exec-lock");
    await group.stage.clock.until(() => [1, 2].some((place) => state(place).state === "primary"));
    const place = state(1).state === "primary" ? 1 : 2;
    const [sessionId] = await group.stage.log.sessionsOf(group.stage.parties.alpha.gatewayId, { open: false });
    if (sessionId === undefined) throw new Error("there is no session");
    await group.stage.untilClosed(sessionId);
    await group.stage.clock.pass(1_000);
    const kept = network(place).lastTakeover;
    group.heir = "broken";
    await expectRejection(settled(group.at(place).member.node.handOver()), "PEER_UNREACHABLE");
    await group.untilPrimary(place);
    await group.stage.untilClosed(await transfer(place, "two"));
    const ofFirst = group.told(place, "outcome").filter((event) => event.sessionId === sessionId);
    expect(ofFirst).to.have.length(1);
    expect(network(place).lastTakeover).to.deep.equal(kept);
  });

  it("keeps what it has folded while its store is away, and says so once in a pass", async () => {
    await groupOf(1);
    await dieBehind(0, "exec-lock");
    group.unable.set(1, "TOO_SOON");
    await group.stage.clock.until(() => state(1).foldedSessions === 1);
    const before = group.told(1, "trouble").length;
    const { store } = group.at(1);
    const away = () => Promise.reject(new GatelogError("STORE_UNAVAILABLE", "the log does not answer", {}));
    const session = store.session.bind(store);
    store.session = away;
    await group.stage.clock.pass(5_000);
    expect(state(1).foldedSessions).to.equal(1);
    const told = group.told(1, "trouble").slice(before);
    expect(told.every(({ sessionId }) => sessionId === null)).to.equal(true);
    expect(told.length).to.be.within(1, 12);
    store.session = session;
  });

  it("does not begin where another has begun, final or not, and names that one", async () => {
    await groupOf(1);
    await group.group.hold();
    group.kill(0);
    await group.stage.clock.until(async () => (await present()).epoch === 2);
    await group.start(0);
    expect(state(0).state).to.equal("standing-by");
    const refused = await expectRejection(transfer(0), "NOT_PRIMARY");
    expect(refused.context).to.deep.equal({ primary: "member:1" });
    expect(network(0)).to.include({ epoch: 2, primary: group.keyOf(1) });
    group.group.release();
    await group.untilPrimary(1);
    expect(group.told(0, "primary"), "of its first start").to.have.length(1);
  });

  it("stands down on what is not final, and begins on nothing that is not", async () => {
    await groupOf(1);
    await group.group.hold();
    group.cut.add("1 0");
    await group.untilStandby(0);
    await group.stage.clock.pass(5_000);
    expect(state(1).state).to.equal("electing");
    expect(network(0)).to.include({ primary: group.keyOf(1) });
    group.group.release();
    await group.untilPrimary(1);
  });

  it("stands down on what is final, though it was not said a moment before", async () => {
    await groupOf(1);
    group.outdatedLatest.set(0, await present());
    group.cut.add("1 0");
    await group.untilPrimary(1);
    await group.untilStandby(0);
    expect(group.told(0, "stood-down")).to.have.length(1);
    group.outdatedLatest.clear();
    await group.stage.clock.pass(5_000);
    expect([state(0), state(1)].map(({ role, epoch }) => ({ role, epoch }))).to.deep.equal([
      { role: "standby", epoch: 2 },
      { role: "primary", epoch: 2 },
    ]);
  });

  it("stops while a takeover of its own is not final yet", async () => {
    await groupOf(1);
    await group.group.hold();
    group.kill(0);
    await group.stage.clock.until(async () => (await present()).epoch === 2);
    await settled(group.at(1).member.gateway.stop(), 1_000);
    group.kill(1);
    group.group.release();
  });

  /** Lets time pass until it is done. */
  async function settled<T>(work: Promise<T>, limitMs?: number): Promise<T> {
    let isOver = false;
    const end = work.finally(() => (isOver = true));
    end.catch(() => undefined);
    await group.stage.clock.until(() => isOver, limitMs);
    return end;
  }
});
