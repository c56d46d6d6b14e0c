import { expect } from "chai";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { conservationFaults, readHoldings, type Holdings } from "../../scripts/demo/assets.ts";
import type { Service } from "../../scripts/demo/services.ts";
import { markOf } from "../../src/protocol/marks.ts";
import { connectPostgresLogStore } from "../../src/store/postgres-log-store.ts";
import { GatelogNet, type Side } from "../support/gatelog-net.ts";
import { createTestDatabase, describePostgresServer, type TestDatabase } from "../support/postgres.ts";
import { PostgresServer } from "../support/postgres-server.ts";
import { sampleDirectory } from "../support/sample-log.ts";
import { until } from "../support/until.ts";

const UNIT = 10n ** 18n;
const CASE_LIMIT_MS = 240_000;
const LIMIT_MS = 60_000;
const SIDES = ["alpha", "beta"] as const satisfies readonly Side[];

// Two gateways whose logs are in one PostgreSQL server: each in a schema of its own, or both in one.
describePostgresServer("A transfer between gateways with their logs in PostgreSQL", function (binaries) {
  this.timeout(CASE_LIMIT_MS);

  let server: PostgresServer;
  let database: TestDatabase;
  let net: GatelogNet;
  const gateways = new Map<Side, Service>();

  before(async () => {
    server = await PostgresServer.start(binaries);
    database = await createTestDatabase(server);
    net = await GatelogNet.open();
    writeFileSync(join(net.dir, "password"), server.password, { mode: 0o600 });
    const { alpha, beta } = net.record;
    await net.approve("alpha", "alice", alpha.erc20, 1_000n * UNIT);
    await net.approve("beta", "bob", beta.erc20, 1_000n * UNIT);
  });
  after(async () => {
    await net.stop();
    await server.stop();
  });

  for (const [what, schemaOf] of [
    ["schemas of their own", (side: Side) => side as string],
    ["one schema", () => "both"],
  ] as const)
    describe(`in ${what}`, () => {
      let holdings: Holdings;
      const sessions: string[] = [];

      before(async () => {
        holdings = await readHoldings(net.record);
        await Promise.all(SIDES.map(start));
      });
      after(() => Promise.all([...gateways.values()].map(({ child }) => child.stop())));

      async function start(side: Side): Promise<void> {
        const config = net.writeConfig(`${side}-postgres.yaml`, join(net.dir, `${side}-private.yaml`), (members) => ({
          ...members,
          store: {
            driver: "postgres",
            url: database.options.url,
            password: { file: "password" },
            schema: schemaOf(side),
          },
        }));
        gateways.set(side, await net.startGateway(side, config));
      }

      async function transfer(from: Side, idempotencyKey: string): Promise<string> {
        const request = net.request(from, {
          idempotencyKey: `${what} ${idempotencyKey}`,
          asset: net.gold(from, 2n * UNIT),
        });
        const { sessionId } = await net.client(from).transfer(request);
        sessions.push(sessionId);
        return sessionId;
      }

      async function committed(sessionId: string, from: Side): Promise<void> {
        const order = from === "alpha" ? SIDES : SIDES.toReversed();
        for (const side of order) expect((await net.outcome(side, sessionId)).outcome).to.equal("COMMITTED");
      }

      it("commits, in both directions at once", async () => {
        const [there, back] = await Promise.all([transfer("alpha", "there"), transfer("beta", "back")]);
        await committed(there, "alpha");
        await committed(back, "beta");
      });

      it("commits once a gateway is started again after a SIGKILL", async () => {
        const sessionId = await transfer("alpha", "killed");
        await net.seen("beta", sessionId, { event: "entry", mark: "exec-mint" });
        const gateway = gateways.get("beta");
        gateway?.child.kill("SIGKILL");
        await gateway?.child.exited;
        await start("beta");
        await committed(sessionId, "alpha");
      });

      it("commits once the database is started again after a SIGKILL, with the same gateways", async () => {
        const sessionId = await transfer("alpha", "no-database");
        await net.seen("alpha", sessionId, { event: "entry", mark: "done-lock" });
        await server.kill();
        await net.seen("alpha", sessionId, { event: "trouble", code: "STORE_UNAVAILABLE" });
        await server.restart();
        await committed(sessionId, "alpha");
      });

      it("leaves both logs with both gateways, closed by their writers, and makes and loses nothing", async () => {
        const stores = await Promise.all(
          SIDES.map((side) =>
            connectPostgresLogStore({ directory: sampleDirectory() }, { ...database.options, schema: schemaOf(side) }),
          ),
        );
        for (const sessionId of sessions) {
          const [alpha, beta] = SIDES.map((side) => net.record.gateways[side].gatewayId as `0x${string}`);
          await until(
            "all is closed and copied",
            async () => {
              const logs = await Promise.all(
                stores.map(async (store, place) => {
                  const { logs } = await store.session(sessionId);
                  const own = logs.find(({ gatewayId }) => gatewayId === (place === 0 ? alpha : beta));
                  return { lengths: logs.map(({ length }) => length).join(" "), closed: own?.closed === true };
                }),
              );
              return logs.every(({ closed }) => closed) && logs[0]?.lengths === logs[1]?.lengths;
            },
            LIMIT_MS,
          );
          for (const gatewayId of [alpha!, beta!]) {
            const [first, second] = await Promise.all(
              stores.map((store) => store.read(sessionId, gatewayId, { from: 0, limit: 250 })),
            );
            expect(first!.map(markOf)).to.deep.equal(second!.map(markOf));
          }
          for (const store of stores) expect(await store.evidence(sessionId)).to.deep.equal([]);
        }
        await Promise.all(stores.map((store) => store.close()));
        expect(conservationFaults(holdings, await readHoldings(net.record))).to.deep.equal([]);
      });
    });
});
