import type { Address, GatewayId, SessionId } from "../../entry/hex.ts";
import { commandNameOf } from "../../entry/notation.ts";
import { DECISIONS, GROUNDS } from "../../entry/statements.ts";
import { termsHashOf } from "../../entry/terms.ts";
import type { Vote } from "../../entry/vocabulary.ts";
import type { Decided } from "../reading/events.ts";
import type { Found } from "../findings.ts";
import { indexIn, type SessionEvents } from "../intake.ts";
import type { WalkedLog } from "./log-walk.ts";
import type { OpenSession, Role } from "./opening.ts";
import type { WeighedEntry } from "./proofs.ts";
import { termsIn } from "../ledgers/transfer-view.ts";

/** What a report tells of a session beside its outcome. Collected only for a report. */
export interface SessionStory {
  /** Null if the session moves nothing, or its facts are not those that the origin signed. */
  readonly transfer: TransferSummary | null;
  /** Null: left out, because the sessions are many. */
  readonly timeline: Timeline | null;
}

/** What was to move, by the facts that the origin signed. Whether it moved is the outcome's to say. */
export interface TransferSummary {
  /** Smallest units; null: a single item. */
  readonly amount: string | null;
  readonly from: TransferEnd;
  readonly to: TransferEnd;
}

export interface TransferEnd {
  readonly gatewayId: GatewayId;
  /** CAIP-2, or any other name of a network. */
  readonly networkId: string;
  /** CAIP-19. */
  readonly asset: string | null;
  /** Owner before, or after; null where the log has no terms that the facts bind. */
  readonly account: Address | null;
}

/** A session's steps in the order of the chain. */
export interface Timeline {
  readonly steps: readonly TimelineStep[];
  /** Steps that are left out, all between the first and the last half of those that are there. */
  readonly leftOut: number;
}

export type TimelineStep = TimelineEntry | TimelineEvent;

export interface TimelineEntry {
  readonly type: "entry";
  readonly role: Role;
  readonly index: number;
  /** Operation and command, `done-lock`. */
  readonly mark: string;
  /** Protocol step, 2.1 is 201; null, as all that follows from the header, if that cannot be read. */
  readonly step: number | null;
  readonly vote: Vote | null;
  readonly seqNumber: number | null;
  readonly epoch: number | null;
  /** UNIX milliseconds, as the gateway claims. */
  readonly timestamp: number | null;
  readonly block: number;
  /** Signed by the gateway's key of that epoch, with the payload that it signed. */
  readonly proven: boolean;
}

/** What the registry says itself. */
export interface TimelineEvent {
  readonly type: "opened" | "decided" | "log-closed" | "session-closed";
  /** Of a log that was closed: whose it is. */
  readonly role: Role | null;
  /** Of a decision: what, and by what right. */
  readonly detail: string | null;
  readonly block: number;
}

/** Steps of one session that are kept. A transfer has 50, a session of another client's may have any number. */
const MAX_STEPS = 400;

interface Placed {
  readonly order: number;
  readonly step: () => TimelineStep;
}

export function storyOf(session: OpenSession, events: SessionEvents, logs: readonly WalkedLog[]): SessionStory {
  return { transfer: transferOf(session, logs), timeline: timelineOf(events, logs) };
}

function transferOf({ facts, proven }: OpenSession, logs: readonly WalkedLog[]): TransferSummary | null {
  const destination = facts?.destination ?? null;
  if (facts === null || destination === null || !proven) return null;
  const { origin, amount, termsHash } = facts;
  if (origin.asset === null && destination.asset === null && termsHash === null) return null;
  const first = logs.find(({ role }) => role === "origin")?.entries[0];
  const logged = termsHash === null || first === undefined ? undefined : termsIn(first);
  const terms = logged !== undefined && termsHashOf(logged) === termsHash ? logged : undefined;
  return {
    amount,
    from: { ...origin, account: terms?.originator ?? null },
    to: { ...destination, account: terms?.beneficiary ?? null },
  };
}

function timelineOf(events: SessionEvents, logs: readonly WalkedLog[]): Timeline {
  const roleOf = (gatewayId: GatewayId) => logs.find((log) => log.gatewayId === gatewayId)?.role ?? null;
  const placed: Placed[] = [
    ...logs.flatMap(({ role, entries }) =>
      entries.map((weighed) => ({ order: weighed.event.at.order, step: () => entryStep(role, weighed) })),
    ),
    ...events.opened.map(({ at }) => ({ order: at.order, step: () => eventStep("opened", at.block) })),
    ...events.decided.map((decided) => ({ order: decided.at.order, step: () => decisionStep(decided) })),
    ...events.logsClosed.map(({ at, gatewayId }) => ({
      order: at.order,
      step: () => ({ ...eventStep("log-closed", at.block), role: roleOf(gatewayId) }),
    })),
    ...events.closed.map(({ at }) => ({ order: at.order, step: () => eventStep("session-closed", at.block) })),
  ];
  placed.sort((a, b) => a.order - b.order);
  const leftOut = Math.max(0, placed.length - MAX_STEPS);
  const kept = leftOut === 0 ? placed : placed.toSpliced(MAX_STEPS / 2, leftOut);
  return { steps: kept.map(({ step }) => step()), leftOut };
}

function entryStep(role: Role, { event, entry, standing, payloadFits }: WeighedEntry): TimelineEntry {
  const place = { type: "entry", role, block: event.at.block, proven: standing === "proven" && payloadFits } as const;
  if (entry === null) {
    const unknown = { step: null, vote: null, seqNumber: null, epoch: null, timestamp: null };
    return { ...place, ...unknown, index: indexIn(event.header), mark: "unreadable" };
  }
  const { index, step, vote, seqNumber, epoch, timestamp, operation, command } = entry;
  const mark = `${operation}-${commandNameOf({ command, payload: event.payload })}`;
  return { ...place, index, mark, step, vote, seqNumber, epoch, timestamp };
}

function eventStep(type: TimelineEvent["type"], block: number): TimelineEvent {
  return { type, role: null, detail: null, block };
}

function decisionStep({ decision, ground, at }: Decided): TimelineEvent {
  const detail = `${nameOf(DECISIONS, decision)} (${nameOf(GROUNDS, ground)})`;
  return { ...eventStep("decided", at.block), detail };
}

function nameOf(codes: Readonly<Record<string, number>>, code: number): string {
  return Object.entries(codes).find(([, each]) => each === code)?.[0] ?? `code ${code}`;
}

/** Time lines that are kept of a log, however long it is. */
const MAX_TIMELINES = 40;

/** What the limit goes by. */
interface Told {
  readonly sessionId: SessionId;
  readonly order: number;
  readonly story: SessionStory | null;
}

/** Takes the time lines from all sessions but the first in rank: those with findings, and then the newest. */
export function limitTimelines<Session extends Told>(
  sessions: readonly Session[],
  found: Found["list"],
): readonly Session[] {
  const told = sessions.filter(({ story }) => (story?.timeline ?? null) !== null);
  if (told.length <= MAX_TIMELINES) return sessions;
  const bad = new Set(found.map(({ finding }) => finding.sessionId));
  const rank = ({ sessionId }: Session) => (bad.has(sessionId) ? 0 : 1);
  const ranked = told.toSorted((a, b) => rank(a) - rank(b) || newestFirst(a.order, b.order));
  const out = new Set(ranked.slice(MAX_TIMELINES));
  return sessions.map((session) =>
    out.has(session) && session.story !== null ? { ...session, story: { ...session.story, timeline: null } } : session,
  );
}

function newestFirst(a: number, b: number): number {
  return a === b ? 0 : b - a;
}
