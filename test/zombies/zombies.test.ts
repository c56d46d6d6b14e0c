import { expect } from "chai";
import { nextSample } from "../crash/sample.ts";
import { GatelogNet } from "../support/gatelog-net.ts";
import { findBinaries } from "../support/postgres-server.ts";
import { staleIn, unannouncedIn, type Shown } from "./judgement.ts";
import type { Plan } from "./plan.ts";
import { SCENES, type Scene } from "./stage.ts";
import { ZombieTrials } from "./trials.ts";

const LIMIT_MS = 240_000;
const SEED = 20_261_121;

// Not GATELOG_…: that would be part of every process's configuration.
const number = nextSample(process.env["ZOMBIE_SAMPLE"], "zombie-runs");
// Where there is no PostgreSQL, other tests say so.
const scenes = SCENES.filter(({ stack }) => stack === "chain" || findBinaries() !== undefined);
const scene = scenes[number % scenes.length] ?? { role: "destination", stack: "chain" };

/** Something of the old epoch is on its way, or about to be, when its process is stopped. */
function planOfRefusal({ role, stack }: Scene): Plan {
  const entry = role === "origin" ? "append exec-burn" : "append exec-mint";
  const rest = { isOver: false, pauseMs: 0 };
  if (stack === "chain") return { stop: { how: "in-flight", point: `${entry}/pending`, fate: "behind" }, ...rest };
  return { stop: { how: "unsent", point: `${entry}/queued` }, ...rest };
}

// A sample, another one each time; `npm run zombies` has any number of them.
describe(`A primary that was stopped and goes on (${scene.role}, ${scene.stack})`, function () {
  this.timeout(LIMIT_MS);

  let net: GatelogNet;
  let trials: ZombieTrials | undefined;
  before(async () => {
    console.log(`      the same again: ZOMBIE_SAMPLE=${number} npm test -- test/zombies/zombies.test.ts`);
    net = await GatelogNet.open();
    trials = await ZombieTrials.open(net, scene);
  });
  after(async () => {
    await trials?.close();
    await net.stop();
  });

  async function run(trial: number, plan?: Plan) {
    const result = await trials!.run(SEED, trial, plan);
    expect(result.faults).to.deep.equal([]);
    expect(result.epochs[1]).to.be.greaterThan(result.epochs[0]);
    expect(result.accepted).to.be.greaterThan(0);
    return result;
  }

  it("is refused by the log what it tries behind the takeover", async () => {
    const { refusals, reverted } = await run(0, planOfRefusal(scene));
    if (scene.stack === "chain") expect(reverted).to.equal(1);
    else expect(new Set(refusals)).to.deep.equal(new Set(["STALE_EPOCH"]));
  });

  it("does nothing that it had not announced, wherever it was stopped", async () => {
    await run(number + 1);
  });
});

describe("The judgement on a stopped primary", () => {
  const at = (block: number, place = 0) => [block, place] as const;
  const [one, two] = [
    { key: "0x01", account: "0xa1" },
    { key: "0x02", account: "0xa2" },
  ] as const;
  const entry = (what: string, epoch: number, place = at(1)) => ({ what, session: "s", epoch, at: place });
  const shown = (rest: Partial<Shown>): Shown => ({
    reigns: [
      { epoch: 1, key: one.key, since: null },
      { epoch: 2, key: two.key, since: at(5, 1) },
    ],
    ...{ signed: [], deeds: [], members: [one, two] },
    ...rest,
  });
  const minted = (by: Shown["deeds"][number]["by"]) => ({ effect: "Minted", session: "s", by });

  it("finds what was accepted in another epoch than its own, on either side of the takeover", () => {
    const signed = [entry("a", 1, at(5, 0)), entry("b", 1, at(5, 2)), entry("c", 2, at(4)), entry("d", 2, at(6))];
    expect(staleIn(shown({ signed })).map(({ what }) => what)).to.deep.equal(["b", "c"]);
  });

  it("finds what was done and not announced before the takeover", () => {
    const [early, late] = [entry("exec-mint", 1, at(4)), entry("exec-mint", 2, at(6))];
    const old = [minted(one.account)];
    expect(unannouncedIn(shown({ signed: [early], deeds: old }))).to.deep.equal([]);
    expect(unannouncedIn(shown({ signed: [late], deeds: old }))).to.deep.equal(old);
    expect(unannouncedIn(shown({ signed: [], deeds: old }))).to.deep.equal(old);
    // The new one goes on with what the old one had announced, or announces it itself.
    for (const signed of [[early], [late]])
      expect(unannouncedIn(shown({ signed, deeds: [minted(two.account)] }))).to.deep.equal([]);
  });

  it("finds what was announced for another session or action, or done by a stranger", () => {
    const deeds = [minted(one.account)];
    const other = { ...entry("exec-mint", 1), session: "another" };
    expect(unannouncedIn(shown({ signed: [other], deeds }))).to.deep.equal(deeds);
    expect(unannouncedIn(shown({ signed: [entry("exec-lock", 1)], deeds }))).to.deep.equal(deeds);
    const strange = [minted("0xa3")];
    expect(unannouncedIn(shown({ signed: [entry("exec-mint", 1)], deeds: strange }))).to.deep.equal(strange);
  });
});
