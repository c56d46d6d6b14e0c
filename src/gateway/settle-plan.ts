import type { Decision } from "../entry/statements.ts";
import type { CertificateFact } from "../entry/terms.ts";
import type { Role } from "../protocol/order.ts";
import type { LedgerState, Outcome } from "../protocol/state.ts";

/** One side's escrow, as the caller has read it. */
export interface LedgerSituation {
  /** At finality. */
  readonly state: LedgerState;
  /** The head of the chain shows another state: something is on its way. */
  readonly pending: boolean;
  /** This side's log has init-lock (init-mint), or is not there to be read: a transaction may still be under way. */
  readonly announced: boolean;
}

/** By what somebody may act: a key of the side's group, the asset's owner after the lock's expiry, a clock, or a certificate. */
export type Right = "key" | "originator" | "clock" | CertificateFact;

/** What the caller has in its hands. */
export interface HeldRights {
  /** Its account is among the group's keys in the terms. */
  readonly keyOf: Readonly<Record<Role, boolean>>;
  readonly originator: boolean;
  /** Facts that it has, or can sign, a certificate of, should they be true. */
  readonly facts: ReadonlySet<CertificateFact>;
  /** It would rather have COMMIT reversed than wait for a certificate of it. */
  readonly reverse: boolean;
  /** Names of steps (`stepName`) that register or ledger refused: their word goes before what was thought to be a right. */
  readonly refused: ReadonlySet<string>;
}

/** All that is known of a session whose gateways may be gone for good. */
export interface SettleSituation {
  /** Where the decision is written: in the log's registry, or by the destination escrow's own state (private logs). */
  readonly register: "log" | "destination";
  /** What the register finally holds; NONE where the destination escrow is the register. */
  readonly decision: Decision;
  /** The register's head holds more than is final. */
  readonly decisionPending: boolean;
  /** The destination's first vote is NO. */
  readonly votedNo: boolean;
  /** By the log chain's clock. */
  readonly deadlinePassed: boolean;
  readonly origin: LedgerSituation;
  readonly destination: LedgerSituation;
  /** By the origin ledger's clock. */
  readonly lockExpired: boolean;
  /** By the destination ledger's clock. */
  readonly cancelAfterPassed: boolean;
  readonly rights: HeldRights;
}

export type SettleAction = "unlock" | "recreate" | "assign" | "cancel";

export type SettleStep =
  /** Write ABORT: nobody's signature is needed. */
  | { readonly type: "decide"; readonly ground: "VOTE_NO" | "DEADLINE"; readonly why: string }
  | {
      readonly type: "act";
      readonly side: Role;
      readonly action: SettleAction;
      readonly by: Right;
      readonly why: string;
    }
  /** What was written there is not final yet. */
  | { readonly type: "wait"; readonly side: Role | "register"; readonly why: string }
  /** Permitted, but only to one who has one of these rights. */
  | {
      readonly type: "lacking";
      readonly side: Role;
      readonly action: SettleAction;
      readonly needs: readonly Right[];
      readonly why: string;
    }
  /** Nothing may be done there before something else has happened. */
  | { readonly type: "later"; readonly side: Role | "register"; readonly why: string };

type DecideStep = Extract<SettleStep, { type: "decide" }>;
export type DoingStep = DecideStep | Extract<SettleStep, { type: "act" }>;

export interface SettlePlan {
  /** At most one for each side, the destination first; empty when nothing is left to do. */
  readonly steps: readonly SettleStep[];
  /** What the session has ended as, or null. */
  readonly outcome: Outcome | null;
  /** A state of affairs that honest parties cannot reach: nothing is done. */
  readonly broken: string | null;
}

/**
 * What anybody may do for a session whose gateways are gone (R3, R5), or why nothing. Pure; the caller does the steps, reads
 * everything anew and asks again (R2), until there is an outcome or no step can be taken.
 *
 * Guarantees, whatever rights are held: it asks for no action that the register's word or the clock does not permit, though a
 * key of a group could do more; for none on what is not final (R7); and for an assign only if the origin is finally BURNED, as
 * the destination's gateway would itself. Tombstones (R1) are asked for only where the log announced what may still land, or
 * where the origin can get its asset back in no other way.
 */
