import { expect } from "chai";
import type { Decision } from "../../src/entry/statements.ts";
import { FACTS, type CertificateFact } from "../../src/entry/terms.ts";
import {
  isDoing,
  planSettlement,
  sideOf,
  stepName,
  type DoingStep,
  type HeldRights,
  type Right,
  type SettlePlan,
  type SettleSituation,
  type SettleStep,
} from "../../src/gateway/settle-plan.ts";
import type { LedgerState } from "../../src/protocol/state.ts";
import { escrowAfter, liveCopies } from "../support/world-ledger.ts";

const ORIGIN = ["NONE", "LOCKED", "BURNED", "UNLOCKED", "RECREATED", "REFUSED"] as const;
const DESTINATION = ["NONE", "MINTED", "ASSIGNED", "CANCELLED"] as const;
const REGISTERS = [
  ["log", "NONE"],
  ["log", "COMMIT"],
  ["log", "ABORT"],
  ["destination", "NONE"],
] as const;
const FACT_NAMES = Object.keys(FACTS) as readonly CertificateFact[];
const BITS = [false, true] as const;

const NOTHING: HeldRights = {
  keyOf: { origin: false, destination: false },
  originator: false,
  facts: new Set(),
  reverse: false,
  refused: new Set(),
};
const EVERYTHING: HeldRights = {
  ...NOTHING,
  keyOf: { origin: true, destination: true },
  originator: true,
  facts: new Set(FACT_NAMES),
};

type Change = Partial<Omit<SettleSituation, "origin" | "destination">> & {
  readonly origin?: LedgerState;
  readonly destination?: LedgerState;
  readonly announced?: boolean;
};

/** Undecided, nothing passed, nothing held, both logs as far as the lock and the mint. */
function situation({ origin = "NONE", destination = "NONE", announced = true, ...rest }: Change): SettleSituation {
  return {
    register: "log",
    decision: "NONE",
    decisionPending: false,
    votedNo: false,
    deadlinePassed: false,
    lockExpired: false,
    cancelAfterPassed: false,
    rights: NOTHING,
    ...rest,
    origin: { state: origin, pending: false, announced },
    destination: { state: destination, pending: false, announced },
  };
}

/** Each set of rights that a caller can have, by the bits of a number: two keys, the owner's, three facts, `reverse`. */
const ALL_RIGHTS: readonly HeldRights[] = Array.from({ length: 128 }, (_, bits) => {
  const has = (place: number): boolean => (bits & (1 << place)) !== 0;
  return {
    keyOf: { origin: has(0), destination: has(1) },
    originator: has(2),
    facts: new Set(FACT_NAMES.filter((_fact, place) => has(3 + place))),
    reverse: has(6),
    refused: new Set<string>(),
  };
});

/** The whole product, but for what is pending and refused. */
function* everySituation(rights: readonly HeldRights[]): Generator<SettleSituation> {
  for (const [register, decision] of REGISTERS)
    for (const origin of ORIGIN)
      for (const destination of DESTINATION)
        for (const announced of BITS)
          for (const deadlinePassed of BITS)
            for (const lockExpired of BITS)
              for (const cancelAfterPassed of BITS)
                for (const held of rights)
                  yield situation({
                    ...{ register, decision, origin, destination, announced },
                    ...{ deadlinePassed, lockExpired, cancelAfterPassed, rights: held },
                  });
}

const named = ({ origin, destination, register, decision, ...rest }: SettleSituation): string =>
  `${register} ${decision}, origin ${origin.state}, destination ${destination.state}, ${JSON.stringify(rest)}`;

