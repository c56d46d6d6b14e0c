import { expect } from "chai";
import { isGatelogError } from "../../src/entry/errors.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { signClosing } from "../../src/entry/signed-statements.ts";
import { connectPostgresLogStore, type PostgresLogStore } from "../../src/store/postgres-log-store.ts";
import { expectRejection } from "../support/expect-error.ts";
import { createTestDatabase, describePostgres, type TestDatabase } from "../support/postgres.ts";
import { makeEntries, makeEntry, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { codeOf } from "../support/store-doubles.ts";
import { until } from "../support/until.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
const directory = sampleDirectory(origin, destination);
const WHOLE = { from: 0, limit: 250 };

describePostgres("PostgresLogStore", function () {
  let database: TestDatabase;
  let store: PostgresLogStore;
  /** Another process on another host, as far as the database can tell. */
  let other: PostgresLogStore;
  const connect = (): Promise<PostgresLogStore> => connectPostgresLogStore({ directory }, database.options);

  before(async () => {
    database = await createTestDatabase();
    [store, other] = await Promise.all([connect(), connect()]);
  });
  after(async () => {
    await Promise.all([store, other].map((each) => each.close()));
    await database.drop();
  });

  async function opened(count = 0) {
    const session = await sampleSession(origin, destination);
    const entries = await makeEntries(session.facts, origin, count);
    await store.openSession(session.opening, entries);
    return { ...session, entries, sessionId: session.facts.sessionId };
  }

  /** As somebody does who must not: the tables' triggers refuse it otherwise. */
  const tamper = (text: string): Promise<unknown> =>
    database.sql(`BEGIN; SET LOCAL session_replication_role = replica; ${text}; COMMIT`);

  describe("writers", () => {
    it("take turns when two hosts write one log, and one of them has each index", async () => {
      const { facts, sessionId } = await opened();
      const stood: SignedEntry[] = [];
      for (let round = 0; round < 12; round += 1) {
        const previous = stood.at(-1) ?? null;
        const rivals = await Promise.all(
          [1, 2, 3, 4].map((timestamp) => makeEntry(facts, origin, previous, { timestamp })),
        );
        const codes = await Promise.all(
          rivals.map((entry, place) => codeOf((place % 2 === 0 ? store : other).append([entry]))),
        );
        expect(codes.filter((code) => code === "resolved")).to.have.length(1);
        expect(codes.filter((code) => code === "EQUIVOCATION")).to.have.length(3);
        stood.push(rivals[codes.indexOf("resolved")]!);
      }
      for (const each of [store, other])
        expect(await each.read(sessionId, origin.gatewayId, WHOLE)).to.deep.equal(stood);
      expect(await store.evidence(sessionId)).to.have.length(36);
    });

    it("open one session at once from two hosts, which is one session", async () => {
      for (let round = 0; round < 8; round += 1) {
        const { facts, opening } = await sampleSession(origin, destination);
        const entries = await makeEntries(facts, origin, 2);
        await Promise.all([store, other, store].map((each) => each.openSession(opening, entries)));
        expect(await other.read(facts.sessionId, origin.gatewayId, WHOLE)).to.deep.equal(entries);
        const rival = await sampleSession(origin, destination, { sessionId: facts.sessionId, deadline: 3_999_999_999 });
        await expectRejection(other.openSession(rival.opening), "SESSION_EXISTS");
      }
    });

    it("of many logs write at once, each its own in order, and share transactions", async () => {
      const logs = await Promise.all(Array.from({ length: 24 }, () => opened()));
      const written = await Promise.all(
        logs.map(async ({ facts, sessionId }, place) => {
          const entries = await makeEntries(facts, origin, 5);
          for (const entry of entries) await (place % 2 === 0 ? store : other).append([entry]);
          return { sessionId, entries };
        }),
      );
      for (const { sessionId, entries } of written)
        expect(await other.read(sessionId, origin.gatewayId, WHOLE)).to.deep.equal(entries);
      const [row] = await database.sql(
        "SELECT count(*)::int AS entries, count(DISTINCT xmin::text)::int AS transactions FROM gatelog.entry WHERE log IN" +
          " (SELECT log.id FROM gatelog.log JOIN gatelog.session ON session.id = log.session WHERE session_id = ANY($1))",
        [logs.map(({ sessionId }) => sessionId)],
      );
      expect(row?.["entries"]).to.equal(120);
      expect(row?.["transactions"]).to.be.lessThan(120);
    });

    it("that share a transaction with a bad one are not refused with it", async () => {
      const logs = await Promise.all(Array.from({ length: 6 }, () => opened(1)));
      const runs = await Promise.all(
        logs.map(async ({ facts, entries: [first] }, place) => {
          if (place === 1) return makeEntry(facts, origin, first!, { index: 7 });
          if (place === 3) return makeEntry(facts, origin, null, { timestamp: 9 });
          return makeEntry(facts, origin, first!);
        }),
      );
      // All of them at once behind one that is under way.
      const codes = await Promise.all(runs.map((entry) => codeOf(store.append([entry]))));
      expect(codes).to.deep.equal(["resolved", "WRONG_INDEX", "resolved", "EQUIVOCATION", "resolved", "resolved"]);
      for (const [place, { sessionId }] of logs.entries()) {
        const log = await store.read(sessionId, origin.gatewayId, WHOLE);
        expect(log).to.have.length([1, 3].includes(place) ? 1 : 2);
      }
    });

    /** A transaction that holds the session's logs until it ends. */
    async function hold(...sessionIds: readonly string[]) {
      const holder = await database.connect();
      await holder.query("BEGIN");
      await holder.query(
        "SELECT FROM gatelog.log JOIN gatelog.session ON session.id = log.session WHERE session_id = ANY($1) FOR SHARE OF log",
        [sessionIds],
      );
      return holder;
    }

    const waiting = async (): Promise<number> => {
      const rows = await database.sql(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return rows.length;
    };

    it("need not wait for logs that another transaction holds; who writes to those is told so", async () => {
      const held = await Promise.all([1, 2, 3, 4].map(() => opened()));
      const holder = await hold(...held.map(({ sessionId }) => sessionId));
      const entries = (await Promise.all(held.map(({ facts }) => makeEntries(facts, origin, 2)))).flat();
      const [lead, next] = await Promise.all([opened(), opened()]);
      const free = await Promise.all([lead, next].map(({ facts }) => makeEntries(facts, origin, 2)));
      // While the first is under way, the others come together into one group.
      const first = codeOf(store.append([free[0]![0]!]));
      const blocked = entries.map((entry) => codeOf(store.append([entry])));
      expect(await Promise.all([first, codeOf(store.append([free[1]![0]!]))])).to.deep.equal(["resolved", "resolved"]);
      await until("one transaction waits", async () => (await waiting()) === 1);
      for (const entry of free.map((pair) => pair[1]!)) await store.append([entry]);
      expect(await waiting(), "and no other").to.be.at.most(1);
      expect(new Set(await Promise.all(blocked))).to.deep.equal(new Set(["STORE_UNAVAILABLE"]));
      await holder.end();
      for (const entry of entries) await store.append([entry]);
      for (const [place, { sessionId }] of held.entries())
        expect(await store.read(sessionId, origin.gatewayId, WHOLE)).to.deep.equal(
          entries.slice(2 * place, 2 * place + 2),
        );
    });

    it("keep the order of one log while another transaction holds it", async () => {
      const logs = await Promise.all(
        Array.from({ length: 6 }, async () => {
          const session = await opened();
          return { ...session, next: await makeEntries(session.facts, origin, 5) };
        }),
      );
      const holder = await hold(...logs.map(({ sessionId }) => sessionId));
      const appends = logs.flatMap(({ next }) => next.slice(0, 4).map((entry) => codeOf(store.append([entry]))));
      await until("it waits", async () => (await waiting()) === 1);
      appends.push(...logs.map(({ next }) => codeOf(store.append([next[4]!]))));
      await holder.query("ROLLBACK");
      expect(new Set(await Promise.all(appends))).to.deep.equal(new Set(["resolved"]));
      for (const { sessionId, next } of logs)
        expect(await store.read(sessionId, origin.gatewayId, WHOLE)).to.deep.equal(next);
      await holder.end();
    });

    it("keep refused equivocations as evidence, once each, for every host", async () => {
      const { facts, sessionId, entries } = await opened(1);
      const refused = await makeEntry(facts, origin, null, { timestamp: 3 });
      for (const each of [store, other, store]) expect(await codeOf(each.append([refused]))).to.equal("EQUIVOCATION");
      expect(await other.evidence(sessionId)).to.deep.equal([{ standing: entries[0]!.entryHash, refused }]);
    });
  });

  describe("promises", () => {
    it("commit to the disk, whatever the account's default says", async () => {
      const user = new URL(database.options.url).username;
      await database.sql(`ALTER ROLE ${user} SET synchronous_commit = off`);
      const lax = await connect();
      try {
        await database.sql(
          `CREATE TABLE public.level_seen (level text); GRANT ALL ON public.level_seen TO ${user};
           CREATE FUNCTION public.note_level() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN INSERT INTO public.level_seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
           CREATE TRIGGER note_level AFTER INSERT ON gatelog.entry FOR EACH STATEMENT EXECUTE FUNCTION public.note_level()`,
        );
        const { opening, facts } = await sampleSession(origin, destination);
        const [first, second] = await makeEntries(facts, origin, 2);
        await lax.openSession(opening, [first!]);
        await lax.append([second!]);
        expect(await database.sql("SELECT DISTINCT level FROM public.level_seen")).to.deep.equal([{ level: "on" }]);
      } finally {
        await lax.close();
        await database.sql(`ALTER ROLE ${user} RESET synchronous_commit; DROP TRIGGER note_level ON gatelog.entry`);
      }
    });

    it("finish what is under way when the store is closed, and refuse what comes then", async () => {
      const closing = await connect();
      const { facts, sessionId } = await opened();
      const [first, second] = await makeEntries(facts, origin, 2);
      const under = closing.append([first!]);
      await Promise.all([closing.close(), under]);
      await expectRejection(closing.append([second!]), "STORE_UNAVAILABLE");
      expect(await store.read(sessionId, origin.gatewayId, WHOLE)).to.deep.equal([first]);
      await closing.close();
    });

    it("find a gateway's sessions by an index", async () => {
      const plan = (where: string): Promise<Record<string, unknown>[]> =>
        database.sql(
          `SET enable_seqscan = off; EXPLAIN SELECT session FROM gatelog.log WHERE gateway_id = 'x' ${where}`,
        );
      const texts = await Promise.all(
        ["", "AND closing IS NULL"].map(async (where) => JSON.stringify(await plan(where))),
      );
      expect(texts[0]).to.match(/log_of_gateway/);
      expect(texts[1]).to.match(/open_log_of_gateway/);
    });
  });

  describe("rows that were changed by hand", () => {
    it("are refused by the tables, even for their owner", async () => {
      await opened(1);
      for (const [text, table] of [
        ["UPDATE gatelog.entry SET payload = ''", "entry"],
        ["DELETE FROM gatelog.entry", "entry"],
        ["TRUNCATE gatelog.entry", "entry"],
        ["DELETE FROM gatelog.evidence", "evidence"],
        ["UPDATE gatelog.session SET opening = ''", "session"],
        ["DELETE FROM gatelog.log", "log"],
      ] as const)
        await database.sql(text).then(
          () => expect.fail(`${text} was done`),
          (error: unknown) => expect(String(error)).to.match(new RegExp(`a row of ${table} is never changed`)),
        );
    });

    for (const [what, text, reason] of [
      [
        "a payload",
        "UPDATE gatelog.entry SET payload = payload || '\\x00' WHERE position = 3 AND log = LOG",
        /entry 3 .*changed/,
      ],
      [
        "a signature",
        "UPDATE gatelog.entry SET signature = header WHERE position = 3 AND log = LOG",
        /entry 3 .*changed/,
      ],
      [
        "a position",
        "UPDATE gatelog.entry SET position = 9 WHERE position = 3 AND log = LOG",
        /entry (3|9) .*(missing|changed)/,
      ],
      ["a row that is gone", "DELETE FROM gatelog.entry WHERE position = 3 AND log = LOG", /entry 3 .*missing/],
    ] as const)
      it(`are never read as valid (${what}); the session is read-only then, and no other`, async () => {
        const { facts, sessionId, entries } = await opened(6);
        const whole = await opened(2);
        const log = `(SELECT log.id FROM gatelog.log JOIN gatelog.session ON session.id = log.session
          WHERE session_id = '${sessionId}' AND gateway_id = '${origin.gatewayId}')`;
        await tamper(text.replace("LOG", log));
        const error = await store.read(sessionId, origin.gatewayId, WHOLE).then(
          () => expect.fail("it was read"),
          (reason: unknown) => reason,
        );
        expect(isGatelogError(error, "CORRUPT_STORE")).to.equal(true);
        expect(String(error)).to.match(reason).and.contain(sessionId);
        expect(store.damage(sessionId)).to.match(reason);
        const before = await store.read(sessionId, origin.gatewayId, { from: 0, limit: 3 });
        expect(before).to.deep.equal(entries.slice(0, 3));
        const next = await makeEntry(facts, origin, entries[5]!);
        await expectRejection(store.append([next]), "CORRUPT_STORE");
        await expectRejection(store.closeLog(await closingOf(facts, entries)), "CORRUPT_STORE");
        await store.append([await makeEntry(whole.facts, origin, whole.entries[1]!)]);
        expect(store.damage(whole.sessionId)).to.equal(null);
      });

    it("are never read as valid (an entry of another log, whose bytes are whole)", async () => {
      const [from, to] = [await opened(2), await opened(0)];
      const logOf = (sessionId: string): string =>
        `(SELECT log.id FROM gatelog.log JOIN gatelog.session ON session.id = log.session WHERE session_id = '${sessionId}' AND place = 0)`;
      await tamper(`UPDATE gatelog.entry SET log = ${logOf(to.sessionId)} WHERE log = ${logOf(from.sessionId)}`);
      expect(await codeOf(store.read(to.sessionId, origin.gatewayId, WHOLE))).to.equal("CORRUPT_STORE");
      await expectRejection(other.append(await makeEntries(to.facts, origin, 1)), "CORRUPT_STORE");
    });

    it("are never read as valid (a closing that is taken back, an opening, evidence)", async () => {
      const closed = await opened(1);
      await store.closeLog(await closingOf(closed.facts, closed.entries));
      await tamper(
        `UPDATE gatelog.log SET closing = NULL WHERE session = (SELECT id FROM gatelog.session WHERE session_id = '${closed.sessionId}')`,
      );
      expect(await codeOf(store.session(closed.sessionId))).to.equal("CORRUPT_STORE");

      const changed = await opened(1);
      await tamper(
        `UPDATE gatelog.session SET opening = replace(opening, '4000000000', '4000000001') WHERE session_id = '${changed.sessionId}'`,
      );
      const fresh = await connect();
      expect(await codeOf(fresh.session(changed.sessionId))).to.equal("CORRUPT_STORE");
      await expectRejection(fresh.openSession(changed.opening), "CORRUPT_STORE");
      await fresh.close();

      const accused = await opened(1);
      await codeOf(store.append([await makeEntry(accused.facts, origin, null, { timestamp: 5 })]));
      await tamper(
        `UPDATE gatelog.evidence SET standing = refused_hash WHERE standing = '${accused.entries[0]!.entryHash}'`,
      );
      expect(await codeOf(store.evidence(accused.sessionId))).to.equal("CORRUPT_STORE");
    });
  });
});

function closingOf(facts: Parameters<typeof signClosing>[0], entries: readonly SignedEntry[]) {
  const { gatewayId, epoch, signer } = origin;
  const lastEntryHash = entries.at(-1)!.entryHash;
  return signClosing(facts, { gatewayId, length: entries.length, lastEntryHash, epoch }, signer);
}
