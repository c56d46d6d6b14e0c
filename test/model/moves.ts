import type { Mark } from "../../src/protocol/marks.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { PeerState } from "../../src/protocol/state.ts";
import type { Bounds, Missing } from "./bounds.ts";
import type { Look } from "./burst.ts";
import { peerStateOf } from "./core.ts";
import { Entries, type Group } from "./entries.ts";
import { Gateway, type Outcome } from "./gateway.ts";
import { isUndoing } from "./keys.ts";
import { LedgerMoves, type Sink, type Standers } from "./ledger-moves.ts";
import type { Local } from "./local.ts";
import { finalOf, headOf, otherOf, Point, queueFrom, sentBy, setQueue, setSent } from "./point.ts";
import { Queues } from "./queues.ts";
import { Takeovers } from "./takeovers.ts";
import { RowCounts } from "./rows.ts";

const COMMIT = 1;
const ABORT = 2;
const WISH = { type: "abort-wished", refusal: { code: "REFUSED", reason: "cancelled on request" } } as const;
const DECISIONS = [undefined, "COMMIT", "ABORT"] as const;

/** Every step that the explored world can take from a moment: the gateways', by the real core, and everybody else's. */
export class Moves {
  readonly bounds: Bounds;
  readonly missing: Missing;
  readonly rows = new RowCounts();
  readonly gateways: Readonly<Record<Role, Gateway>>;
  readonly #entries = new Entries();
  readonly #queues: Queues;
  readonly #ledgers: LedgerMoves;
  readonly #takeovers: Takeovers;
  readonly #to = new Point();

  constructor(bounds: Bounds, missing: Missing) {
    this.bounds = bounds;
    this.missing = missing;
    this.gateways = {
      origin: new Gateway("origin", bounds, missing, this.#entries, this.rows),
      destination: new Gateway("destination", bounds, missing, this.#entries, this.rows),
    };
    this.#queues = new Queues(this.#entries.groups);
    this.#ledgers = new LedgerMoves(bounds, missing);
    this.#takeovers = new Takeovers({
      ...{ bounds, missing, gateways: this.gateways, entries: this.#entries, queues: this.#queues },
      ledgers: this.#ledgers,
      become: this.#become.bind(this),
      logged: this.#logged.bind(this),
      ofGateway: this.#ofGateway.bind(this),
    });
  }

  /** The session is open, its first entry is signed, and nothing else has happened. */
  start(): Point {
    const { origin, destination } = this.gateways;
    const point = new Point();
    point.origin = origin.open(origin.start());
    point.destination = destination.start();
    return point;
  }

  locals(point: Point): Readonly<Record<Role, Local>> {
    const { origin, destination } = this.gateways;
    return { origin: origin.local(point.origin), destination: destination.local(point.destination) };
  }

  from(point: Point, sink: Sink): void {
    this.#ofGateway(point, "origin", sink);
    this.#ofGateway(point, "destination", sink);
    const standers = this.#standers(point);
    for (const role of ["origin", "destination"] as const)
      if (this.bounds.takeovers[role] > 0) this.#takeovers.from(point, role, this.locals(point)[role], standers, sink);
    this.#ledgers.from(point, standers, this.#to, sink);
  }

  /** By whose logs register and ledgers go: a former primary's too, where no fence keeps it from writing. */
  #standers(point: Point): Standers {
    const { origin, destination } = this.locals(point);
    const isForsaken = origin.isGone || destination.isGone;
    if (point.rival === 0) return { origin, destination, isForsaken };
    const writer = (role: Role, primary: Local, mark: Mark): Local =>
      primary.state.own.marks.has(mark) ? primary : (this.#takeovers.rivalOf(point, role) ?? primary);
    return {
      origin: writer("origin", origin, "done-burn"),
      destination: writer("destination", destination, "ack-prepare"),
      isForsaken,
    };
  }

  #ofGateway(point: Point, role: Role, sink: Sink): void {
    const locals = this.locals(point);
    const [local, peer] = [locals[role], locals[otherOf(role)]];
    if (local.isGone || local.state.own.closed || local.halted !== undefined) return;
    const { bounds } = this;
    if (local.pending) this.#landing(point, role, local, local.pending, sink);
    else {
      this.#hearing(point, role, local, sink);
      for (const outcome of this.gateways[role].bursts(local.id, this.#look(point, role)))
        this.#outcome(point, role, outcome, sink);
      this.#news(point, role, local, sink);
      this.#contact(point, role, local, peer, sink);
    }
    this.#crash(point, role, local, sink);
    if (bounds.gone === "nobody" || (bounds.gone === "one" && peer.isGone)) return;
    const to = this.#become(point, role, this.gateways[role].die(local.id));
    clearTo(to, role);
    sink(to, role, "is gone for good", "", true);
  }

  #landing(point: Point, role: Role, local: Local, pending: Group, sink: Sink): void {
    const to = this.#become(point, role, this.gateways[role].land(local.id));
    this.#logged(point, to, role, pending);
    sink(to, role, "logs", pending.label, false);
    if (!local.isStarting || !this.missing.outbox) return;
    const forgotten = this.#become(point, role, this.gateways[role].forget(local.id));
    sink(forgotten, role, "forgets that it signed", pending.label, true);
  }

  #crash(point: Point, role: Role, local: Local, sink: Sink): void {
    const { crashes, lostDisks } = this.bounds;
    if (point.crashes >= crashes) return;
    const count = Number.isFinite(crashes) ? 1 : 0;
    const to = this.#become(point, role, this.gateways[role].crash(local.id));
    to.crashes += count;
    sink(to, role, "crashes", "", true);
    if (!lostDisks || !local.pending) return;
    for (let landed = 0; landed < local.pending.entries.length; landed++) {
      const rotated = this.#become(point, role, this.gateways[role].succeed(local.id, landed));
      rotated.crashes += count;
      // The register refuses what the old epoch signed, too.
      if (role === "origin") rotated.decisionPool = 0;
      if (landed > 0) this.#logged(point, rotated, role, this.#entries.group(local.pending.entries.slice(0, landed)));
      sink(rotated, role, "loses its disk and raises its epoch; of", `${local.pending.label}, ${landed} landed`, true);
    }
  }

