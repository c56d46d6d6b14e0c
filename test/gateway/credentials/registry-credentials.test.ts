import { expect } from "chai";
import { handover, setBackups, signHandover, takeover } from "../../../src/chain/gateway-succession.ts";
import { registerGateway, rotateKey } from "../../../src/chain/register-gateway.ts";
import { SignedChangesReader } from "../../../src/chain/signed-changes-reader.ts";
import type { ErrorCode } from "../../../src/entry/errors.ts";
import type { GatewayId } from "../../../src/entry/hex.ts";
import type { DigestSigner } from "../../../src/entry/signature.ts";
import type { SignedChange } from "../../../src/entry/signed-changes.ts";
import { publicKeyOf } from "../../../src/gateway/backups.ts";
import { DirectoryCredentials } from "../../../src/gateway/credentials/directory-credentials.ts";
import { RegistryCredentials } from "../../../src/gateway/credentials/registry-credentials.ts";
import type { SuccessionClaim } from "../../../src/gateway/credentials/succession-credentials.ts";
import { MemoryGatewayDirectory } from "../../../src/store/memory-gateway-directory.ts";
import { developmentSigner } from "../../support/accounts.ts";
import { startHardhat, type TestChain } from "../../support/chains.ts";
import { ACCOUNTS, deployLog, type TestLog } from "../../support/deploy.ts";
import { expectRejection } from "../../support/expect-error.ts";
import { sampleSigner, UNKNOWN_GATEWAY } from "../../support/sample-log.ts";

const [bob, alice] = [developmentSigner(ACCOUNTS.bob), developmentSigner(ACCOUNTS.alice)];
const stranger = sampleSigner("stranger");

async function claimOf(gatewayId: GatewayId, signer: DigestSigner, epoch = 2) {
  const publicKey = await publicKeyOf(signer);
  return { gatewayId, epoch, publicKey, key: signer.address, credentials: undefined } satisfies SuccessionClaim;
}

