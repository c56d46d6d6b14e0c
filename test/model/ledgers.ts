import type { LedgerAction, LedgerState } from "../../src/protocol/state.ts";
import { escrowAfter } from "../support/world-ledger.ts";
import type { Missing } from "./bounds.ts";

export const ORIGIN_STATES = ["NONE", "LOCKED", "BURNED", "UNLOCKED", "RECREATED", "REFUSED"] as const;
export const DESTINATION_STATES = ["NONE", "MINTED", "ASSIGNED", "CANCELLED"] as const;
export const ORIGIN_ACTIONS = ["lock", "unlock", "burn", "recreate"] as const;
export const DESTINATION_ACTIONS = ["mint", "assign", "cancel"] as const;

/** One escrow by numbers: states, and sets of actions as bits. */
export class Escrow {
  readonly states: readonly LedgerState[];
  readonly actions: readonly LedgerAction[];
  readonly #missing: Missing;
  readonly #after: (number | undefined)[][];
  readonly #alive: number[];
  readonly #between: number[][];

  constructor(states: readonly LedgerState[], actions: readonly LedgerAction[], missing: Missing) {
    this.states = states;
    this.actions = actions;
    this.#missing = missing;
    this.#after = states.map((state) => actions.map((action) => this.#effectOf(state, action)));
    this.#alive = states.map((_, state) => this.#aliveFrom(state));
    this.#between = states.map((_, from) => states.map((_to, to) => this.#actionsBetween(from, to)));
  }

  /** State that the action leads to; undefined: it changes nothing, or reverts. */
  after(state: number, action: number): number | undefined {
    return this.#after[state]![action];
  }

  /** Actions that can still change something here, now or later: all others are as good as gone. */
  alive(state: number): number {
    return this.#alive[state]!;
  }

  /** Actions whose effects lie between two states. */
  between(from: number, to: number): number {
    return this.#between[from]![to]!;
  }

  #effectOf(state: LedgerState, action: LedgerAction): number | undefined {
    const { tombstones, idempotency, exclusion } = this.#missing;
    if (tombstones && state === "NONE" && (action === "unlock" || action === "cancel")) return undefined;
    if (exclusion && state === "UNLOCKED" && action === "burn") return this.states.indexOf("BURNED");
    if (exclusion && state === "CANCELLED" && action === "assign") return this.states.indexOf("ASSIGNED");
    const after = escrowAfter(state, action);
    if (after === undefined || (after === state && !idempotency)) return undefined;
    return this.states.indexOf(after);
  }

  #aliveFrom(state: number, seen: readonly number[] = []): number {
    return this.actions.reduce((alive, _, action) => {
      const after = this.#after[state]![action];
      if (after === undefined) return alive;
      const beyond = seen.includes(after) ? 0 : this.#aliveFrom(after, [...seen, state]);
      return alive | (1 << action) | beyond;
    }, 0);
  }

  /** Along a shortest way. */
  #actionsBetween(from: number, to: number): number {
    const ways = new Map<number, number>([[from, 0]]);
    for (const [state, way] of ways)
      for (const [action] of this.actions.entries()) {
        const after = this.#after[state]![action];
        if (after !== undefined && !ways.has(after)) ways.set(after, way | (1 << action));
      }
    return ways.get(to) ?? 0;
  }
}
