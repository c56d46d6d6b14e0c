import type { SessionId } from "../../src/entry/hex.ts";
import type { GatewayEvent } from "../../src/gateway/public.ts";
import { markOf } from "../../src/protocol/marks.ts";
import { GATEWAY_IDS, type Name } from "./cast.ts";
import type { ChainWitness } from "./sim-chain.ts";
import { START, type SimClock } from "./sim-clock.ts";
import type { LogWitness } from "./sim-log.ts";

const MS_PER_SECOND = 1_000;
const TIME_WIDTH = 9;

/** What happened, in the order in which it did, for people to read. */
export class Trace {
  readonly lines: string[] = [];
  readonly #clock: SimClock;
  readonly #labels: ReadonlyMap<SessionId, string>;

  constructor(clock: SimClock, labels: ReadonlyMap<SessionId, string>) {
    this.#clock = clock;
    this.#labels = labels;
  }

  note(text: string): void {
    const seconds = ((this.#clock.now() - START) / MS_PER_SECOND).toFixed(3);
    this.lines.push(`${seconds.padStart(TIME_WIDTH)}  ${text}`);
  }

  label(sessionId: SessionId): string {
    return this.#labels.get(sessionId) ?? sessionId;
  }

  /** What a gateway says of itself; what log and ledgers say stands here anyhow. */
  observed(name: Name, event: GatewayEvent): void {
    if (event.type === "trouble" || event.type === "alarm")
      this.note(
        `${name} in ${event.sessionId === null ? "general" : this.label(event.sessionId)}: ${event.code}: ${event.message}`,
      );
    if (event.type === "outcome") this.note(`${name} in ${this.label(event.sessionId)}: ${event.outcome}`);
  }

  /** Notes what the witness is told, and passes it on. */
  witness(next: LogWitness & ChainWitness): LogWitness & ChainWitness {
    return {
      logged: (session, entries) => {
        for (const entry of entries) {
          const vote = entry.vote === "none" ? "" : ` ${entry.vote}`;
          this.note(
            `${this.label(entry.sessionId)} log of ${nameOf(entry.gatewayId)}: ${entry.index} ${markOf(entry)}${vote}`,
          );
        }
        next.logged(session, entries);
      },
      decided: (session, statement) => {
        this.note(`${this.label(statement.sessionId)} register: ${statement.decision} (${statement.ground})`);
        next.decided(session, statement);
      },
      closed: (session, gatewayId) => {
        this.note(`${this.label(session.opening.facts.sessionId)} log of ${nameOf(gatewayId)}: closed`);
        next.closed(session, gatewayId);
      },
      refused: (gatewayId, what) => next.refused(gatewayId, what),
      mined: (chain, transaction, before, after) => {
        const { action, terms, reverted } = transaction;
        const effect = reverted
          ? `reverts: ${reverted.message}`
          : before === after
            ? `again, ${after}`
            : `${before} → ${after}`;
        this.note(`${this.label(terms.sessionId)} ledger ${chain.name}: ${action}: ${effect}`);
        next.mined(chain, transaction, before, after);
      },
    };
  }
}

function nameOf(gatewayId: string): Name {
  return gatewayId === GATEWAY_IDS.alpha ? "alpha" : "beta";
}
