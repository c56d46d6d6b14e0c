import { ZERO_HASH, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
import { decodeEvent, kindOf, ownerOf } from "./reading/event-decoder.ts";
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
} from "./reading/events.ts";
import type { FindingList, Subject } from "./findings.ts";
import type { Anchor, RawLog } from "./reading/reader.ts";
import type { Given, Spool, Turn } from "./spool.ts";

/** The events of one session, each kind in the order of the chain. */
export interface SessionEvents {
  readonly sessionId: SessionId;
  readonly opened: SessionOpened[];
  readonly entries: EntryAppended[];
  readonly decided: Decided[];
  readonly logsClosed: LogClosed[];
  readonly closed: SessionClosed[];
}

/**
 * Takes raw events in the order in which the node gives them, keeps those of gateways and anchors, which are few, and puts those of
 * sessions away, session by session.
 */
export class Intake {
  readonly #spool: Spool;
  readonly #others: Given[] = [];
  readonly #named = new Set<GatewayId>();
  #highest: RawLog | undefined;
  #count = 0;

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  get count(): number {
    return this.#count;
  }

  take(logs: readonly RawLog[]): void {
    for (const log of logs) {
      this.#count += 1;
      const given = { log, turn: this.#turnOf(log) };
      for (const gatewayId of gatewaysIn(log)) this.#named.add(gatewayId);
      const kind = kindOf(log);
      if (kind === undefined || GATEWAY_KINDS.has(kind) || kind === "Anchored") this.#others.push(given);
      else this.#spool.add(given);
    }
  }

  /** Every gateway that an event of a session names. */
  get named(): ReadonlySet<GatewayId> {
    return this.#named;
  }

  /** What is of no session, read, with the findings that it gives by itself. */
  others(
    anchor: Anchor,
    findings: FindingList,
  ): { readonly gatewayEvents: GatewayEvent[]; readonly anchors: Anchored[] } {
    const gatewayEvents: GatewayEvent[] = [];
    const anchors: Anchored[] = [];
    for (const event of readEvents(this.#others, anchor, findings))
      if (event.kind === "Anchored") anchors.push(event);
      else if (isGatewayEvent(event)) gatewayEvents.push(event);
    return { gatewayEvents, anchors };
  }

  #turnOf(log: RawLog): Turn {
    const beyond = this.#highest === undefined ? 1 : compare(log, this.#highest);
    if (beyond > 0) this.#highest = log;
    return beyond > 0 ? "in turn" : beyond === 0 ? "again" : "late";
  }
}

/** The gateways that events of sessions name. */
export function gatewaysNamedIn(logs: readonly RawLog[]): GatewayId[] {
  const named = new Set<GatewayId>();
  for (const log of logs) for (const gatewayId of gatewaysIn(log)) named.add(gatewayId);
  return [...named];
}

function gatewaysIn(log: RawLog): readonly GatewayId[] {
  const kind = kindOf(log);
  const topics =
    kind === "SessionOpened" ? log.topics.slice(2, 4) : kind === "EntryAppended" ? log.topics.slice(2, 3) : [];
  return topics.filter((gatewayId) => gatewayId !== ZERO_HASH);
}

const GATEWAY_KINDS: ReadonlySet<string> = new Set<GatewayEvent["kind"]>([
  "GatewayRegistered",
  "KeyRotated",
  "EndpointsSet",
  "BackupsSet",
  "PrimaryChanged",
]);

function isGatewayEvent(event: RegistryEvent): event is GatewayEvent {
  return GATEWAY_KINDS.has(event.kind);
}

/** Reads raw events in the chain's order, and says what is wrong with their form and with the order in which they were given. */
export function readEvents(given: readonly Given[], anchor: Anchor, findings: FindingList): RegistryEvent[] {
  const events: RegistryEvent[] = [];
  let before: RawLog | undefined;
  for (const { log, turn } of inOrder(given)) {
    const order = placeNumber(log);
    const at: Place = { block: log.blockNumber, logIndex: log.logIndex, transactionHash: log.transactionHash, order };
    const { event, fault } = decodeEvent(log, at);
    const subject = event === undefined ? { ...ownerOf(log), block: at.block, order } : subjectOf(event);
    const place = `block ${log.blockNumber}, log ${log.logIndex}`;
    const isEntry = event?.kind === "EntryAppended";
    // Of two events at one place the second is one too many.
    const isAgain = turn === "again" || (before !== undefined && compare(before, log) === 0);
    before = log;
    if (isAgain) {
      findings.add(isEntry ? "ENTRY_DOUBLED" : "EVENT_DOUBLED", subject, place, "one event", "another");
      continue;
    }
    if (turn === "late")
      findings.add(isEntry ? "ENTRY_REORDERED" : "EVENT_REORDERED", subject, place, "ascending", "out of order");
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

/** By place in the chain. */
function inOrder(given: readonly Given[]): readonly Given[] {
  return given.every(({ turn }) => turn === "in turn") ? given : given.toSorted((a, b) => compare(a.log, b.log));
}

function compare(a: RawLog, b: RawLog): number {
  return a.blockNumber - b.blockNumber || a.logIndex - b.logIndex;
}

/** Events of one block that are told apart by their place; a block has never held a tenth of that. */
const PLACES_IN_BLOCK = 2 ** 20;

/** What is earlier in the chain has a smaller one. */
function placeNumber({ blockNumber, logIndex }: RawLog): number {
  return blockNumber * PLACES_IN_BLOCK + Math.min(logIndex, PLACES_IN_BLOCK - 1);
}

/** Sorts the events of one session by kind. The registry's refusals are counted, and rested on by nothing: they make no session. */
export function sessionEventsOf(events: readonly RegistryEvent[]): {
  readonly session: SessionEvents | undefined;
  readonly refused: number;
} {
  let session: SessionEvents | undefined;
  let refused = 0;
  const ofSession = (sessionId: SessionId): SessionEvents =>
    (session ??= { sessionId, opened: [], entries: [], decided: [], logsClosed: [], closed: [] });
  for (const event of events)
    switch (event.kind) {
      case "SessionOpened":
        ofSession(event.sessionId).opened.push(event);
        break;
      case "EntryAppended":
        ofSession(event.sessionId).entries.push(event);
        break;
      case "EntryRefused":
        refused += 1;
        break;
      case "Decided":
        ofSession(event.sessionId).decided.push(event);
        break;
      case "LogClosed":
        ofSession(event.sessionId).logsClosed.push(event);
        break;
      case "SessionClosed":
        ofSession(event.sessionId).closed.push(event);
        break;
      default:
    }
  return { session, refused };
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
  return Number.parseInt(header.slice(-10, -2), 16);
}
