import type { RawLog } from "../../src/audit/reading/reader.ts";
import { toHex } from "../../src/entry/hex.ts";
import type { Mutation } from "./mutation.ts";
import { placeOf, type Known, type KnownEntry, type Subject } from "./subject.ts";

/** Undefined where the log has nothing that it could be done to. */
export type Mutator = (subject: Subject) => Mutation | undefined;

/** A transaction that no event was of. */
export const OTHER_TRANSACTION = toHex(`0x${"7e".repeat(32)}`);

export function pickEntry({ entries, random }: Subject): KnownEntry | undefined {
  return entries.length === 0 ? undefined : random.pick(entries);
}

export function pickOther({ events, random }: Subject): Known | undefined {
  const kinds = new Map<string, Known[]>();
  for (const known of events)
    if (known.event.kind !== "EntryAppended")
      kinds.set(known.event.kind, [...(kinds.get(known.event.kind) ?? []), known]);
  return kinds.size === 0 ? undefined : random.pick(random.pick([...kinds.values()]));
}

/** A place in the chain behind all events, whatever the order in which they are given. */
export function endOf(logs: readonly RawLog[]): Pick<RawLog, "blockNumber" | "logIndex"> {
  const last = { blockNumber: 0, logIndex: 0 };
  for (const { blockNumber, logIndex } of logs)
    if (blockNumber > last.blockNumber || (blockNumber === last.blockNumber && logIndex > last.logIndex))
      Object.assign(last, { blockNumber, logIndex });
  return { ...last, logIndex: last.logIndex + 1 };
}

/** An event behind this entry, before the next one of its log. */
export function inserted(
  subject: Subject,
  { log, place, event, entry }: KnownEntry,
  added: RawLog,
  row: string,
): Mutation | undefined {
  const { logs } = subject.recording;
  const { blockNumber, logIndex } = log;
  if (logs[place + 1]?.blockNumber === blockNumber) return undefined;
  const given = { ...added, blockNumber, logIndex: logIndex + 1, transactionHash: OTHER_TRANSACTION };
  const { sessionId, gatewayId } = event;
  return {
    row,
    what: `at ${placeOf(given)}, behind entry ${entry.index}`,
    recording: subject.withLogs(logs.toSpliced(place + 1, 0, given)),
    due: [{ codes: ["ENTRY_INSERTED"], sessionId, gatewayId, index: entry.index + 1 }],
  };
}
