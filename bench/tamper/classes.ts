import { FINDINGS, type FindingCode } from "../../src/audit/findings.ts";
import { codeOf, type Deed, type Judgement } from "./mutation.ts";

/** The classes that the auditor promises to tell apart: each has mutations, or the bench is not what it says. */
export const PROMISED: readonly string[] = [
  "payload altered",
  "entry altered",
  "forged or foreign signature",
  "key not valid in that epoch",
  "missing",
  "doubled",
  "reordered",
  "inserted",
  "cut tail",
  "two entries at one index",
  "split view between two nodes",
  "split view between two gateways",
  "decision missing",
  "decision doubled",
  "decision without its ground: COMMIT without YES or burn",
  "decision without its ground: ABORT before the deadline",
  "decision without its ground: ABORT on a NO that nobody voted",
  "effect without entry",
  "entry without effect",
  "wrong amount or owner",
  "two live copies",
  "unanchored",
  "root mismatch",
  "not final",
];

/** Rows that are a class of their own where the finding's code is the same. */
const BY_ROW: ReadonlySet<string> = new Set(["split view between two nodes", "split view between two gateways"]);

/** Of two things at once neither is the class of both. */
const SEVERAL = "two at once";

/** What a mutation counts as: by the finding that names the first thing that is due. */
export function classOf(deed: Deed, judgement: Judgement): string {
  const { row } = deed;
  if (row.startsWith(SEVERAL)) return SEVERAL;
  if (BY_ROW.has(row)) return row;
  const code = codeOf(deed, judgement);
  if (code === undefined) return row;
  const grounded = `${faultOf(code)}: ${row}`;
  return PROMISED.includes(grounded) ? grounded : faultOf(code);
}

function faultOf(code: FindingCode): string {
  // Of an event that is none of a log the same word would say less.
  const isOfEvent = code === "EVENT_DOUBLED" || code === "EVENT_REORDERED";
  return isOfEvent ? `${FINDINGS[code].fault}, of other events` : FINDINGS[code].fault;
}
