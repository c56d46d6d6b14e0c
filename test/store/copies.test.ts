import { expect } from "chai";
import { join } from "node:path";
import type { KeepsCopies, LogStore } from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { connectPostgresLogStore } from "../../src/store/postgres-log-store.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { StaticGatewayDirectory } from "../../src/store/static-gateway-directory.ts";
import { expectError, expectRejection } from "../support/expect-error.ts";
import { createTestDatabase, describePostgres, type TestDatabase } from "../support/postgres.ts";
import {
  makeEntries,
  makeEntry,
  sampleDirectory,
  sampleGateway,
  sampleSession,
  UNKNOWN_GATEWAY,
} from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
const successor = sampleGateway("origin", 2);

for (const driver of ["memory", "sqlite", "postgres"] as const)
  (driver === "postgres" ? describePostgres : describe)(`copies of a log in a ${driver} store`, function () {
    let database: TestDatabase | undefined;
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;
    let store: LogStore & KeepsCopies;
    let directory: ReturnType<typeof sampleDirectory>;

    before(async () => {
      if (driver === "postgres") database = await createTestDatabase();
    });
    after(() => database?.drop());
    beforeEach(async () => {
      folder = await temporaryFolder();
      directory = sampleDirectory(origin, destination);
      const path = join(folder.path, "log.sqlite");
      if (database) store = await connectPostgresLogStore({ directory }, database.options);
      else
        store = driver === "memory" ? new MemoryLogStore({ directory }) : new SqliteLogStore({ directory }, { path });
    });
    afterEach(async () => {
      await store.close();
      await folder.remove();
    });

    it("take opening and entries of epochs that are over, and what stands again", async () => {
      const { facts, opening } = await sampleSession(origin, destination);
      const old = await makeEntries(facts, origin, 3);
      directory.rotateKey(origin.gatewayId, successor.signer.address);
      await expectRejection(store.openSession(opening, old), "STALE_EPOCH");
      await store.adopt({ opening, entries: old });
      const fresh = await makeEntry(facts, successor, old[2] ?? null);
      await store.adopt({ entries: [...old, fresh] });
      await store.adopt({ opening, entries: [...old, fresh] });
      const log = await store.read(facts.sessionId, origin.gatewayId, { from: 0, limit: 10 });
      expect(log).to.deep.equal([...old, fresh]);
    });

    it("do not go back to an epoch, take no key that was never the gateway's, and no other entry at an index", async () => {
      const { facts, opening } = await sampleSession(origin, destination);
      const [first] = await makeEntries(facts, origin, 1);
      directory.rotateKey(origin.gatewayId, successor.signer.address);
      const fresh = await makeEntry(facts, successor, first ?? null);
      await store.adopt({ opening, entries: [first!, fresh] });
      await expectRejection(store.adopt({ entries: [await makeEntry(facts, origin, fresh)] }), "STALE_EPOCH");
      const future = await makeEntry(facts, { ...successor, epoch: 3 }, fresh);
      await expectRejection(store.adopt({ entries: [future] }), "STALE_EPOCH");
      const forged = await makeEntry(facts, { ...origin, epoch: 2 }, fresh);
      await expectRejection(store.adopt({ entries: [forged] }), "FOREIGN_SIGNATURE");
      const other = await makeEntry(facts, origin, null, { timestamp: 1 });
      await expectRejection(store.adopt({ entries: [other] }), "EQUIVOCATION");
      const gap = await makeEntry(facts, successor, fresh, { index: 5 });
      await expectRejection(store.adopt({ entries: [gap] }), "WRONG_INDEX", { expected: 2 });
    });

    it("are opened together with their first entries, or not at all", async () => {
      const { facts, opening } = await sampleSession(origin, destination);
      const [, second] = await makeEntries(facts, origin, 2);
      const forged = await makeEntry(facts, { ...origin, signer: destination.signer }, null);
      for (const entries of [[second!], [forged]]) {
        await expectRejection(
          store.adopt({ opening, entries }),
          entries[0] === second ? "WRONG_INDEX" : "FOREIGN_SIGNATURE",
        );
        await expectRejection(
          store.openSession(opening, entries),
          entries[0] === second ? "WRONG_INDEX" : "FOREIGN_SIGNATURE",
        );
        await expectRejection(store.session(facts.sessionId), "UNKNOWN_SESSION");
      }
      // What was undone is not remembered: another session may have the id.
      const other = await sampleSession(origin, destination, { sessionId: facts.sessionId, deadline: 3_999_999_999 });
      await store.openSession(other.opening, await makeEntries(other.facts, origin, 1));
      expect((await store.session(facts.sessionId)).opening.facts.deadline).to.equal(3_999_999_999);
    });
  });

describe("a directory of gateways from a configuration", () => {
  const key = (epoch: number) => ({ epoch, key: sampleGateway("origin", epoch).signer.address });
  const record = { gatewayId: origin.gatewayId, epoch: 2, keys: [key(1), key(2)], endpoints: ["http://127.0.0.1:1"] };

  it("answers for those that it names, and for nobody else", async () => {
    const directory = new StaticGatewayDirectory([record]);
    expect(await directory.gateway(origin.gatewayId)).to.deep.equal(record);
    await expectRejection(directory.gateway(UNKNOWN_GATEWAY), "UNKNOWN_GATEWAY");
  });

  it("refuses a gateway that is named twice, and keys that are not one for each epoch up to the current one", () => {
    const wrong = [
      [record, record],
      [{ ...record, keys: [] }],
      [{ ...record, epoch: 1 }],
      [{ ...record, keys: [key(2), key(1)] }],
      [{ ...record, keys: [key(2), key(2)] }],
      [{ ...record, epoch: 0, keys: [{ ...key(1), epoch: 0 }] }],
    ];
    for (const records of wrong) expectError(() => new StaticGatewayDirectory(records), "INVALID_CONFIG");
  });
});
