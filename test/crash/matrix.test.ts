import { expect } from "chai";
import { faultPoints } from "../../src/gateway/fault-points.ts";
import { legalNext } from "../../src/protocol/order.ts";
import type { CrashCase } from "./crash-case.ts";
import { allGroupCases, GROUP_KINDS, groupCases } from "./group-matrix.ts";
import { casesOf, stepOf, UNREACHABLE } from "./matrix.ts";
import { GROUP_SAMPLES, groupSampleOf, sampleOf, SAMPLES } from "./sample.ts";
import { ROLES } from "./session-logs.ts";
import { loggingOf, STACKS, type Stack } from "./stage.ts";

const LOGGINGS = { chain: "outboxed", private: "local" } as const;

describe("The crash matrix", () => {
  it("has a point around every entry that the order of a role leads to", () => {
    for (const role of ROLES) {
      const points = faultPoints(role, "outboxed");
      let marks = legalNext(role, undefined);
      const seen = new Set(marks);
      while (marks.length > 0) {
        marks = [...new Set(marks.flatMap((mark) => legalNext(role, mark)))].filter((mark) => !seen.has(mark));
        for (const mark of marks) seen.add(mark);
      }
      for (const mark of seen) expect(points).to.include.members([`append ${mark}/before`, `append ${mark}/pending`]);
    }
  });

  it("names a point once", () => {
    for (const role of ROLES)
      for (const logging of ["outboxed", "local"] as const) {
        const points = faultPoints(role, logging);
        expect(new Set(points).size).to.equal(points.length);
      }
  });

  it("names a case once", () => {
    const names = [...STACKS.flatMap((stack) => casesOf(stack)), ...allGroupCases()].map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
  });

  it("kills the source, the recipient and both at every point, but for those that say why they are never passed", () => {
    for (const stack of ["chain", "private"] as const) {
      const cases = casesOf(stack).flatMap(({ faults }) => faults);
      for (const role of ROLES)
        for (const point of faultPoints(role, LOGGINGS[stack])) {
          const victims = cases
            .filter((fault) => fault.role === role && fault.point === point && fault.how === "killed")
            .map((fault) => fault.victims.toSorted().join(" and "));
          const all = stepOf(point) in UNREACHABLE[role] ? [] : ["origin", "destination", "destination and origin"];
          expect([...new Set(victims)], `${stack} ${role} ${point}`).to.have.members(all);
        }
    }
  });

  it("has the primary gone for good at every point of its role, with one backup and with two", () => {
    for (const kind of GROUP_KINDS)
      for (const role of ROLES) {
        const points = faultPoints(role, loggingOf(kind.stack)).filter(
          (point) => !(stepOf(point) in UNREACHABLE[role]),
        );
        const faults = groupCases({ ...kind, role }).flatMap((each) => each.faults);
        expect(faults.map(({ point }) => point)).to.deep.equal(points);
        for (const fault of faults) expect(fault).to.include({ role, at: role, how: "gone" });
        expect(new Set(faults.map(({ returns }) => returns))).to.deep.equal(new Set([true, false]));
        expect(faults.some(({ again }) => again !== undefined)).to.equal(kind.backups === 2);
      }
  });

  it("visits every case with a group within as many samples as it says, wherever they begin", () => {
    const names = (cases: readonly CrashCase[]) => cases.map(({ name }) => name).sort();
    for (const start of [0, 7, 123]) {
      const samples = Array.from({ length: GROUP_SAMPLES }, (_, place) => groupSampleOf(start + place).flat());
      expect(names(samples.flat())).to.deep.equal(names(allGroupCases()));
      for (const sample of samples) expect(sample.length).to.be.within(4, 14);
    }
  });

  it("excuses no step that is not a step", () => {
    for (const role of ROLES) {
      const steps = new Set(faultPoints(role, "outboxed").map(stepOf));
      for (const step of Object.keys(UNREACHABLE[role])) expect(steps).to.include(step);
    }
  });

  it("visits every point within ten samples in a row, wherever they begin, and in twenty with private logs too", () => {
    const cases = STACKS.flatMap((stack) => casesOf(stack));
    for (const [stack, samples] of [
      ["chain", SAMPLES],
      ["private", 2 * SAMPLES],
    ] as const)
      for (const start of [0, 7, 123]) {
        const taken = Array.from({ length: samples }, (_, place) => sampleOf(start + place));
        expect(pointsIn(taken.flat(), stack)).to.deep.equal(pointsIn(cases, stack));
        for (const sample of taken) expect(sample.length).to.be.at.least(60);
      }
  });

  it("takes other cases of the same points in the next ten samples", () => {
    const names = (number: number) => sampleOf(number).map(({ name }) => name);
    expect(names(SAMPLES)).to.not.deep.equal(names(0));
  });
});

function pointsIn(cases: readonly CrashCase[], of: Stack): string[] {
  const points = cases
    .filter(({ stack }) => stack === of)
    .flatMap(({ faults }) => faults.map(({ role, point }) => `${role} ${point}`));
  return [...new Set(points)].sort();
}
