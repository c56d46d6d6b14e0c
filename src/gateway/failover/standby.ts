import { GatelogError, isGatelogError, type ErrorCode } from "../../entry/errors.ts";
import type { GatewayId, SessionId } from "../../entry/hex.ts";
import type { Effect, SessionState } from "../../protocol/state.ts";
import { apply, next } from "../../protocol/step.ts";
import type { LogStore, SessionRecord } from "../../store/log-store.ts";
import { eachOf } from "../each-of.ts";
import type { Clock, GatewayPorts } from "../ports.ts";
import { foldLog, peerIdOf, startBehind, type FoldedSession } from "../session-reader.ts";
import type { NextEffects } from "./node.ts";

/** Sessions that are kept folded; of more than that, the oldest. The others are read when they are taken over. */
const MAX_FOLDED = 10_000;
/** Sessions that are read at once. */
const MAX_READS_AT_ONCE = 8;
const MS_PER_SECOND = 1_000;

interface StandbyPorts {
  readonly store: Pick<LogStore, "sessionsOf" | "session" | "read">;
  readonly clock: Clock;
  readonly observe: GatewayPorts["observe"];
}

/** What is at hand of a session. */
interface PreparedSession extends FoldedSession {
  /** What a primary would do now, by what stands in the logs; null where it would halt the session. */
  readonly next: readonly Effect[] | null;
}

/**
 * Keeps every open session of the group folded, own log and peer's, as the primary's actors have them, and knows what it would do in
 * each. Reads the logs, and does nothing else: not even a ledger is asked, so that of a session that depends on one it knows no more
 * than that it is to be read. Costs one call for each open session and pass, and reads what is new. What it has may lag by a pass: whoever takes it over
 * reads on from there.
 */
export class Standby {
  readonly #ports: StandbyPorts;
  readonly #own: GatewayId;
  readonly #folded = new Map<SessionId, PreparedSession>();
  /** Sessions that could not be folded, and why: told once. */
  readonly #left = new Map<SessionId, ErrorCode>();
  #hasPassed = false;
  #isLeft = false;

  constructor(ports: StandbyPorts, own: GatewayId) {
    this.#ports = ports;
    this.#own = own;
  }

  /** It has read every open session once. */
  get hasPassed(): boolean {
    return this.#hasPassed;
  }

  /** What it has is another's now: a pass that is under way reads no further. */
  leave(): void {
    this.#isLeft = true;
  }

  /** Oldest first. */
  get folded(): readonly FoldedSession[] {
    return [...this.#folded.values()];
  }

  /** Entries that are folded: how far this member is. */
  get progress(): number {
    return this.folded.reduce((sum, { state: { own, peer } }) => sum + own.length + peer.length, 0);
  }

  /** What would be done if this member were primary now, and is not. */
  get next(): NextEffects {
    const sessions: Partial<Record<Effect["type"] | "halt", number>> = {};
    for (const { next: effects } of this.#folded.values())
      for (const type of new Set(effects?.map((effect) => effect.type) ?? ["halt" as const]))
        sessions[type] = (sessions[type] ?? 0) + 1;
    return sessions;
  }

  /**
   * Reads what is new. Rejects if the store does not answer, and keeps what was read before. What is wrong with one session is told
   * once, and leaves it out.
   */
  async pass(): Promise<void> {
    const listed = await this.#ports.store.sessionsOf(this.#own, { open: true });
    const open = new Set(listed.slice(0, MAX_FOLDED));
    for (const map of [this.#folded, this.#left])
      for (const sessionId of map.keys()) if (!open.has(sessionId)) map.delete(sessionId);
    let passing: GatelogError | undefined;
    await eachOf([...open], MAX_READS_AT_ONCE, async (sessionId) => {
      if (this.#isLeft) return;
      try {
        const record = await this.#ports.store.session(sessionId);
        const state = await this.#fold(sessionId, record);
        if (state) this.#folded.set(sessionId, { record, state, next: this.#nextOf(sessionId, state) });
        else this.#folded.delete(sessionId);
        this.#left.delete(sessionId);
      } catch (error) {
        if (!isGatelogError(error)) throw error;
        if (error.disposition === "retry") {
          passing ??= error;
          return;
        }
        this.#folded.delete(sessionId);
        const { code, message } = error;
        if (this.#left.get(sessionId) !== code) this.#ports.observe({ type: "trouble", sessionId, code, message });
        this.#left.set(sessionId, code);
      }
    });
    if (passing) throw passing;
    this.#hasPassed = true;
  }

  /** Undefined where there is nothing to run: an operator's log, an own log that is closed, or one that breaks its order. */
  async #fold(sessionId: SessionId, record: SessionRecord): Promise<SessionState | undefined> {
    const { opening, logs, decision } = record;
    if (opening.facts.destination === null) return undefined;
    if (logs.some(({ gatewayId, closed }) => gatewayId === this.#own && closed)) return undefined;
    const start = await startBehind(this.#ports.store, record, this.#own, this.#folded.get(sessionId)?.state);
    const own = await this.#read(record, start, "own", this.#own);
    const both = await this.#read(record, own, "peer", peerIdOf(start));
    let state = both;
    if (decision.final && decision.decision !== "NONE" && state.decision === "NONE")
      state = apply(state, { type: "decided", decision: decision.decision });
    const isOver = this.#ports.clock.now() >= opening.facts.deadline * MS_PER_SECOND;
    return isOver && !state.deadlinePassed ? apply(state, { type: "deadline-passed" }) : state;
  }

  #nextOf(sessionId: SessionId, state: SessionState): PreparedSession["next"] {
    const before = this.#folded.get(sessionId);
    return before?.state === state ? before.next : nextOf(state);
  }

  async #read(
    record: SessionRecord,
    state: SessionState,
    log: "own" | "peer",
    author: GatewayId,
  ): Promise<SessionState> {
    const length = record.logs.find(({ gatewayId }) => gatewayId === author)?.length ?? 0;
    if (length <= state[log].length) return state;
    const { state: folded, broken } = await foldLog(this.#ports.store, state, log, author);
    if (broken) throw new GatelogError(broken.code, `left to the primary: ${broken.message}`, broken.context);
    return folded;
  }
}

function nextOf(state: SessionState): readonly Effect[] | null {
  try {
    return next(state);
  } catch (error) {
    if (isGatelogError(error)) return null;
    throw error;
  }
}
