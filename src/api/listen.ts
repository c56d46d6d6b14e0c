import type { Express } from "express";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { GatelogError } from "../entry/errors.ts";

export interface ListenOptions {
  /** Loopback by default: a listener that others can reach needs authentication first. */
  readonly host?: string;
  /** 0, the default, lets the system choose. */
  readonly port?: number;
  /** Until what is still running is cut when the listener closes. */
  readonly drainTimeoutMs?: number;
}

export interface Listener {
  readonly url: string;
  readonly port: number;
  /** Takes no more connections, lets running requests end, then cuts what is left. */
  close(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";
/** Until a client must have sent its headers, and its whole request. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** As long as a request may take: what is in flight ends with its own answer. */
const DRAIN_TIMEOUT_MS = 25_000;
/** Between two looks for connections that have become idle while the server closes. */
const IDLE_CHECK_MS = 50;
/** Open connections; one more is closed at once. As many may wait to be accepted, where the system lets them. */
const MAX_CONNECTIONS = 4_096;

/** What is served, and what it does before its listener closes. */
export interface Served {
  readonly app: Express;
  drain(): void;
}

/** Serves the app; INVALID_CONFIG if the address cannot be had. */
export async function listen(served: Served, options: ListenOptions = {}): Promise<Listener> {
  const { host = LOOPBACK, port = 0, drainTimeoutMs = DRAIN_TIMEOUT_MS } = options;
  const timeouts = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS };
  const server = createServer(timeouts, (request, response) => {
    request.url = targetOf(request);
    served.app(request, response);
  });
  server.maxConnections = MAX_CONNECTIONS;
  const connections = connectionsOf(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new GatelogError(
          "INVALID_CONFIG",
          `cannot listen on ${host}:${port}: ${cause.message}`,
          { host, port },
          { cause },
        ),
      ),
    );
    server.listen({ port, host, backlog: MAX_CONNECTIONS }, resolve);
  });
  const address = addressOf(server);
  const shown = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return {
    url: `http://${shown}:${address.port}`,
    port: address.port,
    close: () => drain(served, server, connections, drainTimeoutMs),
  };
}

/**
 * What is asked for, as a path with its query. A proxy's form is a whole URL, and RFC 9112 has `*`: what has no path is the root, since
 * Express would answer it past everything that the service has for a request.
 */
function targetOf({ url = "/" }: IncomingMessage): string {
  const target = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "");
  if (target.startsWith("/")) return target;
  return target.startsWith("?") ? `/${target}` : "/";
}

/** Connections of a server, and how many answers each of them waits for. */
type Connections = Map<Socket, number>;

function connectionsOf(server: Server): Connections {
  const connections: Connections = new Map();
  const count = (socket: Socket, change: number) => {
    const running = connections.get(socket);
    if (running !== undefined) connections.set(socket, running + change);
  };
  server.on("connection", (socket: Socket) => {
    connections.set(socket, 0);
    socket.once("close", () => connections.delete(socket));
  });
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    count(socket, 1);
    response.once("close", () => count(socket, -1));
  });
  return connections;
}

/**
 * Connections that wait for no answer are closed at once, also those that never sent a request (`closeIdleConnections` leaves them
 * open), and the others as soon as their last answer is out.
 */
function drain(served: Served, server: Server, connections: Connections, timeoutMs: number): Promise<void> {
  served.drain();
  const closeIdle = () => {
    for (const [socket, running] of connections) if (running === 0 && socket.writableLength === 0) socket.destroy();
  };
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), timeoutMs);
    const idle = setInterval(closeIdle, IDLE_CHECK_MS);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(idle);
      resolve();
    });
    closeIdle();
  });
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server listens on no port");
  return address;
}
