import { expect } from "chai";
import { z } from "zod";
import { HttpClient } from "../../src/client/http-client.ts";
import { codeOf } from "../support/store-doubles.ts";

const MEMBERS = ["http://one.test", "http://two.test", "http://three.test"] as const;
const [ONE, TWO, THREE] = MEMBERS;

/** A group of members: one is primary, or none; those that are away answer nobody. */
class Group {
  readonly asked: string[] = [];
  primary: string | undefined;
  away: readonly string[] = [];
  /** What the others say of who is primary. */
  told: string | undefined;
  retryAfter = "0.05";

  client(others: readonly string[] = [TWO, THREE]): HttpClient {
    return new HttpClient({ baseUrl: `${ONE}/`, others, fetch: (input) => this.#answer(input), maxAttempts: 1 });
  }

  #answer(input: Parameters<typeof fetch>[0]): Promise<Response> {
    const { origin } = new URL(input instanceof Request ? input.url : input);
    this.asked.push(origin);
    if (this.away.includes(origin)) return Promise.reject(new TypeError("nobody answers"));
    if (origin === this.primary) return json(200, { success: true, response_data: origin });
    const context = this.told === undefined ? {} : { primary: this.told };
    const problem = { code: "NOT_PRIMARY", detail: "this member stands by", context, success: false };
    return json(503, problem, { "Retry-After": this.retryAfter });
  }
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return Promise.resolve(new Response(JSON.stringify(body), { status, headers }));
}

describe("A client of a group", () => {
  const ask = (client: HttpClient) => client.get("/v1/x", z.string());

  it("goes to the primary that a member names, at once, and stays there", async () => {
    const group = new Group();
    group.primary = group.told = THREE;
    group.retryAfter = "3600"; // of the member that was left, and nobody asks it again
    const client = group.client();
    expect(await ask(client)).to.equal(THREE);
    expect(await ask(client)).to.equal(THREE);
    expect(group.asked).to.deep.equal([ONE, THREE, THREE]);
  });

  it("goes to the next where nobody is named, or nobody answers", async () => {
    const group = new Group();
    group.primary = THREE;
    group.away = [ONE];
    expect(await ask(group.client())).to.equal(THREE);
    expect(group.asked).to.deep.equal([ONE, TWO, THREE]);
  });

  it("waits for a group that has no primary yet, without asking a member before its time", async () => {
    const group = new Group();
    const asking = ask(group.client([TWO]));
    const before = performance.now();
    while (group.asked.length < 4) await new Promise((resolve) => setImmediate(resolve));
    group.primary = TWO;
    expect(await asking).to.equal(TWO);
    // Each of the two is left alone for 50 ms.
    expect(performance.now() - before).to.be.at.least(45);
    expect(group.asked.slice(0, 4)).to.deep.equal([ONE, TWO, ONE, TWO]);
  });

  it("goes nowhere but where its caller says", async () => {
    const group = new Group();
    group.told = "http://stranger.test";
    group.primary = TWO;
    expect(await ask(group.client([TWO]))).to.equal(TWO);
    expect(group.asked).to.deep.equal([ONE, TWO]);
    const alone = new Group();
    alone.told = alone.primary = TWO;
    expect(await codeOf(ask(alone.client([])))).to.equal("NOT_PRIMARY");
    expect(alone.asked).to.deep.equal([ONE]);
  });
});
