import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import { decodeEvent, ownerOf } from "./event-decoder.ts";
import type {
  Anchored,
  Decided,
  EntryAppended,
  GatewayEvent,
  LogClosed,
  Place,
  RegistryEvent,
  SessionClosed,
  SessionOpened,
} from "./events.ts";
import type { FindingList, Subject } from "./findings.ts";
import type { Anchor, RawLog } from "./reader.ts";

/** The events of one session, each kind in the order of the chain. */
export interface SessionEvents {
  readonly sessionId: SessionId;
  readonly opened: SessionOpened[];
  readonly entries: EntryAppended[];
  readonly decided: Decided[];
  readonly logsClosed: LogClosed[];
  readonly closed: SessionClosed[];
}

/** Everything that was read, sorted out. */
export interface Intake {
  readonly gatewayEvents: readonly GatewayEvent[];
  readonly sessions: ReadonlyMap<SessionId, SessionEvents>;
  readonly anchors: readonly Anchored[];
  /** Entries that the registry refused: told, and rested on by nothing. */
  readonly refused: number;
}

/** Reads raw events, in the order in which the node gave them, and says what is wrong with the form and the order of them. */
export function takeIn(logs: readonly RawLog[], anchor: Anchor, findings: FindingList): Intake {
  const gatewayEvents: GatewayEvent[] = [];
  const sessions = new Map<SessionId, SessionEvents>();
  const anchors: Anchored[] = [];
  let refused = 0;
  for (const event of readAll(logs, anchor, findings)) {
    if (event.kind === "EntryRefused") refused += 1;
    else if (event.kind === "Anchored") anchors.push(event);
    else if (isGatewayEvent(event)) gatewayEvents.push(event);
    else sortIn(sessions, event);
  }
  return { gatewayEvents, sessions, anchors, refused };
}

function isGatewayEvent(event: RegistryEvent): event is GatewayEvent {
  switch (event.kind) {
    case "GatewayRegistered":
    case "KeyRotated":
    case "EndpointsSet":
    case "BackupsSet":
    case "PrimaryChanged":
      return true;
    default:
      return false;
  }
}

function readAll(logs: readonly RawLog[], anchor: Anchor, findings: FindingList): RegistryEvent[] {
  const events: RegistryEvent[] = [];
  for (const { log, order, given } of inOrder(logs)) {
    const at: Place = { block: log.blockNumber, logIndex: log.logIndex, transactionHash: log.transactionHash, order };
    const { event, fault } = decodeEvent(log, at);
    const subject = event === undefined ? { ...ownerOf(log), block: at.block, order } : subjectOf(event);
    const place = `block ${log.blockNumber}, log ${log.logIndex}`;
    if (given === "again") {
      findings.add(
        event?.kind === "EntryAppended" ? "ENTRY_DOUBLED" : "EVENT_DOUBLED",
        subject,
        place,
        "one event",
        "another",
      );
      continue;
    }
    if (given === "late")
      findings.add(
        event?.kind === "EntryAppended" ? "ENTRY_REORDERED" : "EVENT_REORDERED",
        subject,
        place,
        "ascending",
        "out of order",
      );
    if (log.address !== anchor.registry) findings.add("UNREADABLE", subject, "contract", anchor.registry, log.address);
    if (log.blockNumber > anchor.block.number)
      findings.add("UNREADABLE", subject, "block", `at most ${anchor.block.number}`, log.blockNumber);
    // A refusal rests on nothing and nothing on it: its bytes may be what they like.
    if (fault !== undefined && event?.kind !== "EntryRefused")
      findings.add("UNREADABLE", subject, "event", "canonical form", fault);
    if (event !== undefined) events.push(event);
  }
  return events;
}

interface Given {
  readonly log: RawLog;
  /** Place among all of them, once they are in the chain's order. */
  readonly order: number;
  readonly given: "in turn" | "late" | "again";
}

/** Sorts by place in the chain and remembers what was not given so. Of two events at one place the second is one too many. */
function inOrder(logs: readonly RawLog[]): Given[] {
  let highest: RawLog | undefined;
  const late = new Set<RawLog>();
  for (const log of logs) {
    if (highest !== undefined && compare(log, highest) < 0) late.add(log);
    else highest = log;
  }
  const sorted = late.size === 0 ? logs : logs.toSorted(compare);
  return sorted.map((log, order) => {
    const before = sorted[order - 1];
    const again = before !== undefined && compare(before, log) === 0;
    return { log, order, given: again ? "again" : late.has(log) ? "late" : "in turn" };
  });
}

function compare(a: RawLog, b: RawLog): number {
  return a.blockNumber - b.blockNumber || a.logIndex - b.logIndex;
}

function sortIn(
  sessions: Map<SessionId, SessionEvents>,
  event: SessionOpened | EntryAppended | Decided | LogClosed | SessionClosed,
): void {
  const { sessionId } = event;
  let session = sessions.get(sessionId);
  if (session === undefined) {
    session = { sessionId, opened: [], entries: [], decided: [], logsClosed: [], closed: [] };
    sessions.set(sessionId, session);
  }
  switch (event.kind) {
    case "SessionOpened":
      session.opened.push(event);
      break;
    case "EntryAppended":
      session.entries.push(event);
      break;
    case "Decided":
      session.decided.push(event);
      break;
    case "LogClosed":
      session.logsClosed.push(event);
      break;
    case "SessionClosed":
      session.closed.push(event);
  }
}

/** What a finding about this event names. */
export function subjectOf(event: RegistryEvent): Subject {
  const place = { block: event.at.block, order: event.at.order };
  if (isGatewayEvent(event)) return { ...place, gatewayId: event.gatewayId };
  switch (event.kind) {
    case "Anchored":
      return { ...place, gatewayId: event.gatewayId };
    case "EntryAppended":
      return { ...place, sessionId: event.sessionId, gatewayId: event.gatewayId, index: indexIn(event.header) };
    case "LogClosed":
      return { ...place, sessionId: event.sessionId, gatewayId: event.gatewayId };
    default:
      return { ...place, sessionId: event.sessionId };
  }
}

/** Index that a header claims, whatever else is wrong with it. */
export function indexIn(header: Hash): number {
  return Number((BigInt(header) >> 8n) & 0xffff_ffffn);
}

/** Every gateway that the session's events name. */
export function gatewaysOf(session: SessionEvents): GatewayId[] {
  const named = new Set<GatewayId>();
  for (const { originGatewayId, destinationGatewayId } of session.opened)
    named.add(originGatewayId).add(destinationGatewayId);
  for (const { gatewayId } of session.entries) named.add(gatewayId);
  return [...named].filter((gatewayId) => BigInt(gatewayId) !== 0n);
}
