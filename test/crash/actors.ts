import type { Role } from "../../src/protocol/order.ts";

/** A member of a gateway that is a group, by its place there. Which of them is primary changes. */
export type MemberName = `${Role}-${number}`;

/** A process of a case. Transfers go from alpha to beta. A gateway that is a group has several. */
export type Actor = Role | "api" | MemberName;

export function memberName(role: Role, place: number): MemberName {
  return `${role}-${place}`;
}

/** Whose process it is. */
export function partOf(actor: Actor): Role | "api" {
  if (actor === "api") return actor;
  return actor.startsWith("origin") ? "origin" : "destination";
}

export function isMember(actor: Actor): actor is MemberName {
  return actor.includes("-");
}
