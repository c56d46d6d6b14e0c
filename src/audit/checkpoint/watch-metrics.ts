import { Counter, Gauge, Registry } from "prom-client";
import { FINDINGS } from "../findings.ts";
import type { Verdict, Verification } from "../verification.ts";
import type { WatchEvent } from "./watch.ts";

const VERDICTS = ["sound", "findings", "could-not-tell"] as const satisfies readonly Verdict[];
const SEVERITIES = ["critical", "error"] as const;
const MS_PER_SECOND = 1_000;

export interface WatchMetrics {
  /** For `GET /metrics`. */
  readonly registry: Registry;
  readonly observe: (event: WatchEvent) => void;
}

/**
 * What a watch has come to. Series are there from the start; the verdict is `could-not-tell` until the first run has come to its end, and
 * again from a failure on. An alarm rests on the findings, on the verdict, and on the age of the last success.
 */
export function createWatchMetrics(now: () => number = Date.now): WatchMetrics {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const block = gauge("gatelog_audit_block", "Final block up to which the registry is audited.");
  const entries = gauge("gatelog_audit_entries", "Entries up to that block.");
  const sessions = gauge("gatelog_audit_sessions", "Sessions up to that block.");
  const duration = gauge("gatelog_audit_run_seconds", "What the last run took.");
  const success = gauge(
    "gatelog_audit_last_success_timestamp_seconds",
    "When the node was last asked and all that was final was audited; 0: not yet.",
  );
  const findings = new Gauge({
    ...{ name: "gatelog_audit_findings", help: "Findings of the last run, by severity.", registers },
    labelNames: ["severity"],
  });
  const verdict = new Gauge({
    ...{ name: "gatelog_audit_verdict", help: "1 for the verdict that holds now.", registers },
    labelNames: ["verdict"],
  });
  const failures = new Counter({
    ...{
      name: "gatelog_audit_failures_total",
      help: "Times that the node gave no answer to rest on, by code.",
      registers,
    },
    labelNames: ["code"],
  });
  let timestamp: number | undefined;
  new Gauge({
    ...{ name: "gatelog_audit_lag_seconds", help: "Age of the block up to which the registry is audited.", registers },
    collect() {
      this.set(timestamp === undefined ? 0 : Math.max(0, now() / MS_PER_SECOND - timestamp));
    },
  });
  let last: Verdict = "could-not-tell";
  const say = (holds: Verdict) => {
    for (const each of VERDICTS) verdict.set({ verdict: each }, each === holds ? 1 : 0);
  };
  say(last);
  for (const severity of SEVERITIES) findings.set({ severity }, 0);

  const take = ({ verification, durationMs, block: { timestamp: mined } }: WatchEvent & { readonly type: "run" }) => {
    for (const severity of SEVERITIES) findings.set({ severity }, countOf(verification, severity));
    last = verification.verdict;
    // What stands behind what could not be read is not audited.
    if (verification.unread.length > 0) return;
    block.set(verification.trusted.block.number);
    entries.set(verification.entries.total);
    sessions.set(verification.sessions.length + (verification.earlier?.sessions ?? 0));
    duration.set(durationMs / MS_PER_SECOND);
    timestamp = mined;
  };

  return {
    registry,
    observe(event) {
      if (event.type === "failure") {
        failures.inc({ code: event.error.code });
        // What was found stays found, whatever cannot be read now.
        say(last === "findings" ? last : "could-not-tell");
        return;
      }
      if (event.type === "run") take(event);
      if (event.type === "idle" || event.verification.unread.length === 0) success.set(now() / MS_PER_SECOND);
      say(last);
    },
  };
}

/** Those that are not listed, because there are very many, count as critical. */
function countOf({ findings, findingCount }: Verification, severity: "critical" | "error"): number {
  const listed = findings.filter(({ code }) => FINDINGS[code].severity === severity).length;
  return severity === "critical" ? listed + findingCount - findings.length : listed;
}
