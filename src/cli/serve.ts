import pino from "pino";
import type { Listener } from "../api/listen.ts";
import type { OutboxedLogStore } from "../store/outboxed-log-store.ts";
import type { FailureObserver } from "../api/problems.ts";
import type { RequestObserver } from "../api/request-log.ts";
import { NATIVE_CURVE } from "../entry/curve.ts";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { WASM_KECCAK } from "../entry/keccak.ts";
import { EXIT, type Answer } from "./output.ts";
import type { Cleanup } from "./wiring-context.ts";

export type Log = pino.Logger;

/** Structured logs of a service, one JSON object a line, on standard error. Session ids are in `session`. Keys never are. */
export function createLog(name: string): Log {
  const log = pino({ name, base: { name } }, pino.destination({ dest: 2, sync: true }));
  if (NATIVE_CURVE === null)
    log.warn("no native secp256k1 for this platform: checking a signature takes some twenty times as long");
  if (WASM_KECCAK === null) log.warn("no WebAssembly: hashing an entry takes some ten times as long");
  return log;
}

/** Every request, when its answer is out: work that changes or fails at info, what only looks at debug. */
export function logRequests(log: Log): RequestObserver {
  return ({ isWork, sessionId: session, ...request }) => {
    const isLook = request.method === "GET" && request.status < FAILURE_STATUS;
    log[isLook || !isWork ? "debug" : "info"]({ event: "request", session, ...request }, "request");
  };
}

const FAILURE_STATUS = 400;

/** Failures that are not the caller's doing. */
export function logFailures(log: Log): FailureObserver {
  return (error, request) => {
    const code = isGatelogError(error) ? error.code : "INTERNAL";
    if (code === "NOT_PRIMARY") return; // a standby that is asked says where to go: nothing has failed
    log.error({ ...request, code, err: error }, "request failed");
  };
}

/**
 * Sends what an earlier process had signed and may not have got through (R8): an operator's next entry must not be signed in its
 * place. What does not go through yet is named, and goes first when its session is next written to.
 */
export async function sendPending(log: Log, store: OutboxedLogStore): Promise<void> {
  const { waiting } = await store.resume();
  for (const { sessionId: session, reason } of waiting)
    log.warn({ session, err: reason }, "what was signed before is not in the log yet");
}

/** Runs until SIGTERM or SIGINT, then stops in order: no new requests, running ones finished, then everything else. */
export async function runUntilStopped(log: Log, listener: Listener, cleanup: Cleanup): Promise<Answer> {
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, resolve);
  });
  log.info({ signal }, "stopping");
  await listener.close();
  await cleanup.run();
  log.info("stopped");
  return { exit: EXIT.sound, text: `Stopped by ${signal}.`, json: { url: listener.url, stopped: signal } };
}

const MAX_PORT = 65_535;

export function parseListen(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(":");
  const host = text.slice(0, colon).replace(/^\[|\]$/g, "");
  const port = Number(text.slice(colon + 1));
  if (port > MAX_PORT)
    throw new GatelogError("INVALID_CONFIG", `${port} is no port: at most ${MAX_PORT}`, { listen: text });
  if (!isLoopback(host))
    throw new GatelogError(
      "INVALID_CONFIG",
      `${host} is no loopback address: this version has no authentication, and listens where nobody else can reach it`,
      { listen: text },
    );
  return { host, port };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
