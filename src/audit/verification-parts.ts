import type { Finding, Found } from "./findings.ts";
import type { Trusted } from "./trust.ts";
import type { Unread, Verdict, Verification } from "./verification.ts";

/** What was found beside an audit, by whoever stood between it and what it read. */
export interface Beside {
  readonly found: Found;
  readonly unread: readonly Unread[];
  readonly trusted: Pick<Trusted, "source">;
}

/**
 * The verification with what was found beside it. A place that the audit names already is not named a second time: the file says a
 * hash of each entry, for instance, which fits an altered one no more than the rest.
 */
export function withBeside(verification: Verification, { found, unread, trusted }: Beside): Verification {
  const named = new Set(verification.findings.map(placeOf));
  // Another answer of somebody else says more than that this one is wrong.
  const isNew = (finding: Finding) => finding.code === "SPLIT_VIEW" || !named.has(placeOf(finding));
  const more = found.list.map(({ finding }) => finding).filter(isNew);
  // What was not kept of many is counted as new.
  const findingCount = verification.findingCount + found.count - (found.list.length - more.length);
  const gaps = [...verification.unread, ...unread];
  return {
    ...verification,
    verdict: verdictOf(findingCount, gaps, verification.verdict),
    trusted: { ...verification.trusted, ...trusted },
    findings: [...verification.findings, ...more],
    findingCount,
    unread: gaps,
  };
}

export function verdictOf(findingCount: number, unread: readonly Unread[], otherwise: Verdict): Verdict {
  if (findingCount > 0) return "findings";
  return unread.length > 0 ? "could-not-tell" : otherwise;
}

function placeOf({ code, sessionId, gatewayId, index }: Finding): string {
  // Of an entry one finding is enough, whatever it is called.
  return index === null ? `${code} ${sessionId} ${gatewayId}` : `entry ${sessionId} ${gatewayId} ${index}`;
}
