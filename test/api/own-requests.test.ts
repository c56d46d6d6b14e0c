import { expect } from "chai";
import { request as send, type IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";
import { once } from "node:events";
import type { Operation } from "../../src/api/operation.ts";
import { openHeldApi, type HeldApi } from "../support/held-api.ts";

const EVIL = "https://evil.example";

describe("a log API and web pages", () => {
  let api: HeldApi;
  let commands: number;
  /** As a gateway's are: without a body, so that no content type is asked for. */
  const command: Operation = {
    ...{ name: "command", group: "gateway", method: "post", paths: ["/v1/command"], refusals: [], summary: "Does it." },
    ...{ answer: { status: 202 }, handle: { data: () => Promise.resolve((commands += 1)) } },
  };

  before(async () => {
    api = await openHeldApi({ hosts: ["Gatelog.Example"] }, { operations: [command] }, true);
  });
  beforeEach(() => (commands = 0));
  after(() => api.close());

  async function ask(method: string, path: string, headers: Readonly<Record<string, string>>) {
    const outgoing = send(api.url + path, { method, headers });
    outgoing.end();
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    return { status: answer.statusCode, body: (await json(answer)) as { code?: string } };
  }
  const own = () => `127.0.0.1:${api.port}`;

  const refused: readonly (readonly [what: string, headers: () => Record<string, string>])[] = [
    [
      "a form of another origin",
      () => ({ Origin: EVIL, "Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain" }),
    ],
    ["another origin, of a browser that says no more", () => ({ Origin: EVIL })],
    ["a page without an origin", () => ({ Origin: "null" })],
    ["a page on another port of this machine", () => ({ Origin: "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site" })],
    ["another name of this machine", () => ({ Origin: `http://localhost:${api.port}` })],
    [
      "a page of another site without its origin",
      () => ({ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" }),
    ],
    ["a form that a person sends", () => ({ "Sec-Fetch-Site": "cross-site", ...NAVIGATION })],
    ["a page whose name was made to lead here", () => ({ Host: "evil.example" })],
    [
      "the same, with the port",
      () => ({ Host: `evil.example:${api.port}`, Origin: `http://evil.example:${api.port}` }),
    ],
    ["a name that begins like loopback", () => ({ Host: "127.0.0.1.evil.example" })],
    ["a name that ends like loopback", () => ({ Host: "evil.localhost" })],
  ];
  const NAVIGATION = { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" };

  for (const [what, headers] of refused)
    it(`refuses ${what}`, async () => {
      const { status, body } = await ask("POST", "/v1/command", headers());
      expect(body).to.include({ code: "FOREIGN_ORIGIN" });
      expect(status).to.equal(403);
      expect(commands).to.equal(0);
    });

  const taken: readonly (readonly [what: string, headers: () => Record<string, string>])[] = [
    ["a program, which says nothing", () => ({})],
    ["its own page", () => ({ Origin: `http://${own()}`, "Sec-Fetch-Site": "same-origin" })],
    ["a person at a browser", () => ({ "Sec-Fetch-Site": "none", ...NAVIGATION })],
    ["loopback by name", () => ({ Host: `LOCALHOST:${api.port}` })],
    ["loopback in the other family", () => ({ Host: "[::1]:8548" })],
    ["a name that is configured", () => ({ Host: "gatelog.example", Origin: "https://gatelog.example" })],
  ];
  for (const [what, headers] of taken)
    it(`takes ${what}`, async () => {
      expect((await ask("POST", "/v1/command", headers())).status).to.equal(202);
      expect(commands).to.equal(1);
    });

  it("lets a person follow a link here, but no page embed what is here", async () => {
    const link = { "Sec-Fetch-Site": "cross-site", ...NAVIGATION };
    expect((await ask("GET", "/health", link)).status).to.equal(200);
    expect((await ask("GET", "/health", { ...link, "Sec-Fetch-Dest": "iframe" })).status).to.equal(403);
  });
});
