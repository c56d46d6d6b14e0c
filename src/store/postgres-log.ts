import { z } from "zod";
import { GatelogError } from "../entry/errors.ts";
import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import type { ClosingStatement } from "../entry/statements.ts";
import { EMPTY_HEAD, type LogState } from "./admission.ts";
import { entryFromRow, type EntryOwner } from "./entry-rows.ts";
import type { LogHead } from "./log-store.ts";
import { logFromRow } from "./postgres-rows.ts";

/** Sessions whose damage is remembered one by one. More of them, and the database as a whole is not to be trusted. */
const MAX_DAMAGED_SESSIONS = 1_000;

/**
 * Sessions in whose rows something stands that was not written so. They are read-only from then on, for as long as the store is
 * open; what is whole in them can be read.
 */
export class DamageList {
  readonly #at: string;
  readonly #reasons = new Map<SessionId, string>();

  /** @param at What the errors call the database. */
  constructor(at: string) {
    this.#at = at;
  }

  /** Why the session is read-only, or null. */
  reason(sessionId: SessionId): string | null {
    const { size } = this.#reasons;
    const beyond = size >= MAX_DAMAGED_SESSIONS ? `${size} other sessions are damaged` : null;
    return this.#reasons.get(sessionId) ?? beyond;
  }

  /** CORRUPT_STORE if the session is read-only. */
  checkWritable(sessionId: SessionId): void {
    const reason = this.reason(sessionId);
    if (reason !== null) throw this.#error(sessionId, reason);
  }

  /** Notes the damage and returns the error to throw. */
  note(sessionId: SessionId, reason: string): GatelogError {
    if (!this.#reasons.has(sessionId) && this.#reasons.size < MAX_DAMAGED_SESSIONS)
      this.#reasons.set(sessionId, reason);
    return this.#error(sessionId, reason);
  }

  #error(sessionId: SessionId, reason: string): GatelogError {
    return new GatelogError("CORRUPT_STORE", `${this.#at}: session ${sessionId} is damaged and read-only: ${reason}`, {
      sessionId,
      reason,
    });
  }
}

/** The log's entries of these rows, which must follow each other from `from` on. CORRUPT_STORE names a row that has changed. */
export function entriesOf(rows: readonly unknown[], from: number, owner: EntryOwner, damage: DamageList): LogEntry[] {
  return rows.map((row, offset) => {
    const entry = soundEntry(row, owner, damage);
    if (entry.index !== from + offset) throw missing(from + offset, owner, damage);
    return entry;
  });
}

/** A log as a transaction finds it, of its row and of the entries that were fetched; and how it grows in it. */
export class PostgresLog implements LogState {
  readonly id: string;
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  readonly gatewayId: GatewayId;
  readonly closing: ClosingStatement | null;
  readonly #damage: DamageList;
  readonly #entries = new Map<number, LogEntry>();
  #head: { readonly length: number; readonly lastEntryHash: Hash; readonly epoch: number } = EMPTY_HEAD;

  /** @param entryRows The last entry, and those that `standing` may be asked for, in any order. */
  constructor(
    row: unknown,
    entryRows: readonly unknown[],
    of: { readonly sessionId: SessionId; readonly sessionHash: Hash },
    damage: DamageList,
  ) {
    const log = logFromRow(row, of.sessionId);
    if (log === undefined) throw damage.note(of.sessionId, `the row ${nameOf(row, "id")} of table log has changed`);
    this.id = log.id;
    this.sessionId = of.sessionId;
    this.sessionHash = of.sessionHash;
    this.gatewayId = log.gatewayId;
    this.closing = log.closing;
    this.#damage = damage;
    this.extend(entryRows.map((entryRow) => soundEntry(entryRow, this, damage)));
  }

  get length(): number {
    return this.#head.length;
  }

  get lastEntryHash(): Hash {
    return this.#head.lastEntryHash;
  }

  get epoch(): number {
    return this.#head.epoch;
  }

  standing(index: number): LogEntry {
    const entry = this.#entries.get(index);
    if (entry === undefined) throw missing(index, this, this.#damage);
    return entry;
  }

  /** The entries are in the log now, as far as this transaction goes. */
  extend(entries: readonly (LogEntry | SignedEntry)[]): void {
    for (const entry of entries) {
      const { index, entryHash, epoch } = entry;
      this.#entries.set(index, entry);
      if (index >= this.length) this.#head = { length: index + 1, lastEntryHash: entryHash, epoch };
    }
  }

  head(): LogHead {
    const { gatewayId, length, lastEntryHash, closing } = this;
    return { gatewayId, length, lastEntryHash, closed: closing !== null };
  }
}

function soundEntry(row: unknown, owner: EntryOwner, damage: DamageList): LogEntry {
  const entry = entryFromRow(row, owner);
  if (entry !== undefined) return entry;
  throw damage.note(owner.sessionId, `entry ${nameOf(row, "position")} of the log of ${owner.gatewayId} has changed`);
}

function missing(index: number, owner: EntryOwner, damage: DamageList): GatelogError {
  return damage.note(owner.sessionId, `entry ${index} of the log of ${owner.gatewayId} is missing`);
}

/** What a damaged row calls itself. */
function nameOf(row: unknown, column: "id" | "position"): string {
  const parsed = z.record(z.string(), z.unknown()).safeParse(row);
  return String(parsed.data?.[column]);
}
