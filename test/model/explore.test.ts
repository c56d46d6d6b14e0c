import { expect } from "chai";
import type { Invariant } from "../support/world-oracles.ts";
import type { Bounds, Missing } from "./bounds.ts";
import { Explorer, type Exploration } from "./explorer.ts";
import { reportOf, violationText } from "./report.ts";
import { CALM_RUN, QUICK_RUNS } from "./runs.ts";

/** Where gateways have many states, comparing them costs more than exploring: there it is left to `npm run explore`. */
const TOO_MANY_TO_COMPARE: readonly string[] = ["log", "log-recovery", "log-gone", "private", "private-recovery"];

describe("every order of events within bounds", () => {
  const explorations: Exploration[] = [];

  for (const bounds of QUICK_RUNS)
    it(`${bounds.name}: ${bounds.why}`, function () {
      this.timeout(180_000);
      const comparesTwins = !TOO_MANY_TO_COMPARE.includes(bounds.name);
      const exploration = new Explorer(bounds, { comparesTwins }).explore();
      explorations.push(exploration);
      expect(exploration.violations.map(violationText)).to.deep.equal([]);
      expect(exploration.differences, "states that were taken for one and are not").to.deep.equal([]);
      expect(exploration.isComplete, "explored to the end").to.equal(true);
    });

  it("meets every row of the recovery table that is not marked impossible, and none that is", () => {
    expect(explorations, "all runs come first").to.have.length(QUICK_RUNS.length);
    const { rows, unmet } = reportOf(explorations);
    expect(unmet).to.deep.equal([]);
    expect([...rows.keys()].filter((id) => id.includes("-x-"))).to.deep.equal([]);
  });

  it("reaches every ending that the protocol has", () => {
    const endings = (register: string) =>
      new Set(
        explorations.filter(({ bounds }) => bounds.register === register).flatMap((one) => [...one.endings.keys()]),
      );
    expect([...endings("log")]).to.include.members([
      ...["COMMIT BURNED ASSIGNED", "COMMIT RECREATED CANCELLED", "ABORT NONE NONE", "ABORT REFUSED NONE"],
      ...["ABORT UNLOCKED NONE", "ABORT UNLOCKED CANCELLED", "ABORT RECREATED CANCELLED"],
    ]);
    expect([...endings("destination")]).to.include.members([
      ...["- BURNED ASSIGNED", "- NONE NONE", "- REFUSED NONE", "- UNLOCKED NONE", "- UNLOCKED CANCELLED"],
      ...["- RECREATED CANCELLED"],
    ]);
  });
});

describe("steps that are taken together", () => {
  for (const register of ["log", "destination"] as const)
    it(`lead to everything that single ones lead to, and to nothing else, with the register in the ${register}`, function () {
      this.timeout(60_000);
      const bounds = { ...CALM_RUN, register, appends: "atomic", no: true } as const;
      const bursts = new Explorer({ ...bounds, steps: "burst" }).explore();
      const singles = new Explorer({ ...bounds, steps: "single" }).explore();
      for (const { violations, isComplete } of [bursts, singles]) {
        expect(violations.map(violationText)).to.deep.equal([]);
        expect(isComplete).to.equal(true);
      }
      expect(singles.states).to.be.above(bursts.states);
      expect([...singles.standings].sort()).to.deep.equal([...bursts.standings].sort());
    });
});

/** Small enough for a former primary that goes on as a second gateway. */
const WITHOUT_DEADLINE = { appends: "atomic", deadline: false, no: true } as const;

/**
 * How a world looks that lacks one of the safeguards around the core. `proof` is not among them: the core, too, looks whether
 * the destination is cancelled, and only a world without either has two copies.
 */
const SEEN: Readonly<Record<Exclude<keyof Missing, "proof">, readonly [Partial<Bounds>, readonly Invariant[]]>> = {
  outbox: [{ crashes: 2 }, ["signed"]],
  tombstones: [{}, ["ended"]],
  idempotency: [{ losses: true }, ["once"]],
  exclusion: [{ expiries: true }, ["closed", "copies"]],
  deadlineByChain: [{}, ["early"]],
  writeOnce: [{}, ["obeyed"]],
  finality: [{ reorgs: 1 }, ["ground", "closed"]],
  certificate: [{}, ["obeyed"]],
  fence: [
    { ...WITHOUT_DEADLINE, register: "destination", takeovers: { origin: 1, destination: 0 } },
    ["fenced", "closed"],
  ],
};

describe("a world without one of its safeguards", () => {
  // Object.entries knows the names only as strings; they are the table's own.
  for (const [missing, [bounds, invariants]] of Object.entries(SEEN))
    it(`shows that ${missing} is missing, as: ${invariants.join(", ")}`, function () {
      this.timeout(60_000);
      const { violations } = new Explorer({ ...CALM_RUN, ...bounds }, { missing: { [missing]: true } }).explore();
      expect(violations.map(({ invariant }) => invariant)).to.include.members(invariants);
      for (const { trace } of violations)
        expect(trace, "the way there").to.have.length.above(0).and.not.to.include("?");
    });

  it("is seen to be whole with all of them", () => {
    expect(new Explorer(CALM_RUN).explore()).to.include({ isComplete: true }).and.to.have.property("violations").that.is
      .empty;
  });
});
