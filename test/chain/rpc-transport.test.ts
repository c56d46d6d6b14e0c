import { expect } from "chai";
import { FetchRequest } from "ethers";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createTransport, type Transport } from "../../src/chain/rpc-transport.ts";
import { expectRejection } from "../support/expect-error.ts";

const AT_ONCE = 8;

describe("the way to a node", () => {
  let server: Server;
  let transport: Transport;
  let asked = 0;
  /** Requests that are held back until all of them are there. */
  let held: (() => void)[] = [];
  let isHolding = true;
  const sockets = new Set<Socket>();

  beforeEach(async () => {
    asked = 0;
    sockets.clear();
    isHolding = true;
    server = createServer((_, response) => {
      asked += 1;
      held.push(() => response.end("{}"));
      if (isHolding && held.length < AT_ONCE) return;
      for (const answer of held.splice(0)) answer();
    });
    server.on("connection", (socket: Socket) => sockets.add(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    transport = createTransport({ timeoutMs: 5_000 });
  });
  afterEach(() => {
    held = [];
    transport.close();
    server.closeAllConnections();
    server.close();
  });

  const ask = async (): Promise<number> => {
    const { port } = server.address() as AddressInfo;
    const { statusCode } = await transport.getUrl(new FetchRequest(`http://127.0.0.1:${port}/`));
    return statusCode;
  };

  it("is found again at once when the node ends each idle connection as it is used, however many there are", async () => {
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    expect(transport.connections()).to.equal(AT_ONCE);
    isHolding = false;
    const idle = new Set(sockets);
    server.prependListener("request", ({ socket }) => {
      if (idle.has(socket)) socket.destroy();
    });
    expect(await ask()).to.equal(200);
    expect(transport.connections()).to.equal(AT_ONCE + 1);
  });

  it("is not looked for again when a new connection ends without an answer", async () => {
    server.prependListener("request", ({ socket }) => socket.destroy());
    await expectRejection(ask(), "NODE_UNREACHABLE");
    expect([transport.connections(), asked]).to.deep.equal([1, 1]);
  });
});
