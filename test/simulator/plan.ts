import type { FaultPoint } from "../../src/gateway/fault-points.ts";
import { DEFAULT_TIMING, type GatewayTiming } from "../../src/gateway/ports.ts";
import type { Role } from "../../src/protocol/order.ts";
import { AIMS, targetOf, type Aim, type Twist } from "./aims.ts";
import { NAMES, otherThan, type Name } from "./cast.ts";
import type { Fault, Register, Spell } from "./faults.ts";
import { Random } from "./random.ts";
import { START } from "./sim-clock.ts";
import { planTakeovers, type PlannedTakeover } from "./takeover-plan.ts";
import { situationOf, SLOW_CLOCK_MS } from "./twists.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const MOST_SESSIONS = 4;
/** Short of every deadline, also several times. */
const SHORT_DOWN_MS = 3 * SECOND;

/** A transfer that a client asks for. */
export interface PlannedTransfer {
  readonly key: string;
  readonly from: Name;
  /** Milliseconds from the start. */
  readonly at: number;
  readonly asset: "coin" | "unmapped" | "too much";
  /** Whose client asks to cancel it, and when. */
  readonly cancel: { readonly by: Role; readonly at: number } | null;
}

/** Where a process dies: at a named point in a role, at the nth call of a process, or at a moment. */
export type Trigger =
  | { readonly kind: "point"; readonly role: Role; readonly point: FaultPoint }
  | { readonly kind: "call"; readonly nth: number }
  | { readonly kind: "moment"; readonly at: number };

export interface PlannedCrash {
  /** Null: whichever passes the point first. */
  readonly name: Name | null;
  readonly trigger: Trigger;
  /** Milliseconds until it is started again, or until all deadlines have passed. */
  readonly downMs: number;
}

/** All that is chosen before a run; what is chosen in it comes from forks of the same seed. */
export interface Plan {
  readonly register: Register;
  readonly transfers: readonly PlannedTransfer[];
  readonly crashes: readonly PlannedCrash[];
  readonly spells: readonly Spell[];
  readonly likelihood: ReadonlyMap<Fault, number>;
  readonly timing: GatewayTiming;
  readonly skewMs: Readonly<Record<Name, number>>;
  readonly finalityMs: { readonly log: number; readonly alpha: number; readonly beta: number };
  /** Milliseconds from one reorganization to the next; 0: none. */
  readonly reorgEveryMs: number;
  /** Others do what they may do behind deadline, expiry and cancelAfter. */
  readonly strangers: { readonly abort: boolean; readonly cancel: boolean; readonly unlock: boolean };
  /** How likely a process dies again in its first calls behind a start, and how likely within a rollback. */
  readonly diesAgain: { readonly inRecovery: number; readonly inRollback: number };
  readonly takeovers: readonly PlannedTakeover[];
  /** UNIX ms from which on nothing goes wrong. */
  readonly calmFrom: number;
}

/** Faults that strike a single call, each with a likelihood of its own. */
const PER_CALL: readonly Fault[] = [
  "log-request-lost",
  "log-reply-lost",
  "log-write-late",
  "log-write-dropped",
  "ledger-pending",
  "ledger-dropped",
  "ledger-reply-lost",
  "message-lost",
  "message-twice",
  "message-late",
  "message-reply-lost",
];

export function planOf(seed: number): Plan {
  return new Planner(seed).plan();
}

class Planner {
  readonly #random: Random;
  readonly #takeovers: Random;
  readonly #deadline: number;
  readonly #twist: Twist;
  readonly #aims: readonly Aim[];
  readonly #register: Register;
  /** Nothing goes wrong but what is aimed at. */
  readonly #isCalm: boolean;
  readonly #transfers: PlannedTransfer[] = [];
  readonly #crashes: PlannedCrash[] = [];
  readonly #spells: Spell[] = [];

