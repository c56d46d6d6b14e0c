import { ZERO_HASH, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
import { decodeEvent, kindOf, ownerOf, type Decoded } from "./reading/event-decoder.ts";
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
import type { Spool } from "./spool.ts";
import { StoredEvent, type Given, type Turn } from "./stored-event.ts";

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
  /** Kept only where an earlier run's sessions are to be told from new ones. */
  readonly #sessions: Set<string> | undefined;
  #highest: Pick<RawLog, "blockNumber" | "logIndex"> | undefined;
  #count = 0;

  /** @param behind Last block of an earlier run: what is given of it or before stands out of turn. */
  constructor(spool: Spool, behind?: number) {
    this.#spool = spool;
    if (behind === undefined) return;
    this.#sessions = new Set();
    this.#highest = { blockNumber: behind, logIndex: Infinity };
  }

  get count(): number {
    return this.#count;
  }

  take(logs: readonly RawLog[]): void {
    for (const log of logs) this.takeAgain({ log, turn: this.#turnOf(log) });
  }

  /** Takes an event as it was given to an earlier run. Before what is new. */
  takeAgain(given: Given): void {
    const { log } = given;
    this.#count += 1;
    const kind = kindOf(log);
    for (const gatewayId of gatewaysIn(log, kind)) this.#named.add(gatewayId);
    if (kind === undefined || GATEWAY_KINDS.has(kind) || kind === "Anchored") this.#others.push(given);
    else {
      this.#sessions?.add(sessionWordOf(log));
      this.#spool.add(given);
    }
  }

  /** What is of no session, as it was given. */
  get rawOthers(): readonly Given[] {
    return this.#others;
  }

  /** Of all sessions, the words by which events name them; none unless this run goes on from an earlier one. */
  get sessionWords(): ReadonlySet<string> {
    return this.#sessions ?? new Set();
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

const BYTES16_DIGITS = 34;

/** The session is named by the first 16 bytes of topic 1; what stands behind them is part of the event's form. */
export function sessionWordOf({ topics }: Pick<RawLog, "topics">): string {
  return (topics[1] ?? "").slice(0, BYTES16_DIGITS);
}

/** The gateways that events of sessions name. */
export function gatewaysNamedIn(logs: readonly RawLog[]): GatewayId[] {
  const named = new Set<GatewayId>();
  for (const log of logs) for (const gatewayId of gatewaysIn(log, kindOf(log))) named.add(gatewayId);
  return [...named];
}

function gatewaysIn({ topics }: RawLog, kind: RegistryEvent["kind"] | undefined): readonly GatewayId[] {
  const named = kind === "EntryAppended" ? topics.slice(2, 3) : kind === "SessionOpened" ? topics.slice(2, 4) : [];
  return named.includes(ZERO_HASH) ? named.filter((gatewayId) => gatewayId !== ZERO_HASH) : named;
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
  let before: InChain | undefined;
  for (const each of inOrder(given)) {
    const { turn } = each;
    const log = inChain(each);
    const order = placeNumber(log);
    const at: Place = { block: log.blockNumber, logIndex: log.logIndex, transactionHash: log.transactionHash, order };
    const { event, fault } = decodeGiven(each, at);
    const subject = event === undefined ? { ...ownerOf(each.log), block: at.block, order } : subjectOf(event);
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

/** What says where an event stands: the event itself, or its bytes. */
type InChain = Pick<RawLog, "address" | "blockNumber" | "logIndex" | "transactionHash">;

function inChain(given: Given): InChain {
  return given instanceof StoredEvent ? given : given.log;
}

function decodeGiven(given: Given, at: Place): Decoded {
  const entry = given instanceof StoredEvent ? given.entry(at) : undefined;
  return entry === undefined ? decodeEvent(given.log, at) : { event: entry, fault: undefined };
}

/** By place in the chain. */
function inOrder(given: readonly Given[]): readonly Given[] {
  const isOrdered = given.every(({ turn }) => turn === "in turn");
  return isOrdered ? given : given.toSorted((a, b) => compare(inChain(a), inChain(b)));
}

function compare(a: Pick<InChain, "blockNumber" | "logIndex">, b: Pick<InChain, "blockNumber" | "logIndex">): number {
  return a.blockNumber - b.blockNumber || a.logIndex - b.logIndex;
}

/** Events of one block that are told apart by their place; a block has never held a tenth of that. */
const PLACES_IN_BLOCK = 2 ** 20;

/** What is earlier in the chain has a smaller one. */
function placeNumber({ blockNumber, logIndex }: Pick<InChain, "blockNumber" | "logIndex">): number {
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
