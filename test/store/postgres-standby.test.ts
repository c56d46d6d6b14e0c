import { expect } from "chai";
import { join } from "node:path";
import type { Client } from "pg";
import type { Logging } from "../../src/entry/session.ts";
import { signOpening } from "../../src/entry/signed-statements.ts";
import { PostgresDatabase } from "../../src/store/postgres-database.ts";
import { connectPostgresLogStore, PostgresLogStore } from "../../src/store/postgres-log-store.ts";
import { postgresAddress } from "../../src/store/postgres-options.ts";
import { routeLogs, type RoutedLogStore, type RoutedMember } from "../../src/store/routed-log-store.ts";
import { SessionHomes } from "../../src/store/session-homes.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { expectRejection } from "../support/expect-error.ts";
import { createTestDatabase, describePostgresServer, type TestDatabase } from "../support/postgres.ts";
import { PostgresServer } from "../support/postgres-server.ts";
import { makeEntries, makeEntry, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { codeOf } from "../support/store-doubles.ts";
import { temporaryFolder } from "../support/store-stages.ts";
import { until } from "../support/until.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
const directory = sampleDirectory(origin, destination);
const WHOLE = { from: 0, limit: 250 };
/** Behind this a client gives up an answer here; in earnest it takes longer. */
const IMPATIENCE_MS = 1_500;

describePostgresServer("PostgresLogStore, while the server's synchronous standby is away", function (binaries) {
  let server: PostgresServer;
  let database: TestDatabase;
  let admin: Client;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let store: PostgresLogStore;

  before(async () => {
    server = await PostgresServer.start(binaries);
    database = await createTestDatabase(server);
    folder = await temporaryFolder();
    admin = await database.connect();
    await admin.query("SET synchronous_commit = local");
    store = await connect();
  });
  afterEach(() => standbyReturns());
  after(async () => {
    await store.close();
    await admin.end();
    await folder.remove();
    await server.stop();
  });

  const connect = (): Promise<PostgresLogStore> => connectPostgresLogStore({ directory }, database.options);

  /** One whose client soon gives up. */
  async function connectImpatiently(): Promise<PostgresLogStore> {
    const address = postgresAddress(database.options);
    const client = { ...address.client, query_timeout: IMPATIENCE_MS };
    return new PostgresLogStore({ directory, database: await PostgresDatabase.open({ ...address, client }) });
  }

  async function standbyGoes(): Promise<void> {
    await admin.query("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    await admin.query("SELECT pg_reload_conf()");
    // The server learns of it a moment later.
    await until("a commit waits", async () => {
      let isDone = false;
      const probe = database.sql("SELECT pg_logical_emit_message(true, 'probe', '')").then(() => (isDone = true));
      const found = await until("it waits or is done", async () =>
        isDone ? "done" : (await committing()) > 0 && "waits",
      );
      await cancel();
      await probe;
      return found === "waits";
    });
  }

  async function standbyReturns(): Promise<void> {
    await admin.query("ALTER SYSTEM RESET synchronous_standby_names");
    await admin.query("SELECT pg_reload_conf()");
    await until("nobody waits for it", async () => (await committing()) === 0);
  }

  /** Number of commits that wait for the standby. */
  const committing = async (): Promise<number> =>
    (await admin.query("SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'")).rowCount ?? 0;

  /** An administrator ends the waits: what was committed shows, and nobody can tell whether the standby has it. */
  const cancel = async (): Promise<number> =>
    (await admin.query("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")).rowCount ??
    0;

  /** Number of transactions that wait for another one. */
  const blocked = async (): Promise<number> =>
    (await admin.query("SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"))
      .rowCount ?? 0;

  async function sample(logging: Logging = "shared") {
    const { facts: made } = await sampleSession(origin, destination);
    const facts = { ...made, profile: { ...made.profile, logging } };
    return { facts, sessionId: facts.sessionId, opening: await signOpening(facts, 1, origin.signer) };
  }

  it("an earlier process's opening is waited for, and found (R8)", async () => {
    const { facts, sessionId, opening } = await sample();
    const entries = await makeEntries(facts, origin, 1);
    await standbyGoes();
    // Nobody will see its answer.
    const earlier = codeOf(store.openSession(opening, entries));
    await until("it commits", async () => (await committing()) === 1);
    const later = await connect();
    const settled = codeOf(later.settled(sessionId));
    await until("the later process waits", async () => (await blocked()) === 1);
    expect(await codeOf(later.session(sessionId)), "a reading sees nothing of it").to.equal("UNKNOWN_SESSION");
    await standbyReturns();
    expect(await settled).to.equal("resolved");
    expect(await later.read(sessionId, origin.gatewayId, WHOLE)).to.deep.equal(entries);
    expect(await earlier).to.equal("resolved");
    await later.close();
  });

  it("no session that an earlier process has sent here is opened in another store", async () => {
    const local = new SqliteLogStore({ directory }, { path: join(folder.path, "log.sqlite") });
    const route = (tables: PostgresLogStore): RoutedLogStore =>
      routeLogs(
        new Map<Logging, RoutedMember>([
          ["local", { store: local, flush: () => Promise.resolve() }],
          ["shared", { store: tables, flush: (sessionId) => tables.settled(sessionId) }],
        ]),
        new SessionHomes(),
      );
    const { facts, sessionId, opening } = await sample("shared");
    const profile = { ...facts.profile, logging: "local" } as const;
    const elsewhere = await signOpening({ ...facts, profile }, 1, origin.signer);
    await standbyGoes();
    const earlier = codeOf(route(store).openSession(opening));
    await until("it commits", async () => (await committing()) === 1);
    const tables = await connect();
    const later = codeOf(route(tables).openSession(elsewhere));
    await until("the later process waits", async () => (await blocked()) === 1);
    await standbyReturns();
    expect(await later).to.equal("SESSION_EXISTS");
    expect(await earlier).to.equal("resolved");
    await expectRejection(local.session(sessionId), "UNKNOWN_SESSION");
    await tables.close();
    await local.close();
  });

  it("an opening that was not confirmed is not either when it is repeated, whoever repeats it", async () => {
    const { facts, sessionId, opening } = await sample();
    const [entry] = await makeEntries(facts, origin, 1);
    const other = await connect();
    await standbyGoes();
    const unconfirmed = async (what: string, code: Promise<string>): Promise<void> => {
      await until(`${what} waits for the standby`, async () => (await committing()) === 1);
      await cancel();
      expect(await code, what).to.equal("STORE_UNAVAILABLE");
    };
    // Who opens it at the same time waits for the first, and finds it.
    const first = codeOf(store.openSession(opening));
    await until("the first waits for the standby", async () => (await committing()) === 1);
    const second = codeOf(other.openSession(opening));
    await until("the second waits for the first", async () => (await blocked()) === 1);
    await cancel();
    expect(await first).to.equal("STORE_UNAVAILABLE");
    await unconfirmed("the second", second);
    expect((await store.session(sessionId)).logs[0]?.length, "it shows").to.equal(0);
    for (const each of [store, other]) {
      await unconfirmed("the opening again", codeOf(each.openSession(opening)));
      await unconfirmed("the opening adopted", codeOf(each.adopt({ opening, entries: [] })));
    }
    await unconfirmed("an append", codeOf(store.append([entry!])));
    await unconfirmed("the append again", codeOf(other.append([entry!])));
    await standbyReturns();
    for (const each of [store, other]) await each.openSession(opening, [entry!]);
    await other.close();
  });

  it("a commit without an answer is the last one until the server has ended it", async () => {
    const impatient = await connectImpatiently();
    const sessions = await Promise.all([sample(), sample(), sample()]);
    for (const { opening } of sessions) await store.openSession(opening);
    const entries = await Promise.all(sessions.map(({ facts }) => makeEntry(facts, origin, null)));
    await standbyGoes();
    await expectRejection(impatient.append([entries[0]!]), "STORE_UNAVAILABLE");
    expect(await committing(), "the server goes on with it").to.equal(1);
    for (const [place, { sessionId, opening }] of sessions.entries())
      for (const work of [
        () => impatient.append([entries[place]!]),
        () => impatient.openSession(opening),
        () => impatient.settled(sessionId),
      ])
        await expectRejection(work(), "STORE_UNAVAILABLE", { reason: "unanswered commit" });
    expect(await committing(), "and with no other").to.equal(1);
    expect(await impatient.read(sessions[0].sessionId, origin.gatewayId, WHOLE)).to.deep.equal([]);
    await standbyReturns();
    for (const [place, { sessionId }] of sessions.entries()) {
      await until("it goes on", async () => (await codeOf(impatient.append([entries[place]!]))) === "resolved");
      expect(await store.read(sessionId, origin.gatewayId, WHOLE)).to.deep.equal([entries[place]]);
    }
    await impatient.close();
  });
});
