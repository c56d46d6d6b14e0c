import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import type { Decision } from "../entry/statements.ts";
import type { SessionState } from "../protocol/state.ts";
import type { SessionRecord } from "../store/log-store.ts";
import type { GatewayOptions, GatewayPorts } from "./ports.ts";
import type { TransferStatus } from "./public.ts";
import { Room } from "./room.ts";
import { SessionActor } from "./session-actor.ts";
import type { SessionOrigin } from "./session-reader.ts";
import { statusOf } from "./status.ts";
import { Told } from "./told.ts";

/** How long an alarm waits for the word of the group's authority. */
const WORD_MS = 10_000;

/** Why a session stands still, until an operator asks for a recovery or the process is started again. */
export interface Halted {
  readonly error: GatelogError;
  /** What it was when it stopped; undefined if it never ran. */
  readonly actor: SessionActor | undefined;
}

interface Hooks {
  /** True: somebody else is at work on the session, and it must not be run yet. */
  isBusy(sessionId: SessionId): boolean;
  /** The session has ended here. */
  onEnd(sessionId: SessionId): void;
}

/** The sessions that this process runs, one actor each, and those that it has stopped running. */
export class RunningSessions {
  readonly room: Room;
  readonly #ports: GatewayPorts;
  readonly #options: GatewayOptions;
  readonly #hooks: Hooks;
  readonly #actors = new Map<SessionId, SessionActor>();
  readonly #runs = new Map<SessionId, Promise<void>>();
  readonly #halted = new Map<SessionId, Halted>();
  /** Backups of peers that brought entries and may not write, by session: the last one each. */
  readonly #refused = new Map<SessionId, GatelogError>();
  /** Of such backups: they come again and again. */
  readonly #told: Told;
  #stopped = false;

  constructor(ports: GatewayPorts, options: GatewayOptions, hooks: Hooks) {
    this.#ports = ports;
    this.#options = options;
    this.#hooks = hooks;
    this.room = new Room(options.gatewayId);
    this.#told = new Told(ports.clock);
  }

  /** Resolves when each has stopped after the effect that it is in. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const actor of this.#actors.values()) actor.stop();
    await Promise.all(this.#runs.values());
  }

  /** Runs, or stands still. */
  has(sessionId: SessionId): boolean {
    return this.#actors.has(sessionId) || this.#halted.has(sessionId);
  }

  get size(): number {
    return this.#actors.size + this.#halted.size;
  }

  get(sessionId: SessionId): SessionActor | undefined {
    return this.#actors.get(sessionId);
  }

  get halted(): ReadonlyMap<SessionId, Halted> {
    return this.#halted;
  }

