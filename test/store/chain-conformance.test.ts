import { conformanceCases } from "../../src/store/conformance.ts";
import { chainDriver } from "../support/chain-stage.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { deployLog, type TestLog } from "../support/deploy.ts";
import { outboxed, overHttp } from "../support/store-stages.ts";

describe("log stores on a chain", () => {
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
  // The second is what a gateway writes through: its outbox, another's log API, the chain.
  for (const driver of [chain, outboxed(overHttp(chain))])
    describe(`log store: ${driver.name}`, () => {
      for (const { name, run } of conformanceCases(driver)) it(name, run);
    });
});
