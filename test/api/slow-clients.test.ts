import { expect } from "chai";
import type { LogApiOptions } from "../../src/api/log-api.ts";
import type { Operation } from "../../src/api/operation.ts";
import { openHeldApi, type HeldApi } from "../support/held-api.ts";
import { openRawClient, requestHead, type RawClient } from "../support/raw-client.ts";

const JSON_TYPE = { "Content-Type": "application/json" };
const WHOLE = JSON.stringify({ length: 0 });
/** More than the system takes for a reader that reads nothing. */
const LONG_ANSWER = "x".repeat(16 * 1_024 * 1_024);

/** What one connection can do to all others, by doing little. */
describe("clients that hold a log API up", () => {
  let api: HeldApi;
  const clients: RawClient[] = [];

  const serve = async (options: LogApiOptions, mayPass = true): Promise<void> => {
    api = await openHeldApi(options, {}, mayPass);
  };
  const raw = async (text: string, reads = true): Promise<RawClient> => {
    const client = await openRawClient(api.port, text, reads);
    clients.push(client);
    return client;
  };
  const diff = (headers: Readonly<Record<string, string | number>>) =>
    requestHead("POST", `${api.path}/diff`, { ...JSON_TYPE, ...headers });
  const post = () => api.get(`${api.path}/diff`, { method: "POST", headers: JSON_TYPE, body: WHOLE });
  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    await api.close();
  });

  it("refuses a body at once that is announced as too large, compressed or not", async () => {
    await serve({});
    for (const encoding of [{}, { "Content-Encoding": "gzip" }]) {
      const giant = await raw(`${diff({ ...encoding, "Content-Length": 1_000_000_000_000 })}hello`);
      await giant.untilReceived(/^HTTP\/1\.1 413 [^]*"code":"TOO_LARGE"/);
    }
    expect((await post()).status).to.equal(400);
  });

  it("gives a body that does not come no more than its time, and its bytes to others", async () => {
    await serve({ load: { maxBodyBytes: 1_000, bodyTimeoutMs: 100 } });
    const slow = await raw(`${diff({ "Content-Length": 900 })}{`);
    const endless = await raw(`${diff({ "Transfer-Encoding": "chunked" })}1\r\n{\r\n`);
    for (const client of [slow, endless]) {
      await client.untilReceived(/^HTTP\/1\.1 503 [^]*Connection: close[^]*"code":"TIMEOUT"/);
      await client.untilClosed();
    }
    await api.untilMetric("gatelog_api_in_flight", "0");
    expect((await post()).status).to.equal(400);
  });

  it("gives a body that is there all the time that its work takes", async () => {
    await serve({ load: { bodyTimeoutMs: 20 } }, false);
    const answer = post();
    await api.untilHeld(1);
    // The time for bodies has passed when another one's has.
    const slow = await raw(`${diff({ "Content-Length": 900 })}{`);
    await slow.untilReceived(/^HTTP\/1\.1 503 /);
    api.held[0]!();
    expect((await answer).status).to.equal(400);
  });

  it("begins nothing for a client that has gone while its body was read", async () => {
    await serve({}, false);
    const gone = await raw(`${diff({ "Content-Length": WHOLE.length })}{`);
    await api.untilMetric("gatelog_api_in_flight", "1");
    gone.socket.destroy();
    await api.untilMetric("gatelog_api_in_flight", "0");
    expect(api.held).to.have.length(0);
  });

  it("begins nothing that it has answered with TIMEOUT while the body was read", async () => {
    await serve({ requestTimeoutMs: 50 }, false);
    const head = { ...JSON_TYPE, "Content-Length": WHOLE.length };
    const path = `/getLogDiff?sessionId=${api.facts.sessionId}`;
    const late = await raw(requestHead("POST", path, head) + WHOLE.slice(0, 1));
    await late.untilReceived(/^HTTP\/1\.1 503 [^]*"code":"TIMEOUT"/);
    late.socket.write(WHOLE.slice(1) + requestHead("GET", "/health"));
    await late.untilReceived(/"up"/);
    // By the next answer the body has been read as well.
    expect((await api.get("/health")).status).to.equal(200);
    expect(api.held).to.have.length(0);
  });

  it("cuts a client that reads nothing of its answer, whatever it asked for", async () => {
    const long: Operation = {
      ...{ name: "long", group: "log", method: "get", paths: ["/long"], refusals: [], summary: "Long." },
      ...{ answer: {}, handle: { data: () => Promise.resolve(LONG_ANSWER) } },
    };
    api = await openHeldApi({ stalledMs: 200 }, { operations: [long] }, true);
    const deaf = await raw(requestHead("GET", "/long"), false);
    await api.untilMetric('gatelog_api_requests_total{operation="long",status="200"}', "1");
    expect(await api.metric("gatelog_api_cut_total")).to.equal("1");
    expect(await api.metric("gatelog_api_in_flight")).to.equal("0");
    deaf.socket.resume();
    await deaf.untilClosed();
    // One that reads has it whole.
    expect(await (await api.get("/long")).json()).to.include({ success: true });
  });

  it("answers HEAD of a stream with its head alone, and keeps no stream for it", async () => {
    await serve({});
    const asking = await raw(requestHead("HEAD", `${api.path}/events`) + requestHead("GET", "/health"));
    await asking.untilReceived(/^HTTP\/1\.1 200 [^]*text\/event-stream[^]*HTTP\/1\.1 200 [^]*"up"/);
    expect(await api.metric("gatelog_api_event_streams")).to.equal("0");
  });

  it("answers what has no path with a problem document", async () => {
    await serve({});
    for (const target of ["http://", "http://127.0.0.1", "*"]) {
      const asking = await raw(requestHead(target === "*" ? "OPTIONS" : "GET", target));
      await asking.untilReceived(/^HTTP\/1\.1 404 [^]*application\/problem\+json[^]*"code":"NOT_FOUND"/);
    }
    const whole = await raw(requestHead("GET", "http://127.0.0.1/health?x"));
    await whole.untilReceived(/^HTTP\/1\.1 200 /);
  });
});
