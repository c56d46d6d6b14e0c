import { GatelogError, isGatelogError, type ErrorCode } from "../entry/errors.ts";
import type { LogEntry } from "../entry/entry.ts";
import type { SessionId } from "../entry/hex.ts";
import type { SessionRecord } from "../store/log-store.ts";
import { sessionsBehind } from "../store/session-pages.ts";
import { hasPrivateLogs, isPrivateLogging } from "./agreement.ts";
import { Discovery } from "./discovery.ts";
import { createExchange, type Exchange } from "./exchange.ts";
import { explain } from "./explain.ts";
import { Openings } from "./openings.ts";
import { gatelogErrorOf, RunningSessions } from "./running-sessions.ts";
import { checkPeerMessage } from "./peer-message.ts";
import type { LogQuery, PeerRun, RunReceipt } from "./runs.ts";
import { offerTo } from "./offer.ts";
import { readState, type FoldedSession } from "./session-reader.ts";
import { checkSameRequest, sessionIdFor, settleRequest, type SettledRequest, type TransferRequest } from "./request.ts";
import type { Refusal } from "../protocol/state.ts";
import type { GatewayOptions, GatewayPorts } from "./ports.ts";
import type {
  Explanation,
  GatewayOverview,
  GatewayService,
  OfferQuery,
  PeerOffer,
  TransferStatus,
  Wish,
} from "./public.ts";

/** For so long what a standby has folded has the log for itself, until it has written. */
const HEAD_START_MS = 100;

/** Stuck in a way that time alone does not mend. */
const ALARMS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["ROLLBACK_FAILED", "DISPUTED"]);

export interface Gateway extends GatewayService {
  /**
   * Folds every open session from the log and goes on with each. Resolves when all of them are under way. Those that a standby has
   * folded go first, from where it was.
   */
  start(folded?: readonly FoldedSession[]): Promise<void>;
  /** Stops after the effect that each session is in; what is not done is done after the next start. */
  stop(): Promise<void>;
}

/** A gateway that may be a standby's, which does not start it yet. */
export interface MemberGateway extends Gateway {
  /** Gets ready for a `start` with these that is likely. Reads, and changes nothing. */
  prepare(folded: readonly FoldedSession[]): Promise<void>;
}

export function createGateway(ports: GatewayPorts, options: GatewayOptions): MemberGateway {
  return new GatewayProcess(ports, options);
}

class GatewayProcess implements MemberGateway {
  readonly #ports: GatewayPorts;
  readonly #options: GatewayOptions;
  readonly #running: RunningSessions;
  /** Requests under way, so that two with one key make one session. */
  readonly #requests = new Map<SessionId, Promise<TransferStatus>>();
  readonly #openings: Openings;
  readonly #stopping = new AbortController();
  /** How private logs travel; undefined where there are none. */
  readonly #exchange: Exchange | undefined;
  readonly #discovery: Discovery;
  #discovering: Promise<void> | undefined;
  readonly #startedAt: number;

