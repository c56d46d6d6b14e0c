import type { CheckedBucket } from "./bucket-check.ts";
import type { CheckedSession } from "./checks/session-check.ts";
import { limitTimelines } from "./checks/session-story.ts";
import { ascending, type FindingList } from "./findings.ts";

/** What the checks of all buckets have come to, whatever their order. */
export class CheckedSessions {
  readonly #findings: FindingList;
  readonly unsettled = new Set<string>();
  readonly footed = new Set<string>();
  #sessions: readonly CheckedSession[] = [];
  #events = 0;
  #refused = 0;
  #refusedOfUnsettled = 0;

  constructor(findings: FindingList) {
    this.#findings = findings;
  }

  take(checked: CheckedBucket): void {
    this.#findings.take(checked.found);
    this.#sessions = limitTimelines([...this.#sessions, ...checked.sessions], this.#findings.found.list);
    this.#events += checked.events;
    this.#refused += checked.refused;
    this.#refusedOfUnsettled += checked.refusedOfUnsettled;
    for (const word of checked.unsettled) this.unsettled.add(word);
    for (const word of checked.footed) this.footed.add(word);
  }

  /** By their openings; those without one last, by id. */
  get sessions(): readonly CheckedSession[] {
    return this.#sessions.toSorted(byOpening);
  }

  /** Events that were looked at. */
  get events(): number {
    return this.#events;
  }

  get refused(): number {
    return this.#refused;
  }

  get refusedOfUnsettled(): number {
    return this.#refusedOfUnsettled;
  }
}

function byOpening(a: CheckedSession, b: CheckedSession): number {
  return ascending(a.order, b.order) || ascending(a.sessionId, b.sessionId);
}
