import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { payingKey } from "../../src/cli/chain-access.ts";
import { planReport } from "../../src/cli/report-writing.ts";
import { sampleKey, sampleSigner } from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";

describe("key files of commands", () => {
  const former = process.cwd();
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  before(async () => {
    folder = await temporaryFolder();
    writeFileSync(join(folder.path, "own.key"), sampleKey("somebody"), { mode: 0o600 });
    process.chdir(folder.path);
  });
  after(async () => {
    process.chdir(former);
    await folder.remove();
  });

  it("are looked for where the command runs", () => {
    expect(payingKey("own.key", 1)).to.equal(sampleKey("somebody"));
    const plan = planReport({ report: "html", reportOut: "x.html", signKeyFile: "own.key" }, {});
    expect(plan?.signer?.address).to.equal(sampleSigner("somebody").address);
  });
});
