import { expect } from "chai";
import { z } from "zod";
import { GatewayClient } from "../../src/client/gateway-client.ts";
import { HttpClient, type HttpClientOptions } from "../../src/client/http-client.ts";
import { GatelogError } from "../../src/entry/errors.ts";

interface Scripted {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

const OK: Scripted = { body: { success: true, response_data: "7" } };
const problem = (status: number, code: string, headers: Record<string, string> = {}): Scripted => ({
  status,
  headers,
  body: { code, detail: "told by the service", context: { index: 3 }, success: false },
});

/** A service that answers as it is told, the last answer for ever; and how often it was asked. */
function service(...answers: readonly Scripted[]) {
  const asked: number[] = [];
  const answer = (_url: unknown, init?: RequestInit): Promise<Response> => {
    if (init?.signal?.aborted === true) return Promise.reject(new Error("aborted"));
    const { status = 200, body, headers = {} } = answers[Math.min(asked.length, answers.length - 1)] ?? {};
    asked.push(Date.now());
    return Promise.resolve(new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers }));
  };
  const client = (options: Partial<HttpClientOptions> = {}) =>
    new HttpClient({ baseUrl: "http://service.test/", fetch: answer, ...options });
  return { asked, answer, client };
}

async function errorOf(work: Promise<unknown>): Promise<GatelogError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof GatelogError) return error;
  throw new Error(`no GatelogError: ${String(error)}`);
}

describe("HttpClient", () => {
  it("tries again what may succeed later, not before the time that the service asks for", async () => {
    const busy = service(problem(429, "TOO_MANY_REQUESTS", { "Retry-After": "0.2" }), OK);
    expect(await busy.client().get("/v1/x", z.string())).to.equal("7");
    expect(busy.asked).to.have.length(2);
    expect(busy.asked[1]! - busy.asked[0]!).to.be.at.least(195);
  });

  it("gives up after its attempts, under the service's own code", async () => {
    const down = service(problem(503, "OVERLOADED", { "Retry-After": "0" }));
    const error = await errorOf(down.client({ maxAttempts: 4 }).get("/v1/x", z.string()));
    expect(error).to.include({ code: "OVERLOADED", message: "told by the service" });
    expect(error.context).to.deep.equal({ index: 3, retryAfterMs: 0 });
    expect(down.asked).to.have.length(4);
  });

  it("does not repeat what is refused for good", async () => {
    const refusing = service(problem(409, "WRONG_INDEX"));
    expect(await errorOf(refusing.client().post("/v1/x", {}, z.string()))).to.include({ code: "WRONG_INDEX" });
    expect(refusing.asked).to.have.length(1);
  });

  it("takes nothing for a verdict but a problem of ours", async () => {
    for (const foreign of [
      { status: 502, body: "<html>Bad gateway</html>" },
      { status: 200, body: "hello" },
      { status: 404, body: { code: "NO_SUCH_CODE" } },
      { status: 200, body: { success: true, response_data: 7 } },
    ]) {
      const error = await errorOf(service(foreign).client({ maxAttempts: 1 }).get("/v1/x", z.string()));
      expect(error.code).to.equal("STORE_UNAVAILABLE");
    }
    const other = service(problem(404, "NOT_FOUND")).client({ isVerdict: (code) => code !== "NOT_FOUND" });
    expect((await errorOf(other.get("/v1/x", z.string()))).context).to.include({ code: "NOT_FOUND" });
  });

  it("stops when its caller does, also in the pause before a repetition", async () => {
    const down = service(problem(503, "OVERLOADED", { "Retry-After": "5" }));
    const stop = new AbortController();
    const asking = errorOf(down.client().get("/v1/x", z.string(), { signal: stop.signal }));
    while (down.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    expect(await asking).to.include({ code: "OVERLOADED" });
    expect(down.asked).to.have.length(1);
    expect(await errorOf(down.client().get("/v1/x", z.string(), { signal: stop.signal }))).to.include({
      code: "STORE_UNAVAILABLE",
    });
  });

  it("says TIMEOUT when there is no answer in time", async () => {
    const silent: typeof fetch = (_url, init) =>
      new Promise((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("aborted"))));
    const client = new HttpClient({ baseUrl: "http://service.test", fetch: silent, timeoutMs: 20, maxAttempts: 1 });
    expect(await errorOf(client.get("/v1/x", z.string()))).to.include({ code: "TIMEOUT" });
    expect(await errorOf(client.open("/v1/x", {}))).to.include({ code: "TIMEOUT" });
  });

  it("says PEER_UNREACHABLE of a gateway", async () => {
    const fetch = service({ status: 502, body: "" }).answer as typeof globalThis.fetch;
    const client = new GatewayClient({ baseUrl: "http://service.test", fetch, maxAttempts: 1 });
    expect(await errorOf(client.sessions({ open: true }))).to.include({ code: "PEER_UNREACHABLE" });
  });
});
