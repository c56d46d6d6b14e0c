import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import { markOf } from "../protocol/marks.ts";
import { initialState, type Effect, type ProtocolEvent, type SessionState, type WaitingFor } from "../protocol/state.ts";
import { apply, fold, next } from "../protocol/step.ts";
import { MAX_ENTRIES_PER_CALL } from "../store/log-store.ts";
import { createEffects, type Effects } from "./effects.ts";
import { Mailbox } from "./mailbox.ts";
import type { GatewayOptions, GatewayPorts } from "./ports.ts";

const MS_PER_SECOND = 1_000;

/** What a session shows of itself beside its state. */
export interface Activity {
  readonly waitingFor: WaitingFor | null;
  /** UNIX ms of the last thing that happened. */
  readonly since: number;
  readonly trouble: GatelogError | null;
}

/**
 * Runs one session: reads both logs, folds them, does what `next` says, and again, until the own log is closed. The log is
 * the state: nothing here survives a crash, and nothing here needs to. Starting and recovering are the same code.
 *
 * Guarantee: no message leaves and no transaction is sent before every entry so far is durable, because effects run one
 * after the other and `append` resolves only then. Limitation: one actor per session and process; two processes with one
 * key are kept apart by the log (its index and epoch), not by this class.
 */
export class SessionActor {
  readonly sessionId: SessionId;
  readonly #ports: GatewayPorts;
  readonly #options: GatewayOptions;
  readonly #mailbox: Mailbox;
  readonly #effects: Effects;
  #state: SessionState | undefined;
  #activity: Activity;
  #peerBroken = false;
  #stopped = false;
  #retryMs: number;

  constructor(sessionId: SessionId, ports: GatewayPorts, options: GatewayOptions) {
    this.sessionId = sessionId;
    this.#ports = ports;
    this.#options = options;
    this.#mailbox = new Mailbox(ports.clock);
    this.#effects = createEffects(ports, options);
    this.#retryMs = options.timing.retry;
    this.#activity = { waitingFor: null, since: ports.clock.now(), trouble: null };
  }

  get state(): SessionState | undefined {
    return this.#state;
  }

  get activity(): Activity {
    return this.#activity;
  }

  /** Something may have happened: look again. */
  wake(): void {
    this.#mailbox.knock();
  }

  stop(): void {
    this.#stopped = true;
    this.#mailbox.knock();
  }

