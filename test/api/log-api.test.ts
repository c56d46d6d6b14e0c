import { expect } from "chai";
import { entryToJson, signedEntrySchema } from "../../src/entry/entry-json.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { signClosing, signDecision } from "../../src/entry/signed-statements.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import type { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { openApi, storeLike, type Answer, type ApiWorld } from "../support/api-world.ts";
import {
  makeEntries,
  makeEntry,
  sampleDirectory,
  sampleGateway,
  sampleSession,
  sampleSigner,
  type SampleSession,
} from "../support/sample-log.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
const LOG = { chainId: 31339, registry: sampleSigner("registry").address } as const;

describe("log API", () => {
  let directory: MemoryGatewayDirectory;
  let store: MemoryLogStore;
  let api: ApiWorld;
  let session: SampleSession;
  let path: string;

  beforeEach(async () => {
    directory = sampleDirectory(origin, destination);
    store = new MemoryLogStore({ directory });
    api = await openApi(store, directory, { bodyMax: 1_024 * 1_024 });
    session = await sampleSession(origin, destination, { log: LOG, register: "log" });
    path = `/v1/sessions/${session.facts.sessionId}`;
  });
  afterEach(async () => {
    await api.close();
  });

  const open = async (): Promise<void> => {
    expect((await api.call("POST", "/v1/sessions", session.opening)).status).to.equal(200);
  };
  const save = (...entries: SignedEntry[]): Promise<Answer> =>
    api.call("POST", `${path}/entries`, entries.map(entryToJson));

  it("opens a session, takes entries and gives them out, with the drafts' headers", async () => {
    await open();
    const entries = await makeEntries(session.facts, origin, 3);
    const one = await api.call("POST", `${path}/entries`, entryToJson(entries[0]!));
    expect(one.json).to.deep.equal({ success: true, response_data: "0" });
    expect((await save(entries[1]!, entries[2]!)).data).to.equal("2");
    expect((await save(...entries)).data).to.equal("2");

    const log = await api.call("GET", `${path}/entries?gatewayId=${origin.gatewayId}`);
    expect(log.headers.get("cache-control")).to.equal("private");
    expect(log.headers.get("content-type")).to.match(/^application\/json/);
    expect(log.headers.get("date")).to.be.a("string");
    expect(log.data).to.deep.equal({ log: entries.map(entryToJson) });
    const byHeader = { "X-Gateway-Id": origin.gatewayId };
    expect((await api.call("GET", `${path}/length`, undefined, byHeader)).data).to.equal("3");
    expect((await api.call("GET", `${path}/entries/last`, undefined, byHeader)).data).to.deep.equal({
      log_entry: entryToJson(entries[2]!),
    });
    expect((await api.call("GET", `${path}/entries/1`, undefined, byHeader)).data).to.deep.equal({
      log_entry: entryToJson(entries[1]!),
    });
    for (const id of [`${origin.gatewayId}/1`, encodeURIComponent(`${origin.gatewayId}/1`)])
      expect((await api.call("GET", `${path}/entries/${id}`)).data).to.deep.equal({
        log_entry: entryToJson(entries[1]!),
      });
  });

  it("tells the session's story by seqNumber, the origin first on a tie", async () => {
    await open();
    const mine = [await makeEntry(session.facts, origin, null, { seqNumber: 1 })];
    mine.push(await makeEntry(session.facts, origin, mine[0]!, { seqNumber: 4 }));
    const theirs = [await makeEntry(session.facts, destination, null, { seqNumber: 1 })];
    theirs.push(await makeEntry(session.facts, destination, theirs[0]!, { seqNumber: 2 }));
    await store.append(theirs);
    await store.append(mine);
    const story = await api.call("GET", `${path}/entries`);
    const ids = (story.data as { log: { id: string }[] }).log.map(({ id }) => id);
    expect(ids).to.deep.equal([
      `${origin.gatewayId}/0`,
      `${destination.gatewayId}/0`,
      `${destination.gatewayId}/1`,
      `${origin.gatewayId}/1`,
    ]);
    const page = await api.call("GET", `${path}/entries?from=1&limit=2`);
    expect(page.data).to.have.property("next", 3);
    expect((page.data as { log: { id: string }[] }).log.map(({ id }) => id)).to.deep.equal(ids.slice(1, 3));
    const last = await api.call("GET", `${path}/entries?from=3&limit=2`);
    expect(last.data).not.to.have.property("next");
  });

  it("streams a line per entry to whoever accepts NDJSON", async () => {
    await open();
    const entries = await makeEntries(session.facts, origin, 3);
    await store.append(entries);
    const stream = await api.call("GET", `${path}/entries?gatewayId=${origin.gatewayId}`, undefined, {
      Accept: "application/x-ndjson",
    });
    expect(stream.headers.get("content-type")).to.match(/^application\/x-ndjson/);
    const lines = stream.text
      .trimEnd()
      .split("\n")
      .map((line): unknown => signedEntrySchema.parse(JSON.parse(line)));
    expect(lines).to.deep.equal(entries);
  });

  it("answers for an empty log", async () => {
    await open();
    const query = `?gatewayId=${origin.gatewayId}`;
    expect((await api.call("GET", `${path}/entries${query}`)).json).to.deep.equal({
      success: true,
      response_data: { log: [] },
    });
    expect((await api.call("GET", `${path}/length${query}`)).data).to.equal("0");
    expect((await api.call("GET", `${path}/entries/last${query}`)).json).to.include({
      code: "UNKNOWN_ENTRY",
      status: 404,
    });
  });

  it("serves record, sessions, status, decision, closings and gateways", async () => {
    await open();
    const [first] = await makeEntries(session.facts, origin, 1);
    await store.append([first!]);
    const { sessionId } = session.facts;
    const record = await store.session(sessionId);
    expect((await api.call("GET", path)).data).to.deep.equal(JSON.parse(JSON.stringify(record)));
    expect((await api.call("GET", `/v1/sessions?gatewayId=${origin.gatewayId}&open=true`)).data).to.deep.equal({
      sessions: [sessionId],
    });
    expect((await api.call("GET", `/v1/gateways/${origin.gatewayId}`)).data).to.deep.equal(
      await directory.gateway(origin.gatewayId),
    );
    const status = await api.call("GET", `${path}/status`);
    expect(status.data).to.deep.include({
      phase: 1,
      step: 101,
      decision: "NONE",
      closed: false,
      finality: { durability: "volatile", decision: false },
    });

    const abort = await signDecision(session.facts, "ABORT", 1, origin.signer);
    expect((await api.call("POST", `${path}/decision`, abort)).data).to.deep.include({
      decision: "ABORT",
      final: true,
    });
    expect((await api.call("GET", `${path}/decision`)).data).to.deep.include({ decision: "ABORT", statement: abort });
    const head = { gatewayId: origin.gatewayId, length: 1, lastEntryHash: first!.entryHash, epoch: 1 };
    const closing = await signClosing(session.facts, head, origin.signer);
    expect((await api.call("POST", `${path}/closings`, closing)).data).to.deep.include({ closed: false });
    expect((await api.call("GET", `/v1/sessions?gatewayId=${origin.gatewayId}&open=true`)).data).to.deep.equal({
      sessions: [],
    });
  });

  it("says what a copy of a log lacks, and takes what it has more", async () => {
    await open();
    const entries = await makeEntries(session.facts, origin, 4);
    await store.append(entries.slice(0, 3));
    const json = entries.map(entryToJson);
    const lacking = await api.call("POST", `${path}/diff`, { log: json.slice(0, 1) });
    expect(lacking.data).to.deep.equal({ commonPrefix: 0, missing: json.slice(1, 3), complete: true });
    const byHead = await api.call("POST", `${path}/diff?gatewayId=${origin.gatewayId}`, {
      length: 2,
      lastEntryHash: entries[1]!.entryHash,
    });
    expect(byHead.data).to.deep.equal({ commonPrefix: 1, missing: json.slice(2, 3), complete: true });
    const nothing = await api.call("POST", `${path}/diff?gatewayId=${origin.gatewayId}`, { length: 0 });
    expect(nothing.data).to.deep.equal({ commonPrefix: -1, missing: json.slice(0, 3), complete: true });

    expect((await api.call("POST", `${path}/update`, { log: json })).data).to.equal("2");
    expect((await api.call("POST", `${path}/update`, json.slice(1))).data).to.equal("3");
    expect(await store.read(session.facts.sessionId, origin.gatewayId, { from: 0, limit: 9 })).to.deep.equal(entries);

    const other = await makeEntry(session.facts, origin, entries[0]!, { timestamp: 1 });
    const forked = [entryToJson(entries[0]!), entryToJson(other)];
    const conflict = await api.call("POST", `${path}/diff`, forked);
    expect(conflict.data).to.deep.include({
      commonPrefix: 0,
      missing: [],
      conflict: { index: 1, ours: other.entryHash, theirs: entries[1]!.entryHash },
    });
    expect((await api.call("POST", `${path}/update`, forked)).json).to.include({ code: "EQUIVOCATION", status: 409 });
    expect(await store.evidence(session.facts.sessionId)).to.have.length(1);
  });

  it("keeps the caller's request id, and gives one to whoever has none", async () => {
    const named = await api.call("GET", "/health", undefined, { "X-Request-Id": "abc-1" });
    expect(named.headers.get("x-request-id")).to.equal("abc-1");
    const unnamed = await api.call("GET", "/ready", undefined, { "X-Request-Id": "not an id" });
    expect(unnamed.headers.get("x-request-id")).to.match(/^[0-9a-f-]{36}$/);
    expect(unnamed.data).to.deep.equal({ status: "ready", durability: "volatile" });
  });

  it("answers a problem when the store does not answer in time", async () => {
    const slow = await openApi({ ...storeLike(store), session: () => new Promise(() => undefined) }, directory, {
      requestTimeoutMs: 50,
    });
    const answer = await slow.call("GET", path);
    expect(answer.status).to.equal(503);
    expect(answer.headers.get("retry-after")).to.equal("1");
    expect(answer.json).to.include({ code: "TIMEOUT" });
    await slow.close();
  });

  it("says nothing of its inside when it fails", async () => {
    const broken = { ...storeLike(store), session: () => Promise.reject(new Error("password is hunter2")) };
    const failing = await openApi(broken, directory, {});
    const answer = await failing.call("GET", path);
    expect(answer.json).to.include({ code: "INTERNAL", status: 500, success: false });
    expect(answer.text).not.to.contain("hunter2");
    await failing.close();
  });
});
