import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Load } from "./load.ts";
import type { RequestObserver } from "./request-log.ts";
import type { SessionEvents } from "./session-events.ts";

/** Seconds: from a local append to one that waits for a final block. */
const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];
/** What has no operation: an unknown path, or a known one with another method. */
const NO_OPERATION = "none";
/** The client went before there was an answer. */
const NO_STATUS = "aborted";

export interface ApiMetrics {
  readonly registry: Registry;
  readonly observe: RequestObserver;
}

/** Counts the service's work; requests of those who watch it are no work. `others`: what else this process counts. */
export function createApiMetrics(load: Load, events: SessionEvents, others: readonly Registry[]): ApiMetrics {
  const own = new Registry();
  const registers = [own];
  const requests = new Counter({
    ...{
      name: "gatelog_api_requests_total",
      help: "Requests, by the status of their answer; aborted if the client went before.",
      registers,
    },
    labelNames: ["operation", "status"],
  });
  const seconds = new Histogram({
    ...{ name: "gatelog_api_request_seconds", help: "Time until the answer was out.", registers },
    ...{ labelNames: ["operation"], buckets: BUCKETS },
  });
  const problems = new Counter({
    ...{ name: "gatelog_api_problems_total", help: "Requests that were refused or failed, by code.", registers },
    labelNames: ["code"],
  });
  const cut = new Counter({
    ...{ name: "gatelog_api_cut_total", help: "Answers that did not reach their end.", registers },
  });
  gauge("gatelog_api_in_flight", "Requests that are worked on.", () => load.inFlight);
  gauge("gatelog_api_queued", "Requests that wait for a place.", () => load.queued);
  gauge("gatelog_api_event_streams", "Open streams of events.", () => events.open);

  function gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(value());
      },
    });
  }

  return {
    registry: Registry.merge([own, ...others]),
    observe({ operation, status, durationMs, code, cut: wasCut, isWork }) {
      if (!isWork) return;
      const labels = { operation: operation ?? NO_OPERATION };
      requests.inc({ ...labels, status: status ?? NO_STATUS });
      seconds.observe(labels, durationMs / 1_000);
      if (code !== null) problems.inc({ code });
      if (wasCut) cut.inc();
    },
  };
}