/** Who may act, written down a second time: the table of docs/PROTOCOL.md, "Escrow states", with the facts' truth. */
function grants(by: Right, action: string, s: SettleSituation): boolean {
  const truth: Record<CertificateFact, boolean> = {
    REGISTER_COMMIT: s.register === "log" && s.decision === "COMMIT",
    REGISTER_ABORT: s.register === "log" && s.decision === "ABORT",
    DESTINATION_CANCELLED: s.destination.state === "CANCELLED",
  };
  const side = action === "unlock" || action === "recreate" ? "origin" : "destination";
  const suits: Record<string, readonly Right[]> = {
    unlock: ["key", "originator", "REGISTER_ABORT", "DESTINATION_CANCELLED"],
    recreate: ["DESTINATION_CANCELLED"],
    assign: ["key", "REGISTER_COMMIT"],
    cancel: ["key", "clock", "REGISTER_ABORT"],
  };
  if (!(suits[action] ?? []).includes(by)) return false;
  if (by === "key") return s.rights.keyOf[side];
  if (by === "originator") return s.rights.originator && s.lockExpired;
  if (by === "clock") return s.cancelAfterPassed;
  return s.rights.facts.has(by) && truth[by];
}

/** What the contracts make of the steps. */
function after(s: SettleSituation, steps: readonly SettleStep[]): SettleSituation {
  let { decision, origin, destination } = s;
  for (const step of steps.filter(isDoing)) {
    if (step.type === "decide") decision = "ABORT";
    else if (step.side === "origin") origin = { ...origin, state: escrowAfter(origin.state, step.action) ?? "NONE" };
    else destination = { ...destination, state: escrowAfter(destination.state, step.action) ?? "NONE" };
  }
  return { ...s, decision, origin, destination };
}

/** The plan in short: `cancel by clock`, `lacks assign`, `wait origin`, `later register`, or the outcome. */
function shortly({ steps, outcome, broken }: SettlePlan): string {
  if (broken !== null) return "broken";
  if (outcome !== null) return outcome;
  return steps
    .map((step) => {
      if (isDoing(step)) return stepName(step);
      return step.type === "lacking" ? `lacks ${step.action}` : `${step.type} ${step.side}`;
    })
    .join(", ");
}

