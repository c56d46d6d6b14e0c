import { expect } from "chai";
import type { Invariant } from "../support/world-oracles.ts";
import type { Missing } from "./bounds.ts";
import { Explorer, type Exploration } from "./explorer.ts";
import { reportOf, violationText } from "./report.ts";
import { QUICK_RUNS, runNamed } from "./runs.ts";

/** Where gateways have many states, comparing them costs more than exploring: there it is left to `npm run explore`. */
const TOO_MANY_TO_COMPARE: readonly string[] = ["log", "log-recovery", "private-recovery"];

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
      new Set(explorations.filter(({ bounds }) => bounds.register === register).flatMap((one) => [...one.endings.keys()]));
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

/** What is seen of a world that lacks one of the safeguards around the core, and where (model.md, section 4). */
const SEEN: readonly (readonly [keyof Missing, string, readonly Invariant[]])[] = [
  ["outbox", "log-disks", ["signed"]],
  ["tombstones", "log-disks", ["ended"]],
  ["idempotency", "log-reorg", ["once"]],
  ["exclusion", "private", ["closed"]],
  ["deadlineByChain", "log-suspicion", ["early"]],
  ["writeOnce", "log-suspicion", ["obeyed"]],
  ["finality", "log-reorg", ["ground", "closed"]],
  ["certificate", "log-suspicion", ["obeyed"]],
];

describe("a world without one of its safeguards", () => {
  for (const [missing, run, invariants] of SEEN)
    it(`shows that ${missing} is missing, in ${run}, as: ${invariants.join(", ")}`, function () {
      this.timeout(180_000);
      const { violations } = new Explorer(runNamed(run), { missing: { [missing]: true } }).explore();
      expect(violations.map(({ invariant }) => invariant)).to.include.members(invariants);
      for (const { trace } of violations) expect(trace, "the way there").not.to.include("?");
    });
});
