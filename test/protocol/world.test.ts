import { expect } from "chai";
import fc from "fast-check";
import type { Mark } from "../../src/protocol/marks.ts";
import type { Refusal } from "../../src/protocol/state.ts";
import type { Register } from "../support/world-facts.ts";
import { breaches, shortfalls } from "../support/world-oracles.ts";
import { isSettled, runFairly } from "../support/world-schedule.ts";
import { ROLES, World } from "../support/world.ts";

const RUNS = 2_000;
/** About as many steps as a committed session takes. */
const CALM_MAX = 80;
const REFUSAL: Refusal = { code: "LEDGER_REJECTED", reason: "the token is paused" };

/** What can happen at any time, by either side where it says `role`. */
const step = fc.record({
  role: fc.constantFrom(...ROLES),
  // Doing and hearing are frequent, or few sessions would get anywhere.
  what: fc.oneof(
    { weight: 9, arbitrary: fc.constant("act" as const) },
    { weight: 4, arbitrary: fc.constant("hear" as const) },
    { weight: 3, arbitrary: fc.constantFrom("mine", "lose") },
    { weight: 3, arbitrary: fc.constantFrom("wait", "crash") },
    { weight: 2, arbitrary: fc.constantFrom("abort", "see-deadline", "deadline", "cancel-after") },
  ),
  position: fc.nat(3),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** How many of a kind of step a run may have: an abort in every run would leave no session to be committed. */
const scenario = fc.record({
  /** Nothing goes wrong until this entry stands, so that the faults fall on every part of a session. */
  calmUntil: fc.constantFrom<Mark>(
    ...(["init-setup", "exec-lock", "init-lock-assert", "init-prepare", "exec-mint", "ack-prepare"] as const),
    ...(["exec-burn", "exec-burn", "done-burn", "exec-assign", "ack-commit-final"] as const),
  ),
  steps: fc.array(step, { maxLength: 60 }),
  /** After them blocks come only when everybody is waiting: what is pending stays so for as long as it can. */
  slowBlocks: fc.boolean(),
  mayAbort: fc.boolean(),
  mayCancelByClock: fc.boolean(),
  refuses: fc.constantFrom(undefined, undefined, "lock", "mint", "burn"),
  verdict: fc.constantFrom("accepted", "accepted", "accepted", "refused"),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function take(world: World, { role, what, position }: Step, { mayAbort, mayCancelByClock }: Scenario): void {
  const { pool } = world.sides[role];
  if (what === "act") world.act(role);
  else if (what === "hear") world.hear(role);
  else if (what === "mine") world.mine(role, position % Math.max(1, pool.length));
  else if (what === "lose") world.mine(role, position % Math.max(1, pool.length), true);
  else if (what === "wait") world.waited(role);
  else if (what === "crash") world.crash(role);
  else if (what === "deadline" && mayAbort) world.deadlinePassed = true;
  else if (what === "see-deadline" && mayAbort) world.seeDeadline(role);
  else if (what === "abort" && mayAbort) world.wishAbort(role);
  else if (what === "cancel-after" && mayCancelByClock) world.cancelByAnyone();
}

function calmly(world: World, role: (typeof ROLES)[number]): void {
  world.hear(role);
  world.act(role);
  world.mine(role);
}

function expectSafe(world: World): void {
  expect(breaches(world.standing)).to.deep.equal([]);
  for (const role of ROLES) expect(world.sides[role].halted, `the ${role}`).to.equal(undefined);
}

function expectSettled(world: World): void {
  expect(isSettled(world), "both logs closed and nothing pending").to.equal(true);
  expect(shortfalls(world.standing)).to.deep.equal([]);
}

function run(register: Register, chosen: Scenario): World {
  const world = new World(register);
  const { refuses, verdict } = chosen;
  if (refuses) world.sides[refuses === "mint" ? "destination" : "origin"].refuses.set(refuses, REFUSAL);
  if (verdict === "refused") world.sides.destination.verdict = { accepted: false, ...REFUSAL };
  const stands = () => ROLES.some((role) => world.sides[role].state.own.marks.has(chosen.calmUntil));
  for (let steps = 0; steps < CALM_MAX && !stands(); steps++) calmly(world, ROLES[steps % ROLES.length]!);
  for (const one of chosen.steps) {
    take(world, one, chosen);
    expectSafe(world);
  }
  world.deadlinePassed ||= chosen.mayAbort;
  runFairly(world, chosen.slowBlocks);
  return world;
}

/** A test that reaches one ending only would prove little. */
const ENDINGS: Readonly<Record<Register, readonly string[]>> = {
  log: ["COMMIT BURNED ASSIGNED", "ABORT NONE NONE", "ABORT UNLOCKED CANCELLED", "ABORT RECREATED CANCELLED"],
  destination: ["NONE BURNED ASSIGNED", "NONE NONE NONE", "NONE UNLOCKED CANCELLED", "NONE RECREATED CANCELLED"],
};

describe("two gateways and two escrows in any order of events", () => {
  for (const [register, words] of [
    ["log", "with the register in the log"],
    ["destination", "with private logs"],
  ] as const)
    describe(words, () => {
      it("end with one live copy, both logs closed and the decision obeyed, and never have two copies", function () {
        this.timeout(60_000);
        const endings = new Map<string, number>();
        fc.assert(
          fc.property(scenario, (chosen) => {
            const world = run(register, chosen);
            expectSafe(world);
            expectSettled(world);
            const { origin, destination } = world.sides;
            const ending = `${world.decision} ${origin.ledger} ${destination.ledger}`;
            endings.set(ending, (endings.get(ending) ?? 0) + 1);
          }),
          { numRuns: RUNS, seed: 20_261_120 },
        );
        if (process.env["WORLD_STATS"]) console.log(endings);
        expect([...endings.keys()]).to.include.members(ENDINGS[register]);
      });
    });

  it("settle by R5 when the mint was cancelled by the clock under COMMIT", () => {
    const world = new World();
    while (world.decision === "NONE") for (const role of ROLES) calmly(world, role);
    world.cancelByAnyone();
    world.mine("destination");
    runFairly(world);
    expectSettled(world);
    expect(world.sides.origin.ledger).to.equal("RECREATED");
  });
});
