import { APPEND_CASES } from "./conformance/append-cases.ts";
import { DECISION_CASES } from "./conformance/decision-cases.ts";
import { SESSION_CASES } from "./conformance/session-cases.ts";
import type { ConformanceCase, ConformanceDriver } from "./conformance/stage.ts";

export type { ConformanceDriver, ConformanceStage, KitGateway } from "./conformance/stage.ts";

/**
 * What every log store must do, whoever wrote it. In mocha:
 *
 *     for (const { name, run } of conformanceCases(driver)) it(name, run);
 *
 * Each case throws an AssertionError that says what was expected. It tests behaviour, not durability: what survives a crash
 * is for the driver's own tests.
 */
export function conformanceCases(
  driver: ConformanceDriver,
): { readonly name: string; readonly run: () => Promise<void> }[] {
  const cases: readonly ConformanceCase[] = [...SESSION_CASES, ...APPEND_CASES, ...DECISION_CASES];
  const can = { register: driver.keepsRegister, "no register": !driver.keepsRegister, reopen: driver.reopens };
  const applying = cases.filter(({ needs }) => needs === undefined || can[needs]);
  return applying.map(({ name, run }) => ({
    name,
    run: async () => {
      const stage = await driver.openStage();
      try {
        await run(stage);
      } finally {
        await stage.close();
      }
    },
  }));
}
