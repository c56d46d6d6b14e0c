import { expect } from "chai";
import type { Json } from "../../../src/entry/canonical.ts";
import { toHex, type Hex } from "../../../src/entry/hex.ts";
import type { DigestSigner } from "../../../src/entry/signature.ts";
import { successionDigest, type SignedChange } from "../../../src/entry/signed-changes.ts";
import { withSignedChange, type SignedGroup } from "../../../src/entry/signed-group.ts";
import { publicKeyOf } from "../../../src/gateway/backups.ts";
import { LearningCredentials } from "../../../src/gateway/credentials/learning-credentials.ts";
import {
  groupCredentials,
  signOwnerList,
  StatementRule,
  takeoverCredentials,
  type OwnerList,
} from "../../../src/gateway/credentials/statement-rule.ts";
import type { SuccessionClaim } from "../../../src/gateway/credentials/succession-credentials.ts";
import { StaticGatewayDirectory } from "../../../src/store/static-gateway-directory.ts";
import { expectRejection } from "../../support/expect-error.ts";
import { sampleGateway, sampleSigner, UNKNOWN_GATEWAY } from "../../support/sample-log.ts";
import { signedList, signedRegistration } from "../../support/signed-group.ts";

const ALPHA = sampleGateway("alpha");
const BETA = sampleGateway("beta");
const [first, second, stranger] = ["first", "second", "stranger"].map(sampleSigner) as [
  DigestSigner,
  DigestSigner,
  DigestSigner,
];