  constructor(ports: GatewayPorts, options: GatewayOptions) {
    this.#exchange = createExchange(ports, options, {
      onNews: (record) => this.#running.run(record).heard(),
      onDispute: (sessionId, dispute) => this.#running.get(sessionId)?.dispute(dispute),
      onBackup: (...met) => this.#running.met(...met),
      requireRoom: ({ sessionId, origin }) => this.#running.room.require(sessionId, origin.gatewayId),
    });
    // To its sessions an exchange is what messages and outbox are; those whose log is shared it passes on to these.
    this.#ports = this.#exchange ? { ...ports, peers: this.#exchange, outbox: this.#exchange } : ports;
    this.#options = options;
    this.#startedAt = ports.clock.now();
    this.#openings = new Openings(this.#ports, options);
    this.#running = new RunningSessions(this.#ports, options, {
      isBusy: (sessionId) => this.#openings.has(sessionId),
      onEnd: (sessionId) => this.#exchange?.finish(sessionId),
    });
    this.#discovery = new Discovery(this.#ports, options.gatewayId, {
      isKnown: (sessionId) => this.#isKnown(sessionId),
      hasRoom: ({ opening: { facts } }) => this.#running.room.has(facts.sessionId, facts.origin.gatewayId),
      run: (record) => void this.#running.run(record),
      halt: (sessionId, error) => this.#running.halt(sessionId, error),
    });
  }

  get identity() {
    const { gatewayId, name, owner, ledgerKeys, loggings } = this.#options;
    return { gatewayId, name, owner, networks: [...ledgerKeys.keys()], loggings };
  }

  async prepare(folded: readonly FoldedSession[]): Promise<void> {
    await this.#exchange?.prepare(folded.map(({ record }) => record));
  }

  async start(folded: readonly FoldedSession[] = []): Promise<void> {
    for (const { record, state } of folded) this.#running.run(record, { folded: state });
    await this.#running.underWay(HEAD_START_MS);
    await this.#openings.settleAll((sessionId) => this.#requests.has(sessionId));
    await this.#discovery.resume();
    this.#discovering = this.#keepDiscovering();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#running.stop(), this.#discovering]);
    await this.#exchange?.stop();
  }

  async transfer(asked: TransferRequest): Promise<TransferStatus> {
    const request = settleRequest(asked, this.#options.loggings[0]);
    const sessionId = sessionIdFor(this.#options.gatewayId, request.idempotencyKey);
    // Whoever waited looks again: another one that waited may have been faster. Its own caller is told what came of it.
    for (let ahead = this.#requests.get(sessionId); ahead; ahead = this.#requests.get(sessionId))
      await ahead.catch(() => undefined);
    const started = this.#transfer(sessionId, request).finally(() => this.#requests.delete(sessionId));
    this.#requests.set(sessionId, started);
    return started;
  }

  async status(sessionId: SessionId): Promise<TransferStatus> {
    const record = await this.#recordOf(sessionId);
    if (isGatelogError(record)) return this.#statusInDoubt(sessionId, record);
    const { facts } = record.opening;
    const { gatewayId } = this.#options;
    if (facts.origin.gatewayId !== gatewayId && facts.destination?.gatewayId !== gatewayId)
      throw new GatelogError("UNKNOWN_SESSION", "this gateway is no party to the session", { sessionId });
    const state = this.#running.get(sessionId)?.state ?? (await readState(this.#ports.store, record, gatewayId));
    return this.#running.statusOf(state, record.decision.decision);
  }

  /** A log that does not answer for a passing reason is an answer: nobody may conclude anything now. */
  async #recordOf(sessionId: SessionId): Promise<SessionRecord | GatelogError> {
    try {
      return await this.#ports.store.session(sessionId);
    } catch (error) {
      if (isGatelogError(error) && error.disposition === "retry" && this.#running.get(sessionId)?.state) return error;
      throw error;
    }
  }

  #statusInDoubt(sessionId: SessionId, cause: GatelogError): TransferStatus {
    const state = this.#running.get(sessionId)?.state;
    if (!state) throw cause;
    const status = this.#running.statusOf(state, state.decision);
    return { ...status, waitingFor: "log", reason: status.reason ?? { code: cause.code, message: cause.message } };
  }

  async cancel(sessionId: SessionId): Promise<TransferStatus> {
    return this.#abort(sessionId, { code: "REFUSED", reason: "cancelled on request" });
  }

  async rollback(sessionId: SessionId): Promise<TransferStatus> {
    return this.#abort(sessionId, { code: "REFUSED", reason: "rolled back on request" });
  }

  async recover(sessionId: SessionId): Promise<TransferStatus> {
    await this.status(sessionId); // UNKNOWN_SESSION to a stranger
    this.#running.release(sessionId);
    this.#running.run(await this.#ports.store.session(sessionId)).wishRecovery();
    return this.status(sessionId);
  }

  async explain(sessionId: SessionId, wish: Wish): Promise<Explanation> {
    await this.status(sessionId);
    return explain(this.#ports, this.#options, await this.#ports.store.session(sessionId), wish);
  }

  /** From memory alone, so that it may be asked often, and answers when the log does not. */
  overview(): Promise<GatewayOverview> {
    const sessions = this.#running.statuses();
    const alarms = [
      ...[...this.#running.halted].map(([sessionId, { error }]) => {
        const { code, message } = error;
        return { sessionId, code, message };
      }),
      ...sessions.flatMap(({ sessionId, stuck }) => (stuck && ALARMS.has(stuck.code) ? [{ sessionId, ...stuck }] : [])),
    ];
    const openSessions = this.#running.size;
    return Promise.resolve({ ...this.identity, startedAt: this.#startedAt, openSessions, alarms, sessions });
  }

  async sessions({
    stuck = false,
    limit = Infinity,
    ...filter
  }: Parameters<GatewayService["sessions"]>[0]): Promise<TransferStatus[]> {
    const statuses: TransferStatus[] = [];
    for (const id of await sessionsBehind(this.#ports.store, this.#options.gatewayId, filter)) {
      if (statuses.length >= limit) break;
      const { opening } = await this.#ports.store.session(id);
      if (opening.facts.destination === null) continue; // no transfer, but an operator's log
      const status = await this.status(id);
      if (!stuck || status.stuck !== null) statuses.push(status);
    }
    return statuses;
  }

  async #abort(sessionId: SessionId, refusal: Refusal): Promise<TransferStatus> {
    const status = await this.status(sessionId);
    if (status.disputed)
      throw new GatelogError("DISPUTED", "neither side acts in a dispute; ask for a recovery first", { sessionId });
    if (status.decision !== "NONE" || status.outcome !== "IN_DOUBT" || status.rollback !== "none")
      throw new GatelogError("TOO_LATE", `the transfer is decided: ${status.decision}`, {
        sessionId,
        decision: status.decision,
      });
    this.#running.run(await this.#ports.store.session(sessionId)).wishAbort(refusal);
    return status;
  }

  async onPeerMessage(sessionId: SessionId, entry: LogEntry): Promise<void> {
    const { gatewayId, log } = this.#options;
    const record = log && (await checkPeerMessage(this.#ports, gatewayId, sessionId, entry));
    if (record === null || hasPrivateLogs(record.opening.facts))
      throw new GatelogError("NOT_SERVED_HERE", "the session's logs are private: bring the entries", { sessionId });
    this.#running.room.require(sessionId, record.opening.facts.origin.gatewayId);
    this.#running.run(record).heard();
  }

  onPeerRun(sessionId: SessionId, run: PeerRun): Promise<RunReceipt> {
    return this.#requireExchange().receive(sessionId, run);
  }

  peerLog(sessionId: SessionId, query: LogQuery): Promise<PeerRun> {
    return this.#requireExchange().page(sessionId, query);
  }

  #requireExchange(): Exchange {
    if (this.#exchange) return this.#exchange;
    throw new GatelogError("NOT_SERVED_HERE", "this gateway's logs are shared: they are read where they stand");
  }

  offer(query: OfferQuery): Promise<PeerOffer> {
    return offerTo(query, this.#ports, this.#options);
  }

  async #transfer(sessionId: SessionId, request: SettledRequest): Promise<TransferStatus> {
    const unsettled = this.#openings.requestHashOf(sessionId);
    if (unsettled !== undefined) {
      checkSameRequest(sessionId, unsettled, request);
      await this.#openings.settle(sessionId);
    }
    const known = await this.#openings.standing(sessionId);
    // Where the disk was lost, the peer may have the session that the client asks for again.
    const isRecalled = !known && (await this.#recall(sessionId, request));
    const existing = isRecalled ? await this.#openings.standing(sessionId) : known;
    if (existing) {
      const { origin, requestHash } = existing.opening.facts;
      if (origin.gatewayId !== this.#options.gatewayId)
        throw new GatelogError(
          "SESSION_EXISTS",
          "another gateway has taken the session's id; use another idempotency key",
          {
            sessionId,
            gatewayId: origin.gatewayId,
          },
        );
      checkSameRequest(sessionId, requestHash, request);
    } else {
      this.#running.room.require(sessionId, this.#options.gatewayId);
      await this.#openings.open(sessionId, request);
    }
    this.#running.run(existing ?? (await this.#ports.store.session(sessionId)), { isNew: existing === undefined });
    return this.status(sessionId);
  }

  async #recall(sessionId: SessionId, { profile, destination }: SettledRequest): Promise<boolean> {
    if (!this.#exchange || !isPrivateLogging(profile.logging)) return false;
    return this.#exchange.recall(destination.gatewayId, sessionId);
  }

  /** Of a session that is being opened right now, what its first entry will be is not in the log yet. */
  #isKnown(sessionId: SessionId): boolean {
    return [this.#running, this.#requests, this.#openings].some((some) => some.has(sessionId));
  }

  async #keepDiscovering(): Promise<void> {
    const { clock, observe } = this.#ports;
    const { signal } = this.#stopping;
    const stopped = () => signal.aborted;
    while (!stopped()) {
      await clock.sleep(this.#options.timing.discovery, signal);
      if (stopped()) return;
      try {
        await this.#openings.settleAll((sessionId) => this.#requests.has(sessionId));
        await this.#discovery.pass();
      } catch (error) {
        // The log is away, or something is wrong with it: sessions under way notice by themselves. Asked again after a while.
        const { code, message } = gatelogErrorOf(error);
        observe({ type: "trouble", sessionId: null, code, message });
      }
    }
  }
}
