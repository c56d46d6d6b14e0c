import type { Decision } from "../entry/statements.ts";
import { BESIDE_ORDER, type Mark } from "../protocol/marks.ts";
import { legalNext, type Role } from "../protocol/order.ts";
import type { LedgerAction } from "../protocol/state.ts";

/**
 * Where a gateway can die and leave something behind: around every durable write, message, log transaction and ledger
 * transaction. The list is computed from the table of orders, so that a new entry is a new point, in whatever walks through it.
 *
 * Nothing of this runs in a gateway. A test puts decorators around its ports, which tell the points by these names.
 */
export type FaultPoint = `${string}/${Moment}`;

/**
 * before: asked for, not begun. queued: signed and on this machine's disk, nothing of it has left. pending: the transaction is
 * at the node and in no block. unanswered: done, and the gateway has not heard of it. after: heard of it, and not gone on.
 */
type Moment = "before" | "queued" | "pending" | "unanswered" | "after";

/**
 * `outboxed`: signed writes wait in an outbox and travel by transactions. `local`: a write is done when the store answers, as with
 * every private log (the profiles local, shared and anchored).
 */
export type Logging = "outboxed" | "local";

const WRITE: Readonly<Record<Logging, readonly Moment[]>> = {
  outboxed: ["before", "queued", "pending", "unanswered", "after"],
  local: ["before", "after"],
};
const MESSAGE: readonly Moment[] = ["before", "after"];
const ACTION: readonly Moment[] = ["before", "pending", "unanswered", "after"];

/** Whose escrow does it. */
const ACTORS: Readonly<Record<LedgerAction, Role>> = {
  lock: "origin",
  burn: "origin",
  unlock: "origin",
  recreate: "origin",
  mint: "destination",
  assign: "destination",
  cancel: "destination",
};

/** Who may ask the register for it: ABORT at the deadline is anybody's. */
const DECIDERS: Readonly<Record<Exclude<Decision, "NONE">, readonly Role[]>> = {
  COMMIT: ["origin"],
  ABORT: ["origin", "destination"],
};

/** Names of a gateway's steps, as the points have them. */
export const faultStep = {
  open: "open",
  close: "close",
  append: (mark: Mark) => `append ${mark}`,
  send: (mark: Mark) => `send ${mark}`,
  act: (action: LedgerAction) => `act ${action}`,
  decide: (decision: Exclude<Decision, "NONE">) => `decide ${decision}`,
} as const;

/** Every point of a gateway in this role, in the order of its log. */
export function faultPoints(role: Role, logging: Logging): readonly FaultPoint[] {
  const marks = marksOf(role);
  const writes = WRITE[logging];
  // Where the logs are private there is no register but the destination's escrow.
  const decisions = logging === "local" ? [] : keysOf(DECIDERS).filter((decision) => DECIDERS[decision].includes(role));
  return [
    ...(role === "origin" ? points(faultStep.open, writes) : []),
    ...marks.flatMap((mark) => [
      ...points(faultStep.append(mark), writes),
      ...(isMessage(mark) ? points(faultStep.send(mark), MESSAGE) : []),
    ]),
    ...keysOf(ACTORS)
      .filter((action) => ACTORS[action] === role)
      .flatMap((action) => points(faultStep.act(action), ACTION)),
    ...decisions.flatMap((decision) => points(faultStep.decide(decision), writes)),
    ...points(faultStep.close, writes),
  ];
}

function points(step: string, moments: readonly Moment[]): FaultPoint[] {
  return moments.map((moment): FaultPoint => `${step}/${moment}`);
}

/** All marks that the order of the role's log leads to, and those that may stand beside it. */
function marksOf(role: Role): readonly Mark[] {
  const found = new Set<Mark>();
  const waiting: (Mark | undefined)[] = [undefined];
  while (waiting.length > 0)
    for (const mark of legalNext(role, waiting.shift())) {
      if (found.has(mark)) continue;
      found.add(mark);
      waiting.push(mark);
    }
  return [...found, ...BESIDE_ORDER];
}

/** An `init-` entry of a ledger action announces it, and travels to nobody. */
function isMessage(mark: Mark): boolean {
  return /^(init|ack)-/.test(mark) && !keysOf(ACTORS).some((action) => mark === `init-${action}`);
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(record) as Key[];
}
