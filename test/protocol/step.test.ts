import { expect } from "chai";
import fc from "fast-check";
import { GatelogError } from "../../src/entry/errors.ts";
import { ZERO_HASH } from "../../src/entry/hex.ts";
import { readTerms, readVerdict } from "../../src/protocol/payloads.ts";
import type { Role } from "../../src/protocol/order.ts";
import { initialState, type LedgerState, type ProtocolEvent, type SessionState } from "../../src/protocol/state.ts";
import { fold, next, step } from "../../src/protocol/step.ts";
import { runFairly, takeTurn } from "../support/world-schedule.ts";
import { World } from "../support/world.ts";
import { WORLD_FACTS, WORLD_TERMS } from "../support/world-facts.ts";
import { reading } from "./folded.ts";

function committedLogs() {
  const world = new World();
  runFairly(world);
  return { origin: world.sides.origin.log, destination: world.sides.destination.log };
}

const logs = committedLogs();
const start = (role: Role) => initialState(role, WORLD_FACTS, ZERO_HASH);

/** Own entries folded, by their number: the terms of init-setup are hashed once per role and number. */
const ownStates = { origin: prefixesOf("origin"), destination: prefixesOf("destination") };

function prefixesOf(role: Role): SessionState[] {
  const states = [start(role)];
  for (const entry of logs[role]) states.push(fold(states.at(-1)!, "own", [entry]));
  return states;
}

function expectCode(work: () => unknown, code: string): void {
  expect(work).to.throw(GatelogError).with.property("code", code);
}

/** The state after so many entries of each log. */
function after(role: Role, own: number, peer: number): SessionState {
  const theirs = logs[role === "origin" ? "destination" : "origin"].slice(0, peer);
  return fold(ownStates[role][own]!, "peer", theirs);
}

function frozen<T>(value: T): T {
  if (value instanceof Map) {
    for (const element of value.values()) frozen(element);
    value.set = value.delete = value.clear = () => expect.fail("a map of the state was written to");
  } else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    for (const member of Object.values(value)) frozen(member);
    Object.freeze(value);
  }
  return value;
}

