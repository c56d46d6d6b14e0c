import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { LENGTH_MAX, signEntry, type LogEntry, type SignedEntry } from "../entry/entry.ts";
import { ZERO_HASH, type GatewayId, type SessionId } from "../entry/hex.ts";
import { checkGateways, type LogEntryRequest } from "../entry/log-entry-request.ts";
import { sessionHashOf, type Logging, type SessionFacts } from "../entry/session.ts";
import type { DigestSigner } from "../entry/signature.ts";
import { signOpening } from "../entry/signed-statements.ts";
import type { RegistryDomain } from "../entry/statements.ts";
import { unknownLog } from "./admission.ts";
import {
  MAX_ENTRIES_PER_CALL,
  type Durability,
  type GatewayDirectory,
  type LogStore,
  type SessionRecord,
} from "./log-store.ts";

/** What it needs of a store. */
export type OperatorStore = Pick<LogStore, "durability" | "openSession" | "append" | "session" | "read">;

export interface OperatorLogOptions {
  readonly gatewayId: GatewayId;
  /** Network that the sessions of this log are on; they move nothing between two. */
  readonly networkId: string;
  /** Registry that the session facts name, or null where the store is no chain. */
  readonly log: RegistryDomain | null;
  /** The profile that the session facts name; without it, that of the store's durability. */
  readonly logging?: Logging;
}

/** Room that a writer's own wish for a seqNumber leaves to the entries that come after it. */
const MAX_WISHED_SEQ_NUMBER = Number.MAX_SAFE_INTEGER - LENGTH_MAX;

const LOGGING: Readonly<Record<Durability, Logging>> = {
  volatile: "local",
  local: "local",
  shared: "shared",
  included: "chain",
  final: "chain",
};

/**
 * Makes entries of log-entry requests: a gateway's operator says what happened, and this fills in index, seqNumber,
 * lastEntryHash and epoch and signs with the gateway's key (Direct mode; clients that know draft-01 alone). Such sessions
 * have one gateway and no register; the first entry opens its session. It writes no session of two gateways: their logs are
 * the engine's, and a log has one writer.
 *
 * One writer per log means one OperatorLog per gateway. Over a chain or http store it needs an outbox (R8). A repeated
 * request is another entry: requests carry no key of their own. Who must be able to repeat compares and writes in `extend`.
 */
export class OperatorLog {
  readonly #store: OperatorStore;
  readonly #directory: GatewayDirectory;
  readonly #signer: DigestSigner;
  readonly #outbox: { flush(sessionId: SessionId): Promise<void> } | undefined;
  readonly #lead: <T>(work: () => Promise<T>) => Promise<T>;
  readonly #now: () => number;
  readonly #options: OperatorLogOptions;
  readonly #queues = new Map<SessionId, Promise<unknown>>();
  /** Signed, and its append has failed in a way that says nothing: the same bytes come first (R8). */
  readonly #unsettled = new Map<SessionId, () => Promise<void>>();

  /** @param deps.now UNIX milliseconds; the machine's clock by default. */
  constructor(
    deps: {
      readonly store: OperatorStore;
      readonly directory: GatewayDirectory;
      readonly signer: DigestSigner;
      /** In front of the store (R8): what an earlier process signed goes before anything new. */
      readonly outbox?: { flush(sessionId: SessionId): Promise<void> };
      /** Of a member of a group: does the work if it is the primary, and refuses it otherwise. */
      readonly lead?: <T>(work: () => Promise<T>) => Promise<T>;
      readonly now?: () => number;
    },
    options: OperatorLogOptions,
  ) {
    this.#store = deps.store;
    this.#directory = deps.directory;
    this.#signer = deps.signer;
    this.#outbox = deps.outbox;
    this.#lead = deps.lead ?? ((work) => work());
    this.#now = deps.now ?? (() => Date.now());
    this.#options = options;
  }

  get gatewayId(): GatewayId {
    return this.#options.gatewayId;
  }

  /**
   * Resolves with the entry once it has the store's durability. Errors beside the store's: NOT_SERVED_HERE (a session of two
   * gateways), STALE_EPOCH (the signer's key is not the gateway's current one), and those of `lead`. After an error with disposition retry the
   * entry may stand or not; it is sent again before the next one.
   */
  write(sessionId: SessionId, request: LogEntryRequest): Promise<SignedEntry> {
    return this.#lead(() => this.#inTurn(sessionId, () => this.#append(sessionId, request)));
  }

  /**
   * As `write`, for the requests that `choose` makes of the session as it stands (undefined: there is none yet), with no entry
   * of another caller's between. MAX_ENTRIES_PER_CALL of them at a time are one append, all or none: an error leaves those before.
   */
  extend(
    sessionId: SessionId,
    choose: (record: SessionRecord | undefined) => Promise<readonly LogEntryRequest[]>,
  ): Promise<void> {
    return this.#lead(() => this.#inTurn(sessionId, () => this.#extend(sessionId, choose)));
  }

