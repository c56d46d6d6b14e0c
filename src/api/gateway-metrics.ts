import { Counter, Gauge, Registry } from "prom-client";
import type { GatewayEvent, GatewayOverview, TransferStatus } from "../gateway/public.ts";

const MINUTE_MS = 60_000;
/** Upper ends of the age classes of open sessions; what is older is `over_1d`. */
const AGES = [
  ["under_1m", MINUTE_MS],
  ["under_10m", 10 * MINUTE_MS],
  ["under_1h", 60 * MINUTE_MS],
  ["under_1d", 24 * 60 * MINUTE_MS],
] as const;

const LABELS = {
  rollbacks: ["started", "failed", "done"],
  timeouts: ["SUSPECT", "CRASHED_WAIT", "CRASHED_DEFINITELY"],
  alarms: ["ROLLBACK_FAILED", "DISPUTED", "INVARIANT_BROKEN", "WRONG_CHAIN", "CHAIN_IDENTITY_CHANGED", "CORRUPT_STORE"],
  outcomes: ["COMMITTED", "ABORTED", "REVERSED"],
} as const;

export interface GatewayMetrics {
  /** To be told of every event of the gateway. */
  observe(event: GatewayEvent): void;
  /** For `GET /metrics`. */
  readonly registry: Registry;
}

/** Counts what happens in a gateway. Every series is there from the start, at zero, so that an alarm can rest on it. */
export function createGatewayMetrics(
  overview: () => Promise<GatewayOverview>,
  now: () => number = Date.now,
): GatewayMetrics {
  const registry = new Registry();
  const counter = (name: string, help: string, label?: string, values: readonly string[] = []) => {
    const made = new Counter({ name, help, registers: [registry], labelNames: label === undefined ? [] : [label] });
    for (const value of values) if (label !== undefined) made.inc({ [label]: value }, 0);
    return (value?: string) => (label === undefined ? made.inc() : made.inc({ [label]: value ?? "" }));
  };
  const recovery = counter("gatelog_recoveries_total", "RECOVER entries that this gateway has logged.");
  const recovered = counter("gatelog_recoveries_confirmed_total", "RECOVER-SUCCESS entries of peers.");
  const rollback = counter("gatelog_rollbacks_total", "Rollbacks by stage.", "stage", LABELS.rollbacks);
  const timeout = counter(
    "gatelog_peer_timeouts_total",
    "Peers taken for silent, by what they were taken for.",
    "state",
    LABELS.timeouts,
  );
  const dispute = counter("gatelog_disputes_total", "RECOVER-DISPUTE entries of either side.");
  const alarm = counter("gatelog_alarms_total", "Alarms by code.", "code", LABELS.alarms);
  const outcome = counter(
    "gatelog_outcomes_total",
    "Sessions that ended here, by outcome.",
    "outcome",
    LABELS.outcomes,
  );
  gaugesOf(registry, overview, now);

  return {
    registry,
    observe(event) {
      if (event.type === "outcome") outcome(event.outcome);
      if (event.type === "alarm") alarm(event.code);
      if (event.type === "peer-state" && event.state !== "OK") timeout(event.state);
      if (event.type !== "entry" && event.type !== "peer-entry") return;
      const { mark } = event;
      if (mark === "init-recover-dispute") dispute();
      if (event.type === "peer-entry") {
        if (mark === "ack-recover-success") recovered();
        return;
      }
      if (mark === "init-recover") recovery();
      if (mark === "init-rollback") rollback("started");
      if (mark === "done-rollback") rollback("done");
      if (mark.startsWith("fail-rollback-")) rollback("failed");
    },
  };
}

/** Read when somebody asks. */
function gaugesOf(registry: Registry, overview: () => Promise<GatewayOverview>, now: () => number): void {
  const registers = [registry];
  new Gauge({
    ...{ name: "gatelog_stuck_sessions", help: "Open sessions that somebody should look at.", registers },
    async collect() {
      const { sessions } = await overview();
      this.set(sessions.filter(({ stuck }) => stuck !== null).length);
    },
  });
  new Gauge({
    ...{ name: "gatelog_open_sessions", help: "Open sessions by the time since their first entry.", registers },
    labelNames: ["age"],
    async collect() {
      const { sessions } = await overview();
      const counts = new Map<string, number>([...AGES.map(([age]) => age), "over_1d"].map((age) => [age, 0]));
      for (const session of sessions) {
        const age = ageOf(session, now());
        counts.set(age, (counts.get(age) ?? 0) + 1);
      }
      for (const [age, count] of counts) this.set({ age }, count);
    },
  });
}

function ageOf({ openedAt }: TransferStatus, now: number): string {
  const age = openedAt === 0 ? 0 : now - openedAt;
  return AGES.find(([, end]) => age < end)?.[0] ?? "over_1d";
}