  /** Resolves once each has written for the first time, or is at something else; at the latest behind `limitMs`. */
  async underWay(limitMs: number): Promise<void> {
    if (this.#actors.size === 0) return;
    const given = new AbortController();
    const begun = [...this.#runs].map(([sessionId, run]) => Promise.race([run, this.#actors.get(sessionId)?.underWay]));
    await Promise.race([Promise.all(begun), this.#ports.clock.sleep(limitMs, given.signal)]);
    given.abort();
  }

  /** The session's actor, started if there is anything to do for it here. */
  run(record: SessionRecord, origin: SessionOrigin = {}): SessionActor {
    const { sessionId, origin: opener } = record.opening.facts;
    const running = this.#actors.get(sessionId);
    if (running) return running;
    const actor = new SessionActor(sessionId, this.#ports, this.#options, origin);
    const ownLog = record.logs.find((log) => log.gatewayId === this.#options.gatewayId);
    const standsStill = this.#halted.has(sessionId) || this.#hooks.isBusy(sessionId);
    if (ownLog?.closed || standsStill || this.#stopped) return actor;
    this.#actors.set(sessionId, actor);
    this.room.take(sessionId, opener.gatewayId);
    const run = actor
      .run()
      .then(() => this.#hooks.onEnd(sessionId))
      .catch(async (error: unknown) => {
        // Whatever it is, it is no fault of the session's: that is another member's now, and what this one knows of it is old.
        if (await this.#isSuperseded()) return;
        const isStale = this.#ports.isSuperseded && isGatelogError(error, "STALE_EPOCH");
        // Never read, and not there: its opening was still to be sent, and was refused (of an epoch that is over, R8).
        const wasNeverOpened = actor.state === undefined && isGatelogError(error, "UNKNOWN_SESSION");
        if ((isStale || wasNeverOpened) && isGatelogError(error)) this.#leave(sessionId, error);
        else this.halt(sessionId, error, actor);
      })
      .finally(() => {
        this.#actors.delete(sessionId);
        this.#refused.delete(sessionId);
        this.room.leave(sessionId);
        this.#runs.delete(sessionId);
      });
    this.#runs.set(sessionId, run);
    return actor;
  }

  /** A backup of the peer's has brought entries. Where nothing was taken the session goes on, and its status says why. */
  met(sessionId: SessionId, peer: GatewayId, refused: GatelogError | null): void {
    this.#refused.delete(sessionId);
    if (refused === null) {
      this.#told.forget(peer);
      return;
    }
    const { code } = refused;
    const message = `a backup's RECOVER: ${refused.message}`;
    if (this.#told.isNews(peer, code)) this.#ports.observe({ type: "trouble", sessionId, code, message });
    if (this.#actors.has(sessionId)) this.#refused.set(sessionId, refused);
  }

  halt(sessionId: SessionId, cause: unknown, actor?: SessionActor): void {
    const error = gatelogErrorOf(cause);
    this.#halted.set(sessionId, { error, actor });
    this.#ports.observe({ type: "alarm", sessionId, code: error.code, message: error.message });
  }

  /** Nothing is wrong with the session. Discovery finds it, if it is there, and runs it again. */
  #leave(sessionId: SessionId, { code, message }: GatelogError): void {
    this.#ports.observe({ type: "trouble", sessionId, code, message });
  }

  /** No, if nobody answers in time or nobody can tell: what is wrong with a session must not be hidden by it. */
  async #isSuperseded(): Promise<boolean> {
    const { isSuperseded, clock, observe } = this.#ports;
    if (isSuperseded === undefined) return false;
    const answered = new AbortController();
    const late = clock.sleep(WORD_MS, answered.signal).then(() => false);
    try {
      return await Promise.race([isSuperseded(), late]);
    } catch (error) {
      const { code, message } = gatelogErrorOf(error);
      observe({ type: "trouble", sessionId: null, code, message });
      return false;
    } finally {
      answered.abort();
    }
  }

  /** May run again. */
  release(sessionId: SessionId): void {
    this.#halted.delete(sessionId);
  }

  /** A session as it is known: running, standing still, or as its logs tell it. */
  statusOf(state: SessionState, decision: Decision): TransferStatus {
    const { sessionId } = state.facts;
    const now = this.#ports.clock.now();
    const halted = this.#halted.get(sessionId);
    const actor = this.#actors.get(sessionId) ?? halted?.actor;
    const activity = actor?.activity ?? { waitingFor: null, since: now, trouble: null };
    const { stuckAfter } = this.#options.timing;
    const refused = this.#refused.get(sessionId);
    return statusOf(state, decision, activity, halted?.error, { now, stuckAfter, refused });
  }

  /** What is known of every open session without asking anybody. */
  statuses(): TransferStatus[] {
    const halted = [...this.#halted.values()].flatMap(({ actor }) => (actor ? [actor] : []));
    return [...this.#actors.values(), ...halted].flatMap(({ state }) =>
      state ? [this.statusOf(state, state.decision)] : [],
    );
  }
}

export function gatelogErrorOf(cause: unknown): GatelogError {
  return isGatelogError(cause) ? cause : new GatelogError("INTERNAL", String(cause), {}, { cause });
}
