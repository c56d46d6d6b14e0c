import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import { GatelogError } from "../entry/errors.ts";
import type { LogPart } from "../chain/log-reader.ts";
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

/**
 * Nodes judge a call by what waits to be mined as well, and one of several may be ahead of the others. A refusal that rests on
 * what the log, read behind it, does not show yet is no verdict: the write that it saw may be this very one, sent before a crash.
 * Throws STORE_UNAVAILABLE then.
 */
export function requireShown(refusal: GatelogError, log: Pick<LogPart, "position" | "closing">): void {
  const { expected } = refusal.context;
  const isLonger = refusal.code === "WRONG_INDEX" && typeof expected === "number" && expected > log.position.length;
  const isClosed = refusal.code === "LOG_CLOSED" && log.closing === null;
  if (isLonger || isClosed) throw notShown(refusal);
}

/** The refusal as a reason to try again. */
function notShown(cause: GatelogError): GatelogError {
  const { code, context, message } = cause;
  const text = `the node refuses by what is in no block yet, or in none that is shown: ${message}`;
  return new GatelogError("STORE_UNAVAILABLE", text, { ...context, code }, { cause });
}

export function requireSameClosing(
  closing: ClosingStatement,
  standing: ClosingStatement | null,
  refusal: GatelogError,
): void {
  if (standing?.length !== closing.length || standing.lastEntryHash !== closing.lastEntryHash) throw refusal;
}

export function requireSameDecision(statement: DecisionStatement, standing: Decision, refusal: GatelogError): void {
  if (standing === "NONE") throw notShown(refusal);
  if (standing !== statement.decision) throw refusal;
}
