import { expect } from "chai";
import { staleIn, unannouncedIn, type Shown } from "./judgement.ts";
import { ZombieTrials, type TrialResult } from "./trials.ts";

const LIMIT_MS = 240_000;
const SEED = 20_261_121;
const TRIALS = 3;

// A sample; `npm run zombies` has any number of them, and both sides.
describe("A primary that was stopped and goes on", function () {
  this.timeout(LIMIT_MS);

  let trials: ZombieTrials;
  before(async () => {
    trials = await ZombieTrials.open("destination");
  });
  after(() => trials.close());

  it("gets nothing into the log behind the takeover, and does nothing that it had not announced", async () => {
    const results: TrialResult[] = [];
    for (let trial = 1; trial <= TRIALS; trial += 1) results.push(await trials.run(SEED, trial));
    for (const { faults, epochs, accepted } of results) {
      expect(faults).to.deep.equal([]);
      expect(epochs[1]).to.be.greaterThan(epochs[0]);
      expect(accepted).to.be.greaterThan(0);
    }
  });
});

describe("The judgement on a stopped primary", () => {
  const at = (blockNumber: number, logIndex = 0) => ({ blockNumber, logIndex });
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
