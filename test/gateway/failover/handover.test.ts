import { expect } from "chai";
import { expectRejection } from "../../support/expect-error.ts";
import { COIN } from "../../support/gateway-stage.ts";
import { GroupStage } from "../../support/group-stage.ts";

describe("a planned change of the primary", () => {
  let group: GroupStage;

  beforeEach(async () => {
    group = new GroupStage(2);
    await group.startAll();
    await group.stage.clock.pass(200);
  });
  afterEach(() => group.stop());

  const handOver = async (to?: number) => {
    let isOver = false;
    const handing = group
      .at(0)
      .member.node.handOver(to === undefined ? undefined : group.keyOf(to))
      .finally(() => (isOver = true));
    handing.catch(() => undefined);
    await group.stage.clock.until(() => isOver);
    return handing;
  };

  it("goes to the next backup where the first does not follow", async () => {
    group.unwilling.add(1);
    expect(await handOver()).to.include({ epoch: 2, primary: group.keyOf(2) });
    await group.untilPrimary(2);
    await group.untilStandby(0);
    expect(group.told(0, "trouble").map(({ code }) => code)).to.include("PEER_UNREACHABLE");
    expect(group.told(0, "primary"), "once, at its start").to.have.length(1);
  });

  it("goes to nobody else where one is named, and the member stays primary", async () => {
    group.unwilling.add(1);
    await expectRejection(handOver(1), "PEER_UNREACHABLE");
    await group.untilPrimary(0);
    expect(group.at(0).member.node.nodeState()).to.include({ epoch: 1 });
  });

  it("leaves no peer without an offer meanwhile: each member makes the same", async () => {
    const { alpha, beta } = group.stage.parties;
    const query = { networkId: alpha.chain.networkId, originChainId: beta.chain.chainId, originToken: COIN.beta };
    const offers = await Promise.all(group.members.map(({ member }) => member.gateway.offer(query)));
    expect(offers[0]).to.include({ token: COIN.alpha });
    for (const offer of offers) expect(offer).to.deep.equal(offers[0]);
  });
});
