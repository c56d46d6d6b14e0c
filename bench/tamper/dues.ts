import { ownerOf } from "../../src/audit/reading/event-decoder.ts";
import type { Finding, FindingCode } from "../../src/audit/findings.ts";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import { indexIn } from "../../src/audit/intake.ts";
import type { Due } from "./mutation.ts";
import type { Known, Subject } from "./subject.ts";

const KEY_EVENTS: ReadonlySet<string> = new Set(["GatewayRegistered", "KeyRotated", "PrimaryChanged"]);
const GATEWAY_EVENTS: ReadonlySet<string> = new Set([...KEY_EVENTS, "EndpointsSet", "BackupsSet"]);

/** What a finding about the event must name. */
export function identityOf({ event }: Pick<Known, "event">): Pick<Due, "sessionId" | "gatewayId" | "index"> {
  switch (event.kind) {
    case "EntryAppended": {
      const { sessionId, gatewayId, header } = event;
      return { sessionId, gatewayId, index: indexIn(header) };
    }
    case "LogClosed":
      return { sessionId: event.sessionId, gatewayId: event.gatewayId };
    case "SessionOpened":
    case "SessionClosed":
    case "Decided":
    case "EntryRefused":
      return { sessionId: event.sessionId };
    default:
      return { gatewayId: event.gatewayId };
  }
}

/** What must be named where the event is not there; undefined if nothing is left that could tell. */
export function missingDue(subject: Subject, known: Known): Due | undefined {
  const identity = identityOf(known);
  const codes = missingCodes(subject, known);
  return codes === undefined ? undefined : { ...identity, codes };
}

function missingCodes(subject: Subject, { event, place }: Known): readonly FindingCode[] | undefined {
  switch (event.kind) {
    case "EntryAppended": {
      const { sessionId, gatewayId } = event;
      const log = subject.entries.filter(
        (each) => each.event.sessionId === sessionId && each.event.gatewayId === gatewayId,
      );
      return log.at(-1)?.place === place ? ["TAIL_CUT"] : ["ENTRY_MISSING"];
    }
    case "SessionOpened": {
      const { sessionId } = event;
      const others = subject.events.some(
        (other) => other.place !== place && "sessionId" in other.event && other.event.sessionId === sessionId,
      );
      return others ? ["OPENING_MISSING"] : undefined;
    }
    case "Decided":
      return ["DECISION_MISSING"];
    case "LogClosed":
    case "SessionClosed":
      return ["CLOSING_MISSING"];
    case "Anchored":
      return ["ANCHOR_MISSING"];
    default:
      return ["REGISTRY_INCOMPLETE"];
  }
}

/** What is found at the place that an event has got, where it stands as another's. */
export function moved(before: RawLog, after: RawLog): (finding: Finding) => boolean {
  const [was, is] = [ownerIn(before), ownerIn(after)];
  if (was === is) return () => false;
  const { sessionId = null, gatewayId = null } = ownerOfAny(after);
  // Of another kind its bytes name nobody who is known.
  if (before.topics[0] !== after.topics[0]) return (finding) => finding.block === after.blockNumber;
  return (finding) =>
    finding.sessionId === sessionId &&
    (sessionId !== null || finding.gatewayId === gatewayId || finding.gatewayId === null);
}

function ownerIn(log: RawLog): string {
  return JSON.stringify([log.topics[0], ownerOfAny(log)]);
}

function ownerOfAny(log: RawLog): ReturnType<typeof ownerOf> {
  try {
    return ownerOf(log);
  } catch {
    return {}; // no topic that anybody could read
  }
}

/** What may be named where nobody knows any more which key was the gateway's: all that it signed from there on. */
export function restsOnKey(subject: Subject, { event, log }: Known): (finding: Finding) => boolean {
  if (!GATEWAY_EVENTS.has(event.kind) || !("gatewayId" in event)) return () => false;
  return KEY_EVENTS.has(event.kind) || event.kind === "BackupsSet"
    ? subject.signedBehind(event.gatewayId, log.blockNumber)
    : (finding) => finding.sessionId === null && finding.gatewayId === event.gatewayId;
}
