import { apiCases } from "../support/api-cases.ts";
import { chainDriver } from "../support/chain-stage.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { deployLog, type TestLog } from "../support/deploy.ts";
import { memoryDriver, overHttp, sqliteDriver } from "../support/store-stages.ts";

// The same cases whatever the log is kept in, through the client: what is shown here is shown of both.
describe("log API and its client", () => {
  for (const driver of [memoryDriver, sqliteDriver, overHttp(memoryDriver)])
    describe(`over ${driver.name}`, () => {
      for (const { name, run } of apiCases(driver)) it(name, run);
    });

  describe("over a chain", () => {
    let node: TestChain;
    let log: TestLog;

    before(async () => {
      node = await startHardhat("log");
      log = await deployLog(node);
    });
    after(async () => {
      await log.close();
      await node.close();
    });

    const chain = chainDriver(() => ({ node, log }));
    for (const driver of [chain, overHttp(chain)])
      describe(driver.name, () => {
        for (const { name, run } of apiCases(driver)) it(name, run);
      });
  });
});
