import { expect } from "chai";
import { join } from "node:path";
import { LogService } from "../../src/api/log-service.ts";
import type { Logging, SessionFacts } from "../../src/entry/session.ts";
import { signDecision, signOpening } from "../../src/entry/signed-statements.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import { conformanceCases } from "../../src/store/conformance.ts";
import { keepsClosings, keepsCopies, type LogStore } from "../../src/store/log-store.ts";
import type { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { routeLogs, type RoutedLogStore, type RoutedMember } from "../../src/store/routed-log-store.ts";
import { SessionHomes } from "../../src/store/session-homes.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { storeLike } from "../support/api-world.ts";
import { expectRejection } from "../support/expect-error.ts";
import { FaultyStore } from "../support/faulty-store.ts";
import { closeLog, fileOf, idsOf, importText, LOG, writeLog } from "../support/log-file-stage.ts";
import { makeEntries, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { sqliteDriver, temporaryFolder, type WorldDriver } from "../support/store-stages.ts";

const ALPHA = sampleGateway("alpha");
const BETA = sampleGateway("beta");
const directory = sampleDirectory(ALPHA, BETA);
const settled = () => Promise.resolve();

/** The kit's sessions are of the profile `local`; the other store is asked first. */
const severalDriver: WorldDriver = {
  ...sqliteDriver,
  name: "several stores",
  async openStage() {
    const stage = await sqliteDriver.openStage();
    const other = new MemoryLogStore({ directory: stage.directory });
    const routed = (store: LogStore): LogStore =>
      routeLogs(
        new Map<Logging, RoutedMember>([
          ["shared", { store: other, flush: settled }],
          ["local", { store, flush: settled }],
        ]),
        new SessionHomes(),
      );
    let store = routed(stage.store);
    return {
      ...stage,
      store,
      reopen: async () => {
        await store.close();
        return (store = routed(await stage.reopen()));
      },
      openAnother: async (directory) => routed(await stage.openAnother(directory)),
    };
  },
};

describe(`log store: ${severalDriver.name}`, () => {
  for (const { name, run } of conformanceCases(severalDriver)) it(name, run);
});

describe("Several log stores as one", () => {
  let local: SqliteLogStore;
  let shared: FaultyStore;
  let memory: MemoryLogStore;
  let flushed: string[];
  let homes: SessionHomes;
  let store: RoutedLogStore;

  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeEach(async () => {
    folder = await temporaryFolder();
    local = new SqliteLogStore({ directory }, { path: join(folder.path, "log.sqlite") });
    memory = new MemoryLogStore({ directory });
    shared = new FaultyStore(memory);
    flushed = [];
    homes = new SessionHomes();
    store = routed(shared);
  });
  afterEach(async () => {
    await store.close();
    await folder.remove();
  });

  function routed(second: LogStore, known = homes): RoutedLogStore {
    const member = (name: Logging, of: LogStore): [Logging, RoutedMember] => [
      name,
      {
        store: of,
        flush: () => {
          flushed.push(name);
          return Promise.resolve();
        },
      },
    ];
    return routeLogs(new Map([member("local", local), member("shared", second)]), known);
  }

  async function session(logging: Logging, change: Partial<SessionFacts> = {}) {
    const { facts: made } = await sampleSession(ALPHA, BETA);
    const facts = { ...made, profile: { ...made.profile, logging }, ...change };
    const { sessionId } = facts;
    return { sessionId, facts, opening: await signOpening(facts, 1, ALPHA.signer) };
  }

  /** Stores of their own for these profiles, all of which keep copies. */
  function routedAs(...loggings: readonly Logging[]): RoutedLogStore {
    const member = (logging: Logging): [Logging, RoutedMember] => [
      logging,
      { store: new MemoryLogStore({ directory }), flush: settled },
    ];
    return routeLogs(new Map(loggings.map(member)), new SessionHomes());
  }

  /** A store that is there once more, as another process has it. */
  const again = () => routed(shared, new SessionHomes());

  it("opens a session where its profile says, and finds it there afterwards", async () => {
    for (const logging of ["local", "shared"] as const) {
      const { sessionId, facts, opening } = await session(logging);
      const entries = await makeEntries(facts, ALPHA, 3);
      await store.openSession(opening, entries.slice(0, 2));
      await store.append(entries.slice(2));
      for (const each of [store, again()]) {
        expect((await each.home(sessionId)).logging).to.equal(logging);
        expect((await each.session(sessionId)).logs[0]?.length).to.equal(3);
        expect(await each.read(sessionId, ALPHA.gatewayId, { from: 2, limit: 9 })).to.have.length(1);
      }
      const [there, elsewhere] = logging === "local" ? [local, shared] : [shared, local];
      expect((await there.session(sessionId)).logs[0]?.length).to.equal(3);
      await expectRejection(elsewhere.session(sessionId), "UNKNOWN_SESSION");
    }
    expect(await store.sessionsOf(ALPHA.gatewayId, { open: true })).to.have.length(2);
  });

  it("refuses a profile that no store serves, and says which are", async () => {
    const { opening } = await session("chain");
    await expectRejection(store.openSession(opening), "NOT_SERVED_HERE", { expected: "local shared", actual: "chain" });
  });

  it("lets no session into a second store", async () => {
    const { sessionId, facts, opening } = await session("shared");
    await store.openSession(opening);
    const profile = { ...facts.profile, logging: "local" } as const;
    const other = await signOpening({ ...facts, profile }, 1, ALPHA.signer);
    for (const each of [store, again()]) {
      await expectRejection(each.openSession(other), "SESSION_EXISTS");
      await each.openSession(opening);
    }
    const copies = routed(memory, new SessionHomes()).copies();
    await expectRejection(copies.adopt({ opening: other, entries: [] }), "SESSION_EXISTS");
    await expectRejection(local.session(sessionId), "UNKNOWN_SESSION");
  });

  it("nor of two openings that come at the same time", async () => {
    const { sessionId, facts, opening } = await session("shared");
    const other = await signOpening({ ...facts, profile: { ...facts.profile, logging: "local" } }, 1, ALPHA.signer);
    const twin = routed(shared); // with the same homes, as what serves others has
    const results = await Promise.allSettled([store.openSession(opening), twin.openSession(other)]);
    expect(results.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected"]);
    await expectRejection(local.session(sessionId), "UNKNOWN_SESSION");
  });

  it("goes to where a session is that was opened when another store served its profile", async () => {
    const { sessionId, facts, opening } = await session("local");
    await shared.openSession(opening);
    await store.append(await makeEntries(facts, ALPHA, 1));
    await store.openSession(opening);
    expect((await store.home(sessionId)).logging).to.equal("shared");
    expect((await store.session(sessionId)).logs[0]?.length).to.equal(1);
  });

  it("opens nothing while a store does not answer that may have it, and goes on with what it has found", async () => {
    const before = await session("local");
    const { opening } = await session("local");
    await store.openSession(before.opening);
    shared.unavailable = true;
    await expectRejection(store.openSession(opening), "STORE_UNAVAILABLE");
    await expectRejection(store.sessionsOf(ALPHA.gatewayId, { open: true }), "STORE_UNAVAILABLE");
    await store.append(await makeEntries(before.facts, ALPHA, 1));
    expect((await store.session(before.sessionId)).logs[0]?.length).to.equal(1);
    shared.unavailable = false;
    await store.openSession(opening);
  });

  it("waits for what is on its way to any store before it opens, and to the session's own behind that", async () => {
    const { sessionId, opening } = await session("shared");
    await store.openSession(opening);
    expect(flushed).to.deep.equal(["local", "shared"]);
    await store.flush(sessionId);
    expect(flushed).to.deep.equal(["local", "shared", "shared"]);
  });

  it("opens nothing in place of what an earlier process had sent to another store", async () => {
    const { sessionId, facts, opening } = await session("shared");
    const late = new Map<Logging, RoutedMember>([
      ["local", { store: local, flush: settled }],
      ["shared", { store: memory, flush: () => memory.openSession(opening) }],
    ]);
    const profile = { ...facts.profile, logging: "local" } as const;
    const other = await signOpening({ ...facts, profile }, 1, ALPHA.signer);
    await expectRejection(routeLogs(late, new SessionHomes()).openSession(other), "SESSION_EXISTS");
    await expectRejection(local.session(sessionId), "UNKNOWN_SESSION");
  });

  it("keeps copies and closings where all do, and else copies where the session's store does", async () => {
    expect([keepsCopies(store), keepsClosings(store)]).to.deep.equal([false, false]);
    const both = routed(memory);
    expect([keepsCopies(both), keepsClosings(both)]).to.deep.equal([true, true]);
    const here = await session("local");
    await store.copies().adopt({ opening: here.opening, entries: await makeEntries(here.facts, ALPHA, 2) });
    await store.copies().adopt({ entries: [] });
    expect((await local.session(here.sessionId)).logs[0]?.length).to.equal(2);
    const there = await session("shared");
    await expectRejection(store.copies().adopt({ opening: there.opening, entries: [] }), "NOT_SERVED_HERE");
    const unknown = await session("local");
    const run = { entries: await makeEntries(unknown.facts, ALPHA, 1) };
    await expectRejection(store.copies().adopt(run), "UNKNOWN_SESSION");
  });

  it("promises no more than the weakest of them, and says of a session what its store does", async () => {
    expect(store.durability).to.equal("volatile");
    const service = new LogService({ store, directory });
    for (const [logging, durability] of [
      ["local", "local"],
      ["shared", "volatile"],
    ] as const) {
      const { sessionId, facts, opening } = await session(logging);
      await store.openSession(opening, await makeEntries(facts, ALPHA, 1));
      const record = await store.session(sessionId);
      expect((await service.status(record))["finality"]).to.include({ durability });
      const place = { gatewayId: ALPHA.gatewayId, index: 0 };
      expect(await service.proof(record, place, undefined)).to.include({ durability, inclusion: null });
    }
  });

  it("is carried as one file into several stores again, each session into its own, with its closing", async () => {
    const made = [await session("local"), await session("shared"), await session("chain")];
    const source = routedAs("local", "shared", "chain");
    for (const sample of made) {
      await writeLog(source, sample, ALPHA, 2);
      await closeLog(source, sample, ALPHA);
    }
    const text = await fileOf({ store: source, directory }, idsOf(made));
    const target = routedAs("local", "shared");
    const { sessions } = await importText({ store: target, directory }, text);
    expect(sessions.map(({ state, refusal }) => refusal?.code ?? state)).to.deep.equal([
      "imported",
      "imported",
      "NOT_SERVED_HERE",
    ]);
    for (const { sessionId, facts } of made.slice(0, 2)) {
      expect((await target.home(sessionId)).logging).to.equal(facts.profile.logging);
      expect((await target.session(sessionId)).logs[0]).to.include({ length: 2, closed: true });
    }
  });

  it("takes each session of a file by the rules of its own store", async () => {
    const secret = await session("local");
    const open = await session("chain", { register: "log", log: LOG });
    const source = new MemoryLogStore({ directory });
    for (const sample of [secret, open]) await writeLog(source, sample, ALPHA, 2);
    await source.decide(await signDecision(open.facts, "ABORT", 1, ALPHA.signer));
    for (const sample of [secret, open]) await closeLog(source, sample, ALPHA);
    const text = await fileOf({ store: source, directory }, idsOf([secret, open]));
    const importInto = async (known: MemoryGatewayDirectory, name: string) => {
      const path = join(folder.path, `${name}.sqlite`);
      const members = new Map<Logging, RoutedMember>([
        ["local", { store: new SqliteLogStore({ directory: known }, { path }), flush: settled }],
        // As a chain: it keeps decisions, and no copies and no closings.
        ["chain", { store: storeLike(new MemoryLogStore({ directory: known })), flush: settled }],
      ]);
      const target = routeLogs(members, new SessionHomes());
      const { sessions } = await importText({ store: target, directory: known }, text);
      const states = sessions.map(({ state, refusal, decisionNotKept }) => [refusal?.code ?? state, decisionNotKept]);
      return { target, states };
    };
    const { target, states } = await importInto(sampleDirectory(ALPHA, BETA), "now");
    expect(states).to.deep.equal([
      ["imported", false],
      ["imported", false],
    ]);
    expect((await target.session(open.sessionId)).decision.decision).to.equal("ABORT");
    await target.close();
    const later = await importInto(sampleDirectory(sampleGateway("alpha", 2), BETA), "later");
    expect(later.states).to.deep.equal([
      ["imported", false],
      ["STALE_EPOCH", false],
    ]);
    expect((await later.target.session(secret.sessionId)).logs[0]).to.include({ length: 2, closed: true });
    await later.target.close();
  });

  it("closes all of them, and says what went wrong with one", async () => {
    let closed = false;
    const broken = new MemoryLogStore({ directory });
    broken.close = () => Promise.reject(new GatelogError("STORE_UNAVAILABLE", "no"));
    const last = new MemoryLogStore({ directory });
    last.close = () => Promise.resolve().then(() => void (closed = true));
    const members = new Map<Logging, RoutedMember>([
      ["local", { store: broken, flush: settled }],
      ["shared", { store: last, flush: settled }],
    ]);
    await expectRejection(routeLogs(members, new SessionHomes()).close(), "STORE_UNAVAILABLE");
    expect(closed).to.equal(true);
  });
});