describe("planSettlement", () => {
  describe("over every register, decision, pair of states, clock and set of rights", () => {
    it("gives exactly one of: steps, an outcome, a contradiction; and at most one step for each side", () => {
      for (const s of everySituation(ALL_RIGHTS)) {
        const { steps, outcome, broken } = planSettlement(s);
        const answers = [steps.length > 0, outcome !== null, broken !== null].filter(Boolean);
        if (answers.length !== 1) expect.fail(named(s));
        const sides = steps.flatMap((step) => ("side" in step ? [step.side] : []));
        if (new Set(sides).size !== sides.length) expect.fail(named(s));
      }
    });

    it("asks for no action but what the contract lets this caller do now, by a right that is true", () => {
      for (const s of everySituation(ALL_RIGHTS))
        for (const step of planSettlement(s).steps) {
          if (step.type !== "act") continue;
          const { state } = s[step.side];
          const next = escrowAfter(state, step.action);
          const isEffective = next !== undefined && next !== state && sideOf(step.action) === step.side;
          if (!isEffective || !grants(step.by, step.action, s)) expect.fail(`${stepName(step)}: ${named(s)}`);
        }
    });

    it("obeys the decision, and makes no second copy", () => {
      for (const s of everySituation(ALL_RIGHTS)) {
        const { steps } = planSettlement(s);
        const acts = steps.filter((step) => step.type === "act");
        const isOpen = s.register === "log" && s.decision === "NONE";
        for (const { action, by } of acts) {
          const isCancelled = s.destination.state === "CANCELLED";
          const isObeying =
            action === "assign"
              ? s.decision === "COMMIT" && s.origin.state === "BURNED"
              : s.decision !== "COMMIT" || (action === "cancel" ? by === "clock" : isCancelled);
          if (isOpen || !isObeying) expect.fail(`${action} by ${by}: ${named(s)}`);
        }
        const { origin, destination } = after(s, steps);
        const copies = liveCopies(origin.state, destination.state);
        if (acts.length > 0 && copies > 1) expect.fail(named(s));
      }
    });

    it("touches nothing that is not final", () => {
      for (const s of everySituation([EVERYTHING])) {
        const pending = (side: "origin" | "destination"): SettleSituation => ({
          ...s,
          [side]: { ...s[side], pending: true },
        });
        for (const side of ["origin", "destination"] as const)
          for (const step of planSettlement(pending(side)).steps)
            if (step.type === "act" && step.side === side) expect.fail(named(s));
        const undecided = planSettlement({ ...s, decisionPending: true, decision: "NONE" });
        if (s.register === "log" && undecided.steps.some(isDoing)) expect.fail(named(s));
      }
    });

    it("writes no tombstone where nothing was announced and nothing depends on it", () => {
      for (const s of everySituation([EVERYTHING])) {
        if (s.register !== "log" || s.decision !== "ABORT" || s.origin.announced) continue;
        for (const step of planSettlement(s).steps)
          if (step.type === "act" && s[step.side].state === "NONE")
            if (step.side === "origin" || s.origin.state !== "BURNED") expect.fail(named(s));
      }
    });

    it("does not depend on the order of steps: what it asks for on one side stays right when the other is done", () => {
      for (const s of everySituation([EVERYTHING]))
        for (const [one, other] of pairs(planSettlement(s).steps.filter(isDoing)))
          if (!grantsAll(after(s, [one]), other)) expect.fail(named(s));
    });

    it("leads whoever has the rights, once the clocks have run, to one live copy in at most four rounds", () => {
      for (const s of everySituation([{ ...EVERYTHING, reverse: true }])) {
        let now: SettleSituation = { ...s, deadlinePassed: true, lockExpired: true, cancelAfterPassed: true };
        if (planSettlement(now).broken !== null) continue;
        for (let round = 0; round < 4; round += 1) now = after(now, planSettlement(now).steps);
        const { outcome } = planSettlement(now);
        if (outcome === null || liveCopies(now.origin.state, now.destination.state) !== 1) expect.fail(named(s));
      }
    });

    it("leaves the owner and the clocks enough to settle what was not burned", () => {
      const owner = { ...NOTHING, originator: true };
      for (const s of everySituation([owner])) {
        let now: SettleSituation = { ...s, deadlinePassed: true, lockExpired: true, cancelAfterPassed: true };
        if (s.origin.state === "BURNED" || planSettlement(now).broken !== null) continue;
        for (let round = 0; round < 4; round += 1) now = after(now, planSettlement(now).steps);
        if (planSettlement(now).outcome === null) expect.fail(named(s));
      }
    });
  });

  describe("asks", () => {
    const abort = { decision: "ABORT" as Decision };
    const commit = { decision: "COMMIT" as Decision };
    const byClock = { cancelAfterPassed: true };
    const stating = (...facts: readonly CertificateFact[]) => ({ rights: { ...NOTHING, facts: new Set(facts) } });
    const privately = { register: "destination" as const };
    const rows: readonly (readonly [what: string, change: Change, plan: string])[] = [
      ["for nothing before the deadline", { origin: "LOCKED" }, "later register"],
      ["for nothing but ABORT behind it", { origin: "BURNED", deadlinePassed: true }, "decide by DEADLINE"],
      ["for ABORT on NO at once", { origin: "LOCKED", votedNo: true }, "decide by VOTE_NO"],
      [
        "a stranger for a certificate",
        { ...abort, origin: "LOCKED", destination: "MINTED" },
        "lacks cancel, lacks unlock",
      ],
      [
        "for cancel and unlock with one certificate",
        { ...abort, origin: "LOCKED", destination: "MINTED", ...stating("REGISTER_ABORT") },
        "cancel by REGISTER_ABORT, unlock by REGISTER_ABORT",
      ],
      [
        "for tombstones of what was announced",
        { ...abort, ...stating("REGISTER_ABORT") },
        "cancel by REGISTER_ABORT, unlock by REGISTER_ABORT",
      ],
      ["for no tombstone of what was not", { ...abort, announced: false }, "ABORTED"],
      [
        "for a cancelled destination before it recreates, minted or not",
        { ...abort, origin: "BURNED", announced: false, ...stating("REGISTER_ABORT") },
        "cancel by REGISTER_ABORT, later origin",
      ],
      [
        "then for recreate",
        { ...abort, origin: "BURNED", destination: "CANCELLED", ...stating("DESTINATION_CANCELLED") },
        "recreate by DESTINATION_CANCELLED",
      ],
      ["for cancel by the clock, where nobody states ABORT", { ...abort, ...byClock }, "cancel by clock, lacks unlock"],
      [
        "for assign with a certificate of COMMIT",
        { ...commit, origin: "BURNED", destination: "MINTED", ...stating("REGISTER_COMMIT") },
        "assign by REGISTER_COMMIT, later origin",
      ],
      [
        "for no assign without a burn",
        { ...commit, origin: "LOCKED", destination: "MINTED", rights: EVERYTHING },
        "lacks cancel, later origin",
      ],
      [
        "for no reversal unasked",
        { ...commit, origin: "BURNED", destination: "MINTED", ...byClock },
        "lacks assign, later origin",
      ],
      [
        "for a reversal as the last resort",
        { ...commit, origin: "BURNED", destination: "MINTED", ...byClock, rights: { ...NOTHING, reverse: true } },
        "cancel by clock, later origin",
      ],
      ["for no more behind a reversal", { ...commit, origin: "RECREATED", destination: "CANCELLED" }, "REVERSED"],
      ["for no more behind a commit", { ...commit, origin: "BURNED", destination: "ASSIGNED" }, "COMMITTED"],
      ["for nothing where two copies are near", { ...commit, origin: "LOCKED", destination: "ASSIGNED" }, "broken"],
      ["for nothing where ABORT was disobeyed", { ...abort, origin: "BURNED", destination: "ASSIGNED" }, "broken"],
      [
        "with private logs for nothing before cancelAfter",
        { ...privately, origin: "LOCKED", destination: "MINTED", rights: { ...EVERYTHING, originator: false } },
        "lacks cancel, lacks unlock",
      ],
      [
        "with private logs for cancel by the clock",
        { ...privately, origin: "BURNED", destination: "MINTED", ...byClock },
        "cancel by clock, later origin",
      ],
      [
        "with private logs for the owner's unlock",
        {
          ...privately,
          origin: "LOCKED",
          destination: "MINTED",
          lockExpired: true,
          rights: { ...NOTHING, originator: true },
        },
        "lacks cancel, unlock by originator",
      ],
      [
        "with private logs for unlock behind the cancel",
        { ...privately, origin: "LOCKED", destination: "CANCELLED", ...stating("DESTINATION_CANCELLED") },
        "unlock by DESTINATION_CANCELLED",
      ],
      [
        "with private logs for no more behind an assign",
        { ...privately, origin: "BURNED", destination: "ASSIGNED" },
        "COMMITTED",
      ],
    ];
    for (const [what, change, plan] of rows)
      it(what, () => {
        expect(shortly(planSettlement(situation(change)))).to.equal(plan);
      });

    it("for the next right when one was refused, and for none when all were", () => {
      const s = situation({ ...abort, destination: "MINTED", announced: false, ...byClock, rights: EVERYTHING });
      const tried: string[] = [];
      for (let attempts = 0; attempts < 8; attempts += 1) {
        const plan = planSettlement({ ...s, rights: { ...EVERYTHING, refused: new Set(tried) } });
        const step = plan.steps.find(isDoing);
        if (step === undefined) break;
        tried.push(stepName(step));
      }
      expect(tried).to.deep.equal(["cancel by key", "cancel by clock", "cancel by REGISTER_ABORT"]);
    });
  });
});

function grantsAll(s: SettleSituation, step: DoingStep): boolean {
  if (step.type === "decide") return true;
  return escrowAfter(s[step.side].state, step.action) !== undefined && grants(step.by, step.action, s);
}

function pairs<T>(items: readonly T[]): (readonly [T, T])[] {
  return items.flatMap((one) => items.filter((other) => other !== one).map((other) => [one, other] as const));
}
