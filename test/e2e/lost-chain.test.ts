import { expect } from "chai";
import type { Service } from "../../scripts/demo/services.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { startFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import { GatelogNet } from "../support/gatelog-net.ts";
import { expectNotDone, gatelog } from "../support/gatelog.ts";

const UNIT = 10n ** 18n;

// A gateway as a process of its own, between it and its ledger's node a proxy.
describe("A ledger's node that comes back as another chain, or without its past", function () {
  this.timeout(240_000);

  let net: GatelogNet;
  let proxy: FaultProxy;
  let empty: TestChain;
  let config: string;
  let alpha: Service;
  let sessionId: string;

  before(async () => {
    net = await GatelogNet.open({ beta: "hardhat", log: "beta" });
    proxy = await startFaultProxy(net.record.alpha.rpcUrl);
    empty = await startHardhat("alpha");
    config = net.writeConfig("proxied.yaml", net.record.gateways.alpha.config, (given) => ({
      ...given,
      ledgers: (given["ledgers"] as object[]).map((ledger, place) =>
        place === 0 ? { ...ledger, rpcUrl: `${proxy.rpcUrl}/secret` } : ledger,
      ),
      timing: { retry: 200, retryMax: 500 },
    }));
    await net.startApi();
    [alpha] = await Promise.all([net.startGateway("alpha", config), net.startGateway("beta")]);
    await net.approve("alpha", "alice", net.record.alpha.erc20, UNIT);
  });
  after(async () => {
    await net.stop();
    await proxy.close();
    await empty.close();
  });

  /** A start that must not be done: what it says, and the context of the error. */
  async function refusedStart() {
    const run = await gatelog(["--json", "gateway", "start", "--config", config]);
    expect(run.stderr).not.to.include("secret");
    return { said: run.stderr, context: expectNotDone(run, "WRONG_CHAIN") };
  }

  it("halts the session, and names chain and node", async () => {
    const request = net.request("alpha", { idempotencyKey: "lost", asset: net.gold("alpha", UNIT) });
    // Between "about to lock" and the lock.
    const held = await proxy.arm({ kind: "dead", methods: ["eth_sendRawTransaction"] });
    ({ sessionId } = (await net.client("alpha").transfer(request)) as { sessionId: string });
    await net.seen("alpha", sessionId, { event: "entry", mark: "exec-lock" });
    await proxy.arm({ kind: "other-node", url: empty.rpcUrl });
    await net.seen("alpha", sessionId, { code: "CHAIN_IDENTITY_CHANGED" });
    await held.disarm();
    const { waitingFor, reason } = await net.client("alpha").status(sessionId);
    expect(waitingFor).to.include("CHAIN_IDENTITY_CHANGED");
    const { message } = reason as { message: string };
    expect(message).to.include(`eip155:${net.record.alpha.chainId}`).and.to.include(new URL(proxy.rpcUrl).host);
    expect(message).not.to.include("secret");
    await alpha.child.stop();
  });

  it("lets no gateway start, and says what is expected and what is there", async () => {
    const { said, context } = await refusedStart();
    expect(context).to.include({ chain: `eip155:${net.record.alpha.chainId}`, node: new URL(proxy.rpcUrl).host });
    expect(said).to.include(String(context["expected"])).and.to.include(String(context["actual"]));
  });

  it("lets the transfer end once the chain is back", async () => {
    await proxy.calm();
    alpha = await net.startGateway("alpha", config);
    expect((await net.outcome("alpha", sessionId)).outcome).to.equal("COMMITTED");
    expect(await net.goldOf("beta", "bob")).to.equal(1_001n * UNIT);
  });

  it("knows a node that has lost the last block that the gateway saw, over a kill", async () => {
    alpha.child.kill("SIGKILL");
    await alpha.child.exited;
    await proxy.arm({ kind: "shorter", blocks: 1 });
    const { context } = await refusedStart();
    expect(context).to.include({ actual: "none", what: `hash of block ${String(context["block"])}` });
    expect(context["head"]).to.equal(Number(context["block"]) - 1);
    await proxy.calm();
    alpha = await net.startGateway("alpha", config);
    expect((await net.client("alpha").status(sessionId))["outcome"]).to.equal("COMMITTED");
  });
});
