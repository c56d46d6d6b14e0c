import { expect } from "chai";
import express from "express";
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import type { LogApiOptions } from "../../src/api/log-api.ts";
import { sendEntries } from "../../src/api/entry-stream.ts";
import { listen } from "../../src/api/listen.ts";
import { unstalled } from "../../src/api/requests.ts";
import type { JsonObject } from "../../src/entry/canonical.ts";
import { openHeldApi, type HeldApi } from "../support/held-api.ts";
import { openRawClient, requestHead } from "../support/raw-client.ts";
import { until } from "../support/until.ts";

const JSON_TYPE = { "Content-Type": "application/json" };

describe("what a log API takes on at once", () => {
  let api: HeldApi;

  const serve = async (options: LogApiOptions): Promise<void> => {
    api = await openHeldApi(options);
  };
  afterEach(() => api.close());

  const get = (where: string, init?: RequestInit) => api.get(where, init);
  const post = (size: number) =>
    get(`${api.path}/diff`, {
      method: "POST",
      headers: JSON_TYPE,
      body: JSON.stringify({ length: 0, padding: "x".repeat(size) }),
    });

  it("keeps the rest waiting, and refuses what does not fit into the queue, with the time to come again", async () => {
    await serve({ load: { maxInFlight: 1, maxQueued: 1 } });
    const first = get(api.path);
    await api.untilHeld(1);
    const second = get(api.path);
    await api.untilMetric("gatelog_api_queued", "1");
    const third = await get(api.path);
    expect(third.status).to.equal(503);
    expect(third.headers.get("retry-after")).to.equal("1");
    expect(await third.json()).to.deep.include({ code: "OVERLOADED", context: { inFlight: 1, queued: 1 } });
    // Who watches the service hears of it.
    expect((await get("/health")).status).to.equal(200);
    expect(await api.metric("gatelog_api_in_flight")).to.equal("1");
    expect(await api.metric('gatelog_api_problems_total{code="OVERLOADED"}')).to.equal("1");

    api.held[0]!();
    expect((await first).status).to.equal(200);
    await api.untilHeld(2);
    api.held[1]!();
    expect((await second).status).to.equal(200);
    await api.untilMetric("gatelog_api_in_flight", "0");
    expect(await api.metric('gatelog_api_requests_total{operation="getSession",status="200"}')).to.equal("2");
  });

  it("refuses whoever has waited too long", async () => {
    await serve({ load: { maxInFlight: 1, queueTimeoutMs: 20 } });
    const first = get(api.path);
    await api.untilHeld(1);
    expect(await (await get(api.path)).json()).to.include({ code: "OVERLOADED" });
    api.held[0]!();
    expect((await first).status).to.equal(200);
  });

  it("forgets whoever has gone while it waited", async () => {
    await serve({ load: { maxInFlight: 1 } });
    const first = get(api.path);
    await api.untilHeld(1);
    const stop = new AbortController();
    const gone = get(api.path, { signal: stop.signal }).catch(() => "gone");
    await api.untilMetric("gatelog_api_queued", "1");
    stop.abort();
    expect(await gone).to.equal("gone");
    await api.untilMetric("gatelog_api_queued", "0");
    api.held[0]!();
    expect((await first).status).to.equal(200);
  });

  it("keeps the place of work that goes on when its client has gone, or has its answer", async () => {
    await serve({ load: { maxInFlight: 1 }, requestTimeoutMs: 100 });
    const stop = new AbortController();
    const gone = get(api.path, { signal: stop.signal }).catch(() => "gone");
    await api.untilHeld(1);
    stop.abort();
    expect(await gone).to.equal("gone");
    // It is never begun: the place is taken, and the time for its answer passes while it waits.
    expect(await (await get(api.path)).json()).to.include({ code: "TIMEOUT" });
    expect(api.held).to.have.length(1);
    await api.untilMetric("gatelog_api_queued", "0");
    api.held[0]!();
    await api.untilMetric("gatelog_api_in_flight", "0");

    expect(await (await get(api.path)).json()).to.include({ code: "TIMEOUT" });
    expect(api.held).to.have.length(2);
    expect(await api.metric("gatelog_api_in_flight")).to.equal("1");
    api.held[1]!();
    await api.untilMetric("gatelog_api_in_flight", "0");
  });

  it("lets whoever brings no body past those that wait for theirs", async () => {
    await serve({ load: { maxBodyBytes: 1_000 } });
    const bodies = [post(900)];
    await api.untilHeld(1);
    bodies.push(post(900));
    await api.untilMetric("gatelog_api_queued", "1");
    const passing = get(api.path);
    await api.untilHeld(2);
    api.held[1]!();
    expect((await passing).status).to.equal(200);
    api.held[0]!();
    await api.untilHeld(3);
    api.held[2]!();
    for (const body of bodies) expect((await body).status).to.equal(400);
  });

  it("counts a body of unknown length for what it is, once it is there", async () => {
    await serve({ bodyMax: 1_000, load: { maxBodyBytes: 1_500 } });
    const text = JSON.stringify({ length: 0 });
    const chunked = await openRawClient(
      api.port,
      requestHead("POST", `${api.path}/diff`, { ...JSON_TYPE, "Transfer-Encoding": "chunked" }) +
        `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`,
    );
    await api.untilHeld(1);
    const other = post(900);
    await api.untilHeld(2);
    for (const release of api.held) release();
    expect((await other).status).to.equal(400);
    await chunked.untilReceived(/^HTTP\/1\.1 400 /);
    chunked.socket.destroy();
  });

  it("bounds the bytes of bodies that are read at once", async () => {
    await serve({ load: { maxBodyBytes: 1_000, maxQueued: 1 } });
    const first = post(900);
    await api.untilHeld(1);
    const second = post(900);
    await api.untilMetric("gatelog_api_queued", "1");
    api.held[0]!();
    expect((await first).status).to.equal(400);
    await api.untilHeld(2);
    api.held[1]!();
    expect((await second).status).to.equal(400);
  });

  it("bounds streams of events, of one client and of all", async () => {
    for (const [limits, status, code] of [
      [{ maxStreamsPerClient: 1 }, 429, "TOO_MANY_REQUESTS"],
      [{ maxStreams: 1 }, 503, "OVERLOADED"],
    ] as const) {
      await serve({ events: limits, load: { maxInFlight: 2 } });
      const answering = get(`${api.path}/events`);
      await api.untilHeld(1);
      api.held[0]!();
      const stream = await answering;
      expect(stream.headers.get("content-type")).to.match(/^text\/event-stream/);
      const [, watched] = [await until("it is watched", () => api.held.length === 2), api.held.length];
      const refusing = get(`${api.path}/events`);
      await api.untilHeld(watched + 1);
      api.held[watched]!();
      const refused = await refusing;
      expect(refused.status).to.equal(status);
      expect(refused.headers.get("retry-after")).to.equal("1");
      expect(await refused.json()).to.include({ code });
      // The stream has a limit of its own, and takes nobody's place.
      expect(await api.metric("gatelog_api_in_flight")).to.equal("0");
      expect(await api.metric("gatelog_api_event_streams")).to.equal("1");
      if (code === "TOO_MANY_REQUESTS") await api.close();
    }
  });
});

describe("a stream of entries", () => {
  it("goes no faster than its reader, and is cut when nobody reads", async () => {
    const total = 200_000;
    let made = 0;
    async function* entries(): AsyncGenerator<JsonObject, void, undefined> {
      for (; made < total; made += 1) yield await Promise.resolve({ index: made, padding: "x".repeat(1_000) });
    }
    const app = express();
    app.use(unstalled(200));
    const ended = new Promise<void>((resolve) => {
      app.get("/", async (_request, response) => {
        response.once("close", () => resolve());
        await sendEntries(response, entries(), { lines: true, next: undefined }).catch(() => undefined);
      });
    });
    const listener = await listen({ app, drain: () => undefined });
    const asked = request(listener.url);
    asked.end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.on("error", () => undefined);
    answer.pause();
    await ended;
    expect(made)
      .to.be.greaterThan(0)
      .and.lessThan(total / 4);
    asked.destroy();
    await listener.close();
  });
});
