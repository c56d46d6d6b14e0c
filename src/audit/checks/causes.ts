import { ZERO_HASH, type Hash } from "../../entry/hex.ts";
import { subjectOf } from "../intake.ts";
import type { Inquiry } from "../inquiry.ts";
import type { WalkedLog } from "./log-walk.ts";
import type { WeighedEntry } from "./proofs.ts";

/**
 * Checks that the logs of a session tell one story: every `causedBy` names an entry of the peer's log that stands earlier, and
 * an entry's number is greater than that of the entry before it and of the one that it answers. Only for intact logs: an entry
 * that was altered has another hash, and those that answer it are not to blame.
 */
export function checkCauses(
  { findings }: Pick<Inquiry, "findings">,
  logs: readonly (Pick<WalkedLog, "entries" | "intact"> & Partial<Pick<WalkedLog, "since">>)[],
): void {
  if (!logs.every((log) => log.intact)) return;
  for (const log of logs) {
    const peers = logs.filter((other) => other !== log);
    const causes = new Map<Hash, WeighedEntry>();
    for (const { entries } of peers)
      for (const weighed of entries) if (weighed.entryHash !== null) causes.set(weighed.entryHash, weighed);
    let highest = log.since?.seqNumber ?? -1;
    for (const { entry, event } of log.entries) {
      if (entry === null) continue;
      const { causedBy, seqNumber } = entry;
      const subject = subjectOf(event);
      if (seqNumber <= highest)
        findings.add("CAUSE_BROKEN", subject, "number of the entry", `more than ${highest}`, seqNumber);
      highest = seqNumber;
      if (causedBy === ZERO_HASH) continue;
      const cause = causes.get(causedBy);
      if (cause === undefined || cause.event.at.order > event.at.order)
        findings.add(
          "CAUSE_BROKEN",
          subject,
          "entry that it answers",
          "one that stands earlier in the peer's log",
          cause ? "a later one" : causedBy,
        );
      else if (cause.entry !== null && seqNumber <= cause.entry.seqNumber)
        findings.add("CAUSE_BROKEN", subject, "number of the entry", `more than ${cause.entry.seqNumber}`, seqNumber);
    }
  }
}
