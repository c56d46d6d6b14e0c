import { expect } from "chai";

import { rotateKey, setEndpoints } from "../../src/chain/register-gateway.ts";
import { RegistryReader } from "../../src/chain/registry-reader.ts";
import { logRegistryInterface } from "../../src/chain/contracts.ts";
import { ZERO_HASH } from "../../src/entry/hex.ts";
import { splitSignature } from "../../src/entry/signature.ts";
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
    });
  });

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
