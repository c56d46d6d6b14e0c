import { expect } from "chai";
import fc from "fast-check";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import type { Verification } from "../../src/audit/verification.ts";
import { canonicalText, type Json } from "../../src/entry/canonical.ts";
import { CheckpointFolder, linesIn, PastReader, runOn, stateIn } from "../support/checkpoints.ts";
import { anyAct, anyHarm, harmed, play, type Act } from "../support/registry-acts.ts";
import { RegistryWorld } from "../support/registry-world.ts";
import { sayRun } from "../support/stories.ts";

/** What does not depend on how many runs it took. */
function essence({ verdict, entries, anchors, refused, findings, findingCount }: Verification) {
  return { verdict, entries, anchors, refused, findings, findingCount };
}

/** Places at which the chain is cut, as shares of its length. */
const anyCuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 });

function blocksOf(cuts: readonly number[], newest: number): number[] {
  return [...cuts.map((cut) => Math.floor(cut * newest)), newest].toSorted((a, b) => a - b);
}

describe("Many runs, each on from the one before", function () {
  this.timeout(180_000);
  let folder: CheckpointFolder;

  beforeEach(() => (folder = new CheckpointFolder()));
  afterEach(() => folder.remove());

  const withWorld = async (acts: readonly Act[], use: (world: RegistryWorld, newest: number) => Promise<void>) => {
    const world = await RegistryWorld.open();
    try {
      const writer = await world.register("of a long log");
      const alone = await world.open(writer, null);
      const marks = Array.from({ length: 6 }, () => "done-other");
      await play(world, acts, () => sayRun(world, alone, writer, marks));
      await use(world, (await new PastReader(world).anchor()).block.number);
    } finally {
      await world.close();
    }
  };

  it("come to what one run comes to, and to the same checkpoint byte for byte, wherever the chain is cut", async () => {
    const acts = fc.array(anyAct, { minLength: 10, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(acts, anyCuts, (played, cuts) =>
        withWorld(played, async (world, newest) => {
          const whole = await runOn(new PastReader(world, newest), { to: folder.file("whole") });
          expect(whole.verdict).to.equal("sound");
          let from: string | undefined;
          let last = whole;
          for (const [place, block] of blocksOf(cuts, newest).entries()) {
            const to = folder.file(`cut-${place}`);
            last = await runOn(new PastReader(world, block), { ...(from !== undefined && { from }), to });
            from = to;
          }
          expect(essence(last)).to.deep.equal(essence(whole));
          expect(stateIn(from ?? "")).to.equal(stateIn(folder.file("whole")));
          for (const line of linesIn(folder.file("whole")))
            expect(canonicalText(JSON.parse(line) as Json)).to.equal(line);
        }),
      ),
      { numRuns: 10 },
    );
  });

  it("find what one run finds where a node gives anything else than there is, and find it again in each later run", async () => {
    const acts = fc.array(anyAct, { minLength: 15, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(acts, anyCuts, fc.array(anyHarm, { minLength: 1, maxLength: 8 }), (played, cuts, harms) =>
        withWorld(played, async (world, newest) => {
          const all = await eventsOf(world, newest);
          for (const harm of harms) {
            const given = harmed(all, harm).logs;
            // Two events that come in two answers are in no order of one answer.
            if (harm.kind === "swap" && blocksOf(cuts, newest).some((cut) => partsSwapped(all, given, cut))) continue;
            const lie = lieOf(all, given);
            const whole = await runOn(new PastReader(world, newest, lie), { to: folder.file("whole") });
            let from: string | undefined;
            const verdicts: string[] = [];
            for (const [place, block] of blocksOf(cuts, newest).entries()) {
              const to = folder.file(`cut-${place}`);
              const run = await runOn(new PastReader(world, block, lie), { ...(from !== undefined && { from }), to });
              verdicts.push(run.verdict);
              from = to;
            }
            expect(verdicts.at(-1), JSON.stringify(harm)).to.equal(whole.verdict);
            // Of one that is dropped an earlier run may have known: the later one does not forget.
            const first = verdicts.indexOf("findings");
            expect(first === -1 || verdicts.slice(first).every((verdict) => verdict === "findings")).to.equal(true);
          }
        }),
      ),
      { numRuns: 8 },
    );
  });
});

async function eventsOf(world: RegistryWorld, newest: number): Promise<RawLog[]> {
  const logs: RawLog[] = [];
  for await (const part of new PastReader(world, newest).logs({ fromBlock: 0, toBlock: newest }))
    logs.push(...part.logs);
  return logs;
}

function partsSwapped(all: readonly RawLog[], given: readonly RawLog[], cut: number): boolean {
  const swapped = all.filter((log, place) => log !== given[place]).map(({ blockNumber }) => blockNumber);
  return swapped.some((block) => block <= cut) && swapped.some((block) => block > cut);
}

/** A node that gives these events in place of those, in whatever ranges it is asked. */
function lieOf(all: readonly RawLog[], given: readonly RawLog[]) {
  return (logs: readonly RawLog[], { fromBlock, toBlock }: { readonly fromBlock: number; readonly toBlock: number }) =>
    given === all ? logs : given.filter(({ blockNumber }) => blockNumber >= fromBlock && blockNumber <= toBlock);
}
