import { expect } from "chai";
import { gzipSync } from "node:zlib";
import { entryToJson } from "../../src/entry/entry-json.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { signDecision } from "../../src/entry/signed-statements.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { openApi, type Answer, type ApiWorld } from "../support/api-world.ts";
import {
  makeEntry,
  sampleDirectory,
  sampleGateway,
  sampleSession,
  sampleSigner,
  UNKNOWN_GATEWAY,
  type SampleSession,
} from "../support/sample-log.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
const LOG = { chainId: 31339, registry: sampleSigner("registry").address } as const;

describe("log API", () => {
  let store: MemoryLogStore;
  let api: ApiWorld;
  let session: SampleSession;
  let path: string;

  beforeEach(async () => {
    const directory = sampleDirectory(origin, destination);
    store = new MemoryLogStore({ directory });
    api = await openApi(store, directory, { bodyMax: 1_024 * 1_024 });
    session = await sampleSession(origin, destination, { log: LOG, register: "log" });
    path = `/v1/sessions/${session.facts.sessionId}`;
  });
  afterEach(async () => {
    await api.close();
  });

  const save = (...entries: SignedEntry[]): Promise<Answer> =>
    api.call("POST", `${path}/entries`, entries.map(entryToJson));

  describe("bad input", () => {
    interface Bad {
      readonly what: string;
      readonly status: number;
      readonly code: string;
      readonly ask: () => Promise<Answer>;
    }
    const entry = (
      change: Parameters<typeof makeEntry>[3] = {},
      previous: SignedEntry | null = null,
    ): Promise<SignedEntry> => makeEntry(session.facts, origin, previous, change);
    const changed = async (members: Record<string, unknown>): Promise<Answer> =>
      api.call("POST", `${path}/entries`, { ...entryToJson(await entry()), ...members });

    const table: readonly Bad[] = [
      { what: "malformed JSON", status: 400, code: "MALFORMED", ask: () => api.call("POST", `${path}/entries`, "{") },
      { what: "no body", status: 400, code: "MALFORMED", ask: () => api.call("POST", `${path}/entries`) },
      {
        what: "a JSON number as body",
        status: 400,
        code: "MALFORMED",
        ask: () => api.call("POST", `${path}/entries`, "7"),
      },
      { what: "null as body", status: 400, code: "MALFORMED", ask: () => api.call("POST", `${path}/entries`, "null") },
      { what: "an empty array", status: 400, code: "MALFORMED", ask: () => api.call("POST", `${path}/entries`, []) },
      {
        what: "an object that is no entry",
        status: 400,
        code: "MALFORMED",
        ask: () => api.call("POST", `${path}/entries`, { hello: "world" }),
      },
      {
        what: "text",
        status: 415,
        code: "UNSUPPORTED_MEDIA_TYPE",
        ask: () => api.call("POST", `${path}/entries`, "x", { "Content-Type": "text/plain" }),
      },
      {
        what: "an encoding nobody knows",
        status: 415,
        code: "UNSUPPORTED_MEDIA_TYPE",
        ask: () => api.call("POST", `${path}/entries`, "{}", { "Content-Encoding": "rot13" }),
      },
      {
        what: "a body that is compressed",
        status: 415,
        code: "UNSUPPORTED_MEDIA_TYPE",
        ask: async () => {
          const headers = { "Content-Type": "application/json", "Content-Encoding": "gzip" };
          const body = gzipSync(JSON.stringify(entryToJson(await entry())));
          const response = await fetch(`${api.url}${path}/entries`, { method: "POST", headers, body });
          const text = await response.text();
          const json = JSON.parse(text) as Answer["json"];
          return { status: response.status, headers: response.headers, text, json, data: undefined };
        },
      },
      {
        what: "a posted log of more entries than are looked at, which are none",
        status: 413,
        code: "TOO_LARGE",
        ask: () => api.call("POST", `${path}/diff`, { log: Array.from({ length: 2_501 }, () => 0) }),
      },
      {
        what: "a body over the limit",
        status: 413,
        code: "TOO_LARGE",
        ask: () => api.call("POST", `${path}/entries`, { big: "x".repeat(1_100_000) }),
      },
      {
        what: "a payload over the limit",
        status: 400,
        code: "MALFORMED",
        ask: () => changed({ payload: "x".repeat(20_000) }),
      },
      {
        what: "more entries than a call may have",
        status: 413,
        code: "TOO_LARGE",
        ask: async () => save(...Array.from({ length: 251 }, () => first)),
      },
      { what: "a number as text", status: 400, code: "MALFORMED", ask: () => changed({ index: "0" }) },
      { what: "a negative number", status: 400, code: "MALFORMED", ask: () => changed({ seqNumber: -1 }) },
      { what: "a fraction", status: 400, code: "MALFORMED", ask: () => changed({ timestamp: 1.5 }) },
      { what: "a number past 2^53", status: 400, code: "MALFORMED", ask: () => changed({ timestamp: 2 ** 53 }) },
      {
        what: "upper-case hex",
        status: 400,
        code: "MALFORMED",
        ask: () => changed({ causedBy: `0x${"AB".repeat(32)}` }),
      },
      {
        what: "a hash that is too short",
        status: 400,
        code: "MALFORMED",
        ask: () => changed({ lastEntryHash: "0x00" }),
      },
      { what: "a member nobody knows", status: 400, code: "MALFORMED", ask: () => changed({ extra: 1 }) },
      {
        what: "an operation that does not exist",
        status: 400,
        code: "MALFORMED",
        ask: () => changed({ operation: "undo" }),
      },
      { what: "no signature", status: 422, code: "INVALID_SIGNATURE", ask: () => changed({ signature: null }) },
      {
        what: "bytes that are no signature",
        status: 422,
        code: "INVALID_SIGNATURE",
        ask: () => changed({ signature: `0x${"00".repeat(64)}` }),
      },
      {
        what: "lone surrogates in the payload",
        status: 400,
        code: "MALFORMED",
        ask: () => changed({ payload: "\ud800" }),
      },
      {
        what: "a payload nested too deep",
        status: 400,
        code: "MALFORMED",
        ask: () => changed({ payload: JSON.parse("[".repeat(500) + "]".repeat(500)) as unknown }),
      },
      {
        what: "an entry of another session than the path",
        status: 400,
        code: "MALFORMED",
        ask: () => changed({ sessionId: "4eb424c8-aead-4e9e-a321-a160ac3909ac" }),
      },
      {
        what: "a session id that is none",
        status: 400,
        code: "MALFORMED",
        ask: () => api.call("GET", "/v1/sessions/nonsense"),
      },
      {
        what: "an escaped path that cannot be decoded",
        status: 400,
        code: "MALFORMED",
        ask: () => api.call("GET", "/v1/sessions/%ff"),
      },
      {
        what: "an unknown session",
        status: 404,
        code: "UNKNOWN_SESSION",
        ask: () => api.call("GET", "/v1/sessions/4eb424c8-aead-4e9e-a321-a160ac3909ac/entries"),
      },
      {
        what: "a stranger's log",
        status: 404,
        code: "UNKNOWN_LOG",
        ask: () => api.call("GET", `${path}/length?gatewayId=${UNKNOWN_GATEWAY}`),
      },
      {
        what: "an unknown gateway",
        status: 404,
        code: "UNKNOWN_GATEWAY",
        ask: () => api.call("GET", `/v1/gateways/${UNKNOWN_GATEWAY}`),
      },
      {
        what: "no log named where there are two",
        status: 400,
        code: "MALFORMED",
        ask: () => api.call("GET", `${path}/length`),
      },
      {
        what: "an entry that is not there",
        status: 404,
        code: "UNKNOWN_ENTRY",
        ask: () => api.call("GET", `${path}/entries/9?gatewayId=${origin.gatewayId}`),
      },
      {
        what: "an index that is none",
        status: 400,
        code: "MALFORMED",
        ask: () => api.call("GET", `${path}/entries/-1?gatewayId=${origin.gatewayId}`),
      },
      ...["x", "", "%20", "0x1", "1e0", "%2B1", "-1", "1.0"].map((from) => ({
        what: `a page from "${from}"`,
        status: 400,
        code: "MALFORMED",
        ask: () => api.call("GET", `${path}/entries?from=${from}`),
      })),
      ...["", "0x1", "1e0"].map((length) => ({
        what: `a length "${length}"`,
        status: 400,
        code: "MALFORMED",
        ask: () =>
          api.call("GET", `/getLogDiff:${session.facts.sessionId}?gatewayId=${origin.gatewayId}&length=${length}`),
      })),
      {
        what: "two sessions in one request",
        status: 400,
        code: "MALFORMED",
        ask: async () =>
          api.call(
            "POST",
            `/saveLogEntry/4eb424c8-aead-4e9e-a321-a160ac3909ac?sessionId=${session.facts.sessionId}`,
            entryToJson(await entry({}, first)),
          ),
      },
      {
        what: "two gateways in one request",
        status: 400,
        code: "MALFORMED",
        ask: () =>
          api.call("GET", `${path}/length?gatewayId=${origin.gatewayId}`, undefined, {
            "X-Gateway-Id": destination.gatewayId,
          }),
      },
      {
        what: "a page that is too large",
        status: 400,
        code: "MALFORMED",
        ask: () => api.call("GET", `${path}/entries?limit=999999`),
      },
      {
        what: "a query given twice",
        status: 400,
        code: "MALFORMED",
        ask: () => api.call("GET", `${path}/length?gatewayId=a&gatewayId=b`),
      },
      { what: "sessions of nobody", status: 400, code: "MALFORMED", ask: () => api.call("GET", "/v1/sessions") },
      { what: "an unknown path", status: 404, code: "NOT_FOUND", ask: () => api.call("GET", "/v2/everything") },
      {
        what: "an unknown path under /v1",
        status: 404,
        code: "NOT_FOUND",
        ask: () => api.call("GET", "/v1/everything"),
      },
      {
        what: "a method that is not served",
        status: 405,
        code: "METHOD_NOT_ALLOWED",
        ask: () => api.call("DELETE", `${path}/entries`),
      },
      {
        what: "a draft name with another method",
        status: 405,
        code: "METHOD_NOT_ALLOWED",
        ask: () => api.call("GET", "/saveLogEntry"),
      },
      {
        what: "a wrong index",
        status: 409,
        code: "WRONG_INDEX",
        ask: async () => save(await entry({ index: 7 }, first)),
      },
      {
        what: "a wrong last entry hash",
        status: 409,
        code: "WRONG_HEAD",
        ask: async () => save(await entry({}, await entry({ timestamp: 3 }))),
      },
      {
        what: "another entry at an index that is taken",
        status: 409,
        code: "EQUIVOCATION",
        ask: async () => save(await entry({ timestamp: 3 })),
      },
      {
        what: "a stale epoch",
        status: 412,
        code: "STALE_EPOCH",
        ask: async () => save(await entry({ epoch: 0 }, first)),
      },
      {
        what: "a foreign signature",
        status: 422,
        code: "FOREIGN_SIGNATURE",
        ask: async () => save(await makeEntry(session.facts, { ...origin, signer: destination.signer }, first)),
      },
      {
        what: "a payload of another hash",
        status: 422,
        code: "WRONG_PAYLOAD_HASH",
        ask: () => changed({ payload: "another" }),
      },
      { what: "fields of another hash", status: 400, code: "INVALID_ENTRY", ask: () => changed({ seqNumber: 77 }) },
      {
        what: "a log-entry request to a service that signs for nobody",
        status: 501,
        code: "NOT_SERVED_HERE",
        ask: () => api.call("POST", `${path}/entries`, { phase: 1, step: 1, operation: "init-validate" }),
      },
      {
        what: "other facts under a session id",
        status: 409,
        code: "SESSION_EXISTS",
        ask: async () =>
          api.call(
            "POST",
            "/v1/sessions",
            (await sampleSession(origin, destination, { sessionId: session.facts.sessionId })).opening,
          ),
      },
      {
        what: "facts that contradict each other",
        status: 400,
        code: "MALFORMED",
        ask: () => api.call("POST", "/v1/sessions", { ...session.opening, facts: { ...session.facts, deadline: 0 } }),
      },
      {
        what: "a decision without ground",
        status: 409,
        code: "DECISION_WITHOUT_GROUND",
        ask: async () =>
          api.call("POST", `${path}/decision`, await signDecision(session.facts, "COMMIT", 1, origin.signer)),
      },
      {
        what: "a decision that is none",
        status: 400,
        code: "MALFORMED",
        ask: () => api.call("POST", `${path}/decision`, { decision: "MAYBE" }),
      },
      {
        what: "a statement of another session than the path",
        status: 400,
        code: "MALFORMED",
        ask: async () =>
          api.call(
            "POST",
            "/v1/sessions/4eb424c8-aead-4e9e-a321-a160ac3909ac/decision",
            await signDecision(session.facts, "ABORT", 1, origin.signer),
          ),
      },
    ];

    let first: SignedEntry;
    beforeEach(async () => {
      await api.call("POST", "/v1/sessions", session.opening);
      first = await makeEntry(session.facts, origin, null);
      await store.append([first]);
    });

    for (const { what, status, code, ask } of table)
      it(`${what}: ${status} ${code}, and nothing is written`, async () => {
        const before = await store.session(session.facts.sessionId);
        const answer = await ask();
        expect(answer.json, answer.text).to.include({ code, status, success: false });
        expect(answer.status).to.equal(status);
        expect(answer.headers.get("content-type")).to.match(/^application\/problem\+json/);
        expect(answer.json).to.include.keys("type", "title", "detail", "instance", "requestId", "context");
        expect(await store.session(session.facts.sessionId)).to.deep.equal(before);
        expect(await store.sessionsOf(origin.gatewayId, { open: false })).to.have.length(1);
      });
  });
});
