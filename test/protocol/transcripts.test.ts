import { expect } from "chai";
import type { Mark } from "../../src/protocol/marks.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { Refusal } from "../../src/protocol/state.ts";
import { isSettled, runFairly } from "../support/world-schedule.ts";
import { ROLES, World } from "../support/world.ts";
import { PRIVATE_TRANSCRIPTS } from "./private-transcripts.ts";
import { TRANSCRIPTS } from "./transcripts.ts";

const REFUSED: Refusal = { code: "LEDGER_REJECTED", reason: "the token is paused" };
/** Far more than a session needs. */
const STEPS_MAX = 200;

/** Everything goes well until the entry stands in the role's log. */
function runUntil(world: World, role: Role, mark: Mark): void {
  for (let steps = 0; steps < STEPS_MAX; steps++)
    for (const each of ROLES) {
      if (world.sides[role].state.own.last?.mark === mark) return;
      world.hear(each);
      world.act(each);
      if (world.sides[role].state.own.last?.mark === mark) return;
      world.mine(each);
    }
  throw new Error(`${mark} was not reached`);
}

function actUntilSent(world: World, role: Role): void {
  for (let steps = 0; steps < STEPS_MAX && world.sides[role].pool.length === 0; steps++) world.act(role);
}

/** What happens beside the ordinary course, by the transcript's name. */
const FLOWS: Readonly<Record<keyof typeof TRANSCRIPTS, (world: World) => void>> = {
  committed: () => undefined,
  "refused at 1.2": (world) => {
    world.sides.destination.verdict = { accepted: false, code: "UNMAPPED_TOKEN", reason: "not mapped" };
  },
  "lock refused by the ledger": (world) => world.sides.origin.refuses.set("lock", REFUSED),
  "NO, because the mint is refused": (world) => world.sides.destination.refuses.set("mint", REFUSED),
  "burn refused by the ledger": (world) => world.sides.origin.refuses.set("burn", REFUSED),
  "cancelled by the client before the lock": (world) => {
    runUntil(world, "origin", "init-commence");
    world.wishAbort("origin");
  },
  "cancelled by the client after the lock": (world) => {
    runUntil(world, "origin", "init-lock-assert");
    world.wishAbort("origin");
  },
  "the deadline passes for the destination behind its YES": (world) => {
    runUntil(world, "destination", "ack-prepare");
    world.deadlinePassed = true;
    world.seeDeadline("destination");
    world.act("destination");
  },
  "the deadline passes for the origin, which waits for a vote": (world) => {
    runUntil(world, "origin", "init-prepare");
    world.deadlinePassed = true;
    world.seeDeadline("origin");
    world.act("origin");
  },
  "aborted behind the burn": (world) => {
    runUntil(world, "origin", "done-burn");
    world.deadlinePassed = true;
    world.seeDeadline("destination");
    world.act("destination");
  },
  "a lock lands behind the tombstone": (world) => {
    runUntil(world, "origin", "exec-lock");
    actUntilSent(world, "origin");
    world.wishAbort("origin");
    world.crash("origin"); // the transaction is still out there, and the wish is forgotten
    world.wishAbort("origin");
    world.sides.origin.pool.reverse();
    world.act("origin");
    while (world.sides.origin.ledger === "NONE") {
      world.act("origin");
      if (world.sides.origin.pool.length > 1) world.mine("origin", 1); // the unlock overtakes the lock
    }
  },
  "the burn's reply is lost, and the origin crashes": (world) => {
    runUntil(world, "origin", "exec-burn");
    actUntilSent(world, "origin");
    world.crash("origin");
  },
  "message 3.5 is lost": (world) => {
    runUntil(world, "origin", "init-commit-final");
    world.sides.origin.state = { ...world.sides.origin.state, sent: [world.sides.origin.state.own.lastEntryHash] };
    world.crash("destination"); // back without the message, it reads the register
  },
  "an answer comes late, behind the abort": (world) => {
    runUntil(world, "origin", "init-proposal");
    world.hear("destination");
    world.wishAbort("origin");
    actAlone(world, "origin");
    actAlone(world, "destination");
  },
  "the mint is cancelled by the clock under COMMIT": (world) => {
    runUntil(world, "origin", "init-commit-final");
    world.cancelByAnyone();
    world.mine("destination");
  },
};

/** With private logs: no register, the destination's escrow decides (model 4.3). */
const PRIVATE_FLOWS: Readonly<Record<keyof typeof PRIVATE_TRANSCRIPTS, (world: World) => void>> = {
  committed: () => undefined,
  "refused at 1.2": FLOWS["refused at 1.2"],
  "NO, because the mint is refused": FLOWS["NO, because the mint is refused"],
  "cancelled by the origin's client after the lock": FLOWS["cancelled by the client after the lock"],
  "cancelled by the destination behind its YES": (world) => {
    runUntil(world, "destination", "ack-prepare");
    world.wishAbort("destination");
    actAlone(world, "destination");
  },
  "the deadline passes for the destination behind its YES": (world) => {
    runUntil(world, "destination", "ack-prepare");
    world.deadlinePassed = true;
    world.seeDeadline("destination");
    actAlone(world, "destination");
  },
  "the deadline passes for the origin, which waits for a vote": (world) => {
    runUntil(world, "origin", "init-prepare");
    world.deadlinePassed = true;
    world.seeDeadline("origin");
    actAlone(world, "origin");
  },
  "the destination cancels while the origin burns": (world) => {
    runUntil(world, "origin", "exec-burn");
    actUntilSent(world, "origin");
    world.seeDeadline("destination");
    actAlone(world, "destination");
    world.mine("origin");
    actAlone(world, "origin"); // it has not heard of the rollback
  },
  "the deadline passes behind message 3.5": (world) => {
    runUntil(world, "origin", "init-commit-final");
    world.deadlinePassed = true;
    for (const role of ROLES) {
      world.hear(role);
      world.seeDeadline(role);
    }
  },
  "the mint is cancelled by the clock behind message 3.5": FLOWS["the mint is cancelled by the clock under COMMIT"],
  "the origin comes back and finds the other side rolled back": (world) => {
    runUntil(world, "origin", "init-prepare");
    world.hear("destination");
    world.act("destination"); // what it was waiting for has come
    for (let blocks = 0; blocks < 2; blocks++) {
      actAlone(world, "destination");
      world.mine("destination");
      actAlone(world, "destination");
      world.seeDeadline("destination");
    }
    world.crash("origin");
  },
};

/** The role goes on without hearing of the register or the peer. */
function actAlone(world: World, role: Role): void {
  for (let steps = 0; steps < STEPS_MAX && world.act(role); steps++);
}

function expectTranscript(world: World, transcript: string): void {
  runFairly(world);
  expect(`\n${world.trace.join("\n")}`).to.equal(transcript.replaceAll(/^ {4}/gm, ""));
  expect(isSettled(world)).to.equal(true);
  for (const role of ROLES) expect(world.sides[role].halted).to.equal(undefined);
}

describe("transcripts", () => {
  for (const [name, transcript] of Object.entries(TRANSCRIPTS))
    it(name, () => {
      const world = new World();
      // Object.entries knows the names only as strings; they are the table's own.
      FLOWS[name as keyof typeof TRANSCRIPTS](world);
      expectTranscript(world, transcript);
    });

  describe("with private logs", () => {
    for (const [name, transcript] of Object.entries(PRIVATE_TRANSCRIPTS))
      it(name, () => {
        const world = new World("destination");
        PRIVATE_FLOWS[name as keyof typeof PRIVATE_TRANSCRIPTS](world);
        expectTranscript(world, transcript);
      });
  });
});
