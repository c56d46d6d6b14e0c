import type { z } from "zod";
import { GatelogError } from "../entry/errors.ts";
import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import type { Address, GatewayId, Hash, SessionId } from "../entry/hex.ts";
import type { InclusionProof } from "../entry/inclusion-proof.ts";
import type { Logging, SessionFacts, SessionOpening } from "../entry/session.ts";
import type { ClosingStatement, Decision, DecisionStatement } from "../entry/statements.ts";
import type { gatewayRecordSchema } from "../entry/wire.ts";

/**
 * Where logs are kept, behind one interface (drafts: local disk, external service, the DLT).
 *
 * A log is (session, gateway) and has one writer. Every driver checks what it accepts as the contract does: next index,
 * current head, current epoch, party, the writer's signature, the payload hash. What a resolved `append` promises is the
 * driver's `durability`, and nothing beyond it.
 */
export interface LogStore {
  /**
   * What a resolved write has reached. volatile: this process's memory. local: this machine's disk (fsync). shared: committed
   * in a database. included: in a block. final: in a block that the chain's configured finality calls final. Of a store that consists
   * of several (`RoutesSessions`) it is the least.
   */
  readonly durability: Durability;

  /**
   * Makes the session and its logs known, then appends the first entries of the origin's log, if any. Opening again with the
   * same facts is a success that changes nothing. The two need not be atomic; a driver with an outbox puts both into it before
   * either leaves, so that a crash between them loses nothing.
   * Errors: SESSION_EXISTS (other facts under this id), FOREIGN_SIGNATURE, STALE_EPOCH, UNKNOWN_GATEWAY, INVALID_SESSION, and those of `append`.
   */
  openSession(opening: SessionOpening, first?: readonly SignedEntry[]): Promise<void>;

  /**
   * Appends consecutive entries of one log, all or none; resolves when they have reached `durability`.
   * An entry that stands there already (same entryHash) is a success that changes nothing, so repeating is always safe.
   * Errors: UNKNOWN_SESSION, UNKNOWN_LOG, WRONG_INDEX, WRONG_HEAD, STALE_EPOCH, FOREIGN_SIGNATURE, INVALID_SIGNATURE,
   * WRONG_PAYLOAD_HASH, INVALID_ENTRY, LOG_CLOSED, and EQUIVOCATION: another validly signed entry of the same epoch stands at this index; the
   * refused one is kept as evidence where the driver can keep it.
   */
  append(entries: readonly SignedEntry[]): Promise<void>;

  /** What the store knows of a session; UNKNOWN_SESSION if nothing. */
  session(sessionId: SessionId): Promise<SessionRecord>;

  /** Entries `[from, from + limit)` of one log, in order; fewer at its end, none past it. UNKNOWN_SESSION, UNKNOWN_LOG. */
  read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]>;

  /** Sessions that the gateway is a party to, oldest first; with `open`, those whose log of this gateway is not closed. */
  sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]>;

  /** Closes a gateway's own log. Closing it again is a success. WRONG_INDEX / WRONG_HEAD if the statement is not its head. */
  closeLog(closing: ClosingStatement): Promise<void>;

  /**
   * The decision register: first writer wins, final. Writing the decision that stands is a success. Errors: ALREADY_DECIDED
   * (the other one stands), DECISION_WITHOUT_GROUND (R9), FOREIGN_SIGNATURE, STALE_EPOCH; NO_REGISTER where entries do not stand on chain (there
   * the destination escrow is the register).
   */
  decide(statement: DecisionStatement): Promise<void>;

  /**
   * Releases files and connections; pending writes are finished first. On a chain, where that may take long, they may be given up with
   * STORE_UNAVAILABLE or TIMEOUT instead.
   */
  close(): Promise<void>;
}

/**
 * A store that keeps private logs: a gateway's own, and copies of its peers'. What a copy lacks comes from another holder.
 */
export interface KeepsCopies {
  /**
   * Adds what another copy of the log has; resolves when it has reached `durability`. What stands already changes nothing. As
   * `openSession` and `append`, with one difference: opening and entries may be of any epoch whose key is known, as long as it
   * does not go down within the log. Whether their sender may still write is the caller's to judge. Errors: those of both.
   */
  adopt(run: LogRun): Promise<void>;
}

/** A store that gives out the closings it has, and takes over those that stand in another copy. */
export interface KeepsClosings {
  /** The closings of the session's logs, the origin's first; UNKNOWN_SESSION. */
  closings(sessionId: SessionId): Promise<ClosingStatement[]>;

  /** As `closeLog`, but the closing may be of any epoch whose key is known. */
  adoptClosing(closing: ClosingStatement): Promise<void>;
}

export function keepsClosings(store: LogStore): store is LogStore & KeepsClosings {
  return "closings" in store && "adoptClosing" in store;
}

export function keepsCopies(store: LogStore): store is LogStore & KeepsCopies {
  return "adopt" in store && typeof store.adopt === "function";
}

/** A store in which a write of a process that is gone may still be under way: its server goes on without it. */
export interface SettlesWrites {
  /**
   * Resolves when nothing of the session that an earlier process had sent is under way any more, neither its opening nor a write to
   * its logs. STORE_UNAVAILABLE.
   */
  settled(sessionId: SessionId): Promise<void>;
}

