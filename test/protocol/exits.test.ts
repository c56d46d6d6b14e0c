import { expect } from "chai";
import type { Knowledge } from "../../src/protocol/recovery-row.ts";
import { failedCompensation } from "../../src/protocol/rollback.ts";
import {
  outcomeOf,
  PEER_STATES,
  type Effect,
  type LedgerAction,
  type LedgerState,
  type PeerState,
  type SessionState,
} from "../../src/protocol/state.ts";
import { apply, fold, next } from "../../src/protocol/step.ts";
import type { Register } from "../support/world-facts.ts";
import { entryFor, folded, reading, type Line } from "./folded.ts";
import { lineTo } from "./lines.ts";

const REGISTERS: readonly Register[] = ["log", "destination"];
const REFUSAL = { code: "LEDGER_REJECTED", reason: "the token is paused" } as const;

const read = (state: SessionState, side: "own" | "peer", ledger: LedgerState) =>
  apply(state, { type: "ledger-read", side, reading: reading(ledger) });
const waited = (state: SessionState) => apply(state, { type: "waited" });
const decided = (state: SessionState, decision: "COMMIT" | "ABORT") =>
  state.facts.register === "log" ? apply(state, { type: "decided", decision }) : state;
const marksIn = (effects: readonly Effect[]) =>
  effects.flatMap((one) =>
    one.type === "append" ? one.drafts.map(({ operation, command }) => `${operation}-${command}`) : [],
  );
/** What is done beside sending messages. */
const deeds = (effects: readonly Effect[]) => effects.filter(({ type }) => type !== "send");

/** Appends what is asked for, as long as it is entries. */
function written(state: SessionState): SessionState {
  let after = state;
  for (;;) {
    const append = next(after).find((one) => one.type === "append");
    if (append?.type !== "append") return after;
    for (const draft of append.drafts) after = fold(after, "own", [entryFor(after, draft)]);
  }
}

function away(is: PeerState): readonly Line[] {
  return is === "OK" ? [] : [{ mark: "fail-peer", payload: { state: is } }];
}

/** The origin behind message 3.5, the destination behind its vote or further. */
function committedOrigin(register: Register, is: PeerState, peer: readonly Line[] = []): SessionState {
  const own = [...lineTo("origin", "init-commit-final"), ...away(is)];
  return decided(folded("origin", register, own, [...lineTo("destination", "ack-prepare"), ...peer]), "COMMIT");
}

describe("behind COMMIT, without a word from the peer", () => {
  for (const register of REGISTERS) {
    describe(`with the register in the ${register}`, () => {
      it("the origin completes once ASSIGNED is final and the destination has crashed definitely (row 20)", () => {
        for (const is of PEER_STATES) {
          const state = read(waited(committedOrigin(register, is)), "peer", "ASSIGNED");
          const isGone = is === "CRASHED_DEFINITELY";
          expect(marksIn(next(state))[0], is).to.equal(isGone ? "done-commit-final" : undefined);
          if (!isGone) continue;
          const completed = written(state);
          expect(completed.own.marks.get("done-record")?.payload).to.deep.equal({
            state: "ASSIGNED",
            transactionHash: null,
            blockNumber: 1,
          });
          expect(next(completed).at(-1)).to.deep.equal({ type: "close-log" });
          expect(outcomeOf(completed)).to.equal("COMMITTED");
        }
      });

      it("the origin waits for as long as nothing is final there, however long the destination is gone", () => {
        for (const ledger of ["NONE", "MINTED"] as const) {
          const state = read(waited(committedOrigin(register, "CRASHED_DEFINITELY")), "peer", ledger);
          expect(deeds(next(state))).to.deep.equal([{ type: "wait", waitingFor: "peer" }]);
        }
        const unknown = waited(committedOrigin(register, "CRASHED_DEFINITELY"));
        expect(deeds(next(unknown))).to.deep.equal([{ type: "read-ledger", side: "peer" }]);
        for (const silent of [
          apply(unknown, { type: "ledger-unreachable", side: "peer" }),
          apply(unknown, { type: "ledger-read", side: "peer", reading: reading("ASSIGNED", true) }),
        ])
          expect(deeds(next(silent))).to.deep.equal([{ type: "wait", waitingFor: "peer-ledger" }]);
      });

      it("the origin recreates what it burned once CANCELLED is final, and the outcome says so (R5)", () => {
        let state = read(waited(committedOrigin(register, "OK")), "peer", "CANCELLED");
        expect(marksIn(next(state))).to.deep.equal(["init-rollback"]);
        state = written(state);
        expect(deeds(next(state))).to.deep.equal([{ type: "read-ledger", side: "own" }]);
        state = read(state, "own", "BURNED");
        state = written(state);
        expect(state.own.last?.mark).to.equal("exec-rollback-recreate");
        state = read(read(state, "own", "BURNED"), "peer", "CANCELLED");
        expect(deeds(next(state))).to.deep.equal([{ type: "act", action: "recreate" }]);
        state = written(read(state, "own", "RECREATED"));
        expect(state.own.last?.mark).to.equal("ack-rollback");
        expect(next(state).at(-1)).to.deep.equal({ type: "close-log" });
        // With private logs no register holds COMMIT that could be reversed.
        expect(outcomeOf(state)).to.equal(register === "log" ? "REVERSED" : "ABORTED");
      });

      it("the destination closes by itself once it has logged ASSIGNED and the origin is gone (row 22)", () => {
        for (const is of PEER_STATES) {
          const own = [...lineTo("destination", "ack-commit-final"), ...away(is)];
          const state = decided(folded("destination", register, own, lineTo("origin", "init-commit-final")), "COMMIT");
          if (is !== "CRASHED_DEFINITELY") {
            expect(deeds(next(state)), is).to.deep.equal([{ type: "wait", waitingFor: "peer" }]);
            continue;
          }
          const completed = written(state);
          expect(completed.own.last?.mark).to.equal("done-complete");
          expect(next(completed)).to.deep.equal([{ type: "close-log" }]);
          expect(outcomeOf(completed)).to.equal("COMMITTED");
        }
      });

      it("the destination assigns nothing before it has seen the burn at finality", () => {
        const logs = [lineTo("destination", "ack-prepare"), lineTo("origin", "init-commit-final")] as const;
        const voted = decided(folded("destination", register, ...logs), "COMMIT");
        expect(deeds(next(voted))).to.deep.equal([{ type: "read-ledger", side: "peer" }]);
        const wait: Effect = { type: "wait", waitingFor: "peer-ledger" };
        const seen = (knowledge: Knowledge) =>
          knowledge === "UNREACHABLE"
            ? apply(voted, { type: "ledger-unreachable", side: "peer" })
            : apply(voted, { type: "ledger-read", side: "peer", reading: reading("BURNED", knowledge === "PENDING") });
        for (const knowledge of ["UNREACHABLE", "PENDING"] as const)
          expect(deeds(next(seen(knowledge))), knowledge).to.deep.equal([wait]);
        for (const ledger of ["NONE", "LOCKED"] as const)
          expect(deeds(next(read(voted, "peer", ledger))), ledger).to.deep.equal([wait]);
        const bound = written(read(voted, "peer", "BURNED"));
        expect(bound.own.last?.mark).to.equal("exec-assign");
      });
    });
  }
});

