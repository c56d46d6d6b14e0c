import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GatelogError } from "../../src/entry/errors.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { signClosing } from "../../src/entry/signed-statements.ts";
import type { LogStore } from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { Outbox } from "../../src/store/outbox.ts";
import { OutboxedLogStore } from "../../src/store/outboxed-log-store.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { makeEntries, makeEntry, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { codeOf, FlakyStore } from "../support/store-doubles.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
const directory = sampleDirectory(origin, destination);

describe("OutboxedLogStore", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let inner: MemoryLogStore;
  let flaky: FlakyStore;
  let store: OutboxedLogStore;

  const openOutbox = (): Outbox => new Outbox({ path: join(folder.path, "outbox.sqlite") });
  const restart = async (): Promise<void> => {
    await store.close();
    store = new OutboxedLogStore({ store: flaky, outbox: openOutbox() });
  };
  const hashes = async (sessionId: string): Promise<string[]> =>
    (await inner.read(sessionId, origin.gatewayId, { from: 0, limit: 250 })).map((entry) => entry.entryHash);

  beforeEach(async () => {
    folder = await temporaryFolder();
    inner = new MemoryLogStore({ directory });
    flaky = new FlakyStore(inner);
    store = new OutboxedLogStore({ store: flaky, outbox: openOutbox() });
  });
  afterEach(async () => {
    await store.close();
    await folder.remove();
  });

  it("leaves nothing behind when the store takes everything", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    const entries = await makeEntries(facts, origin, 3);
    await store.openSession(opening);
    await store.append(entries);
    expect(await hashes(facts.sessionId)).to.deep.equal(entries.map((entry) => entry.entryHash));
    expect(store.pending(facts.sessionId)).to.deep.equal([]);
    expect(store.setAside()).to.deep.equal([]);
  });

  it("keeps what could not be sent, over a restart, and sends the same bytes in order", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    const entries = await makeEntries(facts, origin, 3);
    flaky.failure = new GatelogError("STORE_UNAVAILABLE", "down");
    expect(await codeOf(store.openSession(opening))).to.equal("STORE_UNAVAILABLE");
    for (const entry of entries) expect(await codeOf(store.append([entry]))).to.equal("STORE_UNAVAILABLE");
    await restart();
    const waiting = await store.resume();
    expect(waiting.settled).to.equal(0);
    expect(waiting.waiting.map(({ sessionId }) => sessionId)).to.deep.equal([facts.sessionId]);

    flaky.failure = null;
    const report = await store.resume();
    expect(report).to.deep.equal({ settled: 4, setAside: [], waiting: [] });
    expect(await hashes(facts.sessionId)).to.deep.equal(entries.map((entry) => entry.entryHash));
    const [first] = await inner.read(facts.sessionId, origin.gatewayId, { from: 0, limit: 1 });
    expect(first?.signature).to.equal(entries[0]?.signature);
  });

  it("keeps an opening and its first entry together", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    const first = await makeEntry(facts, origin, null);
    flaky.failure = new GatelogError("STORE_UNAVAILABLE", "down");
    expect(await codeOf(store.openSession(opening, [first]))).to.equal("STORE_UNAVAILABLE");
    await restart();
    expect(store.pending(facts.sessionId).map((item) => item.kind)).to.deep.equal(["opening", "entry"]);
    flaky.failure = null;
    const before = flaky.calls;
    await store.flush(facts.sessionId);
    expect(flaky.calls - before, "calls to the store").to.equal(1);
    expect(await hashes(facts.sessionId)).to.deep.equal([first.entryHash]);
    await store.openSession(opening, [first]);
    expect(await hashes(facts.sessionId)).to.have.length(1);
  });

  it("sets an opening aside with its first entry, and takes both again", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    const first = await makeEntry(facts, origin, null);
    flaky.failure = new GatelogError("FOREIGN_SIGNATURE", "not yet known");
    expect(await codeOf(store.openSession(opening, [first]))).to.equal("FOREIGN_SIGNATURE");
    expect(await codeOf(inner.session(facts.sessionId))).to.equal("UNKNOWN_SESSION");
    expect(store.setAside().map((item) => item.kind)).to.deep.equal(["opening", "entry"]);
    expect(store.pending(facts.sessionId)).to.deep.equal([]);
    flaky.failure = null;
    await store.openSession(opening, [first]);
    expect(await hashes(facts.sessionId)).to.deep.equal([first.entryHash]);
    expect(store.setAside()).to.deep.equal([]);
  });

  it("takes for settled what the store has of both, although it has refused the call", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    const first = await makeEntry(facts, origin, null);
    await inner.openSession(opening, [first]);
    flaky.failure = new GatelogError("WRONG_INDEX", "the next index is 1, not 0", { expected: 1, actual: 0 });
    await store.openSession(opening, [first]);
    expect(store.pending(facts.sessionId)).to.deep.equal([]);
    expect(store.setAside()).to.deep.equal([]);
  });

  it("sends what is pending before a later append, and takes a repeated append", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    const [first, second] = await makeEntries(facts, origin, 2);
    await store.openSession(opening);
    flaky.failure = new GatelogError("TIMEOUT", "slow");
    expect(await codeOf(store.append([first!]))).to.equal("TIMEOUT");
    flaky.failure = null;
    await store.append([first!, second!]);
    await store.append([first!]);
    expect(await hashes(facts.sessionId)).to.deep.equal([first!.entryHash, second!.entryHash]);
  });

  it("shows a session whose opening no store knows yet", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    flaky.failure = new GatelogError("STORE_UNAVAILABLE", "down");
    expect(await codeOf(store.openSession(opening))).to.equal("STORE_UNAVAILABLE");
    await restart();
    const record = await store.session(facts.sessionId);
    expect(record.opening).to.deep.equal(opening);
    expect(record.logs.map((log) => log.length)).to.deep.equal([0, 0]);
    expect(await store.read(facts.sessionId, destination.gatewayId, { from: 0, limit: 1 })).to.deep.equal([]);
    expect(await store.sessionsOf(origin.gatewayId, { open: true })).to.deep.equal([facts.sessionId]);
  });

  it("never lets out two entries of one epoch and index", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    await store.openSession(opening);
    flaky.failure = new GatelogError("STORE_UNAVAILABLE", "down");
    const first = await makeEntry(facts, origin, null);
    expect(await codeOf(store.append([first]))).to.equal("STORE_UNAVAILABLE");
    await restart();
    const calls = flaky.calls;
    expect(await codeOf(store.append([await makeEntry(facts, origin, null, { timestamp: 5 })]))).to.equal(
      "EQUIVOCATION",
    );
    expect(flaky.calls).to.equal(calls);
    flaky.failure = null;
    await store.flush(facts.sessionId);
    expect(await hashes(facts.sessionId)).to.deep.equal([first.entryHash]);
  });

  it("refuses what is malformed, or leaves a gap, before it leaves", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    await store.openSession(opening);
    const [first, second, third] = await makeEntries(facts, origin, 3);
    expect(await codeOf(store.append([{ ...first!, payload: Uint8Array.from([1]) }]))).to.equal("WRONG_PAYLOAD_HASH");
    expect(await codeOf(store.append([{ ...first!, signature: "0x00" }]))).to.equal("MALFORMED");
    flaky.failure = new GatelogError("STORE_UNAVAILABLE", "down");
    expect(await codeOf(store.append([first!]))).to.equal("STORE_UNAVAILABLE");
    flaky.failure = null;
    expect(await codeOf(store.append([third!]))).to.equal("WRONG_INDEX");
    await store.append([second!]);
    expect(store.setAside()).to.deep.equal([]);
  });

  it("sets aside what the store will never take, with the reason, and goes on with the rest", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    const reported: string[] = [];
    await store.close();
    store = new OutboxedLogStore({
      store: flaky,
      outbox: openOutbox(),
      onSetAside: ({ refusal }) => reported.push(refusal.code),
    });
    await store.openSession(opening);
    const mine = await makeEntry(facts, origin, null);
    flaky.failure = new GatelogError("STORE_UNAVAILABLE", "down");
    expect(await codeOf(store.append([mine]))).to.equal("STORE_UNAVAILABLE");
    // Another process with the same key was faster: the one case in which the bytes can never stand.
    const theirs = await makeEntry(facts, origin, null, { timestamp: 7 });
    await inner.append([theirs]);
    flaky.failure = null;
    const report = await store.resume();
    expect(report.settled).to.equal(0);
    expect(report.setAside.map(({ refusal }) => refusal.code)).to.deep.equal(["EQUIVOCATION"]);
    expect(reported).to.deep.equal(["EQUIVOCATION"]);
    const [kept] = store.setAside();
    expect(kept?.kind === "entry" && kept.entry).to.deep.equal(mine);
    await store.append([await makeEntry(facts, origin, theirs)]);
    expect(await hashes(facts.sessionId)).to.have.length(2);
  });

  it("refuses a whole call for one bad entry, and not the call beside it", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    await store.openSession(opening);
    const good = await makeEntries(facts, origin, 2);
    const forged = await makeEntry(facts, { ...origin, signer: destination.signer }, good[1]!);
    const after = await makeEntry(facts, origin, forged);
    const results = await Promise.all([
      store.append(good),
      codeOf(store.append([forged])),
      codeOf(store.append([after])),
    ]);
    expect(results.slice(1)).to.deep.equal(["FOREIGN_SIGNATURE", "WRONG_INDEX"]);
    expect(await hashes(facts.sessionId)).to.deep.equal(good.map((entry) => entry.entryHash));
    expect(store.setAside()).to.have.length(2);
  });

  it("takes along what is put while it is sending", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    await store.openSession(opening);
    const entries = await makeEntries(facts, origin, 6);
    const before = flaky.calls;
    await Promise.all(entries.map((entry) => store.append([entry])));
    expect(await hashes(facts.sessionId)).to.deep.equal(entries.map((entry) => entry.entryHash));
    expect(flaky.calls - before).to.be.at.most(2);
  });

  it("carries closings too", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    const entry = await makeEntry(facts, origin, null);
    await store.openSession(opening);
    await store.append([entry]);
    const head = { gatewayId: origin.gatewayId, length: 1, lastEntryHash: entry.entryHash, epoch: 1 };
    flaky.failure = new GatelogError("TIMEOUT", "slow");
    expect(await codeOf(store.closeLog(await signClosing(facts, head, origin.signer)))).to.equal("TIMEOUT");
    flaky.failure = null;
    await restart();
    expect((await store.resume()).settled).to.equal(1);
    expect((await inner.session(facts.sessionId)).logs[0]?.closed).to.equal(true);
  });

  it("belongs to one process at a time", () => {
    expect(() => openOutbox())
      .to.throw(GatelogError)
      .with.property("code", "STORE_UNAVAILABLE");
  });
});

