import { GatelogError, isGatelogError, type ErrorCode } from "../entry/errors.ts";
import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import type { SessionId } from "../entry/hex.ts";
import type { LogRun, SessionRecord } from "../store/log-store.ts";
import { Discovery } from "./discovery.ts";
import { createExchange, type Exchange } from "./exchange.ts";
import { explain } from "./explain.ts";
import { Openings } from "./openings.ts";
import { Room } from "./room.ts";
import { SessionActor } from "./session-actor.ts";
import { checkPeerMessage } from "./peer-message.ts";
import type { LogQuery, RunReceipt } from "./runs.ts";
import { offerTo } from "./offer.ts";
import { agreementOf } from "./proposal.ts";
import { readState } from "./session-reader.ts";
import { statusOf } from "./status.ts";
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

/** Stuck in a way that time alone does not mend. */
const ALARMS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["ROLLBACK_FAILED", "DISPUTED"]);

export interface Gateway extends GatewayService {
  /** Folds every open session from the log and goes on with each. Resolves when all of them are under way. */
  start(): Promise<void>;
  /** Stops after the effect that each session is in; what is not done is done after the next start. */
  stop(): Promise<void>;
}

export function createGateway(ports: GatewayPorts, options: GatewayOptions): Gateway {
  return new GatewayProcess(ports, options);
}

class GatewayProcess implements Gateway {
  readonly #ports: GatewayPorts;
  readonly #options: GatewayOptions;
  readonly #actors = new Map<SessionId, SessionActor>();
  readonly #runs = new Map<SessionId, Promise<void>>();
  /** Why a session stands still; until the process is started again. */
  readonly #halted = new Map<SessionId, GatelogError>();
  /** Requests under way, so that two with one key make one session. */
  readonly #requests = new Map<SessionId, Promise<TransferStatus>>();
  readonly #openings: Openings;
  readonly #stopping = new AbortController();
  /** How private logs travel; undefined where both gateways write to one log. */
  readonly #exchange: Exchange | undefined;
  readonly #room: Room;
  readonly #discovery: Discovery;
  #discovering: Promise<void> | undefined;
  readonly #startedAt: number;

