import { expect } from "chai";
import { join } from "node:path";
import { verifyInclusionProof } from "../../src/entry/inclusion-proof.ts";
import { AnchoredLogStore } from "../../src/store/anchored-log-store.ts";
import { conformanceCases } from "../../src/store/conformance.ts";
import { connectPostgresLogStore } from "../../src/store/postgres-log-store.ts";
import { anchored, createAnchorWorld, writeSession, type AnchorWorld } from "../support/anchor-world.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { createTestDatabase, describePostgres, type TestDatabase } from "../support/postgres.ts";
import { postgresDriver } from "../support/postgres-stage.ts";
import { sqliteDriver, temporaryFolder } from "../support/store-stages.ts";
import { until } from "../support/until.ts";

describe("log stores behind anchors", () => {
  let node: TestChain;
  let world: AnchorWorld;

  before(async () => {
    node = await startHardhat("log");
    world = await createAnchorWorld(node);
  });
  after(async () => {
    await world.close();
    await node.close();
  });

  describe("over sqlite", () => {
    for (const { name, run } of conformanceCases(anchored(sqliteDriver, () => world))) it(name, run);
  });

  describePostgres("over PostgreSQL", function () {
    let database: TestDatabase;
    before(async () => {
      database = await createTestDatabase();
    });
    after(() => database.drop());

    for (const { name, run } of conformanceCases(
      anchored(
        postgresDriver(() => database),
        () => world,
      ),
    ))
      it(name, run);

    it("anchors what another process writes", async () => {
      const { directory, gateway, peer } = world;
      const folder = await temporaryFolder();
      const open = () => connectPostgresLogStore({ directory }, database.options);
      const other = await open();
      const early = await writeSession(other, gateway, peer, 3);
      const store = new AnchoredLogStore(
        { store: await open(), registry: world.registry, signer: gateway.signer },
        { gatewayId: gateway.gatewayId, path: join(folder.path, "anchors.sqlite"), entries: 1, rescanEveryMs: 20 },
      );
      const late = await writeSession(other, gateway, peer, 2);
      for (const entry of [...early, ...late]) {
        const { sessionId, gatewayId, index } = entry;
        const proof = await until(
          "it is anchored",
          async () => (await store.proof(sessionId, gatewayId, index)) ?? false,
        );
        expect(verifyInclusionProof(entry, proof)).to.equal(true);
      }
      expect(store.status()).to.deep.include({ unanchored: 0, waiting: 0, failure: null });
      await store.close();
      await other.close();
      await folder.remove();
    });
  });
});
