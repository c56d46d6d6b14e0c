import { expect } from "chai";
import { until } from "../support/until.ts";

import { handover, setBackups, signHandover, takeover } from "../../src/chain/gateway-succession.ts";
import { rotateKey, setEndpoints } from "../../src/chain/register-gateway.ts";
import { RegistryReader } from "../../src/chain/registry-reader.ts";
import { logRegistryInterface } from "../../src/chain/contracts.ts";
import { ZERO_HASH } from "../../src/entry/hex.ts";
import { splitSignature, type DigestSigner } from "../../src/entry/signature.ts";
import { gatewayIdOf, statementDigest } from "../../src/entry/statements.ts";
import { ChainGatewayDirectory } from "../../src/store/chain-gateway-directory.ts";
import { developmentSigner } from "../support/accounts.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { ACCOUNTS, deployLog, registerTestGateway, type TestGateway, type TestLog } from "../support/deploy.ts";
import { expectRejection } from "../support/expect-error.ts";
import { startFaultProxy } from "../support/fault-proxy.ts";

const key = (account: number) => developmentSigner(account).address;

describe("RegistryReader", () => {
  let node: TestChain;
  let log: TestLog;
  let gateway: TestGateway;

  beforeEach(async () => {
    node = await startHardhat("log");
    log = await deployLog(node);
    gateway = await registerTestGateway(log, "A", ["https://a.example/1", "https://a.example/2"]);
  });
  afterEach(async () => {
    await log.close();
    await node.close();
  });

  const access = () => ({ chain: log.chain, lane: log.lane, registry: log.logRegistry });

  it("finds every key by epoch and the current endpoints, whatever came between", async () => {
    await rotateKey(access(), gateway.owner, gateway.gatewayId, key(ACCOUNTS.bob));
    await setEndpoints(access(), gateway.owner, gateway.gatewayId, ["https://a.example/3"]);
    await node.mine(500);
    await rotateKey(access(), gateway.owner, gateway.gatewayId, key(ACCOUNTS.alice));
    expect(await new RegistryReader(log.chain, log.logRegistry).gateway(gateway.gatewayId)).to.deep.equal({
      gatewayId: gateway.gatewayId,
      epoch: 3,
      keys: [
        { epoch: 1, key: gateway.logSigner.address },
        { epoch: 2, key: key(ACCOUNTS.bob) },
        { epoch: 3, key: key(ACCOUNTS.alice) },
      ],
      endpoints: ["https://a.example/3"],
      backups: [],
    });
  });

  it("finds the key of every epoch, however the epoch began", async () => {
    const { gatewayId, owner, logSigner } = gateway;
    const [bob, alice] = [developmentSigner(ACCOUNTS.bob), developmentSigner(ACCOUNTS.alice)];
    const list = { backups: [bob.address, alice.address], takeoverInterval: 0 };
    await setBackups(access(), owner, gatewayId, list);
    await takeover(access(), bob, { gatewayId, expectedEpoch: 1 });
    const handed = { gatewayId, expectedEpoch: 2 };
    const signature = await signHandover(access(), alice, handed, alice.address);
    const consent = await signHandover(access(), bob, handed, alice.address);
    await handover(access(), handed, { key: alice.address, signature }, consent);
    await rotateKey(access(), owner, gatewayId, logSigner.address);
    const record = await new RegistryReader(log.chain, log.logRegistry).gateway(gatewayId);
    expect(record).to.deep.include({
      epoch: 4,
      backups: [bob.address],
      endpoints: ["https://a.example/1", "https://a.example/2"],
    });
    expect(record.keys).to.deep.equal([
      { epoch: 1, key: logSigner.address },
      { epoch: 2, key: bob.address },
      { epoch: 3, key: alice.address },
      { epoch: 4, key: logSigner.address },
    ]);
  });

  it("reads anew what a reorganisation has changed, though block and numbers are the same", async () => {
    const { gatewayId, owner } = gateway;
    const [bob, alice] = [developmentSigner(ACCOUNTS.bob), developmentSigner(ACCOUNTS.alice)];
    const reader = new RegistryReader(log.chain, log.logRegistry);
    await setBackups(access(), owner, gatewayId, { backups: [bob.address, alice.address], takeoverInterval: 0 });
    const lastOf = async () => (await reader.gateway(gatewayId)).keys.at(-1);
    const snapshot = await node.rpc("evm_snapshot", []);
    await carry(await signedTakeover(bob, 1));
    expect(await lastOf()).to.deep.equal({ epoch: 2, key: bob.address });
    await node.rpc("evm_revert", [snapshot]);
    await carry(await signedTakeover(alice, 1));
    expect(await lastOf()).to.deep.equal({ epoch: 2, key: alice.address });
    // And where more has followed on the new branch than was known of the old one.
    const again = await node.rpc("evm_snapshot", []);
    await carry(await signedTakeover(bob, 2));
    expect(await lastOf()).to.deep.equal({ epoch: 3, key: bob.address });
    await node.rpc("evm_revert", [again]);
    await carry(await signedTakeover(gateway.logSigner, 2));
    await carry(await signedTakeover(bob, 3));
    expect(await lastOf()).to.deep.equal({ epoch: 4, key: bob.address });
    expect((await reader.gateway(gatewayId)).keys[2]).to.deep.equal({ epoch: 3, key: gateway.logSigner.address });
  });

  it("tells what the registry holds of a group, for who would take over", async () => {
    const { gatewayId, owner, logSigner } = gateway;
    const bob = developmentSigner(ACCOUNTS.bob);
    await setBackups(access(), owner, gatewayId, { backups: [bob.address], takeoverInterval: 7 });
    await takeover(access(), bob, { gatewayId, expectedEpoch: 1 });
    const block = (await log.chain.head()).number;
    expect(await new RegistryReader(log.chain, log.logRegistry).group(gatewayId)).to.deep.equal({
      owner: owner.address,
      key: bob.address,
      epoch: 2,
      changes: 2,
      lastBlock: block,
      takeoverInterval: 7,
      takeoverBlock: block,
      backups: [logSigner.address],
    });
  });

  async function signedTakeover(backup: DigestSigner, expectedEpoch: number): Promise<string> {
    const { gatewayId } = gateway;
    const statement = { gatewayId, expectedEpoch, key: backup.address };
    const domain = { chainId: node.chainId, registry: log.logRegistry };
    const { r, vs } = splitSignature(await backup.signDigest(statementDigest(domain, "Takeover", statement)));
    return logRegistryInterface.encodeFunctionData("takeover", [gatewayId, expectedEpoch, backup.address, r, vs]);
  }

  /** By the node's own account: a lane would remember a nonce that was taken back. */
  async function carry(data: string): Promise<void> {
    const call = { from: key(ACCOUNTS.deployer), to: log.logRegistry, data, gas: "0x60000" };
    await node.rpc("eth_sendTransaction", [call]);
  }

  it("puts changes of one block in order", async () => {
    const warm = new RegistryReader(log.chain, log.logRegistry);
    await warm.gateway(gateway.gatewayId);
    await node.rpc("evm_setAutomine", [false]);
    const changes = [
      ["RotateKey", { gatewayId: gateway.gatewayId, key: key(ACCOUNTS.bob), change: 1 }],
      ["RotateKey", { gatewayId: gateway.gatewayId, key: key(ACCOUNTS.alice), change: 2 }],
    ] as const;
    for (const [name, statement] of changes) {
      const digest = statementDigest({ chainId: node.chainId, registry: log.logRegistry }, name, statement);
      const { r, vs } = splitSignature(await gateway.owner.signDigest(digest));
      const data = logRegistryInterface.encodeFunctionData("rotateKey", [
        statement.gatewayId,
        statement.key,
        statement.change,
        r,
        vs,
      ]);
      await node.rpc("eth_sendTransaction", [
        { from: key(ACCOUNTS.deployer), to: log.logRegistry, data, gas: "0x40000" },
      ]);
    }
    await node.mine();
    const cold = await new RegistryReader(log.chain, log.logRegistry).gateway(gateway.gatewayId);
    expect(cold.keys.map(({ key: account }) => account)).to.deep.equal([
      gateway.logSigner.address,
      key(ACCOUNTS.bob),
      key(ACCOUNTS.alice),
    ]);
    expect(await warm.gateway(gateway.gatewayId)).to.deep.equal(cold);
  });

  it("reads only the changes that are new", async () => {
    const proxy = await startFaultProxy(node.rpcUrl);
    const chain = node.connect({ url: proxy.rpcUrl });
    const reader = new RegistryReader(chain, log.logRegistry);
    const asked = (): number => proxy.calls.filter(({ method }) => method === "eth_getLogs").length;
    expect((await reader.gateway(gateway.gatewayId)).endpoints).to.have.length(2);
    await rotateKey(access(), gateway.owner, gateway.gatewayId, key(ACCOUNTS.bob));
    await rotateKey(access(), gateway.owner, gateway.gatewayId, key(ACCOUNTS.alice));
    const before = asked();
    expect((await reader.gateway(gateway.gatewayId)).keys.map(({ epoch }) => epoch)).to.deep.equal([1, 2, 3]);
    expect(asked() - before).to.equal(2);
    await reader.gateway(gateway.gatewayId);
    expect(asked() - before).to.equal(2);
    chain.close();
    await proxy.close();
  });

  it("says that there is no such gateway", async () => {
    await expectRejection(new RegistryReader(log.chain, log.logRegistry).gateway(ZERO_HASH), "UNKNOWN_GATEWAY", {
      gatewayId: ZERO_HASH,
    });
  });

  it("says that there is no registry at an address", async () => {
    await expectRejection(new RegistryReader(log.chain, key(1)).gateway(gateway.gatewayId), "INVALID_CONFIG");
  });

  it("is asked by the directory at once for an epoch that somebody has seen, and not more often than it likes", async () => {
    const directory = new ChainGatewayDirectory(
      { reader: new RegistryReader(log.chain, log.logRegistry) },
      { cacheMs: 60_000 },
    );
    const { epoch } = await directory.gateway(gateway.gatewayId);
    await rotateKey(access(), gateway.owner, gateway.gatewayId, key(ACCOUNTS.bob));
    expect((await directory.gateway(gateway.gatewayId)).epoch).to.equal(epoch);
    await until(
      "the new epoch",
      async () => (await directory.gateway(gateway.gatewayId, epoch + 1)).epoch === epoch + 1,
    );
    expect((await directory.gateway(gateway.gatewayId)).epoch).to.equal(epoch + 1);
  });

  it("is not asked by the directory for an epoch that it has read itself meanwhile", async () => {
    const reader = new RegistryReader(log.chain, log.logRegistry);
    const directory = new ChainGatewayDirectory({ reader }, { cacheMs: 60_000 });
    await directory.gateway(gateway.gatewayId);
    await rotateKey(access(), gateway.owner, gateway.gatewayId, key(ACCOUNTS.bob));
    await reader.gateway(gateway.gatewayId);
    reader.gateway = () => Promise.reject(new Error("asked again"));
    expect((await directory.gateway(gateway.gatewayId, 2)).epoch).to.equal(2);
    expect((await directory.gateway(gateway.gatewayId)).epoch).to.equal(2);
  });

  it("is asked by the directory once in a while only, and again after a failure", async () => {
    const directory = new ChainGatewayDirectory(
      { reader: new RegistryReader(log.chain, log.logRegistry) },
      { cacheMs: 60_000 },
    );
    expect((await directory.gateway(gateway.gatewayId)).epoch).to.equal(1);
    await rotateKey(access(), gateway.owner, gateway.gatewayId, key(ACCOUNTS.bob));
    expect((await directory.gateway(gateway.gatewayId)).epoch).to.equal(1);
    const hasty = new ChainGatewayDirectory(
      { reader: new RegistryReader(log.chain, log.logRegistry) },
      { cacheMs: 60_000 },
    );
    const unborn = gatewayIdOf(developmentSigner(ACCOUNTS.ownerB).address, "gateway B");
    await expectRejection(hasty.gateway(unborn), "UNKNOWN_GATEWAY");
    await registerTestGateway(log, "B");
    expect((await hasty.gateway(unborn)).epoch).to.equal(1);
  });
});
