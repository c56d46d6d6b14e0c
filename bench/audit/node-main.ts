// Answers as a node would for a registry that was written: as much of it as was asked for. Says its URL when it listens.
//
//   node bench/audit/node-main.ts FOLDER SESSIONS [MOST_EVENT_BYTES]

import { readSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { z } from "zod";

import { lastBlockOf, quantity, WrittenRegistry } from "./written-registry.ts";

const TIMESTAMP_0 = 1_700_000_000;
const LIMIT_EXCEEDED = -32_005;
const REVERTED = 3;

const requestSchema = z.object({ id: z.unknown(), method: z.string(), params: z.array(z.unknown()) });
const filterSchema = z.object({ fromBlock: z.string(), toBlock: z.string() });
const callSchema = z.object({ data: z.string() });
type Request = z.infer<typeof requestSchema>;

const [folder = "", sessions = "1", most = "Infinity"] = process.argv.slice(2);
const registry = await WrittenRegistry.open(folder);
const { about } = registry;
const lastBlock = lastBlockOf(about, Number(sessions));
const MOST_EVENT_BYTES = Number(most);

function block(number: number): object | null {
  if (number > lastBlock) return null;
  const hash = number === 0 ? about.genesisHash : `0x${number.toString(16).padStart(64, "0")}`;
  return { number: quantity(number), hash, timestamp: quantity(TIMESTAMP_0 + number) };
}

/** The events of these blocks between two brackets, or undefined if there are more than it gives at once. */
function eventsOf(filter: unknown): Buffer | undefined {
  const { fromBlock, toBlock } = filterSchema.parse(filter);
  const { start, end } = registry.placeOf(Number(fromBlock), Math.min(Number(toBlock), lastBlock));
  if (end - start > MOST_EVENT_BYTES) return undefined;
  // The bracket takes the place of the last comma.
  const bytes = Buffer.alloc(Math.max(2, end - start + 1));
  readSync(registry.descriptor, bytes, 1, end - start, start);
  bytes.write("[", 0);
  bytes.write("]", bytes.length - 1);
  return bytes;
}

function plain({ method, params }: Request): unknown {
  const [first] = params;
  switch (method) {
    case "eth_chainId":
      return quantity(about.chainId);
    case "eth_getCode":
      return "0x00";
    case "eth_getBlockByNumber":
      return block(first === "latest" || first === "finalized" ? lastBlock : Number(first));
    default:
      throw new Error(`no such method: ${method}`);
  }
}

function answer(request: Request): (string | Buffer)[] {
  const { id, method, params } = request;
  const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},`;
  if (method === "eth_getLogs") {
    const events = eventsOf(params[0]);
    if (events === undefined) return [`${head}"error":{"code":${LIMIT_EXCEEDED},"message":"too many results"}}`];
    return [`${head}"result":`, events, "}"];
  }
  if (method === "eth_call") {
    const result = registry.answer(callSchema.parse(params[0]).data);
    return [
      result === undefined
        ? `${head}"error":{"code":${REVERTED},"message":"execution reverted"}}`
        : `${head}"result":"${result}"}`,
    ];
  }
  return [`${head}"result":${JSON.stringify(plain(request))}}`];
}

const server = createServer((request, response) => {
  json(request)
    .then((body) => {
      response.setHeader("content-type", "application/json");
      const parts = Array.isArray(body)
        ? ["[", ...body.flatMap((each, at) => [at === 0 ? "" : ",", ...answer(requestSchema.parse(each))]), "]"]
        : answer(requestSchema.parse(body));
      for (const part of parts) response.write(part);
      response.end();
    })
    .catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      response.destroy();
    });
});
server.listen(0, "127.0.0.1", () => {
  // A server that listens on a port of the Internet has such an address.
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
