import { expect } from "chai";
import { z } from "zod";
import { GatewayClient } from "../../src/client/gateway-client.ts";
import { MAX_TRANSFERS } from "../../src/client/gateway-answers.ts";
import { HttpClient } from "../../src/client/http-client.ts";
import { LogClient } from "../../src/client/log-client.ts";
import { entryToJson } from "../../src/entry/entry-json.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { signDecision } from "../../src/entry/signed-statements.ts";
import { makeEntries, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { codeOf } from "../support/store-doubles.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
const baseUrl = "http://service.test";
const NEW = { note: "of a later version", nested: { more: [1] } };

/** A service that answers as it is told, the last answer for ever. */
function service(...answers: readonly (() => Response)[]) {
  const urls: string[] = [];
  const fetch = ((url: string) => {
    const answer = answers[Math.min(urls.length, answers.length - 1)];
    urls.push(url);
    return answer === undefined ? Promise.reject(new Error("no answer")) : Promise.resolve(answer());
  }) as typeof globalThis.fetch;
  return { urls, log: new LogClient({ baseUrl, fetch }), gateway: new GatewayClient({ baseUrl, fetch }), fetch };
}

const EVENTS = "text/event-stream; charset=utf-8";

const success = (data: unknown) => () => Response.json({ success: true, response_data: data, ...NEW });
const problem =
  (status: number, code: string, headers: Record<string, string> = {}) =>
  (): Response =>
    Response.json({ success: false, code, detail: "told", context: NEW }, { status, headers });
const text = (body: string, type: string) => (): Response => new Response(body, { headers: { "Content-Type": type } });

describe("clients of a service that is newer than they are", () => {
  let entries: SignedEntry[];
  let session: Awaited<ReturnType<typeof sampleSession>>;
  let log: { readonly sessionId: string; readonly gatewayId: SignedEntry["gatewayId"] };

  before(async () => {
    session = await sampleSession(origin, destination);
    entries = await makeEntries(session.facts, origin, 3);
    log = { sessionId: session.facts.sessionId, gatewayId: origin.gatewayId };
  });

  const newer = (entry: SignedEntry | undefined) => ({ ...(entry && entryToJson(entry)), ...NEW });

  it("leave aside members that they do not know", async () => {
    expect(await service(success({ log_entry: newer(entries[0]) })).log.entry(log, 0)).to.deep.equal(entries[0]);
    const page = service(success({ log: entries.map(newer), ...NEW })).log.entries(log, { from: 0, limit: 9 });
    expect(await page).to.deep.equal(entries);

    const statement = await signDecision(session.facts, "ABORT", 1, origin.signer);
    const decision = { decision: "ABORT", final: true, statement: { ...statement, ...NEW }, ...NEW };
    const head = { gatewayId: origin.gatewayId, length: 0, lastEntryHash: `0x${"00".repeat(32)}`, closed: false };
    const record = {
      ...{ opening: { ...session.opening, ...NEW }, sessionHash: entries[0]!.sessionHash, decision },
      ...{ logs: [{ ...head, ...NEW }], closed: false, ...NEW },
    };
    expect(await service(success(record)).log.session(log.sessionId)).to.deep.equal({
      ...{ opening: session.opening, sessionHash: entries[0]!.sessionHash, logs: [head], closed: false },
      decision: { decision: "ABORT", final: true, statement },
    });
    const gateway = await sampleDirectory(origin).gateway(origin.gatewayId);
    const told = { ...gateway, keys: gateway.keys.map((key) => ({ ...key, ...NEW })), ...NEW };
    expect(await service(success(told)).log.gateway(origin.gatewayId)).to.deep.equal(gateway);
  });

  it("take a code that they do not know by its status, and repeat no refusal", async () => {
    for (const [status, code] of [
      [401, "REFUSED"],
      [404, "NOT_FOUND"],
      [418, "REFUSED"],
    ] as const) {
      const refusing = service(problem(status, "NEW_CODE"));
      expect(await codeOf(refusing.log.length(log))).to.equal(code);
      expect(refusing.urls).to.have.length(1);
    }
    const busy = service(problem(429, "NEW_CODE", { "Retry-After": "0" }), success("7"));
    expect(await busy.log.length(log)).to.equal(7);
    const failing = service(problem(503, "NEW_CODE", { "Retry-After": "0" }));
    expect(await codeOf(failing.log.length(log))).to.equal("STORE_UNAVAILABLE");
    expect(failing.urls).to.have.length(3);
    // Who must know which codes are verdicts on what was sent takes none that it does not know for one (R8).
    const { fetch } = service(problem(403, "NEW_CODE"));
    const judging = new HttpClient({ baseUrl, fetch, maxAttempts: 1, isVerdict: () => true });
    expect(await codeOf(judging.post("/v1/x", {}, z.string()))).to.equal("STORE_UNAVAILABLE");
  });
});

describe("clients of a service that is not as it should be", () => {
  const gatewayId = origin.gatewayId;
  let entries: SignedEntry[];
  let log: { readonly sessionId: string; readonly gatewayId: SignedEntry["gatewayId"] };

  before(async () => {
    const { facts } = await sampleSession(origin, destination);
    entries = await makeEntries(facts, origin, 3);
    log = { sessionId: facts.sessionId, gatewayId };
  });

  it("call no earlier than they are asked to, and give up where that is too long to wait", async () => {
    const later = new Date(Date.now() + 3_600_000).toUTCString();
    for (const value of ["60", later]) {
      const busy = service(problem(503, "OVERLOADED", { "Retry-After": value }));
      const error: unknown = await busy.log.length(log).catch((reason: unknown) => reason);
      expect(error).to.have.property("code", "OVERLOADED");
      expect(error).to.have.nested.property("context.retryAfterMs").that.is.within(59_000, 3_600_000);
      expect(busy.urls).to.have.length(1);
    }
    const proxy = service(() => new Response("<html>", { status: 503, headers: { "Retry-After": "60" } }));
    expect(await codeOf(proxy.log.length(log))).to.equal("STORE_UNAVAILABLE");
    expect(proxy.urls).to.have.length(1);
  });

  it("take no other entry for the one that they asked for", async () => {
    const other = service(success({ log_entry: entryToJson(entries[1]!) })).log;
    expect(await codeOf(other.entry(log, 0))).to.equal("STORE_UNAVAILABLE");
    expect(await codeOf(other.entry({ ...log, gatewayId: destination.gatewayId }, 1))).to.equal("STORE_UNAVAILABLE");
    expect(await codeOf(other.lastEntry({ ...log, sessionId: crypto.randomUUID() }))).to.equal("STORE_UNAVAILABLE");
    expect(await other.entry({ ...log, sessionId: log.sessionId.toUpperCase() }, 1)).to.deep.equal(entries[1]);
  });

  it("take no log that ends too early for a whole one, however clean its end", async () => {
    const lines = (...some: readonly SignedEntry[]) =>
      text(some.map((entry) => `${JSON.stringify(entryToJson(entry))}\n`).join(""), "application/x-ndjson");
    const read = async ({ log: client }: ReturnType<typeof service>, from = 0) => {
      let count = 0;
      for await (const _ of client.stream(log, from)) count += 1;
      return count;
    };
    expect(await read(service(success("3"), lines(...entries)))).to.equal(3);
    expect(await read(service(success("3"), lines(...entries.slice(1))), 1)).to.equal(2);
    for (const broken of [lines(...entries.slice(0, 2)), lines(), lines(...entries.slice(1))])
      expect(await codeOf(read(service(success("3"), broken)))).to.equal("STORE_UNAVAILABLE");
  });

  it("follow no stream that they cannot understand for ever", async () => {
    const [first] = entries;
    const entry = JSON.stringify({ id: `${gatewayId}/0`, ...entryToJson(first!) });
    const good = `retry: 0\nid: 1.0.\nevent: entry\ndata: ${entry}\n\n`;
    const retry = "retry: 0\n\n";
    const html = text("<html>", "text/html");
    for (const answers of [
      [text(`${retry}id: 2.0.\nevent: entry\ndata: {"x":1}\n\n`, EVENTS)],
      [text(`${retry}event: decision\ndata: {\n\n`, EVENTS)],
      [text(`${good}id: 2.0.\nevent: entry\ndata: {"x":1}\n\n`, EVENTS)],
      [text(`${retry}${"x".repeat(600_000)}`, EVENTS)],
      [text(retry, EVENTS), html],
    ]) {
      const odd = service(...answers);
      const following = async () => {
        for await (const event of odd.log.events(log.sessionId)) expect(event.lastEventId).to.equal("1.0.");
      };
      expect(await codeOf(following())).to.equal("STORE_UNAVAILABLE");
      expect(odd.urls).to.have.length(2 + answers.length);
    }
    // For a moment it may be so.
    const back = service(text(retry, EVENTS), html, text(`${good}event: closed\nid: 1.0.c\ndata: {}\n\n`, EVENTS));
    const types: string[] = [];
    for await (const { type } of back.log.events(log.sessionId)) types.push(type);
    expect(types).to.deep.equal(["entry", "closed"]);
  });

  it("read lists to their end", async () => {
    const ids = Array.from({ length: 3 }, () => crypto.randomUUID());
    const endless = service(success({ sessions: ids, next: ids[2] })).log;
    expect(await codeOf(endless.sessionsOf(gatewayId, { open: false }))).to.equal("STORE_UNAVAILABLE");
    const transfer = (sessionId: string) => ({
      ...{ sessionId, role: "origin", phase: "3.9", lastEntry: null, decision: "COMMIT", outcome: "COMMITTED" },
      ...{ waitingFor: null, since: 0, reason: null, peer: "OK", rollback: "none", disputed: false, why: "" },
      ...{ stuck: null, transactions: [] },
    });
    const all = Array.from({ length: MAX_TRANSFERS + 1 }, () => transfer(crypto.randomUUID()));
    const { gateway, urls } = service(success(all.slice(0, MAX_TRANSFERS)), success(all.slice(MAX_TRANSFERS)));
    expect(await gateway.sessions({ open: false })).to.deep.equal(all);
    expect(urls[1]).to.contain(`after=${all[MAX_TRANSFERS - 1]!.sessionId}`);
  });
});
