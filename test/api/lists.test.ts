import { expect } from "chai";
import { request } from "node:http";
import { LogClient } from "../../src/client/log-client.ts";
import { signClosing } from "../../src/entry/signed-statements.ts";
import type { LogStore } from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { openApi, storeLike, type ApiWorld } from "../support/api-world.ts";
import { makeEntries, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { until } from "../support/until.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
const ENTRIES = 100;

describe("lists of the API", () => {
  const directory = sampleDirectory(origin, destination);
  let store: MemoryLogStore;
  let api: ApiWorld;
  const reads = { count: 0, gate: Promise.resolve() };

  beforeEach(async () => {
    store = new MemoryLogStore({ directory });
    Object.assign(reads, { count: 0, gate: Promise.resolve() });
    const whole = storeLike(store);
    const counting: LogStore = {
      ...whole,
      read: async (...place) => {
        reads.count += 1;
        await reads.gate;
        return whole.read(...place);
      },
    };
    api = await openApi(counting, directory);
  });
  afterEach(() => api.close());

  const sessions = async (count: number) => {
    const opened = await Promise.all(Array.from({ length: count }, () => sampleSession(origin, destination)));
    for (const { opening } of opened) await store.openSession(opening);
    return opened.map(({ facts }) => facts);
  };

  describe("of sessions", () => {
    const page = async (query: string) =>
      (await api.call("GET", `/v1/sessions?gatewayId=${origin.gatewayId}&${query}`)).data;

    it("come in pages, each of which says where the next one starts", async () => {
      const ids = (await sessions(5)).map(({ sessionId }) => sessionId);
      expect(await page("")).to.deep.equal({ sessions: ids });
      expect(await page("limit=2")).to.deep.equal({ sessions: ids.slice(0, 2), next: ids[1] });
      expect(await page(`limit=3&after=${ids[1]}`)).to.deep.equal({ sessions: ids.slice(2) });
      expect(await page(`after=${ids[4]}`)).to.deep.equal({ sessions: [] });
      for (const wrong of ["limit=0", "limit=10001", "after=x", `after=${crypto.randomUUID()}`])
        expect((await api.call("GET", `/v1/sessions?gatewayId=${origin.gatewayId}&${wrong}`)).status).to.equal(400);
    });

    it("leave out no open one, though others are closed while somebody turns the pages", async () => {
      const all = await sessions(5);
      const ids = all.map(({ sessionId }) => sessionId);
      expect(await page("open=true&limit=2")).to.deep.include({ next: ids[1] });
      for (const facts of all.slice(0, 2)) {
        const head = {
          gatewayId: origin.gatewayId,
          length: 0,
          lastEntryHash: `0x${"00".repeat(32)}`,
          epoch: 1,
        } as const;
        await store.closeLog(await signClosing(facts, head, origin.signer));
      }
      expect(await page(`open=true&limit=2&after=${ids[1]}`)).to.deep.equal({
        sessions: ids.slice(2, 4),
        next: ids[3],
      });
    });

    it("are read to their end by the client", async () => {
      const ids = (await sessions(5)).map(({ sessionId }) => sessionId);
      const inPages = (url: string, init?: RequestInit) => fetch(`${url}&limit=2`, init);
      const client = new LogClient({ baseUrl: api.url, fetch: inPages as typeof fetch });
      expect(await client.sessionsOf(origin.gatewayId, { open: false })).to.deep.equal(ids);
    });
  });

  describe("of a session's story", () => {
    const world = async () => {
      const [facts] = await sessions(1);
      const log = await makeEntries(facts!, origin, ENTRIES);
      await store.append(log);
      return `/v1/sessions/${facts!.sessionId}/entries`;
    };

    it("read nothing for a page behind the end, and no further than the page", async () => {
      const path = await world();
      expect((await api.call("GET", `${path}?from=${ENTRIES}&limit=1`)).data).to.deep.equal({ log: [] });
      expect((await api.call("GET", `${path}?from=536870910&limit=1`)).data).to.deep.equal({ log: [] });
      expect(reads.count).to.equal(0);
      expect((await api.call("GET", `${path}?from=1&limit=1`)).data).to.deep.include({ next: 2 });
      expect(reads.count).to.equal(1);
    });

    it("are read no further once the client has gone", async () => {
      const path = await world();
      let open = (): void => undefined;
      reads.gate = new Promise((resolve) => (open = resolve));
      const asking = request(`${api.url}${path}?from=${ENTRIES - 1}`);
      asking.on("error", () => undefined);
      asking.end();
      await until("the story is read", () => reads.count === 1);
      asking.destroy();
      await until("the client has gone", async () => (await metric(api, "gatelog_api_cut_total")) === 1);
      open();
      await until("its request is done", async () => (await metric(api, "gatelog_api_in_flight")) === 0);
      expect(reads.count).to.be.lessThan(3);
    });
  });
});

async function metric({ url }: ApiWorld, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)`, "m").exec(text)?.[1]);
}
