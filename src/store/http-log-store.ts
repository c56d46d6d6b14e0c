import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { ZERO_HASH, type GatewayId, type SessionId } from "../entry/hex.ts";
import { checkLog } from "../entry/log-check.ts";
import { sessionHashOf, type SessionOpening } from "../entry/session.ts";
import { checkDecisionSignature, checkOpeningSignature } from "../entry/signed-statements.ts";
import type { ClosingStatement, DecisionStatement } from "../entry/statements.ts";
import type { HttpClientOptions } from "../client/http-client.ts";
import { LogClient } from "../client/log-client.ts";
import { keysOf } from "./admission.ts";
import { isVerdict } from "./http-verdicts.ts";
import {
  checkRange,
  MAX_ENTRIES_PER_CALL,
  type ChainPlace,
  type Durability,
  type GatewayDirectory,
  type GatewayRecord,
  type LocatesEntries,
  type LogStore,
  type ReadRange,
  type SessionRecord,
} from "./log-store.ts";

/** Openings that were verified, kept so that each is verified once. */
const MAX_VERIFIED_OPENINGS = 10_000;

/** Connects to another's log API. STORE_UNAVAILABLE or TIMEOUT while it cannot be reached. */
export async function connectHttpLogStore(
  deps: { readonly directory: GatewayDirectory },
  options: HttpClientOptions,
): Promise<HttpLogStore> {
  const { durability } = await new LogClient({ ...options, isVerdict }).service();
  return new HttpLogStore(deps, { ...options, durability });
}

/**
 * Logs behind another's log API. What a resolved write has reached is the service's word (`durability`).
 *
 * Everything that is signed is verified as it is read, against the directory's keys: openings, entries, decisions of the
 * origin. Where the directory is not the service's own (the registry's, or a configuration's), a service in the middle
 * cannot alter a log, and CORRUPT_STORE says that one tried; where it is (`HttpGatewayDirectory` at the same place), the service can
 * name keys of its own, and what is read is as true as the service. In either case it can withhold: show a log shorter than
 * it is, or claim that the register holds nothing, or ABORT on a ground that needs no signature. Who must know better reads
 * the chain. Put an outbox in front (R8).
 */
export class HttpLogStore implements LogStore, LocatesEntries {
  readonly durability: Durability;
  readonly #client: LogClient;
  readonly #directory: GatewayDirectory;
  readonly #abort = new AbortController();
  readonly #gateways = new Map<GatewayId, GatewayRecord>();
  /** Signature of the opening by session: verified, and its facts with it. */
  readonly #verified = new Map<SessionId, string>();

  /** @param options.durability What the service promises; `connectHttpLogStore` asks it. */
  constructor(
    deps: { readonly directory: GatewayDirectory },
    options: HttpClientOptions & { readonly durability: Durability },
  ) {
    this.durability = options.durability;
    this.#directory = deps.directory;
    const signals = options.signal === undefined ? [] : [options.signal];
    this.#client = new LogClient({ ...options, isVerdict, signal: AbortSignal.any([this.#abort.signal, ...signals]) });
  }

  async openSession(opening: SessionOpening, first: readonly SignedEntry[] = []): Promise<void> {
    await this.#client.openSession(opening);
    await this.append(first);
  }

  async append(entries: readonly SignedEntry[]): Promise<void> {
    const [first] = entries;
    if (first === undefined) return;
    await this.#client.append(first.sessionId, entries);
  }

  async session(sessionId: SessionId): Promise<SessionRecord> {
    const record = await this.#client.session(sessionId);
    return this.#trusting(sessionId, () => this.#verifyRecord(sessionId, record));
  }

