import { expect } from "chai";
import { join } from "node:path";
import type { ErrorCode } from "../../src/entry/errors.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import { signDecision } from "../../src/entry/signed-statements.ts";
import { importLogFile, type ImportedSession } from "../../src/store/log-file-import.ts";
import type { LogStore } from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import type { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { connectPostgresLogStore } from "../../src/store/postgres-log-store.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { connectHttpLogStore } from "../../src/store/http-log-store.ts";
import { createAnchorWorld } from "../support/anchor-world.ts";
import { openApi, storeLike } from "../support/api-world.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { expectRejection } from "../support/expect-error.ts";
import { chunksOf, recordsOf } from "../support/log-file-events.ts";
import {
  closeLog,
  contentOf,
  destination,
  fileOf,
  idsOf,
  importText,
  LOG,
  origin,
  sampleLogs,
  writeLog,
} from "../support/log-file-stage.ts";
import { createTestDatabase, describePostgres, type TestDatabase } from "../support/postgres.ts";
import {
  makeEntries,
  makeEntry,
  sampleDirectory,
  sampleGateway,
  sampleSession,
  type SampleSession,
} from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";

type Sample = Awaited<ReturnType<typeof sampleLogs>>;

/** What became of each session, without what does not matter. */
function statesOf(sessions: readonly ImportedSession[]): unknown[] {
  return sessions.map(({ state, entries }) => [state, entries]);
}

for (const driver of ["memory", "sqlite", "postgres"] as const)
  (driver === "postgres" ? describePostgres : describe)(`importLogFile into a ${driver} store`, function () {
    this.timeout(60_000);
    let database: TestDatabase | undefined;
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;
    let store: LogStore;
    let directory: MemoryGatewayDirectory;
    let sample: Sample;
    let text: string;
    let ids: readonly SessionId[];

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
      sample = await sampleLogs();
      ids = idsOf(sample.sessions);
      text = await fileOf(sample, ids);
    });
    afterEach(async () => {
      await store.close();
      await folder.remove();
    });

    const decisions = driver === "memory";

    it("takes over all that the file has, so that its own export has the same", async () => {
      const { sessions } = await importText({ store, directory }, text);
      expect(statesOf(sessions)).to.deep.equal([
        ["imported", 8],
        ["imported", 2],
      ]);
      expect(sessions[0]?.decisionNotKept).to.equal(!decisions);
      const again = await recordsOf(await fileOf({ store, directory }, ids));
      expect(contentOf(again, { decisions })).to.deep.equal(contentOf(await recordsOf(text), { decisions }));
    });

    it("changes nothing when it is repeated, and says so", async () => {
      await importText({ store, directory }, text);
      const before = await fileOf({ store, directory }, ids);
      const { sessions } = await importText({ store, directory }, text);
      expect(statesOf(sessions)).to.deep.equal([
        ["present", 0],
        ["present", 0],
      ]);
      expect(await fileOf({ store, directory }, ids)).to.equal(before);
    });

    it("completes what is here in part, and takes nothing from a store that has more", async () => {
      const [, open] = sample.sessions;
      if (open === undefined) throw new Error("no open session");
      const log = { sessionId: open.facts.sessionId, gatewayId: destination.gatewayId };
      const [first, second] = await sample.store.read(log.sessionId, log.gatewayId, { from: 0, limit: 2 });
      await writeLog(store, open, destination, 1);
      expect(statesOf((await importText({ store, directory }, text)).sessions)[1]).to.deep.equal(["completed", 1]);
      await store.append([await makeEntry(open.facts, destination, second ?? null)]);
      expect(statesOf((await importText({ store, directory }, text)).sessions)[1]).to.deep.equal(["present", 0]);
      const standing = await store.read(log.sessionId, log.gatewayId, { from: 0, limit: 9 });
      expect(standing).to.have.length(3);
      expect(standing.slice(0, 2)).to.deep.equal([first, second]);
    });

    it("refuses a session that conflicts, writes nothing of it, and takes the other one", async () => {
      const [ended] = sample.sessions;
      if (ended === undefined) throw new Error("no session");
      const { facts, opening } = ended;
      const other = await makeEntry(facts, origin, null, { timestamp: 1 });
      await store.openSession(opening, [other]);
      const { sessions } = await importText({ store, directory }, text);
      expect(statesOf(sessions)).to.deep.equal([
        ["refused", 0],
        ["imported", 2],
      ]);
      expect(sessions[0]?.refusal).to.deep.include({ code: "EQUIVOCATION" });
      const { logs, closed } = await store.session(facts.sessionId);
      expect([logs.map(({ length }) => length), closed]).to.deep.equal([[1, 0], false]);
    });

    it("takes entries and closings of keys that are over", async () => {
      directory.rotateKey(origin.gatewayId, sampleGateway("origin", 2).signer.address);
      const { sessions } = await importText({ store, directory }, text);
      // A register takes decisions of the current key alone.
      const afterwards = driver === "memory" ? "refused" : "imported";
      expect(sessions.map(({ state }) => state)).to.deep.equal([afterwards, "imported"]);
      if (driver === "memory") expect(sessions[0]?.refusal).to.deep.include({ code: "STALE_EPOCH" });
      else expect((await store.session(ids[0] ?? "")).closed).to.equal(true);
    });

    it("writes nothing at all of a file that is wrong in its last line", async () => {
      const changed = text.replace(/"sha256":"0x./, (start) => start.slice(0, -1) + (start.endsWith("a") ? "b" : "a"));
      await expectRejection(importText({ store, directory }, changed), "MALFORMED", { line: 19 });
      for (const sessionId of ids) await expectRejection(store.session(sessionId), "UNKNOWN_SESSION");
    });
  });

