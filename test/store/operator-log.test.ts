import { expect } from "chai";
import { GatelogError } from "../../src/entry/errors.ts";
import { canonicalBytes } from "../../src/entry/canonical.ts";
import type { LogEntryRequest } from "../../src/entry/log-entry-request.ts";
import { MAX_ENTRIES_PER_CALL } from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { OperatorLog } from "../../src/store/operator-log.ts";
import { sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { codeOf, FlakyStore } from "../support/store-doubles.ts";

const operator = sampleGateway("operator");
const peer = sampleGateway("peer");
const SESSION = "4eb424c8-aead-4e9e-a321-a160ac3909ac";

describe("OperatorLog", () => {
  let inner: MemoryLogStore;
  let flaky: FlakyStore;
  let log: OperatorLog;
  let directory: ReturnType<typeof sampleDirectory>;

  const request = (message: string, change: Partial<LogEntryRequest> = {}): LogEntryRequest => ({
    step: 101,
    operation: "init",
    vote: "none",
    command: 2,
    payload: canonicalBytes({ message }),
    gateways: null,
    seqNumber: 0,
    timestamp: null,
    ...change,
  });
  const openLog = (signer = operator.signer): OperatorLog =>
    new OperatorLog(
      { store: flaky, directory, signer, now: () => 42 },
      { gatewayId: operator.gatewayId, networkId: "eip155:31337", log: null },
    );
  const stored = () => inner.read(SESSION, operator.gatewayId, { from: 0, limit: 99 });

  beforeEach(() => {
    directory = sampleDirectory(operator, peer);
    inner = new MemoryLogStore({ directory });
    flaky = new FlakyStore(inner);
    log = openLog();
  });

  it("opens the session with the first entry and chains the rest, numbers as the writer asks where it may", async () => {
    const first = await log.write(SESSION, request("one", { seqNumber: 6, timestamp: 1_606_157_330_000 }));
    const second = await log.write(SESSION, request("two"));
    const third = await log.write(SESSION, request("three", { seqNumber: 3 }));
    expect(await stored()).to.deep.equal([first, second, third]);
    expect([first, second, third].map((entry) => entry.seqNumber)).to.deep.equal([6, 7, 8]);
    expect([first.timestamp, second.timestamp]).to.deep.equal([1_606_157_330_000, 42]);
  });

  it("names the profile that it is given, or the one of what the store promises", async () => {
    await log.write(SESSION, request("one"));
    expect((await inner.session(SESSION)).opening.facts.profile.logging).to.equal("local");
    const other = "5eb424c8-aead-4e9e-a321-a160ac3909ac";
    const options = {
      gatewayId: operator.gatewayId,
      networkId: "eip155:31337",
      log: null,
      logging: "anchored",
    } as const;
    await new OperatorLog({ store: inner, directory, signer: operator.signer }, options).write(other, request("one"));
    expect((await inner.session(other)).opening.facts.profile.logging).to.equal("anchored");
  });

  it("puts concurrent requests one after the other", async () => {
    const written = await Promise.all(["a", "b", "c", "d"].map((message) => log.write(SESSION, request(message))));
    expect(written.map((entry) => entry.index)).to.deep.equal([0, 1, 2, 3]);
    expect(await stored()).to.deep.equal(written);
  });

  it("sends what may have got through again, unchanged, before anything new", async () => {
    await log.write(SESSION, request("one"));
    flaky.failure = new GatelogError("TIMEOUT", "no answer");
    expect(await codeOf(log.write(SESSION, request("two")))).to.equal("TIMEOUT");
    expect(await codeOf(log.write(SESSION, request("three")))).to.equal("TIMEOUT");
    flaky.failure = null;
    const last = await log.write(SESSION, request("four"));
    const messages = (await stored()).map((entry) => Buffer.from(entry.payload).toString());
    expect(messages).to.deep.equal(["one", "two", "four"].map((message) => JSON.stringify({ message })));
    expect(last.index).to.equal(2);
  });

  it("also when the opening itself was in doubt", async () => {
    flaky.failure = new GatelogError("STORE_UNAVAILABLE", "down");
    expect(await codeOf(log.write(SESSION, request("one")))).to.equal("STORE_UNAVAILABLE");
    flaky.failure = null;
    await log.write(SESSION, request("two"));
    expect(await stored()).to.have.length(2);
  });

  it("signs nothing with a key that is not the gateway's current one", async () => {
    directory.rotateKey(operator.gatewayId, peer.signer.address);
    expect(await codeOf(log.write(SESSION, request("one")))).to.equal("STALE_EPOCH");
    expect(flaky.calls).to.equal(0);
    const entry = await openLog(peer.signer).write(SESSION, request("one"));
    expect(entry.epoch).to.equal(2);
  });

  it("leaves alone the sessions of two gateways, and those of others", async () => {
    const shared = await sampleSession(operator, peer);
    await inner.openSession(shared.opening);
    expect(await codeOf(log.write(shared.facts.sessionId, request("one")))).to.equal("NOT_SERVED_HERE");
    const foreign = await sampleSession(peer, null);
    await inner.openSession(foreign.opening);
    expect(await codeOf(log.write(foreign.facts.sessionId, request("one")))).to.equal("UNKNOWN_LOG");
    expect(flaky.calls).to.equal(0);
  });

  it("takes no number that leaves no room for the next", async () => {
    expect(await codeOf(log.write(SESSION, request("one", { seqNumber: Number.MAX_SAFE_INTEGER })))).to.equal(
      "MALFORMED",
    );
    await log.write(SESSION, request("one"));
    expect(await stored()).to.have.length(1);
  });

  it("writes what is chosen of the log as it stands, with nothing between, and all or none of a call's worth", async () => {
    const messages = async () => (await stored()).map(({ payload }) => Buffer.from(payload).toString());
    const add = (...names: string[]) =>
      log.extend(SESSION, async (record) => {
        const length = record === undefined ? 0 : (await stored()).length;
        await new Promise((resolve) => setImmediate(resolve));
        return names.map((name) => request(`${name} at ${length}`));
      });
    await Promise.all([add("a", "b"), log.write(SESSION, request("c")), add("d", "e", "f")]);
    expect(await messages()).to.deep.equal(
      ["a at 0", "b at 0", "c", "d at 3", "e at 3", "f at 3"].map((message) => JSON.stringify({ message })),
    );
    expect(flaky.calls).to.equal(3);
    await add();
    expect(flaky.calls).to.equal(3);

    // More than a call's worth are several calls: what can be known before is, before the first.
    const good = Array.from({ length: MAX_ENTRIES_PER_CALL }, () => request("one"));
    const bad = [...good, request("two", { seqNumber: Number.MAX_SAFE_INTEGER })];
    expect(await codeOf(log.extend(SESSION, () => Promise.resolve(bad)))).to.equal("MALFORMED");
    expect(flaky.calls).to.equal(3);
    flaky.failure = new GatelogError("TIMEOUT", "no answer");
    flaky.lands = true;
    expect(await codeOf(add("g", "h"))).to.equal("TIMEOUT");
    flaky.failure = null;
    // What was in doubt stands before the next one looks.
    await add("i");
    expect((await messages()).slice(6)).to.deep.equal(
      ["g at 6", "h at 6", "i at 8"].map((message) => JSON.stringify({ message })),
    );
  });

  it("chooses nothing in the sessions of others", async () => {
    const { facts, opening } = await sampleSession(operator, peer);
    await inner.openSession(opening);
    const never = () => Promise.reject(new Error("asked"));
    expect(await codeOf(log.extend(facts.sessionId, never))).to.equal("NOT_SERVED_HERE");
  });
});
