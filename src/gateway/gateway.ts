import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { checkContent, checkSignature } from "../entry/log-check.ts";
import type { LogEntry } from "../entry/entry.ts";
import { ZERO_ADDRESS, type GatewayId, type SessionId } from "../entry/hex.ts";
import type { SessionRecord } from "../store/log-store.ts";
import { Openings } from "./openings.ts";
import { SessionActor } from "./session-actor.ts";
import { readState } from "./session-reader.ts";
import { statusOf } from "./status.ts";
import { checkSameRequest, sessionIdFor, type TransferRequest } from "./request.ts";
import type { GatewayOptions, GatewayPorts } from "./ports.ts";
import type { GatewayService, OfferQuery, PeerOffer, TransferStatus } from "./public.ts";

/** Most sessions that one process runs at once; further ones are refused with OVERLOADED and found again by discovery. */
const MAX_OPEN_SESSIONS = 1_000;

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
  #discovery: Promise<void> | undefined;

  constructor(ports: GatewayPorts, options: GatewayOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#openings = new Openings(ports, options);
  }

  get identity() {
    const { gatewayId, name, owner, ledgerKeys } = this.#options;
    return { gatewayId, name, owner, networks: [...ledgerKeys.keys()] };
  }

  async start(): Promise<void> {
    await this.#discover("resumed");
    this.#discovery = this.#keepDiscovering();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const actor of this.#actors.values()) actor.stop();
    await Promise.all([...this.#runs.values(), this.#discovery]);
  }

  async transfer(request: TransferRequest): Promise<TransferStatus> {
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
    const activity = actor?.activity ?? { waitingFor: null, since: this.#ports.clock.now(), trouble: null };
    return statusOf(state, decision.decision, activity, this.#halted.get(sessionId));
  }

  async cancel(sessionId: SessionId): Promise<TransferStatus> {
    const status = await this.status(sessionId);
    if (status.decision !== "NONE" || status.outcome !== "IN_DOUBT")
      throw new GatelogError("TOO_LATE", `the transfer is decided: ${status.decision}`, {
        sessionId,
        decision: status.decision,
      });
    this.#run(await this.#ports.store.session(sessionId)).wishAbort({
      code: "REFUSED",
      reason: "cancelled on request",
    });
    return status;
  }

  async sessions(filter: { readonly open: boolean }): Promise<TransferStatus[]> {
    const ids = await this.#ports.store.sessionsOf(this.#options.gatewayId, filter);
    const statuses: TransferStatus[] = [];
    for (const id of ids) {
      const { opening } = await this.#ports.store.session(id);
      if (opening.facts.destination !== null) statuses.push(await this.status(id)); // else no transfer, but an operator's log
    }
    return statuses;
  }

  async onPeerMessage(sessionId: SessionId, entry: LogEntry): Promise<void> {
    if (entry.sessionId !== sessionId)
      throw new GatelogError("MALFORMED", "the entry belongs to another session", { sessionId });
    const record = await this.#ports.store.session(sessionId);
    const { origin, destination } = record.opening.facts;
    const parties = [origin.gatewayId, destination?.gatewayId];
    if (
      !parties.includes(this.#options.gatewayId) ||
      !parties.includes(entry.gatewayId) ||
      entry.gatewayId === this.#options.gatewayId
    )
      throw new GatelogError("UNKNOWN_SESSION", "this gateway and the sender are not the session's parties", {
        sessionId,
      });
    checkContent(entry);
    const { keys } = await this.#ports.directory.gateway(entry.gatewayId);
    checkSignature(entry, (_, epoch) => keys.find((key) => key.epoch === epoch)?.key);
    this.#requireRoom(sessionId);
    this.#run(record).wake();
  }

  async offer(query: OfferQuery): Promise<PeerOffer> {
    const ledger = this.#ports.ledgers.get(query.networkId);
    const keys = this.#options.ledgerKeys.get(query.networkId);
    if (!ledger || !keys)
      throw new GatelogError("NOT_FOUND", `this gateway does not serve network ${query.networkId}`, {
        networkId: query.networkId,
      });
    const common = { chainId: ledger.chainId, escrow: ledger.escrow, owner: this.#options.owner, keys };
    try {
      const token = await ledger.mappedToken(query.originChainId, query.originToken);
      const { standard, decimals } = await ledger.token(token);
      return { ...common, token, standard, decimals };
    } catch (error) {
      // The proposal goes out all the same and is refused at 1.2, so that the refusal stands in the log.
      if (isGatelogError(error, "UNMAPPED_TOKEN"))
        return { ...common, token: ZERO_ADDRESS, standard: null, decimals: 0 };
      throw error;
    }
  }

  async #transfer(sessionId: SessionId, request: TransferRequest): Promise<TransferStatus> {
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
      this.#requireRoom(sessionId);
      await this.#openings.open(sessionId, request);
    }
    this.#run(existing ?? (await this.#ports.store.session(sessionId)));
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
  #run(record: SessionRecord): SessionActor {
    const { sessionId } = record.opening.facts;
    const running = this.#actors.get(sessionId);
    if (running) return running;
    const actor = new SessionActor(sessionId, this.#ports, this.#options);
    const ownLog = record.logs.find((log) => log.gatewayId === this.#options.gatewayId);
    const standsStill = this.#halted.has(sessionId) || this.#openings.has(sessionId);
    if (ownLog?.closed || standsStill || this.#stopping.signal.aborted) return actor;
    this.#actors.set(sessionId, actor);
    const run = actor
      .run()
      .catch((error: unknown) => this.#halt(sessionId, error))
      .finally(() => {
        this.#actors.delete(sessionId);
        this.#runs.delete(sessionId);
      });
    this.#runs.set(sessionId, run);
    return actor;
  }

  #halt(sessionId: SessionId, cause: unknown): void {
    const error = gatelogErrorOf(cause);
    this.#halted.set(sessionId, error);
    this.#ports.observe({ type: "trouble", sessionId, code: error.code, message: error.message });
  }

  /** MAX_OPEN_SESSIONS is for new ones; a session that runs already has its room. */
  #requireRoom(sessionId: SessionId): void {
    if (this.#actors.has(sessionId) || this.#actors.size < MAX_OPEN_SESSIONS) return;
    throw new GatelogError("OVERLOADED", `${MAX_OPEN_SESSIONS} sessions are open; ask again later`, {
      maximum: MAX_OPEN_SESSIONS,
    });
  }

  async #discover(how: "resumed" | "found"): Promise<void> {
    const { store, observe } = this.#ports;
    const { gatewayId } = this.#options;
    for (const sessionId of this.#openings.unsettled)
      if (!this.#requests.has(sessionId)) await this.#openings.settle(sessionId);
    for (const sessionId of await store.sessionsOf(gatewayId, { open: true })) {
      if (this.#actors.has(sessionId) || this.#halted.has(sessionId) || this.#actors.size >= MAX_OPEN_SESSIONS)
        continue;
      // Being opened right now: what its first entry will be is not in the log yet.
      if (this.#requests.has(sessionId)) continue;
      try {
        const record = await store.session(sessionId);
        if (!isTransferUnderWay(record, gatewayId)) continue;
        if (how === "resumed") {
          const { own } = await readState(store, record, gatewayId);
          observe({ type: "resumed", sessionId, lastEntry: own.last?.mark ?? null });
        }
        this.#run(record);
      } catch (error) {
        // Anybody registered can open a session towards this gateway: one that cannot be read must not stop the others.
        if (!isGatelogError(error) || error.disposition !== "reject") throw error;
        observe({ type: "trouble", sessionId, code: error.code, message: error.message });
      }
    }
  }

  async #keepDiscovering(): Promise<void> {
    const { clock, observe } = this.#ports;
    const { signal } = this.#stopping;
    const stopped = () => signal.aborted;
    while (!stopped()) {
      await clock.sleep(this.#options.timing.discovery, signal);
      if (stopped()) return;
      try {
        await this.#discover("found");
      } catch (error) {
        // The log is away, or something is wrong with it: sessions under way notice by themselves. Asked again after a while.
        const { code, message } = gatelogErrorOf(error);
        observe({ type: "trouble", sessionId: null, code, message });
      }
    }
  }
}

/**
 * Two gateways, and something to do for this one. A session of one gateway alone is its operator's log (Direct mode). One that
 * another gateway has opened and not written to is nobody's transfer yet: waiting for its first entry must not take the room
 * of those that hold assets.
 */
function isTransferUnderWay({ opening, logs }: SessionRecord, gatewayId: GatewayId): boolean {
  const { origin, destination } = opening.facts;
  return destination !== null && (origin.gatewayId === gatewayId || logs.some(({ length }) => length > 0));
}

function gatelogErrorOf(cause: unknown): GatelogError {
  return isGatelogError(cause) ? cause : new GatelogError("INTERNAL", String(cause), {}, { cause });
}
