import type { SessionId } from "../../entry/hex.ts";
import type { FindingCode, FindingList } from "../findings.ts";
import { subjectOf, type SessionEvents } from "../intake.ts";
import type { SessionEvent } from "../reading/events.ts";
import type { SessionHeadLine } from "./earlier.ts";

/** Sessions that were settled in an earlier run and of which events are given all the same, by their ids. */
export type LateSessions = ReadonlyMap<SessionId, SessionHeadLine>;

const CODES: Readonly<Record<SessionEvent["kind"], FindingCode>> = {
  SessionOpened: "EVENT_DOUBLED",
  EntryAppended: "ENTRY_INSERTED",
  Decided: "DECISION_DOUBLED",
  LogClosed: "EVENT_DOUBLED",
  SessionClosed: "EVENT_DOUBLED",
};

/** The registry takes nothing more for a session that is settled: whatever is given of it is one event too many. */
export function checkLateEvents(findings: FindingList, events: SessionEvents, head: SessionHeadLine): void {
  const { opened, entries, decided, logsClosed, closed } = events;
  for (const event of [...opened, ...entries, ...decided, ...logsClosed, ...closed]) {
    const ends = head.logs.map(({ length }) => length).join(" and ");
    const settled = `none: the session was closed in an earlier run, with ${ends} entries`;
    const isDecided = event.kind !== "Decided" || head.decision !== "NONE";
    findings.add(
      isDecided ? CODES[event.kind] : "DECISION_WITHOUT_GROUND",
      subjectOf(event),
      event.kind,
      settled,
      "one",
    );
  }
}
