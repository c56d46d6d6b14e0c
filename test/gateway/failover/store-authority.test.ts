import { expect } from "chai";
import type { DigestSigner } from "../../../src/entry/signature.ts";
import { successionDigest } from "../../../src/entry/signed-changes.ts";
import { roleOf } from "../../../src/gateway/failover/authority.ts";
import { StoreAuthority } from "../../../src/gateway/failover/store-authority.ts";
import { connectPostgresGroups, type PostgresGroups } from "../../../src/store/postgres-groups.ts";
import { expectRejection } from "../../support/expect-error.ts";
import { createTestDatabase, describePostgres, type TestDatabase } from "../../support/postgres.ts";
import { sampleGateway, sampleSigner, type SampleGateway } from "../../support/sample-log.ts";
import { foundGroup, signedList, signedRegistration } from "../../support/signed-group.ts";
import { codeOf } from "../../support/store-doubles.ts";

const [first, second, stranger] = ["first", "second", "stranger"].map((name) => sampleSigner(`authority ${name}`)) as [
  DigestSigner,
  DigestSigner,
  DigestSigner,
];

// Two processes of a group as the database tells them apart: connections of their own.
describePostgres("a group in the store of its logs", () => {
  let database: TestDatabase;
  let here: PostgresGroups;
  let there: PostgresGroups;
  let gateway: SampleGateway;
  let groups = 0;

  before(async () => {
    database = await createTestDatabase();
    [here, there] = await Promise.all([
      connectPostgresGroups(database.options),
      connectPostgresGroups(database.options),
    ]);
  });
  after(async () => {
    await Promise.all([here, there].map((each) => each.close()));
    await database.drop();
  });
  beforeEach(() => {
    groups += 1;
    gateway = sampleGateway(`group ${groups}`);
  });

  const authority = (signer: DigestSigner, of: PostgresGroups = here): StoreAuthority =>
    new StoreAuthority({ groups: of, signer }, gateway.gatewayId);
  const tamper = (text: string): Promise<unknown> =>
    database.sql(`BEGIN; SET LOCAL session_replication_role = replica; ${text}; COMMIT`);

  it("has the primary and the backups that its owner has signed", async () => {
    await foundGroup(here, gateway, [first, second]);
    const state = await authority(first, there).group();
    expect(state).to.deep.equal({
      ...{ epoch: 1, primary: gateway.signer.address, backups: [first.address, second.address] },
      ...{ recoveryCount: 0, lastTakeover: null },
    });
    expect(await roleOf(authority(gateway.signer), state, gateway.signer.address)).to.equal("primary");
    expect(await roleOf(authority(first), state, first.address)).to.equal("standby");
    await expectRejection(roleOf(authority(stranger), state, stranger.address), "UNKNOWN_BACKUP");
  });

  it("is unknown before its owner has said anything", async () => {
    await expectRejection(authority(first).group(), "UNKNOWN_GATEWAY");
    await expectRejection(authority(first).takeover(1), "UNKNOWN_GATEWAY");
  });

  it("lets one of several backups follow, and the former primary is the last backup then", async () => {
    await foundGroup(here, gateway, [first, second]);
    const codes = await Promise.all([
      codeOf(authority(first, here).takeover(1)),
      codeOf(authority(second, there).takeover(1)),
    ]);
    expect(codes.toSorted()).to.deep.equal(["STALE_EPOCH", "resolved"]);
    const [winner, loser] = codes[0] === "resolved" ? [first, second] : [second, first];
    const state = await authority(loser).group();
    expect(state).to.deep.equal({
      ...{ epoch: 2, primary: winner.address, backups: [loser.address, gateway.signer.address] },
      ...{ recoveryCount: 1, lastTakeover: { epoch: 2, planned: false } },
    });
    expect(await authority(winner, there).takeover(1), "repeated").to.deep.equal(state);
    expect(await authority(gateway.signer).takeover(2)).to.include({ epoch: 3, primary: gateway.signer.address });
  });

  it("refuses who is not listed, and who is listed no more, with a code of its own", async () => {
    await foundGroup(here, gateway, [first]);
    await expectRejection(authority(stranger).takeover(1), "UNKNOWN_BACKUP");
    const list = await signedList(gateway, [second], { change: 2 });
    await there.change(gateway.gatewayId, () => [list]);
    await expectRejection(authority(first).takeover(1), "REVOKED");
    expect(await authority(first).isRevoked()).to.equal(true);
    expect(await authority(second).isRevoked()).to.equal(false);
    expect(await authority(second).group()).to.include({ epoch: 1, recoveryCount: 0 });
  });

  it("waits for the owner's interval between two takeovers, and not for a handover", async () => {
    await foundGroup(here, gateway, [first], { takeoverInterval: 3_600 });
    await authority(first).takeover(1);
    const former = authority(gateway.signer, there);
    await expectRejection(former.takeover(2), "TOO_SOON");
    const consent = await authority(first).signHandover(2, gateway.signer.address);
    expect(await former.handover(consent)).to.deep.include({
      ...{ epoch: 3, primary: gateway.signer.address, recoveryCount: 1, lastTakeover: { epoch: 3, planned: true } },
    });
  });

  it("hands over with the primary's consent alone", async () => {
    await foundGroup(here, gateway, [first, second]);
    const forged = await authority(second).signHandover(1, first.address);
    await expectRejection(authority(first).handover(forged), "FOREIGN_SIGNATURE");
    await expectRejection(authority(first).checkConsent(forged), "FOREIGN_SIGNATURE");
    const consent = await authority(gateway.signer).signHandover(1, first.address);
    await expectRejection(authority(second).handover({ ...consent, to: second.address }), "FOREIGN_SIGNATURE");
    await expectRejection(authority(second).checkConsent(consent), "FOREIGN_SIGNATURE");
    await authority(first).checkConsent(consent);
    const state = await authority(first).handover(consent);
    await authority(first, there).checkConsent(consent); // repeated
    expect(state).to.include({ epoch: 2, primary: first.address, recoveryCount: 0 });
    expect(await authority(first, there).handover(consent), "repeated").to.deep.equal(state);
    await expectRejection(authority(second).takeover(1), "STALE_EPOCH");
  });

  it("takes nothing that its owner has not signed", async () => {
    const registration = await signedRegistration(gateway);
    const list = await signedList(gateway, [stranger], { by: stranger });
    await expectRejection(
      here.change(gateway.gatewayId, () => [registration, list]),
      "FOREIGN_SIGNATURE",
    );
    const another = sampleGateway("group of another");
    await expectRejection(
      here.change(another.gatewayId, () => [registration]),
      "UNKNOWN_GATEWAY",
    );
    const twice = await signedList(gateway, [first, first]);
    await expectRejection(
      here.change(gateway.gatewayId, () => [registration, twice]),
      "INVALID_CONFIG",
    );
    await expectRejection(here.group(gateway.gatewayId), "UNKNOWN_GATEWAY");
  });

  it("takes a list with whoever is primary by now for the others in it", async () => {
    await foundGroup(here, gateway, [first]);
    await authority(first).takeover(1);
    const list = await signedList(gateway, [first, second, gateway.signer], { change: 2 });
    await here.change(gateway.gatewayId, () => [list]);
    const state = await authority(second, there).group();
    expect(state.backups).to.deep.equal([second.address, gateway.signer.address]);
    expect((await authority(second).takeover(2)).backups).to.deep.equal([gateway.signer.address, first.address]);
    const shown = authority(second);
    await shown.group();
    expect(shown.succession(3)?.credentials).to.have.nested.property("list.change", 2);
    expect(shown.succession(3)?.credentials).to.have.nested.property("former.0.list.change", 1);
  });

  it("believes no row that was put into the database by hand, and goes on once it is gone", async () => {
    await foundGroup(here, gateway, [first]);
    await here.group(gateway.gatewayId);
    const digest = successionDigest(null, gateway.gatewayId, { epoch: 2, key: first.address, planned: false });
    const forged = {
      ...{ event: "PrimaryChanged", epoch: 2, key: first.address, former: gateway.signer.address, planned: false },
      ...{ signature: await stranger.signDigest(digest), formerSignature: null },
    };
    await database.sql(
      "INSERT INTO gatelog.group_change (gateway_id, position, epoch, is_takeover, change) VALUES ($1, 2, 2, true, $2)",
      [gateway.gatewayId, JSON.stringify(forged)],
    );
    await expectRejection(authority(gateway.signer).group(), "CORRUPT_STORE");
    await expectRejection(authority(first, there).takeover(1), "CORRUPT_STORE");
    await tamper(`DELETE FROM gatelog.group_change WHERE gateway_id = '${gateway.gatewayId}' AND position = 2`);
    await tamper(
      `UPDATE gatelog.group_change SET epoch = 2 WHERE gateway_id = '${gateway.gatewayId}' AND position = 1`,
    );
    await expectRejection(authority(first, there).takeover(1), "CORRUPT_STORE"); // that the fence goes by
    await tamper(
      `UPDATE gatelog.group_change SET epoch = 1 WHERE gateway_id = '${gateway.gatewayId}' AND position = 1`,
    );
    expect(await authority(first).takeover(1)).to.include({ epoch: 2 });
  });

  it("shows peers the owner's list, its own right and who has followed before", async () => {
    await foundGroup(here, gateway, [first, second]);
    const [one, two] = [authority(first), authority(second, there)];
    expect(one.succession(1)).to.equal(undefined);
    await one.takeover(1);
    expect(one.succession(2)?.credentials).to.be.an("object").that.has.all.keys("kind", "list", "takeover");
    expect(one.succession(3)).to.equal(undefined);
    await two.handover(await one.signHandover(2, second.address));
    const shown = two.succession(3)?.credentials;
    expect(shown).to.deep.include({ kind: "statements", planned: true });
    expect(shown).to.have.property("former").with.lengthOf(1);
  });
});
