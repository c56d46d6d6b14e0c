import { expect } from "chai";
import { fromOdap01 } from "../../src/entry/odap-01.ts";
import { checkLog, startOfLog } from "../../src/entry/log-check.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { openApi, type ApiWorld } from "../support/api-world.ts";
import { makeEntries, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { entryToJson } from "../../src/entry/entry-json.ts";

const operator = sampleGateway("operator");
const peer = sampleGateway("peer");

/** draft-belchior-gateway-recovery-01, Figure 9, as it stands there. */
const FIGURE_9 = {
  sessionId: "4eb424c8-aead-4e9e-a321-a160ac3909ac",
  seqNumber: 6,
  phaseId: "lock",
  sourceGatewayId: "5.47.165.186",
  sourceDltId: "Hyperledger-Fabric-JusticeChain",
  targetGatewayId: "192.47.113.116",
  targetDltId: "Ethereum",
  timestamp: "1606157330",
  payload: { messageType: "2pc-log", message: "LOCK_ASSET", votes: "none" },
  payloadHash: "80BCF1C7421E98B097264D1C6F1A514576D6C9F4EF04955FA3AEF1C0664B34E3",
  logEntryHash: "[...]",
};
const FIGURE_10 = {
  ...FIGURE_9,
  seqNumber: 7,
  timestamp: "1606157333",
  payload: { ...FIGURE_9.payload, message: "LOCK_ASSET_ACK" },
};

describe("draft-01's five endpoints", () => {
  let store: MemoryLogStore;
  let api: ApiWorld;

  beforeEach(async () => {
    const directory = sampleDirectory(operator, peer);
    store = new MemoryLogStore({ directory });
    api = await openApi(store, directory, { operator });
  });
  afterEach(async () => {
    await api.close();
  });

  it("log and read back for a client that knows nothing else", async () => {
    expect((await api.call("POST", "/saveLogEntry", FIGURE_9)).json).to.deep.equal({
      success: true,
      response_data: "0",
    });
    expect((await api.call("POST", "/saveLogEntry/:log", FIGURE_10)).data).to.equal("1");

    const last = await api.call("GET", "/lastEntry");
    expect(last.status).to.equal(200);
    expect(last.headers.get("cache-control")).to.equal("private");
    const shown = (last.data as { log_entry: Record<string, unknown> }).log_entry;
    const { payloadHash: _claimed, logEntryHash: _none, ...words } = FIGURE_10;
    expect(shown).to.deep.include(words);
    expect((await api.call("GET", "/getLogEntry/0")).data).to.have.nested.property(
      "log_entry.payload.message",
      "LOCK_ASSET",
    );
    const log = (await api.call("GET", "/getLog")).data as { log: Record<string, unknown>[] };
    expect(log.log.map((entry) => entry["seqNumber"])).to.deep.equal([6, 7]);

    // What it was given verifies: an honest log stands behind the draft's words.
    const { opening, sessionHash } = await store.session(FIGURE_9.sessionId);
    expect(opening.facts.destination).to.equal(null);
    expect(opening.facts.register).to.equal("none");
    const entries = log.log.map((entry) => fromOdap01(entry, opening.facts));
    const start = startOfLog(FIGURE_9.sessionId, sessionHash, operator.gatewayId);
    expect(checkLog(start, entries, () => operator.signer.address).length).to.equal(2);
  });

  it("update a log with what is new in the client's copy", async () => {
    await api.call("POST", "/saveLogEntry", FIGURE_9);
    expect((await api.call("POST", "/updateLog", { log: [FIGURE_9, FIGURE_10] })).data).to.equal("0");
    expect((await api.call("POST", "/updateLog", { log: [FIGURE_9, FIGURE_10] })).data).to.equal("1");
    expect((await api.call("GET", "/getLogLength")).data).to.equal("2");
    const other = { ...FIGURE_9, payload: { ...FIGURE_9.payload, message: "SOMETHING_ELSE" } };
    expect((await api.call("POST", "/updateLog", [other])).json).to.include({ code: "EQUIVOCATION" });
    expect((await api.call("GET", "/getLogLength")).data).to.equal("2");
  });

  it("take the session from the query, a header, or the place of the drafts' :log", async () => {
    await api.call("POST", "/writeLogEntry", FIGURE_9);
    const { sessionId } = FIGURE_9;
    for (const path of [
      `/getLogLength?sessionId=${sessionId}`,
      `/getLogLength/${sessionId}`,
      `/getLogLength:${sessionId}`,
    ])
      expect((await api.call("GET", path)).data, path).to.equal("1");
    expect((await api.call("GET", "/getLastEntry", undefined, { "X-Session-Id": sessionId })).status).to.equal(200);
    const unknown = await api.call("GET", "/lastEntry?sessionId=00000000-0000-4000-8000-000000000000");
    expect(unknown.json).to.include({ code: "UNKNOWN_SESSION", status: 404 });
  });

  it("know no failure but 5XX when asked for draft 01", async () => {
    const failed = await api.call("GET", "/lastEntry?draft=01&sessionId=00000000-0000-4000-8000-000000000000");
    expect(failed.status).to.equal(500);
    expect(failed.json).to.include({ code: "UNKNOWN_SESSION", status: 500, success: false });
    expect((await api.call("POST", "/saveLogEntry?draft=01", "{")).status).to.equal(500);
    expect((await api.call("GET", "/v1/sessions/nonsense?draft=01")).status).to.equal(400);
  });

  it("take log-entry requests, in a session that the first one opens", async () => {
    const path = "/v1/sessions/0b5d9f7e-5a7e-4b5e-9d3c-6d2f4c9a1e11";
    const request = {
      phase: "p1",
      step: 1,
      operation: "init-validate",
      gateways: "(GS->GR)",
      payload: { what: "asset" },
    };
    expect((await api.call("POST", `${path}/entries`, request)).data).to.equal("0");
    const both = await Promise.all(
      [1, 2].map((step) => api.call("POST", `${path}/entries`, { ...request, step, operation: "exec-validate" })),
    );
    expect(both.map((answer) => answer.data).sort()).to.deep.equal(["1", "2"]);
    expect((await api.call("GET", `${path}/entries/last`)).data).to.have.nested.property("log_entry.index", 2);
    expect((await api.call("POST", `${path}/entries`, { ...request, phase: "nowhere" })).json).to.include({
      code: "MALFORMED",
    });
    expect((await api.call("GET", `${path}/length`)).data).to.equal("3");
  });

  it("do not write a session of two gateways, which is its engine's", async () => {
    const { facts, opening } = await sampleSession(operator, peer, { sessionId: FIGURE_9.sessionId });
    await store.openSession(opening);
    expect((await api.call("POST", "/saveLogEntry", FIGURE_9)).json).to.include({
      code: "NOT_SERVED_HERE",
      status: 501,
    });
    expect((await store.session(facts.sessionId)).logs[0]?.length).to.equal(0);
  });

  it("take whole entries in both forms, and give a diff in the draft's", async () => {
    const { facts, opening } = await sampleSession(operator, peer);
    await store.openSession(opening);
    const entries = await makeEntries(facts, operator, 2);
    expect((await api.call("POST", "/saveLogEntry", entryToJson(entries[0]!))).data).to.equal("0");
    await store.append(entries);
    const { log } = (await api.call("GET", `/getLog?sessionId=${facts.sessionId}`)).data as { log: object[] };
    const fresh = new MemoryLogStore({ directory: sampleDirectory(operator, peer) });
    await fresh.openSession(opening);
    const copy = await openApi(fresh, sampleDirectory(operator, peer));
    expect((await copy.call("POST", "/updateLog", { log })).data).to.equal("-1");
    expect(await fresh.read(facts.sessionId, operator.gatewayId, { from: 0, limit: 9 })).to.deep.equal(entries);
    expect((await copy.call("POST", "/updateLog", { log })).data).to.equal("1");
    await copy.close();
    const diff = await api.call(
      "GET",
      `/getLogDiff?sessionId=${facts.sessionId}&length=1&lastEntryHash=${entries[0]!.entryHash}`,
    );
    expect(diff.data).to.deep.equal({ commonPrefix: 0, missing: log.slice(1), complete: true });
    expect((await api.call("POST", "/getLogDiff", { log: log.slice(0, 1) })).data).to.deep.equal(diff.data);
    const altered = { ...log[0], timestamp: "1" };
    expect((await api.call("POST", "/saveLogEntry", altered)).json).to.include({ code: "INVALID_ENTRY" });
  });
});
