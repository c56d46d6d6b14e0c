import type { SessionId } from "../../entry/hex.ts";
import type { Decision } from "../../entry/statements.ts";
import { orderBy, overlap, usableOn, type Point, type Usable } from "./copies.ts";
import { EFFECTS } from "./escrow-effects.ts";
import type { FindingList, Subject } from "../findings.ts";
import type { EffectName, EscrowState } from "../reading/ledger-reader.ts";
import type { KeptEffect, Ledger, ShownSide, ShownTransfer } from "./ledger-walk.ts";
import type { Role } from "../checks/opening.ts";
import type { TransferView } from "./transfer-view.ts";
import type { Unread } from "../verification.ts";

/** One side of a transfer: what its ledger shows, and the ledger itself. */
export interface HeldSide extends ShownSide {
  readonly ledger: Ledger;
  /** What the escrow holds at the final block, asked apart. */
  readonly held: EscrowState;
}

export interface HeldTransfer extends Pick<ShownTransfer, "transfer"> {
  readonly decision: Decision;
  readonly origin: HeldSide;
  readonly destination: HeldSide;
  /** Effects that are there, and in no final block, by side. */
  readonly notFinal: Readonly<Record<Role, readonly KeptEffect[]>>;
}

const ROLES: readonly Role[] = ["origin", "destination"];

/** Entries that say something is done, and the effects of which one must be there. */
const DONE: Readonly<Record<Role, ReadonlyMap<string, readonly EffectName[]>>> = {
  origin: doneOf("origin"),
  destination: doneOf("destination"),
};

/** Holds what the log of one transfer says against what its two ledgers show. */
export async function checkTransfer(findings: FindingList, held: HeldTransfer): Promise<Unread[]> {
  for (const role of ROLES) {
    const { faults, ledger } = held[role];
    for (const { code, name, what, expected, found } of faults)
      findings.add(code, subjectOf(held, role, name), `${what} ${name} on ${ledger.reader.name}`, expected, found);
    await checkGrounds(findings, held, role);
    checkEntries(findings, held, role);
    checkState(findings, held, role);
  }
  checkOtherSide(findings, held);
  return checkCopies(findings, held);
}

/** The entry that an effect belongs to: the one that says it is done, or the one that announces it. */
function subjectOf({ transfer }: HeldTransfer, role: Role, name: EffectName): Subject {
  const { before = "", done = "" } = EFFECTS[name];
  const marks = transfer.marks[role];
  const index = marks.get(done) ?? marks.get(before);
  return { sessionId: transfer.sessionId, gatewayId: transfer.gatewayIds[role], index };
}

/** What must stand before an effect does, in the log of its side or in the register. */
async function checkGrounds(findings: FindingList, held: HeldTransfer, role: Role): Promise<void> {
  const { ledger, effects } = held[role];
  let was: EscrowState = "NONE";
  for (const effect of effects) {
    const { side, to } = EFFECTS[effect.name];
    // What leads to a younger one may be younger than the log that was read.
    const lacking =
      side !== null && side !== role
        ? `an effect of the ${side}`
        : effect.block > ledger.mark
          ? undefined
          : await lackingBefore(held, effect, was, ledger);
    was = to ?? was;
    if (lacking === undefined) continue;
    const what = `${effect.name} on ${ledger.reader.name}, block ${effect.block}`;
    findings.add("EFFECT_WITHOUT_ENTRY", subjectOf(held, role, effect.name), what, lacking, "none");
  }
}

async function lackingBefore(
  { transfer, decision, destination }: HeldTransfer,
  { name, block }: KeptEffect,
  was: EscrowState,
  { reader }: Ledger,
): Promise<string | undefined> {
  const { terms, marks, isRegistered } = transfer;
  if (name === "Cancelled" && isRegistered && decision !== "ABORT" && !marks.destination.has("fail-assign")) {
    // R5: COMMIT is reversed if the assignment failed, or by the ledger's clock as the last resort; whoever carries it. A tombstone
    // without a decision undoes nothing.
    if (decision === "NONE" && was === "NONE") return undefined;
    return (await reader.timestampOf(block)) < terms.cancelAfter ? "fail-assign, or cancelAfter" : undefined;
  }
  if (name === "Unlocked" && isRegistered && decision !== "ABORT") {
    // A destination that will never assign is as good as ABORT.
    if (destination.effects.some((effect) => effect.name === "Cancelled")) return undefined;
    return (await reader.timestampOf(block)) < terms.lockExpiry ? "ABORT, or lockExpiry" : undefined;
  }
  const { before, side } = EFFECTS[name];
  if (before === undefined || side === null) return undefined;
  // Where the destination's escrow is itself the register, it answers for itself.
  const isThere = before === "COMMIT" ? decision === "COMMIT" || !isRegistered : marks[side].has(before);
  return isThere ? undefined : before;
}

