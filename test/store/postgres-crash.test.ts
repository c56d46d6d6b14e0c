import { expect } from "chai";
import { isGatelogError } from "../../src/entry/errors.ts";
import { PostgresDatabase } from "../../src/store/postgres-database.ts";
import { connectPostgresLogStore, type PostgresLogStore } from "../../src/store/postgres-log-store.ts";
import { postgresAddress } from "../../src/store/postgres-options.ts";
import { entryValues, statementsFor } from "../../src/store/postgres-rows.ts";
import { expectRejection } from "../support/expect-error.ts";
import {
  createTestDatabase,
  describePostgres,
  describePostgresServer,
  type TestDatabase,
} from "../support/postgres.ts";
import { LastWords } from "../support/postgres-last-words.ts";
import { PostgresServer } from "../support/postgres-server.ts";
import { makeEntries, makeEntry, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { codeOf } from "../support/store-doubles.ts";
import { until } from "../support/until.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
const directory = sampleDirectory(origin, destination);
const WHOLE = { from: 0, limit: 250 };

describePostgresServer("PostgresLogStore, when the server is killed", function (binaries) {
  const WRITERS = 12;
  const ENTRIES = 60;
  const KILLS = 4;

  let server: PostgresServer;
  let database: TestDatabase;
  let store: PostgresLogStore;

  before(async () => {
    server = await PostgresServer.start(binaries);
    database = await createTestDatabase(server);
    store = await connectPostgresLogStore({ directory }, database.options);
  });
  after(async () => {
    await store.close();
    await server.stop();
  });

  it("outlives a server that goes down in the moment in which it takes a connection", async () => {
    const { url, password } = database.options;
    const { proxy, url: through } = await LastWords.before(url);
    const proxied = await connectPostgresLogStore({ directory }, { url: through, ...(password && { password }) });
    const { facts, opening } = await sampleSession(origin, destination);
    await proxied.openSession(opening);
    const readAll = () =>
      Promise.all(Array.from({ length: 8 }, () => codeOf(proxied.read(facts.sessionId, origin.gatewayId, WHOLE))));
    proxy.arm(true);
    const codes = await readAll();
    expect(proxy.said).to.be.greaterThan(0);
    expect(codes).to.include("STORE_UNAVAILABLE");
    proxy.arm(false);
    expect(new Set(await readAll())).to.deep.equal(new Set(["resolved"]));
    await proxied.close();
    await proxy.close();
  });

  it("has every entry that it acknowledged, whole and in order, and takes the rest again", async function () {
    this.timeout(240_000);
    const logs = await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        const { facts, opening } = await sampleSession(origin, destination);
        await store.openSession(opening);
        return { sessionId: facts.sessionId, entries: await makeEntries(facts, origin, ENTRIES), acknowledged: 0 };
      }),
    );
    const read = (sessionId: string) => store.read(sessionId, origin.gatewayId, WHOLE);
    for (let kills = 0; kills < KILLS; kills += 1) {
      const before = logs.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
      const failures: unknown[] = [];
      const writers = logs.map(async (log) => {
        try {
          for (const entry of log.entries.slice(log.acknowledged)) {
            await store.append([entry]);
            log.acknowledged += 1;
          }
        } catch (error) {
          failures.push(error);
        }
      });
      const enough = before + WRITERS * 5 + kills;
      await until(
        "some are acknowledged",
        () => logs.reduce((sum, log) => sum + log.acknowledged, 0) >= enough,
        60_000,
      );
      await server.kill();
      await Promise.all(writers);
      expect(failures, "each writer was interrupted").to.have.length(WRITERS);
      for (const error of failures) expect(isGatelogError(error, "STORE_UNAVAILABLE"), String(error)).to.equal(true);
      expect(await codeOf(read(logs[0]!.sessionId))).to.equal("STORE_UNAVAILABLE");
      await server.restart();
      for (const { sessionId, entries, acknowledged } of logs) {
        const stored = await read(sessionId);
        expect(stored.length).to.be.at.least(acknowledged);
        expect(stored, "nothing torn, nothing else").to.deep.equal(entries.slice(0, stored.length));
      }
    }
    // The first of these may stand already: it was committed, and its answer was lost.
    for (const { sessionId, entries, acknowledged } of logs) {
      for (const entry of entries.slice(acknowledged)) await store.append([entry]);
      expect(await read(sessionId)).to.deep.equal(entries);
    }
  });
});

