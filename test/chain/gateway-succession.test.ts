import { expect } from "chai";

import { handover, setBackups, signHandover, takeover } from "../../src/chain/gateway-succession.ts";
import { rotateKey } from "../../src/chain/register-gateway.ts";
import { RegistryReader } from "../../src/chain/registry-reader.ts";
import { ZERO_HASH } from "../../src/entry/hex.ts";
import { developmentSigner } from "../support/accounts.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { ACCOUNTS, deployLog, registerTestGateway, type TestGateway, type TestLog } from "../support/deploy.ts";
import { expectRejection } from "../support/expect-error.ts";

/** A credential that is not good enough has a code of its own each time: a backup must know what to do next, and its log why. */
describe("succession in a gateway group", () => {
  const [bob, alice] = [developmentSigner(ACCOUNTS.bob), developmentSigner(ACCOUNTS.alice)];
  let node: TestChain;
  let log: TestLog;
  let gateway: TestGateway;

  beforeEach(async () => {
    node = await startHardhat("log");
    log = await deployLog(node);
    gateway = await registerTestGateway(log, "A");
  });
  afterEach(async () => {
    await log.close();
    await node.close();
  });

  const access = () => ({ chain: log.chain, lane: log.lane, registry: log.logRegistry });
  const at = (expectedEpoch: number) => ({ gatewayId: gateway.gatewayId, expectedEpoch });
  const list = (backups: readonly (typeof bob)[], takeoverInterval = 0) =>
    setBackups(access(), gateway.owner, gateway.gatewayId, {
      backups: backups.map(({ address }) => address),
      takeoverInterval,
    });
  const group = () => new RegistryReader(log.chain, log.logRegistry).group(gateway.gatewayId);

  it("lets one of two backups win, and tells the other that it came too late", async () => {
    await list([bob, alice]);
    const tried = await Promise.allSettled([takeover(access(), bob, at(1)), takeover(access(), alice, at(1))]);
    expect(tried.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected"]);
    const winner = tried[0].status === "fulfilled" ? bob : alice;
    const loser = winner === bob ? alice : bob;
    expect(await group()).to.deep.include({ epoch: 2, key: winner.address });
    const context = { expected: 2, actual: 1, error: "GatewayRegistryWrongEpoch" };
    await expectRejection(takeover(access(), loser, at(1)), "STALE_EPOCH", context);
  });

  it("takes a takeover that is sent again for done", async () => {
    await list([bob]);
    await takeover(access(), bob, at(1));
    const before = await group();
    await takeover(access(), bob, at(1));
    expect(await group()).to.deep.equal(before);
  });

  it("refuses a key that was never listed", async () => {
    await list([alice]);
    await expectRejection(takeover(access(), bob, at(1)), "UNKNOWN_BACKUP", { actual: bob.address });
  });

  it("refuses a key that the owner has taken out, and one that it has replaced", async () => {
    await list([bob, alice]);
    await list([alice]);
    await expectRejection(takeover(access(), bob, at(1)), "REVOKED", { actual: bob.address });
    await rotateKey(access(), gateway.owner, gateway.gatewayId, bob.address);
    const replaced = takeover(access(), gateway.logSigner, at(2));
    await expectRejection(replaced, "REVOKED", { actual: gateway.logSigner.address });
  });

  it("refuses a takeover too soon after the last one, and takes it later", async () => {
    await list([bob, alice], 20);
    await takeover(access(), bob, at(1));
    const { takeoverBlock } = await group();
    await expectRejection(takeover(access(), alice, at(2)), "TOO_SOON", { expected: takeoverBlock + 20 });
    await node.mine(20);
    await takeover(access(), alice, at(2));
  });

  it("refuses a signature that is another's", async () => {
    await list([bob]);
    const forger = { ...bob, signDigest: (digest: typeof ZERO_HASH) => alice.signDigest(digest) };
    const context = { expected: bob.address, actual: alice.address };
    await expectRejection(takeover(access(), forger, at(1)), "FOREIGN_SIGNATURE", context);
    const own = { key: bob.address, signature: await signHandover(access(), bob, at(1), bob.address) };
    const strangers = await signHandover(access(), alice, at(1), bob.address);
    const foreign = { expected: gateway.logSigner.address, actual: alice.address };
    await expectRejection(handover(access(), at(1), own, strangers), "FOREIGN_SIGNATURE", foreign);
  });

  it("hands over with both signatures, and takes it for done when it is sent again", async () => {
    await list([bob], 20);
    const own = { key: bob.address, signature: await signHandover(access(), bob, at(1), bob.address) };
    const consent = await signHandover(access(), gateway.logSigner, at(1), bob.address);
    await handover(access(), at(1), own, consent);
    await handover(access(), at(1), own, consent);
    expect(await group()).to.deep.include({ epoch: 2, key: bob.address, takeoverBlock: 0 });
  });

  it("refuses lists that cannot be meant", async () => {
    await expectRejection(list([bob, alice, bob]), "MALFORMED", { actual: bob.address });
    const primary = gateway.logSigner;
    await expectRejection(list([primary]), "MALFORMED", { actual: primary.address });
    const nine = Array.from({ length: 9 }, (_, account) => developmentSigner(account));
    await expectRejection(list(nine), "TOO_LARGE", { maximum: 8, actual: 9 });
    const nobody = setBackups(access(), gateway.owner, ZERO_HASH, { backups: [], takeoverInterval: 0 });
    await expectRejection(nobody, "UNKNOWN_GATEWAY");
  });
});
