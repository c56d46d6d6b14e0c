import { expect } from "chai";
import { canonicalBytes } from "../../../src/entry/canonical.ts";
import type { LogEntryRequest } from "../../../src/entry/log-entry-request.ts";
import { OperatorLog } from "../../../src/store/operator-log.ts";
import { expectRejection } from "../../support/expect-error.ts";
import { GroupStage } from "../../support/group-stage.ts";

const SESSION = "4eb424c8-aead-4e9e-a321-a160ac3909ac";

function request(message: string): LogEntryRequest {
  const what = { step: 101, operation: "init", vote: "none", command: 2 } as const;
  return { ...what, payload: canonicalBytes({ message }), gateways: null, seqNumber: 0, timestamp: null };
}

describe("what an operator has a member of a group log", () => {
  let group: GroupStage;

  beforeEach(async () => {
    group = new GroupStage(2);
    await group.startAll();
    await group.stage.clock.pass(200);
  });
  afterEach(() => group.stop());

  const operatorAt = (place: number, beforeSigning?: Promise<undefined>): OperatorLog => {
    const { signer: own, member } = group.at(place);
    const signDigest: typeof own.signDigest = async (digest) => {
      await beforeSigning;
      return own.signDigest(digest);
    };
    const signer = { address: own.address, signDigest };
    const { alpha } = group.stage.parties;
    const options = { gatewayId: alpha.gatewayId, networkId: alpha.chain.networkId, log: alpha.options.log };
    const { directory } = group.stage;
    return new OperatorLog({ ...member.operator, directory, signer }, { ...options, logging: "chain" });
  };
  const stored = () => group.stage.log.read(SESSION, group.stage.parties.alpha.gatewayId, { from: 0, limit: 9 });

  it("is the primary's: a standby says where that is, and lets nothing out", async () => {
    const error = await expectRejection(operatorAt(1).write(SESSION, request("one")), "NOT_PRIMARY");
    expect(error.context).to.deep.equal({ primary: "member:0" });
    expect(group.at(1).member.node.nodeState()).to.include({ outbound: 0 });
    expect(group.at(1).store.letOut).to.be.empty;
    await operatorAt(0).write(SESSION, request("one"));
    expect(await stored()).to.have.length(1);
  });

  it("is waited for by a handover, and goes on at the heir", async () => {
    const { store, member } = group.at(0);
    const { promise: held, resolve: letGo } = Promise.withResolvers<undefined>();
    const open = store.openSession.bind(store);
    store.openSession = async (...given) => {
      await held;
      return open(...given);
    };
    const writing = operatorAt(0).write(SESSION, request("one"));
    const handing = member.node.handOver(group.keyOf(1));
    await group.stage.clock.pass(1_000);
    expect(member.node.nodeState().state).to.equal("draining");
    letGo(undefined);
    await writing;
    await group.untilPrimary(1);
    expect(await handing).to.include({ epoch: 2, primary: group.keyOf(1) });
    await operatorAt(1).write(SESSION, request("two"));
    expect((await stored()).map(({ epoch }) => epoch)).to.deep.equal([1, 2]);
  });

  it("is sent on where another has taken over, and held back nowhere", async () => {
    await group.group.authorityOf(group.at(1).signer).takeover(1);
    const error = await expectRejection(operatorAt(0).write(SESSION, request("one")), "NOT_PRIMARY");
    expect(error.cause).to.include({ code: "STALE_EPOCH" });
    await group.untilPrimary(1);
    await group.untilStandby(0);
    const again = await expectRejection(operatorAt(0).write(SESSION, request("one")), "NOT_PRIMARY");
    expect(again.context).to.deep.equal({ primary: "member:1" });
    expect(group.at(0).member.node.nodeState()).to.include({ outbound: 0 });
    await operatorAt(1).write(SESSION, request("one"));
  });

  it("gets no further than the time of the primary in which it began", async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<undefined>();
    const writing = expectRejection(operatorAt(0, held).write(SESSION, request("one")), "NOT_PRIMARY");
    group.cut.add("1 0").add("2 0");
    await group.stage.clock.until(() => group.told(0, "stood-down").length > 0);
    letGo(undefined);
    await writing;
    expect(group.at(0).member.node.nodeState()).to.include({ outbound: 0 });
    expect(group.at(0).store.letOut).to.be.empty;
  });
});
