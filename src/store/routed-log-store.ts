import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import type { Logging, SessionFacts, SessionOpening } from "../entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../entry/statements.ts";
import { keepsEvidence, unknownSession, type Equivocation, type KeepsEvidence } from "./admission.ts";
import {
  keepsClosings,
  keepsCopies,
  type Durability,
  type KeepsClosings,
  type KeepsCopies,
  type LogRun,
  type LogStore,
  type ReadRange,
  type RoutesSessions,
  type SessionRecord,
} from "./log-store.ts";
import { OpenCalls } from "./open-calls.ts";
import { SessionHomes } from "./session-homes.ts";

/** One of the stores. */
export interface RoutedMember {
  readonly store: LogStore;
  /** Resolves once nothing that an earlier process had sent to the store is on its way (R8). */
  flush(sessionId: SessionId): Promise<void>;
}

/** By the profile that each serves, in the order in which they are asked: the nearest first. */
export type RoutedMembers = ReadonlyMap<Logging, RoutedMember>;

interface Home {
  readonly logging: Logging;
  readonly store: LogStore;
}

/** From the weakest to the strongest promise. */
const DURABILITIES: readonly Durability[] = ["volatile", "local", "shared", "included", "final"];

/**
 * Several stores as one. A session is opened in the store that serves the logging profile of its facts, and is found wherever it was
 * opened: also one that was opened when another store served its profile.
 *
 * One session is in one store. An opening asks all of them first, behind what is on its way to any of them, and one that is found goes to the store
 * that has it: there it is a success that changes nothing, or SESSION_EXISTS. So no session is opened, and none that was not seen
 * before is found, while a store that is asked earlier does not answer: it might have it.
 *
 * Guarantees: those of the session's store, and no others. `durability` is the least of all; `home` says whose it is.
 * Limitations: `sessionsOf` asks all stores, so it fails with any of them, and its order is by store, then by age. See `SessionHomes`
 * for what several processes may do.
 */
export class RoutedLogStore implements LogStore, RoutesSessions {
  readonly durability: Durability;
  readonly #members: RoutedMembers;
  readonly #homes: SessionHomes;
  /** Writes: what is looked for in one store after the other is finished before any of them is closed. */
  protected readonly calls = new OpenCalls("the stores");

  /** @param homes Shared with what else opens sessions in the same stores. */
  constructor(members: RoutedMembers, homes = new SessionHomes()) {
    const stores = [...members.values()].map(({ store }) => store);
    this.#members = members;
    this.#homes = homes;
    this.durability = DURABILITIES.find((each) => stores.some(({ durability }) => durability === each)) ?? "volatile";
  }

