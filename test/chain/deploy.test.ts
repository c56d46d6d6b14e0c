import { expect } from "chai";

import { createLane } from "../../src/chain/lane.ts";
import * as deployment from "../../src/chain/deploy.ts";
import { assetEscrowAt } from "../../src/chain/contracts.ts";
import { developmentSigner } from "../support/accounts.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { deployLedger, deployLog, mapBothWays, registerTestGateway } from "../support/deploy.ts";
import { expectRejection } from "../support/expect-error.ts";

describe("deploy", () => {
  let alpha: TestChain;
  let beta: TestChain;

  beforeEach(async () => {
    [alpha, beta] = await Promise.all([startHardhat("alpha"), startHardhat("beta")]);
  });

  afterEach(async () => {
    await Promise.all([alpha.close(), beta.close()]);
  });

  it("deploys nothing that the record and the chain have already", async () => {
    const chain = alpha.connect();
    const lane = createLane(chain, developmentSigner(0));
    const first = await deployment.deployLedger({ chain, lane });
    const height = (await chain.head()).number;
    const second = await deployment.deployLedger({ chain, lane, record: first.record });
    expect(second).to.deep.equal(first);
    expect((await chain.head()).number).to.equal(height);
    await lane.close();
    chain.close();
  });

  it("refuses the record of another chain", async () => {
    const log = await deployLog(beta);
    const chain = alpha.connect();
    const lane = createLane(chain, developmentSigner(0));
    const { record } = await deployment.deployLog({ chain, lane });
    await expectRejection(deployment.deployLog({ ...log, record }), "WRONG_CHAIN");
    await Promise.all([log.close(), lane.close()]);
    chain.close();
  });

  it("maps tokens both ways, admits keys, registers gateways", async () => {
    const [one, other, log] = [await deployLedger(alpha), await deployLedger(beta), await deployLog(alpha)];
    await mapBothWays(one, other);
    const gateway = await registerTestGateway(log, "A");
    expect((await registerTestGateway(log, "A")).gatewayId).to.equal(gateway.gatewayId);
    await one.admit(gateway.ledgerSigner.address);
    const escrow = assetEscrowAt(other.chain, other.escrow);
    expect(await escrow.mappedToken(one.chain.chainId, one.erc721)).to.equal(other.erc721);
    expect(await assetEscrowAt(one.chain, one.escrow).isAdmitted(gateway.ledgerSigner.address)).to.equal(true);
    await Promise.all([one.close(), other.close(), log.close()]);
  });
});
