import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { checkContent, checkSignature } from "../entry/log-check.ts";
import type { LogEntry } from "../entry/entry.ts";
import { ZERO_ADDRESS, type SessionId } from "../entry/hex.ts";
import { sessionHashOf } from "../entry/session.ts";
import { statementDigest } from "../entry/statements.ts";
import { initialState } from "../protocol/state.ts";
import { fold } from "../protocol/step.ts";
import { draft } from "../protocol/drafts.ts";
import { setupPayload } from "../protocol/payloads.ts";
import { MAX_ENTRIES_PER_CALL, type SessionRecord } from "../store/log-store.ts";
import { writeEntries } from "./entry-writer.ts";
import { propose } from "./proposal.ts";
import { SessionActor } from "./session-actor.ts";
import { statusOf } from "./status.ts";
import { requestHashOf, sessionIdFor, type TransferRequest } from "./request.ts";
import type { GatewayOptions, GatewayPorts } from "./ports.ts";
import type { GatewayService, OfferQuery, PeerOffer, TransferStatus } from "./public.ts";

/** Most sessions that one process runs at once; further ones are refused with OVERLOADED and found again by discovery. */
export const MAX_OPEN_SESSIONS = 1_000;

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
  readonly #stopping = new AbortController();
  #discovery: Promise<void> | undefined;

  constructor(ports: GatewayPorts, options: GatewayOptions) {
    this.#ports = ports;
    this.#options = options;
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
    const underWay = this.#requests.get(sessionId);
    if (underWay) await underWay.catch(() => undefined); // its own caller is told; this one asks for itself
    const started = this.#transfer(sessionId, request).finally(() => this.#requests.delete(sessionId));
    this.#requests.set(sessionId, started);
    return started;
  }

  async status(sessionId: SessionId): Promise<TransferStatus> {
    const { opening, decision } = await this.#ports.store.session(sessionId);
    const { facts } = opening;
    const { gatewayId } = this.#options;
    if (facts.origin.gatewayId !== gatewayId && facts.destination?.gatewayId !== gatewayId)
      throw new GatelogError("UNKNOWN_SESSION", "this gateway is no party to the session", { sessionId });
    const actor = this.#actors.get(sessionId);
    const state = actor?.state ?? (await this.#folded(sessionId));
    const now = this.#ports.clock.now();
    return statusOf(state, decision.decision, actor?.activity ?? { waitingFor: null, since: now, trouble: null }, this.#halted.get(sessionId));
  }

  async cancel(sessionId: SessionId): Promise<TransferStatus> {
    const status = await this.status(sessionId);
    if (status.decision !== "NONE" || status.outcome !== "IN_DOUBT")
      throw new GatelogError("TOO_LATE", `the transfer is decided: ${status.decision}`, { sessionId, decision: status.decision });
    this.#actors.get(sessionId)?.wishAbort("REFUSED", "cancelled on request");
    return status;
  }

  async sessions(filter: { readonly open: boolean }): Promise<TransferStatus[]> {
    const ids = await this.#ports.store.sessionsOf(this.#options.gatewayId, filter);
    const statuses: TransferStatus[] = [];
    for (const id of ids) statuses.push(await this.status(id));
    return statuses;
  }

  async onPeerMessage(sessionId: SessionId, entry: LogEntry): Promise<void> {
    if (entry.sessionId !== sessionId) throw new GatelogError("MALFORMED", "the entry belongs to another session", { sessionId });
    const record = await this.#ports.store.session(sessionId);
    const { origin, destination } = record.opening.facts;
    const parties = [origin.gatewayId, destination?.gatewayId];
    if (!parties.includes(this.#options.gatewayId) || !parties.includes(entry.gatewayId) || entry.gatewayId === this.#options.gatewayId)
      throw new GatelogError("UNKNOWN_SESSION", "this gateway and the sender are not the session's parties", { sessionId });
    checkContent(entry);
    const { keys } = await this.#ports.directory.gateway(entry.gatewayId);
    checkSignature(entry, (_, epoch) => keys.find((key) => key.epoch === epoch)?.key);
    this.#run(sessionId, record).wake();
  }

  async offer(query: OfferQuery): Promise<PeerOffer> {
    const ledger = this.#ports.ledgers.get(query.networkId);
    const keys = this.#options.ledgerKeys.get(query.networkId);
    if (!ledger || !keys)
      throw new GatelogError("NOT_FOUND", `this gateway does not serve network ${query.networkId}`, { networkId: query.networkId });
    const common = { chainId: ledger.chainId, escrow: ledger.escrow, owner: this.#options.owner, keys };
    try {
      const token = await ledger.mappedToken(query.originChainId, query.originToken);
      const { standard, decimals } = await ledger.token(token);
      return { ...common, token, standard, decimals };
    } catch (error) {
      // The proposal goes out all the same and is refused at 1.2, so that the refusal stands in the log.
      if (isGatelogError(error, "UNMAPPED_TOKEN")) return { ...common, token: ZERO_ADDRESS, standard: null, decimals: 0 };
      throw error;
    }
  }

  async #transfer(sessionId: SessionId, request: TransferRequest): Promise<TransferStatus> {
    const existing = await this.#find(sessionId);
    if (existing) {
      const expected = existing.opening.facts.requestHash;
      const actual = requestHashOf(request);
      if (expected !== actual)
        throw new GatelogError("IDEMPOTENCY_CONFLICT", "the idempotency key belongs to another request", { sessionId, expected: expected ?? "", actual });
      if (!existing.closed) this.#run(sessionId, existing);
      return this.status(sessionId);
    }
    if (this.#actors.size >= MAX_OPEN_SESSIONS)
      throw new GatelogError("OVERLOADED", `${MAX_OPEN_SESSIONS} sessions are open; ask again later`, { maximum: MAX_OPEN_SESSIONS });
    await this.#open(sessionId, request);
    this.#run(sessionId, await this.#ports.store.session(sessionId));
    return this.status(sessionId);
  }

  /** Opening and first entry are signed before either leaves, and go together: the terms stand in the entry. */
  async #open(sessionId: SessionId, request: TransferRequest): Promise<void> {
    const { store, directory, signer, clock } = this.#ports;
    const { gatewayId, log } = this.#options;
    const { facts, terms } = await propose(sessionId, request, this.#ports, this.#options);
    const { epoch } = await directory.gateway(gatewayId);
    const sessionHash = sessionHashOf(facts);
    const signature = await signer.signDigest(statementDigest(log, "OpenSession", { sessionHash, epoch }));
    const setup = draft("init-setup", "setup", setupPayload(terms, request.idempotencyKey));
    const state = initialState("origin", facts, sessionHash);
    const first = await writeEntries(state, [setup], { gatewayId, epoch, signer, now: clock.now() });
    await store.openSession({ facts, epoch, signature }, first);
    this.#ports.observe({ type: "entry", sessionId, mark: "init-setup", step: first[0]?.step ?? 0, index: 0 });
  }

  async #find(sessionId: SessionId): Promise<SessionRecord | undefined> {
    try {
      return await this.#ports.store.session(sessionId);
    } catch (error) {
      if (isGatelogError(error, "UNKNOWN_SESSION")) return undefined;
      throw error;
    }
  }

  async #folded(sessionId: SessionId) {
    const { store } = this.#ports;
    const { opening, sessionHash } = await store.session(sessionId);
    const { facts } = opening;
    const role = facts.origin.gatewayId === this.#options.gatewayId ? "origin" : "destination";
    const peer = role === "origin" ? facts.destination : facts.origin;
    const range = { from: 0, limit: MAX_ENTRIES_PER_CALL };
    const own = await store.read(sessionId, this.#options.gatewayId, range);
    const theirs = peer ? await store.read(sessionId, peer.gatewayId, range) : [];
    return fold(fold(initialState(role, facts, sessionHash), "own", own), "peer", theirs);
  }

  #run(sessionId: SessionId, record: SessionRecord): SessionActor {
    const running = this.#actors.get(sessionId);
    if (running) return running;
    const actor = new SessionActor(sessionId, this.#ports, this.#options);
    const ownLog = record.logs.find((log) => log.gatewayId === this.#options.gatewayId);
    if (ownLog?.closed || this.#halted.has(sessionId) || this.#stopping.signal.aborted) return actor;
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
    const error = isGatelogError(cause) ? cause : new GatelogError("INTERNAL", String(cause), { sessionId }, { cause });
    this.#halted.set(sessionId, error);
    this.#ports.observe({ type: "trouble", sessionId, code: error.code, message: error.message });
  }

  async #discover(how: "resumed" | "found"): Promise<void> {
    for (const sessionId of await this.#ports.store.sessionsOf(this.#options.gatewayId, { open: true })) {
      if (this.#actors.has(sessionId) || this.#halted.has(sessionId) || this.#actors.size >= MAX_OPEN_SESSIONS) continue;
      const record = await this.#ports.store.session(sessionId);
      if (record.opening.facts.destination === null) continue; // its own operator's log (Direct mode), not a transfer
      const state = await this.#folded(sessionId);
      if (how === "resumed") this.#ports.observe({ type: "resumed", sessionId, lastEntry: state.own.last?.mark ?? null });
      this.#run(sessionId, record);
    }
  }

  async #keepDiscovering(): Promise<void> {
    const { clock } = this.#ports;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(this.#options.timing.discovery, signal);
      if (signal.aborted) return;
      try {
        await this.#discover("found");
      } catch (error) {
        // The log is away for now; sessions under way notice by themselves. Asked again after the next interval.
        if (!isGatelogError(error) || error.disposition !== "retry") throw error;
      }
    }
  }
}