  async #extend(sessionId: SessionId, choose: Parameters<OperatorLog["extend"]>[1]): Promise<void> {
    const record = await this.#find(sessionId);
    if (record !== undefined) this.#checkOwn(record.opening.facts);
    const requests = await choose(record);
    requests.forEach(checkWish);
    for (let start = 0; start < requests.length; start += MAX_ENTRIES_PER_CALL) {
      const [first, ...others] = requests.slice(start, start + MAX_ENTRIES_PER_CALL);
      if (first !== undefined) await this.#append(sessionId, first, others);
    }
  }

  /** One after the other in a session, behind what is in doubt there. */
  async #inTurn<T>(sessionId: SessionId, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(sessionId) ?? Promise.resolve();
    const turn = before.then(async () => {
      await this.#outbox?.flush(sessionId);
      await this.#unsettled.get(sessionId)?.();
      return work();
    });
    const settled = turn.catch(() => undefined); // The caller has the error; the next in the queue does not care.
    this.#queues.set(sessionId, settled);
    try {
      return await turn;
    } finally {
      if (this.#queues.get(sessionId) === settled) this.#queues.delete(sessionId);
    }
  }

  /** Consecutive entries, in one append; the last of them. */
  async #append(
    sessionId: SessionId,
    first: LogEntryRequest,
    others: readonly LogEntryRequest[] = [],
  ): Promise<SignedEntry> {
    const record = await this.#find(sessionId);
    const facts = record?.opening.facts ?? this.#newFacts(sessionId);
    this.#checkOwn(facts);
    for (const request of [first, ...others]) checkGateways(request, this.#options.gatewayId, facts);
    const epoch = await this.#currentEpoch();
    let last = await this.#sign(facts, epoch, await this.#last(record), first);
    const entries = [last];
    for (const request of others) entries.push((last = await this.#sign(facts, epoch, last, request)));
    const opening = record === undefined ? await signOpening(facts, epoch, this.#signer) : undefined;
    const send = async (): Promise<void> => {
      try {
        await (opening === undefined ? this.#store.append(entries) : this.#store.openSession(opening, entries));
      } catch (error) {
        if (isGatelogError(error) && error.disposition === "reject") this.#unsettled.delete(sessionId);
        throw error;
      }
      this.#unsettled.delete(sessionId);
    };
    this.#unsettled.set(sessionId, send);
    await send();
    return last;
  }

  #checkOwn({ sessionId, origin, destination }: SessionFacts): void {
    const { gatewayId } = this.#options;
    if (destination !== null)
      throw new GatelogError(
        "NOT_SERVED_HERE",
        "the logs of a session of two gateways are written by the gateways themselves",
        { sessionId },
      );
    if (origin.gatewayId !== gatewayId) throw unknownLog(sessionId, gatewayId);
  }

  #sign(
    facts: SessionFacts,
    epoch: number,
    last: LogEntry | undefined,
    request: LogEntryRequest,
  ): Promise<SignedEntry> {
    const { step, operation, vote, command, payload, timestamp } = request;
    checkWish(request);
    const place = {
      sessionId: facts.sessionId,
      sessionHash: sessionHashOf(facts),
      gatewayId: this.#options.gatewayId,
      epoch,
      index: last === undefined ? 0 : last.index + 1,
      seqNumber: Math.max(request.seqNumber, last === undefined ? 0 : last.seqNumber + 1),
      causedBy: ZERO_HASH,
      lastEntryHash: last?.entryHash ?? ZERO_HASH,
    };
    return signEntry(
      { ...place, step, operation, vote, command, timestamp: timestamp ?? this.#now() },
      payload,
      this.#signer,
    );
  }

  async #last(record: SessionRecord | undefined): Promise<LogEntry | undefined> {
    const head = record?.logs[0];
    if (record === undefined || head === undefined || head.length === 0) return undefined;
    const { sessionId } = record.opening.facts;
    const [entry] = await this.#store.read(sessionId, head.gatewayId, { from: head.length - 1, limit: 1 });
    if (entry === undefined)
      throw new GatelogError("STORE_UNAVAILABLE", "the last entry cannot be read yet", { sessionId });
    return entry;
  }

  async #currentEpoch(): Promise<number> {
    const { gatewayId, epoch, keys } = await this.#directory.gateway(this.#options.gatewayId);
    const expected = keys.find((row) => row.epoch === epoch)?.key ?? "";
    if (expected !== this.#signer.address)
      throw new GatelogError("STALE_EPOCH", "the signer's key is not the gateway's current one", {
        gatewayId,
        expected,
        actual: this.#signer.address,
      });
    return epoch;
  }

  async #find(sessionId: SessionId): Promise<SessionRecord | undefined> {
    try {
      return await this.#store.session(sessionId);
    } catch (error) {
      if (isGatelogError(error, "UNKNOWN_SESSION")) return undefined;
      throw error;
    }
  }

  #newFacts(sessionId: SessionId): SessionFacts {
    const { gatewayId, networkId, log, logging = LOGGING[this.#store.durability] } = this.#options;
    return {
      sessionId,
      contextId: sessionId,
      origin: { gatewayId, networkId, asset: null },
      destination: null,
      amount: null,
      deadline: 0,
      termsHash: null,
      requestHash: null,
      profile: { logging, accessControl: "operator" },
      register: "none",
      log,
    };
  }
}

function checkWish({ seqNumber }: LogEntryRequest): void {
  if (seqNumber > MAX_WISHED_SEQ_NUMBER)
    throw new GatelogError("MALFORMED", `seqNumber is at most ${MAX_WISHED_SEQ_NUMBER}`, {
      maximum: MAX_WISHED_SEQ_NUMBER,
      actual: seqNumber,
    });
}