describePostgres("PostgresLogStore, when connections and transactions fail", function () {
  let database: TestDatabase;
  let store: PostgresLogStore;

  before(async () => {
    database = await createTestDatabase();
    store = await connectPostgresLogStore({ directory }, database.options);
  });
  after(async () => {
    await store.close();
    await database.drop();
  });

  async function opened() {
    const session = await sampleSession(origin, destination);
    await store.openSession(session.opening);
    return { ...session, sessionId: session.facts.sessionId, entry: await makeEntry(session.facts, origin, null) };
  }

  const backends = `FROM pg_stat_activity WHERE application_name = 'gatelog' AND datname = current_database() AND pid <> pg_backend_pid()`;

  it("loses its connections while they are free, and goes on with others", async () => {
    const { sessionId, entry } = await opened();
    const ended = await database.sql(`SELECT pg_terminate_backend(pid) ${backends}`);
    expect(ended).not.to.have.length(0);
    await until("it goes on", async () => (await codeOf(store.append([entry]))) === "resolved");
    expect(await store.read(sessionId, origin.gatewayId, WHOLE)).to.deep.equal([entry]);
  });

  it("loses one in a transaction: the call fails, nothing of it stands, and it may be repeated", async () => {
    const { sessionId, entry } = await opened();
    const holder = await database.connect();
    await holder.query("BEGIN");
    await holder.query(
      `SELECT FROM gatelog.log WHERE session = (SELECT id FROM gatelog.session WHERE session_id = $1) FOR UPDATE`,
      [sessionId],
    );
    const append = codeOf(store.append([entry]));
    const waiting = `${backends} AND wait_event_type = 'Lock'`;
    await until("it waits in its transaction", async () => (await database.sql(`SELECT 1 ${waiting}`)).length === 1);
    await database.sql(`SELECT pg_terminate_backend(pid) ${waiting}`);
    expect(await append).to.equal("STORE_UNAVAILABLE");
    await holder.end();
    expect(await store.read(sessionId, origin.gatewayId, WHOLE)).to.deep.equal([]);
    await store.append([entry]);
    expect(await store.read(sessionId, origin.gatewayId, WHOLE)).to.deep.equal([entry]);
  });

  it("says what the server says: a full disk is no verdict on the entry, a conflict is tried again, a few times", async () => {
    const fail = (condition: string, code: string): Promise<unknown> =>
      database.sql(`
        CREATE SEQUENCE IF NOT EXISTS public.tries; ALTER SEQUENCE public.tries RESTART;
        GRANT ALL ON SEQUENCE public.tries TO PUBLIC;
        CREATE OR REPLACE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF ${condition} THEN RAISE EXCEPTION 'it fails for a test' USING ERRCODE = '${code}'; END IF; RETURN NULL;
        END $$;
        CREATE OR REPLACE TRIGGER fail AFTER INSERT ON gatelog.entry FOR EACH STATEMENT EXECUTE FUNCTION public.fail()`);
    const { entry } = await opened();
    try {
      await fail("true", "53100");
      const full = await expectRejection(store.append([entry]), "STORE_UNAVAILABLE", { reason: "53100" });
      expect(full.message).to.contain("it fails for a test");
      for (const code of ["40001", "40P01"]) {
        await fail("nextval('public.tries') < 4", code);
        const again = await opened();
        await store.append([again.entry]);
        expect(await store.read(again.sessionId, origin.gatewayId, WHOLE)).to.deep.equal([again.entry]);
      }
      await fail("nextval('public.tries') > 0", "40001");
      await expectRejection(store.append([entry]), "STORE_UNAVAILABLE", { reason: "40001" });
      expect((await database.sql("SELECT last_value::int AS tries FROM public.tries"))[0]).to.deep.equal({ tries: 5 });
    } finally {
      await database.sql("DROP TRIGGER fail ON gatelog.entry");
    }
    await store.append([entry]);
  });

  it("waits, before it is read behind a crash, for what the process before it had sent", async () => {
    const { facts, sessionId } = await opened();
    const [entry] = await makeEntries(facts, origin, 1);
    const earlier = await PostgresDatabase.open(postgresAddress(database.options));
    const sql = statementsFor(earlier.schema);
    const gate = { open: (): void => undefined };
    const opens = new Promise<void>((resolve) => (gate.open = resolve));
    // A transaction as it is when its process dies behind the last statement: the server has it all, but for its end.
    const [log] = await database.sql(
      "SELECT log.id::text AS id FROM gatelog.log JOIN gatelog.session ON session.id = log.session WHERE session_id = $1 AND place = 0",
      [sessionId],
    );
    let isSent = false;
    const sent = earlier.transaction(async (runner) => {
      await runner.run(sql.takeLogs, [[log?.["id"]]]);
      await runner.run(sql.insertEntries, entryValues([{ log: String(log?.["id"]), entry: entry! }]));
      isSent = true;
      await opens;
    });
    await until("it is sent", () => isSent);
    expect(await store.read(sessionId, origin.gatewayId, WHOLE), "a reading sees nothing of it").to.deep.equal([]);
    let isSettled = false;
    const settled = store.settled(sessionId).then(() => (isSettled = true));
    await until(
      "it waits",
      async () => (await database.sql(`SELECT 1 ${backends} AND wait_event_type = 'Lock'`)).length === 1,
    );
    expect(isSettled).to.equal(false);
    gate.open();
    await Promise.all([settled, sent]);
    expect(await store.read(sessionId, origin.gatewayId, WHOLE)).to.deep.equal([entry]);
    await earlier.close();
  });
});
