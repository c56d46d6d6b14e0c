import { parseCanonical } from "../entry/canonical.ts";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import type { SessionFacts } from "../entry/session.ts";
import type { CertificateFact, Terms } from "../entry/terms.ts";
import type { Vote } from "../entry/vocabulary.ts";
import type { Ledger, LedgerView } from "../ledger/ledger.ts";
import { markOf, type Mark } from "../protocol/marks.ts";
import { readTerms } from "../protocol/payloads.ts";
import { MAX_ENTRIES_PER_CALL, type DecisionRecord, type LogStore } from "../store/log-store.ts";
import type { Clock } from "./ports.ts";
import type { HeldRights, LedgerSituation, SettleSituation } from "./settle-plan.ts";

/** Block at which a fact was seen to hold. */
export interface FactBlock {
  readonly blockNumber: number;
  readonly blockHash: Hash;
}

/** Reads from the chains themselves what certificates speak of. Throws as `Ledger.read`. */
export interface FactReader {
  /**
   * A final block at which the fact holds; null if it does not. With `at` it looks at that very block, and gives null too if
   * that block is not final or not the chain's.
   */
  where(fact: CertificateFact, terms: Terms, at?: FactBlock): Promise<FactBlock | null>;
  /** UNIX seconds: the log chain's clock at its newest final block; 0 where no log chain is read. */
  logTime(): Promise<number>;
}

export interface SettleSources {
  readonly store: LogStore;
  /** Registry whose word the store reads; null for a store of private logs. */
  readonly register: SessionFacts["log"];
  /** The ledger of a side of the terms; INVALID_CONFIG if it is not at hand. */
  readonly ledgerOf: (side: Terms["origin"]) => Ledger;
  readonly facts: FactReader;
  readonly clock: Clock;
}

/** What the logs say of a session. It goes on changing only as long as a gateway lives, and then does no harm if it is old. */
export interface SettleCase {
  readonly facts: SessionFacts;
  /** Null as long as the origin has logged none: then no ledger holds anything under them. */
  readonly terms: Terms | null;
  readonly announced: { readonly lock: boolean; readonly mint: boolean };
  readonly votedNo: boolean;
}

/** The register and both ledgers, read in this order: register, destination, origin. What is younger is read later. */
export interface SettleView {
  readonly decision: DecisionRecord;
  readonly origin: LedgerView | null;
  readonly destination: LedgerView | null;
  /** UNIX seconds. Where a chain makes no blocks its clock stands still, and this machine's goes before it. */
  readonly time: { readonly log: number; readonly origin: number; readonly destination: number };
}

const MS_PER_SECOND = 1_000;
/** Entries of one log that are looked through. Whoever writes more is taken to have announced everything. */
const MAX_ENTRIES_READ = 100_000;

/**
 * Reads the session and both logs. UNKNOWN_SESSION; INVALID_SESSION if it is no transfer; INVALID_TERMS; INVALID_CONFIG if its
 * register is not the one at hand.
 */
export async function readCase(sources: SettleSources, sessionId: SessionId): Promise<SettleCase> {
  const { store } = sources;
  const { facts } = (await store.session(sessionId)).opening;
  const { origin, destination, register, log } = facts;
  if (destination === null)
    throw new GatelogError("INVALID_SESSION", "a session of one gateway alone moves nothing", { sessionId });
  if (register === "log" && !isSame(log, sources.register))
    throw new GatelogError(
      "INVALID_CONFIG",
      `the session's register is ${log?.registry ?? "none"} on chain ${log?.chainId ?? 0}: its word is to be read there`,
      { chainId: log?.chainId ?? 0, registry: log?.registry ?? "none" },
    );
  const [first] = await store.read(sessionId, origin.gatewayId, { from: 0, limit: 1 });
  const terms = first === undefined ? null : readTerms(parseCanonical(first.payload), facts);
  if (terms === null && register === "destination")
    throw new GatelogError("INVALID_TERMS", "the log at hand does not hold the session's terms: read the origin's", {
      sessionId,
    });
  // The escrow goes by the terms: if these name another register, no word of the facts' register is worth anything there.
  if (terms !== null && !isSame(terms.log, register === "log" ? log : null))
    throw new GatelogError("INVALID_TERMS", "the session's facts and its terms name different registers", {
      sessionId,
    });
  const lock = await search(store, sessionId, origin.gatewayId, "init-lock");
  const mint = await search(store, sessionId, destination.gatewayId, "init-mint");
  // A private log that lies here may be older than its writer's: it never proves that nothing was announced.
  const announced = register === "log" ? { lock: lock.found, mint: mint.found } : { lock: true, mint: true };
  return { facts, terms, announced, votedNo: mint.vote === "no" };
}

function isSame(one: SessionFacts["log"], other: SessionFacts["log"]): boolean {
  return one?.chainId === other?.chainId && one?.registry === other?.registry;
}

interface Search {
  readonly found: boolean;
  /** The first that the log has; it alone counts in the register. */
  readonly vote: Vote;
}

async function search(store: LogStore, sessionId: SessionId, gatewayId: GatewayId, mark: Mark): Promise<Search> {
  let found = false;
  let vote: Vote = "none";
  for (let from = 0; from < MAX_ENTRIES_READ; from += MAX_ENTRIES_PER_CALL) {
    const page = await pageOf(store, sessionId, gatewayId, from);
    for (const entry of page) {
      found ||= markOf(entry) === mark;
      if (vote === "none") vote = entry.vote;
    }
    if (page.length < MAX_ENTRIES_PER_CALL) return { found, vote };
  }
  return { found: true, vote };
}

async function pageOf(store: LogStore, sessionId: SessionId, gatewayId: GatewayId, from: number) {
  try {
    return await store.read(sessionId, gatewayId, { from, limit: MAX_ENTRIES_PER_CALL });
  } catch (error) {
    // A gateway's private store need not have a copy of the other's log.
    if (isGatelogError(error, "UNKNOWN_LOG")) return [];
    throw error;
  }
}

export async function readView(sources: SettleSources, { facts, terms }: SettleCase): Promise<SettleView> {
  const { decision } = await sources.store.session(facts.sessionId);
  const destination = terms && (await sources.ledgerOf(terms.destination).read(terms));
  const origin = terms && (await sources.ledgerOf(terms.origin).read(terms));
  const here = Math.floor(sources.clock.now() / MS_PER_SECOND);
  const time = {
    log: Math.max(here, await sources.facts.logTime()),
    origin: Math.max(here, origin?.timestamp ?? 0),
    destination: Math.max(here, destination?.timestamp ?? 0),
  };
  return { decision, origin, destination, time };
}

export function situationOf(known: SettleCase, view: SettleView, rights: HeldRights): SettleSituation {
  const { facts, terms, announced, votedNo } = known;
  const { decision, time } = view;
  return {
    register: facts.register === "destination" ? "destination" : "log",
    decision: decision.final ? decision.decision : "NONE",
    decisionPending: decision.decision !== "NONE" && !decision.final,
    votedNo,
    deadlinePassed: time.log >= facts.deadline,
    origin: sideOf(view.origin, announced.lock),
    destination: sideOf(view.destination, announced.mint),
    lockExpired: terms !== null && time.origin >= terms.lockExpiry,
    cancelAfterPassed: terms !== null && time.destination >= terms.cancelAfter,
    rights,
  };
}

function sideOf(view: LedgerView | null, announced: boolean): LedgerSituation {
  if (view === null) return { state: "NONE", pending: false, announced: false };
  return { state: view.state, pending: view.headState !== view.state, announced };
}