export function planSettlement(situation: SettleSituation): SettlePlan {
  const broken = contradiction(situation);
  if (broken !== null) return { steps: [], outcome: null, broken };
  const steps = isOpen(situation) ? [ofRegister(situation)] : [ofDestination(situation), ofOrigin(situation)];
  const left = steps.filter((step) => step !== null);
  return { steps: left, outcome: left.length === 0 ? outcomeOf(situation) : null, broken: null };
}

/** The register in the log is undecided, or its decision not final: before that, neither ledger is touched. */
function isOpen({ register, decision, decisionPending }: SettleSituation): boolean {
  return register === "log" && (decision === "NONE" || decisionPending);
}

function contradiction(situation: SettleSituation): string | null {
  const { register, decision, decisionPending, origin, destination } = situation;
  if (destination.state !== "ASSIGNED" || origin.pending || decisionPending) return null;
  if (origin.state !== "BURNED")
    return `the destination is ASSIGNED and the origin ${origin.state}: two copies of the asset are live, or one step from it`;
  if (register === "log" && decision !== "COMMIT")
    return `the destination is ASSIGNED and the register holds ${decision}: somebody disobeyed it`;
  return null;
}

function ofRegister({ decisionPending, votedNo, deadlinePassed, rights }: SettleSituation): SettleStep {
  if (decisionPending) return { type: "wait", side: "register", why: "the decision is not final yet" };
  const grounds: readonly DecideStep[] = [
    ...(votedNo ? [decide("VOTE_NO", "the destination voted NO, so anyone may write ABORT")] : []),
    ...(deadlinePassed ? [decide("DEADLINE", "the deadline has passed undecided, so anyone may write ABORT")] : []),
  ];
  const ground = grounds.find((step) => !rights.refused.has(stepName(step)));
  if (ground !== undefined) return ground;
  return { type: "later", side: "register", why: "undecided, and before the deadline its gateways alone may decide" };
}

function ofDestination(situation: SettleSituation): SettleStep | null {
  const { decision, destination, origin, cancelAfterPassed, rights } = situation;
  if (destination.pending) return pending("destination", destination.state);
  if (destination.state === "ASSIGNED" || destination.state === "CANCELLED") return null;
  if (destination.state === "NONE" && !destination.announced && !needsCancelled(situation)) return null;
  if (decision !== "COMMIT") return choose(situation, "cancel", cancelRights(situation), cancelReason(situation));
  if (origin.pending) return { type: "later", side: "destination", why: "first the origin must be final" };
  if (destination.state === "NONE" || origin.state !== "BURNED") {
    const why = `the register holds COMMIT, but the origin is ${origin.state} and the destination ${destination.state}: nothing may be assigned`;
    return choose(situation, "cancel", ["clock"], why);
  }
  const why = "the register holds COMMIT and the origin is BURNED";
  const assign = choose(situation, "assign", ["key", "REGISTER_COMMIT"], why);
  if (assign.type === "act" || !cancelAfterPassed || !rights.reverse) return assign;
  const last = "cancelAfter has passed under COMMIT, and nobody is left who states it: the last resort (R5)";
  return choose(situation, "cancel", ["clock"], last);
}

/** Whether the origin's asset comes back only with a certificate that the destination is CANCELLED. */
function needsCancelled({ register, decision, origin }: SettleSituation): boolean {
  if (origin.state === "BURNED") return true;
  const held = origin.state === "LOCKED" || (origin.state === "NONE" && origin.announced);
  return held && (register === "destination" || decision === "COMMIT");
}

function cancelRights({ register }: SettleSituation): readonly Right[] {
  return register === "log" ? ["key", "clock", "REGISTER_ABORT"] : ["clock"];
}

function cancelReason({ register, destination }: SettleSituation): string {
  if (register === "destination") return "no register but this escrow: from cancelAfter on anyone cancels";
  const tombstone = destination.state === "NONE" ? "; the tombstone bars a mint that may still land" : "";
  return `the register holds ABORT${tombstone}`;
}

