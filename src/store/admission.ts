import { GatelogError } from "../entry/errors.ts";
import { LENGTH_MAX, MAX_PAYLOAD_SIZE, type LogEntry, type SignedEntry } from "../entry/entry.ts";
import { checkContent, checkPlace, checkSignature, type KeyOf, type LogPosition } from "../entry/log-check.ts";
import { ZERO_HASH, type Address, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
import {
  factsBytes,
  sessionFactsSchema,
  sessionHashOf,
  type SessionFacts,
  type SessionOpening,
} from "../entry/session.ts";
import { checkClosingSignature, checkOpeningSignature } from "../entry/signed-statements.ts";
import type { ClosingStatement } from "../entry/statements.ts";
import { MAX_ENTRIES_PER_CALL, type GatewayDirectory, type GatewayRecord, type LogStore } from "./log-store.ts";

/**
 * What every driver that is no contract checks before it accepts anything, as the contract does. Two halves: what can be
 * known without the store (content, signature), before its transaction; and what depends on it (place, epoch, closed), in it.
 */

/** A log as a driver's transaction finds it. */
export interface LogState {
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  readonly gatewayId: GatewayId;
  readonly length: number;
  readonly lastEntryHash: Hash;
  /** Of the last entry; 0 before the first. */
  readonly epoch: number;
  readonly closing: ClosingStatement | null;
  /** The entry that stands at an index below `length`. */
  standing(index: number): LogEntry;
}

/** Two validly signed entries of one writer, epoch and index: the one that stands and the one that was refused. */
export interface Equivocation {
  readonly standing: Hash;
  readonly refused: SignedEntry;
}

/** Drivers that keep what they refused for equivocation. */
export interface KeepsEvidence {
  evidence(sessionId: SessionId): Promise<readonly Equivocation[]>;
}

export function keepsEvidence(store: LogStore): store is LogStore & KeepsEvidence {
  return "evidence" in store && typeof store.evidence === "function";
}

export interface Admission {
  /** Entries to write, in order; those that stand already are left out. */
  readonly admitted: readonly SignedEntry[];
  /** If set, nothing may be written but the evidence. */
  readonly equivocation: Equivocation | null;
}

/** Which epochs a store takes: the gateway's current one; or, for a copy of what stands elsewhere, any that does not go down. */
export type EpochRule = "current" | "ascending";

/** How many signatures are checked before other work gets its turn: recovering a key takes about a millisecond. */
const SIGNATURES_PER_TURN = 16;

/** Shape of an `append`: consecutive entries of one log, not too many; null if there are none. */
export function checkRun(entries: readonly SignedEntry[]): SignedEntry | null {
  if (entries.length > MAX_ENTRIES_PER_CALL)
    throw new GatelogError("TOO_LARGE", `at most ${MAX_ENTRIES_PER_CALL} entries are appended at once`, {
      maximum: MAX_ENTRIES_PER_CALL,
      actual: entries.length,
    });
  return checkConsecutive(entries);
}

/** Consecutive entries of one log, or MALFORMED or WRONG_INDEX; the first one, or null if there are none. */
export function checkConsecutive<T extends LogEntry>(entries: readonly T[]): T | null {
  const [first] = entries;
  if (first === undefined) return null;
  for (const [offset, entry] of entries.entries()) {
    if (
      entry.sessionId !== first.sessionId ||
      entry.gatewayId !== first.gatewayId ||
      entry.sessionHash !== first.sessionHash
    )
      throw new GatelogError("MALFORMED", "the entries belong to different logs", { position: offset });
    if (entry.index !== first.index + offset)
      throw new GatelogError("WRONG_INDEX", "the entries are not consecutive", {
        expected: first.index + offset,
        actual: entry.index,
      });
  }
  return first;
}

/** What an entry says of itself, and its size. */
export function checkOwnContent(entry: SignedEntry): void {
  if (entry.payload.length > MAX_PAYLOAD_SIZE)
    throw new GatelogError("TOO_LARGE", `at most ${MAX_PAYLOAD_SIZE} bytes of payload are logged`, {
      maximum: MAX_PAYLOAD_SIZE,
      actual: entry.payload.length,
    });
  checkContent(entry);
}

/** Content and signature of each entry, against the key of the epoch that it names. */
export async function checkSignedContent(entries: readonly SignedEntry[], gateway: GatewayRecord): Promise<void> {
  const keyOf = keysOf(gateway);
  for (const [position, entry] of entries.entries()) {
    if (position > 0 && position % SIGNATURES_PER_TURN === 0) await nextTurn();
    checkOwnContent(entry);
    checkSignature(entry, keyOf);
  }
}

/** Place, epoch and state of the log. The entries have passed `checkRun` and `checkSignedContent`. */
export function admitEntries(
  log: LogState,
  entries: readonly SignedEntry[],
  gateway: GatewayRecord,
  rule: EpochRule = "current",
): Admission {
  const admitted: SignedEntry[] = [];
  const { sessionId, sessionHash, gatewayId, length, lastEntryHash, epoch } = log;
  let position: LogPosition = { sessionId, sessionHash, gatewayId, length, lastEntryHash, epoch };
  for (const entry of entries) {
    if (entry.sessionHash !== log.sessionHash) throw unknownLog(entry.sessionId, entry.gatewayId);
    const standing = entry.index < log.length ? log.standing(entry.index) : undefined;
    if (standing?.entryHash === entry.entryHash) continue;
    if (log.closing !== null)
      throw new GatelogError("LOG_CLOSED", `the log is closed at ${log.length} entries`, { actual: log.length });
    // The log may know of a key change that this host's directory has not heard of.
    if (rule === "current" && (entry.epoch !== gateway.epoch || entry.epoch < epoch))
      throw staleEpoch(Math.max(gateway.epoch, epoch), entry.epoch);
    if (standing?.epoch === entry.epoch)
      return { admitted: [], equivocation: { standing: standing.entryHash, refused: entry } };
    if (entry.index >= LENGTH_MAX) throw new GatelogError("TOO_LARGE", "the log is full", { maximum: LENGTH_MAX });
    position = checkPlace(position, entry);
    admitted.push(entry);
  }
  return { admitted, equivocation: null };
}

export function equivocationError({ standing, refused }: Equivocation): GatelogError {
  return new GatelogError("EQUIVOCATION", `another entry of epoch ${refused.epoch} stands at index ${refused.index}`, {
    index: refused.index,
    expected: standing,
    actual: refused.entryHash,
  });
}

/**
 * An opening: sound facts, registered parties, the origin's current signature.
 * @param now UNIX seconds on the register's clock, or null where no register is kept and the deadline says nothing.
 */
export async function checkOpening(
  opening: SessionOpening,
  directory: GatewayDirectory,
  now: number | null,
  rule: EpochRule = "current",
): Promise<void> {
  const { facts } = opening;
  const { sessionId } = facts;
  const issue = sessionFactsSchema.safeParse(facts).error?.issues[0];
  if (issue !== undefined)
    throw new GatelogError("INVALID_SESSION", `session facts: ${issue.message}`, {
      sessionId,
      member: issue.path.join("."),
    });
  if (/^[0-]+$/.test(sessionId))
    throw new GatelogError("INVALID_SESSION", "the session id is zero", { sessionId, member: "sessionId" });
  factsBytes(facts);
  const origin = await directory.gateway(facts.origin.gatewayId);
  if (facts.destination !== null) await directory.gateway(facts.destination.gatewayId);
  if (facts.destination !== null && now !== null && facts.deadline <= now)
    throw new GatelogError("INVALID_SESSION", "the deadline has passed", {
      sessionId,
      member: "deadline",
      actual: now,
    });
  checkOpeningSignature(
    opening,
    rule === "current" ? currentKey(origin, opening.epoch) : keyOfEpoch(origin, opening.epoch),
  );
}

/** True if the log is closed at this very head already: a success that changes nothing. */
export function admitClosing(
  facts: SessionFacts,
  log: LogState,
  closing: ClosingStatement,
  gateway: GatewayRecord,
  rule: EpochRule = "current",
): boolean {
  if (closing.sessionHash !== log.sessionHash) throw unknownLog(closing.sessionId, closing.gatewayId);
  const atHead = closing.length === log.length && closing.lastEntryHash === log.lastEntryHash;
  if (log.closing !== null) {
    if (atHead) return true;
    throw new GatelogError("LOG_CLOSED", `the log is closed at ${log.length} entries`, { actual: log.length });
  }
  if (closing.length !== log.length)
    throw new GatelogError("WRONG_INDEX", `the log has ${log.length} entries`, {
      expected: log.length,
      actual: closing.length,
    });
  if (!atHead)
    throw new GatelogError("WRONG_HEAD", "lastEntryHash is not the head of the log", {
      expected: log.lastEntryHash,
      actual: closing.lastEntryHash,
    });
  const { epoch } = closing;
  if (epoch < log.epoch) throw staleEpoch(Math.max(gateway.epoch, log.epoch), epoch);
  checkClosingSignature(facts, closing, rule === "current" ? currentKey(gateway, epoch) : keyOfEpoch(gateway, epoch));
  return false;
}

/** The session may be opened again with the same facts, and with no others. */
export function checkSameSession(known: Hash, opening: SessionOpening): void {
  const actual = sessionHashOf(opening.facts);
  if (actual !== known)
    throw new GatelogError("SESSION_EXISTS", "the session was opened with other facts", {
      sessionId: opening.facts.sessionId,
      expected: known,
      actual,
    });
}

/** Key of the epoch, which must be the gateway's current one. */
export function currentKey(gateway: GatewayRecord, epoch: number): Address {
  if (epoch !== gateway.epoch) throw staleEpoch(gateway.epoch, epoch);
  return keyOfEpoch(gateway, epoch);
}

function keyOfEpoch(gateway: GatewayRecord, epoch: number): Address {
  const key = keysOf(gateway)(gateway.gatewayId, epoch);
  if (key === undefined)
    throw new GatelogError("UNKNOWN_GATEWAY", "the gateway's key of this epoch is not known", {
      gatewayId: gateway.gatewayId,
      epoch,
    });
  return key;
}

export function keysOf(gateway: GatewayRecord): KeyOf {
  return (gatewayId, epoch) =>
    gatewayId === gateway.gatewayId ? gateway.keys.find((row) => row.epoch === epoch)?.key : undefined;
}

export function unknownSession(sessionId: SessionId): GatelogError {
  return new GatelogError("UNKNOWN_SESSION", "no such session", { sessionId });
}

export function unknownLog(sessionId: SessionId, gatewayId: GatewayId): GatelogError {
  return new GatelogError("UNKNOWN_LOG", "the gateway has no log in a session of this id and these facts", {
    sessionId,
    gatewayId,
  });
}

/** Position before the first entry, for a log that has none yet. */
export const EMPTY_HEAD = { length: 0, lastEntryHash: ZERO_HASH, epoch: 0 } as const;

function staleEpoch(expected: number, actual: number): GatelogError {
  return new GatelogError("STALE_EPOCH", `the gateway's current epoch is ${expected}, not ${actual}`, {
    expected,
    actual,
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