/** Every entry that says something is done has its effect, in a block that is final and no younger than the entry says. */
function checkEntries(findings: FindingList, held: HeldTransfer, role: Role): void {
  const { transfer } = held;
  const { effects, ledger } = held[role];
  for (const [mark, names] of DONE[role]) {
    const index = transfer.marks[role].get(mark);
    if (index === undefined) continue;
    const subject = { sessionId: transfer.sessionId, gatewayId: transfer.gatewayIds[role], index };
    const what = `${mark} on ${ledger.reader.name}`;
    const isOne = ({ name }: KeptEffect) => names.includes(name);
    const effect = effects.find(isOne);
    const early = held.notFinal[role].find(isOne);
    const claimed = transfer.claims[role].get(mark);
    if (effect === undefined && early === undefined)
      findings.add("ENTRY_WITHOUT_EFFECT", subject, what, names.join(" or "), "no such event");
    else if (effect === undefined)
      findings.add("NOT_FINAL", subject, what, `${early?.name} up to block ${ledger.block}`, `block ${early?.block}`);
    else if (claimed !== undefined && claimed < effect.block)
      findings.add(
        "ENTRY_WITHOUT_EFFECT",
        subject,
        what,
        `${effect.name} up to block ${claimed}`,
        `block ${effect.block}`,
      );
  }
}

function checkState(findings: FindingList, held: HeldTransfer, role: Role): void {
  const { holding, ledger, held: state } = held[role];
  if (state === holding.state) return;
  const subject = { sessionId: held.transfer.sessionId, gatewayId: held.transfer.gatewayIds[role] };
  const what = `state of the escrow on ${ledger.reader.name}`;
  findings.add("HEAD_MISMATCH", subject, what, state, `${holding.state} by its events`);
}

/** What one ledger may only do because of what the other has finally done. */
function checkOtherSide(findings: FindingList, held: HeldTransfer): void {
  const needs = [
    ["destination", "Assigned", "origin", "Burned"],
    ["origin", "Recreated", "destination", "Cancelled"],
  ] as const;
  for (const [role, name, other, needed] of needs) {
    const { ledger, effects } = held[role];
    const effect = effects.find((each) => each.name === name && each.block <= ledger.mark);
    if (effect === undefined || held[other].effects.some((each) => each.name === needed)) continue;
    const what = `${name} on ${ledger.reader.name}, block ${effect.block}`;
    const expected = `${needed} on ${held[other].ledger.reader.name}`;
    findings.add("EFFECT_WITHOUT_ENTRY", subjectOf(held, role, name), what, expected, "none");
  }
}

/** Never two live copies, at any block of the two histories. */
function checkCopies(findings: FindingList, held: HeldTransfer): Unread[] {
  const { origin, destination, transfer } = held;
  const isOneChain = origin.ledger.chainId === destination.ledger.chainId;
  const order = orderBy({ isOneChain, isBound: isBound(held) });
  const unread: Unread[] = [];
  for (const there of usableOn("destination", destination.effects))
    for (const here of usableOn("origin", origin.effects)) {
      // Whether the origin had given it up by then may be younger than what was read of the origin, or of the log.
      const isYoung = there.start !== null && there.start.block > destination.ledger.mark;
      const both = overlap(here, there, order);
      if (both === false || (isYoung && (both === undefined || here.start === null))) continue;
      const what = `usable under terms ${transfer.termsHash}`;
      const found = `${spanText(here, held)}, and ${spanText(there, held)}`;
      const { sessionId } = transfer;
      if (both === true) findings.add("TWO_LIVE_COPIES", { sessionId }, what, "one live copy at any block", found);
      else unread.push(unordered(sessionId, found));
    }
  return unread;
}

/** COMMIT rests on the burn (R9). Where the destination's escrow is the register, its gateway's entries behind the burn do. */
function isBound({ transfer: { isRegistered, marks }, decision }: HeldTransfer): boolean {
  if (isRegistered) return decision === "COMMIT";
  return (
    marks.origin.has("done-burn") &&
    (marks.destination.has("exec-commit-final") || marks.destination.has("init-assign"))
  );
}

function spanText({ role, start, end }: Usable, held: HeldTransfer): string {
  const at = (point: Point) => `${point.name} in block ${point.block}`;
  const from = start === null ? "from the beginning" : `from ${at(start)}`;
  return `on ${held[role].ledger.reader.name} ${from}${end === null ? "" : ` until ${at(end)}`}`;
}

function unordered(sessionId: SessionId, spans: string): Unread {
  return {
    what: `one live copy in session ${sessionId}`,
    code: "UNKNOWN_ENTRY",
    message: `${spans}: no entry orders the two ledgers here, and only their clocks could`,
  };
}

function doneOf(role: Role): Map<string, EffectName[]> {
  const names = new Map<string, EffectName[]>();
  for (const [name, { side, done }] of Object.entries(EFFECTS))
    // Object.entries forgets that the names are the type's.
    if (side === role && done !== undefined) names.set(done, [...(names.get(done) ?? []), name as EffectName]);
  return names;
}

/** Whether an entry says done what no final effect shows. */
export function isLackingEffect({ marks }: TransferView, role: Role, effects: readonly KeptEffect[]): boolean {
  const isThere = (names: readonly EffectName[]) => effects.some(({ name }) => names.includes(name));
  return [...DONE[role]].some(([mark, names]) => marks[role].has(mark) && !isThere(names));
}
