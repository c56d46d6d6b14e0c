import { Counter, Gauge, Registry } from "prom-client";
import type { GatewayEvent, NodeService } from "../gateway/public.ts";

const KINDS = ["QUORUM", "FAILOVER", "HANDOVER"] as const;
const MS_PER_SECOND = 1_000;

export interface MemberMetrics {
  /** To be told of every event of the gateway. */
  observe(event: GatewayEvent): void;
  /** For `GET /metrics`. */
  readonly registry: Registry;
}

/** Counts what happens to a member of a group. Every series is there from the start, at zero. */
export function createMemberMetrics(node: NodeService): MemberMetrics {
  const registry = new Registry();
  const registers = [registry];
  const takeovers = new Counter({
    ...{ name: "gatelog_takeovers_total", help: "Times that this member became primary, by how.", registers },
    labelNames: ["kind"],
  });
  for (const kind of KINDS) takeovers.inc({ kind }, 0);
  const suspicions = new Counter({ name: "gatelog_suspicions_total", help: "Primaries taken for dead.", registers });
  const falseSuspicions = new Counter({
    ...{ name: "gatelog_false_suspicions_total", help: "Those of them that were heard again.", registers },
  });
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(value());
      },
    });
  gauge("gatelog_role", "1 as primary, 0 as standby.", () => (node.nodeState().role === "primary" ? 1 : 0));
  gauge("gatelog_epoch", "Epoch of the group as this member knows it.", () => node.nodeState().epoch);
  gauge("gatelog_folded_sessions", "Open sessions that a standby has at hand.", () => node.nodeState().foldedSessions);
  gauge(
    "gatelog_heartbeat_silence_seconds",
    "Since the primary's last sign of life; 0 at the primary.",
    () => node.silenceMs() / MS_PER_SECOND,
  );
  new Counter({
    name: "gatelog_standby_outbound_total",
    help: "What a standby would have let out and was held back: 0, or the program is wrong.",
    registers,
    collect() {
      this.reset();
      this.inc(node.nodeState().outbound);
    },
  });
  return {
    registry,
    observe(event) {
      if (event.type === "primary" && event.kind !== null) takeovers.inc({ kind: event.kind });
      if (event.type === "suspicion") suspicions.inc();
      if (event.type === "false-suspicion") falseSuspicions.inc();
    },
  };
}
