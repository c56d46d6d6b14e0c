import { GatelogError } from "../entry/errors.ts";
import { isBesideOrder, type Mark } from "./marks.ts";

export type Role = "origin" | "destination";

/**
 * Legal order of each gateway's log (docs/PROTOCOL.md, "Legal order"): what may follow what. A rollback may start behind any mark
 * but those of a session that is decided COMMIT. Which peer entry permits a mark is `step`'s to say; this table is what an
 * entry must keep to whoever wrote it. Entries beside the order (`BESIDE_ORDER`) may stand anywhere, and are not in it.
 */
const ORIGIN: Partial<Record<Mark | "start", readonly Mark[]>> = {
  start: ["init-setup"],
  "init-setup": ["init-proposal"],
  "init-proposal": ["done-proposal", "fail-proposal"],
  "done-proposal": ["init-commence"],
  "init-commence": ["done-commence"],
  "done-commence": ["init-lock"],
  "init-lock": ["exec-lock"],
  "exec-lock": ["done-lock", "fail-lock"],
  "done-lock": ["init-lock-assert"],
  "init-lock-assert": ["done-lock-assert", "fail-lock-assert"],
  "done-lock-assert": ["init-prepare"],
  "init-prepare": ["done-prepare", "fail-prepare"],
  "done-prepare": ["init-burn"],
  "init-burn": ["exec-burn"],
  "exec-burn": ["done-burn", "fail-burn"],
  "done-burn": ["init-commit-final"],
  // The destination found it impossible: the one rollback behind COMMIT (R5, outcome REVERSED).
  "init-commit-final": ["done-commit-final", "init-rollback"],
  "done-commit-final": ["exec-record"],
  "exec-record": ["done-record"],
  "done-record": ["init-complete"],
};

const DESTINATION: Partial<Record<Mark | "start", readonly Mark[]>> = {
  start: ["exec-setup"],
  "exec-setup": ["done-setup"],
  "done-setup": ["ack-setup"],
  "ack-setup": ["exec-proposal"],
  "exec-proposal": ["done-proposal", "fail-proposal"],
  "done-proposal": ["ack-proposal"],
  "fail-proposal": ["ack-proposal"],
  "ack-proposal": ["exec-commence"],
  "exec-commence": ["done-commence"],
  "done-commence": ["ack-commence"],
  "ack-commence": ["exec-lock-assert"],
  "exec-lock-assert": ["done-lock-assert", "fail-lock-assert"],
  "done-lock-assert": ["ack-lock-assert"],
  "fail-lock-assert": ["ack-lock-assert"],
  "ack-lock-assert": ["exec-prepare"],
  "exec-prepare": ["init-mint", "ack-prepare"],
  "init-mint": ["exec-mint"],
  "exec-mint": ["done-mint", "fail-mint"],
  "done-mint": ["ack-prepare"],
  "fail-mint": ["ack-prepare"],
  "ack-prepare": ["exec-commit-final"],
  "exec-commit-final": ["init-assign"],
  "init-assign": ["exec-assign"],
  "exec-assign": ["done-assign", "fail-assign"],
  "fail-assign": ["init-rollback"],
  "done-assign": ["ack-commit-final"],
  "ack-commit-final": ["exec-complete"],
  "exec-complete": ["done-complete"],
};

/** A rollback of either side: started, each action executed and done, acknowledged. */
const ROLLBACK: Partial<Record<Mark, readonly Mark[]>> = {
  "init-rollback": ["exec-rollback-unlock", "exec-rollback-recreate", "exec-rollback-cancel", "done-rollback"],
  // A burn that was on its way may land after all (R2), and somebody else with a certificate may even recreate what it burned.
  "exec-rollback-unlock": ["done-rollback-unlock", "fail-rollback-unlock", "exec-rollback-recreate", "done-rollback"],
  "exec-rollback-recreate": ["done-rollback-recreate", "fail-rollback-recreate"],
  "exec-rollback-cancel": ["done-rollback-cancel", "fail-rollback-cancel"],
  // ROLLBACK_FAILED: said once, tried until it is done.
  "fail-rollback-unlock": ["done-rollback-unlock", "exec-rollback-recreate", "done-rollback"],
  "fail-rollback-recreate": ["done-rollback-recreate"],
  "fail-rollback-cancel": ["done-rollback-cancel"],
  "done-rollback-unlock": ["done-rollback"],
  "done-rollback-recreate": ["done-rollback"],
  "done-rollback-cancel": ["done-rollback"],
  "done-rollback": ["ack-rollback"],
};

/** Entries written under COMMIT: what may follow them is in the tables, and a rollback as a rule not. */
const COMMITTED: ReadonlySet<Mark> = new Set<Mark>([
  "init-commit-final",
  "done-commit-final",
  "exec-record",
  "done-record",
  "init-complete",
  "exec-commit-final",
  "init-assign",
  "exec-assign",
  "done-assign",
  "fail-assign",
  "ack-commit-final",
  "exec-complete",
  "done-complete",
]);

/** Actions on the other side's ledger are not this role's to write. */
const FOREIGN: Readonly<Record<Role, readonly Mark[]>> = {
  origin: ["exec-rollback-cancel"],
  destination: ["exec-rollback-unlock", "exec-rollback-recreate"],
};

/** Entries after which only completion is open: the decision is COMMIT, or this side has bound itself to it. */
export function isUnderCommit(mark: Mark): boolean {
  return COMMITTED.has(mark);
}

export function legalNext(role: Role, last: Mark | undefined): readonly Mark[] {
  if (last === "ack-rollback") return [];
  const inRollback = last && ROLLBACK[last];
  if (inRollback) return inRollback.filter((mark) => !FOREIGN[role].includes(mark));
  const table = role === "origin" ? ORIGIN : DESTINATION;
  const forward = table[last ?? "start"] ?? [];
  return last !== undefined && COMMITTED.has(last) ? forward : [...forward, "init-rollback"];
}

/** Throws ILLEGAL_ORDER unless `mark` may follow `last` in a log of this role. */
export function checkOrder(role: Role, last: Mark | undefined, mark: Mark): void {
  if (isBesideOrder(mark)) return;
  const legal = legalNext(role, last);
  if (!legal.includes(mark))
    throw new GatelogError("ILLEGAL_ORDER", `${mark} cannot follow ${last ?? "the start"} in the log of the ${role}`, {
      role,
      last: last ?? "start",
      expected: legal.join(" "),
      actual: mark,
    });
}