  wishAbort(code: "REFUSED", reason: string): void {
    if (this.#state) this.#state = apply(this.#state, { type: "abort-wished", refusal: { code, reason } });
    this.#mailbox.knock();
  }

  /** Resolves when the own log is closed, or the actor was stopped. Rejects with what halts the session. */
  async run(): Promise<void> {
    let state = await this.#persist(() => this.#load());
    while (!this.#stopped) {
      const effects = next(state);
      const finish = effects.find((effect) => effect.type === "finish");
      if (finish) {
        this.#ports.observe({ type: "outcome", sessionId: this.sessionId, outcome: finish.outcome });
        return;
      }
      state = await this.#persist(() => this.#perform(effects));
    }
  }

  async #perform(effects: readonly Effect[]): Promise<SessionState> {
    for (const effect of effects) {
      if (this.#stopped) break;
      if (effect.type === "wait") await this.#wait(effect.waitingFor);
      else if (!(await this.#do(effect))) break;
    }
    return this.#current();
  }

  /** False if the state was old: it has been read anew, and what was to follow may no longer be right. */
  async #do(effect: Exclude<Effect, { type: "wait" }>): Promise<boolean> {
    let events: readonly ProtocolEvent[];
    try {
      events = await this.#effects.perform(this.#current(), effect);
    } catch (error) {
      // The log or register is further than this state: another writer, or an append of before a crash. Read it again.
      if (!isGatelogError(error, "WRONG_INDEX", "WRONG_HEAD", "EQUIVOCATION", "ALREADY_DECIDED", "LOG_CLOSED")) throw error;
      this.#trouble(error);
      await this.#load();
      return false;
    }
    for (const event of events) this.#apply(event);
    if (effect.type === "decide") {
      await this.#refresh();
      if (this.#current().decision === "NONE") await this.#wait("decision"); // written, but not final yet (R7)
    }
    return true;
  }

  /** Sleeps until somebody knocks, the retry time is over, or the deadline passes; then reads what others wrote. */
  async #wait(waitingFor: WaitingFor): Promise<void> {
    this.#activity = { ...this.#activity, waitingFor };
    const deadlineMs = this.#current().facts.deadline * MS_PER_SECOND;
    const untilDeadline = deadlineMs - this.#ports.clock.now();
    const knocked = await this.#mailbox.sleep(untilDeadline > 0 ? Math.min(this.#retryMs, untilDeadline) : this.#retryMs);
    if (this.#stopped) return;
    const before = this.#current();
    await this.#refresh();
    if (this.#ports.clock.now() >= deadlineMs) this.#apply({ type: "deadline-passed" });
    if (this.#current().peer.length > before.peer.length || this.#current().decision !== before.decision) {
      this.#retryMs = this.#options.timing.retry;
      this.#activity = { ...this.#activity, waitingFor: null };
    } else if (!knocked) {
      this.#retryMs = Math.min(2 * this.#retryMs, this.#options.timing.retryMax);
      this.#apply({ type: "waited" });
    }
  }

  /** Both logs from the first entry on. */
  async #load(): Promise<SessionState> {
    const { store } = this.#ports;
    const record = await store.session(this.sessionId);
    const { facts } = record.opening;
    const role = facts.origin.gatewayId === this.#options.gatewayId ? "origin" : "destination";
    const previous = this.#state;
    this.#state = { ...initialState(role, facts, record.sessionHash), abortWish: previous?.abortWish };
    this.#peerBroken = false;
    const own = await this.#readLog(this.#options.gatewayId, 0);
    this.#state = fold(this.#state, "own", own);
    await this.#refresh();
    return this.#current();
  }

  /** What is new in the peer's log and in the register. Own entries are folded as they are written. */
  async #refresh(): Promise<void> {
    const { decision, logs } = await this.#ports.store.session(this.sessionId);
    for (const entry of await this.#readLog(this.#peerId(), this.#current().peer.length)) {
      if (this.#peerBroken) break;
      try {
        this.#apply({ type: "appended", log: "peer", entry });
        this.#ports.observe({ type: "peer-entry", sessionId: this.sessionId, mark: markOf(entry), step: entry.step, index: entry.index });
      } catch (error) {
        if (!isGatelogError(error, "ILLEGAL_ORDER")) throw error;
        // The peer's log is its own affair; ours is to take no further part. Behind COMMIT nothing of it is needed.
        this.#peerBroken = true;
        this.#trouble(error);
        this.#apply({ type: "abort-wished", refusal: { code: "ILLEGAL_ORDER", reason: error.message } });
      }
    }
    const current = this.#current();
    if (decision.final && decision.decision !== "NONE" && current.decision === "NONE") {
      this.#apply({ type: "decided", decision: decision.decision });
      this.#ports.observe({ type: "decision", sessionId: this.sessionId, decision: decision.decision });
    }
    if (logs.find((log) => log.gatewayId === this.#options.gatewayId)?.closed) this.#apply({ type: "log-closed", log: "own" });
  }

  async #readLog(gatewayId: GatewayId, from: number) {
    const entries = [];
    for (;;) {
      const page = await this.#ports.store.read(this.sessionId, gatewayId, { from: from + entries.length, limit: MAX_ENTRIES_PER_CALL });
      entries.push(...page);
      if (page.length < MAX_ENTRIES_PER_CALL) return entries;
    }
  }

  #apply(event: ProtocolEvent): void {
    this.#state = apply(this.#current(), event);
    this.#activity = { ...this.#activity, since: this.#ports.clock.now() };
  }

  #peerId(): GatewayId {
    const { facts, role } = this.#current();
    const peer = role === "origin" ? facts.destination : facts.origin;
    if (peer === null) throw new GatelogError("INVALID_SESSION", "the session has no peer", { sessionId: this.sessionId });
    return peer.gatewayId;
  }

  #current(): SessionState {
    if (!this.#state) throw new GatelogError("INVARIANT_BROKEN", "the session has not been read yet", { sessionId: this.sessionId });
    return this.#state;
  }

  /** Repeats what failed for a passing reason until it works; the wait grows to `retryMax`. */
  async #persist(work: () => Promise<SessionState>): Promise<SessionState> {
    let waitMs = this.#options.timing.retry;
    for (;;) {
      try {
        const state = await work();
        if (waitMs !== this.#options.timing.retry) this.#activity = { ...this.#activity, trouble: null };
        return state;
      } catch (error) {
        if (this.#stopped && this.#state) return this.#state;
        if (!isGatelogError(error) || error.disposition !== "retry") throw error;
        this.#trouble(error);
        await this.#ports.clock.sleep(waitMs);
        waitMs = Math.min(2 * waitMs, this.#options.timing.retryMax);
      }
    }
  }

  #trouble(error: GatelogError): void {
    this.#activity = { ...this.#activity, trouble: error };
    this.#ports.observe({ type: "trouble", sessionId: this.sessionId, code: error.code, message: error.message });
  }
}

