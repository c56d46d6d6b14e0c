import { expect } from "chai";
import type { Decision } from "../../src/entry/statements.ts";
import { positionOf, positionsOf, type Position } from "../../src/protocol/positions.ts";
import type { Role } from "../../src/protocol/order.ts";
import { KNOWLEDGE, type Knowledge, type Standing } from "../../src/protocol/recovery-row.ts";
import { RECOVERY_TABLE, rowFor, situationOf, type Situation } from "../../src/protocol/recovery-table.ts";
import {
  decisionOf,
  PEER_STATES,
  type LedgerAction,
  type ProtocolEvent,
  type SessionState,
} from "../../src/protocol/state.ts";
import { apply } from "../../src/protocol/step.ts";
import type { Register } from "../support/world-facts.ts";
import { folded, reading, type Line } from "./folded.ts";
import { logsOf, peersOf } from "./recovery-cases.ts";
import { isAbort, isSaidBy, MAIN_FLOW, REFUSED, shapeOf } from "./recovery-shapes.ts";

const ROLES: readonly Role[] = ["origin", "destination"];
const REGISTERS: readonly Register[] = ["log", "destination"];
const STANDINGS: readonly Standing[] = [...PEER_STATES, "ROLLED_BACK"];
const REFUSAL = { code: "LEDGER_REJECTED", reason: "the token is paused" } as const;

/** How many rows the drafts' crash table has (docs/PROTOCOL.md, "Crash table"), and those that no row of this one answers. */
const CRASH_TABLE_ROWS = 29;
const ANSWERED_ELSEWHERE: Readonly<Record<number, string>> = {
  25: "a crash during recovery: the handshake begins anew, beside whatever row the transfer is at (recovery.test.ts)",
  27: "an old primary that returns has a stale epoch, and the store refuses what it writes",
  29: "what is torn was never committed, and the store drops it before the log is folded (sqlite-log-store.test.ts)",
};

/** Decisions that can stand: the register's, or with private logs what the own log binds this side to. */
function decisionsFor(register: Register, state: SessionState): readonly Decision[] {
  return register === "log" ? ["NONE", "COMMIT", "ABORT"] : [decisionOf(state)];
}

/** A destination that is the register, and is not bound yet, looks at what the origin's log says of the burn. */
function standingsFor(role: Role, register: Register, decision: Decision): readonly Standing[] {
  const looks = role === "destination" && register === "destination" && decision === "NONE";
  return looks ? [...STANDINGS, "COMMITTED"] : STANDINGS;
}

/** Both logs and the decision: everything but what is read of the ledgers. */
interface Case {
  readonly state: SessionState;
  readonly position: Position;
  readonly register: Register;
  readonly decision: Decision;
  readonly standing: Standing;
  /** Not another way to the same position. */
  readonly isFirst: boolean;
}

function* casesOf(role: Role): Generator<Case> {
  const seen = new Set<Position>();
  for (const log of logsOf(role)) {
    const position = positionOf(folded(role, "log", log, []).own);
    const isFirst = !seen.has(position);
    seen.add(position);
    for (const register of REGISTERS)
      for (const decision of decisionsFor(register, folded(role, register, log, [])))
        // What the peer is to this side has nothing to do with the way that led here: other ways are gone once.
        for (const standing of isFirst ? standingsFor(role, register, decision) : (["OK"] as const))
          for (const state of statesOf(role, register, decision, standing, log))
            yield { state, position, register, decision, standing, isFirst };
  }
}

function* statesOf(
  role: Role,
  register: Register,
  decision: Decision,
  standing: Standing,
  log: readonly Line[],
): Generator<SessionState> {
  const isAway = standing !== "OK" && STANDINGS.indexOf(standing) < PEER_STATES.length;
  const contact: readonly Line[] = isAway ? [{ mark: "fail-peer", payload: { state: standing } }] : [];
  for (const peer of peersOf(role, register, log, standing)) {
    const state = folded(role, register, [...log, ...contact], peer);
    yield decision === "NONE" || register !== "log" ? state : apply(state, { type: "decided", decision });
  }
}

function told(state: SessionState, side: "own" | "peer", knowledge: Knowledge): SessionState {
  if (knowledge === "UNREAD") return state;
  if (knowledge === "UNREACHABLE") return apply(state, { type: "ledger-unreachable", side });
  const ledger = knowledge === "PENDING" ? reading("NONE", true) : reading(knowledge);
  return apply(state, { type: "ledger-read", side, reading: ledger });
}

/** The state with everything that can be known of the two ledgers. */
function* readings(state: SessionState): Generator<SessionState> {
  for (const own of KNOWLEDGE) {
    const known = told(state, "own", own);
    for (const peer of KNOWLEDGE) yield told(known, "peer", peer);
  }
}

function describeCase(situation: Situation, shape: string): string {
  return `${rowFor(situation).id}: ${shape} for ${JSON.stringify(situation)}`;
}

/** Whether this side may still have it aborted by its own clock, or by its own will. */
function mayAbort({ role, register, decision, position, peer }: Situation, because: "deadline" | "wish"): boolean {
  if (decision !== "NONE" || boundBy(role, position) !== "NONE") return false;
  if (role === "origin") return position !== "done-burn" && position !== "init-commit-final";
  if (register === "log") return because === "deadline";
  return because === "wish" || !(position === "ack-prepare" && peer === "COMMITTED");
}

