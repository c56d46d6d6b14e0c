import { expect } from "chai";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { GatelogError, type ErrorCode } from "../../src/entry/errors.ts";
import type { SessionFacts } from "../../src/entry/session.ts";
import { abortWithoutSignature, signClosing } from "../../src/entry/signed-statements.ts";
import type { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { Outbox } from "../../src/store/outbox.ts";
import { OutboxedLogStore } from "../../src/store/outboxed-log-store.ts";
import { expectRejection } from "../support/expect-error.ts";
import {
  makeEntries,
  makeEntry,
  sampleDirectory,
  sampleGateway,
  sampleSession,
  sampleSigner,
} from "../support/sample-log.ts";
import { codeOf, FlakyStore, LaggingStore } from "../support/store-doubles.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
const ALL = { from: 0, limit: 250 };
/** Of outbox files: "glob". */
const APPLICATION_ID = 0x67_6c_6f_62;

describe("an outbox in front of a store that lags", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let directory: MemoryGatewayDirectory;
  let inner: MemoryLogStore;
  let node: LaggingStore;
  let flaky: FlakyStore;
  let store: OutboxedLogStore;
  let facts: SessionFacts;

  const path = () => join(folder.path, "outbox.sqlite");
  const openStore = (): void => {
    store = new OutboxedLogStore({ store: flaky, outbox: new Outbox({ path: path() }) });
  };
  const restart = async (): Promise<void> => {
    await store.close();
    openStore();
  };
  const standing = async (): Promise<string[]> =>
    (await inner.read(facts.sessionId, origin.gatewayId, ALL)).map((entry) => entry.entryHash);
  const expectStanding = async (entries: readonly SignedEntry[]): Promise<void> => {
    expect(await standing()).to.deep.equal(entries.map(({ entryHash }) => entryHash));
    expect(await inner.evidence(facts.sessionId)).to.be.empty;
  };
  /** What an outbox of this version never does by itself: the entry is refused for good, and the process dies. */
  const setAside = async (entry: SignedEntry, code: ErrorCode): Promise<void> => {
    flaky.failure = new GatelogError(code, "refused");
    expect(await codeOf(store.append([entry]))).to.equal(code);
    expect(store.setAside()).to.have.length(1);
    flaky.failure = null;
    await restart();
  };

  beforeEach(async () => {
    folder = await temporaryFolder();
    directory = sampleDirectory(origin, destination);
    inner = new MemoryLogStore({ directory });
    node = new LaggingStore(inner);
    flaky = new FlakyStore(node);
    openStore();
    const session = await sampleSession(origin, destination);
    facts = session.facts;
    await store.openSession(session.opening);
  });

  afterEach(async () => {
    await store.close();
    await folder.remove();
  });

  describe("keeps what the store cannot mean, over a crash, and sends the same bytes when it has caught up:", () => {
    const restarted = async (entries: readonly SignedEntry[]): Promise<void> => {
      expect(store.setAside()).to.be.empty;
      expect(store.pending(facts.sessionId)).to.have.length(1);
      await restart();
      expect(await codeOf(store.flush(facts.sessionId))).to.equal("STORE_UNAVAILABLE");
      node.catchUp();
      await store.flush(facts.sessionId);
      expect(store.pending(facts.sessionId)).to.be.empty;
      await expectStanding(entries);
    };

    it("an entry of a session whose opening it has taken", async () => {
      const entries = await makeEntries(facts, origin, 1);
      node.unheard.add(facts.sessionId);
      expect(await codeOf(store.append(entries))).to.equal("STORE_UNAVAILABLE");
      await restarted(entries);
    });

    it("an entry further on than the log that it shows", async () => {
      const entries = await makeEntries(facts, origin, 3);
      await store.append(entries.slice(0, 2));
      node.cut(facts.sessionId, origin.gatewayId, 1);
      expect(await codeOf(store.append(entries.slice(2)))).to.equal("STORE_UNAVAILABLE");
      await restarted(entries);
    });

    it("an entry of an epoch that it has not heard of", async () => {
      const successor = sampleGateway("origin", 2);
      directory.rotateKey(origin.gatewayId, successor.signer.address);
      const entries = await makeEntries(facts, successor, 1);
      node.oldEpochs.set(origin.gatewayId, 1);
      expect(await codeOf(store.append(entries))).to.equal("STORE_UNAVAILABLE");
      await restarted(entries);
    });

    it("the closing of a log that it shows in part", async () => {
      const entries = await makeEntries(facts, origin, 2);
      await store.append(entries);
      node.cut(facts.sessionId, origin.gatewayId, 1);
      const head = { gatewayId: origin.gatewayId, length: 2, lastEntryHash: entries[1]!.entryHash, epoch: 1 };
      expect(await codeOf(store.closeLog(await signClosing(facts, head, origin.signer)))).to.equal("STORE_UNAVAILABLE");
      await restarted(entries);
      expect((await inner.session(facts.sessionId)).logs[0]?.closed).to.equal(true);
    });
  });

  it("takes the word of a store that has shown nothing else", async () => {
    const [, second] = await makeEntries(facts, origin, 2);
    expect(await codeOf(store.append([second!]))).to.equal("WRONG_INDEX");
    const { facts: unknown } = await sampleSession(origin, destination);
    expect(await codeOf(store.append(await makeEntries(unknown, origin, 1)))).to.equal("UNKNOWN_SESSION");
    expect(store.setAside()).to.have.length(2);
  });

  it("remembers a session that another gateway has opened, once it was seen", async () => {
    const theirs = await sampleSession(destination, origin);
    await inner.openSession(theirs.opening);
    facts = theirs.facts;
    await store.session(facts.sessionId);
    node.unheard.add(facts.sessionId);
    const entries = await makeEntries(facts, origin, 1);
    expect(await codeOf(store.append(entries))).to.equal("STORE_UNAVAILABLE");
    node.catchUp();
    await store.flush(facts.sessionId);
    await expectStanding(entries);
  });

  for (const code of ["UNKNOWN_SESSION", "WRONG_INDEX", "FOREIGN_SIGNATURE", "UNKNOWN_GATEWAY"] as const)
    it(`offers an entry that was set aside with ${code} again while nothing stands in its place, and no other`, async () => {
      // The store has shown neither session nor log to this outbox, so that the refusal stands.
      const theirs = await sampleSession(destination, origin);
      await inner.openSession(theirs.opening);
      facts = theirs.facts;
      const entry = await makeEntry(facts, origin, null);
      await setAside(entry, code);
      const other = await makeEntry(facts, origin, null, { timestamp: 5 });
      expect(await codeOf(store.append([other]))).to.equal("EQUIVOCATION");
      await store.flush(facts.sessionId);
      expect(store.setAside()).to.be.empty;
      await expectStanding([entry]);
      await store.append([await makeEntry(facts, origin, entry)]);
      expect(node.letOut.filter(({ index }) => index === 0)).to.deep.equal([entry]);
    });

  it("goes on from an entry that was set aside and stands after all", async () => {
    const entry = await makeEntry(facts, origin, null);
    await setAside(entry, "WRONG_INDEX");
    await inner.append([entry]);
    const { calls } = flaky;
    await store.flush(facts.sessionId);
    expect(flaky.calls).to.equal(calls);
    expect(store.setAside()).to.be.empty;
    await store.append([await makeEntry(facts, origin, entry)]);
    expect(await standing()).to.have.length(2);
  });

  it("keeps what was set aside as evidence when another entry stands in its place, and offers it to nobody", async () => {
    const [mine, theirs] = await Promise.all([1, 2].map((timestamp) => makeEntry(facts, origin, null, { timestamp })));
    await setAside(mine!, "WRONG_INDEX");
    await inner.append([theirs!]);
    const { calls } = flaky;
    for (let again = 0; again < 2; again += 1) await store.flush(facts.sessionId);
    expect(flaky.calls).to.equal(calls);
    expect(store.setAside().map((item) => item.kind === "entry" && item.entry.entryHash)).to.deep.equal([
      mine!.entryHash,
    ]);
    await store.append([theirs!, await makeEntry(facts, origin, theirs!)]);
    expect(await standing()).to.have.length(2);
  });

  it("offers each group once per flush, and rejects with none of their refusals", async () => {
    const entries = await makeEntries(facts, origin, 3);
    flaky.failure = new GatelogError("FOREIGN_SIGNATURE", "refused");
    for (const entry of entries) expect(await codeOf(store.append([entry]))).to.equal("FOREIGN_SIGNATURE");
    const { calls } = flaky;
    await store.flush(facts.sessionId);
    expect(flaky.calls - calls).to.equal(3);
    expect(store.setAside()).to.have.length(3);
    flaky.failure = null;
    await store.flush(facts.sessionId);
    await expectStanding(entries);
  });

  it("gives an index to the next epoch behind a rotation, and does not offer the old one's entry any more", async () => {
    const old = await makeEntry(facts, origin, null);
    await setAside(old, "FOREIGN_SIGNATURE");
    const successor = sampleGateway("origin", 2);
    directory.rotateKey(origin.gatewayId, successor.signer.address);
    const { calls } = flaky;
    for (let again = 0; again < 3; again += 1) await store.flush(facts.sessionId);
    expect(flaky.calls).to.equal(calls + 1);
    expect(store.setAside().map(({ refusal }) => refusal.code)).to.deep.equal(["STALE_EPOCH"]);
    const entries = await makeEntries(facts, successor, 2);
    await store.append(entries);
    await expectStanding(entries);
  });

  it("asks for no decision again that was refused: whoever wanted it looks anew", async () => {
    const log = { chainId: 31_339, registry: sampleSigner("registry").address };
    const session = await sampleSession(origin, destination, { register: "log", log });
    await store.openSession(session.opening);
    facts = session.facts;
    expect(await codeOf(store.decide(abortWithoutSignature(facts, "DEADLINE")))).to.equal("DECISION_WITHOUT_GROUND");
    const { calls } = flaky;
    await store.flush(facts.sessionId);
    expect(flaky.calls).to.equal(calls);
  });

  describe("shows no log shorter than what was written to it", () => {
    let entries: SignedEntry[];

    beforeEach(async () => {
      entries = await makeEntries(facts, origin, 2);
      await store.append(entries);
      await restart();
      node.cut(facts.sessionId, origin.gatewayId, 1);
    });

    it("to whoever reads, before and behind a crash", async () => {
      await expectRejection(store.session(facts.sessionId), "STORE_UNAVAILABLE");
      await expectRejection(store.read(facts.sessionId, origin.gatewayId, ALL), "STORE_UNAVAILABLE");
      await expectRejection(store.read(facts.sessionId, origin.gatewayId, { from: 1, limit: 1 }), "STORE_UNAVAILABLE");
      expect(await store.read(facts.sessionId, origin.gatewayId, { from: 0, limit: 1 })).to.have.length(1);
      node.unheard.add(facts.sessionId);
      await expectRejection(store.session(facts.sessionId), "STORE_UNAVAILABLE");
      node.catchUp();
      expect(await store.read(facts.sessionId, origin.gatewayId, ALL)).to.have.length(2);
    });

    it("and lets out no other entry for a place that is taken, whatever the store shows there (R8)", async () => {
      const other = await makeEntry(facts, origin, entries[0]!, { timestamp: 5 });
      const { calls } = flaky;
      expect(await codeOf(store.append([other]))).to.equal("STORE_UNAVAILABLE");
      node.catchUp();
      expect(await codeOf(store.append([other]))).to.equal("EQUIVOCATION");
      await store.append(entries);
      expect(flaky.calls).to.equal(calls);
    });
  });
});

describe("an outbox file of the first version", () => {
  it("is opened, and knows from then on what was taken", async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, "old", "outbox.sqlite");
    mkdirSync(join(folder.path, "old"));
    const old = new DatabaseSync(file);
    old.exec(`
      CREATE TABLE item (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, "group" INTEGER NOT NULL,
        kind TEXT NOT NULL, slot TEXT NOT NULL, content_key TEXT NOT NULL, body TEXT NOT NULL, refusal TEXT, standing TEXT,
        UNIQUE (slot, content_key)) STRICT;
      CREATE INDEX pending ON item (session_id, id) WHERE refusal IS NULL;
      PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1`);
    old.close();
    const { facts, opening } = await sampleSession(origin, destination);
    const store = new OutboxedLogStore({
      store: new MemoryLogStore({ directory: sampleDirectory(origin, destination) }),
      outbox: new Outbox({ path: file }),
    });
    await store.openSession(opening, await makeEntries(facts, origin, 1));
    const other = await makeEntry(facts, origin, null, { timestamp: 5 });
    expect(await codeOf(store.append([other]))).to.equal("EQUIVOCATION");
    await store.close();
    await folder.remove();
  });
});