describe("importLogFile into an anchored store", () => {
  let node: TestChain;

  before(async () => (node = await startHardhat("log")));
  after(() => node.close());

  it("takes closings over, and gives them out", async () => {
    const world = await createAnchorWorld(node);
    const { gateway, peer, directory } = world;
    const source = new MemoryLogStore({ directory });
    const sample = await sampleSession(gateway, peer);
    await writeLog(source, sample, gateway, 2);
    await closeLog(source, sample, gateway);
    const store = world.open();
    const { sessionId } = sample.facts;
    const { sessions } = await importText(
      { store, directory },
      await fileOf({ store: source, directory }, [sessionId]),
    );
    expect(statesOf(sessions)).to.deep.equal([["imported", 2]]);
    expect(await store.closings(sessionId)).to.deep.equal(await source.closings(sessionId));
    expect(await store.closings(sessionId)).to.have.length(1);
    await store.close();
    await world.close();
  });
});

describe("importLogFile", function () {
  this.timeout(60_000);
  let sample: Sample;
  let text: string;
  let ended: SampleSession;
  let store: LogStore;
  let directory: MemoryGatewayDirectory;

  beforeEach(async () => {
    sample = await sampleLogs();
    const [first] = sample.sessions;
    if (first === undefined) throw new Error("no session");
    ended = first;
    text = await fileOf(sample, [ended.facts.sessionId]);
    directory = sampleDirectory(origin, destination);
    store = new MemoryLogStore({ directory });
  });

  async function refusal(): Promise<ErrorCode | undefined> {
    const { sessions } = await importText({ store, directory }, text);
    expect(sessions).to.have.length(1);
    return sessions[0]?.refusal?.code;
  }

  it("refuses a session whose gateways, or keys of them, the store does not know", async () => {
    directory = sampleDirectory(origin);
    store = new MemoryLogStore({ directory });
    expect(await refusal()).to.equal("UNKNOWN_GATEWAY");
    directory = sampleDirectory(origin, destination);
    directory.register(origin.gatewayId, destination.signer.address);
    store = new MemoryLogStore({ directory });
    expect(await refusal()).to.equal("FOREIGN_SIGNATURE");
    await expectRejection(store.session(ended.facts.sessionId), "UNKNOWN_SESSION");
  });

  it("refuses a session that stands here with other facts", async () => {
    const { sessionId } = ended.facts;
    const other = await sampleSession(origin, destination, { log: LOG, register: "log", sessionId, deadline: 4e9 - 1 });
    await store.openSession(other.opening);
    expect(await refusal()).to.equal("SESSION_EXISTS");
  });

  it("refuses a log that is closed here, or longer than it was closed in the file", async () => {
    await writeLog(store, ended, origin, 2);
    await closeLog(store, ended, origin);
    expect(await refusal()).to.equal("LOG_CLOSED");
    store = new MemoryLogStore({ directory });
    await writeLog(store, ended, origin, 6);
    expect(await refusal()).to.equal("WRONG_INDEX");
    expect((await store.session(ended.facts.sessionId)).logs.map(({ length }) => length)).to.deep.equal([6, 0]);
  });

  it("refuses a session that is decided the other way here", async () => {
    await store.openSession(ended.opening);
    await store.decide(await signDecision(ended.facts, "ABORT", 1, origin.signer));
    expect(await refusal()).to.equal(undefined);
    const commit = Object.assign(storeLike(store), {
      session: async (sessionId: SessionId) => {
        const record = await store.session(sessionId);
        return { ...record, decision: { ...record.decision, decision: "COMMIT" as const } };
      },
    });
    const { sessions } = await importText({ store: commit, directory }, text);
    expect(sessions[0]?.refusal?.code).to.equal("ALREADY_DECIDED");
  });

  it("goes on behind a store that broke off", async () => {
    let left = 1;
    const failing = Object.assign(storeLike(store), {
      append: async (entries: Parameters<LogStore["append"]>[0]) => {
        if ((left -= 1) < 0) return expect.fail("the store is away");
        await store.append(entries);
      },
    });
    const import_ = importText({ store: failing, directory }, text);
    expect(
      await import_.then(
        () => "done",
        (error: unknown) => String(error),
      ),
    ).to.include("the store is away");
    expect((await store.session(ended.facts.sessionId)).logs.map(({ length }) => length)).to.deep.equal([5, 0]);
    const { sessions } = await importText({ store, directory }, text);
    expect(statesOf(sessions)).to.deep.equal([["completed", 3]]);
  });

  it("holds one page of a long log, and writes it page by page", async () => {
    const alone = await sampleSession(origin, null);
    const COUNT = 600;
    const entries = await makeEntries(alone.facts, origin, COUNT);
    const source = new MemoryLogStore({ directory });
    await source.openSession(alone.opening);
    for (let from = 0; from < COUNT; from += 200) await source.append(entries.slice(from, from + 200));
    const file = await fileOf({ store: source, directory }, [alone.facts.sessionId]);
    const runs: number[] = [];
    const counting = Object.assign(storeLike(store), {
      append: (run: Parameters<LogStore["append"]>[0]) => {
        runs.push(run.length);
        return store.append(run);
      },
    });
    await importText({ store: counting, directory }, file);
    expect(runs).to.deep.equal([250, 250, 100]);
  });

  it("takes a file over through a log API", async () => {
    const api = await openApi(store, directory);
    try {
      const http = await connectHttpLogStore({ directory }, { baseUrl: api.url });
      const { sessions } = await importText({ store: http, directory }, text);
      expect(statesOf(sessions)).to.deep.equal([["imported", 8]]);
      expect(statesOf((await importText({ store: http, directory }, text)).sessions)).to.deep.equal([["present", 0]]);
      const [closed, decision] = [await store.session(ended.facts.sessionId)].flatMap((record) => [
        record.closed,
        record.decision.decision,
      ]);
      expect([closed, decision]).to.deep.equal([true, "ABORT"]);
      await http.close();
    } finally {
      await api.close();
    }
  });

  it("refuses a file that is another one when it is read again", async () => {
    const other = await fileOf(sample, idsOf(sample.sessions));
    let reads = 0;
    const open = () => chunksOf((reads += 1) === 1 ? text : other);
    await expectRejection(importLogFile({ store, directory, open }), "MALFORMED");
  });
});
