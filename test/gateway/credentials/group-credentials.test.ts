import { expect } from "chai";
import { canonicalBytes, type Json } from "../../../src/entry/canonical.ts";
import { MAX_PAYLOAD_SIZE } from "../../../src/entry/entry.ts";
import { successionDigest } from "../../../src/entry/signed-changes.ts";
import { withSignedChange, type SignedGroup } from "../../../src/entry/signed-group.ts";
import { publicKeyOf } from "../../../src/gateway/backups.ts";
import { LearningCredentials } from "../../../src/gateway/credentials/learning-credentials.ts";
import { groupCredentials, groupIntroduction, StatementRule } from "../../../src/gateway/credentials/statement-rule.ts";
import { StaticGatewayDirectory } from "../../../src/store/static-gateway-directory.ts";
import { expectRejection } from "../../support/expect-error.ts";
import { sampleGateway, sampleSigner } from "../../support/sample-log.ts";
import { signedList, signedRegistration } from "../../support/signed-group.ts";

const GATEWAY = sampleGateway("alpha");
const { gatewayId } = GATEWAY;
const KEYS = Array.from({ length: 9 }, (_, place) => (place === 0 ? GATEWAY.signer : sampleSigner(`member ${place}`)));
/** More than a RECOVER shows: as many restarts of members without a session to the peer. */
const EPOCHS = 25;

describe("what a group shows of its past", () => {
  let group: SignedGroup;

  /** The fullest there is: eight backups, and a list of the owner's for each epoch. */
  before(async () => {
    let made = withSignedChange(undefined, gatewayId, await signedRegistration(GATEWAY), null);
    const memberOf = (epoch: number) => KEYS[(epoch - 1) % KEYS.length]!;
    for (let epoch = 2; epoch <= EPOCHS; epoch += 1) {
      const [former, next] = [memberOf(epoch - 1), memberOf(epoch)];
      const backups = KEYS.filter((key) => key !== former);
      made = withSignedChange(made, gatewayId, await signedList(GATEWAY, backups, { change: epoch - 1 }), null);
      const succession = { epoch, key: next.address, planned: false };
      const signature = await next.signDigest(successionDigest(null, gatewayId, succession));
      const change = {
        event: "PrimaryChanged",
        ...succession,
        former: former.address,
        signature,
        formerSignature: null,
      } as const;
      made = withSignedChange(made, gatewayId, change, null);
    }
    group = made;
  });

  const believing = () => {
    const keys = [{ epoch: 1, key: GATEWAY.signer.address }];
    const directory = new StaticGatewayDirectory([{ gatewayId, epoch: 1, keys, endpoints: [] }]);
    const rules = new Map([["statements", new StatementRule()]]);
    return {
      directory,
      credentials: new LearningCredentials(
        directory,
        () => rules,
        () => 0,
      ),
    };
  };
  const claimWith = async (credentials: Json) => {
    const primary = KEYS[(EPOCHS - 1) % KEYS.length]!;
    return { gatewayId, epoch: EPOCHS, publicKey: await publicKeyOf(primary), key: primary.address, credentials };
  };

  it("fits into a RECOVER, with room for the rest of it", () => {
    const credentials = groupCredentials(group);
    expect(credentials).to.have.property("former").with.lengthOf(16);
    expect(canonicalBytes(credentials).length).to.be.lessThan(MAX_PAYLOAD_SIZE - 1_024);
  });

  it("beside a run reaches a peer that has missed more epochs than a RECOVER shows", async () => {
    const { directory, credentials } = believing();
    await expectRejection(credentials.check(await claimWith(groupCredentials(group))), "STALE_EPOCH");
    await credentials.check(await claimWith(groupIntroduction(group)));
    expect(await directory.gateway(gatewayId)).to.include({ epoch: EPOCHS });
  });
});
