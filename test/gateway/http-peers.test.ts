import { expect } from "chai";
import { createServer, type Server } from "node:http";
import { signedEntrySchema } from "../../src/entry/entry-json.ts";
import { signEntry, type SignedEntry } from "../../src/entry/entry.ts";
import { toHex, ZERO_HASH } from "../../src/entry/hex.ts";
import { keySigner } from "../../src/entry/signature.ts";
import { createHttpPeers } from "../../src/gateway/http-peers.ts";
import { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { expectRejection } from "../support/expect-error.ts";
import { address, WORLD_FACTS } from "../support/world-facts.ts";

const PEER = WORLD_FACTS.origin.gatewayId;
const QUERY = { networkId: "eip155:31338", originChainId: 31337, originToken: address(0x32) };
const OFFER = {
  logging: "chain",
  loggings: ["chain"],
  chainId: 31338,
  escrow: address(0x41),
  token: address(0x42),
  owner: address(0x43),
  keys: [address(0x44)],
};

interface Answer {
  readonly status: number;
  readonly body: string;
}

describe("peers over HTTP", () => {
  const servers: Server[] = [];
  const requests: { readonly url: string; readonly body: string }[] = [];
  let entry: SignedEntry;

  before(async () => {
    const { sessionId } = WORLD_FACTS;
    const numbers = { epoch: 1, index: 0, seqNumber: 1, step: 1, command: 1, timestamp: 0 };
    const hashes = { sessionHash: ZERO_HASH, gatewayId: PEER, causedBy: ZERO_HASH, lastEntryHash: ZERO_HASH };
    const kind = { operation: "init", vote: "none" } as const;
    const signer = keySigner(toHex(`0x${"a1".repeat(32)}`));
    entry = await signEntry({ sessionId, ...numbers, ...hashes, ...kind }, new Uint8Array([123, 125]), signer);
  });

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
    requests.length = 0;
  });

  /** An endpoint that answers so; undefined: never. */
  async function endpoint(answer: Answer | undefined): Promise<string> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        requests.push({ url: request.url ?? "", body: Buffer.concat(chunks).toString() });
        if (answer) response.writeHead(answer.status).end(answer.body);
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const bound = server.address();
    if (bound === null || typeof bound === "string") throw new Error("no port");
    return `http://127.0.0.1:${bound.port}`;
  }

  function peersAt(...endpoints: string[]) {
    const keys = [{ epoch: 1, key: address(1) }];
    return createHttpPeers(new MemoryGatewayDirectory([{ gatewayId: PEER, epoch: 1, keys, endpoints }]), {
      timeoutMs: 200,
    });
  }

  const taken = { status: 202, body: JSON.stringify({ success: true, response_data: "taken" }) };
  const problem = (status: number, code: string) => ({ status, body: JSON.stringify({ code, detail: "no" }) });

  it("post the entry to the session's place below the endpoint", async () => {
    const url = await endpoint(taken);
    await peersAt(`${url}/base`).send(PEER, entry.sessionId, entry);
    expect(requests.map((request) => request.url)).to.deep.equal([`/base/v1/peer/${entry.sessionId}`]);
    expect(signedEntrySchema.parse(JSON.parse(requests[0]!.body))).to.deep.equal(entry);
  });

  it("try the group's endpoints in order until one takes the message", async () => {
    const silent = await endpoint(undefined);
    const broken = await endpoint({ status: 500, body: "<html>" });
    const good = await endpoint(taken);
    const unused = await endpoint(taken);
    await peersAt("http://127.0.0.1:1", silent, broken, good, unused).send(PEER, entry.sessionId, entry);
    expect(requests).to.have.lengthOf(3);
  });

  it("are PEER_UNREACHABLE when no endpoint answers, answers sense, or is known", async () => {
    await expectRejection(peersAt().send(PEER, entry.sessionId, entry), "PEER_UNREACHABLE");
    await expectRejection(peersAt("no url").send(PEER, entry.sessionId, entry), "PEER_UNREACHABLE");
    for (const answer of [
      { status: 200, body: "[]" },
      { status: 502, body: "" },
      problem(503, "OVERLOADED"),
      problem(400, "NO_SUCH"),
    ])
      await expectRejection(peersAt(await endpoint(answer)).send(PEER, entry.sessionId, entry), "PEER_UNREACHABLE");
  });

  it("reject with the peer's own code what it refuses for good", async () => {
    await expectRejection(peersAt(await endpoint(problem(404, "NOT_FOUND"))).offer(PEER, QUERY), "NOT_FOUND");
  });

  it("read an offer, and take a malformed one for none", async () => {
    const offer = { ...OFFER, standard: "erc20", decimals: 18 };
    const good = await endpoint({ status: 200, body: JSON.stringify({ success: true, response_data: offer }) });
    expect(await peersAt(good).offer(PEER, QUERY)).to.deep.equal(offer);
    const bad = await endpoint({
      status: 200,
      body: JSON.stringify({ success: true, response_data: { ...offer, keys: "all" } }),
    });
    await expectRejection(peersAt(bad).offer(PEER, QUERY), "PEER_UNREACHABLE");
  });
});
