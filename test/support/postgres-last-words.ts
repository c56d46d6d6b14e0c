import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** ReadyForQuery, outside a transaction: what a server says when a connection can be used. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** Stands between a client and a PostgreSQL server that goes down just as it has said that it is ready. */
export class LastWords {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isArmed = false;
  #said = 0;

  private constructor(port: number) {
    this.#server = createServer((client) => {
      const server = connect(port, "127.0.0.1");
      const isLast = this.#isArmed;
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on("error", () => undefined).on("close", () => [client, server].forEach((each) => each.destroy()));
      }
      client.pipe(server);
      server.on("data", (bytes) => {
        if (!isLast || !bytes.subarray(-READY.length).equals(READY)) return client.write(bytes);
        this.#said += 1;
        return client.end(Buffer.concat([bytes, goingDown()]));
      });
    });
  }

  /** @param url Of the server, at 127.0.0.1. */
  static async before(url: string): Promise<{ readonly proxy: LastWords; readonly url: string }> {
    const target = new URL(url);
    const proxy = new LastWords(Number(target.port));
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    const address = proxy.#server.address();
    if (typeof address !== "object" || address === null) throw new Error("the proxy has no port");
    target.port = String(address.port);
    return { proxy, url: target.href };
  }

  /** How many connections have ended so. */
  get said(): number {
    return this.#said;
  }

  /** From now on, or no more, of connections that are opened then. */
  arm(isArmed: boolean): void {
    this.#isArmed = isArmed;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** ErrorResponse, as of a server whose main process has gone. */
function goingDown(): Buffer {
  const fields = Buffer.from(
    "SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0",
    "latin1",
  );
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + length.length);
  return Buffer.concat([Buffer.from("E"), length, fields]);
}
