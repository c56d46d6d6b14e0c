import { expect } from "chai";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { signClosing } from "../../src/entry/signed-statements.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { expectRejection } from "../support/expect-error.ts";
import {
  makeEntries,
  makeEntry,
  sampleDirectory,
  sampleGateway,
  sampleSession,
  type SampleSession,
} from "../support/sample-log.ts";
import { codeOf } from "../support/store-doubles.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
const directory = sampleDirectory(origin, destination);
const ALL = { from: 0, limit: 9 } as const;

/** What the kit cannot know: which bytes of the file say what. */
describe("SqliteLogStore over rows that are not what was written", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let path: string;
  let store: SqliteLogStore;
  let sessions: (SampleSession & { readonly sessionId: string; readonly entries: readonly SignedEntry[] })[];

  /** Three sessions, each with two of its entries, and evidence in the first. */
  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, "log.sqlite");
    store = new SqliteLogStore({ directory }, { path });
    sessions = [];
    for (let made = 0; made < 3; made += 1) {
      const sample = await sampleSession(origin, destination);
      const entries = await makeEntries(sample.facts, origin, 4);
      await store.openSession(sample.opening, entries.slice(0, 2));
      sessions.push({ ...sample, sessionId: sample.facts.sessionId, entries });
    }
    const rival = await makeEntry(at(0).facts, origin, null, { timestamp: 3 });
    expect(await codeOf(store.append([rival]))).to.equal("EQUIVOCATION");
    await store.close();
  });
  afterEach(async () => {
    await store.close();
    await folder.remove();
  });

  function at(place: number) {
    const session = sessions[place];
    if (session === undefined) throw new Error("no such session");
    return session;
  }

  /** Opens what is left of the store behind somebody who has written to its file. */
  function reopened(sql: string): SqliteLogStore {
    const db = new DatabaseSync(path);
    db.exec(sql);
    db.close();
    return (store = new SqliteLogStore({ directory }, { path }));
  }

  it("gives out no entry of another log to which a damaged index leads", async () => {
    const db = new DatabaseSync(path);
    const size = Number(db.prepare("PRAGMA page_size").get()?.["page_size"]);
    const root = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name LIKE 'sqlite_autoindex_entry%'").get();
    db.close();
    const bytes = await readFile(path);
    // The index's row (log 5, position 1, row 6), of which the row is made 4: the second session's entry at the same place.
    const row = Buffer.from([0x04, 0x01, 0x09, 0x01, 0x05, 0x06]);
    const place = bytes.indexOf(row, (Number(root?.["rootpage"]) - 1) * size);
    expect(place).to.be.greaterThan(0);
    bytes[place + row.length - 1] = 4;
    await writeFile(path, bytes);
    store = new SqliteLogStore({ directory }, { path });
    const { sessionId, entries } = at(2);
    expect(await codeOf(store.read(sessionId, origin.gatewayId, ALL))).to.equal("CORRUPT_STORE");
    expect(await codeOf(store.session(sessionId))).to.equal("CORRUPT_STORE");
    expect(await store.read(sessionId, origin.gatewayId, { from: 0, limit: 1 })).to.deep.equal(entries.slice(0, 1));
  });

  type Ask = (store: SqliteLogStore) => Promise<unknown>;
  const session: Ask = (from) => from.session(at(0).sessionId);
  const evidence: Ask = (from) => from.evidence(at(0).sessionId);
  const closing = (): Promise<unknown> => {
    const { facts, entries } = at(0);
    const { gatewayId, epoch, signer } = origin;
    const { entryHash } = needed(entries[1]);
    return signClosing(facts, { gatewayId, length: 2, lastEntryHash: entryHash, epoch }, signer);
  };

  for (const [what, sql, ask] of [
    [
      "the opening of another session",
      () => `UPDATE session SET session_id = -id WHERE id < 3;
        UPDATE session SET session_id = '${at(0).sessionId}' WHERE id = 2;
        UPDATE session SET session_id = '${at(1).sessionId}' WHERE id = 1`,
      session,
    ],
    [
      "the log of another session",
      () => `UPDATE log SET session = -session;
        UPDATE log SET session = CASE session WHEN -1 THEN 2 WHEN -2 THEN 1 ELSE -session END`,
      session,
    ],
    [
      "a closing that was not written",
      async () => `UPDATE log SET closing = '${JSON.stringify(await closing())}'`,
      session,
    ],
    ["evidence with another hash", () => `UPDATE evidence SET standing = '0x${"5a".repeat(32)}'`, evidence],
    [
      "evidence with another payload",
      () => `UPDATE evidence SET refused = replace(refused, '"index":0', '"index":1')`,
      evidence,
    ],
    ["evidence that is no JSON", () => "UPDATE evidence SET refused = 'x' || refused", evidence],
    [
      "the evidence of another session",
      () => "UPDATE evidence SET log = (SELECT id FROM log WHERE session = 2 LIMIT 1)",
      (from: SqliteLogStore) => from.evidence(at(1).sessionId),
    ],
  ] as const)
    it(`does not give out ${what}`, async () => {
      reopened(`PRAGMA foreign_keys = OFF; ${await sql()}`);
      expect(store.damage).to.equal(null);
      await expectRejection(ask(store), "CORRUPT_STORE");
      expect(store.damage).to.be.a("string");
    });

  /** Three writes that share a transaction, of which the one at this place meets what is damaged. */
  async function writeTogether(place: number, damaged: SignedEntry): Promise<void> {
    const writes = [at(0).entries.slice(2, 3), at(2).entries.slice(2, 3)];
    writes.splice(place, 0, [damaged]);
    const outcomes = await Promise.all(writes.map((entries) => codeOf(store.append(entries))));
    expect(outcomes).to.deep.equal(["CORRUPT_STORE", "CORRUPT_STORE", "CORRUPT_STORE"]);
    const db = new DatabaseSync(path);
    expect(db.prepare("SELECT count(*) AS entries FROM entry").get()).to.deep.include({ entries: 6 });
    db.close();
  }

  for (const place of [1, 2]) {
    it(`adds nothing in a transaction of which write ${place} meets an altered row`, async () => {
      reopened("DROP TRIGGER entry_stays; UPDATE entry SET payload = x'00' WHERE rowid = 3");
      await writeTogether(place, needed(at(1).entries[0]));
      expect(store.damage).to.match(/entry 0/);
    });

    it(`adds nothing in a transaction of which write ${place} finds the file malformed`, async () => {
      store = new SqliteLogStore({ directory }, { path });
      const other = new DatabaseSync(path);
      const { page_size: size } = other.prepare("PRAGMA page_size").get() ?? {};
      const { rootpage } = other.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'evidence'").get() ?? {};
      const file = await open(path, "r+");
      await file.write(Buffer.alloc(Number(size), 0xa5), 0, Number(size), (Number(rootpage) - 1) * Number(size));
      await file.close();
      // So that the store reads its pages anew.
      other.exec("CREATE TABLE other (a)");
      other.close();
      await writeTogether(place, await makeEntry(at(1).facts, origin, null, { timestamp: 3 }));
      expect(store.damage).to.match(/malformed/);
    });
  }
});

function needed(entry: SignedEntry | undefined): SignedEntry {
  if (entry === undefined) throw new Error("no such entry");
  return entry;
}
