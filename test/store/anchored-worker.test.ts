import { expect } from "chai";
import { id } from "ethers";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { LogEntry } from "../../src/entry/entry.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import { toHex, type GatewayId, type SessionId } from "../../src/entry/hex.ts";
import { AnchoredLogStore } from "../../src/store/anchored-log-store.ts";
import type { AnchorStatement } from "../../src/store/anchored-registry.ts";
import type { AnchorOptions } from "../../src/store/anchored-worker.ts";
import type { LogStore, ReadRange, SessionRecord } from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { writeSession } from "../support/anchor-world.ts";
import { expectRejection } from "../support/expect-error.ts";
import { MemoryAnchors } from "../support/memory-anchors.ts";
import { makeEntries, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { codeOf, FlakyStore } from "../support/store-doubles.ts";
import { temporaryFolder } from "../support/store-stages.ts";
import { until } from "../support/until.ts";

const gateway = sampleGateway("gateway 0");
const peer = sampleGateway("peer");
const directory = sampleDirectory(gateway, peer);

/** Says of each log that it is `height` long, and makes up what it has not. */
class TallStore extends FlakyStore {
  height = 0;

  override async session(sessionId: SessionId): Promise<SessionRecord> {
    const record = await super.session(sessionId);
    const logs = record.logs.map((log) => (log.length === 0 ? log : { ...log, length: this.height }));
    return { ...record, logs };
  }

  override async read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    const [entry] = await super.read(sessionId, gatewayId, { from: 0, limit: 1 });
    const count = Math.max(0, Math.min(range.limit, this.height - range.from));
    const indexes = Array.from({ length: count }, (_, at) => range.from + at);
    return entry === undefined ? [] : indexes.map((index) => ({ ...entry, index, entryHash: toHex(id(`${index}`)) }));
  }
}

/** Cannot read one session. */
class TornStore extends FlakyStore {
  torn: SessionId | null = null;
  /** How often that was tried. */
  attempts = 0;

  override session(sessionId: SessionId): Promise<SessionRecord> {
    if (sessionId !== this.torn) return super.session(sessionId);
    this.attempts += 1;
    return Promise.reject(new GatelogError("CORRUPT_STORE", "a row has changed", { sessionId }));
  }
}

/** Shows a list of sessions some time after it has made it. */
class SlowStore extends FlakyStore {
  /** Lists that were asked for. */
  lists = 0;
  hold: Promise<void> = Promise.resolve();

  override async sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    const sessions = await super.sessionsOf(gatewayId, filter);
    this.lists += 1;
    await this.hold;
    return sessions;
  }
}