  constructor(seed: number) {
    this.#random = new Random(seed).fork("plan");
    this.#takeovers = new Random(seed).fork("takeovers");
    this.#deadline = this.#random.whole(40, 150) * SECOND;
    const target = targetOf(seed, this.#random);
    ({ register: this.#register, twist: this.#twist, aims: this.#aims, isCalm: this.#isCalm } = target);
  }

  plan(): Plan {
    const random = this.#random;
    const stormMs = random.whole(30, 240) * SECOND;
    this.#planTransfers();
    this.#planTwist();
    this.#planCrashes(stormMs);
    this.#planSpells(stormMs);
    const finality = (): number => random.pick([0, 2 * SECOND, 5 * SECOND, 12 * SECOND]);
    const isCancelledByClock = this.#twist === "away-behind-vote" || (!this.#isCalm && random.chance(0.1));
    const isExpiredEarly = this.#twist === "expired-early";
    return {
      register: this.#register,
      transfers: this.#transfers,
      crashes: this.#crashes,
      spells: this.#spells,
      likelihood: this.#likelihoods(),
      timing: this.#timing(isCancelledByClock),
      skewMs: this.#skew(),
      finalityMs: { log: finality(), alpha: isExpiredEarly ? 0 : finality(), beta: isExpiredEarly ? 0 : finality() },
      reorgEveryMs: !this.#isCalm && random.chance(0.25) ? random.whole(1_500, 9_000) : 0,
      strangers: {
        abort: !this.#isCalm && !isExpiredEarly && random.chance(0.2),
        cancel: isCancelledByClock,
        unlock: isExpiredEarly || (!this.#isCalm && random.chance(0.3)),
      },
      diesAgain: this.#isCalm
        ? { inRecovery: 0, inRollback: 0 }
        : { inRecovery: random.pick([0, 0.1, 0.4]), inRollback: random.pick([0, 0, 0.5]) },
      takeovers: planTakeovers(this.#takeovers, { register: this.#register, stormMs, isCalm: this.#isCalm }),
      calmFrom: START + stormMs,
    };
  }

  #timing(isCancelledByClock: boolean): GatewayTiming {
    const random = this.#random;
    const isExpiredEarly = this.#twist === "expired-early";
    return {
      ...DEFAULT_TIMING,
      retry: random.pick([SECOND, 2 * SECOND]),
      retryMax: isExpiredEarly ? 2 * SECOND : random.pick([4 * SECOND, 8 * SECOND, 16 * SECOND]),
      maxTimeout: isExpiredEarly ? 60 * MINUTE : random.pick([20 * SECOND, 60 * SECOND, 100 * SECOND]),
      deadline: this.#deadline,
      ...this.#margins(isCancelledByClock),
    };
  }

  /** With private logs the lock's margin is also that of the mint. */
  #margins(isCancelledByClock: boolean): Pick<GatewayTiming, "lockMargin" | "cancelGrace"> {
    const random = this.#random;
    const soon = random.whole(1, 30) * SECOND;
    const isSoon = isCancelledByClock && this.#register === "destination";
    const lockMargin = isSoon ? soon : random.pick([10 * SECOND, 60 * SECOND, 60 * MINUTE]);
    return {
      lockMargin: this.#twist === "expired-early" ? 2 * SECOND : lockMargin,
      cancelGrace: isCancelledByClock ? soon : 30 * 24 * 60 * MINUTE,
    };
  }

  #skew(): Plan["skewMs"] {
    const random = this.#random;
    if (this.#twist === "expired-early") return { alpha: -SLOW_CLOCK_MS, beta: -SLOW_CLOCK_MS };
    const isSkewed = !this.#isCalm && random.chance(0.3);
    const skew = (): number => (isSkewed ? random.whole(-20, 20) * SECOND : random.whole(-SECOND, SECOND));
    return { alpha: skew(), beta: skew() };
  }

  #planTransfers(): void {
    const random = this.#random;
    const count = this.#isCalm ? 1 : random.pick([1, 1, 1, 1, 2, 2, 2, 3, 3, MOST_SESSIONS]);
    for (let position = 0; position < count; position++) {
      const isCancelled = (position === 0 && this.#twist === "cancel") || (!this.#isCalm && random.chance(0.06));
      const at = position === 0 ? 0 : random.whole(0, 20 * SECOND);
      this.#transfers.push({
        key: `t${position + 1}`,
        from: random.pick(NAMES),
        at,
        asset: position > 0 ? random.pick(["coin", "coin", "coin", "unmapped", "too much"]) : this.#firstAsset(),
        cancel: isCancelled
          ? { by: random.pick(["origin", "destination"]), at: at + random.whole(50, 8 * SECOND) }
          : null,
      });
    }
  }

  #firstAsset(): PlannedTransfer["asset"] {
    return this.#twist === "unmapped" ? "unmapped" : this.#twist === "too-much" ? "too much" : "coin";
  }

