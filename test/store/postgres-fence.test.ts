import { expect } from "chai";
import fc from "fast-check";
import type { Client } from "pg";
import { z } from "zod";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { signClosing } from "../../src/entry/signed-statements.ts";
import { StoreAuthority } from "../../src/gateway/failover/store-authority.ts";
import { GroupedGatewayDirectory } from "../../src/store/grouped-gateway-directory.ts";
import { PostgresDatabase } from "../../src/store/postgres-database.ts";
import { shareFences } from "../../src/store/postgres-fence.ts";
import { connectPostgresGroups, type PostgresGroups } from "../../src/store/postgres-groups.ts";
import { connectPostgresLogStore } from "../../src/store/postgres-log-store.ts";
import { postgresAddress } from "../../src/store/postgres-options.ts";
import { statementsFor } from "../../src/store/postgres-rows.ts";
import { StaticGatewayDirectory } from "../../src/store/static-gateway-directory.ts";
import { expectRejection } from "../support/expect-error.ts";
import { createTestDatabase, describePostgres, type TestDatabase } from "../support/postgres.ts";
import { makeEntries, makeEntry, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { foundGroup } from "../support/signed-group.ts";
import { codeOf } from "../support/store-doubles.ts";
import { until } from "../support/until.ts";

const peer = sampleGateway("fence peer");
const PAUSE_MS = 30;
const whole = { from: 0, limit: 250 };
const arrivalsSchema = z.array(z.object({ hash: z.string(), before: z.boolean() }));

// The old primary and the new one as two processes: each with a store, a directory and connections of its own.
describePostgres("The fence of a group in PostgreSQL", () => {
  let database: TestDatabase;
  let groups: PostgresGroups;
  let stages = 0;

  before(async () => {
    database = await createTestDatabase();
    groups = await connectPostgresGroups(database.options);
    // What was committed before each takeover, as the takeover's own transaction sees it.
    await database.sql(`
      CREATE TABLE public.takeover_snapshot (gateway_id text, snapshot pg_snapshot);
      GRANT INSERT ON public.takeover_snapshot TO PUBLIC;
      CREATE FUNCTION public.note_snapshot() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.is_takeover THEN INSERT INTO public.takeover_snapshot VALUES (NEW.gateway_id, pg_current_snapshot()); END IF;
          RETURN NEW;
        END $$;
      CREATE TRIGGER note AFTER INSERT ON gatelog.group_change FOR EACH ROW EXECUTE FUNCTION public.note_snapshot();`);
  });
  after(async () => {
    await groups.close();
    await database.drop();
  });

  /** A group of two, of which the old primary has a directory that hears of nothing, and the stores of both. */
  async function open() {
    stages += 1;
    const old = sampleGateway(`fence ${stages}`);
    const successor = { ...old, epoch: 2, signer: sampleGateway(`fence ${stages}`, 2).signer };
    await foundGroup(groups, old, [successor.signer]);
    const others = new StaticGatewayDirectory([await sampleDirectory(peer).gateway(peer.gatewayId)]);
    const directory = new GroupedGatewayDirectory({ groups, others }, old.gatewayId);
    const oldStore = await connectPostgresLogStore({ directory: sampleDirectory(old, peer) }, database.options);
    const newStore = await connectPostgresLogStore({ directory }, database.options);
    const authority = new StoreAuthority({ groups, signer: successor.signer }, old.gatewayId);
    const session = async (count: number) => {
      const { facts, opening } = await sampleSession(old, peer);
      const entries = await makeEntries(facts, old, count);
      await oldStore.openSession(opening, entries);
      return { facts, sessionId: facts.sessionId, entries };
    };
    const close = () => Promise.all([oldStore.close(), newStore.close()]);
    return { old, successor, oldStore, newStore, session, close, takeOver: () => authority.takeover(1) };
  }

  async function holding<T>(statement: string, work: (client: Client) => Promise<T>): Promise<T> {
    const client = await database.connect();
    try {
      await client.query("BEGIN");
      await client.query(statement);
      return await work(client);
    } finally {
      await client.end();
    }
  }

  /** Resolves once somebody waits in the server for a lock of this kind. */
  const waitsFor = (kind: "advisory" | "row" | "table") => {
    const types = { advisory: ["advisory"], row: ["transactionid", "tuple"], table: ["relation"] }[kind];
    return until(`a wait for a lock (${kind})`, async () => {
      const rows = await database.sql("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = ANY($1)", [types]);
      return rows.length > 0;
    });
  };

  const lastOf = (entries: readonly SignedEntry[]): SignedEntry => entries.at(-1)!;

  it("lets an append that has begun end first: the takeover waits for it", async () => {
    const { old, oldStore, newStore, session, takeOver, close } = await open();
    const { facts, sessionId, entries } = await session(2);
    const order: string[] = [];
    const next = await makeEntry(facts, old, lastOf(entries));
    const rows = `SELECT FROM gatelog.log WHERE gateway_id = '${old.gatewayId}' FOR UPDATE`;
    await holding(rows, async (client) => {
      const append = codeOf(oldStore.append([next])).then((code) => order.push(`append ${code}`));
      await waitsFor("row");
      const takeover = codeOf(takeOver()).then((code) => order.push(`takeover ${code}`));
      await waitsFor("advisory");
      expect(order).to.deep.equal([]);
      await client.query("ROLLBACK");
      return Promise.all([append, takeover]);
    });
    expect(order).to.deep.equal(["append resolved", "takeover resolved"]);
    expect(await newStore.read(sessionId, old.gatewayId, whole)).to.deep.equal([...entries, next]);
    await close();
  });

  it("refuses whatever waits for a takeover: entries, openings and closings", async () => {
    const { old, oldStore, newStore, session, takeOver, close } = await open();
    const { facts, sessionId, entries } = await session(2);
    const other = await session(1);
    const fresh = await sampleSession(old, peer);
    const last = lastOf(other.entries);
    const closing = { gatewayId: old.gatewayId, length: 1, lastEntryHash: last.entryHash, epoch: 1 };
    const signedClosing = await signClosing(other.facts, closing, old.signer);
    const next = await makeEntry(facts, old, lastOf(entries));
    const codes = await holding("LOCK TABLE gatelog.group_change IN SHARE MODE", async (client) => {
      const takeover = codeOf(takeOver());
      await waitsFor("table");
      const writes = [
        codeOf(oldStore.append([next])),
        codeOf(oldStore.openSession(fresh.opening)),
        codeOf(oldStore.closeLog(signedClosing)),
      ];
      await waitsFor("advisory");
      await client.query("ROLLBACK");
      return Promise.all([takeover, ...writes]);
    });
    expect(codes).to.deep.equal(["resolved", "STALE_EPOCH", "STALE_EPOCH", "STALE_EPOCH"]);
    expect(await newStore.read(sessionId, old.gatewayId, whole)).to.deep.equal(entries);
    await expectRejection(newStore.session(fresh.facts.sessionId), "UNKNOWN_SESSION");
    expect((await newStore.session(other.sessionId)).logs.map(({ closed }) => closed)).to.deep.equal([false, false]);
    await close();
  });

  it("goes on in the new epoch, and what stands already may be said again", async () => {
    const { old, successor, oldStore, newStore, session, takeOver, close } = await open();
    const { facts, sessionId, entries } = await session(2);
    const early = await makeEntry(facts, successor, lastOf(entries));
    expect(await codeOf(newStore.append([early])), "before the epoch").to.equal("STALE_EPOCH");
    await takeOver();
    const next = await makeEntry(facts, successor, lastOf(entries));
    await until(
      "the new directory knows the epoch",
      async () => (await codeOf(newStore.append([next]))) === "resolved",
    );
    await oldStore.append(entries);
    await expectRejection(oldStore.append([await makeEntry(facts, old, next)]), "STALE_EPOCH");
    const { facts: other, opening } = await sampleSession(successor, peer);
    await newStore.openSession(opening, await makeEntries(other, successor, 1));
    expect(await newStore.read(sessionId, old.gatewayId, whole)).to.deep.equal([...entries, next]);
    await close();
  });

  it("ends a transaction whose client stands still, so that no takeover waits for longer than that", async () => {
    const { old, session, takeOver, close } = await open();
    await session(1);
    const silent = await PostgresDatabase.open(postgresAddress({ ...database.options, idleInTransactionMs: 100 }));
    const taken = Promise.withResolvers<true>();
    const released = Promise.withResolvers<true>();
    const append = silent.transaction(async (runner) => {
      await shareFences(runner, silent.schema, statementsFor(silent.schema), [old.gatewayId]);
      taken.resolve(true);
      await released.promise; // as a process that is stopped in the middle of an append
      await runner.run({ name: "next", text: "SELECT 1" }, []);
    });
    await taken.promise;
    expect(await takeOver()).to.include({ epoch: 2 });
    released.resolve(true);
    await expectRejection(append, "STORE_UNAVAILABLE");
    await silent.close();
    await close();
  });

  it("of many writers in two epochs lets no entry of the old one arrive behind the takeover", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ logs: fc.integer({ min: 1, max: 5 }), takeoverAfterMs: fc.integer({ min: 0, max: PAUSE_MS }) }),
        async ({ logs, takeoverAfterMs }) => {
          const { old, successor, oldStore, newStore, session, takeOver, close } = await open();
          const sessions = await Promise.all(Array.from({ length: logs }, () => session(1)));
          /** Appends until it is refused, as somebody does who has heard of nothing. */
          const write = async ({ facts, entries }: (typeof sessions)[number]): Promise<string> => {
            for (let previous = lastOf(entries); ;) {
              const next = await makeEntry(facts, old, previous);
              const code = await codeOf(oldStore.append([next]));
              if (code !== "resolved") return code;
              previous = next;
            }
          };
          const writing = sessions.map(write);
          await new Promise((resolve) => setTimeout(resolve, takeoverAfterMs));
          await takeOver();
          const behind = sessions.map(async ({ facts, sessionId }) => {
            const stands = await newStore.read(sessionId, old.gatewayId, whole);
            const next = await makeEntry(facts, successor, lastOf(stands as SignedEntry[]));
            await until("the epoch is known", async () => (await codeOf(newStore.append([next]))) === "resolved");
          });
          await Promise.all(behind);
          expect(new Set(await Promise.all(writing))).to.deep.equal(new Set(["STALE_EPOCH"]));
          const before = await arrivals(old.gatewayId);
          for (const { sessionId } of sessions)
            for (const { epoch, entryHash } of await newStore.read(sessionId, old.gatewayId, whole))
              expect(before.get(entryHash), `an entry of epoch ${epoch}`).to.equal(epoch === 1);
          await close();
        },
      ),
      { numRuns: 5 },
    );
  });

  /** Of each entry whether it was committed before the takeover of the gateway's group. */
  async function arrivals(gatewayId: string): Promise<ReadonlyMap<string, boolean>> {
    const rows = await database.sql(
      `SELECT '0x' || encode(entry_hash, 'hex') AS hash, pg_visible_in_snapshot(entry.xmin::text::xid8, snapshot) AS before
        FROM gatelog.entry JOIN gatelog.log ON log.id = entry.log
        JOIN public.takeover_snapshot ON takeover_snapshot.gateway_id = log.gateway_id WHERE log.gateway_id = $1`,
      [gatewayId],
    );
    return new Map(arrivalsSchema.parse(rows).map(({ hash, before }) => [hash, before]));
  }
});
