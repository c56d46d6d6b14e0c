import { expect } from "chai";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describeNetwork } from "../../src/cli/commands/gateway-group.ts";
import { toHex } from "../../src/entry/hex.ts";
import { gatelog, itRefuses } from "../support/gatelog.ts";

const GATEWAY = toHex(`0x${"22".repeat(32)}`);
const [FIRST, SECOND] = ["0x1111111111111111111111111111111111111111", "0x2222222222222222222222222222222222222222"];
const NOWHERE = "http://127.0.0.1:1";
const NETWORK = {
  ...{ gatewayId: GATEWAY, epoch: 3, primary: toHex(SECOND), recoveryCount: 2 },
  members: [
    { key: toHex(FIRST), url: NOWHERE, role: "standby", lastHeard: null },
    { key: toHex(SECOND), url: null, role: "primary", lastHeard: 7_000 },
  ],
  lastTakeover: { epoch: 3, kind: "QUORUM", durationMs: 61, at: 5_000 },
} as const;

describe("gatelog gateway network", () => {
  it("says in words who is primary, who stands by, and how that came", () => {
    expect(describeNetwork({ ...NETWORK, members: [...NETWORK.members] }, 9_000).split("\n")).to.deep.equal([
      `Gateway ${GATEWAY}, epoch 3`,
      "Takeovers: 2. Last change of the primary: QUORUM, 4 s ago, in 61 ms.",
      `standby  ${FIRST}  ${NOWHERE}  never heard`,
      `primary  ${SECOND}  in no configuration  heard 2 s ago`,
    ]);
  });

  it("makes up nothing that no member knows", () => {
    const lastTakeover = { epoch: 3, kind: null, durationMs: null, at: null };
    const words = (last: typeof lastTakeover | null) =>
      describeNetwork({ ...NETWORK, members: [], lastTakeover: last }, 9_000).split("\n")[1];
    expect(words(lastTakeover)).to.equal("Takeovers: 2. Last change of the primary: takeover.");
    expect(words(null)).to.equal("Takeovers: 2. Last change of the primary: none.");
  });
});

describe("gatelog gateway handover, of a running member", function () {
  this.timeout(60_000);

  const servers: Server[] = [];
  const posted: string[] = [];
  let urls: readonly [standby: string, primary: string];

  /** A member that answers as it is told. */
  async function serve(answers: () => Readonly<Record<string, object>>): Promise<string> {
    const server = createServer((request, response) => {
      const { method = "", url = "" } = request;
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        if (method === "POST") posted.push(`${request.headers.host ?? ""} ${body}`);
        const data = answers()[`${method} ${url}`];
        response.writeHead(data ? 200 : 404, { "Content-Type": "application/json" });
        response.end(JSON.stringify({ success: data !== undefined, response_data: data }));
      });
    });
    servers.push(server);
    await once(server.listen(0, "127.0.0.1"), "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const stateOf = (role: "primary" | "standby") => ({
    ...{ nodeId: toHex(FIRST), gatewayId: GATEWAY, role, state: role, epoch: 3 },
    ...{ outbound: 0, foldedSessions: 0, next: { wait: 1 }, restraintMs: 0 },
  });
  const network = () => ({
    ...NETWORK,
    members: [NETWORK.members[0], { ...NETWORK.members[1], url: urls[1] }],
  });

  before(async () => {
    const handed = { epoch: 4, primary: toHex(FIRST), backups: [toHex(SECOND)], recoveryCount: 2 };
    const lastTakeover = { epoch: 4, planned: true };
    urls = [
      await serve(() => ({ "GET /node/state": stateOf("standby"), "GET /node/network": network() })),
      await serve(() => ({
        "GET /node/state": stateOf("primary"),
        "GET /node/network": network(),
        "POST /node/handover": { ...handed, lastTakeover },
      })),
    ];
  });
  after(() => servers.forEach((server) => server.close()));
  beforeEach(() => void posted.splice(0));

  for (const [what, place] of [
    ["the primary", 1],
    ["a standby, which says who is primary", 0],
  ] as const)
    it(`asks ${what}`, async () => {
      const run = await gatelog(["--json", "gateway", "handover", "--gateway", urls[place], "--to", FIRST]);
      expect(run.json, run.stderr).to.deep.equal({ gatewayId: GATEWAY, key: FIRST, epoch: 4 });
      expect(posted).to.deep.equal([`${new URL(urls[1]).host} {"to":"${FIRST}"}`]);
    });

  describe("and by hand", () => {
    const half = ["gateway", "handover", "--rpc-url", NOWHERE, "--log-registry", FIRST];
    const whole = [...half, "--gateway-id", GATEWAY, "--backup-key-file", "a.key", "--primary-key-file", "b.key"];
    itRefuses([
      { what: "half of what it needs", args: () => half, code: "MALFORMED" },
      { what: "both ways at once", args: () => [...whole, "--gateway", NOWHERE], code: "MALFORMED" },
      { what: "an heir that it would not heed", args: () => [...whole, "--to", FIRST], code: "MALFORMED" },
    ]);
  });
});