  /** Who plays the role in the first transfer. */
  #playing(role: Role): Name {
    const from = this.#transfers[0]?.from ?? "alpha";
    return role === "origin" ? from : otherThan(from);
  }

  #planTwist(): void {
    const { spells, crashes } = situationOf(this.#twist, {
      random: this.#random,
      register: this.#register,
      deadline: this.#deadline,
      origin: this.#playing("origin"),
      destination: this.#playing("destination"),
    });
    this.#spells.push(...spells);
    this.#crashes.push(...crashes);
  }

  #crashAt(name: Name | null, role: Role, point: FaultPoint, downMs: number): void {
    this.#crashes.push({ name, trigger: { kind: "point", role, point }, downMs });
  }

  #planCrashes(stormMs: number): void {
    const random = this.#random;
    const down = (): number => random.pick([0, random.whole(100, 3 * SECOND), random.whole(5, 40) * SECOND]);
    // In the calm nothing but the deadline could keep a transfer from the later of its points.
    const longest = this.#isCalm && this.#twist === "none" ? SHORT_DOWN_MS : Infinity;
    for (const { role, point } of this.#aims) this.#crashAt(null, role, point, Math.min(down(), longest));
    const further = this.#isCalm ? 0 : random.pick([0, 0, 1, 2, 3]);
    for (let count = 0; count < further; count++) {
      const name = random.pick(NAMES);
      const isLong = random.chance(0.15);
      const downMs = isLong ? this.#deadline + random.whole(-20, 30) * SECOND : down();
      const trigger = this.#anyTrigger(stormMs);
      this.#crashes.push({ name, trigger, downMs });
      if (random.chance(0.25)) this.#crashes.push({ name: otherThan(name), trigger, downMs: down() });
    }
  }

  #anyTrigger(stormMs: number): Trigger {
    const random = this.#random;
    const kind = random.pick(["point", "call", "call", "moment"] as const);
    if (kind === "moment") return { kind, at: random.whole(0, stormMs) };
    if (kind === "call") return { kind, nth: random.whole(1, 250) };
    const { role, point } = random.pick(AIMS.filter(({ register }) => register === this.#register));
    return { kind, role, point };
  }

  #planSpells(stormMs: number): void {
    const random = this.#random;
    if (this.#isCalm) return;
    const begin = (): number => random.whole(0, Math.min(stormMs, 30 * SECOND));
    const last = (): number => random.whole(1, 40) * SECOND;
    const store = this.#register === "log" ? "log-away" : "disk-fails";
    if (random.chance(0.25)) this.#spell(store, random.pick(NAMES), begin(), last());
    if (random.chance(0.25)) this.#spell("peer-away", random.pick(NAMES), begin(), last());
    if (random.chance(0.25)) this.#spell("ledger-away", `${random.pick(NAMES)} ${random.pick(NAMES)}`, begin(), last());
    for (const name of NAMES) {
      const lag = random.whole(200, 15 * SECOND);
      if (random.chance(0.2)) this.#spell("log-read-stale", name, begin(), 4 * last(), lag);
      for (const chain of NAMES)
        if (random.chance(0.15)) this.#spell("ledger-read-stale", `${name} ${chain}`, begin(), 4 * last(), lag);
    }
  }

  #spell(fault: Fault, place: string, at: number, forMs: number, lagMs = 0): void {
    this.#spells.push({ fault, place, from: START + at, until: START + at + forMs, lagMs });
  }

  #likelihoods(): Map<Fault, number> {
    const random = this.#random;
    if (this.#isCalm) return new Map();
    const isQuiet = random.chance(0.2);
    const active = PER_CALL.filter(() => !isQuiet && random.chance(0.35));
    const likelihoods = new Map(active.map((fault) => [fault, random.pick([0.02, 0.08, 0.25])]));
    // One in so many writes to the disk: it costs a process each time.
    if (random.chance(0.2)) likelihoods.set("outbox-write-lost", random.pick([0.01, 0.03]));
    return likelihoods;
  }
}
