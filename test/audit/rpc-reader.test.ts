import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { GatelogError } from "../../src/entry/errors.ts";
import { toHex } from "../../src/entry/hex.ts";
import { httpJsonRpc, NodeRefusal, type JsonRpc } from "../../src/audit/reading/json-rpc.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { verify } from "../../src/audit/verify.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { freePort } from "../../src/cli/processes.ts";
import { RegistryWorld } from "../support/registry-world.ts";
import { committedTransfer, TRANSFER } from "../support/stories.ts";

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => new Error("it worked"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GatelogError)) throw error;
  return error.code;
}

/** A JSON-RPC proxy that alters the answers to eth_getLogs and passes all else on: a doctored node with honest heads. */
async function doctoredNode(
  node: TestChain,
  alter: (logs: Record<string, unknown>[]) => unknown,
  send: (response: ServerResponse, text: string) => void = (response, text) => void response.end(text),
): Promise<Server & { url: string }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const call = JSON.parse(Buffer.concat(chunks).toString()) as { id: number; method: string; params: unknown[] };
      node.rpc(call.method, call.params).then(
        (result) => {
          const answer = call.method === "eth_getLogs" ? alter(result as Record<string, unknown>[]) : result;
          send(response, JSON.stringify({ jsonrpc: "2.0", id: call.id, result: answer }));
        },
        (error: unknown) =>
          response.end(JSON.stringify({ jsonrpc: "2.0", id: call.id, error: { message: String(error) } })),
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(server, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

describe("RpcReader", function () {
  this.timeout(60_000);
  let node: TestChain;
  let world: RegistryWorld;

  before(async () => {
    node = await startHardhat("log");
    world = await RegistryWorld.at(node.rpcUrl);
    const [a, b] = [await world.register("a"), await world.register("b")];
    await committedTransfer(world, await world.open(a, b, TRANSFER));
  });
  after(async () => {
    await world.close();
    await node.close();
  });

  const at = (rpc: JsonRpc, options = {}) => new RpcReader(rpc, { registry: world.domain.registry, ...options });

  it("reads a registry over HTTP", async () => {
    const verification = await verify(at(httpJsonRpc(node.rpcUrl), { chainId: 31339 }));
    expect(verification.verdict).to.equal("sound");
    expect(verification.entries).to.deep.equal({ total: 44, withPayload: 44 });
  });

  it("finds what a doctored node did to its events, and nothing where it did nothing", async () => {
    const alterations: readonly (readonly [string, (logs: Record<string, unknown>[]) => unknown])[] = [
      ["sound", (logs) => logs],
      ["findings", (logs) => logs.toSpliced(9, 1)],
      ["findings", (logs) => logs.toSpliced(9, 0, logs[9]!)],
      ["findings", (logs) => logs.with(9, logs[10]!).with(10, logs[9]!)],
      ["findings", (logs) => logs.with(9, { ...logs[9], data: String(logs[9]!["data"]).replace(/.$/, "1") })],
      ["could-not-tell", (logs) => logs.with(9, { ...logs[9], data: "0xzz" })],
      ["could-not-tell", () => "no list"],
    ];
    for (const [verdict, alter] of alterations) {
      const doctored = await doctoredNode(node, alter);
      expect((await verify(at(httpJsonRpc(doctored.url)))).verdict).to.equal(verdict);
      doctored.close();
    }
  });

  it("asks again for fewer blocks where a node takes only so many, or gives only so many events", async () => {
    const rpc = httpJsonRpc(node.rpcUrl);
    let refusals = 0;
    const limited: JsonRpc = async (method, params) => {
      if (method !== "eth_getLogs") return rpc(method, params);
      const [{ fromBlock, toBlock }] = params as [{ fromBlock: string; toBlock: string }];
      if (Number(toBlock) - Number(fromBlock) < 7) return rpc(method, params);
      refusals += 1;
      throw new NodeRefusal(method, "query returned more than 10000 results", undefined);
    };
    expect((await verify(at(limited))).entries.total).to.equal(44);
    expect(refusals).to.be.within(1, 10);
  });

  it("asks once more where a connection was lost, and for less where an answer is too large", async () => {
    let [lost, large] = [0, 0];
    const moody = await doctoredNode(node, (logs) => logs);
    const [answer] = moody.listeners("request") as ((...of: [unknown, ServerResponse]) => void)[];
    moody.removeAllListeners("request");
    moody.on("request", (request, response: ServerResponse) => {
      lost += 1;
      // Every third connection is gone in the middle of the answer.
      if (lost % 3 === 0) {
        response.writeHead(200, { "content-length": 100 });
        response.write("{");
        setImmediate(() => response.destroy());
      } else answer?.(request, response);
    });
    expect((await verify(at(httpJsonRpc(moody.url)))).verdict).to.equal("sound");
    moody.close();
    const rpc = httpJsonRpc(node.rpcUrl);
    const full: JsonRpc = (method, params) => {
      if (method !== "eth_getLogs") return rpc(method, params);
      const [{ fromBlock, toBlock }] = params as [{ fromBlock: string; toBlock: string }];
      if (Number(toBlock) - Number(fromBlock) < 7) return rpc(method, params);
      large += 1;
      return Promise.reject(new GatelogError("TOO_LARGE", "more than it takes"));
    };
    expect((await verify(at(full))).entries.total).to.equal(44);
    expect(large).to.be.within(1, 10);
  });

  it("takes answers that a node packs, and asks once more where one is cut", async () => {
    let [packed, cut] = [0, 0];
    const packing = await doctoredNode(
      node,
      (logs) => logs,
      (response, text) => {
        packed += 1;
        const bytes = gzipSync(text);
        response.writeHead(200, { "content-encoding": "gzip", "content-length": bytes.length });
        if (packed % 3 > 0) return void response.end(bytes);
        cut += 1;
        response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
      },
    );
    let asked = "";
    packing.prependListener(
      "request",
      (request: IncomingMessage) => (asked = String(request.headers["accept-encoding"])),
    );
    expect((await verify(at(httpJsonRpc(packing.url)))).verdict).to.equal("sound");
    expect(asked).to.equal("gzip");
    expect(cut).to.be.above(2);
    packing.close();
  });

  it("gives up where a node refuses a single block", async () => {
    const refusing: JsonRpc = (method, params) =>
      method === "eth_getLogs"
        ? Promise.reject(new NodeRefusal(method, "no", undefined))
        : httpJsonRpc(node.rpcUrl)(method, params);
    const { verdict, unread } = await verify(at(refusing));
    expect(verdict).to.equal("could-not-tell");
    expect(unread[0]).to.include({ what: "events", code: "NODE_UNREACHABLE" });
  });

  it("counts as final what the setting says", async () => {
    const rpc = httpJsonRpc(node.rpcUrl);
    const newest = (await at(rpc).anchor()).block.number;
    expect((await at(rpc, { finality: { depth: 3 } }).anchor()).block.number).to.equal(newest - 3);
    expect((await at(rpc, { finality: "finalized" }).anchor()).block.number).to.be.at.most(newest);
    // A verdict about an earlier block is about the registry as it was then: sound as well.
    expect((await verify(at(rpc, { finality: { depth: 20 } }))).verdict).to.equal("sound");
  });

  it("says which error it is: nobody there, no answer in time, another chain, no contract, another contract", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(await codeOf(at(httpJsonRpc(url)).anchor())).to.equal("NODE_UNREACHABLE");
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    expect(await codeOf(at(httpJsonRpc(silentUrl, 50)).anchor())).to.equal("TIMEOUT");
    silent.closeAllConnections();
    silent.close();
    const rpc = httpJsonRpc(node.rpcUrl);
    expect(await codeOf(at(rpc, { chainId: 1 }).anchor())).to.equal("WRONG_CHAIN");
    const nowhere = toHex("0x5A0b54D5dc17e0AadC383d2db43B0a0D3E029c4c");
    expect(await codeOf(at(rpc, { registry: nowhere }).anchor())).to.equal("NOT_FOUND");
    const web = await doctoredNode(node, (logs) => logs);
    web.removeAllListeners("request");
    web.on("request", (_, response) => response.end("<html>"));
    expect(await codeOf(at(httpJsonRpc(web.url)).anchor())).to.equal("MALFORMED");
    web.close();
  });
});