describe("the recovery table", function () {
  this.timeout(120_000);
  // Tens of thousands of halts are thrown here, and nobody looks where.
  const { stackTraceLimit } = Error;
  before(() => void (Error.stackTraceLimit = 0));
  after(() => void (Error.stackTraceLimit = stackTraceLimit));

  for (const role of ROLES) {
    describe(`of the ${role}`, () => {
      it("has for the whole product one outcome each, and it is what next does", () => {
        const cases = new Set<string>();
        const met = new Set<string>();
        const shapes = new Map(Object.keys(MAIN_FLOW).map((id) => [id, new Set<string>()]));
        for (const { state, position, register, decision, standing } of casesOf(role)) {
          cases.add([position, register, decision, standing].join(" "));
          const expected = { role, register, decision, position, peer: standing };
          for (const known of readings(state)) {
            const situation = situationOf(known);
            const row = rowFor(situation);
            const shape = shapeOf(known);
            if (!isSaidBy(row, shape)) expect.fail(describeCase(situation, shape));
            met.add(row.id);
            shapes.get(row.id)?.add(shape);
          }
          expect(situationOf(state)).to.include(expected);
        }
        expect(cases, "a state for every position, register, decision and standing").to.deep.equal(productOf(role));
        expect([...met].sort(), "no row that never holds").to.deep.equal(
          RECOVERY_TABLE[role].map(({ id }) => id).sort(),
        );
        for (const [id, found] of shapes) if (met.has(id)) expect(found, id).to.deep.equal(new Set(MAIN_FLOW[id]));
      });

      it("gives way to a wish and to the deadline until this side is bound, and to nothing else", () => {
        for (const { state, isFirst, standing } of casesOf(role)) {
          if (!isFirst || !["OK", "COMMITTED"].includes(standing)) continue;
          for (const [flag, event] of FLAGS)
            for (const known of readings(apply(state, event))) {
              const situation = situationOf(known);
              const row = rowFor(situation);
              const shape = shapeOf(known);
              const aborts = flag !== "patience" && row.outcome !== "HALT" && mayAbort(situation, flag);
              const isRight = aborts ? isAbort(shape) : isSaidBy(row, shape);
              if (!isRight) expect.fail(`${flag}: ${describeCase(situation, shape)}`);
            }
        }
      });

      it("gives way to a ledger that refuses: a failure before the decision, another try behind it", () => {
        const refused = new Set<string>();
        for (const { state, standing } of casesOf(role))
          for (const known of standing === "OK" ? readings(state) : []) {
            const { outcome } = rowFor(situationOf(known));
            const pattern = REFUSED[outcome];
            if (pattern === undefined) continue;
            const action = outcome.slice("ACT_".length).toLowerCase() as LedgerAction;
            const shape = shapeOf(apply(known, { type: "ledger-refused", action, refusal: REFUSAL }));
            if (!pattern.test(shape)) expect.fail(describeCase(situationOf(known), shape));
            refused.add(`${outcome} ${shape}`);
          }
        expect(refused.size).to.equal(role === "origin" ? 6 : 4);
      });

      it("names each row once, and says of each impossible one what is wrong with it", () => {
        const rows = RECOVERY_TABLE[role];
        expect(new Set(rows.map(({ id }) => id)).size).to.equal(rows.length);
        const halts = rows.filter(({ outcome }) => outcome === "HALT");
        expect(new Set(halts.map(({ why }) => why)).size).to.equal(halts.length);
        for (const { id, when } of halts) {
          expect(id).to.match(/^[od]-x-/);
          expect(when, id).to.satisfy(
            (conditions: typeof when) => conditions.at ?? conditions.own ?? conditions.peerLedger,
          );
        }
      });
    });
  }

  it("answers every row of the drafts' crash table, or something else does", () => {
    const cited = ROLES.flatMap((role) => RECOVERY_TABLE[role].flatMap(({ cites }) => cites));
    const elsewhere = Object.keys(ANSWERED_ELSEWHERE).map(Number);
    const all = Array.from({ length: CRASH_TABLE_ROWS }, (_, index) => index + 1);
    expect([...new Set([...cited, ...elsewhere])].sort((a, b) => a - b)).to.deep.equal(all);
    for (const row of elsewhere) expect(cited, `row ${row}`).not.to.include(row);
  });
});

const FLAGS: readonly (readonly ["deadline" | "wish" | "patience", ProtocolEvent])[] = [
  ["deadline", { type: "deadline-passed" }],
  ["wish", { type: "abort-wished", refusal: REFUSAL }],
  ["patience", { type: "waited" }],
];

/** What the product is made of, without looking at any log. */
function productOf(role: Role): Set<string> {
  const product = new Set<string>();
  for (const position of positionsOf(role))
    for (const register of REGISTERS)
      for (const decision of register === "log" ? (["NONE", "COMMIT", "ABORT"] as const) : [boundBy(role, position)])
        for (const standing of standingsFor(role, register, decision))
          product.add([position, register, decision, standing].join(" "));
  return product;
}

/** With private logs the own log says what this side is bound to. */
function boundBy(role: Role, position: Position): Decision {
  if (position.includes("rollback")) return "ABORT";
  const committed = {
    origin: /^(done-commit-final|(exec|done)-record|init-complete)$/,
    destination: /^(exec-commit-final|(init|exec|done|fail)-assign|ack-commit-final|(exec|done)-complete)$/,
  };
  return committed[role].test(position) ? "COMMIT" : "NONE";
}