  /** The peer will hear of it; whoever undoes its part, is gone or has closed its log hears no more but what it still asks for. */
  #logged(point: Point, to: Point, writer: Role, group: Group): void {
    const reader = this.locals(point)[otherOf(writer)];
    const isListening = !reader.isGone && !reader.state.own.closed && !group.isPeerState;
    const parts = this.bounds.piecemeal ? group.entries.map((entry) => this.#entries.group([entry])) : [group];
    if (isListening && (group.isRecovery || !isUndoing(reader.state)))
      for (const part of parts) setQueue(to, writer, this.#queues.push(queueFrom(to, writer), part));
    if (to.rival !== 0) this.#takeovers.tellRival(to, writer, parts);
    this.#stopListening(to, writer);
    this.#forgetHandshake(to);
  }

  #stopListening(to: Point, reader: Role): void {
    if (!isUndoing(this.locals(to)[reader].state)) return;
    const writer = otherOf(reader);
    const recovery = this.#queues.recovery(queueFrom(to, writer));
    setQueue(to, writer, recovery);
    setSent(to, writer, Math.min(sentBy(to, writer), this.#queues.length(recovery)));
  }

  /** A handshake that has ended on both sides leaves nothing behind. */
  #forgetHandshake(to: Point): void {
    if (!this.bounds.handshake || this.#queues.recovery(to.fromOrigin) + this.#queues.recovery(to.fromDestination) > 0)
      return;
    const { origin, destination } = this.gateways;
    if (!origin.isQuiet(to.origin) || !destination.isQuiet(to.destination)) return;
    to.origin = origin.forgetHandshake(to.origin);
    to.destination = destination.forgetHandshake(to.destination);
  }

  #hearing(point: Point, role: Role, local: Local, sink: Sink): void {
    const writer = otherOf(role);
    const queue = queueFrom(point, writer);
    const group = this.#queues.first(queue);
    const isPrivate = this.bounds.register === "destination";
    const sent = sentBy(point, writer);
    if (!group || (isPrivate && sent === 0)) return;
    const to = this.#become(point, role, this.gateways[role].hear(local.id, group));
    setQueue(to, writer, this.#queues.shift(queue));
    if (isPrivate) setSent(to, writer, sent - 1);
    this.#forgetHandshake(to);
    sink(to, role, "hears", group.label, false);
    if (!isPrivate || !this.bounds.losses) return;
    to.take(point);
    setSent(to, writer, 0);
    sink(to, writer, "loses its messages", "", true);
  }

  #outcome(point: Point, role: Role, outcome: Outcome, sink: Sink): void {
    const { doing, isFault, hasSent } = outcome;
    const to = this.#become(point, role, outcome.next);
    if (hasSent && this.bounds.register === "destination") this.#post(point, to, role);
    switch (doing.type) {
      case "nothing":
        sink(to, role, "waits", "", isFault);
        break;
      case "halt":
        sink(to, role, "halts:", doing.why, isFault, "halted");
        break;
      case "sign":
        if (this.bounds.appends === "atomic") this.#logged(point, to, role, doing.group);
        sink(
          to,
          role,
          "signs",
          doing.group.label,
          isFault,
          this.locals(point)[role].isForgetful ? "signed" : undefined,
        );
        break;
      case "act":
        this.#ledgers.send(to, role, doing.action);
        sink(
          to,
          role,
          "sends",
          doing.action,
          isFault,
          this.#ledgers.breachOfSending(point, doing, this.#standers(point)),
        );
        break;
      case "close":
        clearTo(to, role);
        sink(to, role, "closes its log", "", isFault);
        break;
      case "decide":
        this.#decide(point, to, role, doing, sink);
        break;
    }
  }

  #decide(point: Point, to: Point, role: Role, doing: Extract<Outcome["doing"], { type: "decide" }>, sink: Sink): void {
    if (point.decisionHead !== 0) return;
    const { decision, ground } = doing;
    const what = `${decision} (${ground})`;
    if (ground === "ORIGIN") {
      to.decisionPool |= decision === "COMMIT" ? COMMIT : ABORT;
      sink(to, role, "signs the decision", what, false);
      return;
    }
    const breach = this.#ledgers.abort(point, to, this.#standers(point).destination);
    if (breach !== "refused") sink(to, role, "decides", what, false, breach);
  }

