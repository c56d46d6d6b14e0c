import { expect } from "chai";
import fc from "fast-check";
import { checkCauses } from "../../src/audit/checks/causes.ts";
import { FindingList } from "../../src/audit/findings.ts";
import { checkOrder } from "../../src/audit/checks/order.ts";
import type { WeighedEntry } from "../../src/audit/checks/proofs.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import { ZERO_HASH } from "../../src/entry/hex.ts";
import { BESIDE_ORDER, markOf, type Mark } from "../../src/protocol/marks.ts";
import { legalNext } from "../../src/protocol/order.ts";
import type { LedgerAction, ProtocolEvent } from "../../src/protocol/state.ts";
import { apply } from "../../src/protocol/step.ts";
import type { Register } from "../support/world-facts.ts";
import { runFairly, takeTurn } from "../support/world-schedule.ts";
import { ROLES, World } from "../support/world.ts";

const RUNS = 1_000;
/** How long the ledgers go on refusing when nothing else goes wrong any more: enough for a rollback to get there. */
const TURNS_REFUSING = 8;
const REFUSAL = { code: "LEDGER_REJECTED", reason: "the token is paused" } as const;
const DISPUTE = {
  reason: "FORK",
  gatewayId: ZERO_HASH,
  index: 1,
  ownEntryHash: ZERO_HASH,
  peerEntryHash: ZERO_HASH,
} as const;

/** What happens to a gateway at any moment beside its own doing. */
const EVENTS = {
  deadline: { type: "deadline-passed" },
  wish: { type: "abort-wished", refusal: REFUSAL },
  silent: { type: "ledger-unreachable", side: "own" },
  ok: { type: "peer-contact", contact: "OK" },
  suspect: { type: "peer-contact", contact: "SUSPECT" },
  gone: { type: "peer-contact", contact: "CRASHED_DEFINITELY" },
  dispute: { type: "disputed", dispute: DISPUTE },
  operator: { type: "recovery-wished" },
} as const satisfies Readonly<Record<string, ProtocolEvent>>;

const anyStep = fc.record({
  role: fc.constantFrom(...ROLES),
  what: fc.oneof(
    { weight: 12, arbitrary: fc.constant("act" as const) },
    { weight: 5, arbitrary: fc.constant("hear" as const) },
    { weight: 4, arbitrary: fc.constantFrom("mine", "mine", "lose") },
    { weight: 3, arbitrary: fc.constantFrom("wait", "crash") },
    { weight: 3, arbitrary: fc.constantFrom("ok", "suspect", "gone", "silent", "operator") },
    { weight: 2, arbitrary: fc.constantFrom("deadline", "wish", "wish", "refuse", "dispute", "clock") },
  ),
});
const anyRun = fc.record({
  register: fc.constantFrom<Register>("log", "destination"),
  /** So many steps of both go well before anything else happens. */
  calm: fc.nat(70),
  steps: fc.array(anyStep, { maxLength: 60 }),
  /** What the ledgers refuse, until at the end they do not. */
  refuses: fc.subarray<LedgerAction>(["lock", "burn", "unlock", "recreate", "mint", "cancel"], { maxLength: 2 }),
});

/** How many entries of both logs stood when the decision was written. */
function decidedBehind({ trace }: World): number {
  const at = trace.findIndex((line) => line.includes(": decides "));
  return at === -1 ? Infinity : trace.slice(0, at).filter((line) => /^\w+: \d\.\d /.test(line)).length;
}

function play({ register, calm, steps, refuses }: typeof anyRun extends fc.Arbitrary<infer T> ? T : never): World {
  const world = new World(register);
  for (const action of refuses) for (const role of ROLES) world.sides[role].refuses.set(action, REFUSAL);
  for (let count = 0; count < calm; count++)
    for (const role of ROLES) {
      world.hear(role);
      world.act(role);
      world.mine(role);
    }
  for (const { role, what } of steps) {
    if (what === "act") world.act(role);
    else if (what === "hear") world.hear(role);
    else if (what === "mine" || what === "lose") world.mine(role, 0, what === "lose");
    else if (what === "wait") world.waited(role);
    else if (what === "crash") world.crash(role);
    else if (what === "clock") world.cancelByAnyone();
    else if (what === "refuse") world.sides.destination.verdict = { accepted: false, ...REFUSAL };
    else tell(world, role, EVENTS[what]);
    if (what === "deadline") world.deadlinePassed = true;
  }
  return world;
}

/** The gateway hears of it between two of its doings. */
function tell(world: World, role: (typeof ROLES)[number], event: ProtocolEvent): void {
  const side = world.sides[role];
  if (side.halted === undefined && side.todo.length === 0) side.state = apply(side.state, event);
}

/** The entries as the auditor has them once each is proven; the worlds number theirs in the order in which they are made. */
function weighed(entry: LogEntry): WeighedEntry {
  const at = { block: 1, logIndex: 0, transactionHash: ZERO_HASH, order: Number(BigInt(entry.entryHash)) };
  const { sessionId, gatewayId, payload, payloadHash, causedBy, lastEntryHash } = entry;
  const event = { kind: "EntryAppended", at, sessionId, gatewayId, payload, payloadHash, causedBy, lastEntryHash };
  return {
    event: { ...event, kind: "EntryAppended", header: ZERO_HASH, previousBlock: 0, signature: null },
    entry,
    entryHash: entry.entryHash,
    payloadFits: true,
    standing: "proven",
    reason: { expected: "", found: "" },
  };
}

function findingsIn(world: World): string[] {
  const findings = new FindingList();
  const { facts } = world.sides.origin.state;
  const logs = ROLES.map((role) => ({ role, intact: true, entries: world.sides[role].log.map(weighed) }));
  const session = { facts, destinationGatewayId: facts.destination?.gatewayId ?? null };
  checkOrder({ findings }, session, logs, {
    decision: world.decision,
    order: decidedBehind(world) + 0.5,
    intact: true,
  });
  checkCauses({ findings }, logs);
  return findings.sorted().map(({ code, what, expected }) => `${code} ${what}: ${expected}`);
}

function reachable(role: (typeof ROLES)[number]): Set<Mark> {
  const found = new Set<Mark>(legalNext(role, undefined));
  for (const mark of found) for (const next of legalNext(role, mark)) found.add(next);
  return found;
}

describe("the auditor's order and the gateways'", function () {
  this.timeout(120_000);

  it("agree: nothing is found in what two gateways write, whatever happens to them", () => {
    const marks = new Set<string>();
    fc.assert(
      fc.property(anyRun, (run) => {
        const world = play(run);
        for (let turns = 0; turns < TURNS_REFUSING; turns++) {
          takeTurn(world);
          for (const role of ROLES) world.waited(role);
        }
        for (const role of ROLES) {
          world.sides[role].refuses.clear();
          world.sides[role].todo.length = 0;
          tell(world, role, EVENTS.operator);
        }
        runFairly(world);
        expect(findingsIn(world), world.trace.join("\n")).to.deep.equal([]);
        for (const role of ROLES) for (const entry of world.sides[role].log) marks.add(`${role} ${markOf(entry)}`);
      }),
      { numRuns: RUNS, seed: 20_261_121 },
    );
    // Where no run writes an entry, nothing was compared.
    for (const role of ROLES)
      for (const mark of [...reachable(role), ...BESIDE_ORDER]) expect([...marks]).to.include(`${role} ${mark}`);
  });
});
