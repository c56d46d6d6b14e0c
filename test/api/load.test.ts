import { expect } from "chai";
import express from "express";
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { createLogApi, type LogApiOptions } from "../../src/api/log-api.ts";
import { sendEntries } from "../../src/api/entry-stream.ts";
import { listen } from "../../src/api/listen.ts";
import type { JsonObject } from "../../src/entry/canonical.ts";
import type { SessionRecord } from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { storeLike } from "../support/api-world.ts";
import { sampleDirectory, sampleGateway, sampleSession, type SampleSession } from "../support/sample-log.ts";
import { until } from "../support/until.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");

describe("what a log API takes on at once", () => {
  let url: string;
  let path: string;
  let session: SampleSession;
  /** Requests that the store has not answered yet. */
  let held: (() => void)[];
  let close: () => Promise<void>;

  async function serve(options: LogApiOptions): Promise<void> {
    const directory = sampleDirectory(origin, destination);
    const memory = new MemoryLogStore({ directory });
    session = await sampleSession(origin, destination);
    await memory.openSession(session.opening);
    held = [];
    const hold = () => new Promise<void>((resolve) => held.push(resolve));
    const store = {
      ...storeLike(memory),
      session: async (sessionId: string): Promise<SessionRecord> => {
        await hold();
        return memory.session(sessionId);
      },
    };
    const listener = await listen(createLogApi({ store, directory }, options));
    ({ url } = listener);
    path = `/v1/sessions/${session.facts.sessionId}`;
    close = async () => {
      const closed = listener.close();
      for (const release of held) release();
      await closed;
    };
  }
  afterEach(() => close());

  const get = (where: string, headers: Record<string, string> = {}) => fetch(url + where, { headers });
  const metric = async (name: string): Promise<string> => {
    const line = (await (await get("/metrics")).text()).split("\n").find((text) => text.startsWith(`${name} `));
    return line?.split(" ")[1] ?? "";
  };
  const untilHeld = (count: number) => until(`${count} requests at the store`, () => held.length === count);

  it("keeps the rest waiting, and refuses what does not fit into the queue, with the time to come again", async () => {
    await serve({ load: { maxInFlight: 1, maxQueued: 1 } });
    const first = get(path);
    await untilHeld(1);
    const second = get(path);
    await until("one request waits", async () => (await metric("gatelog_api_queued")) === "1");
    const third = await get(path);
    expect(third.status).to.equal(503);
    expect(third.headers.get("retry-after")).to.equal("1");
    expect(await third.json()).to.deep.include({ code: "OVERLOADED", context: { inFlight: 1, queued: 1 } });
    // Who watches the service hears of it.
    expect((await get("/health")).status).to.equal(200);
    expect(await metric("gatelog_api_in_flight")).to.equal("1");
    expect(await metric('gatelog_api_problems_total{code="OVERLOADED"}')).to.equal("1");

    held[0]!();
    expect((await first).status).to.equal(200);
    await untilHeld(2);
    held[1]!();
    expect((await second).status).to.equal(200);
    await until("all places are free", async () => (await metric("gatelog_api_in_flight")) === "0");
    expect(await metric('gatelog_api_requests_total{operation="getSession",status="200"}')).to.equal("2");
  });

  it("refuses whoever has waited too long", async () => {
    await serve({ load: { maxInFlight: 1, queueTimeoutMs: 20 } });
    const first = get(path);
    await untilHeld(1);
    expect(await (await get(path)).json()).to.include({ code: "OVERLOADED" });
    held[0]!();
    expect((await first).status).to.equal(200);
  });

  it("forgets whoever has gone while it waited", async () => {
    await serve({ load: { maxInFlight: 1 } });
    const first = get(path);
    await untilHeld(1);
    const stop = new AbortController();
    const gone = fetch(url + path, { signal: stop.signal }).catch(() => "gone");
    await until("one request waits", async () => (await metric("gatelog_api_queued")) === "1");
    stop.abort();
    expect(await gone).to.equal("gone");
    await until("nobody waits", async () => (await metric("gatelog_api_queued")) === "0");
    held[0]!();
    expect((await first).status).to.equal(200);
  });

  it("bounds the bytes of bodies that are read at once", async () => {
    await serve({ load: { maxBodyBytes: 1_000, maxQueued: 1 } });
    const post = (size: number) =>
      fetch(`${url}${path}/diff`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ length: 0, padding: "x".repeat(size) }),
      });
    const first = post(900);
    await untilHeld(1);
    const second = post(900);
    await until("one request waits", async () => (await metric("gatelog_api_queued")) === "1");
    held[0]!();
    expect((await first).status).to.equal(400);
    await untilHeld(2);
    held[1]!();
    expect((await second).status).to.equal(400);
  });

  it("bounds streams of events, of one client and of all", async () => {
    for (const [limits, status, code] of [
      [{ maxStreamsPerClient: 1 }, 429, "TOO_MANY_REQUESTS"],
      [{ maxStreams: 1 }, 503, "OVERLOADED"],
    ] as const) {
      await serve({ events: limits, load: { maxInFlight: 2 } });
      const answering = get(`${path}/events`);
      await untilHeld(1);
      held[0]!();
      const stream = await answering;
      expect(stream.headers.get("content-type")).to.match(/^text\/event-stream/);
      const [, watched] = [await until("it is watched", () => held.length === 2), held.length];
      const refusing = get(`${path}/events`);
      await untilHeld(watched + 1);
      held[watched]!();
      const refused = await refusing;
      expect(refused.status).to.equal(status);
      expect(refused.headers.get("retry-after")).to.equal("1");
      expect(await refused.json()).to.include({ code });
      // The stream has a limit of its own, and takes nobody's place.
      expect(await metric("gatelog_api_in_flight")).to.equal("0");
      expect(await metric("gatelog_api_event_streams")).to.equal("1");
      if (code === "TOO_MANY_REQUESTS") await close();
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
    const ended = new Promise<void>((resolve) => {
      app.get("/", async (_request, response) => {
        response.once("close", () => resolve());
        await sendEntries(response, entries(), { lines: true, next: undefined, stalledMs: 200 }).catch(() => undefined);
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
