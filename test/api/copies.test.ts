import { expect } from "chai";
import { entryToJson } from "../../src/entry/entry-json.ts";
import type { JsonObject } from "../../src/entry/canonical.ts";
import { toOdap01 } from "../../src/entry/odap-01.ts";
import type { LogStore } from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { openApi, storeLike, type ApiWorld } from "../support/api-world.ts";
import { makeEntries, makeEntry, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";

const operator = sampleGateway("operator");
const peer = sampleGateway("peer");
const SESSION = "4eb424c8-aead-4e9e-a321-a160ac3909ac";
const OTHER = "5eb424c8-aead-4e9e-a321-a160ac3909ac";
const FOREIGN_HASH = `0x${"ab".repeat(32)}`;

/** Figure 9 as a draft-01 client writes it. */
function figure9(seqNumber: number, change: JsonObject = {}): JsonObject {
  return {
    ...{ sessionId: SESSION, seqNumber, phaseId: "lock", sourceGatewayId: "5.47.165.186", sourceDltId: "Fabric" },
    ...{ targetGatewayId: "192.47.113.116", targetDltId: "Ethereum", timestamp: "1606157330" },
    payload: { messageType: "2pc-log", message: `MESSAGE_${seqNumber}`, votes: "none" },
    ...{ payloadHash: "80BC", ...change },
  };
}

describe("copies of a log", () => {
  const directory = sampleDirectory(operator, peer);
  let store: MemoryLogStore;
  /** In front of it: counts, and takes its time, so that what is not kept apart meets. */
  let slow: LogStore;
  const calls = { session: 0, append: 0 };
  let api: ApiWorld;

  beforeEach(async () => {
    store = new MemoryLogStore({ directory });
    Object.assign(calls, { session: 0, append: 0 });
    const whole = storeLike(store);
    const turns = async () => {
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    slow = {
      ...whole,
      session: (id) => ((calls.session += 1), whole.session(id)),
      append: async (entries) => ((calls.append += 1), await turns(), whole.append(entries)),
      openSession: async (opening, first) => (await turns(), whole.openSession(opening, first)),
    };
    api = await openApi(slow, directory, { operator });
  });
  afterEach(() => api.close());

  const lengthOf = async (sessionId: string) => (await api.call("GET", `/getLogLength?sessionId=${sessionId}`)).data;

  describe("in a draft's words alone", () => {
    const copy = [1, 2, 3].map((seqNumber) => figure9(seqNumber));

    it("are written once, however many bring them at once", async () => {
      const both = await Promise.all([1, 2].map(() => api.call("POST", "/updateLog", copy)));
      expect(both.map(({ data }) => data).sort()).to.deep.equal(["-1", "2"]);
      expect(await lengthOf(SESSION)).to.equal("3");
      expect((await api.call("POST", "/updateLog", [...copy, figure9(4)])).data).to.equal("2");
      expect((await api.call("POST", "/updateLog", copy)).data).to.equal("2");
      expect(await lengthOf(SESSION)).to.equal("4");
    });

    it("are all looked at before the first is written, and written in one append", async () => {
      const bad = [
        { code: "MALFORMED", entry: figure9(3, { sessionId: OTHER }) },
        { code: "MALFORMED", entry: figure9(Number.MAX_SAFE_INTEGER) },
        { code: "MALFORMED", entry: figure9(3, { timestamp: "soon" }) },
        { code: "TOO_LARGE", entry: figure9(3, { payloadHash: "A".repeat(20_000) }) },
      ];
      for (const { code, entry } of bad)
        expect((await api.call("POST", "/updateLog", [figure9(1), figure9(2), entry])).json).to.include({ code });
      expect((await api.call("GET", `/v1/sessions/${SESSION}`)).status).to.equal(404);
      await api.call("POST", "/updateLog", copy.slice(0, 1));
      await api.call("POST", "/updateLog", [...copy, ...[4, 5, 6].map((seqNumber) => figure9(seqNumber))]);
      expect(calls.append).to.equal(1);
      expect(await lengthOf(SESSION)).to.equal("6");
    });

    it("are the same in capitals and with zeros before a number", async () => {
      const given = figure9(1, { sessionId: SESSION.toUpperCase(), timestamp: "001606157330" });
      expect((await api.call("POST", "/updateLog", [given])).data).to.equal("-1");
      for (const again of [given, figure9(1)])
        expect((await api.call("POST", "/updateLog", [again])).data).to.equal("0");
      expect(await lengthOf(SESSION)).to.equal("1");
    });

    it("are told what they lack, and where they differ", async () => {
      await api.call("POST", "/updateLog", copy);
      const { log } = (await api.call("GET", `/getLog?sessionId=${SESSION}`)).data as { log: JsonObject[] };
      const diff = await api.call("POST", "/getLogDiff", copy.slice(0, 1));
      expect(diff.data).to.deep.equal({ commonPrefix: 0, missing: log.slice(1), complete: true });
      const more = await api.call("POST", "/getLogDiff", { log: [...copy, figure9(4)] });
      expect(more.data).to.deep.equal({ commonPrefix: 2, missing: [], complete: true });
      const other = await api.call("POST", `/v1/sessions/${SESSION}/diff`, [copy[0], figure9(9)]);
      const theirs = (await store.read(SESSION, operator.gatewayId, { from: 1, limit: 1 }))[0]?.entryHash;
      expect(other.data).to.deep.include({ commonPrefix: 0, missing: [], conflict: { index: 1, ours: null, theirs } });
    });

    it("write no session of two gateways, whose logs are the gateways' own", async () => {
      const { opening } = await sampleSession(operator, peer, { sessionId: SESSION });
      await store.openSession(opening);
      expect((await api.call("POST", "/updateLog", copy)).json).to.include({ code: "NOT_SERVED_HERE" });
    });
  });

  describe("of whole entries", () => {
    const world = async () => {
      const { facts, opening } = await sampleSession(operator, peer);
      await store.openSession(opening);
      const entries = await makeEntries(facts, operator, 4);
      await store.append(entries);
      return { facts, entries, path: `/v1/sessions/${facts.sessionId}`, query: `?gatewayId=${operator.gatewayId}` };
    };

    it("say what is known of how far they agree, and no more", async () => {
      const { entries, path, query } = await world();
      const head = { length: 4, lastEntryHash: entries[3]!.entryHash };
      const diff = async (body: unknown) => (await api.call("POST", `${path}/diff${query}`, body)).data;
      const unknown = { commonPrefix: -1, missing: [], complete: false, stored: head };
      // More than is stored: nothing was compared.
      expect(await diff({ length: 9, lastEntryHash: FOREIGN_HASH })).to.deep.equal(unknown);
      // A hash speaks for all before it if it is the same, and for none if it is not.
      expect(await diff({ length: 3, lastEntryHash: FOREIGN_HASH })).to.deep.equal({
        ...unknown,
        conflict: { index: 2, ours: FOREIGN_HASH, theirs: entries[2]!.entryHash },
      });
      const first = { index: 0, ours: FOREIGN_HASH, theirs: entries[0]!.entryHash };
      expect(await diff({ length: 1, lastEntryHash: FOREIGN_HASH })).to.deep.equal({
        ...{ commonPrefix: -1, missing: [], complete: false, conflict: first },
      });
      expect(await diff(head)).to.deep.equal({ commonPrefix: 3, missing: [], complete: true });
      for (const lastEntryHash of ["junk", undefined])
        for (const length of [2, 9])
          expect((await api.call("POST", `${path}/diff${query}`, { length, lastEntryHash })).json).to.include({
            code: "MALFORMED",
          });
    });

    it("may begin anywhere, and are then held to the entry before", async () => {
      const { facts, entries, path } = await world();
      const diff = async (...copy: typeof entries) =>
        (await api.call("POST", `${path}/diff`, copy.map(entryToJson))).data;
      expect(await diff(entries[1]!)).to.deep.equal({
        ...{ commonPrefix: 1, missing: entries.slice(2).map(entryToJson), complete: true },
      });
      const fork = [entries[0]!, await makeEntry(facts, operator, entries[0]!, { timestamp: 1 })];
      fork.push(await makeEntry(facts, operator, fork[1]!));
      expect(await diff(fork[2]!)).to.deep.include({
        commonPrefix: -1,
        conflict: { index: 1, ours: fork[1]!.entryHash, theirs: entries[1]!.entryHash },
      });
      for (let index = 3; index < 7; index += 1) fork.push(await makeEntry(facts, operator, fork[index - 1]!));
      expect(await diff(fork[6]!)).to.deep.include({ commonPrefix: -1, missing: [], complete: false });
      expect(await diff(fork[6]!)).not.to.have.property("conflict");
    });

    it("are taken as the API gives them out, the session's story included", async () => {
      const { facts, entries, path } = await world();
      const story = (await api.call("GET", `${path}/entries`)).data as { log: JsonObject[] };
      expect((await api.call("POST", `${path}/update`, story)).data).to.equal("3");
      expect((await api.call("POST", `${path}/diff`, story)).data).to.deep.include({ commonPrefix: 3, missing: [] });
      const [first] = story.log;
      const renamed = { ...first, id: `${operator.gatewayId}/7` };
      expect((await api.call("POST", `${path}/update`, [renamed])).json).to.include({ code: "INVALID_ENTRY" });
      await store.append(await makeEntries(facts, peer, 1));
      const both = (await api.call("GET", `${path}/entries`)).data as { log: JsonObject[] };
      expect(both.log).to.have.length(5);
      expect((await api.call("POST", `${path}/update`, both)).json).to.include({ code: "MALFORMED" });
      // Inside a run an entry has no signature of its own: enough for what stands already, not for what is new.
      const inRun = { ...entryToJson(entries[3]!), signature: null };
      expect((await api.call("POST", `${path}/update`, [inRun])).data).to.equal("3");
      const next = await makeEntry(facts, operator, entries[3]!);
      const unsigned = { ...entryToJson(next), signature: null };
      expect((await api.call("POST", `${path}/update`, [inRun, unsigned])).json).to.include({
        code: "INVALID_SIGNATURE",
      });
    });

    it("in a draft's words need their session once", async () => {
      const { facts, entries } = await world();
      const log = entries.map((entry) => toOdap01(entry, facts));
      calls.session = 0;
      expect((await api.call("POST", "/updateLog", log)).data).to.equal("3");
      expect(calls.session).to.equal(1);
    });
  });
});
