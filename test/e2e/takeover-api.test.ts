import { expect } from "chai";
import { GatelogNet } from "../support/gatelog-net.ts";
import { gatelog } from "../support/gatelog.ts";
import { apiHome, GroupNet } from "../support/group-net.ts";

const UNIT = 10n ** 18n;
const CASE_LIMIT_MS = 240_000;

// The log is behind its API for everybody: the members reach the registry alone by themselves, to take over (`group.registry`).
describe("A group of gateways whose log is behind an API", function () {
  this.timeout(CASE_LIMIT_MS);

  let net: GatelogNet;
  let group: GroupNet;

  before(async () => {
    net = await GatelogNet.open();
    await net.approve("alpha", "alice", net.record.alpha.erc20, 1_000n * UNIT);
    group = await GroupNet.open(net, "beta", 1, {}, apiHome(net, "beta"));
    await net.startApi();
    await Promise.all([net.startGateway("alpha"), group.start(0)]);
    await group.start(1, "--role", "backup");
  });
  after(async () => {
    await group.stop();
    await net.stop();
  });

  async function transfer(idempotencyKey: string, amount: bigint): Promise<string> {
    const request = net.request("alpha", { idempotencyKey, asset: net.gold("alpha", amount) });
    return (await net.client("alpha").transfer(request)).sessionId;
  }

  it("ends a transfer whose primary was killed in its middle", async () => {
    const had = await net.goldOf("beta", "bob");
    const sessionId = await transfer("killed", 3n * UNIT);
    await group.seen(0, { event: "entry", session: sessionId, mark: "exec-mint" });
    await group.end(0, "SIGKILL");
    expect(await group.untilRole(1, "primary", 2)).to.include({ epoch: 2, outbound: 0 });
    expect(await net.outcome("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
    expect(await net.goldOf("beta", "bob")).to.equal(had + 3n * UNIT);
    expect((await group.network(1)).lastTakeover).to.include({ epoch: 2, kind: "FAILOVER" });
  });

  it("takes the old primary back as a standby, and hands over to it", async () => {
    await group.start(0);
    expect(await group.untilRole(0, "standby", 2)).to.include({ epoch: 2, outbound: 0 });
    const run = await gatelog(["--json", "gateway", "handover", "--gateway", group.member(1).url]);
    expect(run.code, run.stderr).to.equal(0);
    expect(await group.untilRole(0, "primary", 3)).to.include({ epoch: 3 });
    const sessionId = await transfer("handed over", 5n * UNIT);
    expect(await net.outcome("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
  });

  it("leaves a log that is sound beside both ledgers", async () => {
    const { rpcUrl, logRegistry } = net.record.log;
    const log = ["--rpc-url", rpcUrl, "--log-registry", logRegistry];
    const run = await gatelog(["--json", "verify", ...log, ...net.ledgerOptions]);
    expect(run.code, run.stdout).to.equal(0);
  });
});
