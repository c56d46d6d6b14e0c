import type { ServiceEvent } from "./services.ts";

const MILESTONES: ReadonlySet<string> = new Set([
  "init-setup",
  "fail-proposal",
  "ack-prepare",
  "init-commit-final",
  "init-rollback",
]);

/** What the demo prints of an event; undefined if nothing. */
export function describeEvent(event: ServiceEvent, verbose: boolean): string | undefined {
  switch (event.event) {
    case "entry":
      return verbose || MILESTONES.has(event.mark ?? "") ? `logged ${event.mark}` : undefined;
    case "ledger":
      return `ledger: ${event.action}, now ${event.state}`;
    case "decision":
      return `the register holds ${event.decision}`;
    case "resumed":
      return `resumed after ${event.lastEntry ?? "its opening"}`;
    case "outcome":
      return event.outcome;
    case "trouble":
      return verbose ? `${event.code}: ${event.message}` : undefined;
    case "suspicion":
      return `** its primary is silent, for ${event.silentMs} ms`;
    case "primary":
      return event.kind
        ? `** takes over: epoch ${event.epoch}, ${event.kind}, at work ${event.durationMs} ms after the last sign of life`
        : undefined;
    default:
      return undefined;
  }
}
