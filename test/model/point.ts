import type { Role } from "../../src/protocol/order.ts";

/** Words of 32 bits in a moment, and in what more it has where a former primary goes on. */
export const POINT_WORDS = 5;
export const RIVAL_WORDS = 1;

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
  /** How often a backup has taken over. */
  originTakeovers = 0;
  destinationTakeovers = 0;
  /** Actions that former primaries may still send, for ever, as bits: each was announced in the log before its takeover. */
  originLate = 0;
  destinationLate = 0;
  /** Without a fence: the former primary goes on as a second one. Its id in `Gateway.locals` plus 1, and what it has not heard. */
  rival = 0;
  toRival = 0;

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
    this.originTakeovers = (words[4]! >>> 16) & 3;
    this.destinationTakeovers = (words[4]! >>> 18) & 3;
    this.originLate = (words[4]! >>> 20) & 15;
    this.destinationLate = (words[4]! >>> 24) & 7;
    this.rival = words[5]! & 0xffff;
    this.toRival = words[5]! >>> 16;
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
    words[4] =
      this.sentByOrigin |
      (this.sentByDestination << 8) |
      (this.originTakeovers << 16) |
      (this.destinationTakeovers << 18) |
      (this.originLate << 20) |
      (this.destinationLate << 24);
    words[5] = this.rival | (this.toRival << 16);
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
    this.originTakeovers = other.originTakeovers;
    this.destinationTakeovers = other.destinationTakeovers;
    this.originLate = other.originLate;
    this.destinationLate = other.destinationLate;
    this.rival = other.rival;
    this.toRival = other.toRival;
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

export function takeoversOf(point: Point, role: Role): number {
  return role === "origin" ? point.originTakeovers : point.destinationTakeovers;
}

export function addTakeover(point: Point, role: Role): void {
  if (role === "origin") point.originTakeovers += 1;
  else point.destinationTakeovers += 1;
}

export function lateOf(point: Point, role: Role): number {
  return role === "origin" ? point.originLate : point.destinationLate;
}

export function setLate(point: Point, role: Role, late: number): void {
  if (role === "origin") point.originLate = late;
  else point.destinationLate = late;
}