export function settlesWrites(store: LogStore): store is LogStore & SettlesWrites {
  return "settled" in store && typeof store.settled === "function";
}

/** A store that can say where an entry stands on a chain. */
export interface LocatesEntries {
  /**
   * Where the entry was written, as the chain's node shows it: it is the entry with this hash, and no other, that stands there.
   * Null if the log turns out to be on no chain. UNKNOWN_SESSION, UNKNOWN_LOG, UNKNOWN_ENTRY; CORRUPT_STORE if another one does.
   */
  locate(entry: LogEntry): Promise<ChainPlace | null>;
}

/** Where an entry stands on a chain. */
export interface ChainPlace {
  readonly chainId: number;
  readonly registry: Address;
  readonly transactionHash: Hash;
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly logIndex: number;
  /** By the finality that the chain is configured with. */
  readonly final: boolean;
}

export function locatesEntries(store: LogStore): store is LogStore & LocatesEntries {
  return "locate" in store && typeof store.locate === "function";
}

/** A store that anchors its entries to a chain. */
export interface ProvesInclusion {
  /**
   * The proof that an entry is in an anchor, as far as that was seen on the chain; null if it is not anchored yet. UNKNOWN_SESSION,
   * UNKNOWN_LOG, UNKNOWN_ENTRY; CORRUPT_STORE if the entry is not the one that was anchored.
   */
  proof(sessionId: SessionId, gatewayId: GatewayId, index: number): Promise<InclusionProof | null>;
}

export function provesInclusion(store: LogStore): store is LogStore & ProvesInclusion {
  return "proof" in store && typeof store.proof === "function";
}

/** A store that consists of several, each session in one of them. */
export interface RoutesSessions {
  /** The store that holds the session, and the logging profile that it serves. UNKNOWN_SESSION if none does. */
  home(sessionId: SessionId): Promise<{ readonly logging: Logging; readonly store: LogStore }>;
  /** The same, or where it would be opened. NOT_SERVED_HERE if no store serves the profile of the facts. */
  homeFor(facts: SessionFacts): Promise<{ readonly logging: Logging; readonly store: LogStore }>;
  /** Those of the stores that keep copies, as one. `adopt` elsewhere: NOT_SERVED_HERE. */
  copies(): KeepsCopies;
}

export function routesSessions(store: LogStore): store is LogStore & RoutesSessions {
  return "home" in store && typeof store.home === "function";
}

/** The store that holds the session: its durability is what the session's entries have, and its proofs are theirs. */
export async function homeOf(store: LogStore, sessionId: SessionId): Promise<LogStore> {
  return routesSessions(store) ? (await store.home(sessionId)).store : store;
}

/** The same, or where it would be opened. NOT_SERVED_HERE if no store serves the profile of the facts. */
export async function homeFor(store: LogStore, facts: SessionFacts): Promise<LogStore> {
  return routesSessions(store) ? (await store.homeFor(facts)).store : store;
}

/** Consecutive entries of one log, and, for who may not know the session, its opening. */
export interface LogRun {
  readonly opening?: SessionOpening | undefined;
  readonly entries: readonly SignedEntry[];
}

export type Durability = "volatile" | "local" | "shared" | "included" | "final";

export interface ReadRange {
  readonly from: number;
  readonly limit: number;
}

/** Most entries that one `read` returns and one `append` takes. */
export const MAX_ENTRIES_PER_CALL = 250;

/** A range as drivers take it: MALFORMED unless both are whole numbers and not negative; at most MAX_ENTRIES_PER_CALL entries. */
export function checkRange({ from, limit }: ReadRange): ReadRange {
  if (!Number.isSafeInteger(from) || from < 0 || !Number.isSafeInteger(limit) || limit < 0)
    throw new GatelogError("MALFORMED", "from and limit are whole numbers and not negative", { from, limit });
  return { from, limit: Math.min(limit, MAX_ENTRIES_PER_CALL) };
}

export interface SessionRecord {
  readonly opening: SessionOpening;
  readonly sessionHash: Hash;
  readonly decision: DecisionRecord;
  readonly logs: readonly LogHead[];
  /** Every log of the session is closed. */
  readonly closed: boolean;
}

export interface LogHead {
  readonly gatewayId: GatewayId;
  /** Number of entries. */
  readonly length: number;
  /** entryHash of the last entry in full, or zero. */
  readonly lastEntryHash: Hash;
  readonly closed: boolean;
}

export interface DecisionRecord {
  readonly decision: Decision;
  /** False while the block that holds it is not final by the chain's configured finality: nobody may act on it yet (R7). */
  readonly final: boolean;
  readonly statement: DecisionStatement | null;
}

/** A gateway's keys by epoch. Drivers that are no contract ask it whose signature counts. */
export interface GatewayDirectory {
  /** UNKNOWN_GATEWAY if there is none. May be cached for as long as a stale epoch is acceptable to the caller. */
  gateway(gatewayId: GatewayId): Promise<GatewayRecord>;
}

export type GatewayRecord = z.infer<typeof gatewayRecordSchema>;
