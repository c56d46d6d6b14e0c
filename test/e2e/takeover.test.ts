import { expect } from "chai";
import { z } from "zod";
import { HttpClient } from "../../src/client/http-client.ts";
import { expectRejection } from "../support/expect-error.ts";
import { GatelogNet } from "../support/gatelog-net.ts";
import { gatelog } from "../support/gatelog.ts";
import { GroupNet } from "../support/group-net.ts";

const UNIT = 10n ** 18n;
const CASE_LIMIT_MS = 240_000;

// Real processes over a log chain: the destination is a group of two.
describe("A group of gateways", function () {
  this.timeout(CASE_LIMIT_MS);

  let net: GatelogNet;
  let group: GroupNet;

  before(async () => {
    net = await GatelogNet.open();
    await net.approve("alpha", "alice", net.record.alpha.erc20, 1_000n * UNIT);
    const alpha = net.writeConfig("alpha-chain.yaml", net.record.gateways.alpha.config, (given) => ({
      ...given,
      store: { driver: "chain", rpcUrl: net.record.log.rpcUrl, carrierKey: { file: net.writeKey("carrier") } },
      timing: { retry: 300, retryMax: 1_000, discovery: 300 },
    }));
    group = await GroupNet.open(net, "beta", 1);
    await Promise.all([net.startGateway("alpha", alpha), group.start(0)]);
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

  it("has a standby that folds what the primary does, and lets nothing out", async () => {
    const sessionId = await transfer("quiet", 2n * UNIT);
    expect(await net.outcome("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
    expect(await group.state(1)).to.include({ role: "standby", state: "standing-by", epoch: 1, outbound: 0 });
    const { members, primary, recoveryCount } = await group.network(1);
    expect(primary).to.equal(group.member(0).key);
    expect(recoveryCount).to.equal(0);
    expect(members.map(({ role }) => role)).to.deep.equal(["primary", "standby"]);
    for (const { lastHeard } of members) expect(Date.now() - (lastHeard ?? 0)).to.be.lessThan(5_000);
  });

  it("has the primary sign what an operator asks a standby to log", async () => {
    const [primary, standby] = [group.member(0).url, group.member(1).url];
    const path = `/v1/sessions/${crypto.randomUUID()}/entries`;
    const entry = { phase: 1, step: 1, operation: "exec-count" };
    const alone = new HttpClient({ baseUrl: standby, maxAttempts: 1 });
    const { context } = await expectRejection(alone.post(path, entry, z.string()), "NOT_PRIMARY");
    expect(context).to.include({ primary });
    const client = new HttpClient({ baseUrl: standby, others: [primary] });
    expect(await client.post(path, entry, z.string())).to.equal("0");
  });

  it("ends a transfer whose primary was killed in its middle, without a restart of anybody", async () => {
    const had = await net.goldOf("beta", "bob");
    const sessionId = await transfer("killed", 3n * UNIT);
    await group.seen(0, { event: "entry", session: sessionId, mark: "exec-mint" });
    await group.end(0, "SIGKILL");
    expect(await net.outcome("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
    expect(await group.untilRole(1, "primary", 2)).to.include({ epoch: 2, outbound: 0 });
    expect(await net.goldOf("beta", "bob")).to.equal(had + 3n * UNIT);
    const { lastTakeover, recoveryCount } = await group.network(1);
    expect(lastTakeover).to.include({ epoch: 2, kind: "FAILOVER" });
    expect(lastTakeover?.durationMs).to.be.greaterThan(0);
    expect(recoveryCount).to.equal(1);
    const metrics = await (await fetch(`${group.member(1).url}/metrics`)).text();
    for (const line of [
      "gatelog_role 1",
      "gatelog_epoch 2",
      'gatelog_takeovers_total{kind="FAILOVER"} 1',
      "gatelog_suspicions_total 1",
      "gatelog_false_suspicions_total 0",
      "gatelog_standby_outbound_total 0",
    ])
      expect(metrics.split("\n")).to.include(line);
  });

  it("takes the old primary back as a standby", async () => {
    await group.start(0);
    expect(await group.untilRole(0, "standby", 2)).to.include({ epoch: 2, outbound: 0 });
    const sessionId = await transfer("after", 5n * UNIT);
    expect(await net.outcome("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
  });

  it("stands down when it was only away, and says so", async () => {
    const sessionId = await transfer("paused", 7n * UNIT);
    await group.seen(1, { event: "peer-entry", session: sessionId });
    group.signal(1, "SIGSTOP");
    await group.untilRole(0, "primary");
    expect(await net.outcome("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
    group.signal(1, "SIGCONT");
    await group.seen(1, { event: "stood-down", epoch: 3 });
    expect(await group.untilRole(1, "standby", 3)).to.include({ epoch: 3, outbound: 0 });
    await group.seen(0, { event: "false-suspicion", primary: group.member(1).key });
  });

  it("hands over as planned, and counts that as no recovery", async () => {
    // Asked of the standby: the command finds the primary.
    const { code, json, stderr } = await gatelog(["--json", "gateway", "handover", "--gateway", group.member(1).url]);
    expect(code, stderr).to.equal(0);
    const { gatewayId } = net.record.gateways.beta;
    expect(json).to.deep.equal({ gatewayId, key: group.member(1).key, epoch: 4 });
    await group.untilRole(1, "primary");
    expect(await group.untilRole(0, "standby", 4)).to.include({ epoch: 4, outbound: 0 });
    const { lastTakeover, recoveryCount } = await group.network(0);
    expect(lastTakeover).to.include({ epoch: 4, kind: "HANDOVER" });
    expect(recoveryCount).to.equal(2);
    const sessionId = await transfer("handed over", 11n * UNIT);
    expect(await net.outcome("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
  });

  it("tells an operator who is primary and who stands by", async () => {
    const run = await gatelog(["gateway", "network", "--gateway", group.member(0).url]);
    expect(run.code, run.stderr).to.equal(0);
    expect(run.stdout).to.match(
      /epoch 4\nTakeovers: 2\. Last change of the primary: HANDOVER, \d+ s ago, in \d+ ms\.\n/,
    );
    for (const [place, role] of ["standby", "primary"].entries())
      expect(run.stdout).to.match(
        new RegExp(`^${role} +${group.member(place).key} +${group.member(place).url} +heard `, "m"),
      );
  });

  it("hands over when its primary is told to stop, and ends that one in order", async () => {
    const sessionId = await transfer("told to stop", 13n * UNIT);
    await group.end(1, "SIGTERM");
    expect(await group.member(1).service?.child.exited).to.include({ code: 0 });
    expect(await group.untilRole(0, "primary", 5)).to.include({ epoch: 5, outbound: 0 });
    expect(await net.outcome("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
    const { lastTakeover, recoveryCount } = await group.network(0);
    expect(lastTakeover).to.include({ epoch: 5, kind: "HANDOVER" });
    expect(recoveryCount, "nobody had to miss it").to.equal(2);
    expect(group.member(1).events.filter(({ event }) => event === "alarm")).to.be.empty;
  });

  it("leaves a log that is sound beside both ledgers", async () => {
    const { rpcUrl, logRegistry } = net.record.log;
    const run = await gatelog([
      "--json",
      "verify",
      "--rpc-url",
      rpcUrl,
      "--log-registry",
      logRegistry,
      ...net.ledgerOptions,
    ]);
    expect(run.code, run.stdout).to.equal(0);
  });
});
