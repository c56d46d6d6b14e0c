import { expect } from "chai";
import { createAuditProgress } from "../../src/cli/audit-progress.ts";

describe("the progress of an audit", () => {
  it("is told every two seconds, with rate and remaining time of the part that is under way", () => {
    const said: string[] = [];
    let now = 0;
    const tell = createAuditProgress(
      (line) => said.push(line),
      () => now,
    );
    tell({ stage: "reading events", done: 0, total: 10_000 });
    now = 1_000;
    tell({ stage: "reading events", done: 1_000, total: 10_000 });
    now = 2_500;
    tell({ stage: "reading events", done: 2_500, total: 10_000 });
    now = 3_000;
    tell({ stage: "checking sessions", done: 40_000, total: 2_000_000 });
    now = 5_000;
    tell({ stage: "checking sessions", done: 60_000, total: 2_000_000 });
    expect(said).to.deep.equal([
      "reading events: 2,500 of 10,000 blocks, 1,000 a second, 8 s left",
      "checking sessions: 60,000 of 2,000,000 events, 10,000 a second, 4 min left",
    ]);
  });

  it("says nothing of a rate that is not known yet", () => {
    const said: string[] = [];
    let now = 0;
    const tell = createAuditProgress(
      (line) => said.push(line),
      () => now,
    );
    now = 2_000;
    tell({ stage: "comparing ledgers", done: 0, total: 2 });
    expect(said).to.deep.equal(["comparing ledgers: 0 of 2 ledgers"]);
  });
});