/** Either side of a transfer may lose its primary: the rules are the same for the origin's and the destination's backup. */
for (const [side, gateway] of [
  ["origin", ALPHA],
  ["destination", BETA],
] as const)
  describe(`the owner's statement of the ${side}'s backups`, () => {
    const owner = sampleSigner(`${gateway.name} owner`);
    const { gatewayId, name } = gateway;
    let directory: StaticGatewayDirectory;
    let credentials: LearningCredentials;

    beforeEach(() => {
      directory = new StaticGatewayDirectory(
        [ALPHA, BETA].map(({ gatewayId: id, signer }) => ({
          gatewayId: id,
          epoch: 1,
          keys: [{ epoch: 1, key: signer.address }],
          endpoints: [],
        })),
      );
      credentials = learning();
    });

    function learning(): LearningCredentials {
      const rules = new Map([["statements", new StatementRule()]]);
      return new LearningCredentials(
        directory,
        () => rules,
        () => 0,
      );
    }

    const listOf = (backups: readonly DigestSigner[], change = 1, by: DigestSigner = owner) =>
      signOwnerList(by, { name, backups: backups.map(({ address }) => address), change });

    async function claim(backup: DigestSigner, list: OwnerList, epoch = 2, shown?: Json): Promise<SuccessionClaim> {
      const takeover = await takeoverCredentials(backup, list, epoch - 1);
      const publicKey = await publicKeyOf(backup);
      return { gatewayId, epoch, publicKey, key: backup.address, credentials: shown ?? takeover };
    }

    /** Refused, and nothing learnt. */
    async function refuses(made: SuccessionClaim, code: Parameters<typeof expectRejection>[1]): Promise<void> {
      const before = await directory.gateway(gatewayId);
      await expectRejection(credentials.check(made), code);
      expect(await directory.gateway(gatewayId)).to.deep.equal(before);
    }

    it("lets a listed backup follow, and no other gateway's keys change", async () => {
      const other = gateway === ALPHA ? BETA : ALPHA;
      const before = await directory.gateway(other.gatewayId);
      const made = await claim(first, await listOf([first]));
      await credentials.check(made);
      const { epoch, keys } = await directory.gateway(gatewayId);
      expect({ epoch, keys }).to.deep.equal({
        epoch: 2,
        keys: [
          { epoch: 1, key: gateway.signer.address },
          { epoch: 2, key: first.address },
        ],
      });
      expect(await directory.gateway(other.gatewayId)).to.deep.equal(before);
      await credentials.check(made); // another session brings the same
    });

    it("refuses the backup of a gateway that it does not know", async () => {
      const made = await claim(first, await listOf([first]));
      await expectRejection(credentials.check({ ...made, gatewayId: UNKNOWN_GATEWAY }), "UNKNOWN_GATEWAY");
    });

    it("refuses the list of another gateway of the same owner", async () => {
      const list = await signOwnerList(owner, { name: "another", backups: [first.address], change: 1 });
      await refuses(await claim(first, list), "UNKNOWN_GATEWAY");
    });

    it("refuses a key that the list does not have", async () => {
      await refuses(await claim(stranger, await listOf([first])), "UNKNOWN_BACKUP");
    });

    it("refuses a backup that shows nothing, or something that is not understood", async () => {
      const made = await claim(first, await listOf([first]));
      await refuses({ ...made, credentials: undefined }, "UNKNOWN_BACKUP");
      await refuses({ ...made, credentials: { kind: "letter of a friend" } }, "UNKNOWN_BACKUP");
      await refuses({ ...made, credentials: { kind: "statements", list: "long" } }, "MALFORMED");
    });

    it("refuses a list that another has signed, and one that was changed behind its signature", async () => {
      const list = await listOf([first]);
      const forged = { ...(await listOf([first], 1, stranger)), owner: owner.address };
      await refuses(await claim(first, forged), "FOREIGN_SIGNATURE");
      await refuses(await claim(stranger, { ...list, backups: [stranger.address] }), "FOREIGN_SIGNATURE");
      await refuses(await claim(first, { ...list, change: 7 }), "FOREIGN_SIGNATURE");
    });

    it("refuses a takeover that another has signed, or that was signed for another epoch, or whose signature is none", async () => {
      const list = await listOf([first, second]);
      const made = await claim(first, list);
      await refuses({ ...made, credentials: await takeoverCredentials(second, list, 1) }, "FOREIGN_SIGNATURE");
      await refuses({ ...made, credentials: await takeoverCredentials(first, list, 2) }, "FOREIGN_SIGNATURE");
      const none: Hex = toHex(`0x${"ff".repeat(64)}`);
      await refuses({ ...made, credentials: { kind: "statements", list, takeover: none } }, "INVALID_SIGNATURE");
    });

    it("refuses an epoch that is over, and one that does not follow", async () => {
      const list = await listOf([first, second]);
      await credentials.check(await claim(first, list));
      await refuses(await claim(second, list), "STALE_EPOCH");
      await refuses(await claim(second, list, 4), "STALE_EPOCH");
      await credentials.check(await claim(second, list, 3));
      await refuses(await claim(first, list, 2), "STALE_EPOCH");
    });

    it("refuses a key that the owner has taken out of its list, whichever list the backup shows", async () => {
      const [old, newer] = [await listOf([first, second], 1), await listOf([second], 2)];
      await credentials.check(await claim(second, newer));
      await refuses(await claim(first, old, 3), "REVOKED");
      await refuses(await claim(gateway.signer, await listOf([first], 3), 3), "REVOKED");
    });

    describe("that shows who has followed before", () => {
      const following = async (key: DigestSigner, epoch: number, planned = false, by = key) => {
        const takeover = await by.signDigest(successionDigest(null, gatewayId, { epoch, key: key.address, planned }));
        return { epoch, key: key.address, takeover, ...(planned && { planned: true as const }) };
      };
      const later = async (list: OwnerList, former: readonly object[], epoch = 3) => {
        const { takeover } = await following(second, epoch);
        const shown: Json = JSON.parse(JSON.stringify({ kind: "statements", list, takeover, former })) as Json;
        return claim(second, list, epoch, shown);
      };

      it("is believed by who has missed them, whether they followed as planned or not", async () => {
        const list = await listOf([first, second]);
        await credentials.check(await later(list, [await following(first, 2, side === "origin")]));
        const { keys } = await directory.gateway(gatewayId);
        expect(keys.map(({ key }) => key)).to.deep.equal([gateway.signer.address, first.address, second.address]);
        await credentials.check(await later(list, [await following(first, 2, side === "origin")]));
      });

      const known = (epoch: 1 | 2) => {
        const keys = [gateway.signer, first]
          .slice(0, epoch)
          .map(({ address: key }, place) => ({ epoch: place + 1, key }));
        return { gatewayId, epoch, keys, endpoints: [] };
      };

      it("is believed as the first primary again, by who has missed those between, and by who was given them", async () => {
        const list = await listOf([first, second]);
        const back = async () => {
          const [former, { takeover }] = [await following(first, 2), await following(gateway.signer, 3)];
          const shown = JSON.parse(JSON.stringify({ kind: "statements", list, takeover, former: [former] })) as Json;
          return claim(gateway.signer, list, 3, shown);
        };
        await credentials.check(await back());
        const { keys } = await directory.gateway(gatewayId);
        expect(keys.map(({ key }) => key)).to.deep.equal(
          [gateway.signer, first, gateway.signer].map((key) => key.address),
        );
        directory = new StaticGatewayDirectory([known(2)]);
        await learning().check(await back());
        expect(await directory.gateway(gatewayId)).to.include({ epoch: 3 });
      });

      it("is judged by the list that was in force, and the owner's newest counts from then on", async () => {
        const changes = [await signedRegistration(gateway), await signedList(gateway, [first, second])];
        const next = async (key: DigestSigner, epoch: number, former: DigestSigner): Promise<SignedChange> => ({
          ...{ event: "PrimaryChanged", epoch, key: key.address, former: former.address, planned: false },
          ...{ signature: (await following(key, epoch)).takeover, formerSignature: null },
        });
        const shownAfter = (all: readonly SignedChange[]) => {
          let group: SignedGroup | undefined;
          for (const change of all) group = withSignedChange(group, gatewayId, change, null);
          return groupCredentials(group!);
        };
        const took = [...changes, await next(first, 2, gateway.signer)];
        const listed = [...took, await signedList(gateway, [second, first], { change: 2 })];
        const by = async (key: DigestSigner, epoch: number, all: readonly SignedChange[]) =>
          claim(key, await listOf([]), epoch, shownAfter(all));
        await credentials.check(await by(first, 2, listed));
        await refuses(await claim(gateway.signer, await listOf([first, second]), 3), "REVOKED");

        const followed = [...listed, await next(second, 3, first)];
        await credentials.check(await by(second, 3, followed));
        directory = new StaticGatewayDirectory([known(1)]);
        const stranger = learning();
        await stranger.check(await by(second, 3, followed));
        await stranger.check(await by(first, 4, [...followed, await next(first, 4, second)]));
        expect(await directory.gateway(gatewayId)).to.include({ epoch: 4 });
      });

      it("is refused where one of them had no right, or is left out", async () => {
        const list = await listOf([first, second]);
        await refuses(await later(list, []), "STALE_EPOCH");
        await refuses(await later(list, [await following(first, 3)], 4), "STALE_EPOCH");
        await refuses(await later(list, [await following(stranger, 2)]), "UNKNOWN_BACKUP");
        await refuses(await later(list, [await following(first, 2, false, stranger)]), "FOREIGN_SIGNATURE");
      });
    });

    it("has the former primary at the end of the list, as the registry has it", async () => {
      const list = await listOf([first]);
      await credentials.check(await claim(first, list));
      await credentials.check(await claim(gateway.signer, list, 3));
      expect((await directory.gateway(gatewayId)).epoch).to.equal(3);
    });
  });
