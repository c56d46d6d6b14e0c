import { payloadHashOf } from "./canonical.ts";
import { entryHashOf, ENTRY_VERSION, type LogEntry, type SignedEntry } from "./entry.ts";
import { GatelogError } from "./errors.ts";
import { ZERO_HASH, type Address, type GatewayId, type Hash, type SessionId } from "./hex.ts";
import { recoverSigner } from "./signature.ts";

/** Whose log it is, and what is known of the entry before. */
export interface LogPosition {
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  readonly gatewayId: GatewayId;
  /** Index that the next entry must have. */
  readonly length: number;
  /** entryHash of the last entry, or zero. */
  readonly lastEntryHash: Hash;
  /** Epoch of the last entry: epochs never go down within a log. */
  readonly epoch: number;
}

export function startOfLog(sessionId: SessionId, sessionHash: Hash, gatewayId: GatewayId): LogPosition {
  return { sessionId, sessionHash, gatewayId, length: 0, lastEntryHash: ZERO_HASH, epoch: 0 };
}

/** Key of a gateway by epoch; undefined if it had none. */
export type KeyOf = (gatewayId: GatewayId, epoch: number) => Address | undefined;

/**
 * Checks what an entry says of itself; signature and place are checked apart. Errors: INVALID_ENTRY (version, a field that
 * does not fit, entryHash), WRONG_PAYLOAD_HASH, MALFORMED (the session id).
 */
export function checkContent(entry: LogEntry): void {
  if (entry.version !== ENTRY_VERSION)
    throw new GatelogError("INVALID_ENTRY", `entry version ${entry.version} is not known`, {
      index: entry.index,
      expected: ENTRY_VERSION,
      actual: entry.version,
    });
  const payloadHash = payloadHashOf(entry.payload);
  if (payloadHash !== entry.payloadHash)
    throw new GatelogError("WRONG_PAYLOAD_HASH", "the payload does not hash to payloadHash", {
      index: entry.index,
      expected: entry.payloadHash,
      actual: payloadHash,
    });
  const entryHash = entryHashOf(entry);
  if (entryHash !== entry.entryHash)
    throw new GatelogError("INVALID_ENTRY", "the fields do not hash to entryHash", {
      index: entry.index,
      expected: entry.entryHash,
      actual: entryHash,
    });
}

/**
 * Checks that the entry is the next of its log; returns the position behind it. Errors: UNKNOWN_LOG, WRONG_INDEX, WRONG_HEAD,
 * STALE_EPOCH. It trusts `entry.entryHash`: call `checkContent` first.
 */
export function checkPlace(position: LogPosition, entry: LogEntry): LogPosition {
  for (const member of ["sessionId", "sessionHash", "gatewayId"] as const)
    if (entry[member] !== position[member])
      throw new GatelogError("UNKNOWN_LOG", "the entry belongs to another log", {
        member,
        expected: position[member],
        actual: entry[member],
      });
  if (entry.index !== position.length)
    throw new GatelogError("WRONG_INDEX", `the next index is ${position.length}, not ${entry.index}`, {
      expected: position.length,
      actual: entry.index,
    });
  if (entry.lastEntryHash !== position.lastEntryHash)
    throw new GatelogError("WRONG_HEAD", "lastEntryHash is not the head of the log", {
      expected: position.lastEntryHash,
      actual: entry.lastEntryHash,
    });
  if (entry.epoch < position.epoch)
    throw new GatelogError("STALE_EPOCH", `epoch ${entry.epoch} is older than the log's ${position.epoch}`, {
      expected: position.epoch,
      actual: entry.epoch,
    });
  return { ...position, length: entry.index + 1, lastEntryHash: entry.entryHash, epoch: entry.epoch };
}

/** INVALID_SIGNATURE if the entry carries no signature of its own: one inside a run. */
export function requireSigned(entry: LogEntry): SignedEntry {
  const { signature } = entry;
  if (signature === null)
    throw new GatelogError("INVALID_SIGNATURE", "the entry carries no signature of its own", { index: entry.index });
  return { ...entry, signature };
}

/** Checks the entry's own signature against the key of its epoch. Errors: INVALID_SIGNATURE, STALE_EPOCH, FOREIGN_SIGNATURE. */
export function checkSignature(entry: LogEntry, keyOf: KeyOf): void {
  const { signature } = requireSigned(entry);
  const expected = keyOf(entry.gatewayId, entry.epoch);
  if (expected === undefined)
    throw new GatelogError("STALE_EPOCH", `the gateway had no key in epoch ${entry.epoch}`, {
      index: entry.index,
      gatewayId: entry.gatewayId,
      actual: entry.epoch,
    });
  const actual = recoverSigner(entry.entryHash, signature);
  if (actual !== expected)
    throw new GatelogError("FOREIGN_SIGNATURE", "the entry is signed by another key", {
      index: entry.index,
      expected,
      actual,
    });
}

/**
 * Checks consecutive entries of one log from `position` on: content, place, signatures. An entry without a signature of its
 * own counts as signed if a later one of the same epoch is: each digest contains the one before. Returns the position behind.
 * Throws the error of the first entry that is wrong; `index` in its context is what that entry says of itself.
 */
export function checkLog(position: LogPosition, entries: readonly LogEntry[], keyOf: KeyOf): LogPosition {
  let at = position;
  let unsignedSince: LogEntry | undefined;
  for (const entry of entries) {
    checkContent(entry);
    at = checkPlace(at, entry);
    if (unsignedSince !== undefined && unsignedSince.epoch !== entry.epoch) checkSignature(unsignedSince, keyOf);
    if (entry.signature === null) unsignedSince ??= entry;
    else {
      checkSignature(entry, keyOf);
      unsignedSince = undefined;
    }
  }
  if (unsignedSince !== undefined) checkSignature(unsignedSince, keyOf);
  return at;
}
