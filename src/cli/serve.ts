import pino from "pino";
import type { Listener } from "../api/listen.ts";
import type { OutboxedLogStore } from "../store/outboxed-log-store.ts";
import type { FailureObserver } from "../api/problems.ts";
import type { RequestObserver } from "../api/request-log.ts";
import { isGatelogError } from "../entry/errors.ts";
import { fallbacks } from "./fallbacks.ts";
import { EXIT, type Answer } from "./output.ts";
import type { Cleanup } from "./wiring-context.ts";

export type Log = pino.Logger;

/** Structured logs of a service, one JSON object a line, on standard error. Session ids are in `session`. Keys never are. */
export function createLog(name: string): Log {
  const log = pino({ name, base: { name } }, pino.destination({ dest: 2, sync: true }));
  for (const fallback of fallbacks()) log.warn(fallback);
  return log;
}

/** Every request, when its answer is out: work that changes or fails at info, what only looks at debug. */
export function logRequests(log: Log): RequestObserver {
  return ({ isWork, sessionId: session, ...request }) => {
    const isLook = request.method === "GET" && request.status !== null && request.status < FAILURE_STATUS;
    log[isLook || !isWork ? "debug" : "info"]({ event: "request", session, ...request }, "request");
  };
}

const FAILURE_STATUS = 400;

/** Failures that are not the caller's doing. */
export function logFailures(log: Log): FailureObserver {
  return (error, request) => {
    const code = isGatelogError(error) ? error.code : "INTERNAL";
    // A standby that is asked says where to go: nothing has failed. Where its valve has held something back, something has.
    if (isGatelogError(error, "NOT_PRIMARY") && !("what" in error.context)) return;
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

/** What a process serves. */
export interface Service {
  readonly log: Log;
  /** Run at the end. */
  readonly cleanup: Cleanup;
  /** Opens the port. */
  readonly listen: () => Promise<Listener>;
  /** What comes after the port is open; it gives up when `stopping` is aborted. */
  readonly start: (listener: Listener, stopping: AbortSignal) => Promise<void> | void;
  /** What comes before the port is closed. Must not reject. */
  readonly retire?: () => Promise<void>;
}

/**
 * Serves until SIGTERM or SIGINT, which counts from before the port is open: whoever has got a connection gets an answer, also while the
 * service still starts. Then it stops in order: no new requests, running ones finished, then everything else. A signal that comes
 * later than REPEAT_MS behind the first ends the process at once.
 */
export async function serveUntilStopped({ log, cleanup, listen, start, retire }: Service): Promise<Answer> {
  const stop = stopRequest();
  let listener: Listener | undefined;
  try {
    listener = await listen();
    // What it leaves undone when it is stopped is done after the next start; what it fails of before that ends the service.
    const failed = failureOf(Promise.resolve(start(listener, stop.stopping)));
    const signal = await Promise.race([stop.asked, failed]);
    log.info({ signal }, "stopping");
    await retire?.();
    await listener.close();
    await cleanup.run();
    log.info("stopped");
    return { exit: EXIT.sound, text: `Stopped by ${signal}.`, json: { url: listener.url, stopped: signal } };
  } catch (error) {
    stop.release();
    await listener?.close();
    await cleanup.run();
    throw error;
  }
}

/** Rejects if the work does, and never resolves. */
function failureOf(work: Promise<void>): Promise<never> {
  const failed = new Promise<never>((_, reject) => void work.catch(reject));
  // Once nobody waits for it any more, a failure is no news.
  failed.catch(() => undefined);
  return failed;
}

const STOP_SIGNALS = ["SIGTERM", "SIGINT"] as const;
/** Who stops a group of processes sends the signal to each, and the first of them passes it on: it comes twice, and is meant once. */
const REPEAT_MS = 1_000;

/** That somebody asks this process to stop: which signal it was, and the same for whatever can be aborted. */
export interface StopRequest {
  readonly asked: Promise<NodeJS.Signals>;
  readonly stopping: AbortSignal;
  /** Leaves the signals to the system again. */
  readonly release: () => void;
}

export function stopRequest(): StopRequest {
  const stopping = new AbortController();
  const { promise: asked, resolve } = Promise.withResolvers<NodeJS.Signals>();
  const release = () => {
    for (const name of STOP_SIGNALS) process.off(name, stop);
  };
  const stop = (signal: NodeJS.Signals) => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    setTimeout(release, REPEAT_MS).unref();
    resolve(signal);
  };
  for (const name of STOP_SIGNALS) process.on(name, stop);
  return { asked, stopping: stopping.signal, release };
}
