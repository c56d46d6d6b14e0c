import type { Role } from "../../src/protocol/order.ts";
import type { Bounds, Missing } from "./bounds.ts";
import { announcementOf } from "./burst.ts";
import type { Entries, Group } from "./entries.ts";
import type { Gateway } from "./gateway.ts";
import { isUndoing } from "./keys.ts";
import type { LedgerMoves, Sink, Standers } from "./ledger-moves.ts";
import { DESTINATION_ACTIONS, ORIGIN_ACTIONS } from "./ledgers.ts";
import type { Local } from "./local.ts";
import {
  addTakeover,
  lateOf,
  otherOf,
  Point,
  poolOf,
  queueFrom,
  sentBy,
  setLate,
  setQueue,
  setSent,
  takeoversOf,
} from "./point.ts";
import type { Queues } from "./queues.ts";

const RECREATE = ORIGIN_ACTIONS.indexOf("recreate");

/** What takeovers need of the world that they happen in. */
interface World {
  readonly bounds: Bounds;
  readonly missing: Missing;
  readonly gateways: Readonly<Record<Role, Gateway>>;
  readonly entries: Entries;
  readonly queues: Queues;
  readonly ledgers: LedgerMoves;
  /** `point` with another local in the role; what is returned is reused. */
  become(point: Point, role: Role, id: number): Point;
  logged(point: Point, to: Point, writer: Role, group: Group): void;
  /** Every step of the gateway that has the role. */
  ofGateway(point: Point, role: Role, sink: Sink): void;
}

/**
 * A backup becomes primary, and the former primary goes on for ever. Behind the fence nothing of that is taken by log or register,
 * so that its own log stands still; what is left are late packets, and since nothing is done before it is announced, they are the
 * actions that its log had announced, and the messages that it held. All of them may be sent at any time and any number of times,
 * whether or not its process would: dead, slow, stopped and woken again are all among them. Without the fence it is a second full
 * gateway with a log of its own.
 */
export class Takeovers {
  readonly #world: World;
  readonly #to = new Point();
  readonly #swapped = new Point();

  constructor(world: World) {
    this.#world = world;
  }

  from(point: Point, role: Role, local: Local, standers: Standers, sink: Sink): void {
    this.#takeover(point, role, local, sink);
    if (takeoversOf(point, role) === 0) return;
    if (this.#world.missing.fence) this.#asRival(point, role, sink);
    else this.#late(point, role, standers, sink);
  }

  #takeover(point: Point, role: Role, local: Local, sink: Sink): void {
    const { bounds, missing, entries, gateways } = this.#world;
    if (takeoversOf(point, role) >= bounds.takeovers[role] || (missing.fence && point.rival !== 0)) return;
    // Where nothing is in the log yet there is no session to take over.
    if (local.isGone || local.state.own.closed || (role === "origin" && local.own.length === 0)) return;
    const pending = local.pending?.entries ?? [];
    const mayLand = missing.fence ? 1 : Math.max(1, pending.length);
    for (let landed = 0; landed < mayLand; landed++) {
      const successor = gateways[role].succeed(local.id, landed);
      const to = this.#world.become(point, role, successor);
      addTakeover(to, role);
      if (missing.fence) {
        to.rival = local.id + 1;
        to.toRival = queueFrom(point, otherOf(role));
      } else this.#fence(to, role, gateways[role].local(successor));
      if (landed > 0) this.#world.logged(point, to, role, entries.group(pending.slice(0, landed)));
      const detail = pending.length === 0 ? "" : `of what it had signed, ${landed} entries have landed`;
      sink(to, role, "is taken over by a backup;", detail, true);
    }
  }

  /**
   * Of the former primary only late packets are left: of all that stands in the log, also what landed last and it may not have heard
   * of. Whoever takes over acts on a final block, and on all that is before it.
   */
  #fence(to: Point, role: Role, { state }: Local): void {
    this.#world.ledgers.finaliseDecision(to);
    if (role === "origin") to.decisionPool = 0;
    const actions = role === "origin" ? ORIGIN_ACTIONS : DESTINATION_ACTIONS;
    const announced = actions.reduce(
      (bits, action, position) => (state.own.marks.has(announcementOf(action)) ? bits | (1 << position) : bits),
      0,
    );
    setLate(to, role, this.#world.ledgers.alive(to, role, lateOf(to, role) | announced));
  }

  #late(point: Point, role: Role, standers: Standers, sink: Sink): void {
    const { bounds, ledgers, queues } = this.#world;
    const to = this.#to;
    const actions = role === "origin" ? ORIGIN_ACTIONS : DESTINATION_ACTIONS;
    const late = lateOf(point, role) & ~poolOf(point, role);
    for (const [position, action] of actions.entries()) {
      if ((late & (1 << position)) === 0) continue;
      // The escrow takes it only with the certificate, which nobody has.
      if (role === "origin" && position === RECREATE && !ledgers.isCancelled(point)) continue;
      to.take(point);
      ledgers.send(to, role, action);
      const breach = ledgers.breachOfSending(point, { action, isAnnounced: true }, standers);
      sink(to, `the former ${role}`, "sends", action, true, breach);
    }
    const length = queues.length(queueFrom(point, role));
    if (bounds.register !== "destination" || sentBy(point, role) >= length) return;
    to.take(point);
    setSent(to, role, length);
    sink(to, `the former ${role}`, "sends its log again", "", true);
  }

  /** The former primary's own steps: it takes the primary's place for the time of each. */
  #asRival(point: Point, role: Role, sink: Sink): void {
    if (point.rival === 0) return;
    const swapped = this.#swapped;
    swapped.take(point);
    this.#swap(swapped, role);
    const peer = otherOf(role);
    setSent(swapped, peer, this.#world.queues.length(queueFrom(swapped, peer)));
    this.#world.ofGateway(swapped, role, (to, who, what, detail, _isFault, breach) => {
      const next = this.#to;
      next.take(to);
      this.#swap(next, role);
      setSent(next, peer, sentBy(point, peer));
      const isLogged = what === "logs" || (what === "signs" && this.#world.bounds.appends === "atomic");
      sink(next, `the former ${who}`, what, detail, true, breach ?? (isLogged ? "fenced" : undefined));
    });
  }

  #swap(point: Point, role: Role): void {
    const id = role === "origin" ? point.origin : point.destination;
    if (role === "origin") point.origin = point.rival - 1;
    else point.destination = point.rival - 1;
    point.rival = id + 1;
    const queue = queueFrom(point, otherOf(role));
    setQueue(point, otherOf(role), point.toRival);
    point.toRival = queue;
  }

  /** What its peer logs the former primary reads, too. */
  tellRival(to: Point, writer: Role, parts: readonly Group[]): void {
    const rival = this.rivalOf(to, otherOf(writer));
    if (!rival || rival.state.own.closed || isUndoing(rival.state)) return;
    for (const part of parts) to.toRival = this.#world.queues.push(to.toRival, part);
  }

  rivalOf(point: Point, role: Role): Local | undefined {
    if (point.rival === 0 || takeoversOf(point, role) === 0) return undefined;
    return this.#world.gateways[role].local(point.rival - 1);
  }
}
