import { expect } from "chai";
import { entryToJson } from "../../src/entry/entry-json.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { toOdap01 } from "../../src/entry/odap-01.ts";
import { toSatp03 } from "../../src/entry/satp-03.ts";
import { signClosing } from "../../src/entry/signed-statements.ts";
import { createLogApi } from "../../src/api/log-api.ts";
import { describe as describeApi } from "../../src/api/openapi.ts";
import { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { ApiContract } from "../support/api-contract.ts";
import { openApi, type ApiWorld } from "../support/api-world.ts";
import {
  makeEntries,
  sampleDirectory,
  sampleGateway,
  sampleSession,
  type SampleSession,
} from "../support/sample-log.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");

describe("log API", () => {
  let store: MemoryLogStore;
  let api: ApiWorld;
  let session: SampleSession;
  let entries: SignedEntry[];
  let path: string;

  beforeEach(async () => {
    const directory = sampleDirectory(origin, destination);
    store = new MemoryLogStore({ directory });
    api = await openApi(store, directory, { events: { pollMs: 20, heartbeatMs: 20 } });
    session = await sampleSession(origin, destination);
    await store.openSession(session.opening);
    entries = await makeEntries(session.facts, origin, 3);
    await store.append(entries);
    path = `/v1/sessions/${session.facts.sessionId}`;
  });
  afterEach(() => api.close());

  describe("in a draft's words", () => {
    const query = `gatewayId=${origin.gatewayId}`;

    it("gives entries out as the query says, under either path", async () => {
      const { facts } = session;
      for (const where of [`${path}/entries/last?${query}`, `/getLastEntry/${facts.sessionId}?${query}`]) {
        const satp = await api.call("GET", `${where}&draft=satp-03`);
        expect(satp.data).to.deep.equal({ log_entry: toSatp03(entries[2]!, facts) });
        const odap = await api.call("GET", `${where}&draft=odap-01`);
        expect(odap.data).to.deep.equal({ log_entry: toOdap01(entries[2]!, facts) });
      }
      const log = await api.call("GET", `/getLog?${query}&sessionId=${facts.sessionId}&draft=satp-03`);
      expect(log.data).to.deep.equal({ log: entries.map((entry) => toSatp03(entry, facts)) });
      expect((await api.call("GET", `${path}/entries/0?${query}&draft=satp-99`)).json).to.include({
        code: "MALFORMED",
      });
    });

    it("gives them out as the accepted media type's profile says, also a line each", async () => {
      const words = entries.map((entry) => toSatp03(entry, session.facts));
      const Accept = 'application/json; profile="satp-03"';
      const page = await api.call("GET", `${path}/entries?${query}`, undefined, { Accept });
      expect(page.data).to.deep.equal({ log: words });
      const lines = { Accept: "application/x-ndjson; profile=satp-03" };
      const stream = await api.call("GET", `${path}/entries?${query}`, undefined, lines);
      expect(
        stream.text
          .trimEnd()
          .split("\n")
          .map((line): unknown => JSON.parse(line)),
      ).to.deep.equal(words);
    });

    it("takes whole entries in the words of either, and refuses what was changed", async () => {
      const fresh = new MemoryLogStore({ directory: sampleDirectory(origin, destination) });
      await fresh.openSession(session.opening);
      const copy = await openApi(fresh, sampleDirectory(origin, destination));
      const [first, second, third] = entries;
      const { facts } = session;
      expect((await copy.call("POST", "/writeLogEntry", toSatp03(first!, facts))).data).to.equal("0");
      expect((await copy.call("POST", `${path}/entries`, [toSatp03(second!, facts)])).data).to.equal("1");
      const altered = { ...toSatp03(third!, facts), operation: "done" };
      expect((await copy.call("POST", `${path}/entries`, altered)).json).to.include({ code: "INVALID_ENTRY" });
      const log = [toSatp03(first!, facts), toOdap01(second!, facts), entryToJson(third!)];
      expect((await copy.call("POST", "/updateLog", { log })).data).to.equal("1");
      expect(await fresh.read(facts.sessionId, origin.gatewayId, { from: 0, limit: 9 })).to.deep.equal(entries);
      await copy.close();
    });
  });

  describe("events of a session", () => {
    const follow = (headers: Record<string, string> = {}) => fetch(`${api.url}${path}/events`, { headers });

    async function close(): Promise<void> {
      for (const gateway of [origin, destination]) {
        const { gatewayId } = gateway;
        const last = gateway === origin ? entries.at(-1)?.entryHash : undefined;
        const head = {
          gatewayId,
          length: last ? 3 : 0,
          lastEntryHash: last ?? (`0x${"0".repeat(64)}` as const),
          epoch: 1,
        };
        await store.closeLog(await signClosing(session.facts, head, gateway.signer));
      }
    }

    it("end when the session is closed, and there is nothing more for whoever has all of it", async () => {
      await close();
      const text = await (await follow()).text();
      const ids = [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? "");
      expect(ids).to.have.length(4);
      expect([...text.matchAll(/^event: (.*)$/gm)].map(([, event]) => event)).to.deep.equal([
        ...["entry", "entry", "entry", "closed"],
      ]);
      expect((await follow({ "Last-Event-ID": ids[3]! })).status).to.equal(204);
      const rest = await (await follow({ "Last-Event-ID": ids[1]! })).text();
      expect([...rest.matchAll(/^id: (.*)$/gm)].map(([, id]) => id)).to.deep.equal(ids.slice(2));
    });

    it("are kept alive while nothing happens", async () => {
      const stop = new AbortController();
      const response = await fetch(`${api.url}${path}/events`, { signal: stop.signal });
      let text = "";
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        if (text.includes(": alive")) break;
      }
      expect(text.match(/^event: entry$/gm)).to.have.length(3);
      stop.abort();
    });

    it("refuse a place that is none of the session's, and a session that nobody knows", async () => {
      for (const place of ["x", "1.", "1.2.3.", "-1.0."]) {
        const refused = await api.call("GET", `${path}/events`, undefined, { "Last-Event-ID": place });
        expect(refused.json, place).to.include({ code: "MALFORMED", status: 400 });
      }
      const unknown = await api.call("GET", "/v1/sessions/00000000-0000-4000-8000-000000000000/events");
      expect(unknown.json).to.include({ code: "UNKNOWN_SESSION", status: 404 });
    });
  });

  it("is held to its description by every test: an answer that it does not permit is a fault", async () => {
    const directory = new MemoryGatewayDirectory();
    const { operations } = createLogApi({ store: new MemoryLogStore({ directory }), directory });
    const contract = new ApiContract(describeApi(operations, "0.0.0"));
    const request = { method: "GET", path: `${path}/length` };
    const good = await api.call("GET", `${path}/length?gatewayId=${origin.gatewayId}`);
    const type = "application/json";
    const faults = (status: number, json: unknown, media = type) =>
      contract.faults(request, { status, type: media, text: JSON.stringify(json), json }).length;
    expect(faults(200, good.json)).to.equal(0);
    expect(faults(200, { ...good.json, response_data: 3 })).to.be.greaterThan(0);
    expect(faults(200, { ...good.json, extra: 1 })).to.be.greaterThan(0);
    expect(faults(201, good.json)).to.be.greaterThan(0);
    expect(faults(200, good.json, "text/html")).to.be.greaterThan(0);
    const problem = (await api.call("GET", `${path}/length`)).json;
    expect(faults(400, problem, "application/problem+json")).to.equal(0);
    const wrong = { ...problem, code: "ALREADY_DECIDED" };
    expect(faults(400, wrong, "application/problem+json")).to.be.greaterThan(0);
  });
});
