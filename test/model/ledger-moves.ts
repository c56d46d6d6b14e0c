import type { LedgerAction } from "../../src/protocol/state.ts";
import type { Role } from "../../src/protocol/order.ts";
import { carriedActions } from "../support/world-ledger.ts";
import type { Invariant } from "../support/world-oracles.ts";
import type { Bounds, Missing } from "./bounds.ts";
import { DESTINATION_ACTIONS, DESTINATION_STATES, Escrow, ORIGIN_ACTIONS, ORIGIN_STATES } from "./ledgers.ts";
import type { Local } from "./local.ts";
import { finalOf, headOf, lateOf, poolOf, setLate, setPool, type Point } from "./point.ts";

/** Told of each step: who, what, and whether something has to go wrong for it. `to` is reused: copy what is kept. */
export type Sink = (to: Point, who: string, what: string, detail: string, isFault: boolean, breach?: Invariant) => void;

const COMMIT = 1;
const ABORT = 2;
const DECISIONS = ["NONE", "COMMIT", "ABORT"] as const;
const ASSIGN = DESTINATION_ACTIONS.indexOf("assign");
const CANCEL = DESTINATION_ACTIONS.indexOf("cancel");
const UNLOCK = ORIGIN_ACTIONS.indexOf("unlock");

export interface Standers {
  readonly origin: Local;
  readonly destination: Local;
  /** One of them is gone for good: what anybody may do, somebody does. */
  readonly isForsaken: boolean;
}

/** Steps of the two ledgers, of the register, and of whoever else may act on them. */
export class LedgerMoves {
  readonly #bounds: Bounds;
  readonly #missing: Missing;
  readonly #escrows: Readonly<Record<Role, Escrow>>;