describe("an outbox whose process is killed", () => {
  const CHILD = fileURLToPath(new URL("../support/outbox-child.ts", import.meta.url));

  for (const [when, standing] of [
    ["before it submits", 1],
    ["after it submitted", 2],
  ] as const)
    it(`sends the same bytes once when killed ${when}`, async () => {
      const folder = await temporaryFolder();
      const { facts, opening } = await sampleSession(origin, destination);
      const entries = await makeEntries(facts, origin, 3);
      const child = spawn(process.execPath, [CHILD, folder.path, when], { stdio: ["pipe", "inherit", "inherit"] });
      child.stdin.end(JSON.stringify({ opening, entries: entries.slice(0, 2).map(toText) }));
      const [, signal] = (await once(child, "exit")) as [number | null, string | null];
      expect(signal).to.equal("SIGKILL");

      const disk = new SqliteLogStore({ directory }, { path: join(folder.path, "log.sqlite") });
      const found = async (log: LogStore): Promise<string[]> =>
        (await log.read(facts.sessionId, origin.gatewayId, { from: 0, limit: 10 })).map((entry) => entry.entryHash);
      expect(await found(disk)).to.have.length(standing);
      const store = new OutboxedLogStore({
        store: disk,
        outbox: new Outbox({ path: join(folder.path, "outbox.sqlite") }),
      });
      const pending = store.pending(facts.sessionId).map((item) => (item.kind === "entry" ? item.entry : null));
      expect(pending).to.deep.equal([entries[1]]);
      expect(await store.resume()).to.deep.equal({ settled: 1, setAside: [], waiting: [] });
      await store.append(entries);
      expect(await found(store)).to.deep.equal(entries.map((entry) => entry.entryHash));
      expect(await disk.evidence(facts.sessionId)).to.deep.equal([]);
      await store.close();
      await folder.remove();
    });
});

function toText(entry: SignedEntry): object {
  return { ...entry, payload: Buffer.from(entry.payload).toString("hex") };
}