describe("fold and step", () => {
  it("takes no vote and no done-burn at a step at which the register does not count it", () => {
    const theirs = logs.destination.findIndex(({ vote }) => vote === "yes");
    const vote = { ...logs.destination[theirs]!, step: 0 };
    const before = after("origin", logs.origin.length, theirs);
    expectCode(() => fold(before, "peer", [vote]), "ILLEGAL_ORDER");
    const burn = logs.origin.findIndex(({ step: code, operation }) => code === 304 && operation === "done");
    const early = { ...logs.origin[burn]!, step: 303 };
    expectCode(() => fold(ownStates.origin[burn]!, "own", [early]), "ILLEGAL_ORDER");
  });

  it("takes no seqNumber that would leave the other side no next one", () => {
    const far = { ...logs.destination[0]!, seqNumber: 2 ** 52 + 1 };
    expectCode(() => fold(ownStates.origin[1]!, "peer", [far]), "ILLEGAL_ORDER");
    expect(fold(ownStates.origin[1]!, "peer", [{ ...far, seqNumber: 2 ** 52 }]).seqNumber).to.equal(2 ** 52);
  });

  it("takes over no more of a peer's reason than fits what it writes itself", () => {
    const payload = { accepted: false, code: "REFUSED", reason: "\u{1F512}".repeat(4_000) };
    const verdict = readVerdict({
      mark: "ack-proposal",
      entryHash: ZERO_HASH,
      index: 0,
      causedBy: ZERO_HASH,
      vote: "none",
      payload,
    });
    expect(verdict).to.have.property("reason", "\u{1F512}".repeat(500));
  });

  it("fold gives the same state for every interleaving that keeps each log's own order", () => {
    const whole = after("origin", logs.origin.length, logs.destination.length);
    const turns = fc.array(fc.boolean(), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(turns, (choices) => {
        let state = ownStates.origin[1]!;
        const left = { own: logs.origin.slice(1), peer: [...logs.destination] };
        for (const own of [...choices, ...Array<boolean>(60).fill(true), ...Array<boolean>(60).fill(false)]) {
          const entry = left[own ? "own" : "peer"].shift();
          if (entry) state = fold(state, own ? "own" : "peer", [entry]);
        }
        expect(state).to.deep.equal(whole);
      }),
      { numRuns: 20 },
    );
  });

  it("fold of a log in pieces, at any cut, is fold of the whole", () => {
    for (let cut = 1; cut <= logs.origin.length; cut++) {
      const pieces = fold(ownStates.origin[cut]!, "own", logs.origin.slice(cut));
      expect(pieces).to.deep.equal(after("origin", logs.origin.length, 0));
    }
  });

  it("step gives the same answer twice and changes nothing that it was given", () => {
    const refusal = { code: "REFUSED", reason: "cancelled on request" } as const;
    // 7 entries and it may be locked, 14 and it may be burned: earlier no such reading is possible.
    const lockedBehind = (own: number) => (own < 7 ? "NONE" : own < 15 ? "LOCKED" : "BURNED");
    const eventsBehind = (own: number): readonly ProtocolEvent[] => [
      { type: "waited" },
      { type: "ledger-read", side: "own", reading: reading(lockedBehind(own)) },
      { type: "ledger-read", side: "peer", reading: reading("MINTED") },
      { type: "ledger-unreachable", side: "own" },
      { type: "ledger-refused", action: "lock", refusal },
      { type: "abort-wished", refusal },
      { type: "deadline-passed" },
      { type: "sent", entryHash: ZERO_HASH },
      { type: "judged", index: 0, verdict: { accepted: true } },
      { type: "log-closed", log: "peer" },
      { type: "restarted" },
      { type: "recovery-wished" },
      { type: "peer-contact", contact: "CRASHED_WAIT" },
      { type: "peer-broken" },
    ];
    for (const own of [1, 3, 6, 8, 10, 14, 15])
      for (const event of eventsBehind(own)) {
        // Up to its burn the origin is ahead of what it knows of the peer, or beside it: both are states of a crash.
        const state = after("origin", own, Math.min(logs.destination.length, own + 2));
        const before = structuredClone(state);
        const answer = step(state, event);
        expect(step(frozen(structuredClone(before)), frozen(structuredClone(event)))).to.deep.equal(answer);
        expect(state).to.deep.equal(before);
      }
  });

  it("what next wants to write may always be written, whatever of the peer's log is known", () => {
    for (const role of ["origin", "destination"] as const)
      for (const state of ownStates[role]) {
        let heard = state;
        next(heard);
        for (const entry of logs[role === "origin" ? "destination" : "origin"]) {
          heard = fold(heard, "peer", [entry]);
          next(heard);
        }
      }
  });

  it("refuses an entry of the peer's that its order does not permit", () => {
    const [first, , third] = logs.destination;
    expect(codeOf(() => fold(start("origin"), "peer", [first!, third!]))).to.equal("ILLEGAL_ORDER");
  });

  it("halts when the register changes its mind", () => {
    const decided = step(after("origin", 1, 0), { type: "decided", decision: "ABORT" }).state;
    expect(codeOf(() => step(decided, { type: "decided", decision: "COMMIT" }))).to.equal("INVARIANT_BROKEN");
  });

  it("halts when the escrow shows what the decision excludes", () => {
    const read = (state: LedgerState): ProtocolEvent => ({ type: "ledger-read", side: "own", reading: reading(state) });
    const world = new World();
    while (world.sides.destination.ledger !== "MINTED") takeTurn(world);
    world.decision = "ABORT";
    takeTurn(world);
    const aborted = world.sides.destination.state;
    expect(aborted.own.last?.mark).to.equal("exec-rollback-cancel");
    expect(codeOf(() => step(aborted, read("ASSIGNED")))).to.equal("INVARIANT_BROKEN");
    const assigning = fold(ownStates.destination[20]!, "peer", logs.origin);
    const committed = step(assigning, { type: "decided", decision: "COMMIT" }).state;
    expect(codeOf(() => step(committed, read("NONE")))).to.equal("INVARIANT_BROKEN");
  });

  it("takes terms from init-setup only if they are the ones that the facts bind", () => {
    expect(after("destination", 0, 1).terms).to.deep.equal(WORLD_TERMS);
    const others = { ...WORLD_FACTS, termsHash: ZERO_HASH };
    const [setup] = logs.origin;
    expect(fold(initialState("destination", others, ZERO_HASH), "peer", [setup!]).terms).to.equal(null);
  });

  it("takes malformed terms of a peer for none, whatever is wrong with them", () => {
    for (const changes of [
      { value: "1.5" },
      { value: "-1" },
      { lockExpiry: 1e300 },
      { originator: "0x" },
      { tokenUri: "\ud800" },
    ])
      expect(readTerms({ idempotencyKey: "k", terms: { ...WORLD_TERMS, ...changes } }, WORLD_FACTS)).to.equal(null);
    expect(readTerms({ idempotencyKey: "k", terms: { ...WORLD_TERMS } }, WORLD_FACTS)).to.deep.equal(WORLD_TERMS);
  });

  it("reads anything but a clear yes as a refusal", () => {
    const ack = after("origin", 0, 6).peer.marks.get("ack-proposal")!;
    expect(readVerdict(ack)).to.deep.equal({ accepted: true });
    for (const payload of [undefined, null, {}, { accepted: "yes" }, { accepted: 1 }])
      expect(readVerdict({ ...ack, payload })).to.include({ accepted: false, code: "MALFORMED" });
    const unknown = readVerdict({ ...ack, payload: { accepted: false, code: "NO_SUCH_CODE", reason: "why" } });
    expect(unknown).to.deep.equal({ accepted: false, code: "REFUSED", reason: "why" });
  });
});

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof GatelogError) return error.code;
    throw error;
  }
}
