import type { Random } from "./random.ts";
import type { SimClock } from "./sim-clock.ts";

/** Everything that can go wrong in a simulation. Each must have gone wrong at least once in a run of TABLE_SEEDS seeds. */
export const FAULTS = {
  crash: "a gateway dies at any moment",
  "crash-at-point": "a gateway dies at a named point of its work",
  "crash-of-both": "both gateways are down at once",
  "crash-in-recovery": "a gateway dies again before it has resumed its sessions",
  "crash-in-rollback": "a gateway dies between init-rollback and done-rollback",
  "away-past-deadline": "a gateway is down when the deadline of a session passes",
  "clock-skew": "the gateways' clocks differ by more than five seconds",
  "outbox-write-lost": "the process dies while it writes to the outbox, and nothing of it is on disk",
  "outbox-write-torn": "the process dies while it writes to the outbox, and a part of it is on disk",
  "outbox-write-kept": "the process dies while it writes to the outbox, and all of it is on disk",
  "outbox-settle-lost": "the outbox forgets in a crash that something was settled",
  "disk-fails": "the disk with a gateway's private logs does not answer",
  "log-away": "the log does not answer",
  "log-request-lost": "a write to the log is lost on the way",
  "log-reply-lost": "a write to the log is made, and nobody is told",
  "log-write-late": "a transaction to the log is mined after its sender has given up waiting",
  "log-write-dropped": "a transaction to the log is dropped",
  "log-read-stale": "the log is read from a node that is behind, and something is missing",
  "log-refused-behind": "a node that is behind refuses a write for what it has not seen",
  "decision-not-final": "the decision is read before it is final",
  "ledger-away": "a ledger does not answer",
  "ledger-pending": "a transaction is pending when its sender gives up waiting",
  "ledger-dropped": "a transaction is dropped and sent again",
  "ledger-copy-late": "a transaction is mined when another copy of it has been mined before",
  "ledger-reply-lost": "a transaction is mined, and nobody is told",
  "ledger-read-stale": "a ledger is read from a node that is behind, and the state is an older one",
  "ledger-not-final": "a ledger is read while its head shows another state than what is final",
  "ledger-lags": "a node does not have a block that was final before",
  "ledger-refused": "the token is paused, and the ledger refuses the action",
  "ledger-no-balance": "the owner does not have what is to be locked",
  "ledger-reorg": "a block that was not final is taken back",
  "peer-away": "a message goes to a gateway that is down or cut off",
  "message-lost": "a message is lost",
  "message-twice": "a message arrives twice",
  "message-late": "a message arrives after its sender has given up",
  "message-reply-lost": "a message arrives, and its sender is not told",
  "vote-no": "the destination votes NO",
  "proposal-refused": "the destination refuses the proposal",
  "cancel-by-origin": "a client asks the origin to cancel",
  "cancel-by-destination": "a client asks the destination to cancel",
  "deadline-passed": "the deadline passes before the decision",
  "aborted-by-anyone": "somebody else writes ABORT behind the deadline",
  "cancelled-by-anyone": "somebody else cancels the mint behind cancelAfter",
  "unlocked-by-owner": "the originator unlocks behind the expiry of the lock",
  takeover: "a backup takes over from a primary that is dead",
  "takeover-false": "a backup takes over from a primary that lives",
  "takeover-race": "two backups take over at once, and one is refused",
  "takeover-of-both": "both groups have been taken over",
  "takeover-again": "the same group is taken over a second time",
  "zombie-wakes": "a primary that was stopped goes on behind the takeover",
  "zombie-refused": "the log refuses what a former primary writes",
  "zombie-acts": "a ledger action of a former primary is asked for behind the takeover",
  "zombie-mined": "a ledger action of a former primary takes effect behind the takeover",
  "request-repeated": "the client repeats a request that it has no answer to",
} as const;

export type Fault = keyof typeof FAULTS;

/** How often what happened. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string, times = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  merge(counts: Iterable<readonly [string, number]>): void {
    for (const [name, times] of counts) this.add(name, times);
  }

  entries(): [string, number][] {
    return [...this.#counts];
  }
}

/** Where decisions are made: in the log that both write to, or in the destination's escrow, with private logs. */
export type Register = "log" | "destination";

/** Key under which a point is counted. */
export function pointKey(register: Register, role: string, point: string): string {
  return `${register}, ${role}: ${point}`;
}

/** From `from` on, until `until`: a place does not answer, or answers as of `lagMs` ago, or refuses. */
export interface Spell {
  readonly fault: Fault;
  readonly place: string;
  /** UNIX ms. */
  readonly from: number;
  readonly until: number;
  readonly lagMs: number;
}

const SHARE_OF_NODES_BEHIND = 0.6;

/** The weather of one run: what may go wrong, how likely each time, and until when. */
export class Faults {
  readonly #clock: SimClock;
  readonly #random: Random;
  readonly #likelihood: ReadonlyMap<Fault, number>;
  readonly #spells: readonly Spell[];
  readonly #tally: Tally;
  readonly #note: (text: string) => void;
  /** UNIX ms from which on nothing goes wrong any more. */
  readonly #calm: number;

  constructor(
    plan: {
      readonly likelihood: ReadonlyMap<Fault, number>;
      readonly spells: readonly Spell[];
      readonly calmFrom: number;
    },
    deps: {
      readonly clock: SimClock;
      readonly random: Random;
      readonly tally: Tally;
      readonly note: (text: string) => void;
    },
  ) {
    this.#likelihood = plan.likelihood;
    this.#spells = plan.spells;
    this.#calm = plan.calmFrom;
    ({ clock: this.#clock, random: this.#random, tally: this.#tally, note: this.#note } = deps);
  }

  get isCalm(): boolean {
    return this.#clock.now() >= this.#calm;
  }

  /** Whether it goes wrong this time; counted by whoever sees that it had an effect. */
  strikes(fault: Fault): boolean {
    const likelihood = this.#likelihood.get(fault);
    return likelihood !== undefined && !this.isCalm && this.#random.chance(likelihood);
  }

  spell(fault: Fault, place: string): Spell | undefined {
    const now = this.#clock.now();
    return this.#spells.find(
      (spell) => spell.fault === fault && spell.place === place && spell.from <= now && now < spell.until,
    );
  }

  /** Milliseconds by which the node is behind that answers this time: in a spell not every one is. */
  lag(fault: Fault, place: string): number {
    const spell = this.spell(fault, place);
    return spell && this.#random.chance(SHARE_OF_NODES_BEHIND) ? spell.lagMs : 0;
  }

  happened(fault: Fault, detail: string): void {
    this.#tally.add(fault);
    this.#note(`  ! ${fault}: ${detail}`);
  }

  /** A named point at which a process died. */
  passed(register: Register, role: string, point: string): void {
    this.#tally.add(pointKey(register, role, point));
  }

  between(low: number, high: number): number {
    return this.#random.whole(low, high);
  }
}
