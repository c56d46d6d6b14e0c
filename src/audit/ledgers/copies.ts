import { EFFECTS, USABLE_AT_ORIGIN } from "./escrow-effects.ts";
import type { EscrowState, Place } from "../reading/ledger-reader.ts";
import type { KeptEffect } from "./ledger-walk.ts";
import type { Role } from "../checks/opening.ts";

/** An effect at which an asset becomes usable or ceases to be, and the ledger that it stands on. */
export interface Point extends KeptEffect {
  readonly role: Role;
}

/** The asset is usable from `start` (null: from the beginning) until `end` (null: it still is). */
export interface Usable {
  readonly role: Role;
  readonly start: Point | null;
  readonly end: Point | null;
}

/** Who has the asset at each block of one ledger, by the escrow's events. */
export function usableOn(role: Role, effects: readonly KeptEffect[]): Usable[] {
  const isUsable = (state: EscrowState) => (role === "origin" ? USABLE_AT_ORIGIN.has(state) : state === "ASSIGNED");
  const spans: Usable[] = [];
  let start: Point | null = null;
  let usable = isUsable("NONE");
  for (const effect of effects) {
    const { to } = EFFECTS[effect.name];
    if (to === null || isUsable(to) === usable) continue;
    const point = { ...effect, role };
    if (usable) spans.push({ role, start, end: point });
    start = point;
    usable = !usable;
  }
  return usable ? [...spans, { role, start, end: null }] : spans;
}

/** Whether a span starts before another ends. Undefined: nothing that was read tells. */
export type Order = (start: Point, end: Point) => boolean | undefined;

/**
 * Two ledgers have no common time. Where they are one chain, it orders; else the log does: a burn that it binds before the assignment
 * is before it, and so is the lock before that burn. Clocks are not asked: a ledger's clock is its own affair, and one that runs fast
 * would make sound transfers look wrong and wrong ones sound.
 */
export function orderBy({ isOneChain, isBound }: { readonly isOneChain: boolean; readonly isBound: boolean }): Order {
  return (start, end) => {
    if (isOneChain || start.role === end.role) return isBefore(start, end);
    return isBound && start.name === "Assigned" && isGivenUp(end) ? false : undefined;
  };
}

function isBefore(one: Place, other: Place): boolean {
  return one.block < other.block || (one.block === other.block && one.logIndex < other.logIndex);
}

function isGivenUp({ name, role }: Point): boolean {
  return role === "origin" && (name === "Locked" || name === "Burned");
}

/** Whether two spans have a moment in common; undefined: nothing that was read tells. */
export function overlap(one: Usable, other: Usable, order: Order): boolean | undefined {
  const starts = [startsBeforeEnd(one, other, order), startsBeforeEnd(other, one, order)];
  if (starts.includes(false)) return false;
  return starts.includes(undefined) ? undefined : true;
}

function startsBeforeEnd({ start }: Usable, { end }: Usable, order: Order): boolean | undefined {
  return start === null || end === null ? true : order(start, end);
}
