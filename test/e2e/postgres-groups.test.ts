import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { conservationFaults, readHoldings, type Holdings } from "../../scripts/demo/assets.ts";
import { GatewayClient } from "../../src/client/gateway-client.ts";
import { GatelogNet, type Side } from "../support/gatelog-net.ts";
import { GroupNet } from "../support/group-net.ts";
import { postgresHome } from "../support/postgres-group-net.ts";
import { createTestDatabase, describePostgresServer, type TestDatabase } from "../support/postgres.ts";
import { PostgresServer } from "../support/postgres-server.ts";
import { until } from "../support/until.ts";

const UNIT = 10n ** 18n;
const CASE_LIMIT_MS = 240_000;
const OUTCOME_LIMIT_MS = 60_000;
/** Epochs are counted here: no pause of a busy machine may pass for a dead primary. */
const TIMING = { heartbeatMs: 50, silenceMs: 1_000, startGraceMs: 30_000 };
const SIDES = ["alpha", "beta"] as const satisfies readonly Side[];

// Real processes with their logs in PostgreSQL, both sides groups of two; nobody but they themselves can tell the other who leads now.
describePostgresServer("Two groups of gateways without a chain", function (binaries) {
  this.timeout(CASE_LIMIT_MS);

  let server: PostgresServer;
  let database: TestDatabase;
  let net: GatelogNet;
  let groups: Readonly<Record<Side, GroupNet>>;
  let holdings: Holdings;
  const sessions: string[] = [];

  before(async () => {
    [server, net] = await Promise.all([PostgresServer.start(binaries), GatelogNet.open()]);
    database = await createTestDatabase(server);
    writeFileSync(join(net.dir, "password"), server.password, { mode: 0o600 });
    await net.approve("alpha", "alice", net.record.alpha.erc20, 1_000n * UNIT);
    holdings = await readHoldings(net.record);
    const open = (schema: Side): Promise<GroupNet> => {
      const store = { driver: "postgres", url: database.options.url, password: { file: "password" }, schema };
      return GroupNet.open(net, schema, 1, TIMING, postgresHome(net, schema, store));
    };
    groups = { alpha: await open("alpha"), beta: await open("beta") };
    for (const side of SIDES) {
      const endpoints = groups[side === "alpha" ? "beta" : "alpha"].members.map(({ url }) => url);
      for (const { name, config } of groups[side].members)
        net.writeConfig(`${name}.yaml`, config, (given) => ({
          ...given,
          peers: (given["peers"] as object[]).map((peer) => ({ ...peer, endpoints })),
        }));
    }
    await Promise.all(SIDES.map((side) => groups[side].start(0)));
    await Promise.all(SIDES.map((side) => groups[side].start(1)));
    await Promise.all(SIDES.map((side) => groups[side].untilRole(1, "standby")));
  });
  after(async () => {
    for (const side of SIDES) await groups[side].stop();
    await net.stop();
    await server.stop();
  });

  /** Of whichever member is primary. */
  function client(side: Side): GatewayClient {
    const [baseUrl = "", ...others] = groups[side].members.map(({ url }) => url);
    return new GatewayClient({ baseUrl, others });
  }

  async function transfer(idempotencyKey: string, amount: bigint): Promise<string> {
    const request = net.request("alpha", { idempotencyKey, asset: net.gold("alpha", amount) });
    const { sessionId } = await client("alpha").transfer(request);
    sessions.push(sessionId);
    return sessionId;
  }

  async function committed(sessionId: string): Promise<void> {
    for (const side of SIDES) {
      const outcome = async () => {
        const status = await client(side).status(sessionId);
        return status.outcome !== "IN_DOUBT" && status.outcome;
      };
      expect(await until(`an outcome at ${side}`, outcome, OUTCOME_LIMIT_MS), side).to.equal("COMMITTED");
    }
  }

  it("begins a transfer by a primary that its peer has never met", async () => {
    await committed(await transfer("quiet", 2n * UNIT));
    // Nothing is under way: no entry tells the peer of the new epoch.
    await groups.alpha.end(0, "SIGKILL");
    expect(await groups.alpha.untilRole(1, "primary", 2)).to.include({ epoch: 2 });
    await committed(await transfer("taken over", 3n * UNIT));
  });

  it("ends a transfer whose receiver is taken over by a backup that has never met its sender's either", async () => {
    const had = await net.goldOf("beta", "bob");
    const sessionId = await transfer("taken over on both sides", 5n * UNIT);
    await groups.beta.seen(0, { event: "entry", session: sessionId, mark: "exec-mint" });
    await groups.beta.end(0, "SIGKILL");
    await committed(sessionId);
    expect(await groups.beta.untilRole(1, "primary", 2)).to.include({ epoch: 2 });
    expect(await net.goldOf("beta", "bob")).to.equal(had + 5n * UNIT);
    await committed(await transfer("after both", 7n * UNIT));
  });

  it("refuses nobody and alarms nobody on the way, and makes and loses nothing", async () => {
    for (const side of SIDES) {
      expect(groups[side].member(1).events.filter(({ event }) => event === "alarm")).to.be.empty;
      for (const sessionId of sessions)
        expect(await client(side).status(sessionId)).to.include({ refusedBackup: null });
    }
    expect(conservationFaults(holdings, await readHoldings(net.record))).to.deep.equal([]);
  });
});
