import { expect } from "chai";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isGatelogError } from "../../src/entry/errors.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { expectError } from "../support/expect-error.ts";
import { makeEntries, makeEntry, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { codeOf } from "../support/store-doubles.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
const directory = sampleDirectory(origin, destination);

describe("SqliteLogStore", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let path: string;
  let store: SqliteLogStore;
  const reopen = (): SqliteLogStore => (store = new SqliteLogStore({ directory }, { path }));

  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, "new", "log.sqlite");
    reopen();
  });
  afterEach(async () => {
    await store.close();
    await folder.remove();
  });

  /** A session with entries, closed and checkpointed into the main file. */
  const fill = async (count: number): Promise<{ sessionId: string; entries: LogEntry[] }> => {
    const { facts, opening } = await sampleSession(origin, destination);
    const entries = await makeEntries(facts, origin, count);
    await store.openSession(opening, entries);
    await store.close();
    return { sessionId: facts.sessionId, entries };
  };

  it("keeps a write-ahead log", async () => {
    await store.close();
    const db = new DatabaseSync(path);
    expect(db.prepare("PRAGMA journal_mode").get()).to.deep.include({ journal_mode: "wal" });
    db.close();
    reopen();
  });

  it("keeps refused equivocations as evidence, also when opened again, once each", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    const [first] = await makeEntries(facts, origin, 1);
    await store.openSession(opening, [first!]);
    const other = await makeEntry(facts, origin, null, { timestamp: 3 });
    for (let repeat = 0; repeat < 2; repeat += 1) expect(await codeOf(store.append([other]))).to.equal("EQUIVOCATION");
    await store.close();
    reopen();
    expect(await store.evidence(facts.sessionId)).to.deep.equal([{ standing: first!.entryHash, refused: other }]);
  });

  it("is shared by two stores on one file", async () => {
    const second = new SqliteLogStore({ directory }, { path });
    const { facts, opening } = await sampleSession(origin, destination);
    const entries = await makeEntries(facts, origin, 4);
    await store.openSession(opening);
    for (const [position, entry] of entries.entries()) await (position % 2 === 0 ? store : second).append([entry]);
    expect(await second.read(facts.sessionId, origin.gatewayId, { from: 0, limit: 9 })).to.deep.equal(entries);
    await second.close();
  });

  it("refuses to change or remove an entry even for whoever writes SQL", async () => {
    await fill(1);
    const db = new DatabaseSync(path);
    expect(() => db.exec("UPDATE entry SET payload = x'00'")).to.throw(/never changed/);
    expect(() => db.exec("DELETE FROM entry")).to.throw(/never removed/);
    db.close();
    reopen();
  });

  it("refuses a file of another kind, of another version, and one that is no database", async () => {
    await store.close();
    const db = new DatabaseSync(path);
    db.exec("PRAGMA user_version = 99");
    expect(expectError(reopen, "INVALID_CONFIG", { actual: 99 }).message).to.include("run a newer one");
    db.exec("PRAGMA user_version = 1");
    expect(expectError(reopen, "INVALID_CONFIG", { actual: 1 }).message).to.include("can export");
    db.exec("PRAGMA application_id = 7");
    expect(codeOfSync(reopen)).to.equal("INVALID_CONFIG");
    db.close();
    await writeFile(path, "this is a text, and long enough to have a header of sixteen bytes".repeat(9));
    expect(codeOfSync(reopen)).to.equal("CORRUPT_STORE");
    path = join(folder.path, "other.sqlite");
    reopen();
  });

  it("says STORE_UNAVAILABLE where no file can be made", async () => {
    await store.close();
    await writeFile(join(folder.path, "file"), "");
    path = join(folder.path, "file", "log.sqlite");
    expect(codeOfSync(reopen)).to.equal("STORE_UNAVAILABLE");
    path = join(folder.path, "other.sqlite");
    reopen();
  });

  it("never gives out an entry whose bytes the disk has changed, is read-only then, and says why", async () => {
    const { sessionId, entries } = await fill(6);
    const bytes = await readFile(path);
    const marker = Buffer.from('"message":"entry 3"');
    const place = bytes.indexOf(marker);
    expect(place).to.be.greaterThan(0);
    bytes[place + marker.length - 2] = "9".charCodeAt(0);
    await writeFile(path, bytes);
    reopen();
    expect(await codeOf(store.read(sessionId, origin.gatewayId, { from: 0, limit: 9 }))).to.equal("CORRUPT_STORE");
    expect(store.damage).to.match(/entry 3/);
    expect(await store.read(sessionId, origin.gatewayId, { from: 0, limit: 3 })).to.deep.equal(entries.slice(0, 3));
    const { facts, opening } = await sampleSession(origin, destination);
    expect(await codeOf(store.openSession(opening))).to.equal("CORRUPT_STORE");
    expect(await codeOf(store.append(await makeEntries(facts, origin, 1)))).to.equal("CORRUPT_STORE");
  });

  it("gives out whole, right entries or none from a file with any page destroyed", async () => {
    const { sessionId, entries } = await fill(40);
    const intact = await readFile(path);
    const pageSize = 4_096;
    for (let page = 1; page < intact.length / pageSize; page += 1) {
      const bytes = Buffer.from(intact);
      bytes.fill(0xa5, page * pageSize + 100, page * pageSize + 700);
      await writeFile(path, bytes);
      try {
        reopen();
        const read = await store.read(sessionId, origin.gatewayId, { from: 0, limit: 50 });
        expect(read, `page ${page}`).to.deep.equal(entries.slice(0, read.length));
      } catch (error) {
        expect(isGatelogError(error, "CORRUPT_STORE"), `page ${page}: ${String(error)}`).to.equal(true);
      }
      await store.close();
    }
  });

  it("does not refuse a write for another one that shares its transaction", async () => {
    const one = await sampleSession(origin, destination);
    const other = await sampleSession(origin, destination);
    const [first, second] = await makeEntries(one.facts, origin, 2);
    const late = (await makeEntries(other.facts, origin, 2)).slice(1);
    await store.openSession(one.opening);
    const outcomes = await Promise.all([
      codeOf(store.append([first!])),
      codeOf(store.openSession(other.opening, late)),
      codeOf(store.append([second!])),
      codeOf(store.append([await makeEntry(one.facts, origin, first!, { timestamp: 3 })])),
    ]);
    expect(outcomes).to.deep.equal(["resolved", "WRONG_INDEX", "resolved", "EQUIVOCATION"]);
    for (const at of [store, reopen()]) {
      expect(await at.read(one.facts.sessionId, origin.gatewayId, { from: 0, limit: 9 })).to.deep.equal([
        first,
        second,
      ]);
      expect(await codeOf(at.session(other.facts.sessionId))).to.equal("UNKNOWN_SESSION");
      expect(await at.evidence(one.facts.sessionId)).to.have.length(1);
      if (at === store) await at.close();
    }
  });

  it("acknowledges nothing and gives out nothing behind an fsync that has failed, until it is opened anew", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    const [entry] = await makeEntries(facts, origin, 1);
    await store.openSession(opening);
    await store.close();
    const syncFile = (): Promise<void> => Promise.reject(new Error("EIO: i/o error, fsync"));
    store = new SqliteLogStore({ directory }, { path, syncFile });
    expect(await codeOf(store.append([entry!]))).to.equal("CORRUPT_STORE");
    expect(store.damage).to.match(/EIO/);
    expect(await codeOf(store.read(facts.sessionId, origin.gatewayId, { from: 0, limit: 9 }))).to.equal(
      "CORRUPT_STORE",
    );
    expect(await codeOf(store.append([entry!]))).to.equal("CORRUPT_STORE");
    await store.close();
    await reopen().append([entry!]);
    expect(await store.read(facts.sessionId, origin.gatewayId, { from: 0, limit: 9 })).to.deep.equal([entry]);
  });

  it("ignores a torn tail of the write-ahead log", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    const entries = await makeEntries(facts, origin, 5);
    await store.openSession(opening);
    for (const entry of entries) await store.append([entry]);
    // As after a crash: both files as they are, with the last bytes of the tail missing.
    const copy = join(folder.path, "copy.sqlite");
    await writeFile(copy, await readFile(path));
    await writeFile(`${copy}-wal`, await readFile(`${path}-wal`));
    const wal = await open(`${copy}-wal`, "r+");
    const { size } = await wal.stat();
    await wal.truncate(size - 100);
    await wal.close();
    const torn = new SqliteLogStore({ directory }, { path: copy });
    expect(await torn.read(facts.sessionId, origin.gatewayId, { from: 0, limit: 9 })).to.deep.equal(
      entries.slice(0, 4),
    );
    await torn.append(entries.slice(4));
    await torn.close();
  });
});

function codeOfSync(work: () => unknown): string {
  try {
    work();
    return "succeeded";
  } catch (error) {
    if (isGatelogError(error)) return error.code;
    throw error;
  }
}
