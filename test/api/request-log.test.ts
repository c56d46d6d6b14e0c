import { expect } from "chai";
import type { RequestRecord } from "../../src/api/request-log.ts";
import { entryToJson } from "../../src/entry/entry-json.ts";
import { openHeldApi, type HeldApi } from "../support/held-api.ts";
import { makeEntries, sampleGateway } from "../support/sample-log.ts";
import { until } from "../support/until.ts";

const JSON_TYPE = { "Content-Type": "application/json" };

describe("what a log API says of a request", () => {
  let api: HeldApi;
  let seen: RequestRecord[];

  const serve = async (mayPass: boolean): Promise<void> => {
    seen = [];
    api = await openHeldApi(
      { events: { pollMs: 60_000 } },
      { onRequest: (request) => void seen.push(request) },
      mayPass,
    );
  };
  afterEach(() => api.close());

  it("is no status if its client has gone before there was one", async () => {
    await serve(false);
    const stop = new AbortController();
    const gone = api.get(api.path, { signal: stop.signal }).catch(() => "gone");
    await api.untilHeld(1);
    stop.abort();
    expect(await gone).to.equal("gone");
    await api.untilMetric('gatelog_api_requests_total{operation="getSession",status="aborted"}', "1");
    const { status, code, cut } = seen.find(({ operation }) => operation === "getSession") ?? {};
    expect({ status, code, cut }).to.deep.equal({ status: null, code: null, cut: true });
  });

  it("names the session at the drafts' names too, and wakes whoever watches it", async () => {
    await serve(true);
    const { sessionId } = api.facts;
    const stop = new AbortController();
    const stream = await api.get(`${api.path}/events`, { signal: stop.signal });
    const text = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    let told = "";
    const reading = (async () => {
      for (let next = await text.read(); !next.done; next = await text.read()) told += next.value;
    })().catch(() => undefined);
    const log = (await makeEntries(api.facts, sampleGateway("origin"), 2)).map(entryToJson);
    for (const [path, body] of [
      ["/saveLogEntry", log[0]],
      ["/updateLog", log],
    ] as const)
      await api.get(path, { method: "POST", headers: JSON_TYPE, body: JSON.stringify(body) });
    await until("both are told of", () => seen.length === 2);
    expect(seen.map(({ operation, sessionId: session, status }) => [operation, session, status])).to.deep.equal([
      ["draftSaveEntry", sessionId, 200],
      ["draftUpdateLog", sessionId, 200],
    ]);
    // The next look of its own would be in a minute.
    await until("the watcher is told", () => told.match(/^event: entry$/gm)?.length === 2);
    stop.abort();
    await reading;
  });
});