  /** What a gateway learns from elsewhere than the peer's log. */
  #news(point: Point, role: Role, { id, state }: Local, sink: Sink): void {
    const gateway = this.gateways[role];
    const told = (next: number, what: string, detail: string, isFault: boolean) =>
      sink(this.#become(point, role, next), role, what, detail, isFault);
    const decision = DECISIONS[point.decision];
    if (decision && state.decision !== decision)
      told(gateway.tell(id, { type: "decided", decision }, decision), "reads", decision, false);
    if (this.bounds.deadline && !state.deadlinePassed)
      told(gateway.tell(id, { type: "deadline-passed" }, "late"), "sees the deadline pass", "", false);
    if (this.bounds.wishes && !state.abortWish) told(gateway.tell(id, WISH, "wish"), "is asked to abort", "", true);
  }

  #contact(point: Point, role: Role, { id, state }: Local, peer: Local, sink: Sink): void {
    const { suspicion } = this.bounds;
    const known = peerStateOf(state);
    const told = (contact: PeerState, isFault: boolean) => {
      if (state.contact === contact) return;
      const next = this.gateways[role].tell(id, { type: "peer-contact", contact }, contact);
      sink(this.#become(point, role, next), role, "takes its peer for", contact, isFault);
    };
    if (suspicion === "graded" && known === "OK") told("SUSPECT", true);
    if (suspicion === "graded" && known === "SUSPECT") told("CRASHED_WAIT", true);
    const isLost = suspicion === "definite" || (suspicion === "graded" && known === "CRASHED_WAIT");
    if ((peer.isGone || isLost) && known !== "CRASHED_DEFINITELY") told("CRASHED_DEFINITELY", !peer.isGone);
    if (!peer.isGone && known !== "OK") told("OK", false);
  }

  /** A message brings the peer all that it lacks of the log, and brings home what the peer has written, closed or not. */
  #post(point: Point, to: Point, role: Role): void {
    const peer = otherOf(role);
    setSent(to, role, this.#queues.length(queueFrom(point, role)));
    if (!this.locals(point)[peer].isGone) setSent(to, peer, this.#queues.length(queueFrom(point, peer)));
  }

  #look(point: Point, role: Role): Look {
    const peer = otherOf(role);
    const { finality } = this.missing;
    const seen = (side: Role) => (finality ? headOf(point, side) : finalOf(point, side));
    const isPending = (side: Role) => !finality && headOf(point, side) !== finalOf(point, side);
    return { own: seen(role), ownPending: isPending(role), peer: seen(peer), peerPending: isPending(peer) };
  }

  #become(point: Point, role: Role, id: number): Point {
    const to = this.#to;
    to.take(point);
    if (role === "origin") to.origin = id;
    else to.destination = id;
    return to;
  }
}

function clearTo(point: Point, reader: Role): void {
  setQueue(point, otherOf(reader), 0);
  setSent(point, otherOf(reader), 0);
}
