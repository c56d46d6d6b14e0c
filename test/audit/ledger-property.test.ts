import { expect } from "chai";
import fc from "fast-check";
import type { EffectName, Effect, Move } from "../../src/audit/reading/ledger-reader.ts";
import { checkScript, scriptedLedgers, scriptedSession, type Both, type Wish } from "../support/ledger-script.ts";
import { account } from "../support/scripted-ledger.ts";

type Step = readonly [at: 0 | 1, name: EffectName];

/** What may become of a transfer: what its log has, and what the two ledgers do one after the other. */
const COURSES: readonly (readonly [Pick<Wish, "decision" | "logged">, readonly Step[]])[] = [
  [
    { decision: "COMMIT" },
    [
      [0, "Locked"],
      [1, "Minted"],
      [0, "Burned"],
      [1, "Assigned"],
    ],
  ],
  [
    { decision: "COMMIT" },
    [
      [0, "Locked"],
      [1, "Minted"],
      [0, "Burned"],
      [1, "Assigned"],
      [1, "Claimed"],
    ],
  ],
  [{ decision: "NONE", logged: [] }, []],
  [
    { decision: "NONE", logged: ["Locked", "Minted"] },
    [
      [0, "Locked"],
      [1, "Minted"],
    ],
  ],
  [
    { decision: "ABORT", logged: ["Locked", "Unlocked"] },
    [
      [0, "Locked"],
      [0, "Unlocked"],
    ],
  ],
  [
    { decision: "ABORT", logged: ["Locked", "Unlocked"] },
    [
      [0, "Locked"],
      [0, "Unlocked"],
      [0, "Claimed"],
      [1, "Cancelled"],
    ],
  ],
  [
    { decision: "ABORT", logged: ["Locked", "Unlocked", "Minted", "Cancelled"] },
    [
      [0, "Locked"],
      [1, "Minted"],
      [0, "Unlocked"],
      [1, "Cancelled"],
    ],
  ],
  [
    { decision: "ABORT", logged: [] },
    [
      [0, "Refused"],
      [1, "Cancelled"],
    ],
  ],
  [
    { decision: "ABORT", logged: ["Locked", "Burned", "Recreated", "Minted", "Cancelled"] },
    [
      [0, "Locked"],
      [1, "Minted"],
      [0, "Burned"],
      [1, "Cancelled"],
      [0, "Recreated"],
    ],
  ],
];

const transferOf = fc.record({
  course: fc.constantFrom(...COURSES),
  standard: fc.constantFrom("erc20", "erc721"),
  value: fc.integer({ min: 1, max: 20 }),
});
const world = fc.record({
  transfers: fc.array(transferOf, { minLength: 1, maxLength: 6 }),
  /** Whose turn it is. */
  turns: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
  isOneChain: fc.boolean(),
  isVault: fc.boolean(),
  /** Several effects in one transaction. */
  together: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
  partBlocks: fc.integer({ min: 1, max: 9 }),
});
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

/** Honest ledgers and a log that agrees with them. */
async function play({ transfers, turns, isOneChain, isVault, together, partBlocks }: World) {
  const both = scriptedLedgers(isOneChain);
  for (const ledger of both) ledger.partBlocks = partBlocks;
  if (isVault) for (const token of [201, 211]) both[0].modes.set(account(token), "VAULT");
  const waiting = [];
  const sessions = [];
  for (const [at, { course, standard, value }] of transfers.entries()) {
    // An id is in one transfer at a time.
    const own = standard === "erc721" ? 100 * at + value : value;
    const { checked, transfer } = await scriptedSession(both, { ...course[0], standard, value: String(own) });
    sessions.push(checked);
    waiting.push({ transfer, steps: [...course[1]] });
  }
  for (let turn = 0; waiting.some(({ steps }) => steps.length > 0); turn += 1) {
    const open = waiting.filter(({ steps }) => steps.length > 0);
    const { transfer, steps } = open[(turns[turn % turns.length] ?? 0) % open.length] ?? { steps: [] };
    const [at, name] = steps.shift() ?? [];
    if (at === undefined || name === undefined || transfer === undefined) continue;
    const isBooked = steps[0]?.[1] === "Claimed";
    const isTogether = together[turn % together.length] === true && both[at].done.length > 0 && !isOneChain;
    if (isOneChain) both[(1 - at) as 0 | 1].nextBlock();
    both[at].act(name, transfer, { delivered: !isBooked, together: isTogether });
  }
  return { both, sessions };
}