function ofOrigin(situation: SettleSituation): SettleStep | null {
  const { register, decision, origin, destination, lockExpired } = situation;
  if (origin.pending) return pending("origin", origin.state);
  const isCancelled = destination.state === "CANCELLED";
  switch (origin.state) {
    case "LOCKED":
      break;
    case "BURNED":
      if (destination.state === "ASSIGNED") return null;
      if (!isCancelled) return later("recreated only if the destination is finally CANCELLED");
      return choose(situation, "recreate", ["DESTINATION_CANCELLED"], "the destination is finally CANCELLED");
    case "NONE":
      if (origin.announced) break;
      // With a register, ABORT bars the lock of whoever obeys it. Without one, a lock may come until it would be born expired.
      if (register === "log" || isCancelled || lockExpired) return null;
      return later("nothing is announced, and a lock may still come until its expiry");
    default:
      return null;
  }
  if (decision === "ABORT") {
    const tombstone = origin.state === "NONE" ? "; the tombstone bars a lock that may still land" : "";
    return choose(situation, "unlock", unlockRights(isCancelled, true), `the register holds ABORT${tombstone}`);
  }
  if (isCancelled)
    return choose(situation, "unlock", unlockRights(true, false), "the destination is finally CANCELLED");
  // Under COMMIT its owner could take the asset back by the clock, and somebody assign what was minted for it.
  if (decision === "COMMIT")
    return later("the register holds COMMIT without a burn: unlocked only if the destination is finally CANCELLED");
  return choose(
    situation,
    "unlock",
    ["originator"],
    "from the lock's expiry on its owner unlocks (R5); others once the destination is finally CANCELLED",
  );
}

function unlockRights(isCancelled: boolean, isAborted: boolean): readonly Right[] {
  return [
    "key",
    "originator",
    ...(isAborted ? (["REGISTER_ABORT"] as const) : []),
    ...(isCancelled ? (["DESTINATION_CANCELLED"] as const) : []),
  ];
}

/** The action by the first of these rights that is held; in this order they cost the least and ask the fewest. */
function choose(situation: SettleSituation, action: SettleAction, rights: readonly Right[], why: string): SettleStep {
  const side = sideOf(action);
  const { refused } = situation.rights;
  const by = rights.find((right) => isHeld(situation, side, right) && !refused.has(`${action} by ${right}`));
  return by === undefined
    ? { type: "lacking", side, action, needs: rights, why }
    : { type: "act", side, action, by, why };
}

function isHeld({ rights, lockExpired, cancelAfterPassed }: SettleSituation, side: Role, right: Right): boolean {
  switch (right) {
    case "key":
      return rights.keyOf[side];
    case "originator":
      return rights.originator && lockExpired;
    case "clock":
      return cancelAfterPassed;
    default:
      return rights.facts.has(right);
  }
}

/** What somebody does, and not only waits for. */
export function isDoing(step: SettleStep): step is DoingStep {
  return step.type === "decide" || step.type === "act";
}

/** Tells apart what is done, and by which right. */
export function stepName(step: DoingStep): string {
  return step.type === "decide" ? `decide by ${step.ground}` : `${step.action} by ${step.by}`;
}

function decide(ground: DecideStep["ground"], why: string): DecideStep {
  return { type: "decide", ground, why };
}

export function sideOf(action: SettleAction): Role {
  return action === "unlock" || action === "recreate" ? "origin" : "destination";
}

function pending(side: Role, state: LedgerState): SettleStep {
  return { type: "wait", side, why: `finally ${state}, and the head of the chain shows another state` };
}

function later(why: string): SettleStep {
  return { type: "later", side: "origin", why };
}

/** By what was done, not by the register alone (R5). */
function outcomeOf({ decision, destination }: SettleSituation): Outcome {
  if (destination.state === "ASSIGNED") return "COMMITTED";
  return decision === "COMMIT" ? "REVERSED" : "ABORTED";
}
