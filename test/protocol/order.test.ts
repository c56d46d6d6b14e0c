import { expect } from "chai";
import { GatelogError } from "../../src/entry/errors.ts";
import { COMMANDS, OPERATIONS, type Command, type Operation } from "../../src/entry/vocabulary.ts";
import { BESIDE_ORDER, isBesideOrder, type Mark } from "../../src/protocol/marks.ts";
import { checkOrder, legalNext, type Role } from "../../src/protocol/order.ts";
import { COMMITTED } from "./lines.ts";

const ROLES: readonly Role[] = ["origin", "destination"];

/** What may stand instead of the next mark of the committed sequence: a failure of the step, and where that leads. */
const FAILURES: Readonly<Record<Role, Readonly<Partial<Record<Mark, readonly Mark[]>>>>> = {
  origin: {
    "init-proposal": ["fail-proposal"],
    "exec-lock": ["fail-lock"],
    "init-lock-assert": ["fail-lock-assert"],
    "init-prepare": ["fail-prepare"],
    "exec-burn": ["fail-burn"],
  },
  destination: {
    "exec-proposal": ["fail-proposal"],
    "fail-proposal": ["ack-proposal"],
    "exec-lock-assert": ["fail-lock-assert"],
    "fail-lock-assert": ["ack-lock-assert"],
    "exec-prepare": ["ack-prepare"],
    "exec-mint": ["fail-mint"],
    "fail-mint": ["ack-prepare"],
    "exec-assign": ["fail-assign"],
  },
};

/** Written under COMMIT: the one rollback behind them is that of an assignment that proved impossible. */
const UNDER_COMMIT = {
  origin: COMMITTED.origin.slice(COMMITTED.origin.indexOf("init-commit-final")),
  destination: COMMITTED.destination.slice(COMMITTED.destination.indexOf("exec-commit-final")),
} as const;
const REVERSIBLE: readonly Mark[] = ["init-commit-final", "fail-assign"];

const ROLLBACK: Readonly<Record<Role, Readonly<Partial<Record<Mark, readonly Mark[]>>>>> = {
  origin: {
    "init-rollback": ["exec-rollback-unlock", "exec-rollback-recreate", "done-rollback"],
    "exec-rollback-unlock": ["done-rollback-unlock", "fail-rollback-unlock", "exec-rollback-recreate", "done-rollback"],
    "exec-rollback-recreate": ["done-rollback-recreate", "fail-rollback-recreate"],
    // Said once; then it is done, or the ledger has moved on meanwhile.
    "fail-rollback-unlock": ["done-rollback-unlock", "exec-rollback-recreate", "done-rollback"],
    "fail-rollback-recreate": ["done-rollback-recreate"],
    "done-rollback-unlock": ["done-rollback"],
    "done-rollback-recreate": ["done-rollback"],
    "done-rollback": ["ack-rollback"],
    "ack-rollback": [],
  },
  destination: {
    "init-rollback": ["exec-rollback-cancel", "done-rollback"],
    "exec-rollback-cancel": ["done-rollback-cancel", "fail-rollback-cancel"],
    "fail-rollback-cancel": ["done-rollback-cancel"],
    "done-rollback-cancel": ["done-rollback"],
    "done-rollback": ["ack-rollback"],
    "ack-rollback": [],
  },
};

// Object.keys knows the names only as strings; they are the tables' own.
const ALL_MARKS = (Object.keys(OPERATIONS) as Operation[]).flatMap((operation) =>
  (Object.keys(COMMANDS) as Command[]).map((command): Mark => `${operation}-${command}`),
);

function expectedNext(role: Role, last: Mark | undefined): Set<Mark> {
  const rollback = last && ROLLBACK[role][last];
  if (rollback) return new Set(rollback);
  const sequence = COMMITTED[role];
  const position = last === undefined ? -1 : sequence.indexOf(last);
  const following = last === undefined || position >= 0 ? sequence.slice(position + 1, position + 2) : [];
  const failures = (last && FAILURES[role][last]) ?? [];
  const isReversible = last === undefined || !UNDER_COMMIT[role].includes(last) || REVERSIBLE.includes(last);
  return new Set([...following, ...failures, ...(isReversible ? (["init-rollback"] as const) : [])]);
}

function reachable(role: Role): Set<Mark> {
  const found = new Set<Mark>();
  const open: (Mark | undefined)[] = [undefined];
  while (open.length > 0)
    for (const mark of legalNext(role, open.pop()))
      if (!found.has(mark)) {
        found.add(mark);
        open.push(mark);
      }
  return found;
}

describe("order of a log", () => {
  for (const role of ROLES) {
    describe(`of the ${role}`, () => {
      it("permits the sequence of a committed session from the first entry to the last", () => {
        let last: Mark | undefined;
        for (const mark of COMMITTED[role]) {
          checkOrder(role, last, mark);
          last = mark;
        }
        expect(legalNext(role, last)).to.be.empty;
      });

      it("permits behind each mark exactly what the protocol does", () => {
        for (const last of [undefined, ...reachable(role)])
          expect(new Set(legalNext(role, last)), last ?? "start").to.deep.equal(expectedNext(role, last));
      });

      it("can reach every mark of its tables, and an end from every one", () => {
        const failures = Object.values(FAILURES[role]).flat();
        const rollback = ["init-rollback", ...Object.keys(ROLLBACK[role])];
        expect(reachable(role)).to.deep.equal(new Set([...COMMITTED[role], ...failures, ...rollback]));
      });

      it("refuses every other successor with ILLEGAL_ORDER, what was expected and what came", () => {
        for (const last of [undefined, ...reachable(role)])
          for (const mark of ALL_MARKS) {
            const legal = expectedNext(role, last);
            if (legal.has(mark) || isBesideOrder(mark)) continue;
            const error = errorOf(() => checkOrder(role, last, mark));
            expect(error?.code, `${mark} behind ${last ?? "start"}`).to.equal("ILLEGAL_ORDER");
            const { expected, ...context } = error?.context ?? {};
            expect(context).to.deep.equal({ role, last: last ?? "start", actual: mark });
            expect(new Set(String(expected).split(" ").filter(Boolean))).to.deep.equal(legal);
          }
      });

      it("permits the recovery handshake and the peer's states behind any mark, and lets nothing follow from them", () => {
        for (const last of [undefined, ...reachable(role)])
          for (const mark of BESIDE_ORDER) expect(() => checkOrder(role, last, mark), mark).not.to.throw();
        for (const mark of BESIDE_ORDER) expect(reachable(role)).not.to.include(mark);
      });

      it("permits no lock, mint or burn behind a rollback (R1)", () => {
        const behind = new Set<Mark>(["init-rollback", ...Object.values(ROLLBACK[role]).flat()]);
        for (const last of behind) for (const mark of legalNext(role, last)) expect(mark).to.match(/rollback/);
      });
    });
  }
});

function errorOf(work: () => void): GatelogError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof GatelogError) return error;
    throw error;
  }
}