  constructor(bounds: Bounds, missing: Missing) {
    this.#bounds = bounds;
    this.#missing = missing;
    this.#escrows = {
      origin: new Escrow(ORIGIN_STATES, ORIGIN_ACTIONS, missing),
      destination: new Escrow(DESTINATION_STATES, DESTINATION_ACTIONS, missing),
    };
  }

  from(point: Point, standers: Standers, to: Point, sink: Sink): void {
    this.#pool(point, "origin", to, sink);
    this.#pool(point, "destination", to, sink);
    this.#register(point, standers, to, sink);
    this.#clocks(point, standers, to, sink);
    if (standers.isForsaken) this.#carriers(point, to, sink);
    if (this.#bounds.reorgs > 0) this.#finality(point, to, sink);
  }

  /** A gateway's transaction is on its way; one that cannot change anything any more is as good as none. */
  send(to: Point, role: Role, action: LedgerAction): void {
    const escrow = this.#escrows[role];
    const bit = 1 << escrow.actions.indexOf(action);
    if (role === "origin") to.originPool |= bit & escrow.alive(to.originFinal);
    else to.destinationPool |= bit & escrow.alive(to.destinationFinal);
  }

  /** Those of the actions that can still change something, now or later. */
  alive(point: Point, role: Role, actions: number): number {
    return actions & this.#escrows[role].alive(finalOf(point, role));
  }

  isCancelled({ destinationFinal }: Point): boolean {
    return DESTINATION_STATES[destinationFinal] === "CANCELLED";
  }

  /** Whatever the register holds is final. */
  finaliseDecision(to: Point): void {
    if (to.decision === to.decisionHead) return;
    to.decision = to.decisionHead;
    to.decisionPool = 0;
    to.isLate = 0;
  }

  breachOfSending(
    point: Point,
    doing: { readonly action: LedgerAction; readonly isAnnounced: boolean },
    { destination }: Pick<Standers, "destination">,
  ): Invariant | undefined {
    if (!doing.isAnnounced) return "ahead";
    if (doing.action === "cancel" && point.decisionHead === COMMIT) return "obeyed";
    if (doing.action === "burn" && voteOf(destination) !== "yes") return "ground";
    return doing.action === "assign" && !isGrounded(point, destination) ? "ground" : undefined;
  }

  /** ABORT on the ground of a NO or of the deadline, which anybody may write. */
  abort(point: Point, to: Point, destination: Local): Invariant | undefined | "refused" {
    const isPermitted = voteOf(destination) === "no" || point.isLate === 1;
    if (point.decisionHead !== 0 || (!isPermitted && !this.#missing.deadlineByChain)) return "refused";
    this.#decided(to, ABORT);
    return isPermitted ? undefined : "early";
  }

  #pool(point: Point, role: Role, to: Point, sink: Sink): void {
    const escrow = this.#escrows[role];
    const pool = poolOf(point, role);
    for (let action = 0; pool >>> action !== 0; action++) {
      const bit = 1 << action;
      if ((pool & bit) === 0) continue;
      this.#mine(point, role, action, to, sink);
      if (!this.#bounds.losses) continue;
      to.take(point);
      setPool(to, role, pool & ~bit);
      sink(to, role, "loses its transaction:", escrow.actions[action]!, true);
    }
  }

  #mine(point: Point, role: Role, action: number, to: Point, sink: Sink): void {
    const escrow = this.#escrows[role];
    const name = escrow.actions[action]!;
    const bit = 1 << action;
    const head = headOf(point, role);
    const after = escrow.after(head, action);
    to.take(point);
    setPool(to, role, poolOf(point, role) & ~bit);
    if (after === undefined) {
      sink(to, role, "has reverted:", name, false);
      return;
    }
    this.#enter(to, role, after);
    const breach: Invariant | undefined = after === head ? "once" : undefined;
    sink(to, role, "has mined:", name, false, breach);
    if ((escrow.alive(finalOf(to, role)) & bit) === 0 || !this.#bounds.losses) return;
    setPool(to, role, poolOf(to, role) | bit);
    sink(to, role, "has mined one of two:", name, true, breach);
  }

  #register(point: Point, { origin, destination, isForsaken }: Standers, to: Point, sink: Sink): void {
    if (this.#bounds.register !== "log") return;
    const isOpen = point.decisionHead === 0;
    const wanted = point.decisionPool;
    if ((wanted & COMMIT) !== 0 && (isOpen || (this.#missing.writeOnce && point.decisionHead === ABORT))) {
      if (voteOf(destination) === "yes" && origin.state.own.marks.has("done-burn")) {
        to.take(point);
        this.#decided(to, COMMIT);
        const breach = isOpen ? undefined : "obeyed";
        sink(to, "register", "holds", "COMMIT", false, isGrounded(point, destination) ? breach : "ground");
      }
    }
    if ((wanted & ABORT) !== 0 && (isOpen || (this.#missing.writeOnce && point.decisionHead === COMMIT))) {
      to.take(point);
      this.#decided(to, ABORT);
      sink(to, "register", "holds", "ABORT", false, isOpen ? undefined : "obeyed");
    }
    for (const bit of [COMMIT, ABORT]) {
      if ((wanted & bit) === 0 || !this.#bounds.losses) continue;
      to.take(point);
      to.decisionPool &= ~bit;
      sink(to, "register", "loses", DECISIONS[bit]!, true);
    }
    to.take(point);
    const breach = this.abort(point, to, destination);
    if (breach !== "refused") sink(to, "anyone", "decides", "ABORT", !isForsaken, breach);
  }

  #decided(to: Point, decision: number): void {
    to.decisionHead = decision;
    if (this.#bounds.reorgs > 0) return;
    to.decision = decision;
    if (this.#missing.writeOnce || this.#missing.certificate) return;
    to.decisionPool = 0;
    to.isLate = 0;
  }

  #clocks(point: Point, { isForsaken }: Standers, to: Point, sink: Sink): void {
    const bounds = this.#bounds;
    if (bounds.deadline && bounds.register === "log" && point.isLate === 0 && point.decision === 0) {
      to.take(point);
      to.isLate = 1;
      sink(to, "register", "passes the deadline", "", false);
    }
    if (this.#missing.certificate && (point.decisionPool & COMMIT) !== 0)
      this.#carry(point, "destination", ASSIGN, "carries assign with the request to commit", true, to, sink);
    if (!bounds.expiries) return;
    this.#carry(point, "destination", CANCEL, "cancels behind cancelAfter", !isForsaken, to, sink);
    this.#carry(point, "origin", UNLOCK, "unlocks behind the expiry", !isForsaken, to, sink);
  }

  /** R3: with what is finally held in hand, anybody carries what the gateway that is gone would have done. */
  #carriers(point: Point, to: Point, sink: Sink): void {
    const allowed = carriedActions({
      decision: DECISIONS[point.decision]!,
      destination: DESTINATION_STATES[point.destinationFinal]!,
      cancelAfterPassed: false,
      lockExpired: false,
    });
    for (const action of allowed) {
      const role = this.#escrows.origin.actions.includes(action) ? "origin" : "destination";
      this.#carry(point, role, this.#escrows[role].actions.indexOf(action), `carries ${action}`, false, to, sink);
    }
  }

  #carry(point: Point, role: Role, action: number, what: string, isFault: boolean, to: Point, sink: Sink): void {
    const head = headOf(point, role);
    const after = this.#escrows[role].after(head, action);
    if (after === undefined || after === head) return;
    to.take(point);
    this.#enter(to, role, after);
    sink(to, "anyone", what, "", isFault);
  }

  #enter(to: Point, role: Role, state: number): void {
    const isFinalAtOnce = this.#bounds.reorgs === 0;
    if (role === "origin") {
      to.originHead = state;
      if (isFinalAtOnce) to.originFinal = state;
    } else {
      to.destinationHead = state;
      if (isFinalAtOnce) to.destinationFinal = state;
    }
    this.#forgetDead(to, role);
  }

  #forgetDead(to: Point, role: Role): void {
    setPool(to, role, this.alive(to, role, poolOf(to, role)));
    setLate(to, role, this.alive(to, role, lateOf(to, role)));
  }

  #finality(point: Point, to: Point, sink: Sink): void {
    for (const role of ["origin", "destination"] as const) {
      const final = finalOf(point, role);
      const head = headOf(point, role);
      if (final === head) continue;
      to.take(point);
      if (role === "origin") to.originFinal = head;
      else to.destinationFinal = head;
      this.#forgetDead(to, role);
      sink(to, role, "has its state finalised", "", false);
      if (point.reorgs >= this.#bounds.reorgs) continue;
      const undone = this.#escrows[role].between(final, head);
      // Each transaction is back in the pool, or gone.
      for (let back = undone; ; back = (back - 1) & undone) {
        to.take(point);
        to.reorgs += 1;
        if (role === "origin") to.originHead = final;
        else to.destinationHead = final;
        setPool(to, role, poolOf(point, role) | back);
        sink(to, role, "has its chain reorganised", back === undone ? "" : "and transactions lost", true);
        if (back === 0) break;
      }
    }
    this.#finalityOfRegister(point, to, sink);
  }

  #finalityOfRegister(point: Point, to: Point, sink: Sink): void {
    if (point.decision === point.decisionHead) return;
    to.take(point);
    this.finaliseDecision(to);
    sink(to, "register", "has finalised", DECISIONS[point.decisionHead]!, false);
    if (point.reorgs >= this.#bounds.reorgs) return;
    for (const back of [0, point.decisionHead]) {
      to.take(point);
      to.reorgs += 1;
      to.decisionHead = 0;
      to.decisionPool |= back;
      sink(to, "register", "has its chain reorganised", back === 0 ? "and the decision lost" : "", true);
    }
  }
}

/** YES stands in the log, and the burn is final. */
function isGrounded({ originFinal }: Point, destination: Local): boolean {
  const state = ORIGIN_STATES[originFinal];
  return voteOf(destination) === "yes" && (state === "BURNED" || state === "RECREATED");
}

function voteOf({ state }: Local): string | undefined {
  return state.own.marks.get("ack-prepare")?.vote;
}
