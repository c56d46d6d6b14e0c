import { expect } from "chai";
import { canonicalBytes } from "../../src/entry/canonical.ts";
import { entryToJson } from "../../src/entry/entry-json.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { openApi, storeLike, type ApiWorld } from "../support/api-world.ts";
import { makeEntry, sampleDirectory, sampleGateway, sampleSession, type SampleSession } from "../support/sample-log.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
const ENTRIES = 40;
/** Nearly the largest payload. */
const PAYLOAD = canonicalBytes({ text: "x".repeat(16_000) });
const MISSING_MAX = 256 * 1_024;
const AT_ONCE_MAX = 32;

describe("answers about a log with large payloads", () => {
  let api: ApiWorld;
  let session: SampleSession;
  let log: SignedEntry[];
  /** Most entries that the store was asked for at once. */
  let mostAtOnce: number;

  before(async () => {
    const directory = sampleDirectory(origin, destination);
    const memory = new MemoryLogStore({ directory });
    session = await sampleSession(origin, destination);
    await memory.openSession(session.opening);
    log = [];
    for (let made = 0; made < ENTRIES; made += 1)
      log.push(await makeEntry(session.facts, origin, log.at(-1) ?? null, { payload: PAYLOAD }));
    await memory.append(log);
    const store = {
      ...storeLike(memory),
      read: (...[sessionId, gatewayId, range]: Parameters<MemoryLogStore["read"]>) => {
        mostAtOnce = Math.max(mostAtOnce, range.limit);
        return memory.read(sessionId, gatewayId, range);
      },
    };
    api = await openApi(store, directory);
  });
  beforeEach(() => (mostAtOnce = 0));
  after(() => api.close());

  it("give of a diff what one answer takes, until all of it is there", async () => {
    const copy: unknown[] = [];
    let answers = 0;
    for (let complete = false; !complete; answers += 1) {
      const lastEntryHash = log[copy.length - 1]?.entryHash;
      const head = { length: copy.length, ...(lastEntryHash === undefined ? {} : { lastEntryHash }) };
      const path = `/v1/sessions/${session.facts.sessionId}/diff?gatewayId=${origin.gatewayId}`;
      const { data } = await api.call("POST", path, head);
      const { missing, ...answer } = data as { readonly missing: readonly unknown[]; readonly complete: boolean };
      ({ complete } = answer);
      expect(missing.length * PAYLOAD.length).to.be.within(PAYLOAD.length, MISSING_MAX);
      copy.push(...missing);
    }
    expect(copy).to.deep.equal(log.map(entryToJson));
    expect(answers).to.equal(Math.ceil((ENTRIES * PAYLOAD.length) / MISSING_MAX));
    expect(mostAtOnce).to.be.at.most(AT_ONCE_MAX);
  });

  it("read no more for a stream of events than goes out next", async () => {
    const stop = new AbortController();
    const stream = await fetch(`${api.url}/v1/sessions/${session.facts.sessionId}/events`, { signal: stop.signal });
    let text = "";
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.match(/^event: entry$/gm)?.length === ENTRIES) break;
    }
    stop.abort();
    expect(mostAtOnce).to.be.at.most(AT_ONCE_MAX);
  });
});
