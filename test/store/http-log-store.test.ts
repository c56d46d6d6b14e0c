import { expect } from "chai";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { signDecision } from "../../src/entry/signed-statements.ts";
import { connectHttpLogStore, HttpLogStore } from "../../src/store/http-log-store.ts";
import { HttpGatewayDirectory } from "../../src/store/http-gateway-directory.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { openApi, type ApiWorld } from "../support/api-world.ts";
import {
  makeEntries,
  sampleDirectory,
  sampleGateway,
  sampleSession,
  sampleSigner,
  UNKNOWN_GATEWAY,
} from "../support/sample-log.ts";
import { codeOf } from "../support/store-doubles.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
const directory = sampleDirectory(origin, destination);
const LOG = { chainId: 31339, registry: sampleSigner("registry").address } as const;

describe("HttpLogStore", () => {
  let inner: MemoryLogStore;
  let api: ApiWorld;

  beforeEach(async () => {
    inner = new MemoryLogStore({ directory });
    api = await openApi(inner, directory);
  });
  afterEach(async () => {
    await api.close();
  });

  it("promises what the service promises, and reads its directory", async () => {
    const store = await connectHttpLogStore({ directory }, { baseUrl: `${api.url}/` });
    expect(store.durability).to.equal("volatile");
    const keys = new HttpGatewayDirectory({ baseUrl: api.url });
    expect(await keys.gateway(origin.gatewayId)).to.deep.equal(await directory.gateway(origin.gatewayId));
    expect(await codeOf(keys.gateway(UNKNOWN_GATEWAY))).to.equal("UNKNOWN_GATEWAY");
    await store.close();
  });

  describe("with a service in the middle that alters what it passes on", () => {
    /** The bytes that the service would send, altered. */
    const altering = (alter: (text: string, url: string) => string): HttpLogStore =>
      new HttpLogStore(
        { directory },
        {
          baseUrl: api.url,
          durability: "volatile",
          maxAttempts: 1,
          fetch: async (input, init) => {
            const response = await fetch(input, init);
            const { status } = response;
            return new Response(alter(await response.text(), textOf(input)), { status });
          },
        },
      );

    it("finds every single altered byte of an entry that changes what it says", async () => {
      const { facts, opening } = await sampleSession(origin, destination);
      await inner.openSession(opening, await makeEntries(facts, origin, 2));
      const range = { from: 0, limit: 10 };
      const honest = (await api.call("GET", `/v1/sessions/${facts.sessionId}/entries?gatewayId=${origin.gatewayId}`))
        .text;
      const expected = await inner.read(facts.sessionId, origin.gatewayId, range);
      const outcomes = new Set<string>();
      const first = honest.indexOf('"log":[') + 8;
      for (let place = first; place < honest.length; place += 7) {
        const digit = honest.charAt(place);
        const other = digit === "7" ? "8" : "7";
        const store = altering((text, url) =>
          url.includes("/entries") ? text.slice(0, place) + other + text.slice(place + 1) : text,
        );
        try {
          const read = await store.read(facts.sessionId, origin.gatewayId, range);
          expect(read, `place ${place}`).to.deep.equal(expected);
          outcomes.add("same");
        } catch (error) {
          outcomes.add((error as { code: string }).code);
        }
        await store.close();
      }
      expect(
        [...outcomes].filter((outcome) => !["CORRUPT_STORE", "STORE_UNAVAILABLE"].includes(outcome)),
      ).to.deep.equal([]);
    }).timeout(60_000);

    it("finds swapped and missing entries within a page, and another log's entries", async () => {
      const { facts, opening } = await sampleSession(origin, destination);
      await inner.openSession(opening, await makeEntries(facts, origin, 3));
      await inner.append(await makeEntries(facts, destination, 3));
      const reordered = (change: (log: unknown[]) => unknown[]): HttpLogStore =>
        altering((text, url) => {
          if (!url.includes("/entries")) return text;
          const body = JSON.parse(text) as { response_data: { log: unknown[] } };
          return JSON.stringify({ success: true, response_data: { log: change(body.response_data.log) } });
        });
      const theirs = (await inner.read(facts.sessionId, destination.gatewayId, { from: 0, limit: 3 })).length;
      expect(theirs).to.equal(3);
      for (const change of [
        ([a, b, c]: unknown[]) => [b, a, c],
        ([, b, c]: unknown[]) => [b, c],
        ([a, , c]: unknown[]) => [a, c],
        ([a, b]: unknown[]) => [a, a, b],
      ]) {
        const store = reordered(change);
        expect(await codeOf(store.read(facts.sessionId, origin.gatewayId, { from: 0, limit: 10 }))).to.equal(
          "CORRUPT_STORE",
        );
      }
      const elsewhere = altering((text) => text);
      const swapped = new HttpLogStore(
        { directory },
        {
          baseUrl: api.url,
          durability: "volatile",
          fetch: (input, init) => fetch(textOf(input).replace(origin.gatewayId, destination.gatewayId), init),
        },
      );
      expect(await codeOf(swapped.read(facts.sessionId, origin.gatewayId, { from: 0, limit: 3 }))).to.equal(
        "CORRUPT_STORE",
      );
      expect(await elsewhere.read(facts.sessionId, origin.gatewayId, { from: 1, limit: 1 })).to.have.length(1);
    });

    it("does not blame the service for what its directory does not know yet", async () => {
      const rotated = sampleGateway("origin", 2);
      const newest = new MemoryLogStore({ directory: sampleDirectory(rotated) });
      const { facts, opening } = await sampleSession(rotated, null);
      await newest.openSession(opening, await makeEntries(facts, rotated, 1));
      const service = await openApi(newest, sampleDirectory(rotated));
      const range = { from: 0, limit: 1 };
      for (const [known, code] of [
        [sampleDirectory(origin), "STORE_UNAVAILABLE"],
        [sampleDirectory(destination), "STORE_UNAVAILABLE"],
        [sampleDirectory(rotated), "resolved"],
      ] as const) {
        const options = { baseUrl: service.url, durability: "volatile", maxAttempts: 1 } as const;
        const store = new HttpLogStore({ directory: known }, options);
        expect(await codeOf(store.session(facts.sessionId))).to.equal(code);
        expect(await codeOf(store.read(facts.sessionId, rotated.gatewayId, range))).to.equal(code);
        await store.close();
      }
      await service.close();
    });

    it("finds altered facts and a forged decision", async () => {
      const { facts, opening } = await sampleSession(origin, destination, { log: LOG, register: "log" });
      await inner.openSession(opening);
      await inner.decide(await signDecision(facts, "ABORT", 1, origin.signer));
      const later = altering((text) =>
        text.replace(`"deadline":${facts.deadline}`, `"deadline":${facts.deadline + 1}`),
      );
      expect(await codeOf(later.session(facts.sessionId))).to.equal("CORRUPT_STORE");
      const committed = altering((text) => text.replaceAll('"ABORT"', '"COMMIT"'));
      expect(await codeOf(committed.session(facts.sessionId))).to.equal("CORRUPT_STORE");
      const bare = altering((text) => text.replace(/"statement":\{.*?\}/, '"statement":null'));
      expect(await codeOf(bare.session(facts.sessionId))).to.equal("CORRUPT_STORE");
      expect((await altering((text) => text).session(facts.sessionId)).decision.decision).to.equal("ABORT");
    });
  });

  describe("with a service that is not one", () => {
    let server: Server;
    let answer: { status: number; type?: string; body: string; retryAfter?: string };
    let requests: number;
    let store: HttpLogStore;

    beforeEach(async () => {
      requests = 0;
      server = createServer((_request, response) => {
        requests += 1;
        const retry = answer.retryAfter === undefined ? {} : { "Retry-After": answer.retryAfter };
        response.writeHead(answer.status, { "Content-Type": answer.type ?? "text/html", ...retry }).end(answer.body);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      store = new HttpLogStore(
        { directory },
        { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, durability: "local" },
      );
    });
    afterEach(async () => {
      await store.close();
      await new Promise((resolve) => server.close(resolve));
    });

    for (const [what, given] of [
      ["a proxy's page", { status: 404, body: "<html>not here</html>" }],
      ["another API's error", { status: 409, body: '{"error":"conflict"}' }],
      ["a success that is none", { status: 200, body: "{}" }],
      ["an unknown path", { status: 404, body: '{"code":"NOT_FOUND","detail":"no such path"}' }],
      ["its own damage", { status: 503, body: '{"code":"CORRUPT_STORE","detail":"disk"}' }],
    ] as const)
      it(`takes ${what} for no verdict on what was sent`, async () => {
        answer = given;
        const { opening } = await sampleSession(origin, destination);
        expect(await codeOf(store.openSession(opening))).to.equal("STORE_UNAVAILABLE");
        expect(requests).to.equal(3);
      });

    it("does not repeat what was refused for good", async () => {
      answer = { status: 409, body: '{"code":"SESSION_EXISTS","detail":"other facts","context":{"expected":"0x1"}}' };
      const { opening } = await sampleSession(origin, destination);
      expect(await codeOf(store.openSession(opening))).to.equal("SESSION_EXISTS");
      expect(requests).to.equal(1);
    });

    it("gives up after a few attempts, and waits as it is told", async () => {
      answer = { status: 503, body: '{"code":"OVERLOADED"}', retryAfter: "0" };
      const { opening } = await sampleSession(origin, destination);
      expect(await codeOf(store.openSession(opening))).to.equal("OVERLOADED");
      expect(requests).to.equal(3);
    });

    it("says TIMEOUT when nothing comes back", async () => {
      server.removeAllListeners("request");
      const { port } = server.address() as AddressInfo;
      const slow = new HttpLogStore(
        { directory },
        { baseUrl: `http://127.0.0.1:${port}`, durability: "local", timeoutMs: 50 },
      );
      const { facts } = await sampleSession(origin, destination);
      expect(await codeOf(slow.session(facts.sessionId))).to.equal("TIMEOUT");
      server.closeAllConnections();
    });
  });
});

function textOf(input: string | URL | Request): string {
  return input instanceof Request ? input.url : input.toString();
}
