import type { Express } from "express";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GatelogError } from "../entry/errors.ts";

export interface ListenOptions {
  /** Loopback by default: a listener that others can reach needs authentication first. */
  readonly host?: string;
  /** 0, the default, lets the system choose. */
  readonly port?: number;
}

export interface Listener {
  readonly url: string;
  readonly port: number;
  /** Takes no more connections, waits for running requests, then cuts what is left. */
  close(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";
/** Until a client must have sent its headers, and its whole request. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const DRAIN_TIMEOUT_MS = 5_000;

/** Serves the app; INVALID_CONFIG if the address cannot be had. */
export async function listen(app: Express, options: ListenOptions = {}): Promise<Listener> {
  const { host = LOOPBACK, port = 0 } = options;
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS }, app);
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
    server.listen(port, host, resolve);
  });
  const address = addressOf(server);
  const shown = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return { url: `http://${shown}:${address.port}`, port: address.port, close: () => drain(server) };
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_TIMEOUT_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server listens on no port");
  return address;
}
