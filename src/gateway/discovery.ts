import { isGatelogError, type ErrorCode, type GatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import { markOf } from "../protocol/marks.ts";
import type { LogHead, LogStore, SessionRecord } from "../store/log-store.ts";
import { eachOf } from "./each-of.ts";
import type { GatewayPorts } from "./ports.ts";

/** Sessions that are looked at at once. */
const MAX_LOOKS_AT_ONCE = 16;
/** Sessions that are looked at in one pass of a running gateway; what nobody has written to has its turn in a later one. */
const MAX_LOOKS_PER_PASS = 512;

/** What is wrong with the log's chain, and so with every session. */
const CHAIN_FAULTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["WRONG_CHAIN", "CHAIN_IDENTITY_CHANGED"]);

interface DiscoveryPorts {
  readonly store: Pick<LogStore, "sessionsOf" | "session" | "read">;
  readonly observe: GatewayPorts["observe"];
}

/** What discovery does with what it finds. */
export interface Found {
  /** Runs here already, stands still, or is being opened. */
  isKnown(sessionId: SessionId): boolean;
  hasRoom(record: SessionRecord): boolean;
  run(record: SessionRecord): void;
  /** The session stands still until an operator has looked. */
  halt(sessionId: SessionId, error: GatelogError): void;
}

/**
 * Finds the sessions in which this gateway has something to do, at the start and for as long as it runs. Anybody registered can
 * open sessions towards it, so none may cost it the others: each is looked at by itself, those to which this gateway has
 * written go first and need no room, and those to which nobody has written are passed over.
 */
export class Discovery {
  readonly #ports: DiscoveryPorts;
  readonly #own: GatewayId;
  readonly #found: Found;
  /** In which pass a session was looked at last; of those that are listed and not run. */
  #looked = new Map<SessionId, number>();
  #passes = 0;

  constructor(ports: DiscoveryPorts, own: GatewayId, found: Found) {
    this.#ports = ports;
    this.#own = own;
    this.#found = found;
  }

  /** Looks at every open session, and runs those that it should. Rejects if the store cannot be asked for them. */
  async resume(): Promise<void> {
    await this.#pass({ isStart: true, maxLooks: Infinity });
  }

  /** The same for what has come since; of many that are not to be run, some in each pass. */
  async pass(): Promise<void> {
    await this.#pass({ isStart: false, maxLooks: MAX_LOOKS_PER_PASS });
  }

  async #pass({ isStart, maxLooks }: { readonly isStart: boolean; readonly maxLooks: number }): Promise<void> {
    const listed = await this.#ports.store.sessionsOf(this.#own, { open: true });
    const sessions = this.#turn(
      listed.filter((sessionId) => !this.#found.isKnown(sessionId)),
      maxLooks,
    );
    const others: SessionRecord[] = [];
    await eachOf(sessions, MAX_LOOKS_AT_ONCE, (sessionId) =>
      this.#guarded(sessionId, async () => {
        const record = await this.#ports.store.session(sessionId);
        if (record.opening.facts.destination === null) return; // no transfer, but an operator's log (Direct mode)
        if (this.#isOwn(record)) await this.#run(record, isStart);
        else if (record.logs.some(({ length }) => length > 0)) others.push(record);
      }),
    );
    await eachOf(others, MAX_LOOKS_AT_ONCE, (record) =>
      this.#guarded(record.opening.facts.sessionId, async () => {
        if (this.#found.hasRoom(record)) await this.#run(record, isStart);
      }),
    );
  }

  /** Those that were never looked at first, then those that were longest ago. */
  #turn(sessions: readonly SessionId[], maxLooks: number): SessionId[] {
    this.#passes += 1;
    const before = new Map(sessions.map((sessionId) => [sessionId, this.#looked.get(sessionId) ?? 0]));
    const turn = sessions
      .toSorted((one, other) => (before.get(one) ?? 0) - (before.get(other) ?? 0))
      .slice(0, Math.min(maxLooks, sessions.length));
    for (const sessionId of turn) before.set(sessionId, this.#passes);
    this.#looked = before;
    return turn;
  }

  /** This gateway has opened the session, or written to it. */
  #isOwn({ opening, logs }: SessionRecord): boolean {
    return opening.facts.origin.gatewayId === this.#own || this.#headIn(logs).length > 0;
  }

  async #run(record: SessionRecord, isStart: boolean): Promise<void> {
    const { sessionId } = record.opening.facts;
    if (this.#found.isKnown(sessionId)) return; // since a moment ago
    const { length } = this.#headIn(record.logs);
    if (isStart) {
      const range = { from: length - 1, limit: 1 };
      const [last] = length === 0 ? [] : await this.#ports.store.read(sessionId, this.#own, range);
      this.#ports.observe({ type: "resumed", sessionId, lastEntry: last ? markOf(last) : null });
    }
    this.#found.run(record);
  }

  #headIn(logs: readonly LogHead[]): Pick<LogHead, "length"> {
    return logs.find(({ gatewayId }) => gatewayId === this.#own) ?? { length: 0 };
  }

  /** What is wrong with one session is no reason to leave the others: it is named, and looked at again in a later pass. */
  async #guarded(sessionId: SessionId, look: () => Promise<void>): Promise<void> {
    try {
      await look();
    } catch (error) {
      if (!isGatelogError(error) || CHAIN_FAULTS.has(error.code)) throw error;
      if (error.disposition === "halt") this.#found.halt(sessionId, error);
      else this.#ports.observe({ type: "trouble", sessionId, code: error.code, message: error.message });
    }
  }
}
