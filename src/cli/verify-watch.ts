import express from "express";
import { Option } from "commander";
import { listen, type Listener } from "../api/listen.ts";
import { ownRequests } from "../api/own-requests.ts";
import { FINDINGS } from "../audit/findings.ts";
import { httpJsonRpc, type JsonRpc } from "../audit/reading/json-rpc.ts";
import type { AuditReader } from "../audit/reading/reader.ts";
import type { Verification } from "../audit/verification.ts";
import { createWatchMetrics, type WatchMetrics } from "../audit/checkpoint/watch-metrics.ts";
import { watch, type WatchEvent } from "../audit/checkpoint/watch.ts";
import { toReport } from "../audit/report/report.ts";
import { GatelogError } from "../entry/errors.ts";
import { parseAs } from "../entry/parse.ts";
import { listenSchema, parseListen } from "./config-values.ts";
import { EXIT_OF, EXIT, type Answer } from "./output.ts";
import { createLog, stopRequest, type Log } from "./serve.ts";

export interface WatchOptions {
  readonly watch?: true;
  readonly every?: string;
  readonly metrics?: string;
  readonly exitOnFinding?: true;
}

const DEFAULT_EVERY_MS = 5_000;
const MIN_EVERY_MS = 100;
const MAX_EVERY_MS = 24 * 3_600_000;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

export function watchOptions(): Option[] {
  return [
    new Option("--watch", "run again and again, for what has become final since; goes with --checkpoint"),
    new Option(
      "--every <time>",
      "pause between two runs, such as 500ms, 5s or 10m; 5s unless given; goes with --watch",
    ),
    new Option("--metrics <host:port>", "serve GET /metrics there, on this machine alone; goes with --watch"),
    new Option("--exit-on-finding", "end the watch with exit code 1 at the first finding; goes with --watch"),
  ];
}

/** MALFORMED if the options do not go together. */
export function requireWatch({ watch: isOn, every, metrics, exitOnFinding }: WatchOptions): boolean {
  if (isOn !== true && (every ?? metrics ?? exitOnFinding) !== undefined)
    throw new GatelogError("MALFORMED", "--every, --metrics and --exit-on-finding go with --watch");
  return isOn === true;
}

/** What is watched: one run, and who is asked for what is final. */
export interface Watched {
  readonly reader: Pick<AuditReader, "anchor" | "blockOf">;
  readonly audit: () => Promise<Verification>;
}

/**
 * Watches until SIGINT or SIGTERM. Then what is read is dropped, the checkpoint stays at the last run that came to its end, and the exit
 * code is that of its verdict. @param watched Must give up once the signal is aborted.
 */
export async function runWatch(
  options: WatchOptions,
  { isQuiet }: { readonly isQuiet: boolean },
  watched: (signal: AbortSignal) => Watched,
): Promise<Answer> {
  const everyMs = options.every === undefined ? DEFAULT_EVERY_MS : everyOf(options.every);
  const log = createLog("audit");
  if (isQuiet) log.level = "warn";
  const metrics = createWatchMetrics();
  const stop = stopRequest();
  let listener: Listener | undefined;
  try {
    if (options.metrics !== undefined) listener = await serveMetrics(options.metrics, metrics);
    if (listener !== undefined) log.info({ url: listener.url }, "listening");
    const { reader, audit } = watched(stop.stopping);
    const last = await watch(reader, audit, {
      ...{ everyMs, signal: stop.stopping, endOnFinding: options.exitOnFinding === true },
      onEvent: (event) => {
        metrics.observe(event);
        tell(log, event);
      },
    });
    return answerOf(last);
  } finally {
    stop.release();
    await listener?.close();
  }
}

function answerOf(last: Verification | undefined): Answer {
  if (last === undefined)
    return { exit: EXIT.unknown, text: "Ended before a run had come to its end.", json: { verdict: "could-not-tell" } };
  const { verdict, findingCount, trusted } = last;
  const text = `Ended. Last verdict: ${verdict} up to block ${trusted.block.number}, findings: ${findingCount}`;
  return { exit: EXIT_OF[verdict], text, json: toReport(last) };
}

function tell(log: Log, event: WatchEvent): void {
  if (event.type === "failure") {
    const { error, pauseMs } = event;
    log.warn({ event: "audit-failure", code: error.code, pauseMs }, error.message);
  } else if (event.type === "run") {
    const { verification, durationMs, newFindings, isNews } = event;
    for (const finding of newFindings)
      log.error(
        { event: "audit-finding", ...finding, severity: FINDINGS[finding.code].severity },
        FINDINGS[finding.code].meaning,
      );
    if (!isNews) return;
    const { verdict, entries, findingCount, trusted } = verification;
    const numbers = { block: trusted.block.number, entries: entries.total, findings: findingCount };
    log.info({ event: "audit-run", verdict, ...numbers, durationMs: Math.round(durationMs) }, "audited");
  }
}

/** Nodes that are asked nothing more once the signal is aborted: a run that is under way then ends soon, and comes to nothing. */
export function stoppable(signal: AbortSignal): (url: string) => JsonRpc {
  return (url) => {
    const rpc = httpJsonRpc(url);
    return (method, params) =>
      signal.aborted
        ? Promise.reject(new GatelogError("NODE_UNREACHABLE", "the watch is ending"))
        : rpc(method, params);
  };
}

async function serveMetrics(text: string, { registry }: WatchMetrics): Promise<Listener> {
  const at = parseListen(parseAs(listenSchema, text, "MALFORMED", "--metrics"));
  const app = express().disable("x-powered-by").use(ownRequests([]));
  app.get("/metrics", async (_request, response) => {
    response.setHeader("Content-Type", registry.contentType).send(await registry.metrics());
  });
  return listen({ app, drain: () => undefined }, at);
}

function everyOf(text: string): number {
  const [, digits = "", unit = ""] = /^([0-9]{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  const milliseconds = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (milliseconds >= MIN_EVERY_MS && milliseconds <= MAX_EVERY_MS) return milliseconds;
  throw new GatelogError("MALFORMED", `--every: a time from 100ms to 24h is expected, not ${text}`);
}
