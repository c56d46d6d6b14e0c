import type { LogWord } from "../../src/audit/reading/reader.ts";
import { signEntry, type LogEntry } from "../../src/entry/entry.ts";
import { toHex, type Hash } from "../../src/entry/hex.ts";
import type { Recording } from "../../test/support/recorded-reader.ts";
import { sign, valuesOf } from "./signed.ts";
import { altered, type KnownEntry, type Subject } from "./subject.ts";

/** `0x` and the 24 bytes of a hash that the registry keeps of each log. */
const PREFIX_DIGITS = 50;

/** A second history of one log. */
export interface Fork {
  /** From here on its entries are others. */
  readonly from: KnownEntry;
  /** By index. */
  readonly entries: ReadonlyMap<number, LogEntry>;
  /** The registry, had it been told this one. */
  readonly recording: Recording;
}

/**
 * A log as its own writer might have told it to somebody else: from an entry on each has another time, and all is signed, linked and closed
 * like the first. Only entries that no other answers, so that both histories are sound. Undefined where there are none.
 */
export async function forked(subject: Subject): Promise<Fork | undefined> {
  const from = forkable(subject);
  if (from === undefined) return undefined;
  const logs = [...subject.recording.logs];
  const entries = new Map<number, LogEntry>();
  let lastEntryHash = from.entry.lastEntryHash;
  for (const { entry, log, place } of subject.logOf(from).filter((each) => each.entry.index >= from.entry.index)) {
    const key = subject.keysOf(entry.gatewayId).find(({ epoch }) => epoch === entry.epoch);
    if (key === undefined) return undefined;
    const fields = { ...entry, timestamp: entry.timestamp + 1, lastEntryHash };
    const signed = await signEntry(fields, entry.payload, key.signer);
    // Within a run the last one's signature is that of all.
    const other: LogEntry = entry.signature === null ? { ...signed, signature: null } : signed;
    entries.set(entry.index, other);
    logs[place] = altered(log, valuesOf(other));
    ({ entryHash: lastEntryHash } = signed);
  }
  const closing = await closingOver(subject, from, lastEntryHash);
  if (closing !== undefined) logs[closing.place] = closing.log;
  return { from, entries, recording: { ...subject.withLogs(logs), logWords: headsWith(subject, from, lastEntryHash) } };
}

/** An entry behind all of its log that anybody answers. */
function forkable(subject: Subject): KnownEntry | undefined {
  const answered = new Set<Hash>(subject.entries.map(({ entry }) => entry.causedBy));
  const free = subject.entries.filter((known) =>
    subject.logOf(known).every(({ entry }) => entry.index < known.entry.index || !answered.has(entry.entryHash)),
  );
  return free.length === 0 ? undefined : subject.random.pick(free);
}

async function closingOver(subject: Subject, { event: { sessionId, gatewayId } }: KnownEntry, lastEntryHash: Hash) {
  const known = subject
    .ofKind("LogClosed")
    .find(({ event }) => event.sessionId === sessionId && event.gatewayId === gatewayId);
  if (known === undefined) return undefined;
  const { length, epoch } = known.event;
  const key = subject.keysOf(gatewayId).find((each) => each.epoch === epoch);
  if (key === undefined) return undefined;
  const sessionHash = subject.sessionHashOf(sessionId);
  const signature = await sign(subject, key.signer, "CloseLog", {
    sessionHash,
    gatewayId,
    length,
    lastEntryHash,
    epoch,
  });
  return { place: known.place, log: altered(known.log, { lastEntryHash, ...signature }) };
}

function headsWith(
  { recording }: Subject,
  { entry: { sessionHash, gatewayId } }: KnownEntry,
  lastEntryHash: Hash,
): Map<string, LogWord> {
  const key = sessionHash + gatewayId;
  const word = recording.logWords.get(key);
  const heads = new Map(recording.logWords);
  if (word !== undefined) heads.set(key, { ...word, lastEntryHash: toHex(lastEntryHash.slice(0, PREFIX_DIGITS)) });
  return heads;
}
