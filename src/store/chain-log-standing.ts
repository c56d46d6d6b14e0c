import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import type { GatelogError } from "../entry/errors.ts";
import type { ClosingStatement, Decision, DecisionStatement } from "../entry/statements.ts";
import { equivocationError } from "./admission.ts";

/**
 * What the registry refused, beside what stands there. The entries are validly signed and the log is verified.
 *
 * @param log The log from the first of the entries, or from before it, up to its head.
 * @returns The entries that do not stand yet: none if all do, all if none does.
 * @throws EQUIVOCATION if another entry of the same epoch stands in the place of one; `refusal` if one of another epoch does.
 */
export function missingPart(
  entries: readonly SignedEntry[],
  log: readonly LogEntry[],
  refusal: GatelogError,
): readonly SignedEntry[] {
  const byIndex = new Map(log.map((entry) => [entry.index, entry]));
  for (const [place, entry] of entries.entries()) {
    const standing = byIndex.get(entry.index);
    if (standing === undefined) return entries.slice(place);
    if (standing.entryHash === entry.entryHash) continue;
    // An entry of an older epoch lost against a takeover; that is no evidence of anything (R8).
    if (standing.epoch !== entry.epoch || refusal.code === "STALE_EPOCH") throw refusal;
    throw equivocationError({ standing: standing.entryHash, refused: entry });
  }
  return [];
}

export function requireSameClosing(
  closing: ClosingStatement,
  standing: ClosingStatement | null,
  refusal: GatelogError,
): void {
  if (standing?.length !== closing.length || standing.lastEntryHash !== closing.lastEntryHash) throw refusal;
}

export function requireSameDecision(statement: DecisionStatement, standing: Decision, refusal: GatelogError): void {
  if (standing !== statement.decision) throw refusal;
}
