import { expect } from "chai";
import type { ErrorCode } from "../../../src/entry/errors.ts";
import { CertificateRule, certificateCredentials } from "../../../src/gateway/credentials/certificate-rule.ts";
import { LearningCredentials } from "../../../src/gateway/credentials/learning-credentials.ts";
import { publicKeyOf } from "../../../src/gateway/backups.ts";
import { StaticGatewayDirectory } from "../../../src/store/static-gateway-directory.ts";
import type { SuccessionClaim } from "../../../src/gateway/credentials/succession-credentials.ts";
import { certify, NOW, revoke, type CertificateWish, type Certified } from "../../support/certificates.ts";
import { expectRejection } from "../../support/expect-error.ts";
import { sampleGateway, sampleSigner, UNKNOWN_GATEWAY } from "../../support/sample-log.ts";

const HOUR_MS = 60 * 60_000;
const ALPHA = sampleGateway("alpha");
const BETA = sampleGateway("beta");
const signer = sampleSigner("backup");

/** Either side of a transfer may lose its primary. */
for (const [side, gateway] of [
  ["origin", ALPHA],
  ["destination", BETA],
] as const)
  describe(`the certificate of the ${side}'s backup`, () => {
    const { gatewayId } = gateway;
    let root: Certified;
    let issuer: Certified;
    let directory: StaticGatewayDirectory;

    before(async () => {
      root = await certify("root", { isAuthority: true, pathLength: 1 });
      issuer = await certify("owner of gateways", { issuer: root, isAuthority: true, pathLength: 0 });
    });
    beforeEach(() => {
      const records = [ALPHA, BETA].map(({ gatewayId: id, signer: { address } }) => ({
        ...{ gatewayId: id, epoch: 1, endpoints: [] },
        keys: [{ epoch: 1, key: address }],
      }));
      directory = new StaticGatewayDirectory(records);
    });

    const backupOf = (wish: CertificateWish = {}) => certify("backup", { issuer, ...wish });
    const primaryOf = (backups: readonly Certified[], wish: CertificateWish = {}) =>
      certify("primary", { issuer, backups, ...wish });

    function rule(primary: Certified, revocations: readonly string[] = [], now = NOW) {
      const known = { certificate: primary.pem, roots: [root.pem], revocations: () => Promise.resolve(revocations) };
      const rules = new Map([["x509", new CertificateRule(new Map([[gatewayId, known]]))]]);
      return new LearningCredentials(
        directory,
        () => rules,
        () => now,
      );
    }

    async function claim(backup: Certified, epoch = 2, shown: readonly Certified[] = [backup, issuer], by = backup) {
      const publicKey = await publicKeyOf(signer);
      const pems = shown.map(({ pem }) => pem);
      const credentials = certificateCredentials({ gatewayId, epoch, publicKey }, pems, by.key);
      return { gatewayId, epoch, publicKey, key: signer.address, credentials } satisfies SuccessionClaim;
    }

    /** Refused, and nothing learnt. */
    async function refuses(judge: LearningCredentials, made: SuccessionClaim, code: ErrorCode): Promise<void> {
      await expectRejection(judge.check(made), code);
      expect((await directory.gateway(gatewayId)).epoch).to.equal(1);
    }

    it("lets it follow, over an intermediate authority, whatever the kind of its key", async () => {
      for (const algorithm of [undefined, { name: "Ed25519" }]) {
        const backup = await backupOf(algorithm && { algorithm });
        const another = await backupOf();
        await rule(await primaryOf([another, backup])).check(await claim(backup));
        expect((await directory.gateway(gatewayId)).keys.at(-1)).to.deep.equal({ epoch: 2, key: signer.address });
        directory = new StaticGatewayDirectory([
          { gatewayId, epoch: 1, endpoints: [], keys: [{ epoch: 1, key: gateway.signer.address }] },
        ]);
      }
    });

    it("is refused for a gateway of which no certificate is known", async () => {
      const backup = await backupOf();
      const judge = rule(await primaryOf([backup]));
      await expectRejection(judge.check({ ...(await claim(backup)), gatewayId: UNKNOWN_GATEWAY }), "UNKNOWN_GATEWAY");
      const other = gateway === ALPHA ? BETA : ALPHA;
      await expectRejection(judge.check({ ...(await claim(backup)), gatewayId: other.gatewayId }), "UNKNOWN_GATEWAY");
    });

    it("is refused if the primary's does not list it, or lists it in no form that is known", async () => {
      const backup = await backupOf();
      await refuses(rule(await primaryOf([])), await claim(backup), "UNKNOWN_BACKUP");
      await refuses(rule(await primaryOf([await backupOf()])), await claim(backup), "UNKNOWN_BACKUP");
    });

    it("is refused if it leads to no root that is believed", async () => {
      const foreign = await certify("root", { isAuthority: true });
      const backup = await backupOf({ issuer: foreign });
      await refuses(rule(await primaryOf([backup])), await claim(backup, 2, [backup, foreign]), "FOREIGN_ISSUER");
      const known = await backupOf();
      await refuses(rule(await primaryOf([known])), await claim(known, 2, [known]), "FOREIGN_ISSUER");
      const alone = await certify("backup");
      await refuses(rule(await primaryOf([alone])), await claim(alone, 2, [alone]), "FOREIGN_ISSUER");
    });

    it("is refused if another believed authority has issued the primary's", async () => {
      const other = await certify("another owner", { issuer: root, isAuthority: true });
      const backup = await backupOf({ issuer: other });
      await refuses(rule(await primaryOf([backup])), await claim(backup, 2, [backup, other]), "FOREIGN_ISSUER");
    });

    it("is refused if its issuer is no authority, or one that may have none below it", async () => {
      const gatewayOnly = await certify("owner of gateways", { issuer: root });
      const backup = await backupOf({ issuer: gatewayOnly });
      const primary = await primaryOf([backup], { issuer: gatewayOnly });
      await refuses(rule(primary), await claim(backup, 2, [backup, gatewayOnly]), "FOREIGN_ISSUER");
      const lower = await certify("lower owner", { issuer, isAuthority: true });
      const deep = await backupOf({ issuer: lower });
      const deepPrimary = await primaryOf([deep], { issuer: lower });
      await refuses(rule(deepPrimary), await claim(deep, 2, [deep, lower, issuer]), "FOREIGN_ISSUER");
    });

    it("is refused when it, its issuer or the primary's is past its time, or before it", async () => {
      const [old, young] = [await backupOf({ to: NOW - HOUR_MS }), await backupOf({ from: NOW + HOUR_MS })];
      for (const backup of [old, young])
        await refuses(rule(await primaryOf([backup])), await claim(backup), "CREDENTIAL_EXPIRED");
      const backup = await backupOf();
      await refuses(rule(await primaryOf([backup], { to: NOW - HOUR_MS })), await claim(backup), "CREDENTIAL_EXPIRED");
      await refuses(rule(await primaryOf([backup]), [], NOW + 48 * HOUR_MS), await claim(backup), "CREDENTIAL_EXPIRED");
    });

    it("is believed again when it is past its time, of whom it was believed before", async () => {
      const backup = await backupOf({ to: NOW - HOUR_MS });
      await rule(await primaryOf([backup])).recall(await claim(backup));
      expect((await directory.gateway(gatewayId)).epoch).to.equal(2);
    });

    it("is refused if its key has not signed this succession", async () => {
      const backup = await backupOf();
      const judge = rule(await primaryOf([backup]));
      await refuses(judge, await claim(backup, 2, [backup, issuer], issuer), "INVALID_SIGNATURE");
      const made = await claim(backup);
      const stranger = sampleSigner("stranger");
      const stolen = { ...made, publicKey: await publicKeyOf(stranger), key: stranger.address };
      await refuses(judge, stolen, "INVALID_SIGNATURE");
      await refuses(judge, { ...made, credentials: (await claim(backup, 3)).credentials }, "INVALID_SIGNATURE");
    });

    it("is refused in an epoch that does not follow, and in one that is over", async () => {
      const backup = await backupOf();
      const judge = rule(await primaryOf([backup]));
      await refuses(judge, await claim(backup, 3), "STALE_EPOCH");
      const late = await claim(backup);
      await judge.check(late);
      const stranger = sampleSigner("stranger");
      await expectRejection(judge.check({ ...late, key: stranger.address }), "STALE_EPOCH");
    });

    it("is refused if its authority has revoked it, and a list past its time or of another is no list", async () => {
      const backup = await backupOf();
      const primary = await primaryOf([backup]);
      await refuses(rule(primary, [await revoke(issuer, [backup])]), await claim(backup), "REVOKED");
      await refuses(rule(primary, [await revoke(root, [issuer])]), await claim(backup), "REVOKED");
      const old = await revoke(issuer, [], NOW - HOUR_MS);
      await refuses(rule(primary, [old]), await claim(backup), "CREDENTIAL_EXPIRED");
      await refuses(
        rule(primary, [await revoke(issuer, [], NOW + 2 * HOUR_MS, NOW + HOUR_MS)]),
        await claim(backup),
        "CREDENTIAL_EXPIRED",
      );
      const foreign = await certify("another owner", { issuer: root, isAuthority: true });
      const lists = [await revoke(foreign, [backup]), await revoke(issuer, [primary])];
      await rule(primary, lists).check(await claim(backup));
    });

    it("is refused with what is no certificate, or demands what is not understood", async () => {
      const backup = await backupOf();
      const made = await claim(backup);
      const judge = rule(await primaryOf([backup]));
      await refuses(judge, { ...made, credentials: { kind: "x509", certificates: ["?"], signature: "" } }, "MALFORMED");
      const strange = await backupOf({ critical: "2.5.29.30" }); // name constraints
      await refuses(rule(await primaryOf([strange])), await claim(strange), "MALFORMED");
    });

    it("names who comes after it", async () => {
      const third = await backupOf();
      const second = await backupOf({ backups: [third] });
      const judge = rule(await primaryOf([second]));
      await judge.check(await claim(second));
      const next = sampleSigner("third");
      const publicKey = await publicKeyOf(next);
      const pems = [third.pem, issuer.pem];
      const credentials = certificateCredentials({ gatewayId, epoch: 3, publicKey }, pems, third.key);
      await judge.check({ gatewayId, epoch: 3, publicKey, key: next.address, credentials });
      expect((await directory.gateway(gatewayId)).epoch).to.equal(3);
    });
  });
