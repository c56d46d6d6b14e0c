import type { LogEntry } from "../../src/entry/entry.ts";
import type { GatewayId, SessionId } from "../../src/entry/hex.ts";
import type { SessionFacts } from "../../src/entry/session.ts";
import type { Decision } from "../../src/entry/statements.ts";
import { markOf, type Mark } from "../../src/protocol/marks.ts";
import { GATEWAY_IDS, NAMES, type Name } from "./cast.ts";
import type { SimClock } from "./sim-clock.ts";
import type { GrownLog, GrownSession, SimLog } from "./sim-log.ts";

const MS_PER_SECOND = 1_000;

/** Which log is a gateway's own: the chain's for both, or with private logs the one in its own store. */
export type Logs = Readonly<Record<Name, SimLog>>;

/** What stands in the gateways' own logs, whatever a node, a copy or a message says. */
export class Truth {
  readonly #logs: Logs;
  readonly #clock: SimClock;

  constructor(logs: Logs, clock: SimClock) {
    this.#logs = logs;
    this.#clock = clock;
  }

  /** Every session that anybody has. */
  get sessionIds(): SessionId[] {
    return [...new Set(NAMES.flatMap((name) => [...this.#logs[name].sessions.keys()]))];
  }

  /** As its origin has it, else as anybody has. */
  session(sessionId: SessionId): GrownSession | undefined {
    const found = NAMES.flatMap((name) => this.#logs[name].sessions.get(sessionId) ?? []);
    return found.find(({ opening }) => this.#logOf(sessionId, opening.facts.origin.gatewayId)) ?? found[0];
  }

  facts(sessionId: SessionId): SessionFacts | undefined {
    return this.session(sessionId)?.opening.facts;
  }

  entries(sessionId: SessionId, gatewayId: GatewayId): readonly LogEntry[] {
    return this.#logOf(sessionId, gatewayId)?.entries ?? [];
  }

  /** With what was taken beside them, in any order. */
  taken(sessionId: SessionId, gatewayId: GatewayId): readonly LogEntry[] {
    const log = this.#logOf(sessionId, gatewayId);
    return log ? [...log.entries, ...log.strays] : [];
  }

  marks(sessionId: SessionId, gatewayId: GatewayId): Mark[] {
    return this.entries(sessionId, gatewayId).map(markOf);
  }

  /** What the register in the log holds; with private logs there is none. */
  decision(sessionId: SessionId): { readonly decision: Decision; readonly final: boolean } {
    const log = NAMES.map((name) => this.#logs[name]).find(({ sessions }) => sessions.has(sessionId));
    return log?.record(sessionId, this.#clock.now()).decision ?? { decision: "NONE", final: false };
  }

  /** Whether the gateway has closed its own log. */
  isClosed(sessionId: SessionId, gatewayId: GatewayId): boolean {
    return (this.#logOf(sessionId, gatewayId)?.closedSince ?? Infinity) !== Infinity;
  }

  /** Whether every log is closed of every session that its gateway knows. */
  get isSettled(): boolean {
    return NAMES.every((name) =>
      [...this.#logs[name].sessions.keys()].every((sessionId) => this.isClosed(sessionId, GATEWAY_IDS[name])),
    );
  }

  /** UNIX ms of every session's deadline. */
  get deadlines(): number[] {
    return this.sessionIds.map((sessionId) => (this.facts(sessionId)?.deadline ?? 0) * MS_PER_SECOND);
  }

  #logOf(sessionId: SessionId, gatewayId: GatewayId): GrownLog | undefined {
    const name = gatewayId === GATEWAY_IDS.alpha ? "alpha" : "beta";
    return this.#logs[name].sessions.get(sessionId)?.logs.get(gatewayId);
  }
}

/** The gateway's role; before anybody has the session, only its origin knows of it. */
export function roleOf(truth: Truth, sessionId: SessionId, name: Name): "origin" | "destination" {
  const origin = truth.facts(sessionId)?.origin.gatewayId ?? GATEWAY_IDS[name];
  return origin === GATEWAY_IDS[name] ? "origin" : "destination";
}
