import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { until } from "./until.ts";

/** A connection that says what no client of HTTP would, and reads nothing unless it is told to. */
export interface RawClient {
  readonly socket: Socket;
  /** What has come so far. */
  received(): string;
  untilReceived(pattern: RegExp): Promise<unknown>;
  untilClosed(): Promise<unknown>;
}

export async function openRawClient(port: number, text: string, reads = true): Promise<RawClient> {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.on("error", () => undefined);
  await once(socket, "connect");
  if (reads) socket.on("data", (bytes: Buffer) => (received += bytes.toString()));
  else socket.pause();
  socket.write(text);
  return {
    socket,
    received: () => received,
    untilReceived: (pattern) => until(`received ${String(pattern)}`, () => pattern.test(received)),
    untilClosed: () => until("the service closes the connection", () => socket.closed),
  };
}

/** The head of a request, with the empty line. */
export function requestHead(method: string, path: string, headers: Readonly<Record<string, string | number>> = {}) {
  const lines = Object.entries({ Host: "127.0.0.1", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}