  constructor(ports: GatewayPorts, options: GatewayOptions) {
    this.#exchange = createExchange(ports, options, {
      onNews: (record) => this.#run(record).heard(),
      onDispute: (sessionId, dispute) => this.#actors.get(sessionId)?.dispute(dispute),
      requireRoom: ({ sessionId, origin }) => this.#room.require(sessionId, origin.gatewayId),
    });
    // To its sessions an exchange is what messages and outbox are where the log is shared.
    this.#ports = this.#exchange ? { ...ports, peers: this.#exchange, outbox: this.#exchange } : ports;
    this.#options = options;
    this.#startedAt = ports.clock.now();
    this.#openings = new Openings(this.#ports, options);
    this.#room = new Room(options.gatewayId);
    this.#discovery = new Discovery(this.#ports, options.gatewayId, {
      isKnown: (sessionId) => this.#isKnown(sessionId),
      hasRoom: ({ opening: { facts } }) => this.#room.has(facts.sessionId, facts.origin.gatewayId),
      run: (record) => void this.#run(record),
      halt: (sessionId, error) => this.#halt(sessionId, error),
    });
  }

  get identity() {
    const { gatewayId, name, owner, ledgerKeys } = this.#options;
    return { gatewayId, name, owner, networks: [...ledgerKeys.keys()] };
  }

  async start(): Promise<void> {
    await this.#openings.settleAll((sessionId) => this.#requests.has(sessionId));
    await this.#discovery.resume();
    this.#discovering = this.#keepDiscovering();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const actor of this.#actors.values()) actor.stop();
    await Promise.all([...this.#runs.values(), this.#discovering]);
  }

  async transfer(asked: TransferRequest): Promise<TransferStatus> {
    const request = settleRequest(asked, agreementOf(this.#options).logging);
    const sessionId = sessionIdFor(this.#options.gatewayId, request.idempotencyKey);
    // Whoever waited looks again: another one that waited may have been faster. Its own caller is told what came of it.
    for (let ahead = this.#requests.get(sessionId); ahead; ahead = this.#requests.get(sessionId))
      await ahead.catch(() => undefined);
    const started = this.#transfer(sessionId, request).finally(() => this.#requests.delete(sessionId));
    this.#requests.set(sessionId, started);
    return started;
  }

  async status(sessionId: SessionId): Promise<TransferStatus> {
    const record = await this.#ports.store.session(sessionId);
    const { opening, decision } = record;
    const { facts } = opening;
    const { gatewayId } = this.#options;
    if (facts.origin.gatewayId !== gatewayId && facts.destination?.gatewayId !== gatewayId)
      throw new GatelogError("UNKNOWN_SESSION", "this gateway is no party to the session", { sessionId });
    const actor = this.#actors.get(sessionId);
    const state = actor?.state ?? (await readState(this.#ports.store, record, gatewayId));
    const now = this.#ports.clock.now();
    const activity = actor?.activity ?? { waitingFor: null, since: now, trouble: null };
    const { stuckAfter } = this.#options.timing;
    return statusOf(state, decision.decision, activity, this.#halted.get(sessionId), { now, stuckAfter });
  }

  async cancel(sessionId: SessionId): Promise<TransferStatus> {
    return this.#abort(sessionId, { code: "REFUSED", reason: "cancelled on request" });
  }

  async rollback(sessionId: SessionId): Promise<TransferStatus> {
    return this.#abort(sessionId, { code: "REFUSED", reason: "rolled back on request" });
  }

  async recover(sessionId: SessionId): Promise<TransferStatus> {
    await this.status(sessionId); // UNKNOWN_SESSION to a stranger
    this.#halted.delete(sessionId);
    this.#run(await this.#ports.store.session(sessionId)).wishRecovery();
    return this.status(sessionId);
  }

  async explain(sessionId: SessionId, wish: Wish): Promise<Explanation> {
    await this.status(sessionId);
    return explain(this.#ports, this.#options, await this.#ports.store.session(sessionId), wish);
  }

  async overview(): Promise<GatewayOverview> {
    const sessions = await this.sessions({ open: true });
    const alarms = sessions.flatMap(({ sessionId, stuck }) =>
      stuck && (ALARMS.has(stuck.code) || this.#halted.has(sessionId)) ? [{ sessionId, ...stuck }] : [],
    );
    return { ...this.identity, startedAt: this.#startedAt, openSessions: sessions.length, alarms, sessions };
  }

  async sessions(filter: { readonly open: boolean; readonly stuck?: boolean }): Promise<TransferStatus[]> {
    const ids = await this.#ports.store.sessionsOf(this.#options.gatewayId, filter);
    const statuses: TransferStatus[] = [];
    for (const id of ids) {
      const { opening } = await this.#ports.store.session(id);
      if (opening.facts.destination === null) continue; // no transfer, but an operator's log
      const status = await this.status(id);
      if (filter.stuck !== true || status.stuck !== null) statuses.push(status);
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
    this.#run(await this.#ports.store.session(sessionId)).wishAbort(refusal);
    return status;
  }

  async onPeerMessage(sessionId: SessionId, entry: LogEntry): Promise<void> {
    if (this.#exchange)
      throw new GatelogError("NOT_SERVED_HERE", "this gateway's logs are private: bring the entries", { sessionId });
    const record = await checkPeerMessage(this.#ports, this.#options.gatewayId, sessionId, entry);
    this.#room.require(sessionId, record.opening.facts.origin.gatewayId);
    this.#run(record).heard();
  }

  onPeerRun(sessionId: SessionId, run: LogRun): Promise<RunReceipt> {
    return this.#requireExchange().receive(sessionId, run);
  }

  peerLog(sessionId: SessionId, query: LogQuery): Promise<SignedEntry[]> {
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
    const existing = await this.#find(sessionId);
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
      this.#room.require(sessionId, this.#options.gatewayId);
      await this.#openings.open(sessionId, request);
    }
    this.#run(existing ?? (await this.#ports.store.session(sessionId)), existing === undefined);
    return this.status(sessionId);
  }

  async #find(sessionId: SessionId): Promise<SessionRecord | undefined> {
    try {
      return await this.#ports.store.session(sessionId);
    } catch (error) {
      if (isGatelogError(error, "UNKNOWN_SESSION")) return undefined;
      throw error;
    }
  }

  /** The session's actor, started if there is anything to do for it here. */
  #run(record: SessionRecord, isNew = false): SessionActor {
    const { sessionId, origin } = record.opening.facts;
    const running = this.#actors.get(sessionId);
    if (running) return running;
    const actor = new SessionActor(sessionId, this.#ports, this.#options, isNew);
    const ownLog = record.logs.find((log) => log.gatewayId === this.#options.gatewayId);
    const standsStill = this.#halted.has(sessionId) || this.#openings.has(sessionId);
    if (ownLog?.closed || standsStill || this.#stopping.signal.aborted) return actor;
    this.#actors.set(sessionId, actor);
    this.#room.take(sessionId, origin.gatewayId);
    const run = actor
      .run()
      .then(() => this.#exchange?.sendRest(sessionId))
      .catch((error: unknown) => this.#halt(sessionId, error))
      .finally(() => {
        this.#actors.delete(sessionId);
        this.#room.leave(sessionId);
        this.#runs.delete(sessionId);
      });
    this.#runs.set(sessionId, run);
    return actor;
  }

  #halt(sessionId: SessionId, cause: unknown): void {
    const error = gatelogErrorOf(cause);
    this.#halted.set(sessionId, error);
    this.#ports.observe({ type: "alarm", sessionId, code: error.code, message: error.message });
  }

  /** Of a session that is being opened right now, what its first entry will be is not in the log yet. */
  #isKnown(sessionId: SessionId): boolean {
    return [this.#actors, this.#halted, this.#requests, this.#openings].some((some) => some.has(sessionId));
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

function gatelogErrorOf(cause: unknown): GatelogError {
  return isGatelogError(cause) ? cause : new GatelogError("INTERNAL", String(cause), {}, { cause });
}
