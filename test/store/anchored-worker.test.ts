import { expect } from "chai";
import { id } from "ethers";
import { join } from "node:path";
import type { LogEntry } from "../../src/entry/entry.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import { toHex, type GatewayId, type SessionId } from "../../src/entry/hex.ts";
import { AnchoredLogStore } from "../../src/store/anchored-log-store.ts";
import type { AnchorOptions } from "../../src/store/anchored-worker.ts";
import type { LogStore, ReadRange, SessionRecord } from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { writeSession } from "../support/anchor-world.ts";
import { expectRejection } from "../support/expect-error.ts";
import { MemoryAnchors } from "../support/memory-anchors.ts";
import { sampleDirectory, sampleGateway } from "../support/sample-log.ts";
import { FlakyStore } from "../support/store-doubles.ts";
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

  override session(sessionId: SessionId): Promise<SessionRecord> {
    if (sessionId !== this.torn) return super.session(sessionId);
    return Promise.reject(new GatelogError("CORRUPT_STORE", "a row has changed", { sessionId }));
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

  it("puts at most 10,000 entries into one anchor", async () => {
    const tall = new TallStore(new MemoryLogStore({ directory }));
    store = open(tall);
    await writeSession(store, gateway, peer, 1);
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