describe("before the decision, without the peer", () => {
  it("the origin aborts when the destination has crashed definitely, but not once it has announced its burn", () => {
    for (const register of REGISTERS)
      for (const is of PEER_STATES) {
        const asking = folded(
          "origin",
          register,
          [...lineTo("origin", "init-prepare"), ...away(is)],
          lineTo("destination", "ack-lock-assert"),
        );
        const isGone = is === "CRASHED_DEFINITELY";
        const aborts = register === "log" ? "decide" : "append";
        expect(deeds(next(asking))[0]?.type, is).to.equal(isGone ? aborts : "wait");
        const burning = folded(
          "origin",
          register,
          [...lineTo("origin", "exec-burn"), ...away(is)],
          lineTo("destination", "ack-prepare"),
        );
        expect(deeds(next(burning))).to.deep.equal([{ type: "read-ledger", side: "own" }]);
      }
  });
});

describe("a compensation that its ledger refuses", () => {
  const cases = [
    ["origin", "unlock", "done-lock", "LOCKED", "UNLOCKED"],
    ["origin", "recreate", "done-burn", "BURNED", "RECREATED"],
    ["destination", "cancel", "done-mint", "MINTED", "CANCELLED"],
  ] as const satisfies readonly (readonly [string, LedgerAction, string, LedgerState, LedgerState])[];

  for (const [role, action, last, before, after] of cases)
    it(`${action}: is said once, tried until it is done, and never called done before`, () => {
      const started = folded(role, "log", lineTo(role, last), []);
      let state = written(apply(started, { type: "decided", decision: "ABORT" }));
      const looked = (now: LedgerState) => {
        const known = read(state, "own", now);
        return role === "origin" ? read(known, "peer", "CANCELLED") : known;
      };
      state = written(looked(before));
      expect(state.own.last?.mark).to.equal(`exec-rollback-${action}`);
      for (let tries = 0; tries < 3; tries++) {
        state = waited(state);
        expect(deeds(next(looked(before)))).to.deep.equal([{ type: "act", action }]);
        state = apply(looked(before), { type: "ledger-refused", action, refusal: REFUSAL });
        expect(marksIn(next(state))).to.deep.equal(tries === 0 ? [`fail-rollback-${action}`] : []);
        state = written(state);
        expect(state.own.last).to.deep.include({ mark: `fail-rollback-${action}`, payload: REFUSAL });
        expect(failedCompensation(state)).to.equal(action);
        expect(deeds(next(state))).to.deep.equal([{ type: "wait", waitingFor: "ledger" }]);
      }
      state = waited(state);
      state = written(looked(after));
      expect(state.own.last?.mark).to.equal("ack-rollback");
      expect(state.own.marks.has(`done-rollback-${action}`)).to.equal(true);
      expect(failedCompensation(state)).to.equal(undefined);
    });
});
