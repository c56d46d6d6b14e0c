import type { Role } from "../../src/protocol/order.ts";

/** A moment of the explored world; small numbers only, because there are many. */
export class Point {
  /** Ids in `Gateway.locals`. */
  origin = 0;
  destination = 0;
  /** Queues of what the peer has not heard, by their writer. */
  fromOrigin = 0;
  fromDestination = 0;
  /** Private logs: how much of the queue is on its way. */
  sentByOrigin = 0;
  sentByDestination = 0;
  /** States of the escrows, at finality and at the head of the chain. */
  originFinal = 0;
  originHead = 0;
  destinationFinal = 0;
  destinationHead = 0;
  /** Actions sent and not mined, as bits. */
  originPool = 0;
  destinationPool = 0;
  /** 0 NONE, 1 COMMIT, 2 ABORT. */
  decision = 0;
  decisionHead = 0;
  /** The origin's signed decisions on their way, as bits: 1 COMMIT, 2 ABORT. */
  decisionPool = 0;
  /** By the register's clock. */
  isLate = 0;
  crashes = 0;
  reorgs = 0;

  read(words: Uint32Array): void {
    this.origin = words[0]!;
    this.destination = words[1]!;
    this.fromOrigin = words[2]! & 0xffff;
    this.fromDestination = words[2]! >>> 16;
    const ledgers = words[3]!;
    this.originFinal = ledgers & 7;
    this.originHead = (ledgers >>> 3) & 7;
    this.destinationFinal = (ledgers >>> 6) & 3;
    this.destinationHead = (ledgers >>> 8) & 3;
    this.originPool = (ledgers >>> 10) & 15;
    this.destinationPool = (ledgers >>> 14) & 7;
    this.decision = (ledgers >>> 17) & 3;
    this.decisionHead = (ledgers >>> 19) & 3;
    this.decisionPool = (ledgers >>> 21) & 3;
    this.isLate = (ledgers >>> 23) & 1;
    this.crashes = (ledgers >>> 24) & 15;
    this.reorgs = (ledgers >>> 28) & 3;
    this.sentByOrigin = words[4]! & 0xff;
    this.sentByDestination = (words[4]! >>> 8) & 0xff;
  }

  write(words: Uint32Array): void {
    words[0] = this.origin;
    words[1] = this.destination;
    words[2] = this.fromOrigin | (this.fromDestination << 16);
    words[3] =
      this.originFinal |
      (this.originHead << 3) |
      (this.destinationFinal << 6) |
      (this.destinationHead << 8) |
      (this.originPool << 10) |
      (this.destinationPool << 14) |
      (this.decision << 17) |
      (this.decisionHead << 19) |
      (this.decisionPool << 21) |
      (this.isLate << 23) |
      (this.crashes << 24) |
      (this.reorgs << 28);
    words[4] = this.sentByOrigin | (this.sentByDestination << 8);
  }

  /** Becomes what the other is. */
  take(other: Point): void {
    this.origin = other.origin;
    this.destination = other.destination;
    this.fromOrigin = other.fromOrigin;
    this.fromDestination = other.fromDestination;
    this.sentByOrigin = other.sentByOrigin;
    this.sentByDestination = other.sentByDestination;
    this.originFinal = other.originFinal;
    this.originHead = other.originHead;
    this.destinationFinal = other.destinationFinal;
    this.destinationHead = other.destinationHead;
    this.originPool = other.originPool;
    this.destinationPool = other.destinationPool;
    this.decision = other.decision;
    this.decisionHead = other.decisionHead;
    this.decisionPool = other.decisionPool;
    this.isLate = other.isLate;
    this.crashes = other.crashes;
    this.reorgs = other.reorgs;
  }
}

export function otherOf(role: Role): Role {
  return role === "origin" ? "destination" : "origin";
}

export function headOf(point: Point, role: Role): number {
  return role === "origin" ? point.originHead : point.destinationHead;
}

export function finalOf(point: Point, role: Role): number {
  return role === "origin" ? point.originFinal : point.destinationFinal;
}

export function poolOf(point: Point, role: Role): number {
  return role === "origin" ? point.originPool : point.destinationPool;
}

export function setPool(point: Point, role: Role, pool: number): void {
  if (role === "origin") point.originPool = pool;
  else point.destinationPool = pool;
}

export function queueFrom(point: Point, writer: Role): number {
  return writer === "origin" ? point.fromOrigin : point.fromDestination;
}

export function setQueue(point: Point, writer: Role, queue: number): void {
  if (writer === "origin") point.fromOrigin = queue;
  else point.fromDestination = queue;
}

export function sentBy(point: Point, writer: Role): number {
  return writer === "origin" ? point.sentByOrigin : point.sentByDestination;
}

export function setSent(point: Point, writer: Role, sent: number): void {
  if (writer === "origin") point.sentByOrigin = sent;
  else point.sentByDestination = sent;
}