  /** Errors beside the store's: NOT_SERVED_HERE, no store serves the profile of the facts. */
  async openSession(opening: SessionOpening, first: readonly SignedEntry[] = []): Promise<void> {
    await this.calls.run(() => this.#open(opening, ({ store }) => store.openSession(opening, first)));
  }

  async append(entries: readonly SignedEntry[]): Promise<void> {
    const [first] = entries;
    if (first === undefined) return;
    await this.calls.run(async () => (await this.#storeOf(first.sessionId)).append(entries));
  }

  async session(sessionId: SessionId): Promise<SessionRecord> {
    const known = this.#known(sessionId);
    return known ? known.store.session(sessionId) : (await this.#search(sessionId)).record;
  }

  async read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    return (await this.#storeOf(sessionId)).read(sessionId, gatewayId, range);
  }

  async sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    const lists = await Promise.all(
      [...this.#members.values()].map(({ store }) => store.sessionsOf(gatewayId, filter)),
    );
    return [...new Set(lists.flat())];
  }

  async closeLog(closing: ClosingStatement): Promise<void> {
    await this.calls.run(async () => (await this.#storeOf(closing.sessionId)).closeLog(closing));
  }

  async decide(statement: DecisionStatement): Promise<void> {
    await this.calls.run(async () => (await this.#storeOf(statement.sessionId)).decide(statement));
  }

  async home(sessionId: SessionId): Promise<Home> {
    return this.#known(sessionId) ?? (await this.#search(sessionId));
  }

  async homeFor({ sessionId, profile }: SessionFacts): Promise<Home> {
    return (await this.#find(sessionId)) ?? this.#serving(profile.logging);
  }

  /** Resolves once nothing of the session is on its way to a store that may have it. */
  async flush(sessionId: SessionId): Promise<void> {
    const logging = this.#homes.get(sessionId);
    const home = logging && this.#members.get(logging);
    const asked = home ? [home] : [...this.#members.values()];
    for (const member of asked) await member.flush(sessionId);
  }

  copies(): KeepsCopies {
    return { adopt: (run) => this.calls.run(() => this.#adopt(run)) };
  }

  /** Closes every store, also behind one that fails to close. */
  async close(): Promise<void> {
    await this.calls.end();
    const closings = await Promise.allSettled([...this.#members.values()].map(({ store }) => store.close()));
    for (const closing of closings) if (closing.status === "rejected") throw closing.reason;
  }

  async #adopt(run: LogRun): Promise<void> {
    const { opening, entries } = run;
    const sessionId = opening?.facts.sessionId ?? entries[0]?.sessionId;
    if (sessionId === undefined) return; // nothing to have
    const adopt = ({ logging, store }: Home): Promise<void> => {
      if (keepsCopies(store)) return store.adopt(run);
      throw new GatelogError("NOT_SERVED_HERE", `the log ${logging} keeps no copies`, { sessionId, logging });
    };
    const known = this.#known(sessionId);
    if (known) await adopt(known);
    else if (opening) await this.#open(opening, adopt);
    else await adopt(await this.#search(sessionId));
  }

  async #open({ facts }: SessionOpening, work: (home: Home) => Promise<void>): Promise<void> {
    const { sessionId } = facts;
    await this.#homes.inTurn(sessionId, async () => {
      const home = await this.homeFor(facts);
      await work(home);
      this.#homes.set(sessionId, home.logging);
    });
  }

  #serving(logging: Logging): Home {
    const member = this.#members.get(logging);
    if (member) return { logging, store: member.store };
    const expected = [...this.#members.keys()].join(" ");
    throw new GatelogError("NOT_SERVED_HERE", `no store here serves the logging ${logging}`, {
      expected,
      actual: logging,
    });
  }

  /** Where the session is or will be, once what is on its way has come; undefined if it is nowhere. */
  async #find(sessionId: SessionId): Promise<Home | undefined> {
    const known = this.#known(sessionId);
    if (known) return known;
    await this.flush(sessionId);
    try {
      return await this.#search(sessionId);
    } catch (error) {
      if (isGatelogError(error, "UNKNOWN_SESSION")) return undefined;
      throw error;
    }
  }

  #known(sessionId: SessionId): Home | undefined {
    const logging = this.#homes.get(sessionId);
    const member = logging && this.#members.get(logging);
    return logging && member && { logging, store: member.store };
  }

  async #storeOf(sessionId: SessionId): Promise<LogStore> {
    return (await this.home(sessionId)).store;
  }

  /** Asks one store after the other. Whoever does not answer might have the session, so what it throws is thrown. */
  async #search(sessionId: SessionId): Promise<Home & { readonly record: SessionRecord }> {
    for (const [logging, { store }] of this.#members)
      try {
        const record = await store.session(sessionId);
        this.#homes.set(sessionId, logging);
        return { logging, store, record };
      } catch (error) {
        if (!isGatelogError(error, "UNKNOWN_SESSION")) throw error;
      }
    throw unknownSession(sessionId);
  }
}

/** The same where every store keeps copies and closings. */
class RoutedPrivateLogStore extends RoutedLogStore implements KeepsCopies, KeepsClosings, KeepsEvidence {
  adopt(run: LogRun): Promise<void> {
    return this.copies().adopt(run);
  }

  async closings(sessionId: SessionId): Promise<ClosingStatement[]> {
    return (await this.#closingsOf(sessionId)).closings(sessionId);
  }

  async adoptClosing(closing: ClosingStatement): Promise<void> {
    await this.calls.run(async () => (await this.#closingsOf(closing.sessionId)).adoptClosing(closing));
  }

  /** NOT_SERVED_HERE if the session's store keeps none. */
  async evidence(sessionId: SessionId): Promise<readonly Equivocation[]> {
    const { logging, store } = await this.home(sessionId);
    if (keepsEvidence(store)) return store.evidence(sessionId);
    throw new GatelogError("NOT_SERVED_HERE", `the log ${logging} gives out no evidence`, { sessionId, logging });
  }

  async #closingsOf(sessionId: SessionId): Promise<KeepsClosings> {
    const { logging, store } = await this.home(sessionId);
    if (keepsClosings(store)) return store;
    throw new GatelogError("NOT_SERVED_HERE", `the log ${logging} gives out no closings`, { sessionId, logging });
  }
}

/** Keeps copies and closings if all of the stores do. */
export function routeLogs(members: RoutedMembers, homes: SessionHomes): RoutedLogStore {
  const stores = [...members.values()].map(({ store }) => store);
  const isPrivate = stores.every((store) => keepsCopies(store) && keepsClosings(store));
  return new (isPrivate ? RoutedPrivateLogStore : RoutedLogStore)(members, homes);
}
