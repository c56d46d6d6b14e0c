import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { LogEntry } from "../entry/entry.ts";
import type { SessionId } from "../entry/hex.ts";
import { markOf } from "../protocol/marks.ts";
import type { Dispute, Effect, ProtocolEvent, Refusal, SessionState, WaitingFor } from "../protocol/state.ts";
import { apply, next } from "../protocol/step.ts";
import type { SessionRecord } from "../store/log-store.ts";
import type { Activity } from "./activity.ts";
import { createEffects, type Effects } from "./effects.ts";
import { Mailbox } from "./mailbox.ts";
import type { GatewayOptions, GatewayPorts } from "./ports.ts";
import { foldLegal, foldOwnLog, foldPages, hasNews, pagesOf, peerIdOf, type SessionOrigin } from "./session-reader.ts";

const MS_PER_SECOND = 1_000;

/**
 * Runs one session: reads both logs, folds them, does what `next` says, and again, until the own log is closed. The log is
 * the state: nothing here survives a crash, and nothing here needs to. Starting and recovering are the same code. What fails
 * for a passing reason is not repeated as it was: after a pause logs, register and clock are read, and `next` is asked again.
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
  /** Somebody asked for an abort; kept here too, so that a wish that comes before the first reading is not lost. */
  #abortWish: Refusal | undefined;
  /** The peer's log breaks its order: it is read no further. */
  #brokenPeer: GatelogError | undefined;
  /** Nothing has been folded yet by this process: what is folded first is recovered. */
  #isStart: boolean;
  #recoveryWished = false;
  #folded: SessionState | undefined;
  /** Found before the logs were folded: kept until they are. */
  #dispute: Dispute | undefined;
  #stopped = false;
  readonly #underWay = Promise.withResolvers<undefined>();
  /** How long to wait for news, and until when; both start again with each piece of news. */
  #waitMs: number;
  #waitUntil: number | undefined;
  /** How long to pause after the next failure. */
  #pauseMs: number;

  constructor(sessionId: SessionId, ports: GatewayPorts, options: GatewayOptions, origin: SessionOrigin = {}) {
    this.sessionId = sessionId;
    this.#ports = ports;
    this.#options = options;
    this.#mailbox = new Mailbox(ports.clock);
    this.#effects = createEffects(ports, options);
    this.#isStart = origin.isNew !== true;
    this.#folded = origin.folded;
    this.#waitMs = options.timing.retry;
    this.#pauseMs = options.timing.retry;
    this.#activity = { waitingFor: null, since: ports.clock.now(), trouble: null };
  }

  get state(): SessionState | undefined {
    return this.#state;
  }

  /** Resolves once it has written for the first time, or is at something else: reads a ledger, waits, pauses behind a failure. */
  get underWay(): Promise<undefined> {
    return this.#underWay.promise;
  }

  get activity(): Activity {
    return this.#activity;
  }

  /** Something may have happened: look again. */
  wake(): void {
    this.#mailbox.knock();
  }

  /** The peer has called. */
  heard(): void {
    const event = this.#effects.heard();
    if (this.#state) this.#apply(event);
    this.#mailbox.knock();
  }

  /** The two accounts of a log exclude each other: nothing is done any more until an operator asks for a recovery. */
  dispute(dispute: Dispute): void {
    this.#dispute = dispute;
    if (this.#state) this.#apply({ type: "disputed", dispute });
    this.#mailbox.knock();
  }

  /** An operator asks for a recovery: what was disputed is looked at again. */
  wishRecovery(): void {
    this.#recoveryWished = true;
    this.#dispute = undefined;
    if (this.#state) this.#apply({ type: "recovery-wished" });
    this.#mailbox.knock();
  }

  stop(): void {
    this.#stopped = true;
    this.#mailbox.knock();
  }

  wishAbort(refusal: Refusal): void {
    this.#abortWish = refusal;
    if (this.#state) this.#apply({ type: "abort-wished", refusal });
    this.#mailbox.knock();
  }

  /** Resolves when the own log is closed, or the actor was stopped. Rejects with what halts the session. */
  async run(): Promise<void> {
    let failed = false;
    while (!this.#stopped)
      try {
        if (this.#state === undefined) await this.#load();
        if (failed) await this.#recover();
        failed = false;
        const effects = next(this.#current());
        const finish = effects.find((effect) => effect.type === "finish");
        if (finish) {
          this.#ports.observe({ type: "outcome", sessionId: this.sessionId, outcome: finish.outcome });
          return;
        }
        await this.#perform(effects);
        this.#pauseMs = this.#options.timing.retry;
        this.#activity = { ...this.#activity, trouble: this.#brokenPeer ?? this.#effects.ledgerSilence() ?? null };
      } catch (error) {
        if (!isGatelogError(error) || error.disposition !== "retry") throw error;
        failed = true;
        this.#underWay.resolve(undefined);
        this.#trouble(error);
        await this.#mailbox.sleep(this.#pauseMs);
        this.#pauseMs = Math.min(2 * this.#pauseMs, this.#options.timing.retryMax);
      }
  }

  /** Behind a failure: first what was signed, then what is new everywhere, and what was read of the ledgers may be old. */
  async #recover(): Promise<void> {
    await this.#attempt(() => this.#effects.settle(this.#current()));
    await this.#refresh();
    this.#apply({ type: "waited" });
  }

  async #perform(effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) {
      if (this.#stopped || effect.type === "finish") return;
      if (effect.type !== "append") this.#underWay.resolve(undefined);
      if (effect.type === "wait") await this.#wait(effect.waitingFor);
      else if (effect.type === "decide") await this.#decide(effect);
      else await this.#attempt(() => this.#effects.perform(this.#current(), effect));
      this.#underWay.resolve(undefined);
    }
  }

  async #attempt(work: () => Promise<readonly ProtocolEvent[]>): Promise<void> {
    this.#activity = { ...this.#activity, waitingFor: null };
    try {
      for (const event of await work()) this.#apply(event);
    } catch (error) {
      // The log is not where this state has it: another writer, or an append of before a crash. Fold it anew, after a pause,
      // because the store that refused may be ahead of the one that answers the reading.
      if (!isGatelogError(error, "WRONG_INDEX", "WRONG_HEAD", "EQUIVOCATION", "LOG_CLOSED")) throw error;
      this.#state = undefined;
      throw new GatelogError("TIMEOUT", `the log has moved: ${error.message}`, { code: error.code }, { cause: error });
    }
  }

  /** Writes the decision unless there is one, and waits until one is final (R7). */
  async #decide(effect: Extract<Effect, { type: "decide" }>): Promise<void> {
    const { decision } = await this.#ports.store.session(this.sessionId);
    if (decision.decision === "NONE")
      try {
        await this.#effects.perform(this.#current(), effect);
      } catch (error) {
        if (!isGatelogError(error, "ALREADY_DECIDED")) throw error; // somebody was faster: its decision counts
      }
    await this.#refresh();
    if (this.#current().decision === "NONE") await this.#wait("decision");
  }

  /** Sleeps until somebody knocks, the retry time is over, or the deadline passes; then reads what others wrote. */
  async #wait(waitingFor: WaitingFor): Promise<void> {
    const { clock } = this.#ports;
    const before = this.#current();
    this.#activity = {
      ...this.#activity,
      waitingFor,
      trouble: this.#brokenPeer ?? this.#effects.ledgerSilence() ?? null,
    };
    this.#waitUntil ??= clock.now() + this.#waitMs;
    const untilDeadline = before.deadlinePassed ? Infinity : before.facts.deadline * MS_PER_SECOND - clock.now();
    await this.#mailbox.sleep(Math.max(0, Math.min(this.#waitUntil - clock.now(), untilDeadline)));
    if (this.#stopped) return;
    await this.#refresh();
    const after = this.#current();
    // What the peer writes beside the order is no news either: it could do so for ever.
    if (after.peer.last !== before.peer.last || after.decision !== before.decision) {
      this.#waitMs = this.#options.timing.retry;
      this.#waitUntil = undefined;
    } else if (clock.now() >= this.#waitUntil) {
      // Not "nobody knocked": a peer that keeps repeating itself must not keep this side from trying again.
      this.#waitMs = Math.min(2 * this.#waitMs, this.#options.timing.retryMax);
      this.#waitUntil = undefined;
      this.#apply({ type: "waited" });
    }
  }

  /** Both logs from the first entry on, once nothing of this gateway's is on its way to them any more (R8). */
  async #load(): Promise<void> {
    const { store, outbox } = this.#ports;
    await outbox.flush(this.sessionId);
    const record = await store.session(this.sessionId);
    const own = await foldOwnLog(store, record, this.#options.gatewayId, this.#folded);
    const { sessionId } = this;
    if (this.#folded) this.#ports.observe({ type: "resumed", sessionId, lastEntry: own.own.last?.mark ?? null });
    this.#folded = undefined;
    const identified = await this.#effects.identify(own); // also what is read again: it may be a successor's by now
    const state = this.#isStart ? identified : own;
    this.#brokenPeer = undefined;
    this.#state = state;
    if (this.#abortWish) this.#apply({ type: "abort-wished", refusal: this.#abortWish });
    if (this.#recoveryWished) this.#apply({ type: "recovery-wished" });
    else if (this.#isStart) this.#apply({ type: "restarted" });
    if (this.#dispute) this.#apply({ type: "disputed", dispute: this.#dispute });
    this.#isStart = false;
    await this.#refresh(record); // last: what fails here is not begun again from the start
  }

  /** What is new in the peer's log, in the register, and on the clock. Own entries are folded as they are written. */
  async #refresh(read?: SessionRecord): Promise<void> {
    const { store, clock } = this.#ports;
    const record = read ?? (await store.session(this.sessionId));
    const { peer, facts, deadlinePassed } = this.#current();
    if (!this.#brokenPeer && hasNews(record, this.#current(), "peer")) await this.#readPeer(peer.length);
    this.#applyDecision(record);
    if (!deadlinePassed && clock.now() >= facts.deadline * MS_PER_SECOND) this.#apply({ type: "deadline-passed" });
    const own = record.logs.find(({ gatewayId }) => gatewayId === this.#options.gatewayId);
    if (own?.closed !== true) return;
    if (own.length > this.#current().own.length) {
      this.#state = undefined; // another member has ended the session: what it wrote is folded first
      throw new GatelogError("TIMEOUT", "another process of the group has closed the log", { length: own.length });
    }
    this.#apply({ type: "log-closed", log: "own" });
  }

  /** Each page is folded into the state of that moment: others may have told the session something since the last one. */
  async #readPeer(from: number): Promise<void> {
    const pages = pagesOf(this.#ports.store, this.sessionId, peerIdOf(this.#current()), from);
    const broken = await foldPages(pages, (page) => this.#foldPeer(page));
    if (!broken) return;
    // The peer's log is its own affair; ours is to take no further part. Behind COMMIT nothing of it is needed.
    this.#brokenPeer = broken;
    this.#trouble(broken);
    this.#apply({ type: "peer-broken" });
    this.#apply({ type: "abort-wished", refusal: { code: broken.code, reason: broken.message } });
  }

  #foldPeer(entries: readonly LogEntry[]): GatelogError | null {
    const { sessionId } = this;
    const { state, broken } = foldLegal(this.#current(), "peer", entries);
    this.#state = state;
    for (const entry of entries) {
      if (entry.index >= state.peer.length) break;
      this.#happened();
      const { step, index } = entry;
      this.#ports.observe({ type: "peer-entry", sessionId, mark: markOf(entry), step, index });
    }
    return broken;
  }

  #applyDecision({ decision: { decision, final } }: SessionRecord): void {
    const known = this.#current().decision;
    if (!final || decision === "NONE" || decision === known) return;
    this.#apply({ type: "decided", decision }); // another one than the known one halts the session
    this.#ports.observe({ type: "decision", sessionId: this.sessionId, decision });
  }

  #apply(event: ProtocolEvent): void {
    this.#state = apply(this.#current(), event);
    if (event.type === "appended" || event.type === "decided" || event.type === "log-closed") this.#happened();
  }

  #happened(): void {
    this.#activity = { ...this.#activity, since: this.#ports.clock.now() };
  }

  #current(): SessionState {
    if (!this.#state)
      throw new GatelogError("INVARIANT_BROKEN", "the session has not been read yet", { sessionId: this.sessionId });
    return this.#state;
  }

  #trouble(error: GatelogError): void {
    this.#activity = { ...this.#activity, trouble: error };
    this.#ports.observe({ type: "trouble", sessionId: this.sessionId, code: error.code, message: error.message });
  }
}