interface Lie {
  readonly name: string;
  /** False if there is nothing that it could alter. */
  readonly tell: (both: Both, pick: number) => boolean;
}

const stranger = account(99);

function onEffect(name: string, change: (effect: Effect) => Effect | null): Lie {
  return { name, tell: (both, pick) => alter(both, "done", pick, change) };
}

function onMove(name: string, change: (move: Move) => Move | null): Lie {
  return { name, tell: (both, pick) => alter(both, "moved", pick, change) };
}

function alter<Kind extends "done" | "moved">(
  both: Both,
  kind: Kind,
  pick: number,
  change: (item: Both[0][Kind][number]) => Both[0][Kind][number] | null,
): boolean {
  const ledger =
    both.filter((each) => each[kind].length > 0).at(pick % 2) ?? both.find((each) => each[kind].length > 0);
  const list: Both[0][Kind][number][] | undefined = ledger?.[kind];
  if (list === undefined) return false;
  const at = pick % list.length;
  const before = list[at];
  const after = before === undefined ? null : change(before);
  if (after === before) return false;
  list.splice(at, 1, ...(after === null ? [] : [after]));
  return true;
}

const isTombstone = ({ name }: Effect) => name === "Refused" || name === "Cancelled";

/** Each alters one thing that the auditor is told; the log stays as it is. */
const LIES: readonly Lie[] = [
  // A tombstone that even the escrow knows nothing of has moved nothing, and is not missed.
  onEffect("an effect is withheld", (effect) => (isTombstone(effect) ? effect : null)),
  onEffect("another amount", (effect) => (effect.value === null ? effect : { ...effect, value: effect.value + 1n })),
  onEffect("another token", (effect) => (effect.token === null ? effect : { ...effect, token: stranger })),
  onEffect("another owner", (effect) =>
    effect.party === null || effect.name === "Claimed" ? effect : { ...effect, party: stranger },
  ),
  onEffect("another session", (effect) => ({ ...effect, sessionId: "11111111-0000-4000-8000-000000000000" })),
  onEffect("delivered or not", (effect) =>
    effect.delivered === null ? effect : { ...effect, delivered: !effect.delivered },
  ),
  onEffect("a refusal for what was done", (effect) => (isTombstone(effect) ? effect : { ...effect, name: "Refused" })),
  onMove("nothing moved", () => null),
  onMove("another amount moved", (move) => ({ ...move, value: move.value + 1n })),
  onMove("an id for an amount, or the other way", (move) => ({
    ...move,
    standard: move.standard === "erc20" ? "erc721" : "erc20",
  })),
  onMove("another sender", (move) => ({ ...move, from: stranger })),
  onMove("another recipient", (move) => ({ ...move, to: stranger })),
  {
    name: "a stranger got something out of the escrow",
    tell: ([alpha, beta], pick) => {
      const ledger = pick % 2 === 0 ? alpha : beta;
      ledger.nextBlock();
      // Of a token that somebody has named: nobody knows of another.
      const token = ledger.done.find((effect) => effect.token !== null)?.token;
      if (token === null || token === undefined) return false;
      const standard = [account(211), account(212)].includes(token) ? "erc721" : "erc20";
      ledger.move(token, standard, { from: ledger.escrow, to: stranger, value: 1n });
      return true;
    },
  },
];

describe("honest ledgers, and one lie", function () {
  this.timeout(60_000);

  it("finds nothing in what honest escrows do, in whatever order", async () => {
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        const { both, sessions } = await play(given);
        const { findings, unread } = await checkScript(both, sessions);
        expect({ findings, unread }).to.deep.equal({ findings: [], unread: [] });
      }),
      { numRuns: 200 },
    );
  });

  for (const { name, tell } of LIES)
    it(`finds it: ${name}`, async () => {
      let told = 0;
      await fc.assert(
        fc.asyncProperty(world, fc.nat(), async (given, pick) => {
          const { both, sessions } = await play(given);
          if (!tell(both, pick)) return;
          told += 1;
          const { findings } = await checkScript(both, sessions);
          expect(findings).not.to.have.length(0);
        }),
        { numRuns: 150 },
      );
      expect(told).to.be.greaterThan(5);
    });
});