  async read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    const { from, limit } = checkRange(range);
    if (limit === 0) return [];
    const entries = await this.#readPage(sessionId, gatewayId, from, limit);
    const { sessionHash } = entries.length === 0 ? { sessionHash: ZERO_HASH } : await this.session(sessionId);
    const proof = await this.#proofOf(sessionId, gatewayId, from, entries);
    return this.#trusting(sessionId, async () => {
      const [first] = entries;
      if (first === undefined) return [];
      const lastEntryHash = from === 0 ? ZERO_HASH : first.lastEntryHash;
      const all = [...entries, ...proof];
      const gateway = await this.#gateway(gatewayId, Math.max(...all.map((entry) => entry.epoch)));
      checkLog({ sessionId, sessionHash, gatewayId, length: from, lastEntryHash, epoch: 0 }, all, keysOf(gateway));
      return entries;
    });
  }

  sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    return this.#client.sessionsOf(gatewayId, filter);
  }

  async closeLog(closing: ClosingStatement): Promise<void> {
    await this.#client.closeLog(closing);
  }

  async decide(statement: DecisionStatement): Promise<void> {
    await this.#client.decide(statement);
  }

  /** As the service says: a block that it names is looked up in the chain by whoever must know. */
  async locate({ sessionId, gatewayId, index, entryHash }: LogEntry): Promise<ChainPlace | null> {
    const proof = await this.#client.proof({ sessionId, gatewayId }, index);
    if (proof.entryHash !== entryHash)
      throw new GatelogError("CORRUPT_STORE", "the log API proves another entry than it gives out", {
        ...{ sessionId, gatewayId, index, expected: entryHash, actual: proof.entryHash },
      });
    return proof.chain;
  }

  close(): Promise<void> {
    this.#abort.abort();
    return Promise.resolve();
  }

  async #readPage(sessionId: SessionId, gatewayId: GatewayId, from: number, limit: number): Promise<LogEntry[]> {
    const log = await this.#client.entries({ sessionId, gatewayId }, { from, limit });
    return log.slice(0, limit);
  }

  /** A page that ends within a run is proved by the entries after it, up to the one that carries the signature. */
  async #proofOf(
    sessionId: SessionId,
    gatewayId: GatewayId,
    from: number,
    entries: readonly LogEntry[],
  ): Promise<LogEntry[]> {
    if (entries.at(-1)?.signature !== null) return [];
    const rest = await this.#readPage(sessionId, gatewayId, from + entries.length, MAX_ENTRIES_PER_CALL);
    const signed = rest.findIndex((entry) => entry.signature !== null);
    return rest.slice(0, signed + 1);
  }

  async #verifyRecord(sessionId: SessionId, record: SessionRecord): Promise<SessionRecord> {
    const { opening, sessionHash, decision } = record;
    const { facts } = opening;
    const expected = sessionHashOf(facts);
    if (
      facts.sessionId !== sessionId ||
      sessionHash !== expected ||
      (this.#verified.get(sessionId) ?? opening.signature) !== opening.signature
    )
      throw new GatelogError("INVALID_SESSION", "the record is another session's", {
        sessionId,
        expected,
        actual: sessionHash,
      });
    if (!this.#verified.has(sessionId)) {
      checkOpeningSignature(opening, await this.#keyOf(facts.origin.gatewayId, opening.epoch));
      if (this.#verified.size < MAX_VERIFIED_OPENINGS) this.#verified.set(sessionId, opening.signature);
    }
    const { statement } = decision;
    if (
      (statement?.decision ?? "NONE") !== decision.decision ||
      (statement !== null && (statement.sessionHash !== expected || statement.sessionId !== sessionId))
    )
      throw new GatelogError("INVALID_SESSION", "the decision has no statement of its own", {
        sessionId,
        decision: decision.decision,
      });
    if (statement !== null && statement.signature !== null)
      checkDecisionSignature(facts, statement, await this.#keyOf(facts.origin.gatewayId, statement.epoch));
    return record;
  }

  async #keyOf(gatewayId: GatewayId, epoch: number) {
    const key = keysOf(await this.#gateway(gatewayId, epoch))(gatewayId, epoch);
    if (key === undefined)
      throw new GatelogError("STALE_EPOCH", `the gateway had no key in epoch ${epoch}`, { gatewayId, actual: epoch });
    return key;
  }

  /**
   * Keys of past epochs never change: the directory is asked again only for an epoch that was not known. One that does not know it
   * may be behind the log (another node, an answer from a moment ago): that is no verdict on the service.
   */
  async #gateway(gatewayId: GatewayId, epoch: number): Promise<GatewayRecord> {
    const known = this.#gateways.get(gatewayId);
    if (known !== undefined && known.epoch >= epoch) return known;
    const record = await this.#directory.gateway(gatewayId).catch((cause: unknown) => {
      throw isGatelogError(cause, "UNKNOWN_GATEWAY") ? notYetKnown(gatewayId, epoch, cause) : cause;
    });
    if (record.epoch < epoch) throw notYetKnown(gatewayId, epoch);
    this.#gateways.set(gatewayId, record);
    return record;
  }

  /** What does not verify is the service's fault, whatever the check calls it. */
  async #trusting<T>(sessionId: SessionId, check: () => Promise<T>): Promise<T> {
    try {
      return await check();
    } catch (cause) {
      if (!isGatelogError(cause) || cause.disposition !== "reject") throw cause;
      throw new GatelogError(
        "CORRUPT_STORE",
        `the log API gives out what nobody signed: ${cause.message}`,
        { sessionId, code: cause.code },
        { cause },
      );
    }
  }
}

function notYetKnown(gatewayId: GatewayId, epoch: number, cause?: unknown): GatelogError {
  const message = `nobody has named the gateway's key of epoch ${epoch} yet`;
  return new GatelogError(
    "STORE_UNAVAILABLE",
    message,
    { gatewayId, epoch },
    cause === undefined ? undefined : { cause },
  );
}