describe("AnchorWorker", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let anchors: MemoryAnchors;
  let store: AnchoredLogStore;

  beforeEach(async () => {
    folder = await temporaryFolder();
    anchors = new MemoryAnchors(gateway.signer.address);
  });
  afterEach(async () => {
    await store.close();
    await folder.remove();
  });

  function open(inner: LogStore, options: AnchorOptions = {}): AnchoredLogStore {
    const path = join(folder.path, "anchors.sqlite");
    return new AnchoredLogStore(
      { store: inner, registry: anchors, signer: gateway.signer },
      { gatewayId: gateway.gatewayId, path, everyMs: 3_600_000, retryMs: 10, ...options },
    );
  }

  it("puts at most 10,000 entries into one anchor, and resolves a flush behind the last of them", async () => {
    const inner = new MemoryLogStore({ directory });
    const tall = new TallStore(inner);
    store = open(tall);
    await store.flush();
    // As another process does: it is found when the store is looked through.
    await writeSession(inner, gateway, peer, 1);
    tall.height = 10_050;
    await store.flush();
    expect(anchors.anchors.map(({ entries }) => entries)).to.deep.equal([10_000, 50]);
    expect(store.status()).to.deep.include({ unanchored: 0, waiting: 0, failure: null });
  });

  it("anchors the other sessions though one cannot be read, and says which", async () => {
    const torn = new TornStore(new MemoryLogStore({ directory }));
    store = open(torn);
    const [lost] = await writeSession(store, gateway, peer, 1);
    torn.torn = lost!.sessionId;
    const [entry] = await writeSession(store, gateway, peer, 1);
    await expectRejection(store.flush(), "CORRUPT_STORE");
    await until(
      "the other is anchored",
      async () => (await store.proof(entry!.sessionId, entry!.gatewayId, entry!.index)) !== null,
    );
    expect(store.status()).to.deep.include({ unanchored: 1, waiting: 0 });
    expect(store.status().failure?.context).to.deep.include({ sessionId: lost!.sessionId });
    torn.torn = null;
    await until("it is anchored too", () =>
      store.flush().then(
        () => true,
        () => false,
      ),
    );
    expect(anchors.anchors.map(({ entries }) => entries)).to.deep.equal([1, 1]);
  });

  it("anchors the others no sooner though one cannot be read, and tries that one ever more seldom", async () => {
    const torn = new TornStore(new MemoryLogStore({ directory }));
    let now = 0;
    store = open(torn, { clock: () => now, entries: 4, everyMs: 10_000, retryMs: 10 });
    const [lost] = await writeSession(store, gateway, peer, 1);
    torn.torn = lost!.sessionId;
    now = 20_000;
    await expectRejection(store.flush(), "CORRUPT_STORE");
    const attempts = torn.attempts;
    // It has been due for long, and is tried again behind each entry of the others.
    const steps = 7;
    const { facts, opening } = await sampleSession(gateway, peer);
    await store.openSession(opening);
    for (const [step, entry] of (await makeEntries(facts, gateway, steps)).entries()) {
      await store.append([entry]);
      now += 10 * 2 ** (step + 1);
      await until("it is tried again", () => torn.attempts > attempts + step);
      if (step < 3) expect(anchors.anchors).to.deep.equal([]);
    }
    await until("the others are anchored", () => store.status().unanchored === 4);
    expect(anchors.anchors.map(({ entries }) => entries)).to.deep.equal([4]);
    expect(torn.attempts).to.equal(attempts + steps);
    expect(store.status().failure?.code).to.equal("CORRUPT_STORE");
  });

  it("resolves a flush behind what stood when it was called, though the store was being looked through", async () => {
    const inner = new MemoryLogStore({ directory });
    const slow = new SlowStore(inner);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    slow.hold = promise.then(() => undefined);
    store = open(slow);
    await until("it looks through the store", () => slow.lists === 1);
    // As another process does.
    const [entry] = await writeSession(inner, gateway, peer, 1);
    const flush = store.flush();
    resolve(undefined);
    await flush;
    expect(await store.proof(entry!.sessionId, entry!.gatewayId, 0)).not.to.equal(null);
  });

  it("rejects a flush that could not look through all of the store", async () => {
    const inner = new MemoryLogStore({ directory });
    const torn = new TornStore(inner);
    store = open(torn);
    await store.flush();
    const [lost] = await writeSession(inner, gateway, peer, 1);
    torn.torn = lost!.sessionId;
    await expectRejection(store.flush(), "CORRUPT_STORE");
    torn.torn = null;
    await store.flush();
    expect(anchors.anchors.map(({ entries }) => entries)).to.deep.equal([1]);
  });

  it("begins again behind what was on its way when its file was lost", async () => {
    const inner = new MemoryLogStore({ directory });
    const lost: AnchorStatement[] = (anchors.mempool = []);
    store = open(inner);
    const first = await writeSession(store, gateway, peer, 2);
    await expectRejection(store.flush(), "TIMEOUT");
    await store.close();
    await rename(join(folder.path, "anchors.sqlite"), join(folder.path, "lost.sqlite"));
    // The new file makes an anchor of its own for the same place, which is sent no sooner than the old one lands.
    const sent: AnchorStatement[] = (anchors.mempool = []);
    store = open(inner);
    const second = await writeSession(store, gateway, peer, 1);
    await expectRejection(store.flush(), "TIMEOUT");
    expect(sent[0]).to.deep.include({ index: 0, entries: 3 });
    anchors.mempool = null;
    anchors.notFinal = 1;
    anchors.anchors.push(lost[0]!);
    await until("it waits until that is final", () => store.status().failure?.code === "STORE_UNAVAILABLE");
    expect(store.status()).to.deep.include({ unanchored: 3, waiting: 1 });
    anchors.notFinal = 0;
    await until("it is anchored", async () => (await codeOf(store.flush())) === "resolved");
    expect(anchors.anchors.map(({ index, entries }) => [index, entries])).to.deep.equal([
      [0, 2],
      [1, 3],
    ]);
    for (const { sessionId, gatewayId, index } of [...first, ...second])
      expect((await store.proof(sessionId, gatewayId, index))?.anchor.index).to.equal(1);
  });

  it("does not begin again where one of its anchors was seen", async () => {
    store = open(new MemoryLogStore({ directory }));
    await writeSession(store, gateway, peer, 1);
    await store.flush();
    const [first] = anchors.anchors;
    anchors.anchors.push({ ...first!, index: 1 });
    await writeSession(store, gateway, peer, 1);
    await expectRejection(store.flush(), "EQUIVOCATION");
    expect(store.status()).to.deep.include({ unanchored: 1, waiting: 1 });
  });

  it("stops at once when it is closed, and the next process goes on with the same anchor", async () => {
    const inner = new MemoryLogStore({ directory });
    store = open(inner);
    await writeSession(store, gateway, peer, 3);
    anchors.hold = new Promise(() => undefined);
    const flush = store.flush();
    await until("it is sent", () => anchors.anchors.length === 1);
    expect(store.status()).to.deep.include({ unanchored: 3, waiting: 1 });
    await Promise.all([expectRejection(flush, "STORE_UNAVAILABLE"), store.close()]);
    await expectRejection(store.flush(), "STORE_UNAVAILABLE");
    anchors.hold = Promise.resolve();
    store = open(inner);
    await store.flush();
    expect(anchors.anchors).to.have.length(1);
    expect(store.status()).to.deep.include({ unanchored: 0, waiting: 0, notFinal: 0 });
  });

  it("shows for how long the oldest entry has waited, also when it is in an anchor that is not sent", async () => {
    let now = 1_000;
    store = open(new MemoryLogStore({ directory }), { clock: () => now });
    expect(store.status()).to.deep.include({ unanchored: 0, oldestAgeMs: null });
    await writeSession(store, gateway, peer, 2);
    now = 4_000;
    await writeSession(store, gateway, peer, 1);
    expect(store.status()).to.deep.include({ unanchored: 3, oldestAgeMs: 3_000 });
    anchors.hold = new Promise(() => undefined);
    const flush = store.flush();
    await until("it is sent", () => anchors.anchors.length === 1);
    now = 9_000;
    expect(store.status()).to.deep.include({ unanchored: 3, oldestAgeMs: 8_000, waiting: 1 });
    await Promise.all([expectRejection(flush, "STORE_UNAVAILABLE"), store.close()]);
  });
});
