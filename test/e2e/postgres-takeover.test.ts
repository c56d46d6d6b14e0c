import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { conservationFaults, readHoldings, type Holdings } from "../../scripts/demo/assets.ts";
import { GatelogNet } from "../support/gatelog-net.ts";
import { gatelog } from "../support/gatelog.ts";
import { GroupNet } from "../support/group-net.ts";
import { postgresHome } from "../support/postgres-group-net.ts";
import { createTestDatabase, describePostgresServer, type TestDatabase } from "../support/postgres.ts";
import { PostgresServer } from "../support/postgres-server.ts";

const UNIT = 10n ** 18n;
const CASE_LIMIT_MS = 240_000;
/** Epochs are counted here: no pause of a busy machine may pass for a dead primary. */
const PATIENCE = { heartbeatMs: 100, silenceMs: 2_000, startGraceMs: 30_000 };
const gatewayLineSchema = z.looseObject({ gatewayId: z.string(), keys: z.array(z.looseObject({ key: z.string() })) });

// Real processes with their logs in PostgreSQL: the destination is a group of two, and no registry knows it.
describePostgresServer("A group of gateways without a chain", function (binaries) {
  this.timeout(CASE_LIMIT_MS);

  let server: PostgresServer;
  let database: TestDatabase;
  let net: GatelogNet;
  let group: GroupNet;
  let holdings: Holdings;

  before(async () => {
    server = await PostgresServer.start(binaries);
    database = await createTestDatabase(server);
    net = await GatelogNet.open();
    writeFileSync(join(net.dir, "password"), server.password, { mode: 0o600 });
    await net.approve("alpha", "alice", net.record.alpha.erc20, 1_000n * UNIT);
    await net.approve("beta", "bob", net.record.beta.erc20, 1_000n * UNIT);
    holdings = await readHoldings(net.record);
    const store = (schema: string) => ({
      ...{ driver: "postgres", url: database.options.url, password: { file: "password" }, schema },
    });
    group = await GroupNet.open(net, "beta", 1, PATIENCE, postgresHome(net, "beta", store("beta")));
    const alpha = net.writeConfig("alpha-postgres.yaml", join(net.dir, "alpha-private.yaml"), (given) => ({
      ...given,
      store: store("alpha"),
      timing: { retry: 300, retryMax: 1_000, discovery: 300 },
      // All members' endpoints: there is no registry that tells of them. The key is the first primary's.
      peers: (given["peers"] as object[]).map((peer) => ({ ...peer, endpoints: group.members.map(({ url }) => url) })),
    }));
    await Promise.all([net.startGateway("alpha", alpha), group.start(0)]);
    await group.start(1, "--role", "backup");
  });
  after(async () => {
    await group.stop();
    await net.stop();
    await server.stop();
  });

  async function transfer(from: "alpha" | "beta", idempotencyKey: string, amount: bigint): Promise<string> {
    const request = net.request(from, { idempotencyKey, asset: net.gold(from, amount) });
    return (await net.client(from).transfer(request)).sessionId;
  }
  const committed = async (sessionId: string): Promise<void> => {
    expect(await net.outcome("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
  };

  it("has a standby that folds what the primary does, and lets nothing out", async () => {
    await committed(await transfer("alpha", "quiet", 2n * UNIT));
    expect(await group.state(1)).to.include({ role: "standby", state: "standing-by", epoch: 1, outbound: 0 });
    expect((await group.network(1)).members.map(({ role }) => role)).to.deep.equal(["primary", "standby"]);
  });

  it("ends a transfer whose primary was killed in its middle, without a restart of anybody", async () => {
    const had = await net.goldOf("beta", "bob");
    const sessionId = await transfer("alpha", "killed", 3n * UNIT);
    await group.seen(0, { event: "entry", session: sessionId, mark: "exec-mint" });
    await group.end(0, "SIGKILL");
    await committed(sessionId);
    expect(await group.untilRole(1, "primary", 2)).to.include({ epoch: 2, outbound: 0 });
    expect(await net.goldOf("beta", "bob")).to.equal(had + 3n * UNIT);
    const { lastTakeover, recoveryCount } = await group.network(1);
    expect(lastTakeover).to.include({ epoch: 2, kind: "FAILOVER" });
    expect(recoveryCount).to.equal(1);
  });

  it("takes the old primary back as a standby", async () => {
    await group.start(0);
    expect(await group.untilRole(0, "standby", 2)).to.include({ epoch: 2, outbound: 0 });
    await committed(await transfer("alpha", "after", 5n * UNIT));
  });

  it("hands over as planned, and is known to a peer that has missed it", async () => {
    const { url } = group.member(1);
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`${url}/node/handover`, { method: "POST", headers, body: "{}" });
    expect(response.status, await response.text()).to.equal(200);
    await group.untilRole(0, "primary");
    expect(await group.untilRole(1, "standby", 3)).to.include({ epoch: 3, outbound: 0 });
    const { lastTakeover, recoveryCount } = await group.network(1);
    expect(lastTakeover).to.include({ epoch: 3, kind: "HANDOVER" });
    expect(recoveryCount).to.equal(1);
    // The new primary opens the session: its peer has met it nowhere.
    const sessionId = await transfer("beta", "handed over", 1n * UNIT);
    expect(await net.outcome("beta", sessionId)).to.include({ outcome: "COMMITTED" });
    await committed(sessionId);
  });

  it("stands down when it was only away, and says so", async () => {
    const sessionId = await transfer("alpha", "paused", 7n * UNIT);
    await group.seen(0, { event: "peer-entry", session: sessionId });
    group.signal(0, "SIGSTOP");
    await group.untilRole(1, "primary");
    await committed(sessionId);
    group.signal(0, "SIGCONT");
    await group.seen(0, { event: "stood-down", epoch: 4 });
    expect(await group.untilRole(0, "standby", 4)).to.include({ epoch: 4, outbound: 0 });
  });

  it("gives out its log with the key of each epoch", async () => {
    const out = join(net.dir, "exported.jsonl");
    const run = await gatelog(["--json", "export", "--all", "--config", group.member(0).config, "--out", out]);
    expect(run.code, run.stderr).to.equal(0);
    const lines = readFileSync(out, "utf8").trim().split("\n");
    const gateways = lines
      .map((line) => gatewayLineSchema.safeParse(JSON.parse(line)))
      .flatMap(({ data }) => data ?? []);
    const own = gateways.find(({ gatewayId }) => gatewayId === net.record.gateways.beta.gatewayId);
    const [first, second] = group.members.map(({ key }) => key);
    expect(own?.keys.map(({ key }) => key)).to.deep.equal([first, second, first, second]);
  });

  it("has made and lost nothing", async () => {
    expect(conservationFaults(holdings, await readHoldings(net.record))).to.deep.equal([]);
  });
});