/** The registry does not know sides: the gateways of a session are two groups in it, each with backups of its own. */
describe("the registry's account", () => {
  let node: TestChain;
  let log: TestLog;

  before(async () => {
    node = await startHardhat("log");
    log = await deployLog(node);
  });
  after(async () => {
    await log.close();
    await node.close();
  });

  for (const side of ["origin", "destination"] as const)
    describe(`of the ${side}'s backups`, () => {
      let gateway: { readonly gatewayId: GatewayId; readonly owner: DigestSigner; readonly signer: DigestSigner };
      let credentials: RegistryCredentials;

      let groups = 0;
      beforeEach(async () => {
        groups += 1;
        const owner = sampleSigner(`owner of ${side} ${groups}`);
        const signer = sampleSigner(`primary of ${side} ${groups}`);
        const registration = { owner, name: side, key: signer.address, endpoints: ["http://127.0.0.1:1"] };
        gateway = { gatewayId: await registerGateway(access(), registration), owner, signer };
        credentials = new RegistryCredentials(new SignedChangesReader(log.chain, log.logRegistry));
      });

      const access = () => ({ chain: log.chain, lane: log.lane, registry: log.logRegistry });
      const at = (expectedEpoch: number) => ({ gatewayId: gateway.gatewayId, expectedEpoch });
      const list = (...backups: readonly DigestSigner[]) =>
        setBackups(access(), gateway.owner, gateway.gatewayId, {
          backups: backups.map(({ address }) => address),
          takeoverInterval: 0,
        });
      const check = async (signer: DigestSigner, epoch?: number) =>
        credentials.check(await claimOf(gateway.gatewayId, signer, epoch));
      const refuses = (signer: DigestSigner, code: ErrorCode, epoch?: number) =>
        expectRejection(check(signer, epoch), code);

      it("lets a backup follow that has taken over, been handed over to, or been given the key", async () => {
        await list(bob, alice);
        await takeover(access(), bob, at(1));
        await check(bob);
        const signatures = await Promise.all(
          [alice, bob].map((signer) => signHandover(access(), signer, at(2), alice.address)),
        );
        await handover(access(), at(2), { key: alice.address, signature: signatures[0]! }, signatures[1]!);
        await check(alice, 3);
        await rotateKey(access(), gateway.owner, gateway.gatewayId, stranger.address);
        await check(stranger, 4);
      });

      it("refuses each other one with a code of its own", async () => {
        await list(bob, alice);
        await expectRejection(credentials.check(await claimOf(UNKNOWN_GATEWAY, bob)), "UNKNOWN_GATEWAY");
        await refuses(stranger, "UNKNOWN_BACKUP");
        await refuses(bob, "STALE_EPOCH"); // listed, and has not taken over
        await takeover(access(), bob, at(1));
        await refuses(alice, "STALE_EPOCH"); // somebody was faster
        await refuses(bob, "STALE_EPOCH", 1);
        await list(alice);
        await refuses(gateway.signer, "REVOKED", 3); // the former primary, taken out by its owner
      });

      it("refuses what somebody else has signed, and a signature that is none", async () => {
        await list(bob);
        await takeover(access(), bob, at(1));
        const reader = new SignedChangesReader(log.chain, log.logRegistry);
        const changes = await reader.changes(gateway.gatewayId);
        expect(changes.map(({ event }) => event)).to.deep.equal(["GatewayRegistered", "BackupsSet", "PrimaryChanged"]);
        const doctored = (change: (one: SignedChange) => SignedChange) =>
          new RegistryCredentials({ domain: reader.domain, changes: () => Promise.resolve(changes.map(change)) });
        const claim = await claimOf(gateway.gatewayId, bob);
        const swapped = doctored((one) =>
          one.event === "BackupsSet" ? { ...one, backups: [bob.address, stranger.address] } : one,
        );
        await expectRejection(swapped.check(claim), "FOREIGN_SIGNATURE");
        const another = doctored((one) => (one.event === "PrimaryChanged" ? { ...one, key: alice.address } : one));
        await expectRejection(another.check(claim), "FOREIGN_SIGNATURE");
        const none = doctored((one) => ({ ...one, signature: `0x${"ff".repeat(64)}` }));
        await expectRejection(none.check(claim), "INVALID_SIGNATURE");
      });

      it("takes an account with a hole for none, and asks again", async () => {
        await list(bob);
        await takeover(access(), bob, at(1));
        const reader = new SignedChangesReader(log.chain, log.logRegistry);
        const changes = await reader.changes(gateway.gatewayId);
        const holed = changes.filter(({ event }) => event !== "BackupsSet");
        const judge = new RegistryCredentials({ domain: reader.domain, changes: () => Promise.resolve(holed) });
        await expectRejection(judge.check(await claimOf(gateway.gatewayId, bob)), "STORE_UNAVAILABLE");
      });
    });
});

describe("a directory's account of backups", () => {
  const gatewayId = UNKNOWN_GATEWAY;
  const record = (backups?: readonly DigestSigner[]) => ({
    ...{ gatewayId, epoch: 2, endpoints: [] },
    keys: [
      { epoch: 1, key: alice.address },
      { epoch: 2, key: bob.address },
    ],
    ...(backups && { backups: backups.map(({ address }) => address) }),
  });

  it("lets who has the current key follow, and refuses every other", async () => {
    const known = new DirectoryCredentials(new MemoryGatewayDirectory([record([])]));
    await known.check(await claimOf(gatewayId, bob));
    await expectRejection(known.check(await claimOf(gatewayId, alice, 1)), "STALE_EPOCH");
    await expectRejection(known.check(await claimOf(gatewayId, alice)), "REVOKED");
    await expectRejection(known.check(await claimOf(gatewayId, stranger)), "UNKNOWN_BACKUP");
    await expectRejection(known.check(await claimOf(gatewayId, bob, 3)), "STALE_EPOCH");
    const empty = new DirectoryCredentials(new MemoryGatewayDirectory());
    await expectRejection(empty.check(await claimOf(gatewayId, bob)), "UNKNOWN_GATEWAY");
  });

  it("calls a second one in the same epoch too late, with or without a list", async () => {
    for (const backups of [undefined, [alice]]) {
      const known = new DirectoryCredentials(new MemoryGatewayDirectory([record(backups)]));
      await expectRejection(known.check(await claimOf(gatewayId, alice)), "STALE_EPOCH");
    }
  });
});
