import { Gauge, Registry } from "prom-client";
import type { AnchorStatus } from "../store/anchored-worker.ts";

/** How far anchoring is behind, for `GET /metrics`. An alarm rests on the age: entries come and go, what grows old stands still. */
export function createAnchorMetrics(status: () => AnchorStatus): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, value: (now: AnchorStatus) => number): void => {
    const made: Gauge = new Gauge({ name, help, registers: [registry], collect: () => made.set(value(status())) });
  };
  gauge("gatelog_unanchored_entries", "Entries that are in no anchor on the chain.", (now) => now.unanchored);
  gauge(
    "gatelog_unanchored_oldest_seconds",
    "For how long the oldest of them has waited.",
    (now) => (now.oldestAgeMs ?? 0) / 1_000,
  );
  gauge("gatelog_anchors_waiting", "Anchors that are made and not on the chain.", (now) => now.waiting);
  gauge("gatelog_anchors_not_final", "Anchors on the chain that are not final.", (now) => now.notFinal);
  gauge("gatelog_anchoring_failing", "1 if the last attempt failed.", (now) => (now.failure === null ? 0 : 1));
  return registry;
}
