import { expect } from "chai";
import { canonicalBytes } from "../../src/entry/canonical.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import { sessionHashOf } from "../../src/entry/session.ts";
import { COMMANDS, STEPS } from "../../src/entry/vocabulary.ts";
import { foldLog, MAX_PEER_LOG_LENGTH, peerIdOf } from "../../src/gateway/session-reader.ts";
import { initialState } from "../../src/protocol/state.ts";
import { MAX_ENTRIES_PER_CALL, type ReadRange } from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { expectRejection } from "../support/expect-error.ts";
import { makeEntry, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
/** What a hostile peer writes. */
const FLOOD = 1_000_000;

/** A log of any length, made as it is read: an opening entry, and then what may stand anywhere, again and again. */
class Flood extends MemoryLogStore {
  length = FLOOD;
  pages = 0;
  readonly #template: LogEntry;
  readonly #turns: number[] = [];
  #turn = 0;

  constructor(template: LogEntry) {
    super({ directory: sampleDirectory(origin, destination) });
    this.#template = template;
  }

  /** The entry at an index; a test may put another one there. */
  at = (index: number): LogEntry => ({
    ...this.#template,
    index,
    seqNumber: index + 1,
    ...(index === 0
      ? { operation: "init", command: COMMANDS.setup, step: STEPS.setup }
      : { operation: "fail", command: COMMANDS.peer }),
  });

  override read(_sessionId: string, _gatewayId: string, { from, limit }: ReadRange): Promise<LogEntry[]> {
    this.pages += 1;
    this.#turns.push(this.#turn);
    setImmediate(() => (this.#turn += 1));
    const count = Math.max(0, Math.min(limit, this.length - from));
    return Promise.resolve(Array.from({ length: count }, (_, place) => this.at(from + place)));
  }

  /** Whether others had their turn between any two pages. */
  get letsOthersWork(): boolean {
    return this.#turns.every((turn, page) => turn >= page);
  }
}

describe("reading a session's logs", () => {
  let store: Flood;
  let start: ReturnType<typeof initialState>;

  beforeEach(async () => {
    const { facts } = await sampleSession(origin, destination);
    start = initialState("destination", facts, sessionHashOf(facts));
    store = new Flood(await makeEntry(facts, origin, null, { payload: canonicalBytes({}) }));
  });

  const fold = (log: "own" | "peer") => foldLog(store, start, log, peerIdOf(start));

  it("goes through a long log page by page, and lets other sessions have their turn", async () => {
    store.length = 10_000;
    const { state, broken } = await fold("peer");
    expect(broken).to.equal(null);
    expect(state.peer.length).to.equal(10_000);
    expect(store.pages).to.equal(10_000 / MAX_ENTRIES_PER_CALL + 1);
    expect(store.letsOthersWork).to.equal(true);
  });

  it("reads no more of a peer's log than it is prepared to, however much there is", async function () {
    this.timeout(30_000);
    const { state, broken } = await fold("peer");
    expect(broken).to.include({ code: "TOO_LARGE" });
    expect(state.peer.length).to.equal(MAX_PEER_LOG_LENGTH);
    expect(store.pages).to.equal(MAX_PEER_LOG_LENGTH / MAX_ENTRIES_PER_CALL + 1);
    expect(state.peer.marks.size).to.equal(2);
  });

  it("reads no further than the page on which the order is broken", async () => {
    const { at } = store;
    store.at = (index) => ({ ...at(index), ...(index === 300 && { operation: "done", command: COMMANDS.burn }) });
    const { state, broken } = await fold("peer");
    expect(broken).to.include({ code: "ILLEGAL_ORDER" });
    expect(state.peer.length).to.equal(300);
    expect(store.pages).to.equal(2);
  });

  it("reads its own log to the end: others may make it long", async function () {
    this.timeout(30_000);
    start = { ...start, role: "origin" };
    store.length = MAX_PEER_LOG_LENGTH + 10;
    const { state, broken } = await foldLog(store, start, "own", origin.gatewayId);
    expect(broken).to.equal(null);
    expect(state.own.length).to.equal(store.length);
  });

  it("takes a store's refusal to give out so long a log for what it is, and lets other failures through", async () => {
    const refuse = (code: "TOO_LARGE" | "STORE_UNAVAILABLE") => {
      store.read = () => Promise.reject(new GatelogError(code, "no"));
    };
    refuse("TOO_LARGE");
    expect((await fold("peer")).broken).to.include({ code: "TOO_LARGE" });
    refuse("STORE_UNAVAILABLE");
    await expectRejection(fold("peer"), "STORE_UNAVAILABLE");
  });
});
